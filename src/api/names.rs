//! The words that every layer shares: which service, and as whom.

/// As whom a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// The application itself (client credentials).
    App,
    /// A signed-in user, through the application (refresh token).
    User,
}

impl Principal {
    /// Returns `app` or `user`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User => "user",
        }
    }
}

/// A service that is called with a token of its own audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceName {
    /// Partner Center.
    Partner,
    /// Microsoft Graph.
    Graph,
    /// Azure Resource Manager.
    Arm,
    /// Recovery Services, which are reached through Azure Resource Manager.
    Recovery,
}

impl ServiceName {
    /// Returns the name of the script module.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Graph => "graph",
            Self::Arm => "arm",
            Self::Recovery => "recovery",
        }
    }

    /// All services.
    pub const ALL: [Self; 4] = [Self::Partner, Self::Graph, Self::Arm, Self::Recovery];

    /// Returns the resource (App ID URI) that its tokens are for in the public cloud, and behind
    /// custom endpoints. Source: Microsoft identity platform, "Scopes and permissions".
    pub fn resource(self) -> &'static str {
        match self {
            Self::Partner => "https://api.partnercenter.microsoft.com",
            Self::Graph => "https://graph.microsoft.com",
            Self::Arm | Self::Recovery => "https://management.azure.com",
        }
    }
}

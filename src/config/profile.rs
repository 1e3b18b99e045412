//! A configured identity and cloud. It says which secrets there are, never what they are: those lie
//! in a [`Vault`](super::Vault).

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::file::RESERVED;

use crate::api::model::Effect;
use crate::api::{Principal, ServiceName};

/// Where the services are. A path in a URL is kept: requests go beneath it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The identity service.
    pub login: Url,
    /// Partner Center.
    pub partner: Url,
    /// Microsoft Graph.
    pub graph: Url,
    /// Azure Resource Manager.
    pub arm: Url,
}

impl Endpoints {
    /// Returns the root of a service.
    pub fn of(&self, service: ServiceName) -> &Url {
        match service {
            ServiceName::Partner => &self.partner,
            ServiceName::Graph => &self.graph,
            ServiceName::Arm | ServiceName::Recovery => &self.arm,
        }
    }
}

/// Which role of the partner's guide a profile plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// A partner's user, who manages customers on their behalf.
    #[default]
    Admin,
    /// A customer's user, who manages the own tenant alone.
    Customer,
    /// Nobody is there: what would need somebody fails at once.
    Automation,
}

impl Role {
    /// Returns the word of the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Customer => "customer",
            Self::Automation => "automation",
        }
    }
}

/// How the application proves that it is itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppCredential {
    /// A client secret, kept in the vault.
    Secret,
    /// A certificate with its private key: a PEM or PFX file. Its password, if it has one, is kept
    /// in the vault.
    Certificate(PathBuf),
    /// A token that another issuer gives about the workload (workload identity federation).
    Federated(Assertion),
    /// The managed identity of the machine: the one of this client id, or the machine's own.
    ManagedIdentity(Option<String>),
}

/// Where a federated assertion comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assertion {
    /// A file, read anew each time.
    File(PathBuf),
    /// GitHub Actions: `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    GitHub,
}

/// How a user signs in when `tenantry login` asks for it. What it brings, a refresh token, is kept
/// in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserFlow {
    /// Authorization code with PKCE, in the browser.
    Browser,
    /// Device code, on any machine.
    Device,
    /// No one signs in here: the refresh token was given (`TENANTRY_REFRESH_TOKEN`).
    Given,
}

/// What runs of a profile do unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defaults {
    /// Format of results: `table`, `json`, `ndjson` or `csv`.
    pub output: Option<String>,
    /// Lanes of `parallel`, 1 to 256.
    pub lanes: Option<usize>,
    /// Longest time that a run takes.
    pub timeout: Option<Duration>,
}

/// A configured identity and cloud.
#[derive(Debug, Clone)]
pub struct Profile {
    /// `sandbox`, `environment`, or the name it was given.
    pub name: String,
    /// Where the services are.
    pub endpoints: Endpoints,
    /// The profile's own tenant, GUID or domain: the partner's, or a customer's (role `customer`).
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// Whose work it does.
    pub role: Role,
    /// How the application signs in by itself, if it does; also what proves it when a user signs in
    /// through it. Without one it is a public client.
    pub app: Option<AppCredential>,
    /// How a user signs in, if one does.
    pub user: Option<UserFlow>,
    /// Which principal to take when an operation allows either; see [`Profile::preferred`] for what
    /// holds without one.
    pub prefers: Option<Principal>,
    /// Certificates (PEM) that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Effects beyond reading that every run may have without `--allow`.
    pub grants: Vec<Effect>,
    /// What runs do unless told otherwise.
    pub defaults: Defaults,
}

impl Profile {
    /// Returns whether the environment describes the profile, or the sandbox: no command changes it.
    pub fn is_of_environment(&self) -> bool {
        RESERVED.contains(&self.name.as_str())
    }

    /// Returns which principal to take when an operation of a service allows either: the one that the
    /// profile prefers, else the application if there is one. On Azure it is the user first: a
    /// customer's subscription belongs to the partner's admin agents, who are users, while an
    /// application has nothing there unless it was given a role on each (arm reference §2).
    pub fn preferred(&self, service: ServiceName) -> Principal {
        let of_users = matches!(service, ServiceName::Arm | ServiceName::Recovery);
        match self.prefers {
            Some(preferred) => preferred,
            None if of_users && self.user.is_some() => Principal::User,
            None if self.app.is_some() => Principal::App,
            None => Principal::User,
        }
    }

    /// Returns whether this profile can act as `principal`.
    pub fn has(&self, principal: Principal) -> bool {
        match principal {
            Principal::App => self.app.is_some(),
            Principal::User => self.user.is_some(),
        }
    }
}

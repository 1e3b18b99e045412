//! A configured identity and cloud.

use std::path::PathBuf;

use url::Url;

use crate::api::{Principal, ServiceName};
use crate::base::secret::Secret;

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

/// A configured identity and cloud.
#[derive(Debug, Clone)]
pub struct Profile {
    /// `sandbox`, `environment`, or the name it was given.
    pub name: String,
    /// Where the services are.
    pub endpoints: Endpoints,
    /// The partner's own tenant: GUID or domain.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Option<Secret<String>>,
    /// The refresh token of the signed-in user.
    pub refresh_token: Option<Secret<String>>,
    /// Certificates (PEM) that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Which principal to take when an operation allows either.
    pub prefers: Principal,
}

impl Profile {
    /// Returns whether this profile can act as `principal`.
    pub fn has(&self, principal: Principal) -> bool {
        match principal {
            Principal::App => self.client_secret.is_some(),
            Principal::User => self.refresh_token.is_some(),
        }
    }
}

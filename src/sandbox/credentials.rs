//! Where a running sandbox is, and what a profile needs to sign in to it.

use serde::Serialize;

use super::entra::seed::{CLIENT, EXPIRED_SECRET, HOME, REFRESH, REFRESH_WITHOUT_MFA, SECRET};

/// Addresses and seeded credentials. They are worth nothing outside the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// Root of Entra ID.
    pub login_url: String,
    /// Root of Partner Center.
    pub partner_url: String,
    /// Root of Microsoft Graph.
    pub graph_url: String,
    /// Root of Azure Resource Manager.
    pub arm_url: String,
    /// Tenant of the partner.
    pub tenant_id: String,
    /// The partner's application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Refresh token of an admin agent who signed in with multi-factor authentication.
    pub refresh_token: String,
}

impl Credentials {
    /// Returns the credentials of a sandbox at `origin`.
    pub(crate) fn at(origin: &str) -> Self {
        let root = |service: &str| format!("{origin}/{service}");
        Self {
            login_url: root("login"),
            partner_url: root("partner"),
            graph_url: root("graph"),
            arm_url: root("arm"),
            tenant_id: HOME.to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            refresh_token: REFRESH.to_owned(),
        }
    }
}

/// A secret of the seeded application that has expired, for tests.
pub const EXPIRED_CLIENT_SECRET: &str = EXPIRED_SECRET;

/// Refresh token of a sales agent who signed in with a password alone, for tests.
pub const REFRESH_TOKEN_WITHOUT_MFA: &str = REFRESH_WITHOUT_MFA;

//! Where a running sandbox is, and what a profile needs to sign in to it.

use serde::Serialize;

use super::entra::seed::{
    self, CLIENT, EXPIRED_SECRET, HOME, REFRESH, REFRESH_WITHOUT_MFA, SECRET,
};

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
    /// Whom a client has to trust, if the sandbox is served over HTTPS: a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
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
            ca_file: None,
        }
    }
}

/// A secret of the seeded application that has expired, for tests.
pub const EXPIRED_CLIENT_SECRET: &str = EXPIRED_SECRET;

/// Refresh token of a sales agent who signed in with a password alone, for tests.
pub const REFRESH_TOKEN_WITHOUT_MFA: &str = REFRESH_WITHOUT_MFA;

/// Certificate and key (PEM, PKCS#8) by which the seeded application proves itself.
pub const CLIENT_CERTIFICATE: &str = seed::CERTIFICATE;

/// The same in PKCS#12, with the password `sandbox`.
pub const CLIENT_CERTIFICATE_PFX: &[u8] = seed::CERTIFICATE_PFX;

/// A certificate of the seeded application that has expired, with its key, for tests.
pub const EXPIRED_CLIENT_CERTIFICATE: &str = seed::EXPIRED_CERTIFICATE;

/// The seeded public client: it signs users in by device code or on the loopback.
pub const PUBLIC_CLIENT_ID: &str = seed::PUBLIC_CLIENT;

/// A seeded confidential client that nobody has consented to.
pub const UNCONSENTED_CLIENT_ID: &str = seed::UNCONSENTED_CLIENT;

/// Its secret.
pub const UNCONSENTED_CLIENT_SECRET: &str = seed::UNCONSENTED_SECRET;

/// The managed identity of the machine that the sandbox stands for.
pub const MANAGED_IDENTITY_ID: &str = seed::MANAGED_IDENTITY;

/// What a web application sends as `X-IDENTITY-HEADER` (`IDENTITY_HEADER`).
pub const IDENTITY_HEADER: &str = seed::IDENTITY_HEADER;

/// With what a workflow asks for its token (`ACTIONS_ID_TOKEN_REQUEST_TOKEN`).
pub const GITHUB_REQUEST_TOKEN: &str = seed::REQUEST_TOKEN;

/// Password of every seeded user.
pub const USER_PASSWORD: &str = seed::PASSWORD;

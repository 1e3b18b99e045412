//! Tables of Entra ID: tenants, applications, users, refresh tokens, consents.

use serde::{Deserialize, Serialize};

use super::table::tables;
use crate::base::clock::Timestamp;

/// A tenant of the sandbox's directory service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tenant {
    /// Its id, lower-case GUID.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Verified domains, lower case; the first is the initial one.
    pub(crate) domains: Vec<String>,
}

/// A secret of an application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AppSecret {
    /// Its id, which people paste by mistake.
    pub(crate) id: String,
    /// Its value. The sandbox's secrets are worth nothing.
    pub(crate) value: String,
    /// When it ends.
    pub(crate) ends: Timestamp,
}

/// An application, registered in one tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct App {
    /// Client id, lower-case GUID.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Tenant it is registered in.
    pub(crate) tenant: String,
    /// Its secrets.
    pub(crate) secrets: Vec<AppSecret>,
}

/// A user of the partner's own directory who signs in to tools like this one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Staff {
    /// Object id, lower-case GUID.
    pub(crate) id: String,
    /// Home tenant.
    pub(crate) tenant: String,
    /// User principal name.
    pub(crate) upn: String,
    /// Given name.
    pub(crate) given_name: String,
    /// Family name.
    pub(crate) family_name: String,
    /// Partner Center roles, such as `AdminAgent`.
    pub(crate) roles: Vec<String>,
}

/// A refresh token: an opaque random text; the key is a digest of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// The user.
    pub(crate) user: String,
    /// The application it was issued to.
    pub(crate) app: String,
    /// Authentication methods of the sign-in: `pwd`, `mfa`.
    pub(crate) amr: Vec<String>,
    /// When it was issued or last used.
    pub(crate) used: Timestamp,
    /// When it was revoked, if it was.
    pub(crate) revoked: Option<Timestamp>,
}

/// That an application may act in a tenant; the key is `tenant/app`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Consent {
    /// Object id of the application's service principal in the tenant.
    pub(crate) principal: String,
    /// Delegated permissions by resource (App ID URI without a final slash).
    pub(crate) scopes: Vec<(String, Vec<String>)>,
    /// Application permissions by resource.
    pub(crate) roles: Vec<(String, Vec<String>)>,
}

tables! {
    /// Tables of Entra ID.
    "entra" EntraTables {
        /// Tenants by id.
        tenants: Tenant,
        /// Applications by client id.
        apps: App,
        /// The partner's users by object id.
        staff: Staff,
        /// Refresh tokens by a digest of their text.
        refresh_tokens: RefreshToken,
        /// Consents by `tenant/app`.
        consents: Consent,
    }
}

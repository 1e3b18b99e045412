//! Tables of Entra ID: tenants, users, refresh tokens, consents. Applications and what only lives
//! during a sign-in stand in `entra_apps` and `entra_flows`.

use serde::{Deserialize, Serialize};

use super::entra_apps::App;
use super::entra_flows::{AuthorizationCode, DeviceCode, SpentAssertion};
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

/// A user who signs in to tools like this one. Those of the partner's directory are kept; those of
/// a customer are made from the customer's directory when they are looked at.
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
    /// Template ids of the directory roles in the home tenant. They follow from the assignments and
    /// are filled in when the user is looked up; rows have none.
    #[serde(default, skip_serializing)]
    pub(crate) directory_roles: Vec<String>,
}

impl Staff {
    /// Returns the name that people see.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}", self.given_name, self.family_name);
        name.trim().to_owned()
    }
}

/// What becomes of a user's sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInState {
    /// Nothing stands in the way.
    #[default]
    Active,
    /// Too many wrong passwords.
    Locked,
    /// An administrator has blocked it.
    Disabled,
    /// The password must be changed first.
    PasswordExpired,
}

/// How a user signs in; the key is the user's object id. A user without a row has the seeded
/// password and multi-factor authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignIn {
    /// Digest of the password.
    pub(crate) password: String,
    /// Whether a second factor is registered.
    pub(crate) mfa: bool,
    /// What becomes of it.
    pub(crate) state: SignInState,
}

/// A refresh token: an opaque random text; the key is a digest of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// The user.
    pub(crate) user: String,
    /// Home tenant of the user.
    pub(crate) tenant: String,
    /// The application it was issued to.
    pub(crate) app: String,
    /// Authentication methods of the sign-in: `pwd`, `mfa`.
    pub(crate) amr: Vec<String>,
    /// When it was issued or last used.
    pub(crate) used: Timestamp,
    /// When it ends however much it is used: that of a single-page application.
    pub(crate) ends: Option<Timestamp>,
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
    /// How the service principal is set.
    #[serde(default)]
    pub(crate) set: PrincipalSettings,
    /// When the service principal was made; none for what was there from the beginning.
    #[serde(default)]
    pub(crate) created: Option<Timestamp>,
}

/// How a service principal is set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct PrincipalSettings {
    /// Whether nobody may sign in to it.
    pub(crate) disabled: bool,
    /// Whether only those may use it that have a role of it.
    pub(crate) assignment_required: bool,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// Its name, where it is not the application's.
    pub(crate) name: Option<String>,
    /// Object ids of its owners.
    #[serde(default)]
    pub(crate) owners: Vec<String>,
}

/// That one user lets an application act for it; the key is `tenant/app/user`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct UserConsent {
    /// Delegated permissions by resource (App ID URI without a final slash).
    pub(crate) scopes: Vec<(String, Vec<String>)>,
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
        /// How users sign in, by object id.
        sign_ins: SignIn,
        /// Refresh tokens by a digest of their text.
        refresh_tokens: RefreshToken,
        /// Authorization codes by a digest of their text.
        codes: AuthorizationCode,
        /// Device codes by a digest of their text.
        device_codes: DeviceCode,
        /// Client assertions that were used, by `app/digest of the id`.
        spent_assertions: SpentAssertion,
        /// Consents by `tenant/app`.
        consents: Consent,
        /// Users' own consents by `tenant/app/user`.
        user_consents: UserConsent,
    }
}

//! Tables of people: what Microsoft Graph keeps of a user beyond what Partner Center shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::partner::Assignment;
use super::table::tables;
use crate::base::clock::Timestamp;

/// What Graph keeps of a user; the key is `tenant/user`. A user without a row is a member that came
/// with its tenant.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    /// When the user was made.
    pub(crate) created: Option<Timestamp>,
    /// Whether it is a guest.
    pub(crate) guest: bool,
    /// The address of a guest, and whether it has accepted its invitation.
    pub(crate) invited: Option<(String, bool)>,
    /// The part of its addresses before the `@`, where it is not that of its principal name.
    pub(crate) nickname: Option<String>,
    /// Further texts by their names in Graph: `jobTitle` and the like.
    pub(crate) texts: BTreeMap<String, String>,
    /// Further addresses.
    pub(crate) other_mails: Vec<String>,
    /// Object id of its manager.
    pub(crate) manager: Option<String>,
    /// When its password was set last.
    pub(crate) password_set: Option<Timestamp>,
    /// Since when sign-ins count.
    pub(crate) sessions_from: Option<Timestamp>,
    /// When it signed in last.
    pub(crate) signed_in: Option<Timestamp>,
    /// Settings of its mailbox that differ from the usual ones.
    pub(crate) mailbox: BTreeMap<String, Value>,
}

/// How a user proves that it is itself, besides its password; the key is `tenant/user/method`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    /// Its id, a GUID.
    pub(crate) id: String,
    pub(crate) kind: MethodKind,
    pub(crate) created: Timestamp,
}

/// The kinds of sign-in methods that the sandbox knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum MethodKind {
    /// A telephone: its number, and `mobile`, `alternateMobile` or `office`.
    Phone { number: String, kind: String },
    /// The authenticator application, on a device of this name.
    Authenticator { device: String },
    /// A security key of this name.
    Fido2 { name: String },
    /// An address for resetting the password.
    Email { address: String },
    /// A pass for a short time; the pass itself is not kept.
    AccessPass {
        starts: Timestamp,
        minutes: i64,
        once: bool,
    },
}

tables! {
    /// Tables of people.
    "people" PeopleTables {
        /// What Graph keeps of users by `tenant/user`.
        profiles: Profile,
        /// Sign-in methods by `tenant/user/method`.
        methods: Method,
        /// Licences that groups give their members, by `tenant/group`.
        group_licences: Vec<Assignment>,
        /// Those that they will give when the change has been processed, by `tenant/group`.
        group_licences_queued: Vec<Assignment>,
        /// Tenants whose reports need no further licence, by id.
        premium: bool,
    }
}

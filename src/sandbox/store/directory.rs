//! Tables of the directories: groups with their members, who has which role, and sessions that were revoked.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::tables;
use crate::base::clock::Timestamp;

/// What kind of group one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupKind {
    /// A security group.
    #[default]
    Security,
    /// A Microsoft 365 group, which has a mailbox; it may be a security group too.
    Unified {
        /// Whether access can be given to it.
        secures: bool,
    },
}

/// By what rule a dynamic group finds its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MembershipRule {
    /// The rule.
    pub(crate) text: String,
    /// Whether it is not applied for now.
    pub(crate) paused: bool,
}

/// A group; the key is `tenant/group`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Object id, lower-case GUID.
    pub(crate) id: String,
    /// The tenant whose directory it is in.
    pub(crate) tenant: String,
    /// Its name.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// Object ids of users, and of groups whose members are members too.
    pub(crate) members: Vec<String>,
    /// What kind it is.
    #[serde(default)]
    pub(crate) kind: GroupKind,
    /// Object ids of its owners.
    #[serde(default)]
    pub(crate) owners: Vec<String>,
    /// The name before the `@` of its address; the group's name without spaces where none was given.
    #[serde(default)]
    pub(crate) nickname: Option<String>,
    /// The rule of a dynamic group.
    #[serde(default)]
    pub(crate) rule: Option<MembershipRule>,
    /// Whether directory roles can be given to it.
    #[serde(default)]
    pub(crate) assignable: bool,
    /// Who sees it.
    #[serde(default)]
    pub(crate) visibility: Option<String>,
    /// When it was deleted.
    #[serde(default)]
    pub(crate) deleted: Option<Timestamp>,
    /// What else was written, by the names of the service.
    #[serde(default)]
    pub(crate) more: Map<String, Value>,
}

/// That a principal has a directory role; the key is `tenant/assignment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoleAssignment {
    /// Its id.
    pub(crate) id: String,
    /// Object id of a user, a group or a service principal.
    pub(crate) principal: String,
    /// Template id of the role.
    pub(crate) role: String,
}

/// That a principal has a role of an application, not of a built-in service; the key is
/// `tenant/assignment`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AppRole {
    /// Its id.
    pub(crate) id: String,
    /// Object id of a user, a group or a service principal.
    pub(crate) principal: String,
    /// Object id of the service principal whose role it is.
    pub(crate) resource: String,
    /// The id of the role; all zeros for none in particular.
    pub(crate) role: String,
    /// When it was given.
    pub(crate) created: Timestamp,
}

/// That the sessions of a user were revoked: access tokens of before are refused. The key is the
/// user's object id at home, or `*` for everybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// When they were revoked.
    pub(crate) revoked: Timestamp,
}

tables! {
    /// Tables of the directories.
    "directory" DirectoryTables {
        /// Revoked sessions by user.
        sessions: Session,
        /// Groups by `tenant/group`.
        groups: Group,
        /// Who has which directory role, by `tenant/assignment`.
        role_assignments: RoleAssignment,
        /// Who has which role of an application, by `tenant/assignment`.
        app_roles: AppRole,
        /// Roles that somebody has or had, by `tenant/role`.
        activated_roles: bool,
    }
}

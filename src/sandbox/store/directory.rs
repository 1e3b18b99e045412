//! Tables of the directories: groups with their members, and sessions that were revoked.

use serde::{Deserialize, Serialize};

use super::table::tables;
use crate::base::clock::Timestamp;

/// A security group; the key is `tenant/group`.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    }
}

//! Tables of the directories: groups with their members.

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

tables! {
    /// Tables of the directories.
    "directory" DirectoryTables {
        /// Groups by `tenant/group`.
        groups: Group,
    }
}

//! Rounds of change tracking: what an application was told of the objects of a directory, so that it
//! is told next time what is new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::clock::Timestamp;

/// A round; the key is its token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Round {
    /// The tenant.
    pub(crate) tenant: String,
    /// The objects, by the last part of their address: `users`.
    pub(crate) part: String,
    /// When it began.
    pub(crate) made: Timestamp,
    /// The properties and relationships that are tracked, where the first request named them.
    pub(crate) select: Option<String>,
    /// Which objects are tracked, where the first request said it.
    pub(crate) filter: Option<String>,
    /// What the objects were like when it began, by id.
    pub(crate) seen: BTreeMap<String, Seen>,
}

/// What one object was like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Digest of the tracked properties.
    pub(crate) digest: String,
    /// Type and id of what the tracked relationships led to, by their names.
    pub(crate) links: BTreeMap<String, BTreeMap<String, String>>,
}

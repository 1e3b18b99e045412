//! Tables of the sandbox itself: future work, the generator's place, and the answers that are given
//! again to a repeated request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deltas::Round;
use super::table::tables;
use super::tx::Due;
use crate::base::clock::Timestamp;

/// Work that lies in the future.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// When it is due.
    pub(crate) at: Timestamp,
    /// What is to be done.
    pub(crate) due: Due,
}

/// An answer that was given to a request with an `MS-RequestId`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Digest of the request's body.
    pub(crate) digest: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Headers, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The JSON, where there was any.
    pub(crate) content: Option<Value>,
}

tables! {
    /// Tables of the sandbox itself.
    "system" SystemTables {
        /// Future work, by time and number.
        queue: Pending,
        /// How often each generator was asked: `guid`, `queue`.
        counters: u64,
        /// Answers by service, method, path and request id.
        answers: Answer,
        /// Rounds of change tracking by token.
        deltas: Round,
    }
}

//! A request and an answer as they pass between the socket and the engine, without the socket: the
//! engine is called the same way by the server and by tests.

use bytes::Bytes;
use http::{HeaderMap, Method};

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// Path, with the service's prefix, still encoded.
    pub(crate) path: String,
    /// Query without the question mark, still encoded.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme, host and port as the client sees them.
    pub(crate) origin: String,
}

/// An answer as it goes out.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What happens on the connection.
#[derive(Debug, Clone)]
pub(crate) enum Outgoing {
    /// An answer.
    Answer(Answer),
    /// An answer of which half arrives before the connection closes.
    Cut(Answer),
    /// The connection closes without a word.
    Drop,
    /// Nothing happens until the client gives up.
    Hang,
}

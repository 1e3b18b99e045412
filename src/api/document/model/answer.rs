//! What an operation gives back: its output, its pages, and how an accepted answer ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Ty;

/// What a call gives to the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// `()`.
    Nothing,
    /// One value.
    One(Ty),
    /// A list: lazy when the operation is paged, from an envelope or a bare array.
    Many(Ty),
    /// Bytes (a document).
    Bytes,
    /// HEAD: `true` for 2xx, `false` for 404.
    Exists,
    /// HEAD where 404 is the good news: `true` for 404, `false` for 2xx.
    Absent,
}

/// How a list is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paging {
    /// The whole list in one answer, within the service's envelope.
    Single,
    /// The whole list in one answer, a bare JSON array.
    Bare,
    /// A link to the next page, with headers to resend where the service names some.
    Link,
    /// Like [`Paging::Link`], under names of the operation's own; without a link if that is empty.
    Named {
        /// Name of the member that holds the items.
        items: &'static str,
        /// Name of the member that holds the link.
        link: &'static str,
    },
    /// Offset and size in the query; ends with a page shorter than asked.
    Offset {
        /// Query name of the offset.
        offset: &'static str,
        /// Query name of the size.
        size: &'static str,
        /// Items per page that are asked for.
        page: u32,
    },
}

/// How an answer that the service has only accepted is brought to an end.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Waiting {
    /// The answer is the end.
    None,
    /// 202 with `Location`: read there until the condition holds; what was read last is the
    /// operation's output.
    Location(Until),
    /// 202 with `Location` of an operation with a `status`; when that has succeeded, the object is
    /// read at the call's own path.
    Operation,
    /// Azure's long-running operations; the result is where the document says.
    Azure(Final),
    /// 204 with `Retry-After`: repeat the same request.
    Repeat,
    /// The answer tells only that the work has begun: an operation is read, with the same leading
    /// path parameters, until what it reads has come.
    Read(Reading),
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("Waiting::None"),
            Self::Location(until) => write!(f, "Waiting::Location({until:?})"),
            Self::Operation => f.write_str("Waiting::Operation"),
            Self::Azure(end) => write!(f, "Waiting::Azure({end:?})"),
            Self::Repeat => f.write_str("Waiting::Repeat"),
            Self::Read(reading) => write!(f, "Waiting::Read({reading:?})"),
        }
    }
}

/// Where the result of a long-running operation of Azure is, once it has succeeded
/// (`final-state-via`).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Final {
    /// The document does not say: it follows from verb and headers.
    Unsaid,
    /// Behind `Azure-AsyncOperation`: the last state that was read.
    AsyncOperation,
    /// Behind `Location`.
    Location,
    /// At the address of the call.
    OriginalUri,
}

impl fmt::Debug for Final {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsaid => "Final::Unsaid",
            Self::AsyncOperation => "Final::AsyncOperation",
            Self::Location => "Final::Location",
            Self::OriginalUri => "Final::OriginalUri",
        })
    }
}

/// `waiting: { read: provider, until: "registrationState = Registered" }`: what is read until it
/// says that the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Name of the operation of the same service that is read.
    pub operation: &'static str,
    /// Dotted path of the property that tells.
    pub field: &'static str,
    /// Its value when the work is done, compared without regard to case.
    pub value: &'static str,
}

/// When the object behind `Location` has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// The field (dotted path) has this value, compared without regard to case.
    Is(&'static str, &'static str),
    /// The fields that were sent read as they were sent.
    AsSent,
}

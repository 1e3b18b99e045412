//! How an operation behaves: its verb, its effect on the world, as whom it is called, and what a
//! repeat or a body that leaves fields out means.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::List;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verb {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Verb {
    /// Returns the method as it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What an operation does to the world, from harmless to grave; the order is the gravity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something that can be changed back at no cost.
    Write,
    /// Costs money or commits to a term.
    Spend,
    /// Loses something that cannot be had back as it was.
    Destroy,
}

impl Effect {
    /// Returns the word used in documents, headers and `--allow`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Spend => "spend",
            Self::Destroy => "destroy",
        }
    }
    /// Returns the effect that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Read, Self::Write, Self::Spend, Self::Destroy]
            .into_iter()
            .find(|effect| effect.as_str() == word)
    }
}

/// One rule over the body: `{ if: 'quantity > before', is: spend }`. The first that matches wins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct EffectRule {
    /// Condition; `None` always matches.
    pub when: Option<Condition>,
    /// The effect if it matches.
    pub is: Effect,
}

/// A comparison of a body field with a constant or with the value before the write.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Condition {
    /// Dotted path of the field in the body.
    pub field: &'static str,
    /// How the two are compared.
    pub test: Test,
    /// What it is compared with; `None` means the same field before the write (`before`).
    pub with: Option<&'static str>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `>`
    Gt,
}

/// As whom an operation may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Auth {
    /// Application only.
    App,
    /// A signed-in user only (App+User).
    User,
    /// Either; the profile's preference decides.
    Either,
}

/// How a repeated write is recognised by the service.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Idempotency {
    /// Not recognised: a write that may have arrived is never repeated.
    None,
    /// Doing it twice is the same as doing it once.
    Idempotent,
    /// The service recognises the request id and answers as before.
    RequestId,
    /// Not recognised, but the outcome can be read back by these body fields.
    NaturalKey(List<&'static str>),
}

// `None` of these enums and `Option::None` would be one name in the emitted source: hence the
// qualified names in their `Debug` text.
impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("Idempotency::None"),
            Self::Idempotent => f.write_str("Idempotency::Idempotent"),
            Self::RequestId => f.write_str("Idempotency::RequestId"),
            Self::NaturalKey(key) => write!(f, "Idempotency::NaturalKey({key:?})"),
        }
    }
}

/// What a body that changes an object means for the fields it leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Merge {
    /// The body creates, or is not an object's state.
    None,
    /// Fields left out stay.
    Partial,
    /// Fields left out are reset: the host reads, lays the given fields over, sends all.
    Full,
}

impl fmt::Debug for Merge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "Merge::None",
            Self::Partial => "Merge::Partial",
            Self::Full => "Merge::Full",
        })
    }
}

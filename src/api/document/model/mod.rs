//! The in-memory form of a service's description: static data, the same whether the build emitted
//! it or a user's document was read and leaked. It holds no logic beyond look-up.
//!
//! The text that `Debug` prints for a [`Service`] is the Rust source of that service: the build
//! script writes it to a file that the crate includes. Hence the [`List`] wrapper, and hence these
//! files may use only `std` and `serde`, by which documents that a user adds are kept. What is kept
//! is read in place: texts are those of the bytes, which must live for ever.

mod answer;
mod argument;
mod conduct;
mod job;
mod operation;
mod shape;

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use answer::{Final, Output, Paging, Reading, Until, Waiting};
pub use argument::{Body, FilterField, Param, Place, Scope};
pub use conduct::{Auth, Condition, Effect, EffectRule, Idempotency, Merge, Test, Verb};
pub use job::{Job, Level};
pub use operation::Operation;
pub use shape::{Field, Kind, Schema, Ty};

/// A static slice whose `Debug` text is Rust source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct List<T: 'static>(pub &'static [T]);

impl<T> Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("List(&")?;
        f.debug_list().entries(self.0).finish()?;
        f.write_str(")")
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: Deserialize<'static>> Deserialize<'static> for List<T> {
    fn deserialize<D: Deserializer<'static>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        Ok(Self(Box::leak(items.into_boxed_slice())))
    }
}

/// Returns the first name of a dotted path, and the rest. A name with `@` holds all that follows:
/// `@odata.etag` is one name, `a.members@odata.bind` is two.
pub fn first_name(path: &str) -> (&str, Option<&str>) {
    let dotted = path.split('@').next().unwrap_or(path);
    match dotted.find('.') {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}

/// One service: its operations and the shapes they speak of.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Service {
    /// Name of the script module: `partner`, `graph`, `arm`, `recovery`, or a user's own.
    pub name: &'static str,
    /// Name of the service whose host, tokens, pages and errors it has: for a user's own the one it
    /// was added on, else its own.
    pub on: &'static str,
    /// All operations, in the order of the documents.
    pub operations: List<Operation>,
    /// All record types; [`Kind::Rec`] indexes this list.
    pub schemas: List<Schema>,
    /// Interned types; [`Ty`] indexes this list.
    pub kinds: List<Kind>,
    /// Interned sets of permitted texts; [`Kind::Enum`] indexes this list.
    pub enums: List<List<&'static str>>,
    /// The sets of [`Service::enums`] to which the service may add texts that nobody knows yet.
    pub open: List<u16>,
}

impl Service {
    /// Returns the meaning of an interned type.
    pub fn kind(&self, ty: Ty) -> Kind {
        self.kinds[usize::from(ty.0)]
    }

    /// Returns whether a user has added it.
    pub fn is_added(&self) -> bool {
        self.name != self.on
    }

    /// Returns whether a set of texts may have others, too.
    pub fn is_open(&self, set: u16) -> bool {
        self.open.contains(&set)
    }

    /// Returns the operation of that name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }

    /// Returns the long operation that a function `begin_…` begins.
    pub fn begun(&self, name: &str) -> Option<&Operation> {
        let operation = self.operation(name.strip_prefix(Operation::BEGIN)?)?;
        operation.is_long().then_some(operation)
    }

    /// Returns the operation whose answer a call gives that does not say what it waits for: itself,
    /// or the one that reads the job.
    pub fn answering<'s>(&'s self, operation: &'s Operation) -> &'s Operation {
        self.answering_at(operation, None)
    }

    /// Returns the same for a call that may say so.
    pub fn answering_at<'s>(
        &'s self,
        operation: &'s Operation,
        level: Option<Level>,
    ) -> &'s Operation {
        let job = operation.job;
        let job = job.filter(|job| level.unwrap_or(job.wait) == Level::Job);
        job.and_then(|job| self.operation(job.read))
            .unwrap_or(operation)
    }

    /// Returns the index and the schema of that name.
    pub fn schema(&self, name: &str) -> Option<(u16, &Schema)> {
        let at = self.schemas.iter().position(|schema| schema.name == name)?;
        Some((u16::try_from(at).ok()?, &self.schemas[at]))
    }
}

#[cfg(test)]
mod tests {
    use super::first_name;

    #[test]
    fn a_name_with_an_at_sign_is_one_name() {
        let check = |path: &str, expected| assert_eq!(first_name(path), expected, "{path}");
        check("id", ("id", None));
        check("attributes.etag", ("attributes", Some("etag")));
        check("a.b.c", ("a", Some("b.c")));
        check("@odata.etag", ("@odata.etag", None));
        check("members@odata.bind", ("members@odata.bind", None));
        check("a.b@odata.bind", ("a", Some("b@odata.bind")));
    }
}

//! The in-memory form of a service's description: static data, the same whether the build emitted
//! it or a user's document was read and leaked. It holds no logic beyond look-up.
//!
//! The text that `Debug` prints for a [`Service`] is the Rust source of that service: the build
//! script writes it to a file that the crate includes. Hence the [`List`] wrapper, and hence this
//! file may use only `std`.

use std::fmt;
use std::ops::Deref;

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

/// One service: its operations and the shapes they speak of.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Name of the script module: `partner`, `graph`, `arm`, `recovery`, or a user's own.
    pub name: &'static str,
    /// All operations, in the order of the documents.
    pub operations: List<Operation>,
    /// All record types; [`Kind::Rec`] indexes this list.
    pub schemas: List<Schema>,
    /// Interned types; [`Ty`] indexes this list.
    pub kinds: List<Kind>,
    /// Interned sets of permitted texts; [`Kind::Enum`] indexes this list.
    pub enums: List<List<&'static str>>,
}

/// An interned type: an index into [`Service::kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ty(pub u16);

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Anything at all.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number: `i64` where it fits, otherwise decimal.
    Num,
    /// Text.
    Text,
    /// A point in time, ISO 8601 on the wire.
    Date,
    /// A GUID; read in lower case.
    Guid,
    /// A text that must never be shown (`format: password`).
    Secret,
    /// One of an interned set of texts (index into [`Service::enums`]).
    Enum(u16),
    /// A list of an interned type (index into [`Service::kinds`]).
    Array(u16),
    /// A map from text to an interned type (index into [`Service::kinds`]).
    Dict(u16),
    /// A record (index into [`Service::schemas`]).
    Rec(u16),
}

/// A record type.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Name, unique within the service; inline shapes are `Parent_field`.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Declared properties, in the document's order.
    pub fields: List<Field>,
}

/// A property of a record type.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The service's own JSON name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// Bits: [`Field::REQUIRED`], [`Field::NULLABLE`], [`Field::READ_ONLY`].
    pub flags: u8,
    /// One sentence, may be empty.
    pub doc: &'static str,
}

impl Field {
    /// Must be present in a body that creates.
    pub const REQUIRED: u8 = 1;
    /// `null` is a value of its own.
    pub const NULLABLE: u8 = 2;
    /// Set by the service; refused in a body.
    pub const READ_ONLY: u8 = 4;

    /// Returns whether a creating body must hold this field.
    pub fn required(&self) -> bool {
        self.flags & Self::REQUIRED != 0
    }
    /// Returns whether `()` may be given for this field.
    pub fn nullable(&self) -> bool {
        self.flags & Self::NULLABLE != 0
    }
    /// Returns whether only the service sets this field.
    pub fn read_only(&self) -> bool {
        self.flags & Self::READ_ONLY != 0
    }
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, Copy)]
pub struct EffectRule {
    /// Condition; `None` always matches.
    pub when: Option<Condition>,
    /// The effect if it matches.
    pub is: Effect,
}

/// A comparison of a body field with a constant or with the value before the write.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// Dotted path of the field in the body.
    pub field: &'static str,
    /// How the two are compared.
    pub test: Test,
    /// What it is compared with; `None` means the same field before the write (`before`).
    pub with: Option<&'static str>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Auth {
    /// Application only.
    App,
    /// A signed-in user only (App+User).
    User,
    /// Either; the profile's preference decides.
    Either,
}

/// How a repeated write is recognised by the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What a body that changes an object means for the fields it leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The body creates, or is not an object's state.
    None,
    /// Fields left out stay.
    Partial,
    /// Fields left out are reset: the host reads, lays the given fields over, sends all.
    Full,
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// Not in the request: it selects the token (`carried_by: token`).
    Token,
}

/// A parameter of an operation. Required ones are positional, in this order; optional ones travel
/// in one last map.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Name in scripts, snake_case.
    pub name: &'static str,
    /// Name on the wire.
    pub wire: &'static str,
    /// Where it travels.
    pub place: Place,
    /// Its type.
    pub ty: Ty,
    /// Whether it must be given.
    pub required: bool,
    /// Value used when it is not given; sent as it stands.
    pub initial: Option<&'static str>,
    /// The record that may stand for it and the property that is sent then.
    pub scope: Option<Scope>,
    /// Whether the partner's own directory is the default (`scope: home`).
    pub home: bool,
    /// One sentence.
    pub doc: &'static str,
}

/// `scope: Customer.id`: a record of that schema may stand for the parameter.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// Name of the record type, in the same service unless `service` says otherwise.
    pub schema: &'static str,
    /// Dotted path of the property that is sent.
    pub property: &'static str,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// Name of the argument in scripts (positional, after the required parameters).
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// Whether it must be given.
    pub required: bool,
    /// One sentence.
    pub doc: &'static str,
}

/// What a call gives to the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// How a list is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// The whole list in one answer, within the service's envelope.
    Single,
    /// The whole list in one answer, a bare JSON array.
    Bare,
    /// A link to the next page, with headers to resend where the service names some.
    Link,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The answer is the end.
    None,
    /// 202 with `Location`: read there until it has changed.
    Location,
    /// Azure's long-running operations.
    Azure,
    /// 204 with `Retry-After`: repeat the same request.
    Repeat,
}

/// One API call as described.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The function's name in scripts, unique within the service.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Title of the document the facts come from.
    pub source: &'static str,
    /// Role or permission it needs.
    pub needs: &'static str,
    /// A line of script that holds in a fresh sandbox.
    pub example: &'static str,
    /// HTTP method.
    pub verb: Verb,
    /// Path template beneath the service's root, e.g. `/v1/customers/{customer}`.
    pub path: &'static str,
    /// Required first.
    pub params: List<Param>,
    /// Body, if the operation takes one.
    pub body: Option<Body>,
    /// Fields of a fixed body: a function with a preset is an entry of its own (`preset`). Values
    /// are JSON text, or the name of a parameter in braces (`{quantity}`).
    pub preset: List<(&'static str, &'static str)>,
    /// For presets: the operation whose body this fixes.
    pub preset_of: Option<&'static str>,
    /// What the script gets.
    pub output: Output,
    /// How a list is paged.
    pub paging: Paging,
    /// How an accepted answer is brought to an end.
    pub waiting: Waiting,
    /// Effect rules, first match wins; never empty.
    pub effects: List<EffectRule>,
    /// As whom it may be called.
    pub auth: Auth,
    /// How a repeat is recognised.
    pub idempotency: Idempotency,
    /// What a body means for the fields it leaves out.
    pub merge: Merge,
    /// Dotted path of the property that is sent as `If-Match`.
    pub if_match: Option<&'static str>,
    /// The schema (index) this is a method of, with the method's name.
    pub method_of: Option<(u16, &'static str)>,
    /// Properties that come without being asked for; empty means all.
    pub default_select: List<&'static str>,
    /// Properties that items of this list carry; empty means all.
    pub list_fields: List<&'static str>,
    /// The read that returns what this write changes.
    pub before: Option<&'static str>,
    /// Collection and key of what this write creates.
    pub creates: Option<(&'static str, &'static str)>,
    /// How the body changes the object.
    pub after: Option<&'static str>,
    /// Operations whose answers this write changes.
    pub also: List<&'static str>,
}

impl Operation {
    /// Returns the gravest effect that this operation can have.
    pub fn gravest(&self) -> Effect {
        self.effects
            .iter()
            .map(|rule| rule.is)
            .max()
            .unwrap_or(Effect::Destroy)
    }

    /// Returns the parameters that stand in the argument list, in order.
    pub fn positional(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.required)
    }

    /// Returns the parameters that travel in the last map.
    pub fn optional(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| !param.required)
    }
}

impl Service {
    /// Returns the meaning of an interned type.
    pub fn kind(&self, ty: Ty) -> Kind {
        self.kinds[usize::from(ty.0)]
    }

    /// Returns the operation of that name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }

    /// Returns the index and the schema of that name.
    pub fn schema(&self, name: &str) -> Option<(u16, &Schema)> {
        let at = self.schemas.iter().position(|schema| schema.name == name)?;
        Some((u16::try_from(at).ok()?, &self.schemas[at]))
    }
}

impl Schema {
    /// Returns the declared property of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

//! Shapes of values: kinds, record types and their properties.

use serde::{Deserialize, Serialize};

use super::List;

/// An interned type: an index into [`Service::kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ty(pub u16);

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// A calendar day, `yyyy-mm-dd` on the wire (`format: date`).
    Day,
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
    /// What `where(…)` builds; the service's dialect renders it. See [`Param::filter`].
    Filter,
}

/// A record type.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Schema {
    /// Name, unique within the service; inline shapes are `Parent_field`.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Declared properties, in the document's order.
    pub fields: List<Field>,
    /// Whether it may have others, too.
    pub open: bool,
}

/// A property of a record type.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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

impl Schema {
    /// Returns the declared property of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

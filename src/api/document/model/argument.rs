//! What is given to an operation: parameters and body.

use serde::{Deserialize, Serialize};

use super::{List, Ty};

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// Not in the request: it selects the token (`carried_by: token`). Every record that names a
    /// tenant may stand for it.
    Token,
    /// Not by itself: it fills `{name}` in [`Operation::preset`].
    Preset,
}

/// A parameter of an operation. Required ones are positional, in this order; optional ones travel
/// in one last map.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Param {
    /// Name in scripts, `snake_case`.
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
    /// Whether it is a whole id, of several segments of the path (`x-ms-skip-url-encoding`): its
    /// slashes stay, and one that it begins with is left out.
    pub whole: bool,
    /// Whether the partner's own directory is the default (`scope: home`).
    pub home: bool,
    /// For a parameter of [`Kind::Filter`]: what the service can compare, and how. Empty means that
    /// the dialect alone decides.
    pub filter: List<FilterField>,
    /// What stands between the items of an array; `None`: the parameter is named for each of them.
    pub between: Option<&'static str>,
    /// One sentence.
    pub doc: &'static str,
}

impl Param {
    /// Name on the wire of the version that an operation of Azure is called in.
    pub const VERSION: &'static str = "api-version";

    /// Returns whether it is part of what the call is about: the object's place, or its tenant.
    pub fn of_object(&self) -> bool {
        matches!(self.place, Place::Path | Place::Token)
    }
}

/// A field that a list can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterField {
    /// The service's name of the field; scripts may write it in any casing.
    pub name: &'static str,
    /// Permitted comparisons, in the words of scripts (`eq`, `starts_with`, …), and `and` or `or`
    /// where comparisons of this field may be joined.
    pub ops: List<&'static str>,
}

/// `scope: Customer.id`: a record of that schema may stand for the parameter.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Scope {
    /// Name of the record type, of the same service or of Azure Resource Manager.
    pub schema: &'static str,
    /// Dotted path of the property that is sent.
    pub property: &'static str,
}

impl Scope {
    /// `scope: any`: every record of the service with an `id` may stand for the parameter.
    pub const ANY: Self = Self {
        schema: "resource",
        property: "id",
    };

    /// Returns whether every record with an `id` fits.
    pub fn is_any(&self) -> bool {
        self.schema == Self::ANY.schema
    }
}

/// The body of a request.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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

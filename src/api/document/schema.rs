//! Shapes of values: from JSON schema (and its older forms in `OpenAPI` 2.0 and 3.0) to interned
//! kinds and record types. Only what an operation reaches is read.

mod record;

use std::collections::HashMap;

use serde_json::Value;

use super::model::{Field, Kind, List, Schema, Ty, first_name};
use super::node::{Node, Source};
use super::variants::Variants;
use super::words::{list, only, text};

/// What may stand in a schema. A misspelt word would otherwise be silent.
const SCHEMA: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "xml",
];
/// In 2.0 a parameter is its own schema.
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "allowEmptyValue",
    "collectionFormat",
    "schema",
    "x-tenantry",
];

/// A type and whether `null` is one of its values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed {
    pub(super) ty: Ty,
    pub(super) nullable: bool,
}

/// The shapes met so far.
#[derive(Debug)]
pub(super) struct Shapes<'s, 'a> {
    source: &'s Source<'a>,
    kinds: Vec<Kind>,
    enums: Vec<List<&'static str>>,
    open: Vec<u16>,
    schemas: Vec<Schema>,
    /// Name of a record type to its index and the place it was read from.
    names: HashMap<String, (u16, String)>,
    /// Where every kind stands.
    interned: HashMap<Kind, Ty>,
    /// The types that say by a word of theirs which type they are, by the type they extend.
    variants: Variants<'a>,
    /// Record types whose fields are still to be read: a long chain of types is no deep stack.
    pending: Vec<Pending<'a>>,
    depth: usize,
    full: bool,
}

/// A record type whose fields are still to be read.
#[derive(Debug)]
struct Pending<'a> {
    index: u16,
    node: Node<'a>,
    name: String,
}

/// How deep types are read inside one another before the rest is put off.
const DEEP: usize = 24;

/// The finished tables of shapes.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) kinds: List<Kind>,
    pub(super) enums: List<List<&'static str>>,
    pub(super) open: List<u16>,
    pub(super) schemas: List<Schema>,
}

impl<'s, 'a> Shapes<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>) -> Self {
        Self {
            source,
            kinds: Vec::new(),
            enums: Vec::new(),
            open: Vec::new(),
            schemas: Vec::new(),
            names: HashMap::new(),
            interned: HashMap::new(),
            variants: Variants::of(source),
            pending: Vec::new(),
            depth: 0,
            full: false,
        }
    }

    pub(super) fn into_tables(self) -> Tables {
        Tables {
            kinds: list(self.kinds),
            enums: list(self.enums),
            open: list(self.open),
            schemas: list(self.schemas),
        }
    }

    /// Returns whether there are more shapes than the tables can hold.
    pub(super) fn overflows(&self) -> bool {
        self.full
    }

    /// Returns the name of a record type.
    pub(super) fn name(&self, schema: u16) -> &'static str {
        self.schemas[usize::from(schema)].name
    }

    /// Returns the record type that a type is.
    pub(super) fn record_of(&self, ty: Ty) -> Option<(u16, &Schema)> {
        match self.kind(ty) {
            Kind::Rec(index) => Some((index, &self.schemas[usize::from(index)])),
            _ => None,
        }
    }

    /// Returns the meaning of an interned type.
    pub(super) fn kind(&self, ty: Ty) -> Kind {
        self.kinds[usize::from(ty.0)]
    }

    /// Returns the index of a record type that was read, or is described under that name.
    pub(super) fn record_named(&mut self, name: &str) -> Option<u16> {
        if let Some((index, _)) = self.names.get(name) {
            return Some(*index);
        }
        let described = self.source.documents.iter().find_map(|document| {
            let root = Node::root(document);
            let described = match root.get("definitions") {
                Some(definitions) => definitions,
                None => root.get("components")?.get("schemas")?,
            };
            described.get(name)
        })?;
        match self.ty(&described, name) {
            Typed { ty, .. } if matches!(self.kind(ty), Kind::Rec(_)) => {
                self.names.get(name).map(|(index, _)| *index)
            }
            _ => None,
        }
    }

    /// Returns the field at a dotted path inside a type.
    pub(super) fn field(&self, ty: Ty, path: &str) -> Option<Field> {
        let Kind::Rec(schema) = self.kind(ty) else {
            return None;
        };
        let (name, rest) = first_name(path);
        let field = *self.schemas[usize::from(schema)].field(name)?;
        match rest {
            Some(rest) => self.field(field.ty, rest),
            None => Some(field),
        }
    }

    /// Returns whether a word belongs to an interned set.
    pub(super) fn permits(&self, set: u16, word: &str) -> bool {
        self.enums[usize::from(set)].contains(&word)
    }

    /// Returns the type of a record by its index.
    pub(super) fn record_ty(&mut self, schema: u16) -> Ty {
        self.intern(Kind::Rec(schema))
    }

    /// Returns an interned type.
    pub(super) fn intern(&mut self, kind: Kind) -> Ty {
        if let Some(known) = self.interned.get(&kind) {
            return *known;
        }
        let ty = Ty(self.index(self.kinds.len()));
        self.kinds.push(kind);
        self.interned.insert(kind, ty);
        ty
    }

    /// Returns a table index; a service with more than 65,535 shapes is beyond what the tables hold.
    fn index(&mut self, at: usize) -> u16 {
        u16::try_from(at).unwrap_or_else(|_| {
            self.full = true;
            u16::MAX
        })
    }

    /// Reads a schema; a shape without a name of its own is called `hint`.
    pub(super) fn ty(&mut self, node: &Node<'a>, hint: &str) -> Typed {
        let typed = self.shape(node, hint);
        while let Some(pending) = self.pending.pop() {
            self.fill(&pending);
        }
        typed
    }

    fn shape(&mut self, node: &Node<'a>, hint: &str) -> Typed {
        self.depth += 1;
        let typed = if self.depth > 4 * DEEP {
            self.source
                .problems
                .add(node, "the type holds itself without end");
            let ty = self.intern(Kind::Any);
            Typed { ty, nullable: true }
        } else {
            self.read(node, hint)
        };
        self.depth -= 1;
        typed
    }

    fn read(&mut self, node: &Node<'a>, hint: &str) -> Typed {
        let (node, name) = self.source.follow(node);
        if let (None, Some(base)) = (name, sole_base(&node)) {
            let typed = self.shape(&base, hint);
            let nullable = node.says("nullable") || node.says("x-nullable");
            return Typed {
                nullable: typed.nullable || nullable,
                ..typed
            };
        }
        let name = name.unwrap_or(hint);
        let known: Vec<_> = SCHEMA.iter().chain(PARAMETER).copied().collect();
        only(self.source, &node, &known);
        if let Some(typed) = self.either(&node, name) {
            return typed;
        }
        let (word, null) = type_word(&node);
        let flagged = |key| node.value().get(key).and_then(Value::as_bool) == Some(true);
        Typed {
            ty: self.kind_of(&node, word, name),
            nullable: null || flagged("nullable") || flagged("x-nullable"),
        }
    }

    /// Reads `anyOf` and `oneOf`: one shape or `null` is that shape, other choices are anything.
    fn either(&mut self, node: &Node<'a>, name: &str) -> Option<Typed> {
        let choices = node.get("anyOf").or_else(|| node.get("oneOf"))?.elements();
        let null = |choice: &Node<'_>| {
            choice.text_of("type") == Some("null") || choice.value().get("nullable").is_some()
        };
        let (nulls, shapes): (Vec<_>, Vec<_>) = choices.into_iter().partition(null);
        let ty = match shapes.as_slice() {
            [only] => self.shape(only, name).ty,
            texts if texts.iter().all(|it| it.text_of("type") == Some("string")) => {
                // How texts are written that others may be added to.
                let named = texts.iter().find(|it| it.get("enum").is_some());
                let kind = named.map_or(Kind::Text, |named| self.texts(named, true));
                self.intern(kind)
            }
            _ => self.intern(Kind::Any),
        };
        Some(Typed {
            ty,
            nullable: !nulls.is_empty(),
        })
    }

    fn kind_of(&mut self, node: &Node<'a>, word: Option<&str>, name: &str) -> Ty {
        let kind = match word {
            Some("string") => self.text_kind(node),
            Some("integer") => Kind::Int,
            Some("number") => Kind::Num,
            Some("boolean") => Kind::Bool,
            Some("array") => match node.get("items") {
                Some(items) => Kind::Array(self.shape(&items, &format!("{name}_item")).ty.0),
                None => Kind::Array(self.intern(Kind::Any).0),
            },
            Some("object") | None => self.object_kind(node, name),
            Some(other) => {
                self.source
                    .problems
                    .add(node, format!("`{other}` is no type"));
                Kind::Any
            }
        };
        self.intern(kind)
    }

    fn text_kind(&mut self, node: &Node<'a>) -> Kind {
        if self.source.foreign.is_some() && node.says("x-ms-secret") {
            return Kind::Secret;
        }
        if node.get("enum").is_some() {
            let open = node
                .get("x-ms-enum")
                .is_some_and(|words| words.says("modelAsString"));
            return self.texts(node, open);
        }
        match node.text_of("format") {
            Some("date-time") => Kind::Date,
            Some("date") => Kind::Day,
            Some("uuid" | "guid") => Kind::Guid,
            Some("password") => Kind::Secret,
            _ => Kind::Text,
        }
    }

    /// Reads `enum`. Of an open set the service may know more.
    fn texts(&mut self, node: &Node<'a>, open: bool) -> Kind {
        let values = node.get("enum").map(|all| all.elements());
        let values = values.unwrap_or_default();
        let texts = values.iter().filter_map(|v| v.value().as_str()).map(text);
        let set = list(texts.collect());
        let known = (0_u16..)
            .zip(&self.enums)
            .find(|(at, known)| known.0 == set.0 && self.open.contains(at) == open);
        if let Some((at, _)) = known {
            return Kind::Enum(at);
        }
        let at = self.index(self.enums.len());
        self.enums.push(set);
        if open {
            self.open.push(at);
        }
        Kind::Enum(at)
    }

    fn object_kind(&mut self, node: &Node<'a>, name: &str) -> Kind {
        if node.get("properties").is_some() || node.get("allOf").is_some() {
            return Kind::Rec(self.record(node, name));
        }
        match node.get("additionalProperties") {
            Some(values) if values.value().is_object() => {
                Kind::Dict(self.shape(&values, &format!("{name}_value")).ty.0)
            }
            _ => Kind::Any,
        }
    }
}

/// Returns the type that is not `null`, and whether `null` is named beside it.
fn type_word<'a>(node: &Node<'a>) -> (Option<&'a str>, bool) {
    match node.value().get("type") {
        Some(Value::String(word)) => (Some(word), false),
        Some(Value::Array(words)) => {
            let mut words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            let all = words.len();
            words.retain(|word| *word != "null");
            (words.first().copied(), words.len() < all)
        }
        _ if node.get("enum").is_some() => (Some("string"), false),
        _ if node.get("items").is_some() => (Some("array"), false),
        _ => (None, false),
    }
}

/// Returns the elements of a member.
fn parts<'a>(node: &Node<'a>, key: &str) -> Vec<Node<'a>> {
    node.get(key).map(|all| all.elements()).unwrap_or_default()
}

/// Returns the one shape that a shape consists of, if it adds nothing to it: how 3.0 writes a
/// reference with a description.
fn sole_base<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let parts = parts(node, "allOf");
    let adds = ["properties", "additionalProperties", "required"];
    match parts.as_slice() {
        [only] if !adds.iter().any(|key| node.get(key).is_some()) => Some(only.clone()),
        _ => None,
    }
}

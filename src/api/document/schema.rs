//! Shapes of values: from JSON schema (and its older forms in `OpenAPI` 2.0 and 3.0) to interned
//! kinds and record types. Only what an operation reaches is read.

use std::collections::HashMap;

use serde_json::Value;

use super::model::{Field, Kind, List, Schema, Ty, first_name};
use super::node::{Node, Source};
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
    schemas: Vec<Schema>,
    /// Name of a record type to its index and the place it was read from.
    names: HashMap<String, (u16, String)>,
}

/// The finished tables of shapes.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) kinds: List<Kind>,
    pub(super) enums: List<List<&'static str>>,
    pub(super) schemas: List<Schema>,
}

impl<'s, 'a> Shapes<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>) -> Self {
        Self {
            source,
            kinds: Vec::new(),
            enums: Vec::new(),
            schemas: Vec::new(),
            names: HashMap::new(),
        }
    }

    pub(super) fn into_tables(self) -> Tables {
        Tables {
            kinds: list(self.kinds),
            enums: list(self.enums),
            schemas: list(self.schemas),
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
            Node::root(document)
                .get("components")?
                .get("schemas")?
                .get(name)
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
        let at = self.kinds.iter().position(|known| *known == kind);
        Ty(index(at.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        })))
    }

    /// Reads a schema; a shape without a name of its own is called `hint`.
    pub(super) fn ty(&mut self, node: &Node<'a>, hint: &str) -> Typed {
        let (node, name) = self.source.follow(node);
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
            [only] => self.ty(only, name).ty,
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
                Some(items) => Kind::Array(self.ty(&items, &format!("{name}_item")).ty.0),
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
        if let Some(values) = node.get("enum") {
            let values = values.elements();
            let texts = values.iter().filter_map(|v| v.value().as_str()).map(text);
            let set = list(texts.collect());
            let at = self.enums.iter().position(|known| known.0 == set.0);
            return Kind::Enum(index(at.unwrap_or_else(|| {
                self.enums.push(set);
                self.enums.len() - 1
            })));
        }
        match node.text_of("format") {
            Some("date-time") => Kind::Date,
            Some("date") => Kind::Day,
            Some("uuid" | "guid") => Kind::Guid,
            Some("password") => Kind::Secret,
            _ => Kind::Text,
        }
    }

    fn object_kind(&mut self, node: &Node<'a>, name: &str) -> Kind {
        if node.get("properties").is_some() || node.get("allOf").is_some() {
            return Kind::Rec(self.record(node, name));
        }
        match node.get("additionalProperties") {
            Some(values) if values.value().is_object() => {
                Kind::Dict(self.ty(&values, &format!("{name}_value")).ty.0)
            }
            _ => Kind::Any,
        }
    }

    /// Reads a record type. Its index is reserved before its fields are read, since they may lead
    /// back to it.
    fn record(&mut self, node: &Node<'a>, name: &str) -> u16 {
        let place = format!("{}{}", node.document(), node.path());
        if let Some((index, known)) = self.names.get(name) {
            if *known != place {
                self.source
                    .problems
                    .add(node, format!("another shape is called `{name}`: {known}"));
            }
            return *index;
        }
        let at = index(self.schemas.len());
        self.names.insert(name.to_owned(), (at, place));
        self.schemas.push(Schema {
            name: text(name),
            doc: text(node.text_of("description").unwrap_or_default()),
            fields: List(&[]),
        });
        let mut fields = Vec::new();
        let mut required = Vec::new();
        self.collect(node, name, 0, &mut fields, &mut required);
        for element in &required {
            let wanted = element.value().as_str().unwrap_or_default();
            match fields.iter_mut().find(|field| field.name == wanted) {
                Some(field) => field.flags |= Field::REQUIRED,
                None => self.source.problems.add(
                    element,
                    format!("`{wanted}` is required but is no property"),
                ),
            }
        }
        self.schemas[usize::from(at)].fields = list(fields);
        at
    }

    /// Gathers the fields of a shape and of all it consists of (`allOf`).
    fn collect(
        &mut self,
        node: &Node<'a>,
        name: &str,
        depth: usize,
        fields: &mut Vec<Field>,
        required: &mut Vec<Node<'a>>,
    ) {
        if depth > 16 {
            self.source.problems.add(node, "`allOf` leads in a circle");
            return;
        }
        for part in node
            .get("allOf")
            .map(|all| all.elements())
            .unwrap_or_default()
        {
            let (part, _) = self.source.follow(&part);
            self.collect(&part, name, depth + 1, fields, required);
        }
        required.extend(
            node.get("required")
                .map(|names| names.elements())
                .unwrap_or_default(),
        );
        for (property, shape) in node
            .get("properties")
            .map(|all| all.members())
            .unwrap_or_default()
        {
            let field = self.property(property, &shape, name);
            match fields.iter_mut().find(|known| known.name == property) {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
    }

    fn property(&mut self, property: &str, shape: &Node<'a>, of: &str) -> Field {
        let typed = self.ty(shape, &format!("{of}_{property}"));
        let (target, _) = self.source.follow(shape);
        let own = shape.text_of("description");
        let read_only = [shape, &target]
            .iter()
            .any(|node| node.value().get("readOnly").and_then(Value::as_bool) == Some(true));
        Field {
            name: text(property),
            ty: typed.ty,
            flags: if typed.nullable { Field::NULLABLE } else { 0 }
                | if read_only { Field::READ_ONLY } else { 0 },
            doc: text(
                own.or_else(|| target.text_of("description"))
                    .unwrap_or_default(),
            ),
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

/// Returns a table index; a service with more than 65,535 shapes is beyond what can be described.
fn index(at: usize) -> u16 {
    u16::try_from(at).expect("a service has fewer than 65,536 shapes")
}

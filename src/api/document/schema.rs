//! Shapes of values: from JSON schema (and its older forms in `OpenAPI` 2.0 and 3.0) to interned
//! kinds and record types. Only what an operation reaches is read.

use std::collections::HashMap;

use serde_json::Value;

use super::model::{Field, Kind, List, Schema, Ty, first_name};
use super::node::{Node, Source};
use super::variants::Variants;
use super::words::{list, only, sentence, text};

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

    /// Reads a record type. Its index is reserved before its fields are read, since they may lead
    /// back to it.
    fn record(&mut self, node: &Node<'a>, name: &str) -> u16 {
        let place = node.place();
        let name = match self.named(name, &place) {
            Named::Known(index) => return index,
            Named::Free(name) => name,
            Named::Taken(index, known) => {
                self.source
                    .problems
                    .add(node, format!("another shape is called `{name}`: {known}"));
                return index;
            }
        };
        let at = self.index(self.schemas.len());
        self.names.insert(name.clone(), (at, place));
        self.schemas.push(Schema {
            name: text(&name),
            doc: sentence(node, &["description", "title"]),
            fields: List(&[]),
            open: false,
        });
        let pending = Pending {
            index: at,
            node: node.clone(),
            name,
        };
        if self.depth > DEEP {
            self.pending.push(pending);
        } else {
            self.fill(&pending);
        }
        at
    }

    /// Finds out under which name a shape at a place goes. Others call two shapes by one name, in
    /// different files: the second gets a number.
    fn named(&self, name: &str, place: &str) -> Named {
        let mut candidate = name.to_owned();
        for number in 2.. {
            match self.names.get(&candidate) {
                None => break,
                Some((index, known)) if known == place => return Named::Known(*index),
                Some((index, known)) if self.source.foreign.is_none() => {
                    return Named::Taken(*index, known.clone());
                }
                Some(_) => candidate = format!("{name}{number}"),
            }
        }
        Named::Free(candidate)
    }

    /// Reads the fields of a record type.
    fn fill(&mut self, pending: &Pending<'a>) {
        let Pending { index, node, name } = pending;
        let mut found = Gathered::default();
        self.collect(node, name, 0, &mut found);
        for element in &found.required {
            let wanted = element.value().as_str().unwrap_or_default();
            match found.fields.iter_mut().find(|field| field.name == wanted) {
                Some(field) => field.flags |= Field::REQUIRED,
                // Others require what nobody can give; their services do not.
                None if self.source.foreign.is_some() => {}
                None => self.source.problems.add(
                    element,
                    format!("`{wanted}` is required but is no property"),
                ),
            }
        }
        for (variant, name) in self.variants.of_base(node) {
            let mut more = Gathered::default();
            self.collect(&variant, name, 1, &mut more);
            found.open |= more.open;
            for field in more.fields {
                self.absorb(field, &mut found.fields);
            }
        }
        let schema = &mut self.schemas[usize::from(*index)];
        schema.fields = list(found.fields);
        schema.open = found.open;
    }

    /// Adds a field that only some variants have.
    fn absorb(&mut self, field: Field, fields: &mut Vec<Field>) {
        match fields.iter_mut().find(|known| known.name == field.name) {
            None => fields.push(field),
            Some(known) if known.ty != field.ty => known.ty = self.intern(Kind::Any),
            Some(_) => {}
        }
    }

    /// Gathers the fields of a shape and of all it consists of (`allOf`).
    fn collect(&mut self, node: &Node<'a>, name: &str, depth: usize, found: &mut Gathered<'a>) {
        if depth > 16 {
            self.source.problems.add(node, "`allOf` leads in a circle");
            return;
        }
        for part in parts(node, "allOf") {
            let (part, _) = self.source.follow(&part);
            self.collect(&part, name, depth + 1, found);
        }
        found.required.extend(parts(node, "required"));
        found.open |= self.source.foreign.is_some()
            && node
                .get("additionalProperties")
                .is_some_and(|more| more.value().is_object() || more.value() == &Value::Bool(true));
        let properties = node.get("properties").map(|all| all.members());
        for (property, shape) in properties.unwrap_or_default() {
            let field = self.property(property, &shape, name);
            match found.fields.iter_mut().find(|known| known.name == property) {
                Some(known) => *known = field,
                None => found.fields.push(field),
            }
        }
    }

    fn property(&mut self, property: &str, shape: &Node<'a>, of: &str) -> Field {
        let typed = self.shape(shape, &format!("{of}_{property}"));
        let (target, _) = self.source.follow(shape);
        let both = [shape, &target];
        let read_only = both.iter().any(|node| is_read_only(node));
        let secret = self.source.foreign.is_some()
            && both.iter().any(|node| node.says("x-ms-secret"))
            && matches!(self.kind(typed.ty), Kind::Text);
        let own = sentence(shape, &["description"]);
        Field {
            name: text(property),
            ty: if secret {
                self.intern(Kind::Secret)
            } else {
                typed.ty
            },
            flags: if typed.nullable { Field::NULLABLE } else { 0 }
                | if read_only { Field::READ_ONLY } else { 0 },
            doc: if own.is_empty() {
                sentence(&target, &["description"])
            } else {
                own
            },
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

/// Under which name a shape goes.
enum Named {
    /// It was read already.
    Known(u16),
    /// Nobody has this name.
    Free(String),
    /// Another shape has its name: its index and place.
    Taken(u16, String),
}

/// What a record type consists of.
#[derive(Debug, Default)]
struct Gathered<'a> {
    fields: Vec<Field>,
    required: Vec<Node<'a>>,
    open: bool,
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

/// Returns whether only the service sets a property.
fn is_read_only(node: &Node<'_>) -> bool {
    let may = node.get("x-ms-mutability").map(|all| all.elements());
    let only_read = may.is_some_and(|may| {
        !may.is_empty() && may.iter().all(|way| way.value().as_str() == Some("read"))
    });
    node.says("readOnly") || only_read
}

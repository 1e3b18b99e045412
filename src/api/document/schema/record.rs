//! Record types: under which name a shape goes, and its fields with those of all that it consists of.

use serde_json::Value;

use super::super::model::{Field, Kind, List, Schema};
use super::super::node::Node;
use super::super::words::{list, sentence, text};
use super::{DEEP, Pending, Shapes, parts};

impl<'a> Shapes<'_, 'a> {
    /// Reads a record type. Its index is reserved before its fields are read, since they may lead
    /// back to it.
    pub(super) fn record(&mut self, node: &Node<'a>, name: &str) -> u16 {
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
    pub(super) fn fill(&mut self, pending: &Pending<'a>) {
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

/// Returns whether only the service sets a property.
fn is_read_only(node: &Node<'_>) -> bool {
    let may = node.get("x-ms-mutability").map(|all| all.elements());
    let only_read = may.is_some_and(|may| {
        !may.is_empty() && may.iter().all(|way| way.value().as_str() == Some("read"))
    });
    node.says("readOnly") || only_read
}

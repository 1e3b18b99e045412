//! Parts that are written inside of their owner or alone: subnets of a network, rules of a group.
//! They are rows of their own; the owner shows them.

use serde_json::{Map, Value, json};

use super::refusals;
use crate::sandbox::arm::body::{self, invalid};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx};

/// A part as it stands in its owner's body.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) properties: Map<String, Value>,
}

/// Reads the parts in a field of an owner's properties; names are there and differ.
pub(super) fn read(properties: &Map<String, Value>, field: &str) -> Result<Vec<Part>, Refusal> {
    let mut parts: Vec<Part> = Vec::new();
    for item in list(properties, field)? {
        let Value::Object(item) = item else {
            return Err(invalid(format!("an element of '{field}' is not an object")));
        };
        let name = body::text(&item, "name")?.filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| refusals::nameless(field))?.to_owned();
        if parts
            .iter()
            .any(|part| part.name.eq_ignore_ascii_case(&name))
        {
            return Err(refusals::twice(&name, field));
        }
        let properties = body::member(&item, "properties")?;
        parts.push(Part { name, properties });
    }
    Ok(parts)
}

/// Reads a field that is an array; absent and `null` are an empty one.
pub(super) fn list(properties: &Map<String, Value>, field: &str) -> Result<Vec<Value>, Refusal> {
    match properties.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => Ok(all.clone()),
        Some(_) => Err(invalid(format!("'{field}' is not an array"))),
    }
}

/// Reads a field that is an array of texts.
pub(super) fn texts(properties: &Map<String, Value>, field: &str) -> Result<Vec<String>, Refusal> {
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        _ => Err(invalid(format!("an element of '{field}' is not a string"))),
    };
    list(properties, field)?.into_iter().map(text).collect()
}

/// Puts examined parts back where they were read.
pub(super) fn put_back(properties: &mut Map<String, Value>, field: &str, parts: Vec<Part>) {
    let back = |part: Part| json!({ "name": part.name, "properties": part.properties });
    let all: Vec<Value> = parts.into_iter().map(back).collect();
    properties.insert(field.to_owned(), all.into());
}

/// Makes the parts of a written owner what its body says; a body that says nothing of them (PATCH)
/// leaves them.
pub(super) fn settle(tx: &mut Tx<'_>, owner: &Resource, kind: &'static str, field: &str) {
    let Some(row) = tx.arm.resources.edit(&owner.id) else {
        return;
    };
    let Some(Value::Array(parts)) = row.properties.remove(field) else {
        return;
    };
    let Some(id) = Id::parse(&owner.id) else {
        return;
    };
    let mut kept = Vec::new();
    for part in parts {
        let name = part["name"].as_str().unwrap_or_default();
        let part_id = id.child(field, name);
        kept.push(part_id.key());
        let properties = part["properties"].as_object().cloned().unwrap_or_default();
        write(tx, owner, kind, &part_id, properties);
    }
    let old = of(tx, &owner.id, kind).map(|part| part.id.to_lowercase());
    let gone: Vec<String> = old.filter(|key| !kept.contains(key)).collect();
    for key in gone {
        resource::remove(tx, &key);
    }
}

fn write(
    tx: &mut Tx<'_>,
    owner: &Resource,
    kind: &'static str,
    id: &Id,
    properties: Map<String, Value>,
) {
    let before = tx.arm.resources.get(&id.key());
    if before.is_some_and(|before| before.properties == properties && before.name == id.name()) {
        return;
    }
    let row = Resource {
        id: id.text(),
        kind: kind.to_owned(),
        name: id.name().to_owned(),
        location: None,
        tags: crate::sandbox::store::Tags::new(),
        members: Map::new(),
        properties,
        hidden: Map::new(),
        state: "Succeeded".to_owned(),
        version: before.map_or(1, |before| before.version + 1),
        created: before
            .map_or(&owner.changed, |before| &before.created)
            .clone(),
        changed: owner.changed.clone(),
    };
    tx.arm.resources.put(&id.key(), row);
}

/// Returns the parts of an owner, in the order of their names.
pub(super) fn of<'a>(
    tx: &'a Tx<'_>,
    owner: &str,
    kind: &'static str,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let below = tx.arm.resources.under(owner).map(|(_, part)| part);
    below.filter(move |part| part.kind == kind)
}

/// Shows the parts of an owner.
pub(super) fn shown(
    tx: &Tx<'_>,
    owner: &str,
    kind: &'static str,
    request: Option<&Request>,
) -> Value {
    let all = of(tx, owner, kind).map(|part| resource::shown(tx, part, request));
    all.collect::<Vec<_>>().into()
}

/// Gives the owner of a changed part another entity tag.
pub(super) fn touch_owner(tx: &mut Tx<'_>, part: &Resource) {
    let owner = Id::parse(&part.id).and_then(|id| id.owner());
    if let Some(row) = owner.and_then(|owner| tx.arm.resources.edit(&owner.key())) {
        row.version += 1;
        row.changed = part.changed.clone();
    }
}

/// Returns the properties of a shown resource, to be completed.
pub(super) fn properties(shown: &mut Map<String, Value>) -> Option<&mut Map<String, Value>> {
    shown.get_mut("properties")?.as_object_mut()
}

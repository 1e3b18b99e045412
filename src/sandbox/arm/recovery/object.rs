//! What hangs on a vault, as rows: found, listed, shown, removed.

use serde_json::{Map, Value, json};

use super::part;
use crate::sandbox::arm::id::Id;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Tx, VaultObject};

/// Returns a new object, or the changed one that is there, which has no hold yet.
pub(super) fn draft(tx: &Tx<'_>, id: &Id, properties: Map<String, Value>) -> VaultObject {
    let before = tx.recovery.objects.get(&id.key());
    VaultObject {
        id: shown_id(id),
        kind: kind(id),
        name: id.name().to_owned(),
        properties,
        hidden: before.map(|one| one.hidden.clone()).unwrap_or_default(),
        version: before.map_or(1, |one| one.version + 1),
        made: before.map_or_else(|| tx.now(), |one| one.made),
    }
}

/// Returns the id of a part of a vault as the service writes it: with a capital `S`. Source: recovery
/// reference §9.9.
pub(super) fn shown_id(id: &Id) -> String {
    id.text().replacen("/subscriptions/", "/Subscriptions/", 1)
}

/// Returns the types of an id below its vault: `replicationFabrics/replicationProtectionContainers`.
pub(super) fn kind(id: &Id) -> String {
    let parts = id.sections.first().map(|section| section.parts.as_slice());
    let below = parts.unwrap_or_default().iter().skip(1);
    let types: Vec<&str> = below.map(|(kind, _)| kind.as_str()).collect();
    let types = types.join("/");
    part::find(&types).map_or(types, |part| part.kind().to_owned())
}

/// Returns the id of the vault that something hangs on.
pub(super) fn vault(id: &Id) -> Id {
    let mut vault = id.clone();
    vault.sections.truncate(1);
    for section in &mut vault.sections {
        section.parts.truncate(1);
    }
    vault
}

/// Returns the objects of a type below a vault or another object, at any depth, in the order of
/// their ids. `kind` is the whole path of types.
pub(super) fn of_kind<'a>(
    tx: &'a Tx<'_>,
    scope: &str,
    kind: &'static str,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    let below = tx.recovery.objects.under(scope);
    below
        .map(|(_, one)| one)
        .filter(move |one| one.kind == kind)
}

/// Puts an object that no job makes: one of a fresh sandbox, or what another's job brings along.
/// Returns it.
pub(super) fn plant(tx: &mut Tx<'_>, id: &Id, properties: Value, hidden: Value) -> VaultObject {
    let mut object = draft(tx, id, members(properties));
    object.hidden = members(hidden);
    tx.recovery.objects.put(&id.key(), object.clone());
    object
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Returns the object of the same vault that an id in a body names.
pub(super) fn referred<'a>(tx: &'a Tx<'_>, vault: &str, text: &str) -> Option<&'a VaultObject> {
    let key = Id::parse(text)?.key();
    let is_own = key.starts_with(&format!("{}/", vault.to_lowercase()));
    is_own.then(|| tx.recovery.objects.get(&key)).flatten()
}

/// Returns the fabric that an object stands in, or is.
pub(super) fn fabric<'a>(tx: &'a Tx<'_>, id: &str) -> Option<&'a VaultObject> {
    let mut id = Id::parse(id)?;
    id.sections.first_mut()?.parts.truncate(2);
    tx.recovery.objects.get(&id.key())
}

/// Returns what people call an object: its `friendlyName`, else its name.
pub(super) fn friendly(object: &VaultObject) -> &str {
    let name = object
        .properties
        .get("friendlyName")
        .and_then(Value::as_str);
    name.unwrap_or(&object.name)
}

/// Tells whether a property of an object is the id of another, in any casing.
pub(super) fn names(object: &VaultObject, property: &str, key: &str) -> bool {
    let id = object.properties.get(property).and_then(Value::as_str);
    id.and_then(Id::parse).is_some_and(|id| id.key() == key)
}

/// Shows an object.
pub(super) fn shown(tx: &Tx<'_>, object: &VaultObject, request: Option<&Request>) -> Value {
    let mut properties = object.properties.clone();
    if let Some(part) = part::find(&object.kind) {
        part.show(tx, object, request, &mut properties);
    }
    json!({
        "id": object.id,
        "name": object.name,
        "type": format!("Microsoft.RecoveryServices/vaults/{}", object.kind),
        "properties": properties,
    })
}

/// Removes an object with its parts.
pub(super) fn remove(tx: &mut Tx<'_>, key: &str) {
    let below = tx.recovery.objects.under(key);
    let parts: Vec<String> = below.map(|(key, _)| key.to_owned()).collect();
    for key in std::iter::once(key).chain(parts.iter().map(String::as_str)) {
        if let Some(object) = tx.recovery.objects.remove(key)
            && let Some(part) = part::find(&object.kind)
        {
            part.removed(tx, &object);
        }
    }
}

//! How resources of the network name each other, and who names one.

use serde_json::{Map, Value, json};

use super::nics::NetworkInterfaces;
use super::refusals;
use crate::sandbox::arm::body::invalid;
use crate::sandbox::arm::calls::of_kind;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Kind;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

/// Who names others, and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct From<'a> {
    pub(super) id: &'a Id,
    pub(super) location: Option<&'a str>,
}

/// Returns the resource that a field `{ "id": … }` names, which must be of that type, in the same
/// subscription and region; the field then holds its id alone.
pub(super) fn follow(
    tx: &Tx<'_>,
    from: From<'_>,
    properties: &mut Map<String, Value>,
    field: &str,
    kind: &str,
) -> Result<Option<Resource>, Refusal> {
    let named = match properties.get(field) {
        None => return Ok(None),
        Some(Value::Null) => {
            properties.remove(field);
            return Ok(None);
        }
        Some(Value::Object(named)) => named,
        Some(_) => return Err(invalid(format!("'{field}' is not an object"))),
    };
    let text = named.get("id").and_then(Value::as_str).unwrap_or_default();
    let id = Id::parse(text).filter(|id| {
        let named = id.kind().unwrap_or_default();
        named.eq_ignore_ascii_case(kind)
    });
    let id = id.ok_or_else(|| refusals::bad_id(text))?;
    let found = tx.arm.resources.get(&id.key());
    let found = found.filter(|found| {
        let here = from.location.is_none() || from.location == region(tx, found).as_deref();
        here && id.subscription == from.id.subscription && found.state != "Deleting"
    });
    let found = found
        .ok_or_else(|| refusals::not_found(text, &from.id.text()))?
        .clone();
    properties.insert(field.to_owned(), json!({ "id": found.id }));
    Ok(Some(found))
}

/// Returns the region of a resource: its own, or that of what it is a part of.
pub(super) fn region(tx: &Tx<'_>, resource: &Resource) -> Option<String> {
    if resource.location.is_some() {
        return resource.location.clone();
    }
    let owner = Id::parse(&resource.id)?.owner()?;
    region(tx, tx.arm.resources.get(&owner.key())?)
}

/// Returns the network interfaces of a subscription.
pub(super) fn interfaces<'a>(
    tx: &'a Tx<'_>,
    of: &Resource,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    all(tx, of, &NetworkInterfaces)
}

/// Returns the resources of a type in the subscription of another resource.
pub(super) fn all<'a>(
    tx: &'a Tx<'_>,
    of: &Resource,
    kind: &'static dyn Kind,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let subscription = Id::parse(&of.id).and_then(|id| id.subscription);
    let scope = Id::of_subscription(&subscription.unwrap_or_default());
    of_kind(tx, &scope, kind)
}

/// Returns the configurations of a network interface, with their ids.
pub(super) fn configurations(nic: &Resource) -> impl Iterator<Item = (String, &Value)> {
    let all = nic.properties.get("ipConfigurations");
    let all = all.and_then(Value::as_array).map(Vec::as_slice);
    all.unwrap_or_default().iter().map(|one| {
        let name = one["name"].as_str().unwrap_or_default();
        (format!("{}/ipConfigurations/{name}", nic.id), one)
    })
}

/// Tells whether a field `{ "id": … }` names a resource.
pub(super) fn names(properties: &Value, field: &str, target: &str) -> bool {
    let named = properties[field]["id"].as_str();
    named.is_some_and(|named| named.eq_ignore_ascii_case(target))
}

/// Returns the ids of the configurations in a subnet.
pub(super) fn in_subnet(tx: &Tx<'_>, subnet: &Resource) -> Vec<String> {
    let nics = interfaces(tx, subnet);
    nics.flat_map(configurations)
        .filter(|(_, one)| names(&one["properties"], "subnet", &subnet.id))
        .map(|(id, _)| id)
        .collect()
}

/// Shows ids as `[{ "id": … }]`.
pub(super) fn shown(ids: impl IntoIterator<Item = String>) -> Value {
    let all = ids.into_iter().map(|id| json!({ "id": id }));
    all.collect::<Vec<_>>().into()
}

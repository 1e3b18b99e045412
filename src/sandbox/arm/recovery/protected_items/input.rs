//! What bodies about protected items have in common: the discriminator, directions, networks,
//! recovery points. Source: recovery reference §5.3.

use serde_json::{Map, Value};

use super::item::{Item, Provider};
use super::networks;
use super::state::Side;
use super::wrong::Wrong;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::store::{Tx, VaultObject};

type Members = Map<String, Value>;

/// Returns a text that is not blank, if there is one.
pub(in crate::sandbox::arm::recovery) fn text<'a>(
    members: &'a Members,
    path: &str,
) -> Result<Option<&'a str>, Wrong> {
    Ok(body::text(members, path)?.filter(|text| !text.trim().is_empty()))
}

/// Returns a text that must be there.
pub(in crate::sandbox::arm::recovery) fn need<'a>(
    members: &'a Members,
    path: &str,
) -> Result<&'a str, Wrong> {
    text(members, path)?.ok_or_else(|| {
        let message = format!("The field '{path}' is missing.");
        Wrong::input(message, format!("Send '{path}'."))
    })
}

/// Returns a word that is one of a closed set.
pub(in crate::sandbox::arm::recovery) fn word(
    field: &str,
    given: &str,
    known: &[&'static str],
) -> Result<&'static str, Wrong> {
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(given));
    found.copied().ok_or_else(|| {
        let message = format!("The value '{given}' of '{field}' is not known.");
        Wrong::input(message, format!("Use one of {}.", known.join(", ")))
    })
}

/// Returns `providerSpecificDetails` of a single item: an object, never a list, with an
/// `instanceType`. Source: recovery reference §10.
pub(in crate::sandbox::arm::recovery) fn details(
    properties: &Members,
) -> Result<Option<Members>, Wrong> {
    let details = match properties.get("providerSpecificDetails") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(details)) => details,
        Some(_) => {
            return Err(Wrong::input(
                "'providerSpecificDetails' of a replicated item is an object.",
                "Send an object; only recovery plans take a list.",
            ));
        }
    };
    need(details, "instanceType")?;
    Ok(Some(details.clone()))
}

/// Returns the provider of an `instanceType` by which items are protected.
pub(super) fn provider(instance: &str) -> Result<Provider, Wrong> {
    let mut all = Provider::ALL.into_iter();
    let found = all.find(|one| one.word() == instance);
    found.ok_or_else(|| {
        let known: Vec<&str> = Provider::ALL.into_iter().map(Provider::word).collect();
        let message = format!("The instanceType '{instance}' is not known here.");
        Wrong::input(message, format!("Use one of {}.", known.join(", ")))
    })
}

/// Returns the details of an action about an item, whose `instanceType` must be the item's or one of
/// `others`.
pub(super) fn own_details(
    item: &Item,
    properties: &Members,
    others: &[&str],
) -> Result<Members, Wrong> {
    let Some(details) = details(properties)? else {
        return Ok(Members::new());
    };
    own_instance(item, need(&details, "instanceType")?, others)?;
    Ok(details)
}

/// Checks what is said of a provider when protection is disabled, if anything is.
pub(super) fn own_input(item: &Item, properties: &Members) -> Result<(), Wrong> {
    match properties.get("replicationProviderInput") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(input)) => own_instance(item, need(input, "instanceType")?, &[]),
        Some(_) => Err(Wrong::input(
            "'replicationProviderInput' is an object.",
            "Send an object.",
        )),
    }
}

fn own_instance(item: &Item, instance: &str, others: &[&str]) -> Result<(), Wrong> {
    if instance == item.provider.word() || others.contains(&instance) {
        return Ok(());
    }
    let message = format!(
        "The instanceType '{instance}' is not that of the replicated item, which is '{}'.",
        item.provider.word()
    );
    Err(Wrong::input(message, "Send the instanceType of the item."))
}

/// Checks the direction of a failover: the one that leads away from the side that is active.
pub(in crate::sandbox::arm::recovery) fn direction(
    properties: &Members,
    active: Side,
) -> Result<(), Wrong> {
    let Some(given) = some_direction(properties)? else {
        return Ok(());
    };
    if given == active.direction() {
        return Ok(());
    }
    let message = format!(
        "The failover direction '{given}' is not possible: the machine is active on the side '{}'.",
        active.word()
    );
    Err(Wrong::input(
        message,
        format!("Use '{}'.", active.direction()),
    ))
}

/// Returns the direction that is named, which must be one of both.
pub(super) fn some_direction(properties: &Members) -> Result<Option<&'static str>, Wrong> {
    let known = [Side::Primary.direction(), Side::Recovery.direction()];
    let given = text(properties, "failoverDirection")?;
    given
        .map(|given| word("failoverDirection", given, &known))
        .transpose()
}

/// Refuses a network that does not lie in a region.
pub(super) fn in_region(tx: &Tx<'_>, field: &str, id: &str, location: &str) -> Result<(), Wrong> {
    let found = networks::find(tx, id).ok_or_else(|| Wrong::absent(field, id))?;
    if found.location.as_deref() == Some(location) {
        return Ok(());
    }
    let message = format!("The network '{id}' of '{field}' does not lie in '{location}'.");
    Err(Wrong::input(
        message,
        format!("Name a network in '{location}'."),
    ))
}

/// Returns the network of a test failover: the one that is named where the type says that it is,
/// else whatever the item has. Source: recovery reference §5.3, §10; the second and third type are
/// not confirmed.
pub(in crate::sandbox::arm::recovery) fn test_network(
    tx: &Tx<'_>,
    properties: &Members,
) -> Result<Option<String>, Wrong> {
    const TYPES: [&str; 3] = [
        "VmNetworkAsInput",
        "NoNetworkAttachAsInput",
        "LogicalNetworkAsInput",
    ];
    let kind = match text(properties, "networkType")? {
        Some(kind) => word("networkType", kind, &TYPES)?,
        None => return Ok(None),
    };
    if kind != TYPES[0] {
        return Ok(None);
    }
    let id = need(properties, "networkId")?;
    match networks::find(tx, id) {
        Some(found) => Ok(Some(found.id.clone())),
        None => Err(Wrong::absent("networkId", id)),
    }
}

/// Refuses a recovery point that the item does not have.
pub(super) fn point(
    tx: &Tx<'_>,
    object: &VaultObject,
    given: Option<&str>,
) -> Result<Option<String>, Wrong> {
    let Some(given) = given else {
        return Ok(None);
    };
    let id = Id::parse(given).filter(|id| id.parent().key() == object.id.to_lowercase());
    let points = super::super::recovery_points::all(tx, object);
    let found = id.and_then(|id| {
        let mut all = points.into_iter();
        all.find(|point| point.name.eq_ignore_ascii_case(id.name()))
    });
    match found {
        Some(point) => Ok(Some(point.id)),
        None => Err(Wrong::absent("recoveryPointId", given)),
    }
}

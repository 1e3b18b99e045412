//! What a machine may be: its parts are checked one after the other, and completed. Source: arm
//! reference §10.8.

use serde_json::{Value, json};

use super::super::refusal::{absent, not_allowed, unchangeable, unknown};
use super::super::sizes;
use super::{at_rest, fields, network, os, storage};
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// Checks and completes a machine.
pub(super) fn check(tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if let Some(before) = draft.before {
        at_rest(before)?;
    }
    fields::check(&draft.resource.properties)?;
    keep(tx, draft);
    let location = draft.resource.location.clone().unwrap_or_default();
    let properties = &draft.resource.properties;
    let size = body::need(properties, "hardwareProfile.vmSize")?;
    let size = sizes::wanted(size, draft.id, &location)?;
    sizes::within_quota(tx, draft.id, &location, size)?;
    if let Some(Value::Object(hardware)) = draft.resource.properties.get_mut("hardwareProfile") {
        hardware.insert("vmSize".to_owned(), size.name.into());
    }
    let disk = storage::check(tx, draft, size)?;
    os::check(draft, disk.windows, disk.fresh)?;
    network::check(tx, draft)?;
    zones(draft)?;
    availability_set(tx, draft, disk.managed)?;
    identity(draft)?;
    user_data(draft)
}

/// Keeps what the provider gave, whatever is sent.
fn keep(tx: &mut Tx<'_>, draft: &mut Draft<'_>) {
    let (id, made) = match draft.before {
        Some(before) => (
            before.properties.get("vmId").cloned(),
            before.properties.get("timeCreated").cloned(),
        ),
        None => (Some(tx.guid().into()), Some(write(tx.now()).into())),
    };
    let properties = &mut draft.resource.properties;
    properties.remove("instanceView");
    for (name, value) in [("vmId", id), ("timeCreated", made)] {
        properties.insert(name.to_owned(), value.unwrap_or_default());
    }
    if draft.before.is_none() {
        let hidden = &mut draft.resource.hidden;
        hidden.insert("power".to_owned(), "starting".into());
    }
}

fn zones(draft: &Draft<'_>) -> Result<(), Refusal> {
    let zones = draft.resource.members.get("zones");
    if let Some(before) = draft.before
        && !draft.patch
        && zones.unwrap_or(&json!([])) != before.members.get("zones").unwrap_or(&json!([]))
    {
        return Err(unchangeable("zones"));
    }
    let given = match zones {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(given)) if given.len() <= 1 => given,
        Some(_) => {
            let text = "A virtual machine is in one zone: 'zones' is a list with one text.";
            return Err(parameter("zones", text));
        }
    };
    for zone in given {
        one_of("zones", zone.as_str().unwrap_or_default(), &["1", "2", "3"])?;
    }
    if !given.is_empty() && draft.resource.properties.contains_key("availabilitySet") {
        let text =
            "Virtual Machines deployed to an Availability Zone cannot be in an Availability Set.";
        return Err(Refusal::new(400, "BadRequest", text));
    }
    Ok(())
}

/// The set must be there, in the same region, and made for the same kind of disks; it cannot be
/// left or changed.
fn availability_set(tx: &Tx<'_>, draft: &Draft<'_>, managed: bool) -> Result<(), Refusal> {
    const FIELD: &str = "availabilitySet";
    let given = body::member(&draft.resource.properties, FIELD)?;
    let before = draft.before.map(super::availability_set);
    if given.is_empty() {
        return match before {
            Some(Some(_)) => Err(unchangeable("availabilitySet.id")),
            _ => Ok(()),
        };
    }
    let id = body::text(&given, "id")?.ok_or_else(|| absent("availabilitySet.id"))?;
    let same = |before: &str| before.eq_ignore_ascii_case(id);
    if before.is_some_and(|before| !before.is_some_and(same)) {
        return Err(unchangeable("availabilitySet.id"));
    }
    let set = Id::parse(id).and_then(|id| tx.arm.resources.get(&id.key()));
    let set = set.filter(|set| set.kind == "Microsoft.Compute/availabilitySets");
    let Some(set) = set else {
        return Err(unknown(FIELD, id));
    };
    if set.location != draft.resource.location {
        let text = format!(
            "Availability Set {id} cannot be found in location {}.",
            draft.resource.location.as_deref().unwrap_or_default()
        );
        return Err(parameter(FIELD, text));
    }
    let aligned = body::at(&set.members, "sku.name") == Some(&json!("Aligned"));
    if aligned != managed {
        let text = "Addition of a managed disk VM to non-managed Availability Set or addition of a non-managed disk VM to managed Availability Set is not supported.";
        return Err(not_allowed(text));
    }
    Ok(())
}

/// A machine of its own identity gets one.
fn identity(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Some(given) = body::text(&draft.resource.members, "identity.type")? else {
        return Ok(());
    };
    let known = &[
        "None",
        "SystemAssigned",
        "UserAssigned",
        "SystemAssigned,UserAssigned",
    ];
    let kind = one_of("identity.type", &given.replace(' ', ""), known)?;
    if let Some(Value::Object(identity)) = draft.resource.members.get_mut("identity") {
        identity.insert("type".to_owned(), kind.into());
        identity.remove("principalId");
        if kind.starts_with("System") {
            let principal = derived::guid(&["identity", &draft.id.key()]);
            identity.insert("principalId".to_owned(), principal.into());
        }
    }
    Ok(())
}

/// Data for the machine's own use is shown only where it is asked for.
fn user_data(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    let Some(data) = draft.resource.properties.remove("userData") else {
        return Ok(());
    };
    let text = data.as_str().unwrap_or_default();
    if BASE64_STANDARD.decode(text).is_err() {
        let text = "User data must be in Base64 encoding.";
        return Err(parameter("userData", text));
    }
    draft.resource.hidden.insert("userData".to_owned(), data);
    Ok(())
}

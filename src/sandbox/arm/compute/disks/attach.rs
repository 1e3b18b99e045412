//! A disk and the machine that it is attached to. Source: arm reference §10.8.

use serde_json::{Map, Value, json};

use super::super::refusal::{not_allowed, unknown};
use super::{TYPE, access, shape};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

/// Returns the id of the machine that has a disk.
pub(super) fn user(disk: &Resource) -> Option<&str> {
    disk.hidden.get("managedBy").and_then(Value::as_str)
}

/// Returns a disk that is there.
pub(super) fn find<'a>(tx: &'a Tx<'_>, id: &str) -> Option<&'a Resource> {
    let found = tx.arm.resources.get(&Id::parse(id)?.key())?;
    (found.kind == TYPE).then_some(found)
}

/// Returns the size of a disk from which another is made.
pub(in super::super) fn size_of(tx: &Tx<'_>, id: &str, field: &str) -> Result<u64, Refusal> {
    let source = find(tx, id).ok_or_else(|| unknown(field, id))?;
    Ok(shape::gigabytes(source))
}

/// Returns a disk that a machine may take, or already has.
pub(in super::super) fn free_for<'a>(
    tx: &'a Tx<'_>,
    machine: &Draft<'_>,
    id: &str,
    field: &str,
) -> Result<&'a Resource, Refusal> {
    let disk = find(tx, id).ok_or_else(|| unknown(&format!("{field}.managedDisk.id"), id))?;
    if disk.location != machine.resource.location {
        let text = format!(
            "Disk {} is not in the region of the virtual machine {}.",
            disk.name,
            machine.id.name()
        );
        return Err(parameter(&format!("{field}.managedDisk.id"), text));
    }
    match user(disk) {
        Some(other) if other.to_lowercase() != machine.id.key() => {
            let text = format!(
                "Cannot attach disk '{}' to VM '{}' because the disk is already attached to VM '{other}'.",
                disk.name,
                machine.id.name()
            );
            Err(Refusal::new(409, "AttachDiskWhileBeingDetached", text))
        }
        None if access::is_open(tx, disk) || disk.state == "Deleting" => {
            let text = format!(
                "Cannot attach disk '{}' to VM '{}': it is being accessed or deleted.",
                disk.name,
                machine.id.name()
            );
            Err(not_allowed(text))
        }
        _ => Ok(disk),
    }
}

/// Gives a disk to a machine; one that there is not yet is made as the machine's body has it.
pub(in super::super) fn take(
    tx: &mut Tx<'_>,
    id: &str,
    wanted: &Map<String, Value>,
    machine: &Resource,
) {
    let Some(id) = Id::parse(id) else { return };
    if !tx.arm.resources.has(&id.key()) {
        let disk = made_with(tx, &id, wanted, machine);
        tx.arm.resources.put(&id.key(), disk);
    }
    if let Some(disk) = tx.arm.resources.edit(&id.key()) {
        let by = machine.id.as_str().into();
        disk.hidden.insert("managedBy".to_owned(), by);
        if let Some(size) = wanted.get("diskSizeGB").and_then(Value::as_u64)
            && size > shape::gigabytes(disk)
        {
            shape::resize(disk, size);
        }
    }
}

/// Frees a disk.
pub(in super::super) fn let_go(tx: &mut Tx<'_>, id: &str) {
    let Some(id) = Id::parse(id) else { return };
    if let Some(disk) = tx.arm.resources.edit(&id.key()) {
        disk.hidden.remove("managedBy");
    }
}

fn made_with(
    tx: &mut Tx<'_>,
    id: &Id,
    wanted: &Map<String, Value>,
    machine: &Resource,
) -> Resource {
    let option = wanted.get("createOption").cloned().unwrap_or_default();
    let mut creation = json!({ "createOption": option });
    let image = body::at(&machine.properties, "storageProfile.imageReference");
    if let (Some("FromImage" | "fromImage"), Some(Value::Object(image))) = (option.as_str(), image)
    {
        let text = |name: &str| image.get(name).and_then(Value::as_str).unwrap_or_default();
        creation["imageReference"] = json!({ "id": format!(
            "/Subscriptions/{}/Providers/Microsoft.Compute/Locations/{}/Publishers/{}/ArtifactTypes/VMImage/Offers/{}/Skus/{}/Versions/{}",
            id.subscription.as_deref().unwrap_or_default(),
            machine.location.as_deref().unwrap_or_default(),
            text("publisher"), text("offer"), text("sku"), text("exactVersion"),
        ) });
    }
    if let Some(source) = body::at(wanted, "sourceResource.id") {
        creation["sourceResourceId"] = source.clone();
    }
    let mut properties = Map::new();
    properties.insert("creationData".to_owned(), creation);
    for name in ["diskSizeGB", "osType"] {
        if let Some(value) = wanted.get(name) {
            properties.insert(name.to_owned(), value.clone());
        }
    }
    let sku = body::at(wanted, "managedDisk.storageAccountType");
    let mut members = Map::new();
    members.insert("sku".to_owned(), json!({ "name": sku }));
    if let Some(zones) = machine.members.get("zones") {
        members.insert("zones".to_owned(), zones.clone());
    }
    let mut disk = Resource {
        id: id.text(),
        kind: TYPE.to_owned(),
        name: id.name().to_owned(),
        members,
        properties,
        hidden: Map::new(),
        state: "Succeeded".to_owned(),
        version: 1,
        created: machine.changed.clone(),
        ..machine.clone()
    };
    disk.tags.clear();
    shape::complete(tx, &mut disk);
    disk
}

//! One disk of a machine: a resource that is made or attached, or a file of a storage account.
//! Source: arm reference §10.8, §11.

use serde_json::Value;

use super::super::super::disks;
use super::super::super::refusal::needless;
use super::super::super::sizes::Size;
use super::Members;
use crate::sandbox::arm::body::{self, need, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// Tells whether a disk is a resource; a file has an address of its own.
pub(super) fn is_managed(disk: &Members, field: &str) -> Result<bool, Refusal> {
    let Some(uri) = body::text(disk, "vhd.uri")? else {
        return Ok(true);
    };
    if disk.get("managedDisk").is_some_and(|one| !one.is_null()) {
        return Err(needless(&format!("{field}.vhd")));
    }
    let parsed = url::Url::parse(uri).ok();
    let host = parsed.as_ref().and_then(|uri| uri.host_str());
    if host.is_none_or(|host| !host.contains(".blob.")) {
        let text = format!("The blob URI '{uri}' is invalid.");
        return Err(parameter(&format!("{field}.vhd.uri"), text));
    }
    Ok(false)
}

/// Checks a disk that is to be attached, and takes its size over.
pub(super) fn attached(
    tx: &Tx<'_>,
    draft: &Draft<'_>,
    disk: &mut Members,
    field: &str,
) -> Result<(), Refusal> {
    let id = need(disk, "managedDisk.id")?;
    let found = disks::free_for(tx, draft, id, field)?;
    for name in ["diskSizeGB", "osType"] {
        if let Some(value) = found.properties.get(name) {
            disk.insert(name.to_owned(), value.clone());
        }
    }
    disk.insert("name".to_owned(), found.name.as_str().into());
    if let (Some(Value::Object(managed)), Some(sku)) = (
        disk.get_mut("managedDisk"),
        body::at(&found.members, "sku.name"),
    ) {
        managed.insert("storageAccountType".to_owned(), sku.clone());
    }
    Ok(())
}

/// Names the resource that a disk will be, and completes what it is.
pub(super) fn manage(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    disk: &mut Members,
    (name, size, field): (&str, &Size, &str),
) -> Result<(), Refusal> {
    let mut managed = body::member(disk, "managedDisk")?;
    let usual = if size.premium {
        "Premium_LRS"
    } else {
        "Standard_LRS"
    };
    let kind = body::text(&managed, "storageAccountType")?.unwrap_or(usual);
    if kind.to_lowercase().starts_with("premium") && !size.premium {
        let text = format!(
            "Requested operation cannot be performed because storage account type '{kind}' is not supported for VM size '{}'.",
            size.name
        );
        return Err(parameter(
            &format!("{field}.managedDisk.storageAccountType"),
            text,
        ));
    }
    managed.insert("storageAccountType".to_owned(), kind.to_owned().into());
    if managed.get("id").is_none_or(Value::is_null) {
        let name = match body::text(disk, "name")? {
            Some(name) => name.to_owned(),
            None => format!("{name}_{}", tx.guid().replace('-', "")),
        };
        let id = Id {
            group: draft.id.group.clone(),
            ..Id::of_subscription(draft.id.subscription.as_deref().unwrap_or_default())
        };
        let id = id.extended("Microsoft.Compute", "disks", &name);
        if tx.arm.resources.has(&id.key()) {
            let text = format!(
                "Disk {name} already exists in resource group {}. Only CreateOption.Attach is supported.",
                id.group.as_deref().unwrap_or_default()
            );
            return Err(Refusal::new(409, "ConflictingUserInput", text).target(field));
        }
        disk.insert("name".to_owned(), name.into());
        managed.insert("id".to_owned(), id.text().into());
    }
    disk.insert("managedDisk".to_owned(), managed.into());
    Ok(())
}

/// Returns the size that is given, in whole gigabytes.
pub(super) fn gigabytes(disk: &Members) -> Result<Option<u64>, Refusal> {
    match disk.get("diskSizeGB") {
        None | Some(Value::Null) => Ok(None),
        Some(size) => {
            let size = size.as_u64().filter(|size| (1..=32_767).contains(size));
            let text = "The value of parameter 'diskSizeGB' is out of range: a disk has 1 to 32767 gigabytes.";
            size.map(Some).ok_or_else(|| parameter("diskSizeGB", text))
        }
    }
}

/// Writes what a field is without a word.
pub(super) fn usual(disk: &mut Members, name: &str, value: &str) {
    if disk.get(name).is_none_or(Value::is_null) {
        disk.insert(name.to_owned(), value.into());
    }
}

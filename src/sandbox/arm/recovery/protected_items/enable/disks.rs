//! The disks of a machine of Azure that are replicated: the machine's own, each with a staging account
//! beside it. Source: recovery reference §5.3.

use serde_json::{Map, Value};

use super::lookup::{group_at, resource_at};
use crate::sandbox::arm::body;
use crate::sandbox::arm::compute;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::protected_items::input::{need, text, word};
use crate::sandbox::arm::recovery::protected_items::item::Disk;
use crate::sandbox::arm::recovery::protected_items::wrong::Wrong;
use crate::sandbox::store::{Resource, Tx};

const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// Kinds of storage of disks. Source: recovery reference §5.3.
const STORAGE: [&str; 7] = [
    "Premium_LRS",
    "PremiumV2_LRS",
    "Premium_ZRS",
    "Standard_LRS",
    "StandardSSD_LRS",
    "StandardSSD_ZRS",
    "UltraSSD_LRS",
];

type Members = Map<String, Value>;

/// Returns the disks that are to be replicated.
pub(super) fn find(tx: &Tx<'_>, machine: &Resource, details: &Members) -> Result<Vec<Disk>, Wrong> {
    let disks = list(details, "vmManagedDisks")?;
    let files = list(details, "vmDisks")?;
    let mut found = Vec::new();
    for one in &disks {
        found.push(managed(tx, machine, one)?);
    }
    for one in &files {
        found.push(file(tx, machine, one)?);
    }
    Ok(found)
}

fn list(details: &Members, field: &str) -> Result<Vec<Members>, Wrong> {
    let wrong = || {
        Wrong::input(
            format!("'{field}' is not a list of objects."),
            "Send a list.",
        )
    };
    match details.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => {
            let all = all
                .iter()
                .map(|one| one.as_object().cloned().ok_or_else(wrong));
            all.collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Checks a disk of the machine.
pub(in crate::sandbox::arm::recovery::protected_items) fn managed(
    tx: &Tx<'_>,
    machine: &Resource,
    one: &Members,
) -> Result<Disk, Wrong> {
    let id = need(one, "diskId")?;
    let own = compute::disks_of(machine);
    let is_own = own.iter().any(|own| own.eq_ignore_ascii_case(id));
    let disk = Id::parse(id).and_then(|id| tx.arm.resources.get(&id.key()));
    let disk = disk
        .filter(|_| is_own)
        .ok_or_else(|| Wrong::absent("vmManagedDisks.diskId", id))?;
    need(one, "recoveryResourceGroupId")?;
    group_at(tx, one, "recoveryResourceGroupId")?;
    let sku = body::at(&disk.members, "sku.name").and_then(Value::as_str);
    let sku = sku.unwrap_or("Standard_LRS");
    for field in [
        "recoveryReplicaDiskAccountType",
        "recoveryTargetDiskAccountType",
    ] {
        if let Some(given) = text(one, field)? {
            word(field, given, &STORAGE)?;
        }
    }
    let storage = text(one, "recoveryTargetDiskAccountType")?.unwrap_or(sku);
    let number = |name: &str| disk.properties.get(name).and_then(Value::as_u64);
    let system = disk.properties.get("osType").and_then(Value::as_str);
    Ok(Disk {
        name: disk.name.clone(),
        id: disk.id.clone(),
        gib: number("diskSizeGB").unwrap_or_default(),
        system: system.unwrap_or_default().to_owned(),
        storage: storage.to_owned(),
        staging: staging(tx, machine, one)?,
    })
}

/// Returns the staging account of a disk, which lies in the region of the machine.
fn staging(tx: &Tx<'_>, machine: &Resource, one: &Members) -> Result<String, Wrong> {
    const FIELD: &str = "primaryStagingAzureStorageAccountId";
    need(one, FIELD)?;
    let id = resource_at(tx, one, FIELD, ACCOUNT)?.unwrap_or_default();
    let account = Id::parse(&id).and_then(|id| tx.arm.resources.get(&id.key()));
    if account.is_some_and(|account| account.location == machine.location) {
        return Ok(id);
    }
    let text = format!("The staging account '{id}' does not lie in the region of the machine.");
    Err(Wrong::input(
        text,
        "Name a storage account in the region of the source machine.",
    ))
}

/// A disk that is a file of a storage account.
fn file(tx: &Tx<'_>, machine: &Resource, one: &Members) -> Result<Disk, Wrong> {
    let uri = need(one, "diskUri")?;
    for field in [
        "recoveryAzureStorageAccountId",
        "primaryStagingAzureStorageAccountId",
    ] {
        need(one, field)?;
    }
    resource_at(tx, one, "recoveryAzureStorageAccountId", ACCOUNT)?;
    let system = body::at(&machine.properties, "storageProfile.osDisk").and_then(Value::as_object);
    let data = body::at(&machine.properties, "storageProfile.dataDisks");
    let data = data.and_then(Value::as_array).into_iter().flatten();
    let all = system.into_iter().chain(data.filter_map(Value::as_object));
    let has = |disk: &&Members| {
        let at = body::at(disk, "vhd.uri").and_then(Value::as_str);
        at.is_some_and(|at| at.eq_ignore_ascii_case(uri))
    };
    let mut all = all.filter(has);
    let disk = all
        .next()
        .ok_or_else(|| Wrong::absent("vmDisks.diskUri", uri))?;
    let text = |name: &str| disk.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(Disk {
        name: text("name").to_owned(),
        id: String::new(),
        gib: disk.get("diskSizeGB").and_then(Value::as_u64).unwrap_or(30),
        system: text("osType").to_owned(),
        storage: "Standard_LRS".to_owned(),
        staging: staging(tx, machine, one)?,
    })
}

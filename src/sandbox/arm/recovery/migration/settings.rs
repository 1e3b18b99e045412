//! What the machine will be that a migration makes: its settings, as enabling and updating say them.
//! Source: recovery reference §5.6, which names no field of an update: here it may say all that
//! enabling says, but for the source and its disks. Fields that the service shows besides are not
//! confirmed.

use serde_json::{Map, Value};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::site;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// The only `instanceType` of a migration.
pub(super) const CBT: &str = "VMwareCbt";

const VNET: &str = "Microsoft.Network/virtualNetworks";
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Texts that say what is migrated, and with what.
const SOURCE: [&str; 4] = [
    "vmwareMachineId",
    "dataMoverRunAsAccountId",
    "snapshotRunAsAccountId",
    "userSelectedOSName",
];

/// Texts that say what comes of it.
const TARGET: [&str; 16] = [
    "licenseType",
    "linuxLicenseType",
    "sqlServerLicenseType",
    "performAutoResync",
    "performSqlBulkRegistration",
    "targetAvailabilitySetId",
    "targetAvailabilityZone",
    "targetBootDiagnosticsStorageAccountId",
    "targetNetworkId",
    "targetProximityPlacementGroupId",
    "targetResourceGroupId",
    "targetSubnetName",
    "targetVmName",
    "targetVmSize",
    "testNetworkId",
    "testSubnetName",
];

/// Tags of what comes of it.
const TAGS: [&str; 4] = [
    "seedDiskTags",
    "targetDiskTags",
    "targetNicTags",
    "targetVmTags",
];

/// Texts of a disk that must be there.
const DISK: [&str; 4] = [
    "diskId",
    "isOSDisk",
    "logStorageAccountId",
    "logStorageAccountSasSecretName",
];

/// Which kind of disk, in the words of the reference §5.3.
const DISK_TYPES: [&str; 7] = [
    "Premium_LRS",
    "PremiumV2_LRS",
    "Premium_ZRS",
    "Standard_LRS",
    "StandardSSD_LRS",
    "StandardSSD_ZRS",
    "UltraSSD_LRS",
];

/// Reads the settings with which a migration is enabled.
pub(super) fn new(
    tx: &Tx<'_>,
    input: Input<'_>,
    item: &Id,
    region: &str,
) -> Result<Map<String, Value>, Refusal> {
    instance(input)?;
    for name in &SOURCE[..3] {
        input.need(name)?;
    }
    for name in ["targetNetworkId", "targetResourceGroupId"] {
        input.need(name)?;
    }
    let mut kept = Map::new();
    kept.insert("instanceType".to_owned(), CBT.into());
    take(input, &SOURCE, &mut kept)?;
    kept.insert("disksToInclude".to_owned(), disks(tx, input, item)?);
    kept.insert("targetVmName".to_owned(), item.name().into());
    target(tx, (input, item, region), &mut kept)?;
    Ok(kept)
}

/// Reads a change of the settings that there are; what it does not say stays.
pub(super) fn changed(
    tx: &Tx<'_>,
    input: Input<'_>,
    (item, region): (&Id, &str),
    before: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    instance(input)?;
    for name in SOURCE.iter().chain(&["disksToInclude"]) {
        if input.members.contains_key(*name) {
            return Err(input.wrong(name, "It cannot be changed."));
        }
    }
    let mut kept = Map::new();
    let all = merged(before, input.members.clone());
    let all = Input {
        members: &all,
        ..input
    };
    take(all, &SOURCE, &mut kept)?;
    for name in ["instanceType", "disksToInclude"] {
        if let Some(value) = before.get(name) {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    target(tx, (all, item, region), &mut kept)?;
    Ok(kept)
}

/// Refuses another `instanceType` than that of a migration. Source: recovery reference §9.7.
pub(super) fn instance(input: Input<'_>) -> Result<(), Refusal> {
    match input.one_of("instanceType", &[CBT])? {
        Some(_) => Ok(()),
        None => Err(input.missing("instanceType")),
    }
}

fn take(input: Input<'_>, names: &[&str], kept: &mut Map<String, Value>) -> Result<(), Refusal> {
    for name in names {
        if let Some(text) = input.text(name)? {
            kept.insert((*name).to_owned(), text.into());
        }
    }
    Ok(())
}

fn target(
    tx: &Tx<'_>,
    (input, item, region): (Input<'_>, &Id, &str),
    kept: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let licences = ["NoLicenseType", "NotSpecified", "WindowsServer"];
    input.one_of("licenseType", &licences)?;
    group(tx, input, item)?;
    network(
        tx,
        (input, item, region),
        ["targetNetworkId", "targetSubnetName"],
    )?;
    network(
        tx,
        (input, item, region),
        ["testNetworkId", "testSubnetName"],
    )?;
    take(input, &TARGET, kept)?;
    for name in TAGS {
        match input.members.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(tags)) if tags.values().all(Value::is_string) => {
                kept.insert(name.to_owned(), tags.clone().into());
            }
            Some(_) => return Err(input.wrong(name, "It is not a map of texts.")),
        }
    }
    Ok(())
}

/// The group must be there, in the subscription of the vault.
fn group(tx: &Tx<'_>, input: Input<'_>, item: &Id) -> Result<(), Refusal> {
    const FIELD: &str = "targetResourceGroupId";
    let Some(text) = input.text(FIELD)? else {
        return Ok(());
    };
    let id = Id::parse(text).filter(|id| id.subscription == item.subscription);
    let id = id.filter(|id| id.group.is_some() && id.sections.is_empty());
    let found = id.and_then(|id| tx.arm.groups.get(&id.key()));
    match found.filter(|group| group.state != "Deleting") {
        Some(_) => Ok(()),
        None => Err(input.absent(FIELD, "resource group", text)),
    }
}

/// A virtual network must be there, in the region of the target, with the subnet that is named.
fn network(
    tx: &Tx<'_>,
    (input, item, region): (Input<'_>, &Id, &str),
    [field, subnet]: [&str; 2],
) -> Result<(), Refusal> {
    let Some(text) = input.text(field)? else {
        return Ok(());
    };
    let found = site::linked(tx, item, text, VNET);
    let found = found.ok_or_else(|| input.absent(field, "virtual network", text))?;
    if found.location.as_deref() != Some(region) {
        let why = format!(
            "The virtual network '{}' is not in '{region}', the region of the target.",
            found.name
        );
        return Err(input.wrong(field, why));
    }
    let Some(name) = input.text(subnet)? else {
        return Ok(());
    };
    let id = format!("{}/subnets/{name}", found.id);
    match site::linked(tx, item, &id, SUBNET) {
        Some(_) => Ok(()),
        None => Err(input.absent(subnet, "subnet", name)),
    }
}

/// The disks: one of them is the system's, and what is copied goes over an account that is there.
fn disks(tx: &Tx<'_>, input: Input<'_>, item: &Id) -> Result<Value, Refusal> {
    const FIELD: &str = "disksToInclude";
    let mut systems = 0;
    let listed = input.objects(FIELD)?;
    for disk in &listed {
        let path = format!("{}.{FIELD}", input.path);
        let one = Input {
            members: disk,
            path: &path,
            ..input
        };
        for name in DISK {
            one.need(name)?;
        }
        if one.one_of("isOSDisk", &["true", "false"])? == Some("true") {
            systems += 1;
        }
        one.one_of("diskType", &DISK_TYPES)?;
        let account = one.need("logStorageAccountId")?;
        if site::linked(tx, item, account, ACCOUNT).is_none() {
            return Err(one.absent("logStorageAccountId", "storage account", account));
        }
        let size = disk.get("diskSizeInGB").filter(|size| !size.is_null());
        if !size.is_none_or(|size| size.as_u64().is_some_and(|gib| (1..=32_767).contains(&gib))) {
            return Err(one.wrong("diskSizeInGB", "A disk has 1 to 32767 gigabytes."));
        }
    }
    if systems != 1 {
        let why = format!("One disk is the system's (isOSDisk 'true'); here {systems} are.");
        return Err(input.wrong(FIELD, why));
    }
    let listed: Vec<Value> = listed.into_iter().cloned().map(Value::from).collect();
    Ok(listed.into())
}

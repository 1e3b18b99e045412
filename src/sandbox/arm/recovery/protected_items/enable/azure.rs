//! A machine of Azure that is replicated to another region: it is there, lies in the region of the
//! fabric, and has the disks that are named, each with a staging account beside it. Source: recovery
//! reference §5.3.

use serde_json::{Map, Value};

use super::{CONTAINER, Found, Wanted, group_at, network_at, protected, resource_at, twice};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::protected_items::input::{need, text, word};
use crate::sandbox::arm::recovery::protected_items::item::{Disk, Item, Place, Provider};
use crate::sandbox::arm::recovery::protected_items::networks::{self, has_subnet, part};
use crate::sandbox::arm::recovery::protected_items::state::{Phase, Side, State};
use crate::sandbox::arm::recovery::protected_items::wrong::Wrong;
use crate::sandbox::arm::{compute, locations};
use crate::sandbox::store::{Resource, Tx, VaultObject};

const MACHINE: &str = "Microsoft.Compute/virtualMachines";
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

/// Finds the machine, and where it goes.
pub(super) fn find(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Result<Found, Wrong> {
    let details = &wanted.details;
    need(details, "fabricObjectId")?;
    let id = resource_at(tx, details, "fabricObjectId", MACHINE)?.unwrap_or_default();
    let machine = machine(tx, wanted, &id)?;
    let is_same =
        |one: &VaultObject| Item::of(one).is_some_and(|item| item.vm.eq_ignore_ascii_case(&id));
    if let Some(by) = protected(tx, wanted.asked, is_same) {
        return Err(twice(&machine.name, by));
    }
    let primary = primary(tx, &machine);
    let target = target(tx, wanted)?;
    let recovery = recovery(tx, wanted, &target, &primary)?;
    let disks = disks(tx, &machine, details)?;
    if !disks.iter().any(|disk| !disk.system.is_empty()) {
        let text = "The disk of the system is not among the disks to be replicated.";
        return Err(Wrong::input(text, "Name it in 'vmManagedDisks', too."));
    }
    let now = tx.now();
    let item = Item {
        provider: Provider::A2A,
        state: State::new(Phase::EnablingFailed, Side::Primary),
        vm: machine.id.clone(),
        primary,
        recovery,
        disks,
        test_machine: None,
        begun: now,
        since: now,
        until: None,
        tested: None,
        failed_over: None,
        point: None,
        failure: None,
    };
    let mut properties = Members::new();
    properties.insert("recoveryContainerId".to_owned(), target.id.as_str().into());
    Ok(Found {
        item,
        friendly_name: machine.name,
        properties,
    })
}

/// Returns the machine, which must lie in the region of the fabric.
fn machine(tx: &Tx<'_>, wanted: &Wanted<'_>, id: &str) -> Result<Resource, Wrong> {
    let found = Id::parse(id).and_then(|id| tx.arm.resources.get(&id.key()));
    let found = found.ok_or_else(|| Wrong::absent("fabricObjectId", id))?;
    let location = region(&wanted.fabric);
    if found.location.as_deref() != Some(location.as_str()) {
        let text = format!(
            "The machine '{}' does not lie in the region '{location}' of the fabric '{}'.",
            found.name, wanted.fabric.name
        );
        return Err(Wrong::input(
            text,
            "Use the fabric of the machine's region.",
        ));
    }
    Ok(found.clone())
}

/// Returns the region of a fabric of Azure.
fn region(fabric: &VaultObject) -> String {
    let location = body::at(&fabric.properties, "customDetails.location");
    let location = location.and_then(Value::as_str).unwrap_or_default();
    locations::normal(location)
}

/// Returns the side of the source machine.
pub(in super::super) fn primary(tx: &Tx<'_>, machine: &Resource) -> Place {
    let (network, subnet) = networks::of_machine(tx, machine).unwrap_or_default();
    let group = Id::parse(&machine.id).map(|id| {
        let subscription = id.subscription.clone().unwrap_or_default();
        Id::of_group(&subscription, id.group.as_deref().unwrap_or_default()).text()
    });
    let size = body::at(&machine.properties, "hardwareProfile.vmSize");
    Place {
        location: machine.location.clone().unwrap_or_default(),
        group: group.unwrap_or_default(),
        name: machine.name.clone(),
        size: size.and_then(Value::as_str).unwrap_or_default().to_owned(),
        network,
        subnet,
        test_network: String::new(),
        machine: Some(machine.id.clone()),
    }
}

/// Returns the container on the other side: the one that is named, else that of the mapping.
fn target(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Result<VaultObject, Wrong> {
    const FIELD: &str = "recoveryContainerId";
    let of = |mapping: &VaultObject| {
        let id = mapping
            .properties
            .get("targetProtectionContainerId")?
            .as_str()?;
        Some(id.to_owned())
    };
    let mapped: Vec<String> = wanted.mappings.iter().filter_map(of).collect();
    let id = match text(&wanted.details, FIELD)? {
        Some(id) => id.to_owned(),
        None => mapped.first().cloned().unwrap_or_default(),
    };
    let found = part(tx, &id, CONTAINER).cloned();
    let found = found.ok_or_else(|| Wrong::absent(FIELD, &id))?;
    if mapped.iter().any(|one| one.eq_ignore_ascii_case(&id)) {
        return Ok(found);
    }
    let text = format!(
        "No mapping with this policy leads from '{}' to '{}'.",
        wanted.container.name, found.name
    );
    Err(Wrong::input(
        text,
        "Map the two containers with the policy first.",
    ))
}

fn recovery(
    tx: &Tx<'_>,
    wanted: &Wanted<'_>,
    target: &VaultObject,
    primary: &Place,
) -> Result<Place, Wrong> {
    let details = &wanted.details;
    need(details, "recoveryResourceGroupId")?;
    let fabric = Id::parse(&target.id).map(|id| id.parent().key());
    let fabric = fabric.and_then(|key| tx.recovery.objects.get(&key));
    let location = fabric.map(region).unwrap_or_default();
    let group = group_at(tx, details, "recoveryResourceGroupId")?.unwrap_or_default();
    let network = network_at(tx, details, "recoveryAzureNetworkId", &location)?;
    let subnet = text(details, "recoverySubnetName")?;
    if let Some(subnet) = subnet
        && !network.is_empty()
        && !has_subnet(tx, &network, subnet)
    {
        return Err(Wrong::absent("recoverySubnetName", subnet));
    }
    Ok(Place {
        location,
        group,
        network,
        subnet: subnet.unwrap_or(&primary.subnet).to_owned(),
        machine: None,
        ..primary.clone()
    })
}

/// Returns the disks that are to be replicated.
fn disks(tx: &Tx<'_>, machine: &Resource, details: &Members) -> Result<Vec<Disk>, Wrong> {
    let managed = list(details, "vmManagedDisks")?;
    let files = list(details, "vmDisks")?;
    let mut found = Vec::new();
    for one in &managed {
        found.push(managed_disk(tx, machine, one)?);
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
pub(in super::super) fn managed_disk(
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

//! A machine of Azure that is replicated to another region: it is there, lies in the region of the
//! fabric, and goes to a container, a group and a network of another one. Source: recovery reference
//! §5.3.

use serde_json::{Map, Value};

use super::lookup::{group_at, network_at, protected, resource_at, twice};
use super::{CONTAINER, Found, Wanted, disks};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::locations;
use crate::sandbox::arm::recovery::protected_items::input::{need, text};
use crate::sandbox::arm::recovery::protected_items::item::{Item, Place, Provider};
use crate::sandbox::arm::recovery::protected_items::networks::{self, has_subnet, part};
use crate::sandbox::arm::recovery::protected_items::state::{Phase, Side, State};
use crate::sandbox::arm::recovery::protected_items::wrong::Wrong;
use crate::sandbox::store::{Resource, Tx, VaultObject};

const MACHINE: &str = "Microsoft.Compute/virtualMachines";

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
    let disks = disks::find(tx, &machine, details)?;
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

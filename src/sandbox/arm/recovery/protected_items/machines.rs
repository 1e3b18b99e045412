//! Machines that failovers make, start, stop and remove: what they need is made by the way that every
//! resource goes, so that what a provider refuses fails the job.

use serde_json::{Value, json};

use super::item::{Disk, Item, Place};
use super::state::Side;
use super::wrong;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::maker;
use crate::sandbox::arm::{compute, resource};
use crate::sandbox::store::{Diagnosis, Resource, Tx};

/// The type of machines, and how the id of one ends.
const MACHINE: (&str, &str) = ("Microsoft.Compute", "virtualMachines");

/// The size of machines for which nobody has chosen one; the reference names none.
const SIZE: &str = "Standard_D2s_v3";

/// Brings the machine of a side into service: starts the one that there is, or makes it in the
/// network of that side. On premises there is nothing to do here.
pub(super) fn bring_up(tx: &mut Tx<'_>, item: &mut Item, side: Side) -> Result<(), Diagnosis> {
    let place = item.place(side).clone();
    if place.location.is_empty() {
        return Ok(());
    }
    if let Some(key) = known(tx, place.machine.as_deref()) {
        compute::put_into_service(tx, &key);
        return Ok(());
    }
    let network = super::networks::of_side(tx, item, side).ok_or_else(no_network)?;
    let subnet = super::networks::subnet(tx, &network, &place.subnet).ok_or_else(no_network)?;
    let id = make(tx, &item.disks, &place, (&place.name, &subnet))?;
    item.place_mut(side).machine = Some(id);
    Ok(())
}

/// Makes the machine of a test failover in a network.
pub(super) fn bring_up_test(
    tx: &mut Tx<'_>,
    item: &mut Item,
    side: Side,
    network: &str,
) -> Result<(), Diagnosis> {
    let place = item.place(side).clone();
    if place.location.is_empty() {
        return Ok(());
    }
    let subnet = super::networks::subnet(tx, network, &place.subnet).ok_or_else(no_network)?;
    let name = test_name(&place.name);
    item.test_machine = Some(make(tx, &item.disks, &place, (&name, &subnet))?);
    Ok(())
}

/// Returns what the machine of a test failover is called.
pub(super) fn test_name(name: &str) -> String {
    format!("{name}-test")
}

/// Takes the machine of a side out of service: it is deallocated.
pub(super) fn take_down(tx: &mut Tx<'_>, item: &Item, side: Side) {
    if let Some(key) = known(tx, item.place(side).machine.as_deref()) {
        compute::take_out_of_service(tx, &key);
    }
}

/// Removes a machine with all that was made for it.
pub(super) fn remove(tx: &mut Tx<'_>, id: &str) {
    if let Some(key) = known(tx, Some(id)) {
        resource::remove(tx, &key);
    }
}

/// Returns the key of a machine that is there.
fn known(tx: &Tx<'_>, id: Option<&str>) -> Option<String> {
    let key = Id::parse(id?)?.key();
    tx.arm.resources.has(&key).then_some(key)
}

/// Returns the machine of a side, if it is there.
pub(super) fn of<'a>(tx: &'a Tx<'_>, item: &Item, side: Side) -> Option<&'a Resource> {
    let id = Id::parse(item.place(side).machine.as_deref()?)?;
    tx.arm.resources.get(&id.key())
}

fn no_network() -> Diagnosis {
    Diagnosis::new(
        "150130",
        "The machine cannot be made: there is no network for it.",
        "No network was chosen for the replicated item, no mapping leads to one, or it was deleted with its subnets.",
        "Choose a network for the item or map the source network, and try again.",
    )
}

/// Makes a machine with copies of the disks; undoes what was made when something is refused.
fn make(
    tx: &mut Tx<'_>,
    disks: &[Disk],
    place: &Place,
    (name, subnet): (&str, &str),
) -> Result<String, Diagnosis> {
    let before = tx.arm.clone();
    let made = try_make(tx, disks, place, (name, subnet));
    if made.is_err() {
        tx.arm = before;
    }
    made
}

fn try_make(
    tx: &mut Tx<'_>,
    disks: &[Disk],
    place: &Place,
    (name, subnet): (&str, &str),
) -> Result<String, Diagnosis> {
    let scope = Id::parse(&place.group).ok_or_else(no_network)?;
    let machine = scope.extended(MACHINE.0, MACHINE.1, name);
    if tx.arm.resources.has(&machine.key()) {
        return Err(Diagnosis::new(
            "150131",
            format!("There is a machine '{}' already.", machine.text()),
            "A machine of that name was made by somebody else.",
            "Give the replicated item another name for its machine, or remove the other one.",
        ));
    }
    let nic = scope.extended(
        "Microsoft.Network",
        "networkInterfaces",
        &format!("{name}-nic"),
    );
    let config = json!({ "name": "ipconfig1", "properties": { "subnet": { "id": subnet } } });
    let body = json!({
        "location": place.location,
        "properties": { "ipConfigurations": [config] },
    });
    put(tx, &nic, &body)?;
    let mut storage = json!({ "dataDisks": [] });
    for (number, disk) in disks.iter().enumerate() {
        let shown = copy(tx, (&scope, name), place, disk)?;
        if disk.system.is_empty() {
            let mut data = shown;
            data["lun"] = number.into();
            if let Some(all) = storage["dataDisks"].as_array_mut() {
                all.push(data);
            }
        } else {
            storage["osDisk"] = shown;
        }
    }
    let size = match place.size.as_str() {
        "" => SIZE,
        size => size,
    };
    let interface = json!({
        "id": nic.text(),
        "properties": { "primary": true, "deleteOption": "Delete" },
    });
    let body = json!({ "location": place.location, "properties": {
        "hardwareProfile": { "vmSize": size },
        "storageProfile": storage,
        "networkProfile": { "networkInterfaces": [interface] },
    } });
    put(tx, &machine, &body)?;
    Ok(machine.text())
}

/// Makes the copy of a disk for a machine, and returns how the machine's body has it.
fn copy(
    tx: &mut Tx<'_>,
    (scope, machine): (&Id, &str),
    place: &Place,
    disk: &Disk,
) -> Result<Value, Diagnosis> {
    let id = scope.extended(
        "Microsoft.Compute",
        "disks",
        &format!("{machine}-{}", disk.name),
    );
    let source = Id::parse(&disk.id).filter(|source| tx.arm.resources.has(&source.key()));
    let creation = match source {
        Some(source) => json!({ "createOption": "Copy", "sourceResourceId": source.text() }),
        None => json!({ "createOption": "Empty" }),
    };
    let mut properties = json!({ "creationData": creation, "diskSizeGB": disk.gib });
    if !disk.system.is_empty() {
        properties["osType"] = disk.system.as_str().into();
    }
    let body = json!({
        "location": place.location,
        "sku": { "name": disk.storage },
        "properties": properties,
    });
    put(tx, &id, &body)?;
    let mut shown = json!({
        "createOption": "Attach",
        "deleteOption": "Delete",
        "managedDisk": { "id": id.text() },
    });
    if !disk.system.is_empty() {
        shown["osType"] = disk.system.as_str().into();
    }
    Ok(shown)
}

/// Puts a resource, ready at once: the job has taken the time.
fn put(tx: &mut Tx<'_>, id: &Id, body: &Value) -> Result<(), Diagnosis> {
    let put = maker::put(tx, "Microsoft.RecoveryServices", id, body);
    put.map_err(|refusal| wrong::diagnosis(&refusal))?;
    match tx.arm.resources.get(&id.key()) {
        Some(row) if row.state == "Succeeded" => Ok(()),
        _ => Err(Diagnosis::new(
            "150132",
            format!("'{}' could not be made.", id.text()),
            "The resource provider has failed.",
            "Look at the resource, and try again.",
        )),
    }
}

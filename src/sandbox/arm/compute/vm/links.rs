//! What a machine holds: its disks and its network interfaces know which machine they belong to.
//! Both are written when the machine is, and let go when it is gone. Source: arm reference §10.8.

use serde_json::{Map, Value, json};

use super::super::disks;
use super::objects;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource;
use crate::sandbox::store::{Resource, Tx};

/// A disk of a machine, as its body has it, with its id.
fn disks(machine: &Resource) -> Vec<(String, Map<String, Value>)> {
    let storage = "storageProfile.osDisk";
    let system = body::at(&machine.properties, storage).and_then(Value::as_object);
    let data = objects(&machine.properties, "storageProfile.dataDisks").unwrap_or_default();
    let all = system.cloned().into_iter().chain(data);
    all.filter_map(|disk| {
        let id = body::at(&disk, "managedDisk.id")?.as_str()?.to_owned();
        Some((id, disk))
    })
    .collect()
}

/// A network interface of a machine: its id, and whether it goes with the machine.
fn interfaces(machine: &Resource) -> Vec<(String, bool)> {
    let all = objects(&machine.properties, "networkProfile.networkInterfaces");
    let all = all.unwrap_or_default();
    let interface = |one: &Map<String, Value>| {
        let id = one.get("id")?.as_str()?.to_owned();
        Some((id, goes(one, "properties.deleteOption")))
    };
    all.iter().filter_map(interface).collect()
}

/// Tells whether something is deleted with the machine.
fn goes(members: &Map<String, Value>, path: &str) -> bool {
    let option = body::at(members, path).and_then(Value::as_str);
    option.is_some_and(|option| option.eq_ignore_ascii_case("Delete"))
}

/// Returns the ids of the disks of a machine.
pub(super) fn disks_of(machine: &Resource) -> Vec<String> {
    disks(machine).into_iter().map(|(id, _)| id).collect()
}

/// Returns what a machine held when it was written last.
fn held(machine: &Resource, what: &str) -> Vec<String> {
    let held = machine.hidden.get(what).and_then(Value::as_array);
    let texts = held.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// Takes what a written machine wants, makes the disks that there are not yet, and lets go what it
/// no longer wants.
pub(super) fn written(tx: &mut Tx<'_>, machine: &Resource) {
    let wanted = disks(machine);
    let ids: Vec<&String> = wanted.iter().map(|(id, _)| id).collect();
    for id in held(machine, "disks") {
        if !ids.iter().any(|wanted| wanted.eq_ignore_ascii_case(&id)) {
            disks::let_go(tx, &id);
        }
    }
    for (id, disk) in &wanted {
        disks::take(tx, id, disk, machine);
    }
    let interfaces: Vec<String> = interfaces(machine).into_iter().map(|(id, _)| id).collect();
    for id in held(machine, "interfaces") {
        if !interfaces
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(&id))
        {
            free(tx, &id);
        }
    }
    for id in &interfaces {
        link(tx, id, Some(&machine.id));
    }
    if let Some(row) = tx.arm.resources.edit(&machine.id) {
        row.hidden.insert("disks".to_owned(), json!(ids));
        row.hidden
            .insert("interfaces".to_owned(), json!(interfaces));
    }
}

/// Lets go what a machine held that is gone, and deletes what goes with it.
pub(super) fn removed(tx: &mut Tx<'_>, machine: &Resource) {
    for (id, disk) in disks(machine) {
        if goes(&disk, "deleteOption") {
            drop_one(tx, &id);
        } else {
            disks::let_go(tx, &id);
        }
    }
    for (id, goes) in interfaces(machine) {
        free(tx, &id);
        if goes {
            drop_one(tx, &id);
        }
    }
}

fn drop_one(tx: &mut Tx<'_>, id: &str) {
    if let Some(id) = Id::parse(id) {
        resource::remove(tx, &id.key());
    }
}

fn free(tx: &mut Tx<'_>, id: &str) {
    link(tx, id, None);
}

/// Notes at a network interface which machine it belongs to.
fn link(tx: &mut Tx<'_>, id: &str, machine: Option<&str>) {
    let Some(id) = Id::parse(id) else { return };
    let Some(interface) = tx.arm.resources.edit(&id.key()) else {
        return;
    };
    match machine {
        Some(machine) => {
            let link = json!({ "id": machine });
            interface
                .properties
                .insert("virtualMachine".to_owned(), link);
        }
        None => drop(interface.properties.remove("virtualMachine")),
    }
}

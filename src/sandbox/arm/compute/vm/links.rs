//! What a machine holds: its disks and its network interfaces know which machine they belong to.
//! Both are written when the machine is, and let go when it is gone. Source: arm reference §10.8.

use serde_json::{Map, Value, json};

use super::super::disks;
use super::objects;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{network, resource};
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

/// A network interface of a machine.
struct Interface {
    id: String,
    /// Whether it is deleted with the machine.
    goes: bool,
    primary: bool,
}

fn interfaces(machine: &Resource) -> Vec<Interface> {
    let all = objects(&machine.properties, "networkProfile.networkInterfaces");
    let all = all.unwrap_or_default();
    let alone = all.len() == 1;
    let interface = |one: &Map<String, Value>| {
        Some(Interface {
            id: one.get("id")?.as_str()?.to_owned(),
            goes: goes(one, "properties.deleteOption"),
            primary: alone || body::at(one, "properties.primary") == Some(&json!(true)),
        })
    };
    all.iter().filter_map(interface).collect()
}

/// Tells whether something is deleted with the machine.
fn goes(members: &Map<String, Value>, path: &str) -> bool {
    let option = body::at(members, path).and_then(Value::as_str);
    option.is_some_and(|option| option.eq_ignore_ascii_case("Delete"))
}

/// Returns the ids of the disks of a machine, that of the system first.
pub(in crate::sandbox::arm) fn disks_of(machine: &Resource) -> Vec<String> {
    disks(machine).into_iter().map(|(id, _)| id).collect()
}

/// Returns the ids of the network interfaces of a machine.
pub(in crate::sandbox::arm) fn interfaces_of(machine: &Resource) -> Vec<String> {
    interfaces(machine).into_iter().map(|one| one.id).collect()
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
    let interfaces = interfaces(machine);
    let held = held(machine, "interfaces");
    for id in &held {
        let is_wanted = |one: &Interface| one.id.eq_ignore_ascii_case(id);
        if !interfaces.iter().any(is_wanted) {
            link(tx, id, None, false);
        }
    }
    for one in &interfaces {
        if !held.iter().any(|held| held.eq_ignore_ascii_case(&one.id)) {
            link(tx, &one.id, Some(&machine.id), one.primary);
        }
    }
    let interfaces: Vec<&String> = interfaces.iter().map(|one| &one.id).collect();
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
    for one in interfaces(machine) {
        link(tx, &one.id, None, false);
        if one.goes {
            drop_one(tx, &one.id);
        }
    }
}

/// Tells the network interfaces of a machine whether it has its cores: public addresses may come and
/// go with them.
pub(super) fn power(tx: &mut Tx<'_>, machine: &str, runs: bool) {
    let Some(machine) = tx.arm.resources.get(machine) else {
        return;
    };
    for one in interfaces(machine) {
        if let Some(id) = Id::parse(&one.id) {
            network::power(tx, &id.key(), runs);
        }
    }
}

fn drop_one(tx: &mut Tx<'_>, id: &str) {
    if let Some(id) = Id::parse(id) {
        resource::remove(tx, &id.key());
    }
}

/// Notes at a network interface which machine it belongs to.
fn link(tx: &mut Tx<'_>, id: &str, machine: Option<&str>, primary: bool) {
    if let Some(id) = Id::parse(id) {
        network::attach(tx, &id.key(), machine, primary);
    }
}

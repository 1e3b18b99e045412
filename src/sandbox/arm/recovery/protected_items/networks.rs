//! In which network a machine comes up: the one that was chosen for the item, else the one that a
//! network mapping leads to. Source: recovery reference §5.3, §5.6.

use serde_json::Value;

use super::item::Item;
use super::state::Side;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::{body, compute};
use crate::sandbox::store::{Resource, Tx, VaultObject};

/// Type of mappings of networks below a vault.
const MAPPING: &str = "replicationFabrics/replicationNetworks/replicationNetworkMappings";
const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Returns a network that is there.
pub(super) fn find<'a>(tx: &'a Tx<'_>, id: &str) -> Option<&'a Resource> {
    let found = tx.arm.resources.get(&Id::parse(id)?.key())?;
    (found.kind == NETWORK).then_some(found)
}

/// Returns the id of the network that a machine of a side comes up in, if it is there.
pub(super) fn of_side(tx: &Tx<'_>, item: &Item, side: Side) -> Option<String> {
    let chosen = chosen(tx, item, side)?;
    find(tx, &chosen).map(|network| network.id.clone())
}

/// Returns the id of the network that was chosen or mapped for a side, whether it is there or not.
pub(super) fn chosen(tx: &Tx<'_>, item: &Item, side: Side) -> Option<String> {
    let chosen = &item.place(side).network;
    if !chosen.is_empty() {
        return Some(chosen.clone());
    }
    let is_possible = |id: &String| find(tx, id).is_none_or(|found| lies(found, item, side));
    mapped(tx, &item.place(side.other()).network).filter(is_possible)
}

fn lies(network: &Resource, item: &Item, side: Side) -> bool {
    network.location.as_deref() == Some(item.place(side).location.as_str())
}

/// Returns the id of the network that a mapping leads to from another one.
fn mapped(tx: &Tx<'_>, from: &str) -> Option<String> {
    if from.is_empty() {
        return None;
    }
    let leads = |mapping: &&VaultObject| {
        let primary = mapping.properties.get("primaryNetworkId");
        let primary = primary.and_then(Value::as_str);
        mapping.kind == MAPPING && primary.is_some_and(|id| id.eq_ignore_ascii_case(from))
    };
    let all = tx.recovery.objects.iter().map(|(_, one)| one);
    let mut found = all.filter(leads);
    let target = found.find_map(|one| one.properties.get("recoveryNetworkId")?.as_str());
    target.map(str::to_owned)
}

/// Returns the id of the subnet of a network that is called so; else of its first one.
pub(super) fn subnet(tx: &Tx<'_>, network: &str, name: &str) -> Option<String> {
    let key = Id::parse(network)?.key();
    let all = || {
        let below = tx.arm.resources.under(&key).map(|(_, one)| one);
        below.filter(|one| one.kind == SUBNET)
    };
    let named = all().find(|one| one.name.eq_ignore_ascii_case(name));
    named.or_else(|| all().next()).map(|one| one.id.clone())
}

/// Tells whether a network has a subnet of that name.
pub(super) fn has_subnet(tx: &Tx<'_>, network: &str, name: &str) -> bool {
    let found = subnet(tx, network, name);
    found.is_some_and(|id| Id::parse(&id).is_some_and(|id| id.name().eq_ignore_ascii_case(name)))
}

/// Returns the network and the name of the subnet that a machine is in.
pub(super) fn of_machine(tx: &Tx<'_>, machine: &Resource) -> Option<(String, String)> {
    let nic = compute::interfaces_of(machine).into_iter().next()?;
    let nic = tx.arm.resources.get(&Id::parse(&nic)?.key())?;
    let first = nic
        .properties
        .get("ipConfigurations")?
        .as_array()?
        .first()?;
    let subnet = body::at(first.as_object()?, "properties.subnet.id")?.as_str()?;
    let subnet = Id::parse(subnet)?;
    let name = subnet.name().to_owned();
    Some((subnet.owner()?.text(), name))
}

/// Returns the object of the vault that an id names, of a type.
pub(super) fn part<'a>(tx: &'a Tx<'_>, id: &str, kind: &str) -> Option<&'a VaultObject> {
    let id = Id::parse(id)?;
    let found = tx.recovery.objects.get(&id.key())?;
    (object::kind(&id) == kind || found.kind == kind).then_some(found)
}

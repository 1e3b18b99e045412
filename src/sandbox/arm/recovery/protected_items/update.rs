//! Changes of a protected item: the machine on the other side, its networks and subnets. Source:
//! recovery reference §5.3.

use serde_json::{Map, Value};

use super::action::friendly_name;
use super::input::{self, own_details, text};
use super::item::{self, Item, Place};
use super::networks::{self, has_subnet};
use super::state::{Phase, Side};
use super::wrong::Wrong;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::REPLICATION;
use crate::sandbox::arm::recovery::calls::ask;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx};

/// What its job is called where it is worked off.
pub(super) const WORD: &str = "update";

/// The reference names neither task nor time.
const TASKS: &[Step] = &[("UpdateVmPropertiesTask", "Updating the replicated item", 20)];

/// Changes an item.
pub(super) fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let object = asked.found()?.clone();
    let key = asked.id.key();
    let refuse = |wrong: Wrong| wrong.refuse(request);
    let item = Item::of(&object).ok_or_else(|| refuse(Wrong::absent("item", &object.id)))?;
    if item::is_busy(tx, &key) || item.state.phase == Phase::EnablingFailed {
        let allowed = item::allowed(tx, &key, &object);
        let allowed: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
        let diagnosis = not_allowed(&friendly_name(&object), "Update", &allowed);
        return Err(refuse(Wrong::conflict(diagnosis)));
    }
    changed(tx, &item, &asked.properties).map_err(refuse)?;
    let start = Start {
        target_kind: "ProtectionEntity",
        target_name: &friendly_name(&object),
        ..Start::new(
            "UpdateVmProperties",
            "Update replicated item",
            TASKS,
            JobWork::Act(WORD.to_owned()),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Ends the change.
pub(super) fn acted(tx: &mut Tx<'_>, job: &ReplicationJob) -> Result<(), Diagnosis> {
    let row = tx.recovery.objects.get(&job.about);
    let Some(mut item) = row.and_then(Item::of) else {
        return Ok(());
    };
    item.recovery = changed(tx, &item, &job.asked).map_err(|wrong| wrong.diagnosis)?;
    if let Some(row) = tx.recovery.objects.edit(&job.about) {
        item.into(row);
        row.version += 1;
    }
    Ok(())
}

/// Returns the place on the recovery side as it will be.
fn changed(tx: &Tx<'_>, item: &Item, wanted: &Map<String, Value>) -> Result<Place, Wrong> {
    let mut place = item.recovery.clone();
    let details = own_details(item, wanted, &[])?;
    if let Some(name) = text(wanted, "recoveryAzureVMName")? {
        name.clone_into(&mut place.name);
    }
    if let Some(size) = text(wanted, "recoveryAzureVMSize")? {
        size.clone_into(&mut place.size);
    }
    for (field, slot) in [
        ("selectedRecoveryAzureNetworkId", &mut place.network),
        ("selectedTfoAzureNetworkId", &mut place.test_network),
    ] {
        if let Some(id) = text(wanted, field)? {
            input::in_region(tx, field, id, &item.recovery.location)?;
            id.clone_into(slot);
        }
    }
    for field in ["recoveryResourceGroupId", "recoveryAzureV2ResourceGroupId"] {
        if let Some(id) = text(&details, field)? {
            let found = Id::parse(id).filter(|id| tx.arm.groups.has(&id.key()));
            let found = found.ok_or_else(|| Wrong::absent(field, id))?;
            place.group = found.text();
        }
    }
    let chosen = if place.network.is_empty() {
        networks::chosen(tx, item, Side::Recovery)
    } else {
        Some(place.network.clone())
    };
    if let Some(subnet) = subnet(wanted) {
        if !chosen.is_some_and(|network| has_subnet(tx, &network, subnet)) {
            return Err(Wrong::absent("recoverySubnetName", subnet));
        }
        subnet.clone_into(&mut place.subnet);
    }
    Ok(place)
}

/// Returns the subnet of the first configuration of the first network interface.
fn subnet(wanted: &Map<String, Value>) -> Option<&str> {
    let nic = wanted.get("vmNics")?.as_array()?.first()?;
    let first = nic.get("ipConfigs")?.as_array()?.first()?;
    first.get("recoverySubnetName")?.as_str()
}

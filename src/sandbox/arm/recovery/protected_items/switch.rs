//! `switchprotection` of a container: how a machine of Azure is reprotected. The item moves to the
//! container of the region where its machine runs now, and its sides are exchanged: from then on a
//! failover from primary to recovery leads back. Source: recovery reference §5.2, §5.3, §10 ("items
//! moved after failover may appear under the other fabric"); that the sides are exchanged is not
//! confirmed.

use std::time::Duration;

use serde_json::{Value, json};

use super::action::friendly_name;
use super::enable::CONTAINER;
use super::input::{need, own_details, text};
use super::item::{self, Item, Provider};
use super::machines;
use super::networks::part;
use super::state::{Operation, Phase, Side, State};
use super::wrong::Wrong;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{REPLICATION, object};
use crate::sandbox::arm::resource;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx, VaultObject};

/// What its job is called where it is worked off.
pub(super) const WORD: &str = "switchprotection";

/// The reference names neither tasks nor times.
const TASKS: &[Step] = &[
    ("SwitchPrerequisites", "Prerequisites check", 20),
    ("SwitchProtection", "Reverse the direction", 90),
    ("Synchronize", "Synchronize the changes", 240),
];

/// Reverses the protection of one of the items of a container.
pub(super) fn post(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let container = ask(request, tx, REPLICATION, "switchprotection/action")?;
    container.found()?;
    let refuse = |wrong: Wrong| wrong.refuse(request);
    let name = need(&container.properties, "replicationProtectedItemName").map_err(refuse)?;
    let id = container.id.child("replicationProtectedItems", name);
    let row = tx.recovery.objects.get(&id.key()).cloned();
    let row = row.ok_or_else(|| resource::missing(&id))?;
    let asked = Asked {
        id,
        object: Some(row.clone()),
        ..container
    };
    let target = check(tx, &asked, &row).map_err(refuse)?;
    let details = json!({
        "instanceType": "SwitchProtectionJobDetails",
        "newReplicationProtectedItemId": object::shown_id(&target),
    });
    let start = Start {
        target_kind: "ProtectionEntity",
        target_name: &friendly_name(&row),
        details,
        ..Start::new(
            "SwitchProtection",
            "Switch protection",
            TASKS,
            JobWork::Act(WORD.to_owned()),
        )
    };
    let key = job::enqueue(tx, &asked, start);
    if let Some(job) = tx.recovery.jobs.edit(&key) {
        job.result = Some(asked.id.parent().key());
    }
    Ok(job::lead(tx, request, &key))
}

/// Checks what is asked, and returns the id that the item will have.
fn check(tx: &Tx<'_>, asked: &Asked, row: &VaultObject) -> Result<Id, Wrong> {
    let item = Item::of(row).ok_or_else(|| Wrong::absent("item", &row.id))?;
    let allowed = item::allowed(tx, &asked.id.key(), row);
    if !allowed.contains(&Operation::ReverseReplicate) {
        let words: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
        return Err(Wrong::conflict(not_allowed(
            &friendly_name(row),
            "SwitchProtection",
            &words,
        )));
    }
    need(&asked.properties, "providerSpecificDetails.instanceType")?;
    let details = own_details(&item, &asked.properties, &[])?;
    if item.provider != Provider::A2A {
        return Err(Wrong::input(
            "Only machines of Azure are reprotected by 'switchprotection'.",
            "Use 'reProtect' of the replicated item.",
        ));
    }
    // The reference does not say which of the two containers is meant: both are taken.
    if let Some(id) = text(&details, "recoveryContainerId")? {
        part(tx, id, CONTAINER).ok_or_else(|| Wrong::absent("recoveryContainerId", id))?;
    }
    if let Some(id) = text(&details, "policyId")? {
        part(tx, id, "replicationPolicies").ok_or_else(|| Wrong::absent("policyId", id))?;
    }
    if let Some(id) = text(&details, "recoveryResourceGroupId")? {
        let found = Id::parse(id).filter(|id| tx.arm.groups.has(&id.key()));
        found.ok_or_else(|| Wrong::absent("recoveryResourceGroupId", id))?;
    }
    let target = target(&item, &asked.id, row);
    match taken(tx, &asked.id, &target) {
        Some(diagnosis) => Err(Wrong::conflict(diagnosis)),
        None => Ok(target),
    }
}

/// Says that there is another item of that name where one is to go.
fn taken(tx: &Tx<'_>, own: &Id, target: &Id) -> Option<Diagnosis> {
    let is_free = own.key() == target.key() || !tx.recovery.objects.has(&target.key());
    (!is_free).then(|| {
        Diagnosis::new(
            "150012",
            format!("There is a replicated item '{}' already.", target.text()),
            "Another machine was protected by that name in the container of the other region.",
            "Disable the protection of the other item, and try again.",
        )
    })
}

/// Returns the id that the item will have: below the container of the side that is active.
fn target(item: &Item, id: &Id, row: &VaultObject) -> Id {
    let container = row
        .properties
        .get("recoveryContainerId")
        .and_then(Value::as_str);
    match container.and_then(Id::parse) {
        Some(container) if item.state.active == Side::Recovery => {
            container.child("replicationProtectedItems", id.name())
        }
        _ => id.clone(),
    }
}

/// Ends it: the item moves.
pub(super) fn acted(tx: &mut Tx<'_>, job: &ReplicationJob) -> Result<(), Diagnosis> {
    let row = tx.recovery.objects.get(&job.about).cloned();
    let found = row.and_then(|row| Some((Id::parse(&row.id)?, Item::of(&row)?, row)));
    let Some((id, mut item, mut row)) = found else {
        return Ok(());
    };
    let target = target(&item, &id, &row);
    if let Some(diagnosis) = taken(tx, &id, &target) {
        return Err(diagnosis);
    }
    machines::take_down(tx, &item, item.state.active.other());
    if item.state.active == Side::Recovery {
        std::mem::swap(&mut item.primary, &mut item.recovery);
        item.vm = item.primary.machine.clone().unwrap_or_default();
        let from = object::shown_id(&id.parent());
        row.properties
            .insert("recoveryContainerId".to_owned(), from.into());
    }
    item.state = State::new(Phase::Protected, Side::Primary);
    item.point = None;
    item.replicate(tx.now(), Duration::ZERO);
    row.id = object::shown_id(&target);
    item.into(&mut row);
    tx.recovery.objects.remove(&job.about);
    tx.recovery.objects.put(&target.key(), row);
    super::super::plans::moved(tx, &job.about, &target);
    Ok(())
}

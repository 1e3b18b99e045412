//! What the jobs of a protected item do when their time has come: machines come up and go, and the
//! item goes on to its next state. What cannot be done fails the job and leaves the item as it was.

use serde_json::{Map, Value};

use super::action::{self, friendly_name};
use super::item::{self, Item};
use super::machines;
use super::state::{Operation, Test};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{job, plans, recovery_points};
use crate::sandbox::store::{Diagnosis, JobState, JobWork, ReplicationJob, Tx, VaultObject, key};

/// Ends an action.
pub(super) fn acted(tx: &mut Tx<'_>, job: &ReplicationJob, word: &str) -> Result<(), Diagnosis> {
    let row = tx.recovery.objects.get(&job.about).cloned();
    let Some((object, item)) = row.and_then(|row| Item::of(&row).map(|item| (row, item))) else {
        return Err(gone(job));
    };
    let action = action::actions().find(|action| action.word == word);
    let Some(operation) = action.and_then(|action| action.operation) else {
        return Ok(());
    };
    let state = item.state(tx.now());
    let Some(next) = state.after(operation) else {
        let allowed: Vec<&str> = state.allowed().iter().map(|one| one.word()).collect();
        return Err(not_allowed(
            &friendly_name(&object),
            operation.word(),
            &allowed,
        ));
    };
    let before = tx.arm.clone();
    let mut item = Item { state, ..item };
    match done(tx, job, &object, &mut item, operation) {
        Ok(()) => {
            item.state = next;
            if let Some(row) = tx.recovery.objects.edit(&job.about) {
                item.into(row);
            }
            Ok(())
        }
        Err(diagnosis) => {
            tx.arm = before;
            Err(diagnosis)
        }
    }
}

fn gone(job: &ReplicationJob) -> Diagnosis {
    Diagnosis::new(
        "150013",
        format!(
            "The replicated item '{}' could not be found.",
            job.target_name
        ),
        "It was removed while the job was in progress.",
        "Look at the replicated items of the vault.",
    )
}

fn done(
    tx: &mut Tx<'_>,
    job: &ReplicationJob,
    object: &VaultObject,
    item: &mut Item,
    operation: Operation,
) -> Result<(), Diagnosis> {
    let now = tx.now();
    let (active, other) = (item.state.active, item.state.active.other());
    match operation {
        Operation::PlannedFailover | Operation::UnplannedFailover => {
            let planned = operation == Operation::PlannedFailover;
            let point = recovery_points::chosen(tx, object, &job.asked);
            machines::bring_up(tx, item, other)?;
            if planned || action::shuts_down(&job.asked) {
                machines::take_down(tx, item, active);
            }
            item.point = point.map(|point| point.id);
            item.failed_over = Some(now);
            item.until = Some(now);
        }
        Operation::TestFailover => {
            let network = action::network(tx, item, &job.asked, true);
            machines::bring_up_test(tx, item, other, network.as_deref().unwrap_or_default())?;
            item.tested = Some(now);
        }
        Operation::TestFailoverCleanup => {
            clean_up(tx, item);
            end_test(tx, &job.about, &job.asked);
        }
        Operation::CancelFailover => {
            machines::bring_up(tx, item, other)?;
            match item.place_mut(active).machine.take() {
                // The machine that the failover made goes; the source machine is only stopped.
                Some(id) if !id.eq_ignore_ascii_case(&item.vm) => machines::remove(tx, &id),
                Some(id) => {
                    item.place_mut(active).machine = Some(id);
                    machines::take_down(tx, item, active);
                }
                None => {}
            }
            // The copy is what it was: its points stay.
            item.until = None;
            item.point = None;
        }
        Operation::ReverseReplicate => {
            machines::take_down(tx, item, other);
            item.replicate(now, std::time::Duration::ZERO);
            item.point = None;
        }
        Operation::ChangePit => {
            let point = recovery_points::chosen(tx, object, &job.asked);
            item.point = point.map(|point| point.id).or(item.point.take());
        }
        Operation::RepairReplication => item.until = None,
        Operation::Commit | Operation::DisableProtection | Operation::CompleteMigration => {}
    }
    Ok(())
}

/// Removes the machine of a test failover.
fn clean_up(tx: &mut Tx<'_>, item: &mut Item) {
    if let Some(id) = item.test_machine.take() {
        machines::remove(tx, &id);
    }
}

/// Ends the job of the test failover, of an item or a plan, that waits for the clean-up.
pub(in crate::sandbox::arm::recovery) fn end_test(
    tx: &mut Tx<'_>,
    about: &str,
    asked: &Map<String, Value>,
) {
    let waiting = item::current_waiting(tx, about);
    let Some(waiting) = waiting else {
        return;
    };
    if let Some(row) = tx.recovery.jobs.edit(&waiting) {
        row.details["comments"] = asked.get("comments").cloned().unwrap_or_default();
        row.details["testFailoverStatus"] = "Completed".into();
    }
    job::end(tx, &waiting, JobState::Succeeded);
}

/// Somebody says that a test is done: it is cleaned up, and nobody waits for that any more.
pub(in crate::sandbox::arm::recovery) fn finish_test(tx: &mut Tx<'_>, about: &str) {
    let row = tx.recovery.objects.get(about);
    let Some(mut item) = row.and_then(Item::of) else {
        return;
    };
    if let Some(next) = item.state.after(Operation::TestFailoverCleanup) {
        clean_up(tx, &mut item);
        item.state = next;
        if let Some(row) = tx.recovery.objects.edit(about) {
            item.into(row);
        }
        end_test(tx, about, &Map::new());
    }
}

/// A job about an item has failed or was cancelled.
pub(super) fn undone(tx: &mut Tx<'_>, job: &ReplicationJob) {
    plans::wake(tx, job);
    if let (JobWork::Put(draft), Some((_, diagnosis))) = (&job.work, &job.failure) {
        super::enable::failed(tx, &job.about, draft, diagnosis);
        return;
    }
    let Some(row) = tx.recovery.objects.edit(&job.about) else {
        return;
    };
    // A clean-up that did not succeed has yet to be done. The machine of a test failover whose job is
    // cancelled while it waits stays until it is cleaned up.
    if let Some(mut item) = Item::of(row).filter(|item| item.state.test == Test::Cleaning) {
        item.state.test = Test::Waiting;
        item.into(row);
    }
}

/// A job about an item is begun again; what troubles it now fails it again.
pub(super) fn restarted(tx: &mut Tx<'_>, job: &ReplicationJob) -> Option<(usize, Diagnosis)> {
    if let JobWork::Put(_) = &job.work {
        return super::enable::failure(tx, &job.about);
    }
    let action = action::actions().find(|action| action.scenario == job.scenario)?;
    if action.operation == Some(Operation::TestFailoverCleanup)
        && let Some(row) = tx.recovery.objects.edit(&job.about)
        && let Some(mut item) = Item::of(row)
    {
        item.state.test = Test::Cleaning;
        item.into(row);
    }
    action::failure(tx, &job.about, action, &job.asked)
}

/// An item is gone: what was made for a test goes with it, and nobody waits for it any more.
pub(super) fn removed(tx: &mut Tx<'_>, object: &VaultObject) {
    if let Some(mut item) = Item::of(object) {
        clean_up(tx, &mut item);
    }
    let about = object.id.to_lowercase();
    if let Some(waiting) = item::current_waiting(tx, &about) {
        job::end(tx, &waiting, JobState::Cancelled);
    }
}

/// Returns the key of a job.
pub(in crate::sandbox::arm::recovery) fn key_of(job: &ReplicationJob) -> String {
    key(&[&job.vault, &job.id])
}

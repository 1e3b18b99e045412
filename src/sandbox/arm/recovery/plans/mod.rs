//! Recovery plans: groups of protected items that fail over together, with actions in between. `body`
//! says what a plan may be, `begin` what may be asked of one, `run` does it with its `machines`, `tasks`
//! shows how far that is. Source: recovery reference §5.4.

mod begin;
mod body;
mod machines;
mod run;
mod seed;
mod show;
mod tasks;
#[cfg(test)]
mod tests;

pub(super) use run::{go_on, wake};
pub(super) use seed::fill;
pub(super) use tasks::shown;

use serde_json::{Map, Value};

use super::calls::{self, ask};
use super::job::{self, Start, Step};
use super::part::Part;
use super::protected_items::{
    self, Action, CANCEL, CLEANUP, COMMIT, PLANNED, REPROTECT, TEST, UNPLANNED, Wrong,
};
use super::refusal::not_allowed;
use super::{REPLICATION, below, object};
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobState, JobWork, ReplicationJob, Tx, VaultObject};

/// Type of recovery plans below a vault.
const KIND: &str = "replicationRecoveryPlans";

pub(super) const PARTS: &[&dyn Part] = &[&Plans];

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationRecoveryPlans"), calls::list),
    Route::arm(
        "GET",
        below!("/replicationRecoveryPlans/{plan}"),
        calls::get,
    ),
    Route::arm("PUT", below!("/replicationRecoveryPlans/{plan}"), put),
    Route::arm("PATCH", below!("/replicationRecoveryPlans/{plan}"), patch),
    Route::arm("DELETE", below!("/replicationRecoveryPlans/{plan}"), delete),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/plannedFailover"),
        |request, tx| act(request, tx, &PLANNED),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/unplannedFailover"),
        |request, tx| act(request, tx, &UNPLANNED),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/testFailover"),
        |request, tx| act(request, tx, &TEST),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/testFailoverCleanup"),
        |request, tx| act(request, tx, &CLEANUP),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/failoverCommit"),
        |request, tx| act(request, tx, &COMMIT),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/failoverCancel"),
        |request, tx| act(request, tx, &CANCEL),
    ),
    Route::arm(
        "POST",
        below!("/replicationRecoveryPlans/{plan}/reProtect"),
        |request, tx| act(request, tx, &REPROTECT),
    ),
];

/// What a job of a plan itself does; the reference names neither task nor time.
const TASKS: &[Step] = &[("RecoveryPlanTask", "Configuring the recovery plan", 20)];

#[derive(Debug)]
struct Plans;

impl Part for Plans {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn undone(&self, tx: &mut Tx<'_>, job: &ReplicationJob) {
        run::undone(tx, job);
    }

    fn restarted(&self, tx: &mut Tx<'_>, job: &ReplicationJob) -> Option<(usize, Diagnosis)> {
        run::restarted(tx, job);
        None
    }

    fn resumed(&self, tx: &mut Tx<'_>, job: &ReplicationJob, key: &str) -> Result<(), Diagnosis> {
        run::resumed(tx, job, key);
        Ok(())
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        show::show(tx, object, properties);
    }
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(
        request,
        tx,
        ("CreateRecoveryPlan", "Create recovery plan"),
        false,
    )
}

fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(
        request,
        tx,
        ("UpdateRecoveryPlan", "Save a recovery plan"),
        true,
    )
}

fn write(
    request: &Request,
    tx: &mut Tx<'_>,
    (scenario, title): (&str, &str),
    patch: bool,
) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    if patch {
        asked.found()?;
    }
    let refuse = |wrong: Wrong| wrong.refuse(request);
    idle(tx, &asked.id, asked.object.as_ref(), "Update").map_err(refuse)?;
    let kept = match asked.object.as_ref().filter(|_| patch) {
        Some(before) => body::changed(tx, &asked, before),
        None => body::accepted(tx, &asked),
    };
    let draft = object::draft(tx, &asked.id, kept.map_err(refuse)?);
    let start = Start {
        target_kind: "RecoveryPlan",
        ..Start::new(scenario, title, TASKS, JobWork::Put(Box::new(draft)))
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let held = idle(tx, &asked.id, asked.object.as_ref(), "Delete");
    held.map_err(|wrong| wrong.refuse(request))?;
    let work = JobWork::Remove(asked.id.key());
    let start = Start {
        target_kind: "RecoveryPlan",
        shows: false,
        ..Start::new("DeleteRecoveryPlan", "Delete recovery plan", TASKS, work)
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Refuses a change of a plan while a job about it goes on or waits.
fn idle(tx: &Tx<'_>, id: &Id, plan: Option<&VaultObject>, what: &str) -> Result<(), Wrong> {
    if protected_items::current(tx, &id.key()).is_none() {
        return Ok(());
    }
    let allowed = plan.map(|plan| show::allowed(tx, plan)).unwrap_or_default();
    let allowed: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
    Err(Wrong::conflict(not_allowed(id.name(), what, &allowed)))
}

/// Does what is asked of a plan.
fn act(request: &Request, tx: &mut Tx<'_>, action: &'static Action) -> Outcome {
    let asked = ask(request, tx, REPLICATION, &format!("{}/action", action.word))?;
    let plan = asked.found()?.clone();
    if action.word == CLEANUP.word && !asked.body.contains_key("properties") {
        let wrong = Wrong::input("The field 'properties' is missing.", "Send 'properties'.");
        return Err(wrong.refuse(request));
    }
    let begun = begin::begin(tx, &asked, &plan, action);
    let key = begun.map_err(|wrong| wrong.refuse(request))?;
    Ok(job::lead(tx, request, &key))
}

/// An item has got another id: the plans that have it follow.
pub(super) fn moved(tx: &mut Tx<'_>, from: &str, to: &Id) {
    let plans = object::of_kind(tx, &object::vault(to).key(), KIND);
    let keys: Vec<String> = plans.map(|plan| plan.id.to_lowercase()).collect();
    for key in keys {
        let Some(plan) = tx.recovery.objects.edit(&key) else {
            continue;
        };
        let groups = plan
            .properties
            .get_mut("groups")
            .and_then(Value::as_array_mut);
        for group in groups.into_iter().flatten() {
            let items = group["replicationProtectedItems"].as_array_mut();
            for item in items.into_iter().flatten() {
                if item["id"]
                    .as_str()
                    .is_some_and(|id| id.to_lowercase() == from)
                {
                    item["id"] = object::shown_id(to).into();
                }
            }
        }
    }
}

/// Tells whether a job of a plan waits for a clean-up, not for a manual action.
fn waits_for_cleanup(tx: &Tx<'_>, job: &ReplicationJob) -> bool {
    let run = tx.recovery.runs.get(&protected_items::key_of(job));
    job.state == JobState::Suspended && run.is_some_and(|run| run.at >= run.steps.len())
}

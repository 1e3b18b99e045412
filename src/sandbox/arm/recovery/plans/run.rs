//! What is done with a recovery plan, step by step as the clock moves. An action by hand lets the job
//! wait until somebody resumes it; one machine that fails ends it half-way, and the others stand as
//! they are. Source: recovery reference §5.4, §5.5, §9.3.

use std::time::Duration;

use serde_json::Value;

use super::{machines, waits_for_cleanup};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::job;
use crate::sandbox::arm::recovery::protected_items::{self, Operation, key_of};
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{
    ArmDue, Due, JobState, PlanItem, PlanRun, PlanStepKind, RecoveryDue, ReplicationJob, Tx,
};

/// How long a script or runbook of a plan takes; the reference names no time.
const SCRIPT: Duration = Duration::from_secs(60);

/// Goes on with the job of a plan as far as it goes now.
pub(in crate::sandbox::arm::recovery) fn go_on(tx: &mut Tx<'_>, key: &str) {
    loop {
        let job = tx.recovery.jobs.get(key).cloned();
        let run = tx.recovery.runs.get(key).cloned();
        let (Some(job), Some(run)) = (job, run) else {
            return;
        };
        if job.state != JobState::InProgress || job.failure.is_some() {
            return;
        }
        let Some(step) = run.steps.get(run.at) else {
            return ended(tx, key, &job, &run);
        };
        let done = match (&step.kind, step.state) {
            (PlanStepKind::Items(items), None) => machines::begin(tx, key, &job, &run, items),
            (PlanStepKind::Items(items), _) => machines::look(tx, key, items),
            (PlanStepKind::Action(action), None) => begin_action(tx, key, action),
            (PlanStepKind::Action(_), _) => {
                let end = step.from.map(|from| later(from, tx.scaled(SCRIPT)));
                end.is_none_or(|end| end <= tx.now())
            }
        };
        if !done {
            return;
        }
        pass(tx, key);
    }
}

/// Notes where the present step stands.
pub(super) fn note(
    tx: &mut Tx<'_>,
    key: &str,
    state: JobState,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) {
    if let Some(run) = tx.recovery.runs.edit(key) {
        let at = run.at;
        if let Some(step) = run.steps.get_mut(at) {
            step.state = Some(state);
            step.from = from.or(step.from);
            step.to = to;
        }
    }
}

/// Goes to the next step.
fn pass(tx: &mut Tx<'_>, key: &str) {
    let now = tx.now();
    note(tx, key, JobState::Succeeded, None, Some(now));
    if let Some(run) = tx.recovery.runs.edit(key) {
        run.at += 1;
    }
}

/// Lets the job go on at a time.
pub(super) fn wake_at(tx: &mut Tx<'_>, key: &str, at: Timestamp) {
    if let Some(row) = tx.recovery.jobs.edit(key) {
        row.ends = at;
    }
    let due = RecoveryDue::Finish(key.to_owned());
    tx.at(at, Due::Arm(ArmDue::Recovery(due)));
}

/// Begins an action; tells whether it is over.
fn begin_action(tx: &mut Tx<'_>, key: &str, action: &Value) -> bool {
    let now = tx.now();
    if action["customDetails"]["instanceType"] == "ManualActionDetails" {
        note(tx, key, JobState::Suspended, Some(now), None);
        job::end(tx, key, JobState::Suspended);
        return false;
    }
    note(tx, key, JobState::InProgress, Some(now), None);
    let end = later(now, tx.scaled(SCRIPT));
    wake_at(tx, key, end);
    false
}

/// All steps are done.
fn ended(tx: &mut Tx<'_>, key: &str, job: &ReplicationJob, run: &PlanRun) {
    let now = write(tx.now());
    if let Some(plan) = tx.recovery.objects.edit(&job.about) {
        plan.hidden.insert(run.operation.clone(), now.into());
    }
    let all = machines_of(tx, key);
    let jobs = all
        .iter()
        .filter_map(|item| tx.recovery.jobs.get(item.job.as_ref()?));
    let details = jobs.filter_map(|job| job.details["protectedItemDetails"].as_array());
    let details: Vec<Value> = details.flatten().cloned().collect();
    if let Some(row) = tx.recovery.jobs.edit(key)
        && row.details.get("protectedItemDetails").is_some()
    {
        row.details["protectedItemDetails"] = details.into();
    }
    if run.operation == Operation::TestFailover.word() {
        return job::end(tx, key, JobState::Suspended);
    }
    if run.operation == Operation::TestFailoverCleanup.word() {
        protected_items::end_test(tx, &job.about, &job.asked);
    }
    job::end(tx, key, JobState::Succeeded);
}

/// Somebody says that a manual action is done; or that a test is, which is then cleaned up. That the
/// latter needs no clean-up of its own is not confirmed.
pub(super) fn resumed(tx: &mut Tx<'_>, job: &ReplicationJob, key: &str) {
    if waits_for_cleanup(tx, job) {
        for item in machines_of(tx, key)
            .iter()
            .filter_map(|item| Id::parse(&item.id))
        {
            protected_items::finish_test(tx, &item.key());
        }
        return;
    }
    if let Some(row) = tx.recovery.jobs.edit(key) {
        row.state = JobState::InProgress;
    }
    pass(tx, key);
    let now = tx.now();
    wake_at(tx, key, now);
}

/// The job of a plan that has failed is begun again: with the step that failed, and in that only
/// with the machines that were not done.
pub(super) fn restarted(tx: &mut Tx<'_>, job: &ReplicationJob) {
    let key = key_of(job);
    let bad: Vec<String> = machines_of(tx, &key)
        .into_iter()
        .filter_map(|item| item.job)
        .filter(|job| {
            let state = tx.recovery.jobs.get(job).map(|job| job.state);
            matches!(state, Some(JobState::Failed | JobState::Cancelled))
        })
        .collect();
    let Some(run) = tx.recovery.runs.edit(&key) else {
        return;
    };
    let at = run.at;
    if let Some(step) = run.steps.get_mut(at) {
        step.state = None;
        if let PlanStepKind::Items(items) = &mut step.kind {
            for item in items {
                item.skipped = None;
                item.job.take_if(|job| bad.contains(job));
            }
        }
    }
}

/// Returns the machines of all steps of the job of a plan.
fn machines_of(tx: &Tx<'_>, key: &str) -> Vec<PlanItem> {
    let Some(run) = tx.recovery.runs.get(key) else {
        return Vec::new();
    };
    let items = run.steps.iter().filter_map(|step| match &step.kind {
        PlanStepKind::Items(items) => Some(items),
        PlanStepKind::Action(_) => None,
    });
    items.flatten().cloned().collect()
}

/// The job of a plan has failed or was cancelled: so are those of its machines that go on.
pub(super) fn undone(tx: &mut Tx<'_>, job: &ReplicationJob) {
    for item in machines_of(tx, &key_of(job)) {
        let own = item.job.unwrap_or_default();
        let going = tx.recovery.jobs.get(&own).map(|job| job.state);
        if going == Some(JobState::InProgress) {
            job::cancel(tx, &own);
        }
    }
}

/// A job of an item has ended otherwise than was planned: the plan that waits for it looks.
pub(in crate::sandbox::arm::recovery) fn wake(tx: &mut Tx<'_>, job: &ReplicationJob) {
    let key = key_of(job);
    let waits = |run: &PlanRun| match run.steps.get(run.at).map(|step| &step.kind) {
        Some(PlanStepKind::Items(items)) => items
            .iter()
            .any(|item| item.job.as_deref().is_some_and(|job| job == key)),
        _ => false,
    };
    let found = {
        let mut runs = tx.recovery.runs.iter();
        let found = runs.find(|(_, run)| waits(run));
        found.map(|(plan, _)| plan.to_owned())
    };
    if let Some(plan) = found {
        let now = tx.now();
        wake_at(tx, &plan, now);
    }
}

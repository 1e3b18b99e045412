//! What a job does: its work when its time has come, and what an action of a caller makes of it.
//! Source: recovery reference §2, §5.5, §9.2.

use super::{cancel, end, export, fail, plan};
use crate::sandbox::arm::recovery::{object, part, plans};
use crate::sandbox::store::{Diagnosis, JobAction, JobState, JobWork, ReplicationJob, Tx};

/// Ends a job whose time has come. One that was restarted meanwhile has another.
pub(in crate::sandbox::arm::recovery) fn finish(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.jobs.get(key).cloned() else {
        return;
    };
    if job.state != JobState::InProgress || tx.now() < job.ends {
        return;
    }
    if let Some((task, diagnosis)) = job.failure.clone() {
        return fail(tx, key, task, diagnosis);
    }
    if job.work == JobWork::Plan {
        return plans::go_on(tx, key);
    }
    match work(tx, key, &job) {
        Ok(()) if job.pauses => end(tx, key, JobState::Suspended),
        Ok(()) => end(tx, key, JobState::Succeeded),
        Err(diagnosis) => fail(tx, key, job.tasks.len().saturating_sub(1), diagnosis),
    }
}

fn work(tx: &mut Tx<'_>, key: &str, job: &ReplicationJob) -> Result<(), Diagnosis> {
    match &job.work {
        JobWork::None | JobWork::Plan => Ok(()),
        JobWork::Put(object) => {
            tx.recovery.objects.put(&job.about, (**object).clone());
            if let Some(part) = part::find(&object.kind) {
                part.settled(tx, job, &job.about);
            }
            Ok(())
        }
        JobWork::Remove(key) => {
            object::remove(tx, key);
            Ok(())
        }
        JobWork::Act(action) => match of(tx, job) {
            Some(part) => part.acted(tx, job, action),
            None => Ok(()),
        },
        JobWork::Job(action, other) => act(tx, *action, other, job),
        JobWork::Export => {
            export::write(tx, key, job);
            Ok(())
        }
    }
}

/// Returns the type of what a job is about.
pub(super) fn of(tx: &Tx<'_>, job: &ReplicationJob) -> Option<&'static dyn part::Part> {
    let kind = match (&job.work, tx.recovery.objects.get(&job.about)) {
        (JobWork::Put(object), None) => object.kind.clone(),
        (_, Some(object)) => object.kind.clone(),
        (_, None) => return None,
    };
    part::find(&kind)
}

/// Does to another job what a caller has asked, unless it has moved on meanwhile.
fn act(
    tx: &mut Tx<'_>,
    action: JobAction,
    key: &str,
    by: &ReplicationJob,
) -> Result<(), Diagnosis> {
    let Some(job) = tx.recovery.jobs.get(key).cloned() else {
        return Err(super::actions::late(&by.target_name, action, &[]));
    };
    let allowed = super::show::allowed(tx, &job);
    if !allowed.contains(&super::actions::word(action)) {
        return Err(super::actions::late(&job.title, action, &allowed));
    }
    match action {
        JobAction::Cancel => cancel(tx, key),
        JobAction::Restart => restart(tx, key, &job),
        JobAction::Resume => resume(tx, key, job, by),
    }
    Ok(())
}

/// Runs a failed job again, from the task in which it failed.
fn restart(tx: &mut Tx<'_>, key: &str, job: &ReplicationJob) {
    let failed = job.failure.as_ref().map_or(0, |(task, _)| *task);
    let first = failed.min(job.tasks.len());
    let again = of(tx, job).and_then(|part| part.restarted(tx, job));
    let failure = again.map(|(task, diagnosis)| (task.saturating_sub(first), diagnosis));
    let steps = job.tasks.iter().skip(first).map(|task| {
        let time = task.to.duration_since(task.from).unsigned_abs();
        (task.id.clone(), task.title.clone(), time)
    });
    let steps = steps.collect();
    let plan = plan::make(tx, &job.about, steps, failure);
    if let Some(row) = tx.recovery.jobs.edit(key) {
        row.tasks.truncate(first);
        row.tasks.extend(plan.tasks.clone());
        row.failure = plan
            .failure
            .clone()
            .map(|(task, diagnosis)| (task + first, diagnosis));
        (row.state, row.ends) = (JobState::InProgress, plan.ends);
    }
    plan::queue(tx, key, &plan);
}

/// Lets a job go on that waits for somebody, with what they say; unless its type gives it more to do,
/// it is done.
fn resume(tx: &mut Tx<'_>, key: &str, mut job: ReplicationJob, by: &ReplicationJob) {
    if let Some(comments) = by.asked.get("comments") {
        job.asked.insert("comments".to_owned(), comments.clone());
        if job.details["instanceType"] == "TestFailoverJobDetails" {
            job.details["comments"] = comments.clone();
        }
        tx.recovery.jobs.put(key, job.clone());
    }
    let gone_on = match of(tx, &job) {
        Some(part) => part.resumed(tx, &job, key),
        None => Ok(()),
    };
    let state = tx.recovery.jobs.get(key).map(|job| job.state);
    match gone_on {
        Err(diagnosis) => fail(tx, key, job.tasks.len().saturating_sub(1), diagnosis),
        Ok(()) if state == Some(JobState::Suspended) => end(tx, key, JobState::Succeeded),
        Ok(()) => {}
    }
}

//! A job as it is shown: its tasks by the clock, its errors whole. Source: recovery reference §3,
//! §5.5; the words of `allowedActions` per state are not confirmed.

use serde_json::{Value, json};

use crate::base::clock::Timestamp;
use crate::sandbox::arm::recovery::plans;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{JobState, JobTask, JobWork, ReplicationJob, Tx};

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    NotStarted,
    Is(JobState),
}

/// Returns the state in the service's word.
pub(in crate::sandbox::arm::recovery) fn word(state: JobState) -> &'static str {
    match state {
        JobState::InProgress => "InProgress",
        JobState::Succeeded => "Succeeded",
        JobState::Failed => "Failed",
        JobState::Cancelled => "Cancelled",
        JobState::Suspended => "Suspended",
    }
}

/// Returns the id of a job.
pub(in crate::sandbox::arm::recovery) fn job_id(job: &ReplicationJob) -> String {
    let vault = job.vault.replacen("/subscriptions/", "/Subscriptions/", 1);
    format!("{vault}/replicationJobs/{}", job.id)
}

/// Shows a job.
pub(in crate::sandbox::arm::recovery) fn shown(tx: &Tx<'_>, job: &ReplicationJob) -> Value {
    let now = tx.now();
    let flat = job.tasks.iter().enumerate();
    let flat = flat.map(|(at, task)| shown_task(job, at, task, now));
    let (tasks, errors) = match plans::shown(tx, job) {
        Some(of_plan) => of_plan,
        None => (flat.collect(), errors(job)),
    };
    let mut properties = json!({
        "activityId": job.activity,
        "scenarioName": job.scenario,
        "friendlyName": job.title,
        "state": word(job.state),
        "stateDescription": describe(job.state),
        "tasks": tasks,
        "errors": errors,
        "startTime": write(job.started),
        "allowedActions": allowed(tx, job),
        "targetObjectId": job.target,
        "targetObjectName": job.target_name,
        "targetInstanceType": job.target_kind,
        "customDetails": job.details,
    });
    if ended(job.state) {
        properties["endTime"] = write(job.ends).into();
    }
    json!({
        "id": job_id(job),
        "name": job.id,
        "type": "Microsoft.RecoveryServices/vaults/replicationJobs",
        "properties": properties,
    })
}

/// Tells whether nothing more happens by itself or by a clean-up.
pub(in crate::sandbox::arm::recovery) fn ended(state: JobState) -> bool {
    matches!(
        state,
        JobState::Succeeded | JobState::Failed | JobState::Cancelled
    )
}

/// Returns what may be asked of a job now. What changes another job is done too soon for that.
pub(super) fn allowed(tx: &Tx<'_>, job: &ReplicationJob) -> Vec<&'static str> {
    match (job.state, &job.work) {
        (_, JobWork::Job(..)) => Vec::new(),
        (JobState::InProgress, _) => vec!["Cancel"],
        (JobState::Suspended, _) => vec!["Cancel", "Resume"],
        (JobState::Failed, _) if !is_overtaken(tx, job) => vec!["Restart"],
        (JobState::Failed | JobState::Succeeded | JobState::Cancelled, _) => Vec::new(),
    }
}

/// Tells whether a later job was about the same: to run this one again would undo that.
fn is_overtaken(tx: &Tx<'_>, job: &ReplicationJob) -> bool {
    let mut all = tx.recovery.jobs.under(&job.vault);
    all.any(|(_, other)| {
        other.about == job.about && other.id != job.id && other.started >= job.started
    })
}

fn describe(state: JobState) -> &'static str {
    match state {
        JobState::InProgress => "In progress",
        JobState::Succeeded => "Completed",
        JobState::Failed => "Failed",
        JobState::Cancelled => "Cancelled",
        JobState::Suspended => "Waiting for user input",
    }
}

fn stand(job: &ReplicationJob, at: usize, task: &JobTask, now: Timestamp) -> Stand {
    if let (JobState::Failed, Some((failed, _))) = (job.state, &job.failure) {
        return match at.cmp(failed) {
            std::cmp::Ordering::Less => Stand::Is(JobState::Succeeded),
            std::cmp::Ordering::Equal => Stand::Is(JobState::Failed),
            std::cmp::Ordering::Greater => Stand::NotStarted,
        };
    }
    let until = if ended(job.state) { job.ends } else { now };
    match job.state {
        JobState::Succeeded | JobState::Suspended => Stand::Is(JobState::Succeeded),
        _ if task.to <= until => Stand::Is(JobState::Succeeded),
        _ if task.from > until => Stand::NotStarted,
        JobState::Cancelled => Stand::Is(JobState::Cancelled),
        _ => Stand::Is(JobState::InProgress),
    }
}

fn shown_task(job: &ReplicationJob, at: usize, task: &JobTask, now: Timestamp) -> Value {
    let stand = stand(job, at, task, now);
    let (state, description) = match stand {
        Stand::NotStarted => ("NotStarted", "Not started"),
        Stand::Is(state) => (word(state), describe(state)),
    };
    let mut shown = json!({
        "taskId": task.id,
        "name": task.id,
        "friendlyName": task.title,
        "state": state,
        "stateDescription": description,
        "allowedActions": [],
        "taskType": "TaskType",
        "errors": [],
    });
    if stand != Stand::NotStarted {
        shown["startTime"] = write(task.from).into();
    }
    if matches!(stand, Stand::Is(state) if ended(state)) {
        shown["endTime"] = write(task.to.min(job.ends)).into();
    }
    if let (Stand::Is(JobState::Failed), false) = (stand, errors(job).is_empty()) {
        shown["errors"] = errors(job).into();
    }
    shown
}

/// Returns the errors of a job that has failed.
pub(in crate::sandbox::arm::recovery) fn errors(job: &ReplicationJob) -> Vec<Value> {
    let (JobState::Failed, Some((task, diagnosis))) = (job.state, &job.failure) else {
        return Vec::new();
    };
    let task = job.tasks.get(*task);
    vec![json!({
        "serviceErrorDetails": {
            "code": diagnosis.code,
            "message": diagnosis.message,
            "possibleCauses": diagnosis.causes,
            "recommendedAction": diagnosis.action,
            "activityId": job.activity,
        },
        "providerErrorDetails": null,
        "errorLevel": "Error",
        "creationTime": write(job.ends),
        "taskId": task.map_or("", |task| task.id.as_str()),
    })]
}

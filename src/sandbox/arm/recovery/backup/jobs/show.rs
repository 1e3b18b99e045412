//! A job as it is shown: its tasks by the clock, its errors whole. Source: recovery reference §6.2.

use serde_json::{Value, json};

use super::{goes_on, operation};
use crate::base::clock::Timestamp;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{BackupJob, BackupState, BackupTask, BackupWork};

/// Returns the state in the service's word.
pub(super) fn word(state: BackupState) -> &'static str {
    match state {
        BackupState::InProgress => "InProgress",
        BackupState::Completed => "Completed",
        BackupState::Failed => "Failed",
        BackupState::Cancelling => "Cancelling",
        BackupState::Cancelled => "Cancelled",
    }
}

/// Returns what may be asked of a job now: `actionsInfo`. Which jobs can be cancelled is not
/// confirmed: here those that move data.
pub(super) fn actions(job: &BackupJob) -> &'static [&'static str] {
    let moves_data = matches!(job.work, BackupWork::Backup { .. } | BackupWork::Restore(_));
    if moves_data && job.state == BackupState::InProgress {
        &["Cancellable"]
    } else {
        &[]
    }
}

/// Shows a job.
pub(super) fn shown(job: &BackupJob, now: Timestamp) -> Value {
    let until = if goes_on(job) { now } else { job.ends };
    let tasks = job.tasks.iter().enumerate();
    let tasks: Vec<Value> = tasks
        .map(|(at, task)| shown_task(job, at, task, until))
        .collect();
    let scheduled = matches!(
        job.work,
        BackupWork::Backup {
            scheduled: true,
            ..
        }
    );
    let mut properties = json!({
        "jobType": "AzureIaaSVMJob",
        "backupManagementType": "AzureIaasVM",
        "operation": operation(&job.work),
        "status": word(job.state),
        "startTime": write(job.started),
        "duration": duration(job.started, until),
        "entityFriendlyName": job.machine,
        "containerName": job.container,
        "activityId": job.activity,
        "isUserTriggered": !scheduled,
        "virtualMachineVersion": "Compute",
        "actionsInfo": actions(job),
        "errorDetails": errors(job),
        "extendedInfo": {
            "tasksList": tasks,
            "propertyBag": job.bag,
            "progressPercentage": progress(job, until),
        },
    });
    if !goes_on(job) {
        properties["endTime"] = write(job.ends).into();
    }
    if let Some((_, fault)) = failure(job) {
        properties["extendedInfo"]["dynamicErrorMessage"] = fault.text.as_str().into();
    }
    let vault = job.vault.replacen("/subscriptions/", "/Subscriptions/", 1);
    json!({
        "id": format!("{vault}/backupJobs/{}", job.id),
        "name": job.id,
        "type": "Microsoft.RecoveryServices/vaults/backupJobs",
        "properties": properties,
    })
}

fn failure(job: &BackupJob) -> Option<&(usize, crate::sandbox::store::BackupFault)> {
    job.failure
        .as_ref()
        .filter(|_| job.state == BackupState::Failed)
}

fn errors(job: &BackupJob) -> Vec<Value> {
    let errors = failure(job).into_iter().map(|(_, fault)| {
        json!({
            "errorCode": fault.code,
            "errorTitle": fault.title,
            "errorString": fault.text,
            "recommendations": fault.advice,
        })
    });
    errors.collect()
}

fn shown_task(job: &BackupJob, at: usize, task: &BackupTask, until: Timestamp) -> Value {
    let failed = failure(job).map(|(failed, _)| *failed);
    let status = match (failed, job.state) {
        (Some(failed), _) if at == failed => "Failed",
        (Some(failed), _) if at > failed => "NotStarted",
        (Some(_), _) | (_, BackupState::Completed) => "Completed",
        _ if task.to <= until => "Completed",
        _ if task.from > until => "NotStarted",
        (_, BackupState::Cancelled) => "Cancelled",
        _ => "InProgress",
    };
    let mut shown = json!({
        "taskId": task.id,
        "status": status,
        "progressPercentage": percent(task.from, task.to, until),
    });
    if status == "NotStarted" {
        shown["progressPercentage"] = 0.0.into();
        return shown;
    }
    shown["startTime"] = write(task.from).into();
    shown["duration"] = duration(task.from, task.to.min(until)).into();
    if status != "InProgress" {
        shown["endTime"] = write(task.to.min(until)).into();
    }
    shown
}

fn progress(job: &BackupJob, until: Timestamp) -> f64 {
    match job.tasks.last() {
        _ if job.state == BackupState::Completed => 100.0,
        Some(last) => percent(job.started, last.to, until),
        None => 0.0,
    }
}

/// Returns the share of a span of time that is over, in whole percent.
fn percent(from: Timestamp, to: Timestamp, now: Timestamp) -> f64 {
    let all = to.duration_since(from).as_secs_f64().max(1.0);
    let passed = now.duration_since(from).as_secs_f64();
    (passed / all * 100.0).clamp(0.0, 100.0).floor()
}

/// Writes how long something took, as ISO 8601 has it.
fn duration(from: Timestamp, to: Timestamp) -> String {
    let passed = to.duration_since(from).max(jiff::SignedDuration::ZERO);
    jiff::SignedDuration::from_secs(passed.as_secs()).to_string()
}

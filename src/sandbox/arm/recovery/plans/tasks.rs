//! The tasks of a recovery plan's job: a group each, with its machines and actions below it. Source:
//! recovery reference §5.5; which words stand in `taskType` is not confirmed.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::job;
use crate::sandbox::arm::recovery::protected_items::key_of;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{
    JobState, PlanItem, PlanRun, PlanStep, PlanStepKind, ReplicationJob, Tx,
};

/// Returns the tasks and the errors of the job of a plan; `None` for other jobs.
pub(in crate::sandbox::arm::recovery) fn shown(
    tx: &Tx<'_>,
    job: &ReplicationJob,
) -> Option<(Vec<Value>, Vec<Value>)> {
    let run = tx.recovery.runs.get(&key_of(job))?;
    let groups = run.groups.iter().enumerate();
    let tasks = groups
        .map(|(at, (kind, name))| group(tx, job, run, (at, kind, name)))
        .collect();
    let items = run.steps.iter().flat_map(items);
    let jobs = items.filter_map(|item| tx.recovery.jobs.get(item.job.as_ref()?));
    let mut errors: Vec<Value> = jobs.flat_map(job::errors).collect();
    if errors.is_empty() {
        errors = job::errors(job);
    }
    if job.state != JobState::Failed {
        errors.clear();
    }
    Some((tasks, errors))
}

fn items(step: &PlanStep) -> &[PlanItem] {
    match &step.kind {
        PlanStepKind::Items(items) => items,
        PlanStepKind::Action(_) => &[],
    }
}

fn words(state: Option<JobState>) -> (&'static str, &'static str) {
    match state {
        None => ("NotStarted", "Not started"),
        Some(JobState::InProgress) => ("InProgress", "In progress"),
        Some(JobState::Succeeded) => ("Succeeded", "Completed"),
        Some(JobState::Failed) => ("Failed", "Failed"),
        Some(JobState::Cancelled) => ("Cancelled", "Cancelled"),
        Some(JobState::Suspended) => ("Suspended", "Waiting for user input"),
    }
}

/// Returns where a step stands: what was going on when its job was cancelled is cancelled.
fn stand(job: &ReplicationJob, step: &PlanStep) -> Option<JobState> {
    match step.state {
        Some(JobState::InProgress | JobState::Suspended) if job.state == JobState::Cancelled => {
            Some(JobState::Cancelled)
        }
        state => state,
    }
}

fn group(
    tx: &Tx<'_>,
    job: &ReplicationJob,
    run: &PlanRun,
    (at, kind, name): (usize, &str, &str),
) -> Value {
    let steps: Vec<&PlanStep> = run.steps.iter().filter(|step| step.group == at).collect();
    let stands = || steps.iter().map(|step| stand(job, step));
    let worst = [
        JobState::Failed,
        JobState::Cancelled,
        JobState::Suspended,
        JobState::InProgress,
    ];
    let is = |state: &JobState| stands().any(|stand| stand == Some(*state));
    let state = match worst.iter().find(|state| is(state)) {
        Some(state) => Some(*state),
        None if stands().all(|stand| stand == Some(JobState::Succeeded)) => {
            Some(JobState::Succeeded)
        }
        None if stands().all(|stand| stand.is_none()) => None,
        None => Some(JobState::InProgress),
    };
    let children: Vec<Value> = steps
        .iter()
        .flat_map(|step| children(tx, job, step))
        .collect();
    let id = derived::guid(&["group", &job.id, &at.to_string()]);
    let mut task = task(&id, name, state);
    task["taskType"] = "RecoveryPlanGroupTask".into();
    task["groupTaskCustomDetails"] = json!({
        "instanceType": "RecoveryPlanGroupTaskDetails",
        "groupId": id,
        "name": name,
        "rpGroupType": kind,
        "childTasks": children,
    });
    let from = steps.iter().find_map(|step| step.from);
    let to = steps.last().and_then(|step| step.to);
    if let Some(from) = from {
        task["startTime"] = write(from).into();
    }
    if let Some(to) = to {
        task["endTime"] = write(to).into();
    }
    task
}

fn task(id: &str, name: &str, state: Option<JobState>) -> Value {
    let (state, description) = words(state);
    json!({
        "taskId": id,
        "name": name,
        "friendlyName": name,
        "state": state,
        "stateDescription": description,
        "allowedActions": [],
        "errors": [],
    })
}

fn children(tx: &Tx<'_>, job: &ReplicationJob, step: &PlanStep) -> Vec<Value> {
    match &step.kind {
        PlanStepKind::Items(items) => items.iter().map(|item| child(tx, job, item)).collect(),
        PlanStepKind::Action(action) => vec![done_by(job, step, action)],
    }
}

/// A machine: what its own job says.
fn child(tx: &Tx<'_>, plan: &ReplicationJob, item: &PlanItem) -> Value {
    let id = derived::guid(&["item", &plan.id, &item.id]);
    let own = item.job.as_ref().and_then(|key| tx.recovery.jobs.get(key));
    let Some(own) = own else {
        let mut shown = task(&id, &item.name, None);
        shown["taskType"] = "VirtualMachineTask".into();
        shown["customDetails"] = json!({
            "instanceType": "VirtualMachineTaskDetails",
            "skippedReason": item.skipped.as_ref().map(|reason| reason.code.as_str()),
            "skippedReasonString": item.skipped.as_ref().map(|reason| reason.message.as_str()),
        });
        return shown;
    };
    let mut shown = task(&id, &item.name, Some(own.state));
    shown["taskType"] = "JobTask".into();
    shown["startTime"] = write(own.started).into();
    if own.state != JobState::InProgress {
        shown["endTime"] = write(own.ends).into();
    }
    shown["errors"] = job::errors(own).into();
    shown["customDetails"] = json!({
        "instanceType": "JobTaskDetails",
        "jobTask": {
            "jobId": job::job_id(own),
            "jobFriendlyName": own.title,
            "jobScenarioName": own.scenario,
            "targetObjectId": item.id,
            "targetObjectName": own.target_name,
            "targetInstanceType": own.target_kind,
        },
    });
    shown
}

/// An action by hand, or by a script or runbook.
fn done_by(job: &ReplicationJob, step: &PlanStep, action: &Value) -> Value {
    let name = action["actionName"].as_str().unwrap_or_default();
    let details = &action["customDetails"];
    let id = derived::guid(&["action", &job.id, &step.group.to_string(), name]);
    let state = stand(job, step);
    let mut shown = task(&id, name, state);
    let is_primary = details["fabricLocation"] == "Primary";
    let (kind, custom) = match details["instanceType"].as_str() {
        Some("ScriptActionDetails") => (
            "ScriptActionTask",
            json!({
                "instanceType": "ScriptActionTaskDetails",
                "name": name,
                "path": details["path"],
                "isPrimarySideScript": is_primary,
                "output": "",
            }),
        ),
        Some("AutomationRunbookActionDetails") => (
            "AutomationRunbookTask",
            json!({
                "instanceType": "AutomationRunbookTaskDetails",
                "name": name,
                "runbookId": details["runbookId"],
                "isPrimarySideScript": is_primary,
            }),
        ),
        _ => (
            "ManualActionTask",
            json!({
                "instanceType": "ManualActionTaskDetails",
                "name": name,
                "instructions": details["description"],
                "observation": "",
            }),
        ),
    };
    shown["taskType"] = kind.into();
    shown["customDetails"] = custom;
    if state == Some(JobState::Suspended) {
        shown["allowedActions"] = json!(["Resume"]);
    }
    for (field, time) in [("startTime", step.from), ("endTime", step.to)] {
        if let Some(time) = time {
            shown[field] = write(time).into();
        }
    }
    shown
}

//! Jobs of Site Recovery: every change is one. A call is answered 202 with two addresses, both of
//! which follow the job; the change is made when its time has come. Source: recovery reference §2,
//! §5.5, §9.1, §9.2.

mod look;
mod show;

pub(super) use look::ROUTES;
pub(super) use show::shown;

use std::time::Duration;

use serde_json::{Value, json};

use super::calls::Asked;
use super::{object, part};
use crate::base::clock::later;
use crate::sandbox::arm::operation::{self, NEVER};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::Request;
use crate::sandbox::store::{
    ArmDue, Diagnosis, Due, JobState, JobTask, JobWork, RecoveryDue, ReplicationJob, Tx,
    VaultEvent, key,
};

/// Seconds of `Retry-After`. Source: recovery reference §2.
const RETRY_AFTER: u64 = 30;

/// A task of a job: its id, what it is called, and its seconds.
pub(super) type Step = (&'static str, &'static str, u64);

/// What is to be done.
#[derive(Debug)]
pub(super) struct Start<'a> {
    /// `scenarioName`: `TestFailover`.
    pub(super) scenario: &'a str,
    /// `friendlyName`: `Test failover`.
    pub(super) title: &'a str,
    /// `targetInstanceType`: `ProtectionEntity`.
    pub(super) target_kind: &'a str,
    /// `targetObjectName`, as people call it.
    pub(super) target_name: &'a str,
    pub(super) tasks: &'a [Step],
    pub(super) work: JobWork,
    /// `customDetails`.
    pub(super) details: Value,
    /// Whether it waits for somebody when its work is done.
    pub(super) pauses: bool,
    /// Whether a GET of its `Location` shows the object at the end; else 204.
    pub(super) shows: bool,
    /// What it fails with, and in which task, counted from 0.
    pub(super) failure: Option<(usize, Diagnosis)>,
}

impl<'a> Start<'a> {
    /// A job without particular details, which ends well and shows its object.
    pub(super) fn new(scenario: &'a str, title: &'a str, tasks: &'a [Step], work: JobWork) -> Self {
        Self {
            scenario,
            title,
            target_kind: "",
            target_name: "",
            tasks,
            work,
            details: json!({ "instanceType": "AsrJobDetails" }),
            pauses: false,
            shows: true,
            failure: None,
        }
    }
}

/// Begins a job; returns its key and the answer to the call.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &Asked,
    start: Start<'_>,
) -> (String, Reply) {
    let key = enqueue(tx, asked, start);
    let reply = lead(tx, request, &key);
    (key, reply)
}

/// Begins a job that no caller waits for by its addresses, such as one of a recovery plan's.
pub(super) fn enqueue(tx: &mut Tx<'_>, asked: &Asked, start: Start<'_>) -> String {
    let id = tx.guid();
    let activity = tx.guid();
    let now = tx.now();
    let about = asked.id.key();
    let told = operation::ending(tx, &about);
    let failure = match &told {
        Some(told) if told.end == "Failed" => {
            Some((start.tasks.len() / 2, told_diagnosis(told.error.as_ref())))
        }
        _ => start.failure,
    };
    let mut tasks = Vec::new();
    let mut at = now;
    for (id, title, seconds) in start.tasks {
        let to = later(at, tx.scaled(Duration::from_secs(*seconds)));
        tasks.push(JobTask {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            from: at,
            to,
        });
        at = to;
    }
    let mut ends = match &failure {
        Some((task, _)) => tasks.get(*task).map_or(at, |task| task.to),
        None => at,
    };
    if let Some(told) = &told {
        match (told.end.as_str(), told.after) {
            ("never", _) => ends = later(now, NEVER),
            (_, Some(after)) => ends = later(now, tx.scaled(Duration::from_secs(after))),
            _ => {}
        }
    }
    let key = key(&[&asked.vault.id, &id]);
    let job = ReplicationJob {
        id,
        vault: asked.vault.id.clone(),
        scenario: start.scenario.to_owned(),
        title: start.title.to_owned(),
        result: start.shows.then(|| about.clone()),
        about,
        target_kind: start.target_kind.to_owned(),
        target_name: match start.target_name {
            "" => asked.id.name().to_owned(),
            name => name.to_owned(),
        },
        activity,
        client_request: asked.client_request.clone(),
        started: now,
        ends,
        state: JobState::InProgress,
        tasks,
        failure,
        details: start.details,
        work: start.work,
        asked: asked.properties.clone(),
        pauses: start.pauses,
    };
    tx.recovery.jobs.put(&key, job);
    let due = match told {
        Some(told) if told.end == "Canceled" => RecoveryDue::Cancel(key.clone()),
        _ => RecoveryDue::Finish(key.clone()),
    };
    tx.at(ends, Due::Arm(ArmDue::Recovery(due)));
    key
}

/// Answers 202 with the addresses that follow a job.
pub(super) fn lead(tx: &Tx<'_>, request: &Request, key: &str) -> Reply {
    let Some(job) = tx.recovery.jobs.get(key) else {
        return Reply::empty(202);
    };
    let version = request.query("api-version").unwrap_or_default();
    let url = |what: &str| {
        format!(
            "{}/arm{}/{what}/{}?api-version={version}",
            request.origin, job.vault, job.id
        )
    };
    let wait = tx.scaled(Duration::from_secs(RETRY_AFTER));
    let wait = wait.as_secs().max(1) + u64::from(wait.as_secs() > 0 && wait.subsec_nanos() > 0);
    Reply::empty(202)
        .header("location", &url("operationresults"))
        .header("azure-asyncoperation", &url("replicationOperationStatus"))
        .header("retry-after", &wait.to_string())
}

/// Ends a job whose time has come.
pub(super) fn finish(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.jobs.get(key).cloned() else {
        return;
    };
    if job.state != JobState::InProgress {
        return;
    }
    if let Some((task, diagnosis)) = job.failure.clone() {
        return fail(tx, key, task, diagnosis);
    }
    match work(tx, &job) {
        Ok(()) if job.pauses => end(tx, key, JobState::Suspended),
        Ok(()) => end(tx, key, JobState::Succeeded),
        Err(diagnosis) => fail(tx, key, job.tasks.len().saturating_sub(1), diagnosis),
    }
}

fn work(tx: &mut Tx<'_>, job: &ReplicationJob) -> Result<(), Diagnosis> {
    match &job.work {
        JobWork::None => Ok(()),
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
    }
}

/// Returns the type of what a job is about.
fn of(tx: &Tx<'_>, job: &ReplicationJob) -> Option<&'static dyn part::Part> {
    let kind = match (&job.work, tx.recovery.objects.get(&job.about)) {
        (JobWork::Put(object), None) => object.kind.clone(),
        (_, Some(object)) => object.kind.clone(),
        (_, None) => return None,
    };
    part::find(&kind)
}

/// Fails a job in one of its tasks.
pub(super) fn fail(tx: &mut Tx<'_>, key: &str, task: usize, diagnosis: Diagnosis) {
    if let Some(row) = tx.recovery.jobs.edit(key) {
        row.failure = Some((task, diagnosis));
    }
    undo(tx, key);
    end(tx, key, JobState::Failed);
}

/// Cancels a job that goes on or waits.
pub(super) fn cancel(tx: &mut Tx<'_>, key: &str) {
    let running = tx.recovery.jobs.get(key).map(|job| job.state);
    if matches!(running, Some(JobState::InProgress | JobState::Suspended)) {
        undo(tx, key);
        end(tx, key, JobState::Cancelled);
    }
}

fn undo(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.jobs.get(key).cloned() else {
        return;
    };
    if let Some(part) = of(tx, &job) {
        part.undone(tx, &job);
    }
}

/// Notes where a job stands now, and tells it by an event.
pub(super) fn end(tx: &mut Tx<'_>, key: &str, state: JobState) {
    let now = tx.now();
    if let Some(row) = tx.recovery.jobs.edit(key) {
        (row.state, row.ends) = (state, now);
    }
    if let Some(job) = tx.recovery.jobs.get(key).cloned() {
        tell(tx, &job);
    }
}

/// Emits the event of a job's state. Source: recovery reference §5.5, §9.2; the code of the event is
/// not confirmed.
fn tell(tx: &mut Tx<'_>, job: &ReplicationJob) {
    let name = tx.guid();
    let is_bad = job.state == JobState::Failed;
    let properties = json!({
        "eventCode": "JobStatus",
        "description": format!("{} of {}: {}", job.title, job.target_name, show::word(job.state)),
        "eventType": "JobStatus",
        "affectedObjectFriendlyName": job.target_name,
        "affectedObjectCorrelationId": job.id,
        "severity": if is_bad { "Critical" } else { "OK" },
        "timeOfOccurrence": crate::sandbox::partner::dates::write(tx.now()),
        "fabricId": "",
        "eventSpecificDetails": {
            "instanceType": "JobStatus",
            "jobId": show::job_id(job),
            "jobFriendlyName": job.title,
            "jobStatus": show::word(job.state),
            "affectedObjectType": job.target_kind,
        },
    });
    let event = VaultEvent {
        vault: job.vault.clone(),
        properties: properties.as_object().cloned().unwrap_or_default(),
        at: tx.now(),
        name: name.clone(),
    };
    tx.recovery.events.put(&key(&[&job.vault, &name]), event);
}

fn told_diagnosis(error: Option<&Value>) -> Diagnosis {
    let text = |name: &str, usual: &str| {
        let given = error.and_then(|error| error[name].as_str());
        given.unwrap_or(usual).to_owned()
    };
    Diagnosis {
        code: text("code", "499"),
        message: text("message", "The operation failed."),
        causes: text(
            "possibleCauses",
            "A control of the sandbox told it to fail.",
        ),
        action: text("recommendedAction", "Retry the operation."),
    }
}

//! Jobs of Site Recovery: every change is one. A call is answered 202 with two addresses, both of
//! which follow the job; the change is made when its time has come. Source: recovery reference §2,
//! §5.5, §9.1, §9.2.

mod actions;
mod export;
mod list;
mod look;
mod plan;
mod run;
mod seed;
mod show;
#[cfg(test)]
mod tests;

pub(super) use run::finish;
pub(super) use seed::fill;
pub(super) use show::{errors, job_id, shown, word};

use std::time::Duration;

use serde_json::{Value, json};

use super::calls::Asked;
use super::events;
use super::object::shown_id;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Diagnosis, JobState, JobWork, ReplicationJob, Tx, key};

pub(super) const ROUTES: &[Route] = look::ROUTES;

/// The routes of lists of jobs, and of what may be asked of one.
pub(super) const MORE: &[&[Route]] = &[list::ROUTES, actions::ROUTES, export::ROUTES];

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
    let steps = start.tasks.iter().map(|(id, title, seconds)| {
        let time = tx.scaled(Duration::from_secs(*seconds));
        ((*id).to_owned(), (*title).to_owned(), time)
    });
    let steps: Vec<plan::Timed> = steps.collect();
    let plan = plan::make(tx, &about, steps, start.failure);
    let target = asked.object.as_ref().map(|object| object.id.clone());
    let key = key(&[&asked.vault.id, &id]);
    let job = ReplicationJob {
        id,
        vault: asked.vault.id.clone(),
        scenario: start.scenario.to_owned(),
        title: start.title.to_owned(),
        result: start.shows.then(|| about.clone()),
        about,
        target: target.unwrap_or_else(|| shown_id(&asked.id)),
        target_kind: start.target_kind.to_owned(),
        target_name: match start.target_name {
            "" => asked.id.name().to_owned(),
            name => name.to_owned(),
        },
        activity,
        client_request: asked.client_request.clone(),
        started: now,
        ends: plan.ends,
        state: JobState::InProgress,
        tasks: plan.tasks.clone(),
        failure: plan.failure.clone(),
        details: start.details,
        work: start.work,
        asked: asked.properties.clone(),
        pauses: start.pauses,
    };
    tx.recovery.jobs.put(&key, job);
    plan::queue(tx, &key, &plan);
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
        // What it was to fail with has not happened.
        if let Some(row) = tx.recovery.jobs.edit(key) {
            row.failure = None;
        }
        undo(tx, key);
        end(tx, key, JobState::Cancelled);
    }
}

fn undo(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.jobs.get(key).cloned() else {
        return;
    };
    if let Some(part) = run::of(tx, &job) {
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
        events::of_job(tx, &job);
    }
}

//! The addresses that follow a job: its result by `Location`, its status by `Azure-AsyncOperation`.
//! Source: recovery reference §2. Whether they end where a job waits for somebody is not confirmed:
//! here they do, so that nobody waits for a clean-up that comes after.

use serde_json::{Value, json};

use super::{lead, shown};
use crate::sandbox::arm::access;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::{below, health, object, vault};
use crate::sandbox::arm::resource;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{JobState, JobWork, ReplicationJob, Tx, key};

pub(in crate::sandbox::arm::recovery) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/operationResults/{operation}"), result),
    Route::arm(
        "GET",
        below!("/replicationOperationStatus/{operation}"),
        status,
    ),
    Route::arm("GET", below!("/replicationJobs/{job}"), get),
];

/// Returns the job of the last word of the path, whose caller may look at it.
fn job(request: &Request, tx: &Tx<'_>) -> Result<Option<ReplicationJob>, Refusal> {
    let (id, _) = place(request)?;
    let vault = object::vault(&id);
    access::pass(
        request,
        tx,
        &vault,
        "Microsoft.RecoveryServices/vaults/replicationJobs/read",
    )?;
    let vault = calls::found(tx, &vault)?;
    Ok(tx.recovery.jobs.get(&key(&[&vault.id, id.name()])).cloned())
}

fn result(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    // An operation of the vault itself is followed even when the vault is gone.
    if let Some(outcome) = vault::operation_result(request, tx) {
        return outcome;
    }
    let Some(job) = job(request, tx)? else {
        return Err(resource::missing(&place(request)?.0));
    };
    match job.state {
        JobState::InProgress => Ok(lead(tx, request, &key(&[&job.vault, &job.id]))),
        JobState::Succeeded | JobState::Suspended => Ok(outcome(tx, request, &job)),
        JobState::Failed | JobState::Cancelled => Err(ended_badly(&job)),
    }
}

fn outcome(tx: &Tx<'_>, request: &Request, job: &ReplicationJob) -> Reply {
    let found = job.result.as_ref();
    match found.and_then(|key| row(tx, request, job, key)) {
        Some(found) => Reply::ok(found),
        None => Reply::empty(204),
    }
}

/// Shows what a job was about: a part of the vault, another job, the vault's health.
fn row(tx: &Tx<'_>, request: &Request, job: &ReplicationJob, about: &str) -> Option<Value> {
    if let JobWork::Job(_, other) = &job.work {
        return Some(shown(tx, tx.recovery.jobs.get(other)?));
    }
    if about.ends_with(health::BELOW) {
        return Some(health::shown(tx, &job.vault));
    }
    if matches!(job.work, JobWork::Export) {
        return Some(shown(tx, job));
    }
    let found = tx.recovery.objects.get(about)?;
    Some(object::shown(tx, found, Some(request)))
}

/// Returns the error of a job that did not end well.
fn error(job: &ReplicationJob) -> (Value, String, Vec<Value>) {
    match &job.failure {
        Some((_, diagnosis)) if job.state == JobState::Failed => (
            diagnosis.code.as_str().into(),
            diagnosis.message.clone(),
            vec![diagnosis.detail(&job.client_request, &job.activity)],
        ),
        _ => {
            let text = format!("The job '{}' was cancelled.", job.id);
            ("OperationCanceled".into(), text, Vec::new())
        }
    }
}

fn ended_badly(job: &ReplicationJob) -> Refusal {
    let (code, text, details) = error(job);
    // The reference names no status for this answer.
    let refusal = Refusal::new(409, code, text);
    details.into_iter().fold(refusal, Refusal::data)
}

fn status(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let Some(job) = job(request, tx)? else {
        return Err(resource::missing(&place(request)?.0));
    };
    let (word, error) = match job.state {
        JobState::InProgress => ("InProgress", None),
        JobState::Succeeded | JobState::Suspended => ("Succeeded", None),
        JobState::Failed => ("Failed", Some(ended_badly(&job).error())),
        JobState::Cancelled => ("Canceled", Some(ended_badly(&job).error())),
    };
    let mut document = json!({
        "id": request.path,
        "name": job.id,
        "status": word,
        "startTime": write(job.started),
    });
    if word == "InProgress" {
        let reply = lead(tx, request, &key(&[&job.vault, &job.id]));
        let wait = reply.headers.get("retry-after").cloned();
        let mut reply = Reply::ok(document);
        reply
            .headers
            .extend(wait.map(|wait| (http::header::RETRY_AFTER, wait)));
        return Ok(reply);
    }
    document["endTime"] = write(job.ends).into();
    if let Some(error) = error {
        document["error"] = error;
    }
    Ok(Reply::ok(document))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version_of(
        request,
        "Microsoft.RecoveryServices/vaults/replicationJobs",
        crate::sandbox::arm::recovery::REPLICATION,
    )?;
    match job(request, tx)? {
        Some(job) => Ok(Reply::ok(shown(tx, &job))),
        None => Err(resource::missing(&place(request)?.0)),
    }
}

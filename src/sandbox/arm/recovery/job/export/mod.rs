//! An export of jobs: a job that writes a file, whose address carries a signature that is good for a
//! while by the sandbox's clock. Source: recovery reference §5.5. How long it is good, and what the file
//! looks like, the reference does not name.

mod blob;
mod file;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::list::{NAMES, Query};
use super::{Start, Step, begin};
use crate::base::clock::later;
use crate::sandbox::arm::body::{self, invalid, text};
use crate::sandbox::arm::recovery::calls::ask;
use crate::sandbox::arm::recovery::filter::Conditions;
use crate::sandbox::arm::recovery::{REPLICATION, below};
use crate::sandbox::partner::dates;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobExport, JobWork, ReplicationJob, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("POST", below!("/replicationJobs/export"), export),
    blob::ROUTE,
];

/// How long an address is good.
const GOOD: Duration = Duration::from_secs(3600);

/// How long an export takes.
const TASKS: &[Step] = &[("ExportJobsTask", "Exporting the jobs", 20)];

/// What may be asked, with what the filter of the list calls it.
const FIELDS: [(&str, Option<usize>); 8] = [
    ("startTime", Some(0)),
    ("endTime", Some(1)),
    ("jobStatus", Some(2)),
    ("affectedObjectTypes", Some(3)),
    ("jobName", Some(4)),
    ("fabricId", Some(5)),
    ("jobOutputType", None),
    ("timezoneOffset", None),
];

/// What is hidden in the row of the job: the origin of the addresses that its caller sees.
const ORIGIN: &str = "origin";

fn export(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut asked = ask(request, tx, REPLICATION, "export/action")?;
    check(request, &asked.body)?;
    // The body has no envelope here.
    asked.properties = asked.body.clone();
    let origin = request.origin.as_str().into();
    asked.properties.insert(ORIGIN.to_owned(), origin);
    let start = Start {
        target_kind: "Vault",
        target_name: &asked.vault.name.clone(),
        details: details(None),
        ..Start::new("ExportJobs", "Export jobs", TASKS, JobWork::Export)
    };
    Ok(begin(tx, request, &asked, start).1)
}

/// Refuses what cannot be asked for.
fn check(request: &Request, given: &Map<String, Value>) -> Result<(), Refusal> {
    let wrong = |why: String| {
        let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        let diagnosis = Diagnosis::new(
            "InvalidJobQuery",
            format!("The jobs to be exported are not described rightly: {why}."),
            "The fields stand at the top of the body, without `properties`.",
            format!("Ask by {}.", names.join(", ")),
        );
        diagnosis.refuse(request, 400)
    };
    for name in given.keys() {
        if !FIELDS.iter().any(|(known, _)| known == name) {
            return Err(wrong(format!("there is no `{name}`")));
        }
    }
    if let Some(kind) = text(given, "jobOutputType")? {
        body::one_of("jobOutputType", kind, &file::KINDS)?;
    }
    let offset = given.get("timezoneOffset").filter(|value| !value.is_null());
    if offset.is_some_and(|offset| !offset.as_f64().is_some_and(|it| it.abs() <= 14.0 * 60.0)) {
        return Err(wrong("`timezoneOffset` is no number of minutes".to_owned()));
    }
    query(given)?.map(drop).map_err(wrong)
}

/// Returns which jobs are asked for.
fn query(given: &Map<String, Value>) -> Result<Result<Query, String>, Refusal> {
    let mut conditions: Conditions = Vec::new();
    for (field, at) in FIELDS {
        let Some(at) = at else {
            continue;
        };
        let found = given.get(field).filter(|value| !value.is_null());
        let Some(value) = found else {
            continue;
        };
        let value = value.as_str();
        let value = value.ok_or_else(|| invalid(format!("'{field}' is not a string")))?;
        if !value.is_empty() {
            conditions.push((NAMES[at], value.to_owned()));
        }
    }
    Ok(Query::read(conditions))
}

/// Writes the file of an export whose time has come, and notes its address.
pub(super) fn write(tx: &mut Tx<'_>, key: &str, job: &ReplicationJob) {
    let query = query(&job.asked).ok().and_then(Result::ok);
    let jobs = query.unwrap_or_default().jobs(tx, &job.vault);
    let kind = job.asked.get("jobOutputType").and_then(Value::as_str);
    let (file, content) = file::write(&jobs, kind, offset(&job.asked));
    let expires = later(tx.now(), GOOD);
    let secret = tx.guid();
    let signature = blob::sign(&secret, &job.id, &file, expires);
    let row = JobExport {
        vault: job.vault.clone(),
        file: file.clone(),
        content,
        signature: signature.clone(),
        expires,
    };
    tx.recovery.exports.put(&job.id, row);
    let origin = job.asked.get(ORIGIN).and_then(Value::as_str);
    let uri = blob::address(origin.unwrap_or_default(), &job.id, &file);
    let token = blob::token(&signature, expires);
    if let Some(row) = tx.recovery.jobs.edit(key) {
        row.details = details(Some((uri, token)));
    }
}

/// Returns by how many minutes the times in the file are shifted.
fn offset(asked: &Map<String, Value>) -> f64 {
    let offset = asked.get("timezoneOffset").and_then(Value::as_f64);
    offset.unwrap_or_default()
}

fn details(address: Option<(String, String)>) -> Value {
    let (uri, token) = address.unzip();
    json!({ "instanceType": "ExportJobDetails", "blobUri": uri, "sasToken": token })
}

/// Writes a time of the file's address.
fn seconds(at: crate::base::clock::Timestamp) -> String {
    dates::write_seconds(at)
}

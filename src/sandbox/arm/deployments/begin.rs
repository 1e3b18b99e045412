//! A deployment is taken on: checked, kept as accepted, and put into the queue.

use std::time::Duration;

use serde_json::{Map, Value};

use super::draft::{self, Asker};
use super::{asked, refusal, shown, validate};
use crate::sandbox::arm::access::Azure;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Links, Long};
use crate::sandbox::arm::operation::{self, Begin};
use crate::sandbox::arm::{body, group};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{ArmDue, Deployment, Due, OperationResult, Tx, Work};

/// How long a deployment is only accepted; the reference names no time.
const START: Duration = Duration::from_secs(2);
/// What the operation of a deployment shows its progress by. The deployment itself ends it.
const USUAL: Duration = Duration::from_secs(3600);
/// Seconds of `Retry-After`; the reference names none for deployments.
const RETRY_AFTER: u64 = 5;

/// Makes or repeats a deployment.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = asked(request, tx, "write")?;
    let body = body::object(request)?;
    let row = ready(request, tx, &asked, &body, None)?;
    validate::preflight(tx, &asked.azure, &row)?;
    take_on(request, tx, &asked.azure, row)
}

/// Makes a deployment within another one, which has been checked with it.
pub(super) fn put_within(
    request: &Request,
    tx: &mut Tx<'_>,
    body: &Map<String, Value>,
    parent: &str,
) -> Outcome {
    let asked = asked(request, tx, "write")?;
    let row = ready(request, tx, &asked, body, Some(parent))?;
    take_on(request, tx, &asked.azure, row)
}

fn ready(
    request: &Request,
    tx: &mut Tx<'_>,
    asked: &super::Asked,
    body: &Map<String, Value>,
    parent: Option<&str>,
) -> Result<Deployment, Refusal> {
    group::open(tx, &asked.id)?;
    let asker = Asker {
        id: &asked.id,
        azure: &asked.azure,
        caller: request.caller()?,
        parent,
    };
    let row = draft::read(tx, &asker, body)?;
    let Some(before) = tx.arm.deployments.get(&asked.id.key()) else {
        return Ok(row);
    };
    if before.state.is_active() {
        return Err(refusal::active(before));
    }
    match (&before.location, &row.location) {
        (Some(was), Some(given)) if was != given => {
            Err(refusal::other_location(&row.name, was, given))
        }
        _ => Ok(row),
    }
}

fn take_on(request: &Request, tx: &mut Tx<'_>, azure: &Azure, row: Deployment) -> Outcome {
    let is_new = !tx.arm.deployments.has(&row.id);
    let key = keep(tx, azure, row);
    let Some(row) = tx.arm.deployments.get(&key).cloned() else {
        return Err(refusal::missing(&key));
    };
    let reply = Reply::json(if is_new { 201 } else { 200 }, shown::deployment(tx, &row));
    Ok(operation::lead(tx, request, &row.operation, reply))
}

/// Keeps a deployment and puts it into the queue; returns its key.
pub(super) fn keep(tx: &mut Tx<'_>, azure: &Azure, mut row: Deployment) -> String {
    let key = row.id.to_lowercase();
    let about = Id::parse(&row.id).unwrap_or_default();
    let begin = Begin {
        azure,
        about: &about,
        location: None,
        long: Long {
            accepted: false,
            links: Links::Both,
            time: USUAL,
            retry_after: RETRY_AFTER,
        },
        kind: None,
        result: OperationResult::Empty(200),
        work: Work::Deployment,
    };
    row.operation = operation::begin(tx, begin);
    if let Some(operation) = tx.arm.operations.edit(&row.operation) {
        let path = format!("{}/operationStatuses/{}", row.id, row.operation);
        operation.status_path = Some(path);
        if operation.error.is_some() {
            // A control lets it fail, perhaps before its time.
            let ends = operation.ends;
            tx.at(ends, Due::Arm(ArmDue::Deploy(key.clone())));
        }
    }
    tx.arm.deployments.put(&key, row);
    tx.later(START, Due::Arm(ArmDue::Deploy(key.clone())));
    key
}

/// Answers with an operation that ends soon with a body: 202 and `Location` alone.
pub(super) fn answer_later(
    request: &Request,
    tx: &mut Tx<'_>,
    (azure, about): (&Azure, &Id),
    (time, result): (Duration, Value),
) -> Reply {
    let begin = Begin {
        azure,
        about,
        location: None,
        long: Long {
            accepted: true,
            links: Links::Location,
            time,
            retry_after: 1,
        },
        kind: None,
        result: OperationResult::Body(result),
        work: Work::None,
    };
    let operation = operation::begin(tx, begin);
    operation::lead(tx, request, &operation, Reply::empty(202))
}

//! From an accepted answer to a poller.

use std::sync::Arc;
use std::time::Duration;

use super::{PATIENCE, Poller};
use crate::api::model::{Level, Operation, Param, Service, Waiting};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::http::{self, Call, JobsAt, Response};
use crate::script::args::Parts;
use crate::script::host::{Host, Op};
use crate::script::invoke;
use crate::script::record::Origin;

/// Returns the help for a name that begins like a function `begin_…` and is none: what was meant, or
/// that there is nothing to begin.
pub(in crate::script) fn no_begin(service: &Service, name: &str) -> Option<String> {
    let name = name.strip_prefix(Operation::BEGIN)?;
    let module = service.name;
    if service.operation(name).is_some() {
        return Some(format!(
            "`{module}::{name}` does not go on after its answer: call it as it is"
        ));
    }
    let long = service.operations.iter().filter(|one| one.is_long());
    let near = did_you_mean(name, long.map(|one| one.name))?;
    let begin = Operation::BEGIN;
    Some(format!("did you mean `{module}::{begin}{near}`?"))
}

/// Returns the poller of a call that was answered.
pub(in crate::script) fn accepted(
    host: &Arc<Host>,
    op: Op,
    parts: &Parts,
    origin: Arc<Origin>,
    answered: (Call, Response),
) -> Result<Poller, Error> {
    let (call, first) = answered;
    let door = &host.settings.door;
    let root = door.root(call.service)?;
    let now = door.clock().now();
    let waiting = op.operation.waiting;
    let poller = match (waiting, job(op, parts)) {
        (Waiting::Azure(via), Some(name)) => {
            let jobs = JobsAt::new(&read(op, name, parts)?.target);
            http::Poller::of_job(call, (via, jobs), &root, first, now)
        }
        (Waiting::Read(reading), _) => {
            let reading = Some(read(op, reading.operation, parts)?);
            http::Poller::begin(call, waiting, reading, &root, first, now)
        }
        _ => http::Poller::begin(call, waiting, None, &root, first, now),
    };
    let patience: Duration = parts.patience.unwrap_or(PATIENCE);
    Ok(Poller::new(host, op, origin, patience, poller))
}

/// Returns the operation that reads the job, if the call waits for one.
fn job(op: Op, parts: &Parts) -> Option<&'static str> {
    let job = op.operation.job?;
    (parts.level.unwrap_or(job.wait) == Level::Job).then_some(job.read)
}

/// Returns the call that reads how the work stands: of the same object, in the version that the call
/// was made in, if it named one and both have the same.
fn read(op: Op, name: &str, parts: &Parts) -> Result<Call, Error> {
    let operation = op.service.operation(name).ok_or_else(|| {
        let message = format!("{} names no read of what it begins", op.full_name());
        Error::new(Code::Internal, message)
    })?;
    let read = Op {
        service: op.service,
        operation,
    };
    let mut keys = Parts {
        keys: parts.keys.clone(),
        tenant: parts.tenant.clone(),
        about: parts.about.clone(),
        principal: parts.principal,
        ..Parts::default()
    };
    let given = parts.query.iter().find(|(name, _)| *name == Param::VERSION);
    match given {
        Some(given) if read.operation.api_version() == op.operation.api_version() => {
            keys.query.push(given.clone());
        }
        _ => keys.versioned(read),
    }
    Ok(invoke::call(read, &keys, None))
}

//! Jobs among the pollers: what a poller that waited for a job gives, how the job is cancelled, and
//! waiting for a job that is known by its id.

use std::sync::Arc;

use rhai::Dynamic;

use super::resume::origin;
use super::{PATIENCE, Poller, time};
use crate::error::{Code, Error};
use crate::http::{self, Call};
use crate::script::args::Parts;
use crate::script::host::{Host, Op};
use crate::script::invoke;
use crate::script::path_keys::path_keys;
use crate::script::record::Origin;

/// Returns the operation whose answer a poller ends with, and what its record remembers.
pub(super) fn answered(of: &Poller, poller: &http::Poller) -> (Op, Arc<Origin>) {
    match (poller.job(), reader(of.0.op)) {
        (Some(target), Some(read)) => {
            let origin = origin(read, target, &poller.call().tenant);
            (read, Arc::new(origin))
        }
        _ => (of.0.op, Arc::clone(&of.0.origin)),
    }
}

/// Returns the operation that reads the job of another.
fn reader(op: Op) -> Option<Op> {
    let operation = op.service.operation(op.operation.job?.read)?;
    Some(Op {
        service: op.service,
        operation,
    })
}

/// Returns the call that cancels the job of a poller, if one is waited for and it can be cancelled.
pub(super) fn cancelling(of: Op, poller: &http::Poller) -> Result<Option<Call>, Error> {
    let read = reader(of).unwrap_or(of);
    let name = format!("cancel_{}", read.operation.name);
    let Some(operation) = of.service.operation(&name) else {
        return Ok(None);
    };
    let Some(target) = poller.job() else {
        if poller.awaits_job() && !poller.is_done() {
            return Err(unknown(of));
        }
        return Ok(None);
    };
    let cancel = Op {
        service: of.service,
        operation,
    };
    let call = poller.call();
    let mut parts = super::cancel::parts(path_keys(read.operation, target), call);
    parts.versioned(cancel);
    Ok(Some(invoke::call(cancel, &parts, None)))
}

fn unknown(of: Op) -> Error {
    let message = format!(
        "`{}` has not told its job yet, which alone can be cancelled",
        of.full_name()
    );
    Error::new(Code::ScriptArgument, message).help("call `refresh()` first, until `status` changes")
}

/// Returns the poller of a job: `op` reads it, with these parts.
pub(in crate::script) fn of_job(
    host: &Arc<Host>,
    op: Op,
    parts: &Parts,
    patience: Option<&Dynamic>,
) -> Result<Poller, Error> {
    let name = op.full_name();
    let patience = patience
        .map(|time| time::patience(&name, time))
        .transpose()?;
    let call = invoke::call(op, parts, None);
    let door = &host.settings.door;
    let root = door.root(call.service)?;
    let origin = Arc::new(invoke::origin(op, parts));
    let poller = http::Poller::watching(call, &root, door.clock().now());
    let patience = patience.unwrap_or(PATIENCE);
    Ok(Poller::new(host, op, origin, patience, poller))
}

//! Deployments are cancelled, and their records deleted.

use std::time::Duration;

use super::{asked, found, refusal, run, shown};
use crate::sandbox::arm::kind::{Links, Long};
use crate::sandbox::arm::operation::{self, Begin};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Deployment, DeploymentState, OperationResult, StepState, Tx, Work};

/// How long a record takes to go; the reference names no time.
const GOING: Long = Long {
    accepted: true,
    links: Links::Location,
    time: Duration::from_secs(5),
    retry_after: 5,
};

/// Cancels a deployment while it runs. Resources that are being made go on by themselves.
pub(super) fn cancel(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, row) = found(request, tx, "cancel/action")?;
    if !row.state.is_active() {
        return Err(refusal::not_active(&row));
    }
    stop(tx, row);
    Ok(Reply::empty(204))
}

fn stop(tx: &mut Tx<'_>, row: Deployment) {
    let within: Vec<Deployment> = row
        .steps
        .iter()
        .filter(|step| step.state == StepState::Running && shown::is_deployment(&step.kind))
        .filter_map(|step| tx.arm.deployments.get(&step.target).cloned())
        .filter(|row| row.state.is_active())
        .collect();
    let error = refusal::canceled(&row.name);
    run::end(tx, row, DeploymentState::Canceled, Some(error));
    for row in within {
        stop(tx, row);
    }
}

/// Deletes the record of a deployment: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = asked(request, tx, "delete")?;
    let key = asked.id.key();
    let Some(row) = tx.arm.deployments.edit(&key) else {
        return Ok(Reply::empty(204));
    };
    if row.state.is_active() {
        return Err(refusal::active(row));
    }
    row.state = DeploymentState::Deleting;
    let begin = Begin {
        azure: &asked.azure,
        about: &asked.id,
        location: None,
        long: GOING,
        kind: None,
        result: OperationResult::Empty(204),
        work: Work::RemoveDeployment(key),
    };
    let operation = operation::begin(tx, begin);
    Ok(operation::lead(tx, request, &operation, Reply::empty(202)))
}

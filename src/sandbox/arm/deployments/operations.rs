//! The operations of a deployment: one per resource that was made or deleted, and one for the
//! outputs. Source: arm reference §10.5.

use http::StatusCode;
use serde_json::{Value, json};

use super::{found, refusal, shown};
use crate::sandbox::arm::page;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Deployment, DeploymentStep, StepState, Tx};

/// Lists the operations that have begun.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, row) = found(request, tx, "operations/read")?;
    let begun = row.steps.iter().filter(|step| step.started.is_some());
    page::list(request, begun.map(|step| show(&row, step)).collect())
}

/// Reads one operation.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, row) = found(request, tx, "operations/read")?;
    let id = request.param("step");
    let mut begun = row.steps.iter().filter(|step| step.started.is_some());
    match begun.find(|step| step.id.eq_ignore_ascii_case(id)) {
        Some(step) => Ok(Reply::ok(show(&row, step))),
        None => Err(refusal::no_operation(id)),
    }
}

fn show(row: &Deployment, step: &DeploymentStep) -> Value {
    let changed = step.changed.unwrap_or(row.changed);
    let started = step.started.unwrap_or(changed);
    let mut properties = json!({
        "provisioningOperation": format!("{:?}", step.action),
        "provisioningState": format!("{:?}", step.state),
        "timestamp": write(changed),
        "duration": shown::duration(started, changed),
        "serviceRequestId": step.operation,
        "statusCode": word(step.status),
    });
    if let Some(error) = &step.error {
        properties["statusMessage"] = json!({ "status": "Failed", "error": error });
    }
    if !step.target.is_empty() {
        properties["targetResource"] = json!({
            "id": step.target,
            "resourceType": step.kind,
            "resourceName": step.name,
            "apiVersion": step.version,
        });
    }
    if step.state == StepState::Running {
        properties["statusCode"] = word(StatusCode::CREATED.as_u16()).into();
    }
    json!({
        "id": format!("{}/operations/{}", row.id, step.id),
        "operationId": step.id,
        "properties": properties,
    })
}

/// Writes a status as the service does: `BadRequest`.
fn word(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    reason.unwrap_or_default().replace(' ', "")
}

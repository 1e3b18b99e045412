//! What is said when a deployment cannot be taken on or has failed. Source: arm reference §4, §10.5
//! for the codes and for what stands in quotation there; the other texts are this sandbox's choice,
//! and so is where `DeploymentActive` ends.

use serde_json::{Value, json};

use crate::sandbox::arm::template::Fault;
use crate::sandbox::partner::dates::write_seconds;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Deployment, DeploymentStep};

/// Refuses a template.
pub(super) fn template(fault: &Fault) -> Refusal {
    Refusal::new(400, fault.code(), fault.text())
}

/// Refuses because there is no such deployment.
pub(super) fn missing(name: &str) -> Refusal {
    let text = format!("Deployment '{name}' could not be found.");
    Refusal::new(404, "DeploymentNotFound", text)
}

/// Refuses because there is no such operation of a deployment.
pub(super) fn no_operation(id: &str) -> Refusal {
    let text = format!("Deployment operation '{id}' could not be found.");
    Refusal::new(404, "DeploymentOperationNotFound", text)
}

/// Refuses a name.
pub(super) fn name(name: &str) -> Refusal {
    let text = format!(
        "The provided deployment name '{name}' has invalid value. It has at most 64 letters, digits, '-', '_', '.', '(' and ')'."
    );
    Refusal::new(400, "InvalidDeploymentName", text)
}

/// Refuses what a deployment may not have.
pub(super) fn invalid(text: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidDeployment", text)
}

/// Refuses content that would be read from elsewhere.
pub(super) fn link(uri: &str) -> Refusal {
    let text = format!(
        "Unable to download deployment content from '{uri}'. This sandbox reads nothing from the network: send the content itself."
    );
    Refusal::new(400, "InvalidContentLink", text)
}

/// Refuses a deployment to a subscription that does not say where it is kept.
pub(super) fn no_location(name: &str) -> Refusal {
    let text = format!("The 'location' property must be specified for '{name}'.");
    Refusal::new(400, "LocationRequired", text)
}

/// Refuses to move a deployment.
pub(super) fn other_location(name: &str, was: &str, given: &str) -> Refusal {
    let text = format!(
        "Invalid deployment location '{given}'. The deployment '{name}' already exists in location '{was}'."
    );
    Refusal::new(409, "InvalidDeploymentLocation", text)
}

/// Refuses to change a deployment while it runs.
pub(super) fn active(row: &Deployment) -> Refusal {
    let text = format!(
        "Unable to edit or replace deployment '{}': previous deployment from '{}' is still active. Please see https://aka.ms/arm-deploy for usage details.",
        row.name,
        write_seconds(row.started)
    );
    Refusal::new(409, "DeploymentActive", text)
}

/// Refuses to cancel a deployment that does not run.
pub(super) fn not_active(row: &Deployment) -> Refusal {
    let text = format!(
        "The deployment '{}' cannot be cancelled: its provisioning state is '{:?}'.",
        row.name, row.state
    );
    Refusal::new(409, "DeploymentCannotBeCancelled", text)
}

/// Refuses a deployment because of what the providers said beforehand: three levels.
pub(super) fn preflight(name: &str, tracking: &str, findings: Vec<Value>) -> Refusal {
    let text = format!(
        "The template deployment '{name}' is not valid according to the validation procedure. The tracking id is '{tracking}'. See inner errors for details."
    );
    Refusal::new(400, "InvalidTemplateDeployment", text).data(json!({
        "code": "PreflightValidationCheckFailed",
        "message": "Preflight validation failed. Please refer to the details for the specific errors.",
        "details": findings,
    }))
}

/// Returns an error of a step as a refusal.
pub(super) fn of_step(step: &DeploymentStep) -> Refusal {
    let error = step.error.clone().unwrap_or_default();
    let text = error["message"].as_str().unwrap_or_default();
    let refusal = Refusal::new(step.status, error["code"].clone(), text);
    let details = error["details"].as_array().cloned().unwrap_or_default();
    details.into_iter().fold(refusal, Refusal::data)
}

/// The error of a deployment some of whose steps have failed.
pub(super) fn failed(details: Vec<Value>) -> Value {
    json!({
        "code": "DeploymentFailed",
        "message": "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.",
        "details": details,
    })
}

/// The error of a resource whose work has failed.
pub(super) fn ended_badly(state: &str, error: Value) -> Value {
    json!({
        "code": "ResourceDeploymentFailure",
        "message": format!("The resource write operation failed to complete successfully, because it reached terminal provisioning state '{state}'."),
        "details": [error],
    })
}

/// The error of a resource whose expressions cannot be evaluated while the deployment runs.
pub(super) fn expressions(target: &str, fault: &Fault) -> Value {
    json!({
        "code": fault.code(),
        "message": format!("Unable to process template language expressions for resource '{target}'. '{}'", fault.text()),
    })
}

/// The error of outputs that cannot be evaluated.
pub(super) fn outputs(fault: &Fault) -> Value {
    json!({
        "code": "DeploymentOutputEvaluationFailed",
        "message": "Unable to evaluate template outputs. Please see error details and deployment operations.",
        "details": [{ "code": fault.code(), "message": fault.text() }],
    })
}

/// The error of a deployment that was cancelled.
pub(super) fn canceled(name: &str) -> Value {
    json!({
        "code": "DeploymentCanceled",
        "message": format!("The deployment '{name}' was canceled."),
    })
}

//! Deployments as they are told. Source: arm reference §10.5.

use std::time::Duration;

use ring::digest;
use serde_json::{Map, Value, json};

use super::TYPE;
use crate::base::clock::Timestamp;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{
    Deployment, DeploymentState, DeploymentStep, StepAction, StepState, Tx,
};

/// Tells whether a type is that of deployments.
pub(super) fn is_deployment(kind: &str) -> bool {
    kind.eq_ignore_ascii_case(TYPE)
}

/// Shows a deployment.
pub(super) fn deployment(tx: &Tx<'_>, row: &Deployment) -> Value {
    let mut properties = plain(tx, row);
    properties["provisioningState"] = format!("{:?}", row.state).into();
    properties["duration"] = duration(row.started, until(tx, row)).into();
    if let Some(outputs) = &row.outputs {
        properties["outputs"] = outputs.clone().into();
        properties["outputResources"] = made(tx, row).collect();
    }
    if let Some(error) = &row.error {
        properties["error"] = error.clone();
    }
    framed(row, properties)
}

/// Shows a deployment that would be taken on.
pub(super) fn valid(tx: &Tx<'_>, row: &Deployment) -> Value {
    let mut properties = plain(tx, row);
    properties["provisioningState"] = "Succeeded".into();
    properties["duration"] = "PT0S".into();
    let resources = row.steps.iter().filter(|step| is_wanted(step));
    let resources = resources.map(
        |step| json!({ "id": step.target, "resourceType": step.kind, "apiVersion": step.version }),
    );
    properties["validatedResources"] = resources.collect();
    properties["diagnostics"] = json!([]);
    framed(row, properties)
}

fn framed(row: &Deployment, properties: Value) -> Value {
    let mut shown = json!({
        "id": row.id,
        "name": row.name,
        "type": TYPE,
        "properties": properties,
    });
    if let Some(location) = &row.location {
        shown["location"] = location.as_str().into();
    }
    if !row.tags.is_empty() {
        shown["tags"] = json!(row.tags);
    }
    shown
}

fn plain(tx: &Tx<'_>, row: &Deployment) -> Value {
    json!({
        "mode": row.mode,
        "templateHash": hash(&row.template),
        "parameters": row.told,
        "timestamp": write(row.changed),
        "correlationId": row.correlation,
        "providers": providers(tx, row),
        "dependencies": dependencies(row),
    })
}

/// Tells whether a step is a resource of the template that is to be made.
pub(super) fn is_wanted(step: &DeploymentStep) -> bool {
    step.action == StepAction::Create && step.state != StepState::Unwanted
}

fn until(tx: &Tx<'_>, row: &Deployment) -> Timestamp {
    if row.state.is_active() {
        tx.now()
    } else {
        row.changed
    }
}

/// Writes the time between two moments: `PT1M2.5S`.
pub(super) fn duration(from: Timestamp, to: Timestamp) -> String {
    let passed = Duration::try_from(to.duration_since(from)).unwrap_or_default();
    let (minutes, seconds) = (passed.as_secs() / 60, passed.as_secs() % 60);
    let fraction = match passed.subsec_millis() {
        0 => String::new(),
        millis => format!(".{millis:03}").trim_end_matches('0').to_owned(),
    };
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("PT{seconds}{fraction}S"),
        (0, minutes) => format!("PT{minutes}M{seconds}{fraction}S"),
        (hours, minutes) => format!("PT{hours}H{minutes}M{seconds}{fraction}S"),
    }
}

/// Returns a number that follows from a template. How the service makes its own is not documented.
fn hash(template: &Value) -> String {
    let digest = digest::digest(&digest::SHA256, template.to_string().as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest.as_ref()[..8]);
    u64::from_be_bytes(bytes).to_string()
}

/// Returns the types of the resources, by namespace, with the locations that are known.
fn providers(tx: &Tx<'_>, row: &Deployment) -> Value {
    let mut namespaces: Map<String, Value> = Map::new();
    for step in row.steps.iter().filter(|step| is_wanted(step)) {
        let Some((namespace, kind)) = step.kind.split_once('/') else {
            continue;
        };
        let known = tx.arm.resources.get(&step.target);
        let location = known.and_then(|known| known.location.clone());
        let kinds = namespaces
            .entry(namespace)
            .or_insert_with(|| json!({ "namespace": namespace, "resourceTypes": [] }));
        let Some(kinds) = kinds["resourceTypes"].as_array_mut() else {
            continue;
        };
        if !kinds.iter().any(|known| known["resourceType"] == kind) {
            kinds.push(json!({ "resourceType": kind, "locations": [location] }));
        }
    }
    namespaces.into_iter().map(|(_, shown)| shown).collect()
}

fn dependencies(row: &Deployment) -> Value {
    let basic = |step: &DeploymentStep| json!({ "id": step.target, "resourceType": step.kind, "resourceName": step.name });
    let wanted = row.steps.iter().filter(|step| is_wanted(step));
    let all = wanted.filter_map(|step| {
        let needs = step.needs.iter().map(|at| &row.steps[*at]);
        let needs: Vec<Value> = needs.filter(|step| is_wanted(step)).map(basic).collect();
        let mut shown = basic(step);
        shown["dependsOn"] = needs.into();
        (shown["dependsOn"] != json!([])).then_some(shown)
    });
    all.collect()
}

/// Returns the resources that a deployment has made, those of deployments within it included.
fn made<'a>(tx: &'a Tx<'_>, row: &'a Deployment) -> Box<dyn Iterator<Item = Value> + 'a> {
    let steps = row.steps.iter();
    let done = |step: &&DeploymentStep| {
        step.action == StepAction::Create && step.state == StepState::Succeeded
    };
    Box::new(steps.filter(done).flat_map(move |step| {
        let within = is_deployment(&step.kind)
            .then(|| tx.arm.deployments.get(&step.target))
            .flatten();
        match within {
            Some(within) if within.state == DeploymentState::Succeeded => made(tx, within),
            _ => Box::new(std::iter::once(json!({ "id": step.target }))),
        }
    }))
}

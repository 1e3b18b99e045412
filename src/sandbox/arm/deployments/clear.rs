//! The mode `Complete`: what is in the group and not in the template is deleted, once the template's
//! resources are there. Source: arm reference §10.5, §13.

use http::Method;
use serde_json::Value;

use super::draft::step_id;
use super::inside::{self, Call};
use super::shown::is_wanted;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind;
use crate::sandbox::reply::Reply;
use crate::sandbox::store::{Deployment, DeploymentStep, Resource, StepAction, StepState, Tx};

/// Returns the resources of the group that the template does not have; parts of others go with them.
pub(super) fn left_over<'a>(tx: &'a Tx<'_>, row: &Deployment) -> Vec<&'a Resource> {
    let Some(group) = &row.group else {
        return Vec::new();
    };
    let group = Id::of_group(&row.subscription, group);
    let has = |resource: &Resource| {
        let mut made = row.steps.iter().filter(|step| is_wanted(step));
        made.any(|step| step.target.eq_ignore_ascii_case(&resource.id))
    };
    let all = tx.arm.resources.under(&group.key());
    all.map(|(_, resource)| resource)
        .filter(|resource| {
            let id = Id::parse(&resource.id);
            let is_top = id.is_some_and(|id| id.owner().is_none() && id.sections.len() == 1);
            is_top && !has(resource)
        })
        .collect()
}

/// Adds the steps that delete, once; tells whether there are any.
pub(super) fn add_steps(tx: &Tx<'_>, row: &mut Deployment) -> bool {
    let begun = row
        .steps
        .iter()
        .any(|step| step.action == StepAction::Delete);
    if row.mode != "Complete" || begun {
        return false;
    }
    let steps: Vec<DeploymentStep> = left_over(tx, row)
        .into_iter()
        .map(|resource| DeploymentStep {
            id: step_id(&row.correlation, &format!("{}/delete", resource.id)),
            action: StepAction::Delete,
            target: resource.id.clone(),
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            version: version(&resource.kind),
            needs: Vec::new(),
            state: StepState::Waiting,
            tries: 0,
            started: None,
            changed: None,
            status: 0,
            operation: None,
            error: None,
        })
        .collect();
    let any = !steps.is_empty();
    row.steps.extend(steps);
    any
}

fn version(kind: &str) -> String {
    let versions = kind::find(kind).and_then(|kind| kind.versions().last());
    versions.copied().unwrap_or_default().to_owned()
}

/// Deletes the resource of a step; `None` while it waits for others that still use it.
pub(super) fn delete(
    tx: &mut Tx<'_>,
    row: &Deployment,
    at: usize,
) -> Result<Option<Reply>, (u16, Value)> {
    let step = &row.steps[at];
    let call = Call {
        verb: Method::DELETE,
        path: &step.target,
        kind: &step.kind,
        version: &step.version,
        body: None,
    };
    match inside::call(tx, &row.caller, &call) {
        Ok(reply) => Ok(Some(reply)),
        Err(refusal) => {
            let others = row.steps.iter().enumerate().any(|(other, step)| {
                let going = matches!(step.state, StepState::Running)
                    || (step.state == StepState::Waiting && other > at);
                step.action == StepAction::Delete && other != at && going
            });
            if others && refusal.status == 409 {
                return Ok(None);
            }
            Err((refusal.status, refusal.error()))
        }
    }
}

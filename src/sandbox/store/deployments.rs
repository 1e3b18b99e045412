//! Deployments of templates: what was asked, how far it is, what came of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Tags;
use crate::base::clock::Timestamp;
use crate::sandbox::route::Caller;

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DeploymentState {
    Accepted,
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// Its record goes.
    Deleting,
}

impl DeploymentState {
    /// Tells whether it goes on.
    pub(crate) fn is_active(self) -> bool {
        matches!(self, Self::Accepted | Self::Running)
    }
}

/// A deployment; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its subscription, lower-case GUID.
    pub(crate) subscription: String,
    /// Its group; `None` for a deployment to the subscription.
    pub(crate) group: Option<String>,
    /// Where a deployment to a subscription is kept.
    pub(crate) location: Option<String>,
    pub(crate) tags: Tags,
    /// `Incremental` or `Complete`.
    pub(crate) mode: String,
    pub(crate) template: Value,
    /// The plain values of all parameters, secrets included.
    pub(crate) parameters: Map<String, Value>,
    /// The parameters as they are told: without secrets.
    pub(crate) told: Map<String, Value>,
    pub(crate) correlation: String,
    pub(crate) state: DeploymentState,
    pub(crate) started: Timestamp,
    /// When something last happened to it.
    pub(crate) changed: Timestamp,
    /// One per resource of the plan, in its order; what is deleted follows.
    pub(crate) steps: Vec<DeploymentStep>,
    pub(crate) outputs: Option<Map<String, Value>>,
    pub(crate) error: Option<Value>,
    /// Its long operation.
    pub(crate) operation: String,
    /// Key of the deployment that it is a part of.
    pub(crate) parent: Option<String>,
    /// As whom its resources are made.
    pub(crate) caller: Caller,
}

/// What a step of a deployment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum StepAction {
    Create,
    Delete,
    EvaluateDeploymentOutput,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum StepState {
    /// It waits for others.
    Waiting,
    Running,
    Succeeded,
    Failed,
    /// Its deployment has ended before.
    Canceled,
    /// It never began: the deployment has ended before.
    Left,
    /// Its condition does not hold.
    Unwanted,
}

/// A step of a deployment: a resource that is made or deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeploymentStep {
    /// Id of the operation that shows it.
    pub(crate) id: String,
    pub(crate) action: StepAction,
    /// Id of the resource; empty for what is about none.
    pub(crate) target: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The steps that come before.
    pub(crate) needs: Vec<usize>,
    pub(crate) state: StepState,
    /// How often a provider has put it off.
    pub(crate) tries: u32,
    pub(crate) started: Option<Timestamp>,
    pub(crate) changed: Option<Timestamp>,
    /// HTTP status of the provider's answer.
    pub(crate) status: u16,
    /// The provider's long operation.
    pub(crate) operation: Option<String>,
    pub(crate) error: Option<Value>,
}

//! Tables of Azure Resource Manager: groups, resources, and the operations that take their time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::arm_rights::{AzureRole, AzureSubscription, Budget, Lock};
use super::deployments::Deployment;
use super::recovery::RecoveryDue;
use super::table::tables;
use crate::base::clock::Timestamp;

/// Tags of a resource or group.
pub(crate) type Tags = BTreeMap<String, String>;

/// Who made or changed something, and when: `systemData`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hand {
    /// Sign-in name of a user, client id of an application.
    pub(crate) by: String,
    /// `User` or `Application`.
    pub(crate) kind: String,
    pub(crate) at: Timestamp,
}

/// A resource group; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ResourceGroup {
    /// Its subscription, lower-case GUID.
    pub(crate) subscription: String,
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) tags: Tags,
    pub(crate) managed_by: Option<String>,
    /// `Succeeded` or `Deleting`.
    pub(crate) state: String,
    pub(crate) created: Hand,
    pub(crate) changed: Hand,
}

/// A resource; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Resource {
    /// Its id, in the casing of the last write.
    pub(crate) id: String,
    /// Full type, as the provider writes it: `Microsoft.Network/virtualNetworks/subnets`.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Normal form (`westeurope`); `None` where the type has none of its own.
    pub(crate) location: Option<String>,
    pub(crate) tags: Tags,
    /// Further top-level members, such as `sku`, `kind`, `zones`, `identity`.
    pub(crate) members: Map<String, Value>,
    /// `properties`, without `provisioningState`.
    pub(crate) properties: Map<String, Value>,
    /// What is written and never shown: passwords, keys; and what only the provider knows.
    pub(crate) hidden: Map<String, Value>,
    /// `provisioningState`.
    pub(crate) state: String,
    /// Counts the writes; entity tags are made from it.
    pub(crate) version: u64,
    pub(crate) created: Hand,
    pub(crate) changed: Hand,
}

/// Where a long operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OperationState {
    /// It goes on.
    InProgress,
    Succeeded,
    Failed,
    Canceled,
}

/// What a long operation does when its time has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Work {
    /// Nothing but ending: the answer is in `result`.
    None,
    /// A resource that was put is ready: its key.
    Settle(String),
    /// A resource goes: its key.
    Remove(String),
    /// A group goes, with all that is in it: its key.
    RemoveGroup(String),
    /// Resources move: keys of the group that they leave, of the other one, and their own.
    Move(String, String, Vec<String>),
    /// Nothing at any time: the deployment that it is about ends it.
    Deployment,
    /// The record of a deployment goes: its key.
    RemoveDeployment(String),
    /// An action of a resource: its key, the action, what was asked.
    Act(String, String, Value),
}

/// What a GET of an operation's `Location` answers when the operation has succeeded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum OperationResult {
    /// A status without a body.
    Empty(u16),
    /// 200 with a body.
    Body(Value),
    /// 200 with a resource as it is then: its key.
    Resource(String),
}

/// An operation that takes its time; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LongOperation {
    /// A GUID.
    pub(crate) id: String,
    /// Its subscription, lower-case GUID.
    pub(crate) subscription: String,
    /// Key of the resource or group that it is about.
    pub(crate) about: String,
    /// Path of the status document, if it has one.
    pub(crate) status_path: Option<String>,
    /// Path of the result, if it has one.
    pub(crate) result_path: Option<String>,
    pub(crate) started: Timestamp,
    /// When it ends; far away for one that never does.
    pub(crate) ends: Timestamp,
    pub(crate) state: OperationState,
    /// How it will end, unless its work fails.
    pub(crate) ends_as: OperationState,
    /// The error with which it was told to end.
    pub(crate) error: Option<Value>,
    pub(crate) result: OperationResult,
    pub(crate) work: Work,
    /// Seconds of `Retry-After`.
    pub(crate) retry_after: u64,
    /// Before this a look comes too early.
    pub(crate) look_after: Timestamp,
}

/// How operations end that a control has spoken of; the key is a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    /// Part of the id of what the operation is about, in any casing.
    #[serde(rename = "match")]
    pub(crate) part: String,
    /// `Failed`, `Canceled` or `never`.
    pub(crate) end: String,
    /// Seconds until the end; the operation's own time without it.
    #[serde(default)]
    pub(crate) after: Option<u64>,
    /// The error of the end; a plain one without it.
    #[serde(default)]
    pub(crate) error: Option<Value>,
    /// How many operations it is for; all without it.
    #[serde(default)]
    pub(crate) times: Option<u32>,
}

/// Future work of Azure Resource Manager.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum ArmDue {
    /// A long operation ends: its id.
    Finish(String),
    /// An operation that has ended is forgotten: its id.
    Forget(String),
    /// The registration of a provider or a feature changes its state: its key, from what, to what.
    Register(String, String, String),
    /// A deployment may go on: its key.
    Deploy(String),
    /// Work of Recovery Services.
    Recovery(RecoveryDue),
}

tables! {
    /// Tables of Azure Resource Manager.
    "arm" ArmTables {
        /// Resource groups by id.
        groups: ResourceGroup,
        /// Resources by id.
        resources: Resource,
        /// Long operations by id.
        operations: LongOperation,
        /// Deployments by id.
        deployments: Deployment,
        /// How operations end that a control has spoken of, by number.
        endings: Ending,
        /// Subscriptions by id.
        subscriptions: AzureSubscription,
        /// Who has which role, by the id of the assignment.
        roles: AzureRole,
        /// Locks by id.
        locks: Lock,
        /// States of providers and features, by `subscription/namespace` and
        /// `subscription/namespace/feature`.
        registrations: String,
        /// Budgets by id.
        budgets: Budget,
    }
}

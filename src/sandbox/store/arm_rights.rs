//! Rows of Azure Resource Manager about subscriptions: what they are, who has which role in them,
//! what is locked, which budgets there are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::arm::{Hand, Tags};
use crate::base::clock::Timestamp;

/// The Azure subscription of an Azure plan; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AzureSubscription {
    /// Lower-case GUID.
    pub(crate) id: String,
    /// The customer's tenant.
    pub(crate) tenant: String,
    /// The plan, among the customer's subscriptions in Partner Center.
    pub(crate) plan: String,
    /// Its name, where it was renamed; else that of the plan.
    pub(crate) name: Option<String>,
    /// Whether it was cancelled in Azure.
    pub(crate) canceled: bool,
    pub(crate) tags: Tags,
}

/// That a principal has a role of Azure at a scope; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AzureRole {
    /// The scope, as written.
    pub(crate) scope: String,
    /// The last part of its id: a GUID.
    pub(crate) name: String,
    /// GUID of the role's definition.
    pub(crate) role: String,
    /// Object id, lower-case GUID.
    pub(crate) principal: String,
    /// `User`, `Group`, `ServicePrincipal` or `ForeignGroup`.
    pub(crate) kind: String,
    pub(crate) description: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) condition_version: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Object id of who made it; none for what came with the subscription.
    pub(crate) created_by: Option<String>,
    pub(crate) updated_by: Option<String>,
}

/// A lock; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lock {
    /// Its id, as written.
    pub(crate) id: String,
    pub(crate) name: String,
    /// `CanNotDelete`, `ReadOnly` or `NotSpecified`.
    pub(crate) level: String,
    pub(crate) notes: Option<String>,
    /// Application ids of its owners.
    pub(crate) owners: Vec<String>,
    pub(crate) created: Hand,
    pub(crate) changed: Hand,
}

impl Lock {
    /// Returns what it hangs on.
    pub(crate) fn scope(&self) -> &str {
        let lower = self.id.to_ascii_lowercase();
        let end = lower.rfind("/providers/microsoft.authorization/locks/");
        &self.id[..end.unwrap_or(self.id.len())]
    }
}

/// A budget; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Budget {
    /// Its id, as written.
    pub(crate) id: String,
    pub(crate) name: String,
    /// `properties`, as they were written.
    pub(crate) properties: Map<String, Value>,
    /// Counts the writes; the entity tag is made from it.
    pub(crate) version: u64,
}

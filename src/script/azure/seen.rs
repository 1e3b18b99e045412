//! Which tenant's subscriptions a run has seen: every answer about one teaches it, and every record
//! of one. An id alone does not tell.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use rhai::Dynamic;

use crate::api::{ServiceName, ids};
use crate::http::{Call, Tenant};
use crate::script::record::Record;

/// The subscriptions that a run has seen, by their ids in lower case.
#[derive(Debug, Default)]
pub(in crate::script) struct Seen {
    /// Those of Azure, with the tenant whose token showed them.
    tenants: Mutex<HashMap<String, String>>,
    /// Those that Partner Center sold.
    sold: Mutex<HashSet<String>>,
}

impl Seen {
    /// Learns from a call that went well.
    pub(in crate::script) fn answered(&self, call: &Call) {
        if !matches!(call.service, ServiceName::Arm | ServiceName::Recovery) {
            return;
        }
        if let (Some(id), Tenant::Of(tenant)) = (ids::subscription(&call.target), &call.tenant) {
            self.learn(id, tenant);
        }
    }

    /// Learns from a record, if it is one of a subscription.
    pub(in crate::script) fn met(&self, value: &Dynamic) {
        let Some(record) = value.read_lock::<Record>() else {
            return;
        };
        if record.kind() != "Subscription" {
            return;
        }
        let text = |path| record.at_path(path).map(|value| value.to_string());
        if record.service().on == "partner" {
            if let Some(id) = text("id") {
                let mut sold = self.sold.lock().unwrap_or_else(PoisonError::into_inner);
                sold.insert(id.to_lowercase());
            }
        } else if ids::are_paths(record.service())
            && let (Some(id), Some(tenant)) = (text("subscriptionId"), super::in_tenant(&record))
        {
            self.learn(&id, &tenant);
        }
    }

    fn learn(&self, id: &str, tenant: &str) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let id = id.to_lowercase();
        if tenants.get(&id).is_none_or(|known| known != tenant) {
            tenants.insert(id, tenant.to_owned());
        }
    }

    /// Returns the tenant of a subscription.
    pub(in crate::script) fn tenant(&self, id: &str) -> Option<String> {
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.get(&id.to_lowercase()).cloned()
    }

    /// Returns whether Partner Center sold it, which Azure does not know by that id.
    pub(in crate::script) fn is_sold(&self, id: &str) -> bool {
        let sold = self.sold.lock().unwrap_or_else(PoisonError::into_inner);
        sold.contains(&id.to_lowercase())
    }
}

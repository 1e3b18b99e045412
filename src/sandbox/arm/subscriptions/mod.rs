//! Subscriptions: the one that each Azure plan of a customer has, from the plan's beginning. Source:
//! arm reference §2, §10.1.

use serde_json::{Value, json};

use super::access::{self, Azure, Who, id_of, is_azure_plan, refused, version};
use super::{page, roles};
use crate::sandbox::reply::{Content, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{AzureSubscription, Subscription, Tags, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", "/subscriptions", list),
    Route::arm("GET", "/subscriptions/{subscription}", get),
];

/// Api-versions of tenants, subscriptions and locations.
pub(super) const VERSIONS: &[&str] = &[
    "2015-01-01",
    "2016-06-01",
    "2019-11-01",
    "2020-01-01",
    "2021-01-01",
    "2022-12-01",
];

/// Gives what was bought its subscription, if it is an Azure plan: with nothing in it, owned by the
/// partner's admin agents.
pub(crate) fn begin(tx: &mut Tx<'_>, plan: &Subscription) {
    if !is_azure_plan(plan) {
        return;
    }
    let id = id_of(plan);
    let row = AzureSubscription {
        id: id.clone(),
        tenant: plan.customer.clone(),
        plan: plan.id.clone(),
        name: None,
        canceled: false,
        tags: Tags::new(),
    };
    tx.arm.subscriptions.put(&id, row);
    let all = access::subscriptions(tx, &plan.customer);
    if let Some(azure) = all.into_iter().find(|azure| azure.id == id) {
        roles::begin(tx, &azure);
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let caller = request.caller()?;
    let who = Who::of(tx, caller);
    let own = access::subscriptions(tx, &caller.tenant).into_iter();
    let values: Vec<Value> = own
        .filter(|azure| who.sees(tx, azure))
        .map(|azure| shown(&azure))
        .collect();
    let count = json!({ "type": "Total", "value": values.len() });
    let mut reply = page::list(request, values)?;
    if let Content::Json(answer) = &mut reply.content {
        answer["count"] = count;
    }
    Ok(reply)
}

/// Whoever may read anything in a subscription sees it.
fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let caller = request.caller()?;
    let azure = access::enter(tx, caller, request.param("subscription"))?;
    if !Who::of(tx, caller).sees(tx, &azure) {
        let action = "Microsoft.Resources/subscriptions/read";
        return Err(refused(caller, action, &azure.path()));
    }
    Ok(Reply::ok(shown(&azure)))
}

fn shown(azure: &Azure) -> Value {
    let mut shown = json!({
        "id": azure.path(),
        "subscriptionId": azure.id,
        "tenantId": azure.tenant,
        "displayName": azure.name(),
        "state": if azure.is_enabled() { "Enabled" } else { "Disabled" },
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "CSP_2015-05-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    });
    let tags = &azure.row().tags;
    if !tags.is_empty() {
        shown["tags"] = json!(tags);
    }
    shown
}

#[cfg(test)]
mod tests;

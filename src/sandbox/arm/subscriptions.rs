//! Subscriptions: the one that each Azure plan of a customer has. Source: arm reference §10.1.

use serde_json::{Value, json};

use super::access::{Azure, owns, subscription, subscriptions, version};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Status, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", "/subscriptions", list),
    Route::arm("GET", "/subscriptions/{subscription}", get),
];

const VERSIONS: [&str; 6] = [
    "2015-01-01",
    "2016-06-01",
    "2019-11-01",
    "2020-01-01",
    "2021-01-01",
    "2022-12-01",
];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, &VERSIONS)?;
    let caller = request.caller()?;
    let own = if owns(tx, caller) {
        subscriptions(tx, &caller.tenant)
    } else {
        Vec::new()
    };
    let values: Vec<Value> = own.iter().map(shown).collect();
    Ok(Reply::ok(json!({
        "count": { "type": "Total", "value": values.len() },
        "value": values,
    })))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, &VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Resources/subscriptions/read")?;
    Ok(Reply::ok(shown(&azure)))
}

fn shown(azure: &Azure) -> Value {
    let state = match azure.plan.status {
        Status::Active => "Enabled",
        _ => "Disabled",
    };
    json!({
        "id": azure.path(),
        "subscriptionId": azure.id,
        "tenantId": azure.tenant,
        "displayName": azure.plan.friendly_name,
        "state": state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "CSP_2015-05-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    })
}

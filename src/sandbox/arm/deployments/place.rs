//! What the functions of a template tell of the place of a deployment.

use serde_json::{Value, json};

use crate::sandbox::arm::access::{self, Azure};
use crate::sandbox::arm::group;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::template::{Level, Place};
use crate::sandbox::store::{Deployment, Tx};

/// Returns the level of a deployment.
pub(super) fn level(row: &Deployment) -> Level {
    match row.group {
        Some(_) => Level::Group,
        None => Level::Subscription,
    }
}

/// Returns the subscription of a deployment.
pub(super) fn azure(tx: &Tx<'_>, row: &Deployment) -> Option<Azure> {
    let all = access::subscriptions(tx, &row.caller.tenant);
    all.into_iter().find(|azure| azure.id == row.subscription)
}

/// Returns the place of a deployment.
pub(super) fn of(tx: &Tx<'_>, row: &Deployment) -> Place {
    let name = azure(tx, row).map(|azure| azure.plan.friendly_name);
    let mut deployment = json!({
        "name": row.name,
        "properties": {
            "template": row.template,
            "parameters": row.told,
            "mode": row.mode,
            "provisioningState": "Accepted",
        },
    });
    if let Some(location) = &row.location {
        deployment["location"] = location.as_str().into();
    }
    Place {
        subscription: json!({
            "id": Id::of_subscription(&row.subscription).text(),
            "subscriptionId": row.subscription,
            "tenantId": row.caller.tenant,
            "displayName": name,
        }),
        group: row.group.as_ref().map(|name| {
            let id = Id::of_group(&row.subscription, name);
            let known = tx.arm.groups.get(&id.key()).map(group::shown);
            known.unwrap_or_else(|| json!({ "id": id.text(), "name": name }))
        }),
        tenant: json!({ "tenantId": row.caller.tenant }),
        deployment,
        environment: environment(),
        now: row.started,
        seed: row.correlation.clone(),
    }
}

/// The public cloud, as templates know it. Source: arm reference §1.
fn environment() -> Value {
    json!({
        "name": "AzureCloud",
        "resourceManager": "https://management.azure.com/",
        "portal": "https://portal.azure.com",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {
            "storage": "core.windows.net",
            "sqlServerHostname": ".database.windows.net",
            "keyvaultDns": ".vault.azure.net",
        },
    })
}

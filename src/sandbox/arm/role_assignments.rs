//! Role assignments on a subscription: the partner's admin agents own it as a foreign group.
//! Source: arm reference §10.7; identity reference §12.

use serde_json::{Value, json};

use super::access::{Azure, owner, subscription, version};
use crate::sandbox::derived;
use crate::sandbox::entra::gdap;
use crate::sandbox::entra::groups::{self, ADMIN_AGENTS};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "GET",
    "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments",
    list,
)];

const VERSIONS: [&str; 3] = ["2015-07-01", "2020-04-01-preview", "2022-04-01"];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, &VERSIONS)?;
    let action = "Microsoft.Authorization/roleAssignments/read";
    let azure = subscription(request, tx, action)?;
    let meant = request
        .query("$filter")
        .map(|filter| holds(tx, &azure, filter))
        .transpose()?
        .unwrap_or(true);
    let values: Vec<Value> = meant.then(|| shown(&azure)).into_iter().collect();
    Ok(Reply::ok(json!({ "value": values })))
}

/// Tells whether a filter means the assignment to the admin agents: `atScope()`, `principalId eq`
/// or `assignedTo` of a principal, which counts its groups.
fn holds(tx: &Tx<'_>, azure: &Azure, filter: &str) -> Result<bool, Refusal> {
    let quoted = |prefix: &str, suffix: &str| {
        let inner = filter.trim().strip_prefix(prefix)?.strip_suffix(suffix)?;
        Some(inner.to_lowercase())
    };
    if filter.trim().eq_ignore_ascii_case("atScope()") {
        return Ok(true);
    }
    if let Some(id) = quoted("principalId eq '", "'") {
        return Ok(id == ADMIN_AGENTS);
    }
    if let Some(id) = quoted("assignedTo('", "')") {
        let user = gdap::partner_user(tx, HOME, &id)
            .or_else(|| gdap::partner_user(tx, &azure.tenant, &id));
        let agent = user.is_some_and(|user| groups::is_admin_agent(tx, &user.id));
        return Ok(agent || id == ADMIN_AGENTS);
    }
    let text = format!("The filter '{filter}' is not supported.");
    Err(Refusal::new(400, "BadRequest", text))
}

fn shown(azure: &Azure) -> Value {
    let name = derived::guid(&["owner", &azure.id]);
    json!({
        "id": format!(
            "{}/providers/Microsoft.Authorization/roleAssignments/{name}",
            azure.path()
        ),
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": owner(azure),
            "principalId": ADMIN_AGENTS,
            "principalType": "ForeignGroup",
            "scope": azure.path(),
            "condition": null,
            "conditionVersion": null,
            "createdOn": azure.plan.created,
            "updatedOn": azure.plan.created,
            "createdBy": null,
            "updatedBy": null,
            "delegatedManagedIdentityResourceId": null,
            "description": null,
        },
    })
}

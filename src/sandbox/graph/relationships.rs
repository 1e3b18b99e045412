//! GDAP relationships and their access assignments, as the partner reads them: delegated only, in
//! its own tenant, for admin agents. Source: graph reference §12.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::access::{delegated, denied, missing};
use super::odata::{context, list, only, page, select};
use crate::sandbox::entra::gdap::{self, Related};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::tenants;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{AccessAssignment, Relationship, Tx};

const ALL: &str = "/v1.0/tenantRelationships/delegatedAdminRelationships";

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", ALL, relationships),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/delegatedAdminRelationships/{relationship}",
        relationship,
    ),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/delegatedAdminRelationships/{relationship}/accessAssignments",
        assignments,
    ),
];

const READ: [&str; 2] = [
    "DelegatedAdminRelationship.Read.All",
    "DelegatedAdminRelationship.ReadWrite.All",
];

/// The greatest `$top` of these lists.
const MOST: usize = 300;

/// Refuses everybody but admin agents of the partner.
fn admit(request: &Request) -> Result<(), Refusal> {
    let caller = delegated(request, &READ)?;
    if caller.tenant != HOME {
        return Err(denied());
    }
    if caller.roles.iter().any(|role| role == "AdminAgent") && caller.mfa {
        return Ok(());
    }
    let text = "The user (principal) does not have the required permissions to perform the specified action on the resource.";
    Err(Refusal::new(403, "Authorization_RequestDenied", text))
}

fn relationships(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request)?;
    only(request, &["$filter", "$top", "$select", "$skiptoken"])?;
    let wanted = page(request, MOST)?;
    let filter = Filter::read(request)?;
    // What is named unknown in `$select` is refused even where nothing is found.
    let found = gdap::after(tx, filter.customer.as_deref(), wanted.after.as_deref())
        .filter(|row| filter.holds(tx, row))
        .take(wanted.top + 1)
        .map(|row| {
            let key = format!("{}/{}", row.customer, row.id);
            Ok((key, select(request, shown(tx, &row), &[])?))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let part = "tenantRelationships/delegatedAdminRelationships";
    Ok(Reply::ok(list(request, part, &wanted, found.into_iter())))
}

fn relationship(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request)?;
    only(request, &["$select"])?;
    let Related { relationship, .. } = find(request, tx)?;
    let mut value = shown(tx, &relationship);
    let part = "tenantRelationships/delegatedAdminRelationships/$entity";
    value["@odata.context"] = context(request, part).into();
    Ok(Reply::ok(select(request, value, &[])?))
}

fn assignments(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request)?;
    only(request, &["$top", "$select", "$skiptoken"])?;
    let wanted = page(request, MOST)?;
    let related = find(request, tx)?;
    let items = related
        .assignments
        .iter()
        .filter(|row| wanted.after.as_ref().is_none_or(|after| row.id > *after))
        .map(|row| Ok((row.id.clone(), select(request, assigned(row), &[])?)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let part = format!(
        "tenantRelationships/delegatedAdminRelationships('{}')/accessAssignments",
        related.relationship.id
    );
    Ok(Reply::ok(list(request, &part, &wanted, items.into_iter())))
}

fn find(request: &Request, tx: &Tx<'_>) -> Result<Related, Refusal> {
    let id = request.param("relationship");
    gdap::find(tx, &id.to_lowercase()).ok_or_else(|| missing(id))
}

/// What `$filter` asks for: `customer/tenantId` and `status`, joined by `and`.
#[derive(Debug, Default)]
struct Filter {
    customer: Option<String>,
    status: Option<String>,
}

impl Filter {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        let Some(text) = request.query("$filter") else {
            return Ok(filter);
        };
        for term in text.split(" and ") {
            let mut words = term.trim().splitn(3, ' ');
            let (field, operator) = (words.next(), words.next());
            let value = words.next().and_then(|literal| {
                let inner = literal.trim().strip_prefix('\'')?.strip_suffix('\'')?;
                Some(inner.replace("''", "'"))
            });
            match (field, operator, value) {
                (Some("customer/tenantId"), Some("eq"), Some(value)) => {
                    filter.customer = Some(value.to_lowercase());
                }
                (Some("status"), Some("eq"), Some(value)) => filter.status = Some(value),
                _ => {
                    let text = format!("Invalid filter clause: '{term}'.");
                    return Err(Refusal::new(400, "BadRequest", text));
                }
            }
        }
        Ok(filter)
    }

    fn holds(&self, tx: &Tx<'_>, row: &Relationship) -> bool {
        let status = json!(row.status_at(tx.now()));
        let wanted = self.status.as_deref();
        wanted.is_none_or(|wanted| status == wanted)
    }
}

fn etag(version: u64) -> String {
    format!(
        "W/\"{}\"",
        BASE64_STANDARD.encode(format!("'{version:016x}'"))
    )
}

fn roles(ids: &[String]) -> Value {
    let roles: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "roleDefinitionId": id }))
        .collect();
    json!({ "unifiedRoles": roles })
}

fn shown(tx: &Tx<'_>, row: &Relationship) -> Value {
    let customer = tenants::find(tx, &row.customer).map(|tenant| tenant.name);
    json!({
        "@odata.etag": etag(row.version),
        "id": row.id,
        "displayName": row.name,
        "duration": format!("P{}D", row.days),
        "autoExtendDuration": if row.extends { "P180D" } else { "PT0S" },
        "customer": { "tenantId": row.customer, "displayName": customer },
        "accessDetails": roles(&row.roles),
        "status": row.status_at(tx.now()),
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
        "activatedDateTime": row.activated,
        "endDateTime": row.end_at(tx.now()),
    })
}

fn assigned(row: &AccessAssignment) -> Value {
    json!({
        "@odata.etag": etag(row.version),
        "id": row.id,
        "status": row.status,
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
        "accessContainer": { "accessContainerId": row.group, "accessContainerType": "securityGroup" },
        "accessDetails": roles(&row.roles),
    })
}

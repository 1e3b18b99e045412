//! The customers that the partner has an active relationship with, and where their services are
//! managed.

use serde_json::{Value, json};

use super::{MOST, READ, admit};
use crate::sandbox::derived;
use crate::sandbox::entra::{gdap, tenants};
use crate::sandbox::graph::access::missing;
use crate::sandbox::graph::odata::{Kind, context, entity, list as page_of, only, page, select};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{RelationshipStatus, Tx};

const CUSTOMER: Kind = Kind {
    name: "DelegatedAdminCustomer",
    most: MOST,
    ..Kind::PLAIN
};

/// Where the services of a customer are managed: name and address, in which `{}` is the tenant. The
/// reference names none; these are unconfirmed.
const SERVICES: [(&str, &str); 3] = [
    (
        "Microsoft 365 admin center",
        "https://admin.microsoft.com/Partner/BeginClientSession.aspx?CTID={}&CSDEST=o365admincenter",
    ),
    (
        "Microsoft Entra admin center",
        "https://entra.microsoft.com/{}",
    ),
    ("Azure portal", "https://portal.azure.com/{}"),
];

/// The list is as long as there are customers, so that only a page of it is made.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    only(request, &["$top", "$select", "$skiptoken"])?;
    let wanted = page(request, MOST)?;
    // Behind the keys of all relationships with the last customer.
    let after = wanted
        .after
        .as_ref()
        .map(|customer| format!("{customer}/~"));
    let now = tx.now();
    let mut last = String::new();
    let found = gdap::after(tx, None, after.as_deref())
        .filter(|row| row.status_at(now) == RelationshipStatus::Active)
        .filter(|row| std::mem::replace(&mut last, row.customer.clone()) != row.customer)
        .take(wanted.top + 1)
        .filter_map(|row| Some((shown(tx, &row.customer)?, row.customer)))
        .map(|(value, key)| Ok((key, select(request, value, &[])?)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let part = "tenantRelationships/delegatedAdminCustomers";
    Ok(Reply::ok(page_of(
        request,
        part,
        &wanted,
        found.into_iter(),
    )))
}

pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    let row = find(request, tx)?;
    let part = "tenantRelationships/delegatedAdminCustomers/$entity";
    entity(request, &CUSTOMER, part, row)
}

pub(super) fn services(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, READ)?;
    only(request, &[])?;
    let customer = find(request, tx)?;
    let id = customer["id"].as_str().unwrap_or_default();
    let services = SERVICES.map(|(name, address)| {
        json!({
            "id": derived::guid(&["service", id, name]),
            "serviceName": name,
            "serviceManagementUrl": address.replace("{}", id),
        })
    });
    let part =
        format!("tenantRelationships/delegatedAdminCustomers('{id}')/serviceManagementDetails");
    Ok(Reply::ok(json!({
        "@odata.context": context(request, &part),
        "value": services,
    })))
}

fn find(request: &Request, tx: &Tx<'_>) -> Result<Value, Refusal> {
    let id = request.param("customer").to_lowercase();
    let related = gdap::is_related(tx, tx.now(), &id);
    let row = shown(tx, &id).filter(|_| related);
    row.ok_or_else(|| missing(request.param("customer")))
}

fn shown(tx: &Tx<'_>, customer: &str) -> Option<Value> {
    let tenant = tenants::find(tx, customer)?;
    Some(json!({ "id": tenant.id, "tenantId": tenant.id, "displayName": tenant.name }))
}

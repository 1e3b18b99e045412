//! The purchases behind the licences: one row per subscription of Partner Center that brings one.
//! Source: graph reference §8.2.

use serde_json::{Value, json};

use super::{READ_OWNED, plan_shown};
use crate::sandbox::derived;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::graph::access::{READERS, Rule, admit, missing};
use crate::sandbox::graph::odata::{Kind, entity, listed};
use crate::sandbox::partner::catalogue;
use crate::sandbox::partner::dates::{midnight, plus_days};
use crate::sandbox::partner::seats;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Status, Subscription, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/directory/subscriptions", list),
    Route::graph("GET", "/v1.0/directory/subscriptions/{subscription}", get),
    Route::graph(
        "GET",
        "/v1.0/directory/subscriptions(commerceSubscriptionId='{commerce}')",
        get,
    ),
];

const SUBSCRIPTION: Kind = Kind {
    name: "CompanySubscription",
    filter: &[("commerceSubscriptionId", "eq"), ("skuId", "eq")],
    ..Kind::PLAIN
};

/// Who may read them: fewer than read the sums.
const READ: Rule = Rule {
    scopes: &[
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    ..READ_OWNED
};

/// Returns the directory's id of a subscription of Partner Center.
pub(super) fn directory_id(commerce: &str) -> String {
    derived::guid(&["companySubscription", commerce])
}

fn rows(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    let mut all: Vec<Subscription> = seats::licences()
        .into_iter()
        .flat_map(|licence| seats::subscriptions(tx, tenant, licence))
        .collect();
    all.sort_by(|left, right| left.id.cmp(&right.id));
    all.iter().filter_map(shown).collect()
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = rows(tx, &caller.tenant);
    listed(request, &SUBSCRIPTION, "directory/subscriptions", rows)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let (key, id) = match request.param("commerce") {
        "" => ("id", request.param("subscription")),
        commerce => ("commerceSubscriptionId", commerce),
    };
    let mut rows = rows(tx, &caller.tenant).into_iter();
    let row = rows.find(|row| {
        row[key]
            .as_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(id))
    });
    let row = row.ok_or_else(|| missing(id))?;
    entity(
        request,
        &SUBSCRIPTION,
        "directory/subscriptions/$entity",
        row,
    )
}

fn shown(subscription: &Subscription) -> Option<Value> {
    let sku = catalogue::sku_of(&subscription.offer)?;
    let licence = sku.licence?;
    let status = match subscription.status {
        Status::Active => "Enabled",
        Status::Suspended => "Suspended",
        Status::Expired | Status::Deleted => "Deleted",
    };
    let plans = licence.plans.iter();
    let next = subscription.ends.map(|last| plus_days(midnight(last), 1));
    Some(json!({
        "id": directory_id(&subscription.id),
        "commerceSubscriptionId": subscription.id,
        "skuId": licence.id,
        "skuPartNumber": licence.part_number,
        "status": status,
        "totalLicenses": subscription.quantity,
        "isTrial": sku.trial,
        "createdDateTime": midnight(subscription.created),
        "nextLifecycleDateTime": next,
        "ownerTenantId": HOME,
        "ownerId": null,
        "ownerType": null,
        "serviceStatus": plans.map(|plan| plan_shown(plan, "Success")).collect::<Vec<_>>(),
    }))
}

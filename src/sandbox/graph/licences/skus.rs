//! What a directory owns per licence: the sum of its purchases, and how much of it is used.
//! Source: graph reference §8.

use serde_json::{Value, json};

use super::{READ_OWNED, plan_shown};
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::licences::subscriptions::directory_id;
use crate::sandbox::graph::odata::{Kind, entity, listed};
use crate::sandbox::partner::catalogue::Licence;
use crate::sandbox::partner::seats;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/subscribedSkus", list),
    Route::graph("GET", "/v1.0/subscribedSkus/{sku}", get),
];

const SKU: Kind = Kind {
    name: "SubscribedSku",
    most: 0,
    ..Kind::PLAIN
};

fn rows(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    let licences = seats::licences().into_iter();
    licences
        .filter_map(|licence| shown(tx, tenant, licence))
        .collect()
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ_OWNED)?;
    listed(request, &SKU, "subscribedSkus", rows(tx, &caller.tenant))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ_OWNED)?;
    let id = request.param("sku");
    let mut rows = rows(tx, &caller.tenant).into_iter();
    let row = rows.find(|row| {
        row["id"]
            .as_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(id))
    });
    let row = row.ok_or_else(|| missing(id))?;
    entity(request, &SKU, "subscribedSkus/$entity", row)
}

fn shown(tx: &Tx<'_>, tenant: &str, licence: &'static Licence) -> Option<Value> {
    let units = seats::units(tx, tenant, licence)?;
    let subscriptions = seats::subscriptions(tx, tenant, licence);
    let ids: Vec<String> = subscriptions
        .iter()
        .map(|subscription| directory_id(&subscription.id))
        .collect();
    let status = if units.active > 0 {
        "Enabled"
    } else {
        "Suspended"
    };
    let plans = licence.plans.iter();
    let name = tenants::find(tx, tenant).map(|tenant| tenant.name);
    Some(json!({
        "id": format!("{tenant}_{}", licence.id),
        "accountId": tenant,
        "accountName": name,
        "appliesTo": "User",
        "capabilityStatus": status,
        "consumedUnits": units.consumed,
        "prepaidUnits": {
            "enabled": units.active,
            "suspended": units.suspended,
            "warning": 0,
            "lockedOut": 0,
        },
        "servicePlans": plans.map(|plan| plan_shown(plan, "Success")).collect::<Vec<_>>(),
        "skuId": licence.id,
        "skuPartNumber": licence.part_number,
        "subscriptionIds": ids,
    }))
}

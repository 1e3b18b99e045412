//! Licences (reference §7, §19.15): what a customer's directory owns and who holds it, as `seats`
//! counts them. User only.

use serde_json::{Value, json};

use super::accounts;
use super::audit::{Written, record};
use super::body::{Body, one_of};
use super::catalogue::{self, Licence, Plan};
use super::codes::{
    LICENCE_ABSENT, LOCATION_NEEDED, OUT_OF_LICENCES, PLAN_UNKNOWN, TWO_GROUPS, UNKNOWN_WORD,
};
use super::group_seats;
use super::page::own_uri;
use super::scope::{Part, customer, customer_to_change};
use super::seats::{self, Denied, Units};
use super::shape::{attributes, collection, links};
use super::users::find;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Assignment, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "GET",
        "/v1/customers/{customer}/subscribedskus",
        Auth::User,
        subscribed,
    ),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/users/{user}/licenses",
        Auth::User,
        of_user,
    ),
    Route::partner(
        "POST",
        "/v1/customers/{customer}/users/{user}/licenseupdates",
        Auth::User,
        update,
    ),
];

const GROUPS: &[&str] = &["group1", "group2"];

/// Reads which licence groups are meant; by default the first.
fn groups(request: &Request) -> Result<Vec<&'static str>, Refusal> {
    let named: Vec<&str> = request
        .query
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("licenseGroupIds"))
        .flat_map(|(_, value)| value.split(','))
        .filter(|value| !value.is_empty())
        .collect();
    if named.is_empty() {
        return Ok(vec![GROUPS[0]]);
    }
    named
        .into_iter()
        .map(|name| {
            one_of(name, GROUPS).ok_or_else(|| UNKNOWN_WORD.about(&[&name, &"licenseGroupIds"]))
        })
        .collect()
}

fn subscribed(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Directory)?;
    let groups = groups(request)?;
    let items = seats::licences()
        .into_iter()
        .filter(|licence| groups.contains(&licence.group))
        .filter_map(|licence| Some(sku_shown(licence, seats::units(tx, &customer.id, licence)?)))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn sku_shown(licence: &Licence, units: Units) -> Value {
    let enabled = units.active > 0;
    json!({
        "availableUnits": units.active - units.consumed,
        "activeUnits": units.active,
        "consumedUnits": units.consumed,
        "suspendedUnits": units.suspended,
        "totalUnits": units.active,
        "warningUnits": 0,
        "productSku": product_sku(licence),
        "servicePlans": licence.plans.iter().map(|plan| plan_shown(plan, "Enabled")).collect::<Vec<_>>(),
        "capabilityStatus": if enabled { "Enabled" } else { "Suspended" },
        "attributes": attributes("SubscribedSku"),
    })
}

fn product_sku(licence: &Licence) -> Value {
    json!({
        "id": licence.id,
        "name": licence.name,
        "skuPartNumber": licence.part_number,
        "targetType": "User",
        "licenseGroupId": licence.group,
    })
}

fn plan_shown(plan: &Plan, status: &str) -> Value {
    json!({
        "displayName": plan.title,
        "serviceName": plan.name,
        "id": plan.id,
        "capabilityStatus": status,
        "targetType": "User",
    })
}

fn of_user(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Directory)?;
    let user = find(request, tx, &customer)?;
    let groups = groups(request)?;
    let given = group_seats::from_groups(tx, &customer.id);
    let inherited = group_seats::inherited(&given, &user.id).map(|(_, held)| held);
    let inherited = inherited.filter(|held| user.licences.iter().all(|own| own.sku != held.sku));
    let held = user.licences.iter().chain(inherited).filter_map(|held| {
        let licence = catalogue::licence_of(&held.sku)?;
        groups.contains(&licence.group).then_some((held, licence))
    });
    let items = held.map(|(held, licence)| {
        let plans: Vec<Value> = licence
            .plans
            .iter()
            .filter(|plan| !held.excluded.iter().any(|id| id == plan.id))
            .map(|plan| plan_shown(plan, "Assigned"))
            .collect();
        json!({
            "servicePlans": plans,
            "productSku": product_sku(licence),
            "attributes": attributes("License"),
        })
    });
    Ok(Reply::ok(collection(
        items.collect(),
        links(&own_uri(request, &[])),
    )))
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Directory)?;
    let mut user = find(request, tx, &customer)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let removed = body.texts("licensesToRemove")?;
    let assigned = body
        .objects("licensesToAssign")?
        .iter()
        .map(read_assignment)
        .collect::<Result<Vec<_>, _>>()?;
    one_group(&removed, &assigned)?;
    let now = tx.now();
    seats::change(tx, &customer.id, &mut user, (&assigned, &removed), now).map_err(refuse)?;
    accounts::put(tx, &customer.id, &user);
    let mut shown = json!({});
    if !assigned.is_empty() {
        shown["licensesToAssign"] = assigned.iter().map(assignment_shown).collect();
    }
    if !removed.is_empty() {
        shown["licensesToRemove"] = removed.into();
    }
    shown["licenseWarnings"] = json!([]);
    shown["attributes"] = attributes("LicenseUpdate");
    let written = Written {
        customer: Some(&customer),
        resource: "license",
        operation: "update_customer_user_licenses",
        old: None,
        new: Some(&shown),
        data: &[("UserId", &user.id)],
    };
    record(request, tx, written)?;
    Ok(Reply::json(201, shown))
}

fn assignment_shown(assignment: &Assignment) -> Value {
    let mut shown = json!({ "skuId": assignment.sku });
    if !assignment.excluded.is_empty() {
        shown["excludedPlans"] = assignment.excluded.clone().into();
    }
    shown
}

fn read_assignment(body: &Body<'_>) -> Result<Assignment, Refusal> {
    let excluded = body.texts("excludedPlans")?;
    Ok(Assignment {
        sku: body.need_text("skuId")?.to_lowercase(),
        excluded: excluded.into_iter().map(str::to_lowercase).collect(),
        since: None,
    })
}

/// One request changes licences of one group.
fn one_group(removed: &[&str], assigned: &[Assignment]) -> Result<(), Refusal> {
    let skus = removed
        .iter()
        .copied()
        .chain(assigned.iter().map(|one| one.sku.as_str()));
    let mut groups: Vec<&str> = skus
        .filter_map(catalogue::licence_of)
        .map(|licence| licence.group)
        .collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > 1 {
        Err(TWO_GROUPS.refuse())
    } else {
        Ok(())
    }
}

/// Refuses in the words of Partner Center.
fn refuse(denied: Denied) -> Refusal {
    match denied {
        Denied::NoLocation => LOCATION_NEEDED.refuse(),
        Denied::NotOwned(sku) | Denied::NoUnits(sku) => {
            let licence = catalogue::licence_of(&sku);
            let name = licence.map_or(sku.as_str(), |licence| licence.part_number);
            let detail = format!("LicenseQuotaExceededException : no units of {name} are left.");
            OUT_OF_LICENCES.refuse().data(detail)
        }
        Denied::UnknownPlan(id) => PLAN_UNKNOWN.about(&[&id]),
        Denied::NotHeld(sku) | Denied::Inherited(sku) => LICENCE_ABSENT.about(&[&sku]),
    }
}

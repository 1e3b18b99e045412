//! The licences of one user with their service plans. Source: graph reference §8.

use serde_json::{Value, json};

use super::{plan_shown, plans_of};
use crate::sandbox::derived;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::me;
use crate::sandbox::graph::odata::{Kind, listed};
use crate::sandbox::graph::people::{self, Person};
use crate::sandbox::graph::users::READ;
use crate::sandbox::partner::catalogue;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Assignment, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/licenseDetails", details),
    Route::graph("GET", "/v1.0/me/licenseDetails", own),
];

const DETAILS: Kind = Kind {
    name: "LicenseDetails",
    ..Kind::PLAIN
};

fn details(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let person = people::need(tx, &caller.tenant, request.param("user"))?;
    list(request, &person)
}

fn own(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    list(request, &me::own(request, tx)?)
}

fn list(request: &Request, person: &Person) -> Outcome {
    let part = format!("users('{}')/licenseDetails", person.user.id);
    let rows = person
        .licences()
        .into_iter()
        .filter_map(|held| shown(person, held));
    listed(request, &DETAILS, &part, rows)
}

fn shown(person: &Person, held: &Assignment) -> Option<Value> {
    let licence = catalogue::licence_of(&held.sku)?;
    let plans: Vec<Value> = licence
        .plans
        .iter()
        .map(|plan| {
            let is_on = plans_of(held).any(|on| on.id == plan.id);
            plan_shown(plan, if is_on { "Success" } else { "Disabled" })
        })
        .collect();
    Some(json!({
        "id": derived::guid(&[&person.user.id, licence.id]),
        "skuId": licence.id,
        "skuPartNumber": licence.part_number,
        "servicePlans": plans,
    }))
}

//! Licences given to and taken from users and groups. Source: graph reference §4, §8, §9.

use serde_json::{Map, Value};

use super::WRITE;
use crate::sandbox::graph::access::{Rule, admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::{GROUP_USUAL, Kind, USER_USUAL, entity};
use crate::sandbox::graph::{groups, people};
use crate::sandbox::partner::accounts;
use crate::sandbox::partner::seats::{self, Denied};
use crate::sandbox::partner::{catalogue, group_seats};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Assignment, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("POST", "/v1.0/users/{user}/assignLicense", to_user),
    Route::graph(
        "POST",
        "/v1.0/users/{user}/reprocessLicenseAssignment",
        reprocess,
    ),
    Route::graph("POST", "/v1.0/groups/{group}/assignLicense", to_group),
];

/// The user that is answered.
const USER: Kind = Kind {
    name: "User",
    usual: USER_USUAL,
    directory: true,
    ..Kind::PLAIN
};

/// The group that is answered.
const GROUP: Kind = Kind {
    name: "Group",
    usual: GROUP_USUAL,
    directory: true,
    ..Kind::PLAIN
};

/// Who may change licences of groups.
const WRITE_GROUP: Rule = Rule {
    scopes: &[
        "LicenseAssignment.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "LicenseAssignment.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    ..WRITE
};

/// Reads which licences are given and which are taken: both arrays must be there.
fn read(members: &Map<String, Value>) -> Result<(Vec<Assignment>, Vec<&str>), Refusal> {
    let body = Body::of(members, &["addLicenses", "removeLicenses"])?;
    let added = body
        .array("addLicenses")?
        .ok_or_else(|| absent("addLicenses"))?;
    let removed = body
        .texts("removeLicenses")?
        .ok_or_else(|| absent("removeLicenses"))?;
    let added = added
        .iter()
        .map(assignment)
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(both) = added
        .iter()
        .find(|one| removed.iter().any(|sku| sku.eq_ignore_ascii_case(&one.sku)))
    {
        return Err(bad(format!(
            "License assignment failed because of a duplicate license: {} is both added and removed.",
            both.sku
        )));
    }
    Ok((added, removed))
}

fn absent(name: &str) -> Refusal {
    bad(format!(
        "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: {name}."
    ))
}

fn assignment(value: &Value) -> Result<Assignment, Refusal> {
    let members = value
        .as_object()
        .ok_or_else(|| bad("Invalid value specified for property 'addLicenses'."))?;
    let body = Body::of(members, &["skuId", "disabledPlans", "@odata.type"])?;
    let excluded = body.texts("disabledPlans")?.unwrap_or_default();
    Ok(Assignment {
        sku: body.need_text("skuId")?.to_lowercase(),
        excluded: excluded.into_iter().map(str::to_lowercase).collect(),
        since: None,
    })
}

/// Refuses in the words of Graph; those that were not seen are this sandbox's.
pub(super) fn refuse(denied: Denied) -> Refusal {
    match denied {
        Denied::NoLocation => {
            bad("License assignment cannot be done for user with invalid usage location.")
        }
        Denied::NoUnits(sku) => bad(format!(
            "Subscription with SKU {sku} does not have any available licenses."
        )),
        Denied::NotOwned(sku) => bad(format!(
            "License {sku} does not correspond to a valid company License."
        )),
        Denied::UnknownPlan(plan) => bad(format!(
            "License assignment failed because service plan {plan} does not belong to the license."
        )),
        Denied::NotHeld(_) => bad("User does not have a corresponding license."),
        Denied::Inherited(_) => bad(
            "User license is inherited from a group membership and it cannot be removed directly from the user.",
        ),
    }
}

fn to_user(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &WRITE)?;
    let mut person = people::need(tx, &caller.tenant, request.param("user"))?;
    let members = body::read(request)?;
    let (added, removed) = read(&members)?;
    let now = tx.now();
    seats::change(
        tx,
        &caller.tenant,
        &mut person.user,
        (&added, &removed),
        now,
    )
    .map_err(refuse)?;
    accounts::put(tx, &caller.tenant, &person.user);
    answer(request, tx, &caller.tenant, &person.user.id)
}

/// Every assignment is in force at once here, so there is nothing to do again.
fn reprocess(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &WRITE)?;
    let person = people::need(tx, &caller.tenant, request.param("user"))?;
    answer(request, tx, &caller.tenant, &person.user.id)
}

fn answer(request: &Request, tx: &Tx<'_>, tenant: &str, user: &str) -> Outcome {
    let person = people::need(tx, tenant, user)?;
    entity(request, &USER, "users/$entity", people::shown(&person))
}

/// A group gives its licences to its direct members, a little later. What the directory does not own
/// it cannot give; for whom no unit is left is told with the members.
fn to_group(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &WRITE_GROUP)?;
    let tenant = caller.tenant.clone();
    let group = request.param("group").to_lowercase();
    groups::find(tx, &tenant, &group).ok_or_else(|| missing(&group))?;
    let members = body::read(request)?;
    let (added, removed) = read(&members)?;
    numbered::keep(tx, &tenant);
    let held = group_seats::of_group(tx, &tenant, &group);
    let mut held = held.map(|(rows, _)| rows).unwrap_or_default();
    for sku in removed {
        let before = held.len();
        held.retain(|one| !one.sku.eq_ignore_ascii_case(sku));
        if held.len() == before {
            return Err(bad("Group does not have a corresponding license."));
        }
    }
    for mut one in added {
        let owned =
            catalogue::licence_of(&one.sku).and_then(|licence| seats::units(tx, &tenant, licence));
        if owned.is_none() {
            return Err(refuse(Denied::NotOwned(one.sku)));
        }
        seats::check_plans(&one).map_err(refuse)?;
        held.retain(|known| known.sku != one.sku);
        one.since = Some(tx.now());
        held.push(one);
    }
    group_seats::queue(tx, &tenant, &group, held);
    let row = groups::find(tx, &tenant, &group).map(|row| groups::shown(tx, row));
    let row = row.ok_or_else(|| missing(&group))?;
    entity(request, &GROUP, "groups/$entity", row)
}

//! Who somebody's manager is, and who reports to somebody. Source: graph reference §8.

use serde_json::Value;

use super::{READ, WRITE};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::bad;
use crate::sandbox::graph::objects;
use crate::sandbox::graph::odata::{entity, listed};
use crate::sandbox::graph::people::{self, Person, USER};
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/manager", get),
    Route::graph("PUT", "/v1.0/users/{user}/manager/$ref", set),
    Route::graph("DELETE", "/v1.0/users/{user}/manager/$ref", remove),
    Route::graph("GET", "/v1.0/users/{user}/directReports", direct_reports),
];

/// Returns the manager of a user, if it has one that is still there.
pub(in crate::sandbox::graph) fn of(tx: &Tx<'_>, person: &Person) -> Option<Person> {
    let manager = person.profile.manager.as_ref()?;
    people::find(tx, &person.tenant, manager)
}

/// Returns the users whose manager somebody is.
pub(super) fn reports(tx: &Tx<'_>, tenant: &str, manager: &str) -> Vec<Person> {
    let mut people = people::all(tx, tenant);
    people.retain(|person| person.profile.manager.as_deref() == Some(manager));
    people
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let manager = of(tx, &person).ok_or_else(|| missing("manager"))?;
    let row = people::typed(&manager);
    entity(request, &USER, "directoryObjects/$entity", row)
}

fn set(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let url = objects::reference(request)?;
    let manager = people::need(tx, &tenant, objects::referenced(&url)?)?;
    if manager.user.id == person.user.id {
        return Err(bad(
            "Invalid manager reference: a user cannot be its own manager.",
        ));
    }
    numbered::keep(tx, &tenant);
    accounts::change_profile(tx, &tenant, &person.user.id, |profile| {
        profile.manager = Some(manager.user.id);
    });
    Ok(Reply::empty(204))
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    of(tx, &person).ok_or_else(|| missing("manager"))?;
    accounts::change_profile(tx, &tenant, &person.user.id, |profile| {
        profile.manager = None;
    });
    Ok(Reply::empty(204))
}

fn direct_reports(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &READ)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let reports = reports(tx, &tenant, &person.user.id);
    let rows: Vec<Value> = reports.iter().map(people::typed).collect();
    listed(request, &USER, "directoryObjects", rows)
}

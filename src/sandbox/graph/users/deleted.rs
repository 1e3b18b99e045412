//! Deleted users: listed, restored, and forgotten for good; deleted groups by the same addresses. Source: graph reference §8.

use super::values::conflict;
use super::{ADMINISTER, READ, rank};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::groups::bin;
use crate::sandbox::graph::odata::{entity, listed};
use crate::sandbox::graph::people::{self, DELETED, Person, USER};
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph(
        "GET",
        "/v1.0/directory/deletedItems/microsoft.graph.user",
        list,
    ),
    Route::graph("GET", "/v1.0/directory/deletedItems/{object}", get),
    Route::graph("DELETE", "/v1.0/directory/deletedItems/{object}", purge),
    Route::graph(
        "POST",
        "/v1.0/directory/deletedItems/{object}/restore",
        restore,
    ),
];

fn find(tx: &Tx<'_>, tenant: &str, id: &str) -> Option<Person> {
    let mut deleted = people::deleted(tx, tenant).into_iter();
    deleted.find(|person| person.user.id.eq_ignore_ascii_case(id))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let people = people::deleted(tx, tenant);
    listed(request, &DELETED, "users", people.iter().map(people::shown))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &request.caller()?.tenant;
    let id = request.param("object");
    let row = if let Some(person) = find(tx, tenant, id) {
        admit(request, tx, &READ)?;
        people::typed(&person)
    } else {
        bin::get(request, tx, id).ok_or_else(|| missing(id))?
    };
    entity(request, &DELETED, "directoryObjects/$entity", row)
}

fn restore(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = request.caller()?.clone();
    let id = request.param("object");
    let Some(mut person) = find(tx, &caller.tenant, id) else {
        return bin::restore(request, tx, id);
    };
    admit(request, tx, &ADMINISTER)?;
    accounts::restore(tx, &caller.tenant, &mut person.user)
        .map_err(|_| conflict("userPrincipalName"))?;
    let person = people::need(tx, &caller.tenant, &person.user.id)?;
    entity(
        request,
        &USER,
        "directoryObjects/$entity",
        people::typed(&person),
    )
}

fn purge(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = request.caller()?.clone();
    let id = request.param("object");
    let Some(person) = find(tx, &caller.tenant, id) else {
        return bin::purge(request, tx, id);
    };
    admit(request, tx, &ADMINISTER)?;
    rank::check(tx, &caller, &person)?;
    accounts::purge(tx, &caller.tenant, &person.user.id);
    Ok(Reply::empty(204))
}

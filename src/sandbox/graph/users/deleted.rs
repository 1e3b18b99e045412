//! Deleted users: listed, restored, and forgotten for good. Source: graph reference §8.

use serde_json::Value;

use super::{ADMINISTER, READ, rank};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::bad;
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
    let rows = people.iter().map(shown);
    listed(request, &DELETED, "users", rows)
}

/// When it was deleted stands in every answer about a deleted user.
fn shown(person: &Person) -> Value {
    people::shown(person)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &request.caller()?.tenant;
    let id = request.param("object");
    let Some(person) = find(tx, tenant, id) else {
        return Err(missing(id));
    };
    admit(request, tx, &READ)?;
    let mut row = people::typed(&person);
    row["@odata.type"] = "#microsoft.graph.user".into();
    entity(request, &DELETED, "directoryObjects/$entity", row)
}

fn restore(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = request.caller()?.clone();
    let id = request.param("object");
    let Some(mut person) = find(tx, &caller.tenant, id) else {
        return Err(missing(id));
    };
    admit(request, tx, &ADMINISTER)?;
    accounts::restore(tx, &caller.tenant, &mut person.user).map_err(|_| {
        bad("Another object with the same value for property userPrincipalName already exists.")
    })?;
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
        return Err(missing(id));
    };
    admit(request, tx, &ADMINISTER)?;
    rank::check(tx, &caller, &person)?;
    accounts::purge(tx, &caller.tenant, &person.user.id);
    Ok(Reply::empty(204))
}

//! What has become of users since. Source: graph reference §3.

use serde_json::Value;

use super::{READ, manager};
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::delta::{self, Tracked};
use crate::sandbox::graph::people::{self, USER};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::graph("GET", "/v1.0/users/delta", get)];

const TRACKED: Tracked = Tracked {
    part: "users",
    kind: &USER,
    links: &["manager"],
    rows,
    restorable,
    linked,
};

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    delta::answer(request, tx, &TRACKED)
}

fn rows(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    people::all(tx, tenant).iter().map(people::shown).collect()
}

fn restorable(tx: &Tx<'_>, tenant: &str, id: &str) -> bool {
    let deleted = people::deleted(tx, tenant);
    deleted.iter().any(|person| person.user.id == id)
}

fn linked(tx: &Tx<'_>, tenant: &str, id: &str, _: &str) -> Vec<Value> {
    let person = people::find(tx, tenant, id);
    let manager = person.and_then(|person| manager::of(tx, &person));
    manager.iter().map(people::typed).collect()
}

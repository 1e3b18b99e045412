//! Users of a directory: lists, reads, and who may do so. Source: graph reference §8, §15.

mod deleted;
pub(super) mod manager;
mod memberships;
mod rank;
mod sessions;
#[cfg(test)]
mod tests;
mod values;
mod write;

pub(super) use sessions::end as end_sessions;
pub(super) use values::check_upn;
pub(super) use write::remove;

use serde_json::Value;

use super::access::{READERS, Rule, admit};
use super::objects;
use super::odata::{entity_expanded, list_expanded, number};
use super::people::{self, USER};
use crate::sandbox::entra::roles::{
    DIRECTORY_WRITERS, HELPDESK_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    USER_ADMINISTRATOR,
};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

/// Every route of users.
pub(super) const ROUTES: [&[Route]; 6] = [
    READS,
    write::ROUTES,
    deleted::ROUTES,
    sessions::ROUTES,
    manager::ROUTES,
    memberships::ROUTES,
];

const READS: &[Route] = &[
    Route::graph("GET", "/v1.0/users", list),
    Route::graph("GET", "/v1.0/users/$count", count),
    Route::graph("GET", "/v1.0/users/{user}", get),
    Route::graph("GET", "/v1.0/users('{user}')", get),
];

/// Who may read users.
pub(super) const READ: Rule = Rule {
    scopes: &[
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Who may make users and change what is not about signing in.
pub(super) const WRITE: Rule = Rule {
    scopes: &[
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["User.ReadWrite.All", "Directory.ReadWrite.All"],
    roles: &[USER_ADMINISTRATOR, DIRECTORY_WRITERS],
    members: false,
};

/// Who may delete users, restore and block them.
pub(super) const ADMINISTER: Rule = Rule {
    roles: &[USER_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR],
    ..WRITE
};

/// Who may reset passwords and end sessions.
pub(super) const RESET: Rule = Rule {
    roles: &[
        USER_ADMINISTRATOR,
        HELPDESK_ADMINISTRATOR,
        PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    ],
    ..WRITE
};

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &READ)?.tenant.clone();
    let people = people::all(tx, &tenant);
    let expand = |name: &str, row: &Value| expand(tx, &tenant, name, row);
    let rows = people.iter().map(people::shown);
    list_expanded(request, &USER, "users", rows, &expand)
}

fn count(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let people = people::all(tx, tenant);
    number(request, &USER, people.iter().map(people::shown))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &READ)?.tenant.clone();
    let person = people::need(tx, &tenant, request.param("user"))?;
    let expand = |name: &str, row: &Value| expand(tx, &tenant, name, row);
    entity_expanded(
        request,
        &USER,
        "users/$entity",
        people::shown(&person),
        &expand,
    )
}

/// Returns what a relationship of a user leads to.
pub(super) fn expand(tx: &Tx<'_>, tenant: &str, name: &str, row: &Value) -> Value {
    let id = row["id"].as_str().unwrap_or_default();
    match name {
        "manager" => people::find(tx, tenant, id)
            .and_then(|person| manager::of(tx, &person))
            .map_or(Value::Null, |manager| people::typed(&manager)),
        "directReports" => manager::reports(tx, tenant, id)
            .iter()
            .map(people::typed)
            .collect(),
        _ => objects::member_of(tx, tenant, id, name == "transitiveMemberOf").into(),
    }
}

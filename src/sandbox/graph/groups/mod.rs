//! Groups of a directory: lists, single ones, and what they are in. Source: graph reference §2.1, §9.

pub(super) mod bin;
mod dynamic;
mod fields;
mod links;
mod rule;
mod shape;
#[cfg(test)]
pub(in crate::sandbox::graph) mod tests;
mod write;

use serde_json::Value;

pub(in crate::sandbox) use dynamic::settle;
pub(super) use shape::{KIND, find, is_kept, shown};
pub(super) use write::remove;

use super::access::{READERS, Rule, admit, missing};
use super::objects::{self, untyped};
use super::odata::{entity_expanded, list_expanded, number};
use crate::sandbox::entra::roles::{DIRECTORY_WRITERS, USER_ADMINISTRATOR};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Group, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/groups", list),
    Route::graph("GET", "/v1.0/groups/$count", count),
    Route::graph("POST", "/v1.0/groups", write::create),
    Route::graph("GET", "/v1.0/groups/{group}", get),
    Route::graph("GET", "/v1.0/groups('{group}')", get),
    Route::graph("PATCH", "/v1.0/groups/{group}", write::update),
    Route::graph("DELETE", "/v1.0/groups/{group}", write::delete),
    Route::graph("POST", "/v1.0/groups/{group}/checkMemberGroups", check),
];

/// The routes of what is linked to groups, and of deleted ones.
pub(super) const MORE: [&[Route]; 2] = [links::ROUTES, bin::ROUTES];

/// Who may read groups and their members.
pub(super) const READ: Rule = Rule {
    scopes: &[
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Who may make, change and delete groups.
const WRITE: Rule = Rule {
    scopes: &[
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
    roles: &[USER_ADMINISTRATOR, DIRECTORY_WRITERS],
    members: false,
};

/// The greatest number of objects that `$expand` brings.
const EXPANDED: usize = 20;

/// Returns the group of the path.
fn named<'t>(request: &Request, tx: &'t Tx<'_>) -> Result<&'t Group, Refusal> {
    let id = request.param("group");
    let tenant = &request.caller()?.tenant;
    find(tx, tenant, id).ok_or_else(|| missing(id))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let tenant = &caller.tenant;
    let expand = |name: &str, row: &Value| expanded(tx, tenant, name, row);
    list_expanded(request, &KIND, "groups", rows(tx, tenant), &expand)
}

fn count(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    number(request, &KIND, rows(tx, &caller.tenant))
}

/// Returns the groups of a tenant, whole.
pub(super) fn rows(tx: &Tx<'_>, tenant: &str) -> Vec<Value> {
    let groups = tx.directory.groups.under(tenant).map(|(_, group)| group);
    groups
        .filter(|group| group.deleted.is_none())
        .map(|group| untyped(shown(tx, group)))
        .collect()
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let tenant = &caller.tenant;
    let group = named(request, tx)?;
    let row = shape::alone(untyped(shown(tx, group)));
    let expand = |name: &str, row: &Value| expanded(tx, tenant, name, row);
    entity_expanded(request, &KIND, "groups/$entity", row, &expand)
}

/// Returns what `$expand` brings of a group.
fn expanded(tx: &Tx<'_>, tenant: &str, name: &str, row: &Value) -> Value {
    let id = row["id"].as_str().unwrap_or_default();
    let Some(group) = find(tx, tenant, id) else {
        return Value::Null;
    };
    let found = match name {
        "owners" => links::objects_of(tx, tenant, &group.owners),
        "memberOf" => objects::member_of(tx, tenant, id, false),
        _ => links::objects_of(tx, tenant, &group.members),
    };
    found.into_iter().take(EXPANDED).collect()
}

fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = named(request, tx)?.id.clone();
    objects::check_member_groups(request, tx, &caller.tenant, &id)
}

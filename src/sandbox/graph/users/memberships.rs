//! The groups and directory roles that a user belongs to, and what it owns. Source: graph reference §8,
//! §9.

use serde_json::json;

use super::READ;
use crate::sandbox::entra::groups::transitive as groups_of;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::body::{self, Body};
use crate::sandbox::graph::odata::context;
use crate::sandbox::graph::{apps, groups, objects, people};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{GroupKind, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/memberOf", direct),
    Route::graph("GET", "/v1.0/users/{user}/transitiveMemberOf", transitive),
    Route::graph("GET", "/v1.0/users/{user}/memberOf/{cast}", direct),
    Route::graph(
        "GET",
        "/v1.0/users/{user}/transitiveMemberOf/{cast}",
        transitive,
    ),
    Route::graph("GET", "/v1.0/users/{user}/ownedObjects", owned),
    Route::graph("POST", "/v1.0/users/{user}/checkMemberGroups", check),
    Route::graph("POST", "/v1.0/users/{user}/getMemberGroups", all_groups),
];

fn direct(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    list(request, tx, false)
}

fn transitive(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    list(request, tx, true)
}

fn list(request: &Request, tx: &Tx<'_>, is_transitive: bool) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let rows = objects::member_of(tx, tenant, &person.user.id, is_transitive);
    objects::list(request, "directoryObjects", objects::cast(request, rows)?)
}

/// Groups, applications and service principals are what a user may own.
fn owned(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let all = tx.directory.groups.under(tenant);
    let groups = all
        .map(|(_, group)| group)
        .filter(|group| group.deleted.is_none() && group.owners.contains(&person.user.id))
        .map(|group| groups::shown(tx, group));
    let others = apps::owned(tx, tenant, &person.user.id);
    objects::list(request, "directoryObjects", groups.chain(others))
}

fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    objects::check_member_groups(request, tx, tenant, &person.user.id)
}

fn all_groups(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["securityEnabledOnly"])?;
    let secure = body.need_flag("securityEnabledOnly")?;
    let groups = groups_of(tx, tenant, &person.user.id);
    let ids: Vec<&str> = groups
        .iter()
        .filter(|group| !secure || !matches!(group.kind, GroupKind::Unified { secures: false }))
        .map(|group| group.id.as_str())
        .collect();
    Ok(Reply::ok(json!({
        "@odata.context": context(request, "Collection(Edm.String)"),
        "value": ids,
    })))
}

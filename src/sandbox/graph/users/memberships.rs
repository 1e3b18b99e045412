//! The groups and directory roles that a user belongs to, and what it owns. Source: graph reference §8,
//! §9.

use serde_json::{Value, json};

use super::READ;
use crate::sandbox::entra::{groups, roles};
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::odata::{Kind, context, listed};
use crate::sandbox::graph::people;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Group, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/memberOf", direct),
    Route::graph("GET", "/v1.0/users/{user}/transitiveMemberOf", transitive),
    Route::graph("GET", "/v1.0/users/{user}/ownedObjects", owned),
    Route::graph("POST", "/v1.0/users/{user}/checkMemberGroups", check),
    Route::graph("POST", "/v1.0/users/{user}/getMemberGroups", all_groups),
];

/// How lists of objects of several types behave in queries.
pub(in crate::sandbox::graph) const MIXED: Kind = Kind {
    name: "DirectoryObject",
    filter: &[("id", "eq")],
    order: (&["displayName"], &[]),
    search: &["displayName"],
    directory: true,
    ..Kind::PLAIN
};

/// How many groups one question may name.
const MOST: usize = 20;

/// Returns the groups and directory roles that a user belongs to.
pub(in crate::sandbox::graph) fn of(
    tx: &Tx<'_>,
    tenant: &str,
    user: &str,
    is_transitive: bool,
) -> Vec<Value> {
    let groups = if is_transitive {
        groups::transitive(tx, tenant, user)
    } else {
        groups::direct(tx, tenant, user)
    };
    let person = people::find(tx, tenant, user);
    let roles = person.map_or_else(Vec::new, |person| super::rank::roles_of(tx, &person));
    let roles = roles.iter().map(|role| role_shown(tenant, role));
    groups.into_iter().map(group_shown).chain(roles).collect()
}

fn direct(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    list(request, tx, false)
}

fn transitive(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    list(request, tx, true)
}

fn list(request: &Request, tx: &Tx<'_>, is_transitive: bool) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let rows = of(tx, tenant, &person.user.id, is_transitive);
    listed(request, &MIXED, "directoryObjects", rows)
}

/// Nothing in this directory has owners yet.
fn owned(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    people::need(tx, tenant, request.param("user"))?;
    listed(request, &MIXED, "directoryObjects", Vec::new())
}

fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["groupIds"])?;
    let wanted = body
        .texts("groupIds")?
        .ok_or_else(|| body.required("groupIds"))?;
    if wanted.len() > MOST {
        return Err(bad(format!(
            "The number of group ids exceeds the limit of {MOST}."
        )));
    }
    let groups = groups::transitive(tx, tenant, &person.user.id).into_iter();
    let ids = groups
        .map(|group| group.id.clone())
        .filter(|id| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(id)));
    Ok(ids_shown(request, ids.collect()))
}

fn all_groups(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let person = people::need(tx, tenant, request.param("user"))?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["securityEnabledOnly"])?;
    body.need_flag("securityEnabledOnly")?;
    let groups = groups::transitive(tx, tenant, &person.user.id).into_iter();
    Ok(ids_shown(
        request,
        groups.map(|group| group.id.clone()).collect(),
    ))
}

fn ids_shown(request: &Request, ids: Vec<String>) -> Reply {
    Reply::ok(json!({
        "@odata.context": context(request, "Collection(Edm.String)"),
        "value": ids,
    }))
}

fn role_shown(tenant: &str, role: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": crate::sandbox::derived::guid(&[tenant, role]),
        "deletedDateTime": null,
        "description": null,
        "displayName": roles::title(role),
        "roleTemplateId": role,
    })
}

fn group_shown(group: &Group) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.group",
        "id": group.id,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": group.created,
        "description": group.description,
        "displayName": group.name,
        "expirationDateTime": null,
        "groupTypes": [],
        "isAssignableToRole": null,
        "mail": null,
        "mailEnabled": false,
        "mailNickname": group.name.replace(' ', ""),
        "membershipRule": null,
        "membershipRuleProcessingState": null,
        "preferredLanguage": null,
        "proxyAddresses": [],
        "renewedDateTime": group.created,
        "securityEnabled": true,
        "theme": null,
        "uniqueName": null,
        "visibility": null,
    })
}

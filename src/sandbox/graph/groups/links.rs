//! Members and owners of groups, and what groups are in: lists and references. Source: graph
//! reference §4, §9, §15.8.

use serde_json::Value;

use super::{READ, WRITE, find, named};
use crate::sandbox::entra::roles::{
    DIRECTORY_WRITERS, PRIVILEGED_ROLE_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::graph::access::{Rule, Standing, admit, missing, standing};
use crate::sandbox::graph::body::bad;
use crate::sandbox::graph::objects::{
    self, admit_to_change, cast, exists, invalid_operation, refer, reference, type_of,
};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Group, GroupKind, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/groups/{group}/members", members),
    Route::graph("GET", "/v1.0/groups/{group}/members/{cast}", members),
    Route::graph("GET", "/v1.0/groups/{group}/transitiveMembers", transitive),
    Route::graph(
        "GET",
        "/v1.0/groups/{group}/transitiveMembers/{cast}",
        transitive,
    ),
    Route::graph("GET", "/v1.0/groups/{group}/owners", owners),
    Route::graph("GET", "/v1.0/groups/{group}/owners/{cast}", owners),
    Route::graph("GET", "/v1.0/groups/{group}/memberOf", member_of),
    Route::graph(
        "GET",
        "/v1.0/groups/{group}/transitiveMemberOf",
        transitive_of,
    ),
    Route::graph("POST", "/v1.0/groups/{group}/members/$ref", add_member),
    Route::graph(
        "DELETE",
        "/v1.0/groups/{group}/members/{member}/$ref",
        remove_member,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/groups/{group}/members/{member}",
        delete_member,
    ),
    Route::graph("POST", "/v1.0/groups/{group}/owners/$ref", add_owner),
    Route::graph(
        "DELETE",
        "/v1.0/groups/{group}/owners/{owner}/$ref",
        remove_owner,
    ),
];

/// Who may change the members of groups.
const MEMBERS: Rule = Rule {
    scopes: &[
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    roles: &[USER_ADMINISTRATOR, DIRECTORY_WRITERS],
    members: false,
};

/// The same of groups that directory roles can be given to: that is giving roles.
pub(super) const ASSIGNABLE: Rule = Rule {
    scopes: &[
        "RoleManagement.ReadWrite.Directory",
        "Directory.AccessAsUser.All",
    ],
    apps: &["RoleManagement.ReadWrite.Directory"],
    roles: &[PRIVILEGED_ROLE_ADMINISTRATOR],
    members: false,
};

/// What may own a group.
pub(super) const OWNERS: &[&str] = &["user", "servicePrincipal"];

/// Returns what may be a member of a group.
pub(super) fn fitting(group: &Group) -> &'static [&'static str] {
    match (group.kind, group.assignable) {
        (GroupKind::Unified { .. }, _) => &["user"],
        (GroupKind::Security, true) => &["user", "servicePrincipal"],
        (GroupKind::Security, false) => &["user", "group", "device", "servicePrincipal"],
    }
}

/// Returns the objects of some ids, in their order; deleted ones are left out.
pub(super) fn objects_of(tx: &World, tenant: &str, ids: &[String]) -> Vec<Value> {
    let found = ids.iter().filter_map(|id| objects::find(tx, tenant, id));
    found.collect()
}

fn members(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let group = named(request, tx)?;
    let rows = objects_of(tx, &caller.tenant, &group.members);
    objects::list(request, "directoryObjects", cast(request, rows)?)
}

fn transitive(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let group = named(request, tx)?;
    let ids = transitive_members(tx, &caller.tenant, group);
    let rows = objects_of(tx, &caller.tenant, &ids);
    objects::list(request, "directoryObjects", cast(request, rows)?)
}

/// Returns the ids of all members, through groups too; each once.
fn transitive_members(tx: &World, tenant: &str, group: &Group) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut next = vec![group];
    while let Some(group) = next.pop() {
        for id in &group.members {
            if !found.contains(id) {
                found.push(id.clone());
                next.extend(find(tx, tenant, id));
            }
        }
    }
    found
}

fn owners(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let group = named(request, tx)?;
    let rows = objects_of(tx, &caller.tenant, &group.owners);
    objects::list(request, "directoryObjects", cast(request, rows)?)
}

fn member_of(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = &named(request, tx)?.id;
    let rows = objects::member_of(tx, &caller.tenant, id, false);
    objects::list(request, "directoryObjects", rows)
}

fn transitive_of(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let id = &named(request, tx)?.id;
    let rows = objects::member_of(tx, &caller.tenant, id, true);
    objects::list(request, "directoryObjects", rows)
}

/// Tells whether the caller is a user of the directory that owns the group of the path.
fn owns(request: &Request, tx: &Tx<'_>) -> Result<bool, Refusal> {
    let standing = standing(tx, request.caller()?)?;
    Ok(match (named(request, tx), standing) {
        (Ok(group), Standing::Member(person)) => group.owners.contains(&person.id),
        _ => false,
    })
}

/// Returns the group of the path, if the caller may change its members: by a role, or as its owner.
fn to_change(request: &Request, tx: &mut Tx<'_>) -> Result<Group, Refusal> {
    let members = owns(request, tx)?;
    admit_to_change(request, tx, &Rule { members, ..MEMBERS })?;
    let group = named(request, tx)?.clone();
    if group.assignable {
        admit(
            request,
            tx,
            &Rule {
                members,
                ..ASSIGNABLE
            },
        )?;
    }
    if group.rule.is_some() {
        return Err(invalid_operation("members"));
    }
    Ok(group)
}

fn add_member(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let url = reference(request)?;
    let mut group = to_change(request, tx)?;
    let mut added = add(tx, &group, &[&url])?;
    group.members.append(&mut added);
    put(tx, group);
    Ok(Reply::empty(204))
}

/// Returns the ids of members to add: objects that fit, and that are none yet.
pub(super) fn add(tx: &Tx<'_>, group: &Group, urls: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut added: Vec<String> = Vec::new();
    for url in urls {
        let object = refer(tx, &group.tenant, url, ("members", fitting(group)))?;
        let id = object["id"].as_str().unwrap_or_default();
        if id == group.id {
            return Err(invalid_operation("members"));
        }
        if group.members.iter().chain(&added).any(|known| known == id) {
            return Err(exists("members"));
        }
        added.push(id.to_owned());
    }
    Ok(added)
}

/// Keeps a group that has changed.
pub(super) fn put(tx: &mut Tx<'_>, group: Group) {
    let key = key(&[&group.tenant, &group.id]);
    tx.directory.groups.put(&key, group);
}

fn remove_member(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut group = to_change(request, tx)?;
    let id = request.param("member").to_lowercase();
    let before = group.members.len();
    group.members.retain(|member| *member != id);
    if group.members.len() == before {
        return Err(missing(&id));
    }
    put(tx, group);
    Ok(Reply::empty(204))
}

/// Deletes the member itself: that is what a path without `$ref` means.
fn delete_member(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let group = named(request, tx)?;
    let id = request.param("member").to_lowercase();
    let tenant = group.tenant.clone();
    let member = group.members.contains(&id);
    let object = objects::find(tx, &tenant, &id).filter(|_| member);
    let object = object.ok_or_else(|| missing(&id))?;
    objects::delete(request, tx, type_of(&object), &id)?;
    Ok(Reply::empty(204))
}

fn add_owner(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let url = reference(request)?;
    admit_to_change(request, tx, &WRITE)?;
    let mut group = named(request, tx)?.clone();
    let object = refer(tx, &group.tenant, &url, ("owners", OWNERS))?;
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    if group.owners.contains(&id) {
        return Err(exists("owners"));
    }
    group.owners.push(id);
    put(tx, group);
    Ok(Reply::empty(204))
}

fn remove_owner(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut group = named(request, tx)?.clone();
    let id = request.param("owner").to_lowercase();
    if !group.owners.contains(&id) {
        return Err(missing(&id));
    }
    if group.owners.len() == 1 && group.kind != GroupKind::Security {
        let text = "The group must have at least one owner, hence this owner cannot be removed.";
        return Err(bad(text));
    }
    group.owners.retain(|owner| *owner != id);
    put(tx, group);
    Ok(Reply::empty(204))
}

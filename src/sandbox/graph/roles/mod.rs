//! Directory roles: those that are active, with their members, and the definitions and assignments of
//! role management. All are views of one table of assignments. Source: graph reference §9.

mod management;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub(super) use management::ROUTES as MANAGEMENT;

use super::access::{READERS, Rule, admit, missing};
use super::body::{self, Body, bad};
use super::objects::{self, admit_to_change, cast, refer, reference, untyped};
use super::odata::{Kind, created, entity, listed};
use crate::sandbox::derived;
use crate::sandbox::entra::roles::{self, BUILT_IN, PRIVILEGED_ROLE_ADMINISTRATOR};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/directoryRoles", list),
    Route::graph("POST", "/v1.0/directoryRoles", activate),
    Route::graph("GET", "/v1.0/directoryRoles/{role}", get),
    Route::graph(
        "GET",
        "/v1.0/directoryRoles(roleTemplateId='{template}')",
        get,
    ),
    Route::graph("GET", "/v1.0/directoryRoles/{role}/members", members),
    Route::graph("GET", "/v1.0/directoryRoles/{role}/members/{cast}", members),
    Route::graph(
        "GET",
        "/v1.0/directoryRoles(roleTemplateId='{template}')/members",
        members,
    ),
    Route::graph("POST", "/v1.0/directoryRoles/{role}/members/$ref", add),
    Route::graph(
        "POST",
        "/v1.0/directoryRoles(roleTemplateId='{template}')/members/$ref",
        add,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/directoryRoles/{role}/members/{member}/$ref",
        remove,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/directoryRoles(roleTemplateId='{template}')/members/{member}/$ref",
        remove,
    ),
];

/// Who may see roles and who has them.
pub(super) const READ: Rule = Rule {
    scopes: &[
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Who may give roles.
const WRITE: Rule = Rule {
    scopes: &[
        "RoleManagement.ReadWrite.Directory",
        "Directory.AccessAsUser.All",
    ],
    apps: &["RoleManagement.ReadWrite.Directory"],
    roles: &[PRIVILEGED_ROLE_ADMINISTRATOR],
    members: false,
};

/// How directory roles behave in queries: their lists have one page.
pub(super) const KIND: Kind = Kind {
    name: "DirectoryRole",
    filter: &[("roleTemplateId", "eq in"), ("displayName", "eq in")],
    most: 0,
    page: usize::MAX,
    directory: true,
    ..Kind::PLAIN
};

/// What may have a role.
const HOLDERS: &[&str] = &["user", "group", "servicePrincipal"];

/// Shows a role, with its type.
pub(super) fn role_shown(tenant: &str, role: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": id_of(tenant, role),
        "deletedDateTime": null,
        "description": null,
        "displayName": roles::title(role),
        "roleTemplateId": role,
    })
}

/// Returns the id that a role has in a tenant.
fn id_of(tenant: &str, role: &str) -> String {
    derived::guid(&[tenant, role])
}

/// Returns an active role by its id.
pub(super) fn directory_role(world: &World, tenant: &str, id: &str) -> Option<Value> {
    let role = active(world, tenant).find(|role| id_of(tenant, role) == id)?;
    Some(role_shown(tenant, role))
}

/// Returns the active roles of a tenant, with their type.
pub(super) fn rows(world: &World, tenant: &str) -> Vec<Value> {
    active(world, tenant)
        .map(|role| role_shown(tenant, role))
        .collect()
}

fn active(world: &World, tenant: &str) -> impl Iterator<Item = &'static str> {
    let mut all: Vec<&str> = BUILT_IN.iter().map(|(role, _)| *role).collect();
    all.retain(|role| roles::is_active(world, tenant, role));
    all.into_iter()
}

/// Returns the template id of the role that the path names.
fn named(request: &Request, tx: &Tx<'_>) -> Result<&'static str, Refusal> {
    let tenant = &request.caller()?.tenant;
    let (id, template) = (request.param("role"), request.param("template"));
    let is_meant = |role: &&str| {
        role.eq_ignore_ascii_case(template) || id_of(tenant, role).eq_ignore_ascii_case(id)
    };
    let mut active = active(tx, tenant);
    active
        .find(is_meant)
        .ok_or_else(|| missing(if id.is_empty() { template } else { id }))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = active(tx, &caller.tenant).map(|role| role_shown(&caller.tenant, role));
    listed(request, &KIND, "directoryRoles", rows.map(untyped))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let row = untyped(role_shown(&caller.tenant, named(request, tx)?));
    entity(request, &KIND, "directoryRoles/$entity", row)
}

/// Activates a role, so that it can be seen and have members.
fn activate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let members = body::read(request)?;
    let body = Body::of(&members, &["roleTemplateId", "displayName", "description"])?;
    let template = body.need_text("roleTemplateId")?.to_lowercase();
    let known = BUILT_IN.iter().find(|(role, _)| *role == template);
    let (role, _) = known.ok_or_else(|| missing(&template))?;
    if roles::is_active(tx, &tenant, role) {
        return Err(conflict());
    }
    tx.directory
        .activated_roles
        .put(&key(&[&tenant, role]), true);
    let row = untyped(role_shown(&tenant, role));
    let path = format!("directoryRoles/{}", id_of(&tenant, role));
    created(request, &KIND, "directoryRoles/$entity", row, &path)
}

/// Refuses what is there already.
fn conflict() -> Refusal {
    bad(
        "A conflicting object with one or more of the specified property values is present in the directory.",
    )
}

fn members(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let role = named(request, tx)?;
    let rows = roles::assignments(tx, &caller.tenant)
        .into_iter()
        .filter(|row| row.role == role)
        .filter_map(|row| objects::find(tx, &caller.tenant, &row.principal));
    objects::list(request, "directoryObjects", cast(request, rows.collect())?)
}

fn add(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let url = reference(request)?;
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let role = named(request, tx)?;
    let object = refer(tx, &tenant, &url, ("members", HOLDERS))?;
    let principal = object["id"].as_str().unwrap_or_default().to_owned();
    check_group(&object)?;
    if has(tx, &tenant, &principal, role) {
        return Err(bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    roles::assign(tx, &tenant, &principal, role);
    Ok(Reply::empty(204))
}

/// A group can have a role only if it was made for that.
fn check_group(object: &Value) -> Result<(), Refusal> {
    let assignable = object["isAssignableToRole"] == true;
    if objects::type_of(object) == "group" && !assignable {
        let text =
            "The group is not assignable to roles: its property 'isAssignableToRole' must be true.";
        return Err(bad(text));
    }
    Ok(())
}

fn has(tx: &Tx<'_>, tenant: &str, principal: &str, role: &str) -> bool {
    let rows = roles::assignments(tx, tenant);
    rows.iter()
        .any(|row| row.principal == principal && row.role == role)
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let role = named(request, tx)?;
    let principal = request.param("member").to_lowercase();
    let rows = roles::assignments(tx, &tenant);
    let row = rows
        .iter()
        .find(|row| row.principal == principal && row.role == role)
        .ok_or_else(|| missing(&principal))?;
    tx.directory
        .role_assignments
        .remove(&key(&[&tenant, &row.id]));
    Ok(Reply::empty(204))
}

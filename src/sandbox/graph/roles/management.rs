//! Role management: the definitions of the built-in roles, and who has which. Source: graph reference
//! §9.

use serde_json::{Value, json};

use super::{HOLDERS, READ, WRITE, check_group, conflict, has};
use crate::sandbox::entra::roles::{self, BUILT_IN};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{self, admit_to_change, type_of};
use crate::sandbox::graph::odata::{Kind, created, entity, entity_expanded, list_expanded, listed};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{RoleAssignment, Tx, World, key};

pub(in crate::sandbox::graph) const ROUTES: &[Route] = &[
    Route::graph(
        "GET",
        "/v1.0/roleManagement/directory/roleDefinitions",
        definitions,
    ),
    Route::graph(
        "GET",
        "/v1.0/roleManagement/directory/roleDefinitions/{definition}",
        definition,
    ),
    Route::graph(
        "GET",
        "/v1.0/roleManagement/directory/roleAssignments",
        list,
    ),
    Route::graph(
        "POST",
        "/v1.0/roleManagement/directory/roleAssignments",
        create,
    ),
    Route::graph(
        "GET",
        "/v1.0/roleManagement/directory/roleAssignments/{assignment}",
        get,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/roleManagement/directory/roleAssignments/{assignment}",
        delete,
    ),
];

const DEFINITION: Kind = Kind {
    name: "UnifiedRoleDefinition",
    filter: &[
        ("id", "eq in"),
        ("templateId", "eq in"),
        ("displayName", "eq in startsWith"),
        ("isBuiltIn", "eq"),
        ("isEnabled", "eq"),
    ],
    order: (&["displayName"], &[]),
    ..Kind::PLAIN
};

const ASSIGNMENT: Kind = Kind {
    name: "UnifiedRoleAssignment",
    filter: &[
        ("id", "eq in"),
        ("principalId", "eq in"),
        ("roleDefinitionId", "eq in"),
        ("directoryScopeId", "eq"),
    ],
    expand: &["principal", "roleDefinition"],
    ..Kind::PLAIN
};

fn definition_shown(role: &str, title: &str) -> Value {
    json!({
        "id": role,
        "description": null,
        "displayName": title,
        "isBuiltIn": true,
        "isEnabled": true,
        "resourceScopes": ["/"],
        "rolePermissions": [],
        "templateId": role,
        "version": "1",
    })
}

fn definitions(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let rows = BUILT_IN
        .iter()
        .map(|(role, title)| definition_shown(role, title));
    listed(
        request,
        &DEFINITION,
        "roleManagement/directory/roleDefinitions",
        rows,
    )
}

/// Returns the definition of a role, by its id.
fn find_definition(id: &str) -> Result<Value, Refusal> {
    let role = BUILT_IN
        .iter()
        .find(|(role, _)| role.eq_ignore_ascii_case(id));
    let (role, title) = role.ok_or_else(|| missing(id))?;
    Ok(definition_shown(role, title))
}

fn definition(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let row = find_definition(request.param("definition"))?;
    let part = "roleManagement/directory/roleDefinitions/$entity";
    entity(request, &DEFINITION, part, row)
}

fn shown(row: &RoleAssignment) -> Value {
    json!({
        "id": row.id,
        "directoryScopeId": "/",
        "principalId": row.principal,
        "roleDefinitionId": row.role,
    })
}

/// Returns the assignments of a tenant whose principals are there.
fn rows(world: &World, tenant: &str) -> Vec<RoleAssignment> {
    let mut rows = roles::assignments(world, tenant);
    rows.retain(|row| objects::find(world, tenant, &row.principal).is_some());
    rows
}

/// Returns what `$expand` brings of an assignment.
fn expanded(tx: &World, tenant: &str, name: &str, row: &Value) -> Value {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    match name {
        "principal" => objects::find(tx, tenant, &text("principalId")).unwrap_or_default(),
        _ => find_definition(&text("roleDefinitionId")).unwrap_or_default(),
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let expand = |name: &str, row: &Value| expanded(tx, tenant, name, row);
    let part = "roleManagement/directory/roleAssignments";
    let rows = rows(tx, tenant);
    list_expanded(request, &ASSIGNMENT, part, rows.iter().map(shown), &expand)
}

/// Returns the assignment that the path names.
fn named(request: &Request, tx: &Tx<'_>, tenant: &str) -> Result<RoleAssignment, Refusal> {
    let id = request.param("assignment");
    let mut rows = rows(tx, tenant).into_iter();
    rows.find(|row| row.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| missing(id))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let row = shown(&named(request, tx, tenant)?);
    let expand = |name: &str, row: &Value| expanded(tx, tenant, name, row);
    let part = "roleManagement/directory/roleAssignments/$entity";
    entity_expanded(request, &ASSIGNMENT, part, row, &expand)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let members = body::read(request)?;
    let known = [
        "@odata.type",
        "roleDefinitionId",
        "principalId",
        "directoryScopeId",
    ];
    let body = Body::of(&members, &known)?;
    let definition = find_definition(body.need_text("roleDefinitionId")?)?;
    let principal = body.need_text("principalId")?.to_lowercase();
    if body.need_text("directoryScopeId")? != "/" {
        let text = "Invalid value specified for property 'directoryScopeId': the sandbox has no administrative units, so it must be '/'.";
        return Err(bad(text));
    }
    let object = objects::find(tx, &tenant, &principal).ok_or_else(|| missing(&principal))?;
    if !HOLDERS.contains(&type_of(&object)) {
        let text = "The principal must be a user, a group or a service principal.";
        return Err(bad(text));
    }
    check_group(&object)?;
    let role = definition["id"].as_str().unwrap_or_default();
    if has(tx, &tenant, &principal, role) {
        return Err(conflict());
    }
    let row = roles::assign(tx, &tenant, &principal, role);
    let path = format!("roleManagement/directory/roleAssignments/{}", row.id);
    let part = "roleManagement/directory/roleAssignments/$entity";
    created(request, &ASSIGNMENT, part, shown(&row), &path)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let row = named(request, tx, &tenant)?;
    tx.directory
        .role_assignments
        .remove(&key(&[&tenant, &row.id]));
    Ok(Reply::empty(204))
}

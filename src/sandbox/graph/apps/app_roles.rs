//! Roles of applications that principals have. Those of the built-in services are the application
//! permissions that a consent holds and tokens name; others are kept in a table of their own.
//! Source: graph reference §10.

use serde_json::{Value, json};

use super::permissions::{self, Kind as Permission};
use super::{READ, WRITE_ROLES, principals};
use crate::sandbox::derived;
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{self, admit_to_change, type_of};
use crate::sandbox::graph::odata::{Kind, created, listed};
use crate::sandbox::graph::people;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{AppRole, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph(
        "GET",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments",
        held,
    ),
    Route::graph(
        "POST",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments",
        create,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}",
        delete,
    ),
    Route::graph("GET", "/v1.0/users/{user}/appRoleAssignments", held),
    Route::graph("POST", "/v1.0/users/{user}/appRoleAssignments", create),
    Route::graph(
        "DELETE",
        "/v1.0/users/{user}/appRoleAssignments/{assignment}",
        delete,
    ),
    Route::graph(
        "GET",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
        given,
    ),
    Route::graph(
        "POST",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
        create,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}",
        delete,
    ),
];

const KIND: Kind = Kind {
    name: "AppRoleAssignment",
    filter: &[
        ("resourceId", "eq"),
        ("principalId", "eq"),
        ("appRoleId", "eq"),
    ],
    ..Kind::PLAIN
};

/// The role that an application has if it declares none.
const ANY: &str = "00000000-0000-0000-0000-000000000000";

/// Where an assignment stands.
#[derive(Debug, Clone)]
enum Place {
    /// In the consent of an application: a permission of a service.
    Consent {
        app: String,
        service: &'static str,
        permission: String,
    },
    /// In the table.
    Table(String),
}

/// Returns every assignment of a tenant, as it is shown, with its place.
fn all(world: &World, tenant: &str) -> Vec<(Value, Place)> {
    let mut found = Vec::new();
    for (app, consent) in tenants::consents(world, tenant) {
        for (service, permissions) in &consent.roles {
            let Some(service) = tenants::service(service) else {
                continue;
            };
            for permission in permissions {
                let place = Place::Consent {
                    app: app.clone(),
                    service,
                    permission: permission.clone(),
                };
                found.push((permitted(world, (tenant, &app), service, permission), place));
            }
        }
    }
    let rows = world.directory.app_roles.under(tenant);
    let rows = rows.map(|(place, row)| (shown(world, tenant, row), Place::Table(place.to_owned())));
    found.extend(rows);
    found
}

/// Shows a permission of a service that an application has.
fn permitted(world: &World, (tenant, app): (&str, &str), service: &str, permission: &str) -> Value {
    let consent = tenants::consent_of(world, tenant, app);
    let principal = consent.map(|consent| consent.principal).unwrap_or_default();
    json!({
        "id": derived::guid(&["app role", tenant, app, service, permission]),
        "deletedDateTime": null,
        "appRoleId": permissions::id_of(service, Permission::Role, permission),
        "createdDateTime": null,
        "principalDisplayName": world.entra.apps.get(app).map(|app| &app.name),
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": permissions::title(service),
        "resourceId": permissions::principal_of(tenant, service),
    })
}

fn shown(world: &World, tenant: &str, row: &AppRole) -> Value {
    let object = |id: &str| objects::find(world, tenant, id).unwrap_or_default();
    let (principal, resource) = (object(&row.principal), object(&row.resource));
    let kind = match type_of(&principal) {
        "user" => "User",
        "group" => "Group",
        _ => "ServicePrincipal",
    };
    json!({
        "id": row.id,
        "deletedDateTime": null,
        "appRoleId": row.role,
        "createdDateTime": row.created,
        "principalDisplayName": principal["displayName"],
        "principalId": row.principal,
        "principalType": kind,
        "resourceDisplayName": resource["displayName"],
        "resourceId": row.resource,
    })
}

fn held(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    of(request, tx, "principalId", "appRoleAssignments")
}

fn given(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    of(request, tx, "resourceId", "appRoleAssignedTo")
}

/// Returns the set and the id of the service principal or user that the path names.
fn named(request: &Request, tx: &World, tenant: &str) -> Result<(&'static str, String), Refusal> {
    let user = request.param("user");
    if !user.is_empty() {
        return Ok(("users", people::need(tx, tenant, user)?.user.id));
    }
    let row = principals::named(request, tx, tenant)?;
    let id = row["id"].as_str().unwrap_or_default();
    Ok(("servicePrincipals", id.to_owned()))
}

/// Answers the assignments in which the object of the path stands on one side.
fn of(request: &Request, tx: &Tx<'_>, side: &str, name: &str) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let (set, id) = named(request, tx, tenant)?;
    let rows = all(tx, tenant).into_iter().map(|(row, _)| row);
    let rows = rows.filter(|row| row[side] == id.as_str());
    listed(request, &KIND, &format!("{set}('{id}')/{name}"), rows)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE_ROLES)?.tenant.clone();
    let (set, path) = named(request, tx, &tenant)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["principalId", "resourceId", "appRoleId"])?;
    let (principal, resource, role) = (
        body.need_text("principalId")?.to_lowercase(),
        body.need_text("resourceId")?.to_lowercase(),
        body.need_text("appRoleId")?.to_lowercase(),
    );
    let holder = objects::find(tx, &tenant, &principal).ok_or_else(|| missing(&principal))?;
    let owner = objects::find(tx, &tenant, &resource).ok_or_else(|| missing(&resource))?;
    if path != principal && path != resource {
        return Err(bad(
            "The object of the path must be the principal or the resource of the assignment.",
        ));
    }
    let is_there = |row: &Value| {
        row["principalId"] == principal.as_str()
            && row["resourceId"] == resource.as_str()
            && row["appRoleId"] == role.as_str()
    };
    if all(tx, &tenant).iter().any(|(row, _)| is_there(row)) {
        let text = "Permission being assigned already exists on the object";
        return Err(bad(text));
    }
    let row = match permissions::service(&tenant, &resource) {
        Some(service) => permit(tx, &tenant, (&holder, service), &role)?,
        None => give(tx, &tenant, (&holder, &owner), &role)?,
    };
    let id = row["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("{set}/{path}/appRoleAssignments/{id}");
    created(request, &KIND, "appRoleAssignments/$entity", row, &path)
}

fn unknown(role: &str) -> Refusal {
    bad(format!(
        "Permission being assigned was not found on application: there is no role '{role}'."
    ))
}

/// Gives an application a permission of a service: its tokens name it from now on.
fn permit(
    tx: &mut Tx<'_>,
    tenant: &str,
    (holder, service): (&Value, &'static str),
    role: &str,
) -> Result<Value, Refusal> {
    let permission = permissions::named(service, Permission::Role, role);
    let permission = permission.ok_or_else(|| unknown(role))?;
    let app = holder["appId"].as_str().unwrap_or_default().to_owned();
    let consent = tx.entra.consents.edit(&key(&[tenant, &app]));
    let consent = consent.filter(|_| type_of(holder) == "servicePrincipal");
    let consent =
        consent.ok_or_else(|| bad("Permissions of this service are for applications only."))?;
    let known = consent.roles.iter().position(|(known, _)| known == service);
    let at = known.unwrap_or(consent.roles.len());
    if known.is_none() {
        consent.roles.push((service.to_owned(), Vec::new()));
    }
    consent.roles[at].1.push(permission.to_owned());
    Ok(permitted(tx, (tenant, &app), service, permission))
}

/// Gives a principal a role of an application that is none of the services.
fn give(
    tx: &mut Tx<'_>,
    tenant: &str,
    (holder, owner): (&Value, &Value),
    role: &str,
) -> Result<Value, Refusal> {
    if type_of(owner) != "servicePrincipal" {
        return Err(bad("The resource must be a service principal."));
    }
    let declared = owner["appRoles"].as_array().into_iter().flatten();
    let mut declared = declared.filter_map(|one| one["id"].as_str());
    if role != ANY && !declared.any(|id| id.eq_ignore_ascii_case(role)) {
        return Err(unknown(role));
    }
    let text = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    let row = AppRole {
        id: tx.guid(),
        principal: text(holder),
        resource: text(owner),
        role: role.to_owned(),
        created: tx.now(),
    };
    let answer = shown(tx, tenant, &row);
    tx.directory.app_roles.put(&key(&[tenant, &row.id]), row);
    Ok(answer)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE_ROLES)?.tenant.clone();
    let (_, own) = named(request, tx, &tenant)?;
    let own = own.as_str();
    let id = request.param("assignment");
    let all = all(tx, &tenant);
    let found = all.into_iter().find(|(row, _)| {
        row["id"] == id && (row["principalId"] == own || row["resourceId"] == own)
    });
    let (_, place) = found.ok_or_else(|| missing(id))?;
    match place {
        Place::Table(place) => drop(tx.directory.app_roles.remove(&place)),
        Place::Consent {
            app,
            service,
            permission,
        } => {
            if let Some(consent) = tx.entra.consents.edit(&key(&[&tenant, &app])) {
                let rows = consent.roles.iter_mut();
                let rows = rows.filter(|(known, _)| known == service);
                rows.for_each(|(_, names)| names.retain(|name| *name != permission));
            }
        }
    }
    Ok(Reply::empty(204))
}

//! Role assignments at any scope. The partner's admin agents own each Azure plan's subscription from
//! its beginning, as a foreign group, by an assignment like any other. Source: arm reference §2, §10.7;
//! identity reference §12.

use serde_json::{Value, json};

use super::VERSIONS;
use super::definitions;
use super::filter::Filter;
use super::wish::Wish;
use crate::sandbox::arm::access::{Azure, exists, pass, scope, version};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{body, page};
use crate::sandbox::derived;
use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::roles::AZURE_OWNER;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{AzureRole, Tx};

const ALL: &str = "/{*scope}/providers/Microsoft.Authorization/roleAssignments";
const ONE: &str = "/{*scope}/providers/Microsoft.Authorization/roleAssignments/{assignment}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", ALL, list),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments",
        list,
    ),
    Route::arm("GET", ONE, get),
    Route::arm("PUT", ONE, put),
    Route::arm("DELETE", ONE, delete),
];

const READ: &str = "Microsoft.Authorization/roleAssignments/read";
const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";
const DELETE: &str = "Microsoft.Authorization/roleAssignments/delete";

/// Returns the id of an assignment.
fn id_of(scope: &Id, name: &str) -> Id {
    scope.extended("Microsoft.Authorization", "roleAssignments", name)
}

/// Makes the assignment that a subscription begins with: the admin agents own it.
pub(in crate::sandbox::arm) fn begin(tx: &mut Tx<'_>, azure: &Azure) {
    let name = derived::guid(&["owner", &azure.id]);
    let scope = Id::of_subscription(&azure.id);
    let who = (ADMIN_AGENTS, "ForeignGroup");
    give(tx, (&scope, &name), who, AZURE_OWNER);
    if let Some(row) = tx.arm.roles.edit(&id_of(&scope, &name).key()) {
        (row.created, row.updated) = (azure.plan.created, azure.plan.created);
    }
}

/// Gives a principal a role, without asking whether it is there: the assignment of that name at a
/// scope, and who it is for, with its type.
pub(in crate::sandbox::arm) fn give(
    tx: &mut Tx<'_>,
    (scope, name): (&Id, &str),
    (principal, kind): (&str, &str),
    role: &str,
) {
    let now = tx.now();
    let row = AzureRole {
        scope: scope.text(),
        name: name.to_owned(),
        role: role.to_owned(),
        principal: principal.to_owned(),
        kind: kind.to_owned(),
        description: None,
        condition: None,
        condition_version: None,
        created: now,
        updated: now,
        created_by: None,
        updated_by: None,
    };
    tx.arm.roles.put(&id_of(scope, name).key(), row);
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, azure) = admitted(request, tx, READ)?;
    let filter = request.query("$filter").unwrap_or_default();
    let filter = Filter::read(tx, &azure.tenant, filter)?;
    let all = tx.arm.roles.under(&azure.path()).map(|(_, row)| row);
    let fit = all.filter(|row| filter.fits(row, &scope));
    let shown = fit.map(|row| shown(request, row)).collect();
    page::list(request, shown)
}

fn admitted(request: &Request, tx: &Tx<'_>, action: &str) -> Result<(Id, Azure), Refusal> {
    version(request, VERSIONS)?;
    let scope = scope(request)?;
    let azure = pass(request, tx, &scope, action)?;
    exists(tx, &scope)?;
    Ok((scope, azure))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, _) = admitted(request, tx, READ)?;
    let name = request.param("assignment");
    let found = tx.arm.roles.get(&id_of(&scope, name).key());
    let found = found.ok_or_else(|| {
        let text = format!("The role assignment '{name}' is not found.");
        Refusal::new(404, "RoleAssignmentNotFound", text)
    })?;
    Ok(Reply::ok(shown(request, found)))
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, azure) = admitted(request, tx, WRITE)?;
    let name = request.param("assignment");
    let Ok(name) = uuid::Uuid::try_parse(name) else {
        let text = format!(
            "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
        );
        return Err(Refusal::new(400, "InvalidRoleAssignmentId", text));
    };
    let name = name.to_string();
    let wish = Wish::read(tx, &azure.tenant, &scope, &body::object(request)?)?;
    let key = id_of(&scope, &name).key();
    let (now, by) = (tx.now(), request.caller()?.object.clone());
    let before = tx.arm.roles.get(&key).cloned();
    free(tx, &azure, (&scope, &name), &wish)?;
    let row = AzureRole {
        scope: scope.text(),
        name,
        role: wish.role.id.to_owned(),
        principal: wish.principal,
        kind: wish.kind.to_owned(),
        description: wish.description,
        condition: wish.condition,
        condition_version: wish.condition_version,
        created: before.as_ref().map_or(now, |before| before.created),
        updated: now,
        created_by: match &before {
            Some(before) => before.created_by.clone(),
            None => Some(by.clone()),
        },
        updated_by: Some(by),
    };
    let mut answer = shown(request, &row);
    tx.arm.roles.put(&key, row);
    if before.is_some() {
        return Ok(Reply::ok(answer));
    }
    // As in the reference's example: the first answer does not name who made it.
    answer["properties"]["createdBy"] = Value::Null;
    Ok(Reply::json(201, answer))
}

/// Refuses an assignment that there is under another name, and a name that stands for another one.
fn free(
    tx: &Tx<'_>,
    azure: &Azure,
    (scope, name): (&Id, &str),
    wish: &Wish,
) -> Result<(), Refusal> {
    let key = scope.key();
    let is_here = |row: &AzureRole| row.scope.eq_ignore_ascii_case(&key);
    let is_same = |row: &AzureRole| {
        is_here(row) && row.principal == wish.principal && row.role == wish.role.id
    };
    for (_, row) in tx.arm.roles.under(&azure.path()) {
        match (row.name == name, is_same(row)) {
            (true, false) => {
                let text = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
                return Err(Refusal::new(400, "RoleAssignmentUpdateNotPermitted", text));
            }
            (false, true) => {
                let text = "The role assignment already exists.";
                return Err(Refusal::new(409, "RoleAssignmentExists", text));
            }
            _ => {}
        }
    }
    Ok(())
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (scope, _) = admitted(request, tx, DELETE)?;
    let key = id_of(&scope, request.param("assignment")).key();
    Ok(match tx.arm.roles.remove(&key) {
        Some(row) => Reply::ok(shown(request, &row)),
        None => Reply::empty(204),
    })
}

/// Shows an assignment in the shape of the api-version: the first one knew no type of the principal.
fn shown(request: &Request, row: &AzureRole) -> Value {
    let scope = Id::parse(&row.scope).unwrap_or_default();
    let subscription = scope.subscription.as_deref().unwrap_or_default();
    let role = definitions::find(&row.role).map_or(row.role.as_str(), |role| role.id);
    let mut shown = json!({
        "id": id_of(&scope, &row.name).text(),
        "name": row.name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": format!(
                "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
            ),
            "principalId": row.principal,
            "scope": row.scope,
            "createdOn": write(row.created),
            "updatedOn": write(row.updated),
            "createdBy": row.created_by,
            "updatedBy": row.updated_by,
        },
    });
    if request.query("api-version") != Some("2015-07-01") {
        let properties = &mut shown["properties"];
        properties["principalType"] = row.kind.as_str().into();
        properties["description"] = json!(row.description);
        properties["condition"] = json!(row.condition);
        properties["conditionVersion"] = json!(row.condition_version);
        properties["delegatedManagedIdentityResourceId"] = Value::Null;
    }
    shown
}

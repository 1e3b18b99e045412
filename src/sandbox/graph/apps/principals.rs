//! Service principals: the consents of a directory, and the services themselves. Source: graph
//! reference §10.

use serde_json::{Value, json};

use super::{READ, WRITE, applications, permissions};
use crate::sandbox::entra::seed::MANAGED_IDENTITY;
use crate::sandbox::entra::{services, tenants};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{admit_to_change, untyped};
use crate::sandbox::graph::odata::{Kind, created, entity, listed, number};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Consent, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/servicePrincipals", list),
    Route::graph("GET", "/v1.0/servicePrincipals/$count", count),
    Route::graph("POST", "/v1.0/servicePrincipals", create),
    Route::graph("GET", "/v1.0/servicePrincipals/{principal}", get),
    Route::graph("GET", "/v1.0/servicePrincipals(appId='{app}')", get),
    Route::graph("PATCH", "/v1.0/servicePrincipals/{principal}", update),
    Route::graph("PATCH", "/v1.0/servicePrincipals(appId='{app}')", update),
    Route::graph("DELETE", "/v1.0/servicePrincipals/{principal}", delete),
    Route::graph("DELETE", "/v1.0/servicePrincipals(appId='{app}')", delete),
];

pub(in crate::sandbox::graph) const KIND: Kind = Kind {
    name: "ServicePrincipal",
    filter: &[
        ("id", "eq in; ne not"),
        ("appId", "eq in; ne not"),
        ("displayName", "eq in startsWith ge le; ne not"),
        ("accountEnabled", "eq in; ne not"),
        ("servicePrincipalType", "eq in; ne not"),
        ("servicePrincipalNames", "eq startsWith; not"),
        ("appOwnerOrganizationId", "eq in; ne not"),
        ("tags", "eq startsWith; not"),
    ],
    order: (&["displayName"], &["appId"]),
    search: &["displayName"],
    directory: true,
    ..Kind::PLAIN
};

/// Shows a service principal, with its type.
pub(super) fn shown(world: &World, app: &str, consent: &Consent) -> Value {
    let known = world.entra.apps.get(app);
    let title = known.map(|known| known.name.as_str());
    let urls = known.map(|known| known.redirects.iter().map(|one| one.uri.as_str()));
    let urls: Vec<&str> = urls.into_iter().flatten().collect();
    let roles = known.and_then(|known| known.more.get("appRoles"));
    let kind = if app == MANAGED_IDENTITY {
        "ManagedIdentity"
    } else {
        "Application"
    };
    let everybody = known.is_some_and(|known| known.multi_tenant);
    json!({
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": consent.principal,
        "deletedDateTime": null,
        "accountEnabled": !consent.set.disabled,
        "appDisplayName": title,
        "appId": app,
        "appOwnerOrganizationId": known.map(|known| &known.tenant),
        "appRoleAssignmentRequired": consent.set.assignment_required,
        "appRoles": roles.cloned().unwrap_or_else(|| json!([])),
        "displayName": consent.set.name.as_deref().or(title),
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "replyUrls": urls,
        "servicePrincipalNames": [app],
        "servicePrincipalType": kind,
        "signInAudience": if everybody { "AzureADMultipleOrgs" } else { "AzureADMyOrg" },
        "tags": consent.set.tags,
    })
}

/// Returns all service principals of a tenant, with their type.
pub(in crate::sandbox::graph) fn all(world: &World, tenant: &str) -> Vec<Value> {
    let consents = tenants::consents(world, tenant);
    let services = services().map(|(service, _)| permissions::shown(tenant, service));
    let own = consents
        .iter()
        .map(|(app, consent)| shown(world, app, consent));
    own.chain(services).collect()
}

/// Returns a service principal by its object id, with its type.
pub(in crate::sandbox::graph) fn principal(world: &World, tenant: &str, id: &str) -> Option<Value> {
    let mut all = all(world, tenant).into_iter();
    all.find(|row| row["id"] == id)
}

/// Returns the service principal that the path names.
pub(super) fn named(request: &Request, tx: &World, tenant: &str) -> Result<Value, Refusal> {
    let (id, app) = (request.param("principal"), request.param("app"));
    let (id, app) = (id.to_lowercase(), app.to_lowercase());
    let mut all = all(tx, tenant).into_iter();
    all.find(|row| row["id"] == id.as_str() || row["appId"] == app.as_str())
        .ok_or_else(|| missing(if id.is_empty() { &app } else { &id }))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let rows = all(tx, tenant).into_iter().map(untyped);
    listed(request, &KIND, "servicePrincipals", rows)
}

fn count(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    number(request, &KIND, all(tx, tenant))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let row = untyped(named(request, tx, tenant)?);
    entity(request, &KIND, "servicePrincipals/$entity", row)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit_to_change(request, tx, &WRITE)?;
    let tenant = caller.tenant.clone();
    let members = body::read(request)?;
    let body = Body::of(
        &members,
        &[
            "appId",
            "displayName",
            "accountEnabled",
            "appRoleAssignmentRequired",
            "tags",
        ],
    )?;
    let id = body.need_text("appId")?.to_lowercase();
    let is_there = tenants::consent_of(tx, &tenant, &id).is_some();
    if is_there || permissions::of_app(&id).is_some() {
        let text = format!(
            "The service principal cannot be created, updated, or restored because the service principal name {id} is already in use."
        );
        return Err(Refusal::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            text,
        ));
    }
    let app = tx.entra.apps.get(&id);
    if app.is_none_or(|app| !app.multi_tenant && app.tenant != tenant) {
        let text = format!(
            "The appId '{id}' of the service principal does not reference a valid application object."
        );
        return Err(bad(text));
    }
    let mut consent = tenants::consent_or_new(tx, &tenant, &id);
    lay(&body, &mut consent)?;
    consent.set.owners = applications::own(tx, caller)?;
    let row = untyped(shown(tx, &id, &consent));
    let path = format!("servicePrincipals/{}", consent.principal);
    tx.entra.consents.put(&key(&[&tenant, &id]), consent);
    created(request, &KIND, "servicePrincipals/$entity", row, &path)
}

/// Lays what is written over the settings of a service principal.
fn lay(body: &Body<'_>, consent: &mut Consent) -> Result<(), Refusal> {
    let set = &mut consent.set;
    if let Some(enabled) = body.flag("accountEnabled")? {
        set.disabled = !enabled;
    }
    if let Some(required) = body.flag("appRoleAssignmentRequired")? {
        set.assignment_required = required;
    }
    if let Some(tags) = body.texts("tags")? {
        set.tags = tags.into_iter().map(str::to_owned).collect();
    }
    if body.has("displayName") {
        set.name = body.text("displayName")?.map(str::to_owned);
    }
    Ok(())
}

/// Returns the application and the consent of the path. The services themselves are not the
/// tenant's to change.
fn to_change(request: &Request, tx: &mut Tx<'_>) -> Result<(String, Consent), Refusal> {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let row = named(request, tx, &tenant)?;
    let app = row["appId"].as_str().unwrap_or_default().to_owned();
    let consent = tenants::consent_of(tx, &tenant, &app);
    let consent = consent.ok_or_else(crate::sandbox::graph::access::denied)?;
    Ok((key(&[&tenant, &app]), consent))
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (key, mut consent) = to_change(request, tx)?;
    let members = body::read(request)?;
    let known = [
        "accountEnabled",
        "appRoleAssignmentRequired",
        "displayName",
        "tags",
    ];
    lay(&Body::of(&members, &known)?, &mut consent)?;
    tx.entra.consents.put(&key, consent);
    Ok(Reply::empty(204))
}

/// Deletes a service principal, and with it everything that was granted to it.
fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (key, _) = to_change(request, tx)?;
    remove(tx, &key);
    Ok(Reply::empty(204))
}

/// Removes a service principal by the key of its consent, with what users granted.
pub(super) fn remove(tx: &mut Tx<'_>, key: &str) {
    tx.entra.consents.remove(key);
    let rows = tx.entra.user_consents.under(key);
    let keys: Vec<String> = rows.map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        tx.entra.user_consents.remove(&key);
    }
}

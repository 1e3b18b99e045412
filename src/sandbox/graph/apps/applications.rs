//! Applications that are registered in a directory. Source: graph reference §10.

use serde_json::{Map, Value, json};

use super::permissions::{self, Kind as Permission};
use super::{READ, WRITE, keys, principals};
use crate::sandbox::derived;
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::access::{Standing, admit, missing, standing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{admit_to_change, untyped};
use crate::sandbox::graph::odata::{Kind, created, entity, listed, number};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Caller, Outcome, Request, Route};
use crate::sandbox::store::{App, Redirect, RedirectKind, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/applications", list),
    Route::graph("GET", "/v1.0/applications/$count", count),
    Route::graph("POST", "/v1.0/applications", create),
    Route::graph("GET", "/v1.0/applications/{application}", get),
    Route::graph("GET", "/v1.0/applications(appId='{app}')", get),
    Route::graph("PATCH", "/v1.0/applications/{application}", update),
    Route::graph("PATCH", "/v1.0/applications(appId='{app}')", update),
    Route::graph("DELETE", "/v1.0/applications/{application}", delete),
    Route::graph("DELETE", "/v1.0/applications(appId='{app}')", delete),
];

pub(in crate::sandbox::graph) const KIND: Kind = Kind {
    name: "Application",
    filter: &[
        ("id", "eq in; ne not"),
        ("appId", "eq in; ne not"),
        ("displayName", "eq in startsWith ge le; ne not"),
        ("createdDateTime", "eq in ge le; ne not"),
        ("signInAudience", "eq in startsWith; ne not"),
        ("identifierUris", "eq startsWith; ne not"),
        ("publisherDomain", "eq startsWith; ne not"),
        ("tags", "eq startsWith; not"),
    ],
    order: (&["displayName"], &["createdDateTime"]),
    search: &["displayName"],
    directory: true,
    ..Kind::PLAIN
};

/// What may be written.
const WRITTEN: &[&str] = &[
    "displayName",
    "keyCredentials",
    "signInAudience",
    "isFallbackPublicClient",
    "web",
    "publicClient",
    "spa",
    "requiredResourceAccess",
    "identifierUris",
    "api",
    "appRoles",
    "optionalClaims",
    "tags",
    "description",
    "notes",
];

/// What is only kept.
const KEPT: [&str; 7] = [
    "identifierUris",
    "api",
    "appRoles",
    "optionalClaims",
    "tags",
    "description",
    "notes",
];

const AUDIENCES: [&str; 4] = [
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];

/// The places of redirect addresses, and their kinds.
const PLACES: [(&str, RedirectKind); 3] = [
    ("web", RedirectKind::Web),
    ("publicClient", RedirectKind::Public),
    ("spa", RedirectKind::Spa),
];

/// Returns the object id of an application.
pub(super) fn id_of(app: &App) -> String {
    derived::guid(&["application", &app.id])
}

/// Shows an application, with its type.
pub(in crate::sandbox::graph) fn shown(world: &World, app: &App) -> Value {
    let kept = |name: &str| app.more.get(name).cloned();
    let list = |name: &str| kept(name).unwrap_or_else(|| json!([]));
    let audience = if app.multi_tenant {
        "AzureADMultipleOrgs"
    } else {
        "AzureADMyOrg"
    };
    let urls = |kind: RedirectKind| -> Vec<&str> {
        let urls = app.redirects.iter().filter(|one| one.kind == kind);
        urls.map(|one| one.uri.as_str()).collect()
    };
    let domain = tenants::find(world, &app.tenant).map(|tenant| tenant.domains[0].clone());
    let web = kept("web").unwrap_or_else(|| json!({}));
    json!({
        "@odata.type": "#microsoft.graph.application",
        "id": id_of(app),
        "deletedDateTime": null,
        "api": kept("api").unwrap_or_else(|| json!({ "oauth2PermissionScopes": [], "requestedAccessTokenVersion": null, "preAuthorizedApplications": [], "knownClientApplications": [] })),
        "appId": app.id,
        "appRoles": list("appRoles"),
        "createdDateTime": app.created,
        "description": kept("description"),
        "displayName": app.name,
        "identifierUris": list("identifierUris"),
        "isFallbackPublicClient": app.public.then_some(true),
        "keyCredentials": keys::shown(app),
        "notes": kept("notes"),
        "optionalClaims": kept("optionalClaims"),
        "passwordCredentials": app.secrets.iter().map(super::credentials::shown).collect::<Vec<_>>(),
        "publicClient": { "redirectUris": urls(RedirectKind::Public) },
        "publisherDomain": domain,
        "requiredResourceAccess": required(app),
        "signInAudience": kept("signInAudience").unwrap_or_else(|| audience.into()),
        "spa": { "redirectUris": urls(RedirectKind::Spa) },
        "tags": list("tags"),
        "web": {
            "homePageUrl": web["homePageUrl"],
            "logoutUrl": web["logoutUrl"],
            "redirectUris": urls(RedirectKind::Web),
            "implicitGrantSettings": web["implicitGrantSettings"],
        },
    })
}

/// Shows the permissions that the registration lists.
fn required(app: &App) -> Vec<Value> {
    let listed = |service: &str, (rows, kind): (&[(String, Vec<String>)], Permission)| {
        let names = rows.iter().filter(|(known, _)| known == service);
        let names: Vec<String> = names.flat_map(|(_, names)| names.clone()).collect();
        let shown = names.into_iter().map(|name| {
            let id = permissions::id_of(service, kind, &name);
            json!({ "id": id, "type": kind.as_str() })
        });
        shown.collect::<Vec<_>>()
    };
    let mut services: Vec<&String> = Vec::new();
    for (service, _) in app.requires.iter().chain(&app.requires_roles) {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    let shown = services.into_iter().map(|service| {
        let mut access = listed(service, (&app.requires, Permission::Scope));
        access.extend(listed(service, (&app.requires_roles, Permission::Role)));
        json!({ "resourceAppId": permissions::app_of(service), "resourceAccess": access })
    });
    shown.collect()
}

/// Returns the applications that are registered in a tenant.
fn all<'w>(world: &'w World, tenant: &str) -> impl Iterator<Item = &'w App> {
    let apps = world.entra.apps.iter().map(|(_, app)| app);
    let tenant = tenant.to_owned();
    apps.filter(move |app| app.tenant == tenant)
}

/// Returns all applications of a tenant, with their type.
pub(in crate::sandbox::graph) fn rows(world: &World, tenant: &str) -> Vec<Value> {
    all(world, tenant).map(|app| shown(world, app)).collect()
}

/// Returns an application by its object id, with its type.
pub(in crate::sandbox::graph) fn application(
    world: &World,
    tenant: &str,
    id: &str,
) -> Option<Value> {
    let mut apps = all(world, tenant);
    apps.find(|app| id_of(app) == id)
        .map(|app| shown(world, app))
}

/// Returns the application that the path names.
pub(super) fn named(request: &Request, tx: &World) -> Result<App, Refusal> {
    let tenant = &request.caller()?.tenant;
    let (id, app) = (request.param("application"), request.param("app"));
    let mut apps = all(tx, tenant);
    let found = apps
        .find(|known| id_of(known).eq_ignore_ascii_case(id) || known.id.eq_ignore_ascii_case(app));
    found
        .cloned()
        .ok_or_else(|| missing(if id.is_empty() { app } else { id }))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let rows = all(tx, tenant).map(|app| untyped(shown(tx, app)));
    listed(request, &KIND, "applications", rows)
}

fn count(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    number(request, &KIND, all(tx, tenant).map(|app| shown(tx, app)))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit(request, tx, &READ)?;
    let app = named(request, tx)?;
    let mut row = untyped(shown(tx, &app));
    keys::reveal(request.query("$select"), &app, &mut row);
    entity(request, &KIND, "applications/$entity", row)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit_to_change(request, tx, &WRITE)?;
    let tenant = caller.tenant.clone();
    let members = body::read(request)?;
    let body = Body::of(&members, WRITTEN)?;
    let mut app = App {
        id: tx.guid(),
        name: body.need_text("displayName")?.to_owned(),
        tenant,
        multi_tenant: false,
        public: false,
        disabled: false,
        redirects: Vec::new(),
        secrets: Vec::new(),
        certificates: Vec::new(),
        federated: Vec::new(),
        requires: Vec::new(),
        requires_roles: Vec::new(),
        owners: own(tx, caller)?,
        created: Some(tx.now()),
        more: Map::new(),
    };
    lay(&body, &members, &mut app)?;
    let row = untyped(shown(tx, &app));
    let path = format!("applications/{}", id_of(&app));
    put(tx, app);
    created(request, &KIND, "applications/$entity", row, &path)
}

/// Returns the owner that something gets which a caller makes: itself, as a user of the directory.
pub(super) fn own(tx: &Tx<'_>, caller: &Caller) -> Result<Vec<String>, Refusal> {
    Ok(match standing(tx, caller)? {
        Standing::Member(person) => vec![person.id],
        Standing::Delegated | Standing::App => Vec::new(),
    })
}

/// Returns the applications of a tenant that have an identifier of a domain.
pub(in crate::sandbox::graph) fn using<'w>(
    world: &'w World,
    tenant: &str,
    domain: &str,
) -> impl Iterator<Item = &'w App> {
    all(world, tenant).filter(move |app| app.uses(domain))
}

/// Keeps an application.
pub(super) fn put(tx: &mut Tx<'_>, app: App) {
    let id = app.id.clone();
    tx.entra.apps.put(&id, app);
}

/// Lays what is written over an application.
fn lay(body: &Body<'_>, members: &Map<String, Value>, app: &mut App) -> Result<(), Refusal> {
    if body.has("displayName") {
        body.need_text("displayName")?.clone_into(&mut app.name);
    }
    if let Some(audience) = body.text("signInAudience")? {
        if !AUDIENCES.contains(&audience) {
            return Err(bad(format!(
                "Invalid value '{audience}' specified for property 'signInAudience'."
            )));
        }
        app.multi_tenant = audience != AUDIENCES[0];
        app.more
            .insert("signInAudience".to_owned(), audience.into());
    }
    if body.has("isFallbackPublicClient") {
        app.public = body.flag("isFallbackPublicClient")?.unwrap_or(false);
    }
    keys::replace(body, app)?;
    for (place, kind) in PLACES {
        redirects(body, (place, kind), app)?;
    }
    if let Some(wanted) = body.array("requiredResourceAccess")? {
        require(wanted, app)?;
    }
    for list in ["identifierUris", "tags"] {
        body.texts(list)?;
    }
    for name in KEPT.into_iter().filter(|name| body.has(name)) {
        let value = members.get(name).cloned().unwrap_or_default();
        if value.is_null() {
            app.more.remove(name);
        } else {
            app.more.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

/// Replaces the redirect addresses of one kind. Whatever else the place holds is only kept.
fn redirects(
    body: &Body<'_>,
    (place, kind): (&str, RedirectKind),
    app: &mut App,
) -> Result<(), Refusal> {
    let known = [
        "redirectUris",
        "homePageUrl",
        "logoutUrl",
        "implicitGrantSettings",
        "redirectUriSettings",
    ];
    let at = "";
    let Some(inner) = body.object(place, at, &known)? else {
        return Ok(());
    };
    if let Some(urls) = inner.texts("redirectUris")? {
        if let Some(url) = urls.iter().find(|url| url::Url::parse(url).is_err()) {
            return Err(bad(format!("Invalid redirect URI '{url}'.")));
        }
        app.redirects.retain(|one| one.kind != kind);
        app.redirects.extend(urls.into_iter().map(|uri| Redirect {
            kind,
            uri: uri.to_owned(),
        }));
    }
    if let Some(whole) = body.get(place) {
        app.more.insert(place.to_owned(), whole.clone());
    }
    Ok(())
}

/// Replaces the permissions that a registration lists; those of unknown services or with unknown ids
/// are refused.
fn require(wanted: &[Value], app: &mut App) -> Result<(), Refusal> {
    let mut lists = (Vec::new(), Vec::new());
    for resource in wanted {
        let id = resource["resourceAppId"].as_str().unwrap_or_default();
        let service = permissions::of_app(id).ok_or_else(|| {
            bad(format!(
                "Invalid value '{id}' specified for property 'resourceAppId'."
            ))
        })?;
        let mut names = (Vec::new(), Vec::new());
        for access in resource["resourceAccess"].as_array().into_iter().flatten() {
            let id = access["id"].as_str().unwrap_or_default();
            let (kind, names) = match access["type"].as_str() {
                Some("Role") => (Permission::Role, &mut names.1),
                _ => (Permission::Scope, &mut names.0),
            };
            let name = permissions::named(service, kind, id).ok_or_else(|| {
                bad(format!(
                    "Invalid value '{id}' specified for property 'resourceAccess'."
                ))
            })?;
            names.push(name.to_owned());
        }
        if !names.0.is_empty() {
            lists.0.push((service.to_owned(), names.0));
        }
        if !names.1.is_empty() {
            lists.1.push((service.to_owned(), names.1));
        }
    }
    (app.requires, app.requires_roles) = lists;
    Ok(())
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut app = named(request, tx)?;
    let members = body::read(request)?;
    lay(&Body::of(&members, WRITTEN)?, &members, &mut app)?;
    put(tx, app);
    Ok(Reply::empty(204))
}

/// Deletes an application, with its service principal at home. Those of other directories stay.
fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let app = named(request, tx)?;
    tx.entra.apps.remove(&app.id);
    principals::remove(tx, &key(&[&app.tenant, &app.id]));
    Ok(Reply::empty(204))
}

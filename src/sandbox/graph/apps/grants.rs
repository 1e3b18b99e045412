//! Delegated permissions that are granted, for everybody or for one user: the consents that a user's
//! tokens are issued by. Source: graph reference §10.

use serde_json::{Value, json};

use super::{READ_GRANTS, WRITE_GRANTS, permissions};
use crate::sandbox::derived;
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{self, admit_to_change, type_of};
use crate::sandbox::graph::odata::{Kind, created, entity, listed};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, UserConsent, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/oauth2PermissionGrants", list),
    Route::graph("POST", "/v1.0/oauth2PermissionGrants", create),
    Route::graph("GET", "/v1.0/oauth2PermissionGrants/{grant}", get),
    Route::graph("PATCH", "/v1.0/oauth2PermissionGrants/{grant}", update),
    Route::graph("DELETE", "/v1.0/oauth2PermissionGrants/{grant}", delete),
    Route::graph(
        "GET",
        "/v1.0/servicePrincipals/{principal}/oauth2PermissionGrants",
        of_principal,
    ),
];

pub(in crate::sandbox::graph) const KIND: Kind = Kind {
    name: "OAuth2PermissionGrant",
    filter: &[
        ("clientId", "eq"),
        ("consentType", "eq"),
        ("principalId", "eq"),
        ("resourceId", "eq"),
    ],
    ..Kind::PLAIN
};

/// What an application may do of one service, for everybody or for one user.
#[derive(Debug, Clone)]
struct Grant {
    tenant: String,
    app: String,
    /// Object id of the application's service principal.
    client: String,
    /// The user, if it is for one.
    user: Option<String>,
    service: &'static str,
    scopes: Vec<String>,
}

impl Grant {
    fn id(&self) -> String {
        let user = self.user.as_deref().unwrap_or("*");
        derived::guid(&["grant", &self.tenant, &self.app, user, self.service])
    }

    fn shown(&self) -> Value {
        json!({
            "id": self.id(),
            "clientId": self.client,
            "consentType": if self.user.is_some() { "Principal" } else { "AllPrincipals" },
            "principalId": self.user,
            "resourceId": permissions::principal_of(&self.tenant, self.service),
            "scope": self.scopes.join(" "),
        })
    }
}

type Scopes = Vec<(String, Vec<String>)>;

/// Returns everything that is granted in a tenant.
fn all(world: &World, tenant: &str) -> Vec<Grant> {
    let consents = tenants::consents(world, tenant);
    let mut found = Vec::new();
    for (app, consent) in &consents {
        let mut add = |user: Option<&str>, scopes: &Scopes| {
            found.extend(scopes.iter().filter_map(|(service, scopes)| {
                Some(Grant {
                    tenant: tenant.to_owned(),
                    app: app.clone(),
                    client: consent.principal.clone(),
                    user: user.map(str::to_owned),
                    service: tenants::service(service)?,
                    scopes: scopes.clone(),
                })
            }));
        };
        add(None, &consent.scopes);
        for (place, own) in world.entra.user_consents.under(&key(&[tenant, app])) {
            add(place.rsplit('/').next(), &own.scopes);
        }
    }
    found
}

/// Returns everything that is granted in a tenant, as it is shown.
pub(in crate::sandbox::graph) fn rows(world: &World, tenant: &str) -> Vec<Value> {
    all(world, tenant).iter().map(Grant::shown).collect()
}

/// Returns the grant that the path names.
fn named(request: &Request, tx: &World, tenant: &str) -> Result<Grant, Refusal> {
    let id = request.param("grant");
    let mut all = all(tx, tenant).into_iter();
    all.find(|grant| grant.id().eq_ignore_ascii_case(id))
        .ok_or_else(|| missing(id))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ_GRANTS)?.tenant;
    listed(request, &KIND, "oauth2PermissionGrants", rows(tx, tenant))
}

fn of_principal(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ_GRANTS)?.tenant;
    let client = super::principals::named(request, tx, tenant)?;
    let rows = all(tx, tenant);
    let rows = rows.iter().filter(|grant| client["id"] == grant.client);
    listed(
        request,
        &KIND,
        "oauth2PermissionGrants",
        rows.map(Grant::shown),
    )
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ_GRANTS)?.tenant;
    let row = named(request, tx, tenant)?.shown();
    entity(request, &KIND, "oauth2PermissionGrants/$entity", row)
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE_GRANTS)?.tenant.clone();
    let members = body::read(request)?;
    let known = [
        "clientId",
        "consentType",
        "principalId",
        "resourceId",
        "scope",
    ];
    let body = Body::of(&members, &known)?;
    let client = body.need_text("clientId")?.to_lowercase();
    let consents = tenants::consents(tx, &tenant);
    let found = consents.iter().find(|(_, row)| row.principal == client);
    let (app, _) = found.ok_or_else(|| missing(&client))?;
    let resource = body.need_text("resourceId")?.to_lowercase();
    objects::find(tx, &tenant, &resource).ok_or_else(|| missing(&resource))?;
    let service = permissions::service(&tenant, &resource)
        .ok_or_else(|| bad("The resource has no delegated permissions that could be granted."))?;
    let grant = Grant {
        app: app.clone(),
        user: user(tx, &tenant, &body)?,
        scopes: scopes(&body)?,
        service,
        client,
        tenant,
    };
    let is_there = |known: &Grant| known.id() == grant.id();
    if all(tx, &grant.tenant).iter().any(is_there) {
        let code = "Request_MultipleObjectsWithSameKeyValue";
        return Err(Refusal::new(409, code, "Permission entry already exists."));
    }
    write(tx, &grant, true);
    let path = format!("oauth2PermissionGrants/{}", grant.id());
    let part = "oauth2PermissionGrants/$entity";
    created(request, &KIND, part, grant.shown(), &path)
}

/// Reads for whom a grant is: one user, or everybody (none).
fn user(tx: &World, tenant: &str, body: &Body<'_>) -> Result<Option<String>, Refusal> {
    let user = body.text("principalId")?.filter(|id| !id.is_empty());
    match (body.need_text("consentType")?, user) {
        ("AllPrincipals", None) => Ok(None),
        ("AllPrincipals", Some(_)) => Err(bad(
            "The property 'principalId' must be null when 'consentType' is 'AllPrincipals'.",
        )),
        ("Principal", None) => Err(body.required("principalId")),
        ("Principal", Some(user)) => {
            let object = objects::find(tx, tenant, user);
            let object = object.filter(|object| type_of(object) == "user");
            object.ok_or_else(|| missing(user))?;
            Ok(Some(user.to_lowercase()))
        }
        (other, _) => Err(bad(format!(
            "Invalid value '{other}' specified for property 'consentType'."
        ))),
    }
}

fn scopes(body: &Body<'_>) -> Result<Vec<String>, Refusal> {
    let text = body.text("scope")?.ok_or_else(|| body.required("scope"))?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

/// Writes a grant where tokens are issued by, or takes it away.
fn write(tx: &mut Tx<'_>, grant: &Grant, keep: bool) {
    let lay = |all: &mut Scopes| {
        all.retain(|(service, _)| service != grant.service);
        if keep {
            all.push((grant.service.to_owned(), grant.scopes.clone()));
        }
    };
    match &grant.user {
        None => {
            let place = key(&[&grant.tenant, &grant.app]);
            if let Some(consent) = tx.entra.consents.edit(&place) {
                lay(&mut consent.scopes);
            }
        }
        Some(user) => {
            let place = key(&[&grant.tenant, &grant.app, user]);
            let own = tx.entra.user_consents.get(&place).cloned();
            let mut own: UserConsent = own.unwrap_or_default();
            lay(&mut own.scopes);
            tx.entra.user_consents.put(&place, own);
        }
    }
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE_GRANTS)?.tenant.clone();
    let mut grant = named(request, tx, &tenant)?;
    let members = body::read(request)?;
    grant.scopes = scopes(&Body::of(&members, &["scope"])?)?;
    write(tx, &grant, true);
    Ok(Reply::empty(204))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE_GRANTS)?.tenant.clone();
    let grant = named(request, tx, &tenant)?;
    write(tx, &grant, false);
    Ok(Reply::empty(204))
}

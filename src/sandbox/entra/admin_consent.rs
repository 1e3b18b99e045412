//! Admin consent: an administrator lets an application into the whole tenant.
//! Source: identity reference §12.

use super::aadsts::{Aadsts, Trace};
use super::authorize::{is_registered, permissions};
use super::client;
use super::consent::{Grants, grant_to_tenant};
use super::directory::{named_tenant, roles_in};
use super::form::{Form, Version};
use super::gdap::may_consent;
use super::page::{self, SignInPage};
use super::reach::granted;
use super::scope::resources;
use super::sign_in::Login;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{App, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::login("GET", "/{tenant}/adminconsent", v1),
    Route::login("POST", "/{tenant}/adminconsent", v1),
    Route::login("GET", "/{tenant}/v2.0/adminconsent", v2),
    Route::login("POST", "/{tenant}/v2.0/adminconsent", v2),
];

fn v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(answer(request, tx, Version::V1))
}

fn v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(answer(request, tx, Version::V2))
}

/// What is to be consented, and where the answer goes.
struct Ask {
    app: App,
    tenant: Option<String>,
    back: String,
    scope: String,
    resources: Vec<(&'static str, Vec<String>)>,
}

fn answer(request: &Request, tx: &mut Tx<'_>, version: Version) -> Reply {
    let ask = match read(request, tx, version) {
        Ok(ask) => ask,
        Err(refusal) => {
            let trace = Trace::of(request, tx);
            let title = "Sorry, but we're having trouble signing you in";
            return page::message(400, title, &refusal.description(&trace));
        }
    };
    let Some(login) = Login::read(&Form::read(request)) else {
        return show(request, &ask, None);
    };
    match consent(tx, &ask, &login) {
        Ok(tenant) => {
            let mut fields = vec![("admin_consent", "True".to_owned()), ("tenant", tenant)];
            if version == Version::V2 {
                fields.push(("scope", ask.scope.clone()));
            }
            send(request, &ask, fields)
        }
        Err(refusal) if [65_004, 90_094].contains(&refusal.code) => {
            let trace = Trace::of(request, tx);
            let fields = vec![
                ("error", refusal.at_authorize().to_owned()),
                ("error_description", refusal.description(&trace)),
                ("admin_consent", "True".to_owned()),
            ];
            send(request, &ask, fields)
        }
        Err(refusal) => show(request, &ask, Some((&login, &refusal))),
    }
}

fn read(request: &Request, tx: &Tx<'_>, version: Version) -> Result<Ask, Aadsts> {
    let segment = request.param("tenant");
    if ["common", "consumers"].contains(&segment.to_lowercase().as_str()) {
        return Err(Aadsts::of(90_019));
    }
    let need = |name: &str| {
        let value = request.query(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Aadsts::missing(name))
    };
    let tenant = named_tenant(tx, segment)?.map(|tenant| tenant.id);
    let app = client::find(tx, need("client_id")?, tenant.as_deref())?;
    let back = need("redirect_uri")?.to_owned();
    if is_registered(&app, &back).is_none() {
        return Err(Aadsts::of(50_011));
    }
    let scope = match version {
        Version::V2 => need("scope")?.to_owned(),
        Version::V1 => String::new(),
    };
    Ok(Ask {
        resources: match version {
            Version::V2 => resources(&scope)?,
            // The whole registration.
            Version::V1 => resources(&registered(&app))?,
        },
        app,
        tenant,
        back,
        scope,
    })
}

/// Returns all resources that an application's registration lists, as a scope.
fn registered(app: &App) -> String {
    let all = app.requires.iter().chain(&app.requires_roles);
    let all: Vec<String> = all
        .map(|(resource, _)| format!("{resource}/.default"))
        .collect();
    all.join(" ")
}

fn show(request: &Request, ask: &Ask, problem: Option<(&Login, &Aadsts)>) -> Reply {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&request.query)
        .finish();
    SignInPage {
        action: &format!("/login{}?{query}", request.path),
        app: &ask.app.name,
        username: problem.map_or("", |(login, _)| login.username()),
        permissions: &permissions(&ask.resources),
        problem: problem.map(|(_, refusal)| refusal),
        user_code: None,
    }
    .reply()
}

/// Signs the administrator in and consents; returns the tenant.
fn consent(tx: &mut Tx<'_>, ask: &Ask, login: &Login) -> Result<String, Aadsts> {
    if !login.accepts {
        return Err(Aadsts::of(65_004));
    }
    let (user, signed) = login.check(tx, ask.tenant.as_deref(), (&ask.app.id, &ask.app.name))?;
    let roles = roles_in(tx, &user, &signed.tenant);
    if signed.tenant != user.tenant && roles.is_empty() {
        return Err(Aadsts::of(50_020));
    }
    if !may_consent(&roles.into_iter().collect()) {
        return Err(Aadsts::of(90_094));
    }
    let mut scopes = Grants::new();
    let mut roles = Grants::new();
    for (resource, named) in &ask.resources {
        if !named.is_empty() {
            scopes.push(((*resource).to_owned(), named.clone()));
            continue;
        }
        // `.default`: all that is registered. Application permissions are part of it alone.
        if let Some(listed) = granted(&ask.app.requires, resource) {
            scopes.push(((*resource).to_owned(), listed.to_vec()));
        }
        if let Some(listed) = granted(&ask.app.requires_roles, resource) {
            roles.push(((*resource).to_owned(), listed.to_vec()));
        }
    }
    grant_to_tenant(tx, &ask.app, &signed.tenant, &scopes, &roles);
    Ok(signed.tenant)
}

fn send(request: &Request, ask: &Ask, mut fields: Vec<(&'static str, String)>) -> Reply {
    let state = request.query("state").map(str::to_owned);
    fields.extend(state.map(|state| ("state", state)));
    let Ok(mut url) = url::Url::parse(&ask.back) else {
        return page::message(400, "Nowhere to go", "The redirect address is no URL.");
    };
    url.query_pairs_mut().extend_pairs(&fields);
    Reply::empty(302).header("location", url.as_str())
}

//! The token endpoints (v1 and v2): client credentials and refresh. Other grants are refused as
//! unsupported. Source: identity reference §1, §4, §8, §9, §13.

use std::time::Duration;

use serde_json::{Value, json};

use super::aadsts::Aadsts;
use super::claims::{LIFETIME, Target, client_info};
use super::form::{Form, SHARED, Version, client, tenant, unknown_client};
use super::reach::{granted, reachable};
use super::scope::{Grant, Wanted, of_resource, of_scope};
use super::seed::digest_of;
use super::tenants::consent_of;
use crate::base::clock::later;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{App, RefreshToken, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::login("POST", "/{tenant}/oauth2/token", v1),
    Route::login("POST", "/{tenant}/oauth2/v2.0/token", v2),
    Route::login("GET", "/{tenant}/oauth2/token", only_post),
    Route::login("GET", "/{tenant}/oauth2/v2.0/token", only_post),
];

/// How long a refresh token lives without being used.
const INACTIVITY: Duration = Duration::from_secs(90 * 86_400);

fn v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(answer(request, tx, Version::V1))
}

fn v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(answer(request, tx, Version::V2))
}

fn only_post(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let text = "The endpoint only accepts POST requests. Received a GET request.";
    Ok(Aadsts::new(900_561, text).into_reply(request, tx))
}

fn answer(request: &Request, tx: &mut Tx<'_>, version: Version) -> Reply {
    let reply = match issue(request, tx, version) {
        Ok(body) => Reply::json(200, body),
        Err(refusal) => refusal.into_reply(request, tx),
    };
    let reply = reply
        .header("cache-control", "no-store, no-cache")
        .header("pragma", "no-cache")
        .header("x-ms-request-id", &tx.guid());
    let asked = request.header("return-client-request-id");
    match request.header("client-request-id") {
        Some(id) if asked.is_some_and(|asked| asked.eq_ignore_ascii_case("true")) => {
            reply.header("client-request-id", id)
        }
        _ => reply,
    }
}

fn issue(request: &Request, tx: &mut Tx<'_>, version: Version) -> Result<Value, Aadsts> {
    let form = Form::read(request);
    let grant = form.need("grant_type")?;
    if version == Version::V2 && form.get("resource").is_some() {
        let text = "The 'resource' request parameter is not supported.";
        return Err(Aadsts::new(901_002, text));
    }
    match grant {
        "client_credentials" => for_app(request, tx, version, &form),
        "refresh_token" => for_user(request, tx, version, &form),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            Err(Aadsts::new(70_003, text))
        }
    }
}

/// Reads what is wanted from the parameter that the endpoint's version has for it.
fn wanted(form: &Form, version: Version, grant: Grant) -> Result<Wanted, Aadsts> {
    match version {
        Version::V1 => of_resource(form.need("resource")?),
        Version::V2 => of_scope(form.need("scope")?, grant),
    }
}

fn for_app(
    request: &Request,
    tx: &mut Tx<'_>,
    version: Version,
    form: &Form,
) -> Result<Value, Aadsts> {
    let segment = request.param("tenant");
    match segment.to_lowercase().as_str() {
        "common" | "consumers" => {
            let text = "The grant type 'client_credentials' isn't supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
            return Err(Aadsts::new(9_001_023, text));
        }
        "organizations" => {
            let text = "No tenant-identifying information found in either the request or implied by any provided credentials.";
            return Err(Aadsts::new(50_059, text));
        }
        _ => {}
    }
    let tenant = tenant(tx, segment)?;
    form.need("client_id")?;
    let wanted = wanted(form, version, Grant::ClientCredentials)?;
    let app = client(tx, form, &tenant.id)?;
    let consent = consent_of(tx, &tenant.id, &app.id);
    let consent = consent.ok_or_else(|| unknown_client(&app.id, &tenant.id))?;
    let roles = granted(&consent.roles, wanted.resource)
        .unwrap_or_default()
        .to_vec();
    let principal = consent.principal.clone();
    let id = tx.guid();
    let target = Target {
        tenant: &tenant.id,
        app: &app.id,
        audience: &wanted.audience,
        now: tx.now(),
        id: &id,
    };
    Ok(body(version, &target, target.app_token(&principal, &roles)))
}

fn for_user(
    request: &Request,
    tx: &mut Tx<'_>,
    version: Version,
    form: &Form,
) -> Result<Value, Aadsts> {
    let shared = SHARED
        .iter()
        .any(|name| name.eq_ignore_ascii_case(request.param("tenant")));
    let asked = if shared {
        None
    } else {
        Some(tenant(tx, request.param("tenant"))?.id)
    };
    form.need("client_id")?;
    let wanted = wanted(form, version, Grant::Refresh)?;
    let app = client(tx, form, asked.as_deref().unwrap_or("common"))?;
    let row = refresh_token(tx, form, &app)?;
    let user = tx
        .entra
        .staff
        .get(&row.user)
        .cloned()
        .ok_or_else(malformed)?;
    let tenant = asked.unwrap_or_else(|| user.tenant.clone());
    let scopes = reachable(tx, &app, &user, &tenant, &wanted)?;

    let refresh = rotate(tx, form, row.clone());
    let id = tx.guid();
    let target = Target {
        tenant: &tenant,
        app: &app.id,
        audience: &wanted.audience,
        now: tx.now(),
        id: &id,
    };
    let mut answer = body(
        version,
        &target,
        target.user_token(&user, &scopes, &row.amr),
    );
    answer["scope"] = match version {
        Version::V1 => scopes.join(" ").into(),
        Version::V2 => qualified(&wanted, &scopes).into(),
    };
    answer["refresh_token"] = refresh.into();
    if wanted.openid {
        let issuer = format!("{}/login/{tenant}/v2.0", request.origin);
        answer["id_token"] = target.id_token(&user, &issuer).into();
    }
    if form.get("client_info") == Some("1") {
        answer["client_info"] = client_info(&user).into();
    }
    Ok(answer)
}

/// Finds the refresh token and checks that it may still be used by this client.
fn refresh_token(tx: &Tx<'_>, form: &Form, app: &App) -> Result<RefreshToken, Aadsts> {
    let text = match form.get("refresh_token") {
        None => return Err(Aadsts::missing("refresh_token")),
        Some("") => {
            let text = "Invalid request. Request is malformed or invalid.";
            return Err(Aadsts::new(9_002_313, text));
        }
        Some(text) => text,
    };
    let row = tx
        .entra
        .refresh_tokens
        .get(&digest_of(text))
        .ok_or_else(malformed)?;
    if row.app != app.id {
        return Err(malformed());
    }
    if let Some(revoked) = row.revoked {
        let text = format!(
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{revoked}'.",
            row.used
        );
        return Err(Aadsts::new(50_173, text));
    }
    if later(row.used, INACTIVITY) <= tx.now() {
        let text = format!(
            "The refresh token has expired due to inactivity. The token was issued on {} and was inactive for 90.00:00:00.",
            row.used
        );
        return Err(Aadsts::new(700_082, text));
    }
    Ok(row.clone())
}

fn malformed() -> Aadsts {
    Aadsts::new(70_000, "Provided grant is invalid or malformed.")
}

/// Issues a new refresh token of the same sign-in; the old one stays valid. A refresh always
/// returns one: the sign-in asked for offline access.
fn rotate(tx: &mut Tx<'_>, form: &Form, row: RefreshToken) -> String {
    let used = tx.now();
    if let Some(old) = tx
        .entra
        .refresh_tokens
        .edit(&digest_of(form.get("refresh_token").unwrap_or_default()))
    {
        old.used = used;
    }
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let fresh = format!("0.{}", tx.random().text(alphabet, 64));
    tx.entra
        .refresh_tokens
        .put(&digest_of(&fresh), RefreshToken { used, ..row });
    fresh
}

/// Writes scopes as the v2 endpoint does: with the resource, except Microsoft Graph's.
fn qualified(wanted: &Wanted, scopes: &[String]) -> String {
    let named = |scope: &String| match wanted.resource {
        "https://graph.microsoft.com" => scope.clone(),
        _ => format!("{}/{scope}", wanted.audience),
    };
    scopes.iter().map(named).collect::<Vec<_>>().join(" ")
}

/// Returns the fields that every success has; v1 writes numbers as strings.
fn body(version: Version, target: &Target<'_>, token: String) -> Value {
    let seconds = LIFETIME - 1;
    match version {
        Version::V2 => json!({
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": token,
        }),
        Version::V1 => json!({
            "token_type": "Bearer",
            "expires_in": seconds.to_string(),
            "ext_expires_in": seconds.to_string(),
            "expires_on": (target.now.as_second() + seconds).to_string(),
            "not_before": (target.now.as_second() - 300).to_string(),
            "resource": target.audience,
            "access_token": token,
        }),
    }
}

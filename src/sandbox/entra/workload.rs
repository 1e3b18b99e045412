//! Where workloads get their tokens without any secret: GitHub's issuer for workflows, the metadata
//! service of machines and web applications (managed identity). They are hosts of their own, beside
//! Entra ID. Source: identity reference §8, §11.

use serde_json::{Value, json};

use super::claims::{Proof, Target};
use super::jwt;
use super::reach::granted;
use super::scope::of_resource;
use super::seed::{
    GITHUB_ISSUER, GITHUB_SUBJECT, HOME, IDENTITY_HEADER, MANAGED_IDENTITY, REQUEST_TOKEN,
    TOKEN_EXCHANGE, WORKLOAD_SUBJECT,
};
use crate::base::clock::Timestamp;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::login("GET", "/github/token", github),
    Route::login("GET", "/metadata/identity/oauth2/token", metadata),
];

/// Seconds that the token of a managed identity lives.
const DAY: i64 = 86_400;

/// Gives a workflow its token.
fn github(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let bearer = format!("Bearer {REQUEST_TOKEN}");
    if request.header("authorization") != Some(&bearer) {
        return Ok(Reply::json(401, json!({ "message": "Bad credentials" })));
    }
    let audience = request
        .query("audience")
        .unwrap_or("https://github.com/contoso");
    let token = foreign(
        GITHUB_ISSUER,
        GITHUB_SUBJECT,
        audience,
        tx.now(),
        &tx.guid(),
    );
    Ok(Reply::ok(json!({ "count": token.len(), "value": token })))
}

/// Returns the token that a workload finds in its file.
pub(crate) fn assertion(tx: &mut Tx<'_>, origin: &str) -> String {
    let issuer = format!("{origin}/workload");
    foreign(
        &issuer,
        WORKLOAD_SUBJECT,
        TOKEN_EXCHANGE,
        tx.now(),
        &tx.guid(),
    )
}

fn foreign(issuer: &str, subject: &str, audience: &str, now: Timestamp, id: &str) -> String {
    let now = now.as_second();
    jwt::sign_v2(&json!({
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "jti": id,
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }))
}

/// Gives a machine (header `Metadata`) or a web application (`X-IDENTITY-HEADER`) the token of its
/// identity.
fn metadata(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(match managed(request, tx) {
        Ok(answer) => Reply::ok(answer),
        Err((status, error, text)) => {
            Reply::json(status, json!({ "error": error, "error_description": text }))
        }
    })
}

type Refused = (u16, &'static str, &'static str);

fn managed(request: &Request, tx: &mut Tx<'_>) -> Result<Value, Refused> {
    let versions: &[&str] = match request.header("x-identity-header") {
        Some(IDENTITY_HEADER) => &["2019-08-01", "2017-09-01"],
        Some(_) => return Err((401, "unknown_source", "Unknown Source")),
        None if request.header("metadata") == Some("true") => {
            &["2018-02-01", "2019-08-01", "2021-02-01"]
        }
        None => {
            let text = "Required metadata header not specified";
            return Err((400, "bad_request_102", text));
        }
    };
    let wrong = |text| (400, "invalid_request", text);
    let version = request.query("api-version").unwrap_or_default();
    if !versions.contains(&version) {
        return Err(wrong(
            "Required query variable 'api-version' is missing or not supported",
        ));
    }
    let resource = request.query("resource").unwrap_or_default();
    if resource.is_empty() {
        return Err(wrong("Required query variable 'resource' is missing"));
    }
    let consent = tx
        .entra
        .consents
        .get(&key(&[HOME, MANAGED_IDENTITY]))
        .cloned();
    let consent = consent.ok_or_else(|| wrong("Identity not found"))?;
    let object = Some(consent.principal.as_str());
    let asks = |name: &str| request.query(name);
    let meant = asks("client_id").is_none_or(|id| id.eq_ignore_ascii_case(MANAGED_IDENTITY))
        && [asks("object_id"), asks("principal_id")]
            .into_iter()
            .flatten()
            .all(|id| Some(id) == object)
        && asks("msi_res_id").or_else(|| asks("mi_res_id")).is_none();
    if !meant {
        return Err(wrong("Identity not found"));
    }
    let invalid = "AADSTS500011: The resource principal was not found in the tenant.";
    let wanted = of_resource(resource).map_err(|_| (400, "invalid_resource", invalid))?;
    let roles = granted(&consent.roles, wanted.resource).unwrap_or_default();
    let id = tx.guid();
    let now = tx.now();
    let target = Target {
        tenant: HOME,
        app: MANAGED_IDENTITY,
        audience: &wanted.audience,
        now,
        id: &id,
        proof: Proof::Assertion,
        capable: false,
        since: None,
        lifetime: DAY,
    };
    let token = target.app_token(&consent.principal, roles);
    let second = now.as_second();
    Ok(json!({
        "access_token": token,
        "client_id": MANAGED_IDENTITY,
        "expires_in": (DAY - 1).to_string(),
        "expires_on": (second + DAY - 1).to_string(),
        "ext_expires_in": (DAY - 1).to_string(),
        "not_before": (second - 300).to_string(),
        "resource": resource,
        "token_type": "Bearer",
    }))
}

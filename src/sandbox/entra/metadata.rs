//! What a tenant says about itself: `OpenID` configuration, key set, instance discovery.
//! Source: identity reference §2.

use serde_json::json;

use super::aadsts::Aadsts;
use super::claims::issuer;
use super::directory::{is_shared, tenant};
use super::form::Version;
use super::jwt::jwk;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::login(
        "GET",
        "/{tenant}/v2.0/.well-known/openid-configuration",
        configuration_v2,
    ),
    Route::login(
        "GET",
        "/{tenant}/.well-known/openid-configuration",
        configuration_v1,
    ),
    Route::login("GET", "/{tenant}/discovery/v2.0/keys", keys),
    Route::login("GET", "/{tenant}/discovery/keys", keys),
    Route::login("GET", "/common/discovery/instance", instance),
];

const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn configuration_v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(configuration(request, tx, Version::V2))
}

fn configuration_v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(configuration(request, tx, Version::V1))
}

fn configuration(request: &Request, tx: &mut Tx<'_>, asked: Version) -> Reply {
    let segment = request.param("tenant").to_lowercase();
    let (segment, id) = match tenant(tx, &segment) {
        // Accounts of people rather than organisations live in one tenant of their own.
        _ if segment == "consumers" => (segment, CONSUMERS.to_owned()),
        _ if is_shared(&segment) => (segment, "{tenantid}".to_owned()),
        Ok(tenant) => (tenant.id.clone(), tenant.id),
        Err(refusal) => return refusal.saying("invalid_tenant").into_reply(request, tx),
    };
    let login = format!("{}/login", request.origin);
    let host = format!("{login}/{segment}");
    let issuer = issuer(&request.origin, &id, asked);
    let version = match asked {
        Version::V1 => "",
        Version::V2 => "/v2.0",
    };
    Reply::ok(json!({
        "token_endpoint": format!("{host}/oauth2{version}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{host}/discovery{version}/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "userinfo_endpoint": format!("{}/graph/oidc/userinfo", request.origin),
        "authorization_endpoint": format!("{host}/oauth2{version}/authorize"),
        "device_authorization_endpoint": format!("{host}/oauth2{version}/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{host}/oauth2{version}/logout"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }))
}

fn keys(request: &Request, _: &mut Tx<'_>) -> Outcome {
    let mut key = jwk();
    key["issuer"] = format!("{}/login/{{tenantid}}/v2.0", request.origin).into();
    Ok(Reply::ok(json!({ "keys": [key] })))
}

fn instance(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let host = request.origin.split("//").nth(1).unwrap_or_default();
    let asked = request.query("authorization_endpoint").unwrap_or_default();
    let path = asked
        .split_once(&format!("//{host}/login/"))
        .map(|(_, path)| path);
    let Some(segment) = path.and_then(|path| path.split('/').next()) else {
        let refusal = Aadsts::new(50_049, "Unknown or invalid instance.");
        return Ok(refusal.saying("invalid_instance").into_reply(request, tx));
    };
    Ok(Reply::ok(json!({
        "tenant_discovery_endpoint": format!("{}/login/{segment}/v2.0/.well-known/openid-configuration", request.origin),
        "api-version": request.query("api-version").unwrap_or("1.1"),
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    })))
}

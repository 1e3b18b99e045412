//! What a service does with a bearer token on every call: signature, time, audience, tenant.

use serde_json::Value;

use super::{groups, jwt};
use crate::base::clock::Timestamp;
use crate::sandbox::route::{Caller, Principal, Service};
use crate::sandbox::store::World;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is none, or it is no token of this sandbox.
    Missing,
    /// Its time is over or has not come.
    Expired,
    /// It is for another service.
    Audience,
}

/// App ID URIs by which a service is known.
fn audiences(service: Service) -> &'static [&'static str] {
    match service {
        Service::Login => &[],
        Service::Partner => &[
            "https://api.partnercenter.microsoft.com",
            "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
        ],
        Service::Graph => &[
            "https://graph.microsoft.com",
            "00000003-0000-0000-c000-000000000000",
        ],
        Service::Arm => &[
            "https://management.azure.com",
            "https://management.core.windows.net",
            "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        ],
    }
}

/// Returns who calls `service` with the value of an `Authorization` header.
pub(crate) fn verify(
    world: &World,
    now: Timestamp,
    service: Service,
    authorization: Option<&str>,
) -> Result<Caller, Fault> {
    let (scheme, token) = authorization
        .and_then(|value| value.trim().split_once(' '))
        .ok_or(Fault::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Fault::Missing);
    }
    let claims = jwt::verify(token.trim()).ok_or(Fault::Missing)?;
    let second = now.as_second();
    let (begins, ends) = (claims["nbf"].as_i64(), claims["exp"].as_i64());
    if begins.is_none_or(|begins| second < begins) || ends.is_none_or(|ends| second >= ends) {
        return Err(Fault::Expired);
    }
    let audience = text(&claims, "aud");
    if !audiences(service).contains(&audience.trim_end_matches('/')) {
        return Err(Fault::Audience);
    }
    Ok(caller(world, &claims))
}

fn text<'a>(claims: &'a Value, name: &str) -> &'a str {
    claims[name].as_str().unwrap_or_default()
}

fn texts(claims: &Value, name: &str) -> Vec<String> {
    let values = claims[name].as_array().into_iter().flatten();
    values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn caller(world: &World, claims: &Value) -> Caller {
    let object = text(claims, "oid").to_owned();
    let principal = match claims.get("scp") {
        Some(_) => Principal::User,
        None => Principal::App,
    };
    let methods = claims["amr"].as_array();
    Caller {
        principal,
        tenant: text(claims, "tid").to_owned(),
        app: text(claims, "appid").to_owned(),
        upn: text(claims, "upn").to_owned(),
        roles: groups::agent_roles(world, &object),
        permissions: match claims.get("scp") {
            Some(_) => text(claims, "scp").split(' ').map(str::to_owned).collect(),
            None => texts(claims, "roles"),
        },
        directory_roles: texts(claims, "wids"),
        capable: texts(claims, "xms_cc").iter().any(|value| value == "cp1"),
        issued: claims["iat"].as_i64().unwrap_or_default(),
        asked_since: claims["asked_nbf"].as_i64(),
        mfa: methods.is_some_and(|methods| methods.iter().any(|method| method == "mfa")),
        object,
    }
}

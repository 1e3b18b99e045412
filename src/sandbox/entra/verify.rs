//! What a service does with a bearer token on every call: signature, time, audience, tenant.

use serde_json::Value;

use super::scope::{ARM, GRAPH, PARTNER, known};
use super::{groups, jwt};
use crate::base::clock::Timestamp;
use crate::sandbox::route::{Caller, Principal, Service};
use crate::sandbox::store::World;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is none.
    Missing,
    /// It is no token of this sandbox.
    Unreadable,
    /// Its time is over or has not come.
    Expired,
    /// It is for another service.
    Audience,
}

/// Returns the resource that a service is, by its first name.
fn resource(service: Service) -> Option<&'static str> {
    match service {
        Service::Login => None,
        Service::Partner => Some(PARTNER),
        Service::Graph => Some(GRAPH),
        Service::Arm => Some(ARM),
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
    let claims = jwt::verify(token.trim()).ok_or(Fault::Unreadable)?;
    let second = now.as_second();
    let (begins, ends) = (claims["nbf"].as_i64(), claims["exp"].as_i64());
    if begins.is_none_or(|begins| second < begins) || ends.is_none_or(|ends| second >= ends) {
        return Err(Fault::Expired);
    }
    match known(text(&claims, "aud")) {
        Some(audience) if Some(audience) == resource(service) => Ok(caller(world, &claims)),
        _ => Err(Fault::Audience),
    }
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

//! Who may pass: the token of a call, and whether its principal may use the route.
//! Source: partner-center reference §19.1; where a code is not documented it is this sandbox's
//! choice and stands here.

use http::HeaderMap;

use super::config::Mfa;
use super::entra::seed::HOME;
use super::entra::tenants::consent_of;
use super::entra::{Fault, verify};
use super::render::Ids;
use super::reply::Refusal;
use super::route::{Auth, Caller, Principal, Request, Route, Service};
use super::sessions;
use super::store::{Conditions, World};

/// Returns who calls, or why the call may not pass; `None` on an open route.
pub(crate) fn admit(
    world: &World,
    conditions: &Conditions,
    route: &Route,
    headers: &HeaderMap,
    ids: &Ids,
) -> Result<Option<Caller>, Refusal> {
    if route.auth == Auth::Open {
        return Ok(None);
    }
    let authorization = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let caller = verify(world, conditions.now, route.service, authorization)
        .map_err(|fault| refuse_token(route.service, fault))?;
    match route.service {
        Service::Partner => {
            ids.check()?;
            admit_to_partner_center(conditions, route, &caller)?;
        }
        Service::Graph | Service::Arm => {
            if let Some(since) = sessions::refused_since(world, &caller) {
                return Err(sessions::refuse(route.service, &caller, since));
            }
            if route.service == Service::Graph && is_stranger(world, &caller) {
                let text = "The identity of the calling application could not be established.";
                return Err(Refusal::new(401, "Authorization_IdentityNotFound", text)
                    .header("www-authenticate", scheme(route.service)));
            }
        }
        Service::Login => {}
    }
    Ok(Some(caller))
}

/// Tells whether an application has lost its service principal since its token was issued. Source:
/// graph reference §4.
fn is_stranger(world: &World, caller: &Caller) -> bool {
    caller.principal == Principal::App && consent_of(world, &caller.tenant, &caller.app).is_none()
}

fn admit_to_partner_center(
    conditions: &Conditions,
    route: &Route,
    caller: &Caller,
) -> Result<(), Refusal> {
    if caller.tenant != HOME {
        let text = "The partner token is missing in the context.";
        return Err(challenge(Refusal::new(401, 800_001, text)));
    }
    match caller.principal {
        Principal::App if route.auth == Auth::User => Err(Refusal::new(
            403,
            900_329,
            "This API doesn't support application-only authentication. Use App+User authentication.",
        )),
        Principal::User if !caller.mfa && conditions.config.mfa == Mfa::Enforce => {
            let text = "The token has no multi-factor authentication (MFA) claim.";
            Err(challenge(Refusal::new(401, 900_421, text)))
        }
        Principal::App | Principal::User => Ok(()),
    }
}

/// Refuses a token in the words of the service.
pub(crate) fn refuse_token(service: Service, fault: Fault) -> Refusal {
    let refusal = match (service, fault) {
        (Service::Partner, Fault::Missing | Fault::Unreadable) => Refusal::new(
            401,
            400,
            "Access denied: the authorization header is missing or not valid.",
        ),
        (Service::Partner, Fault::Expired) => {
            Refusal::new(401, 400, "Access denied: the token has expired.")
        }
        (Service::Partner, Fault::Audience) => Refusal::new(
            401,
            900_420,
            "The token's audience is not valid for this API.",
        ),
        (Service::Graph, Fault::Expired) => Refusal::new(
            401,
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        ),
        (Service::Graph, Fault::Missing) => {
            Refusal::new(401, "InvalidAuthenticationToken", "Access token is empty.")
        }
        (Service::Graph, Fault::Unreadable) => Refusal::new(
            401,
            "InvalidAuthenticationToken",
            "CompactToken parsing failed with error code: 80049217",
        ),
        (Service::Graph, Fault::Audience) => Refusal::new(
            401,
            "InvalidAuthenticationToken",
            "Access token validation failure. Invalid audience.",
        ),
        (Service::Arm | Service::Login, Fault::Expired) => Refusal::new(
            401,
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than the current UTC time.",
        ),
        (Service::Arm | Service::Login, Fault::Missing | Fault::Unreadable) => Refusal::new(
            401,
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ),
        (Service::Arm | Service::Login, Fault::Audience) => Refusal::new(
            401,
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource.",
        ),
    };
    refusal.header("www-authenticate", scheme(service))
}

/// Returns how a service asks for a token. Source: identity reference §15, arm reference §2.
pub(crate) fn scheme(service: Service) -> &'static str {
    match service {
        Service::Partner | Service::Login => "Bearer",
        Service::Graph => {
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\""
        }
        Service::Arm => {
            "Bearer authorization_uri=\"https://login.windows.net/common\", error=\"invalid_token\", error_description=\"The authentication failed because of missing or invalid 'Authorization' header.\""
        }
    }
}

/// Returns what a call that asks for it is told about its multi-factor authentication (§1.1).
pub(crate) fn mfa_report(service: Service, request: &Request) -> Option<&'static str> {
    let caller = request.caller.as_ref()?;
    let asked = request.header("validatemfa")?.eq_ignore_ascii_case("true");
    let told = asked && service == Service::Partner && caller.principal == Principal::User;
    told.then_some(if caller.mfa { "true" } else { "false" })
}

fn challenge(refusal: Refusal) -> Refusal {
    refusal.header("www-authenticate", "Bearer")
}

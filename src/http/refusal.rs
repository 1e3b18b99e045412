//! Why Microsoft Graph forbade a call. The service says the same of a missing permission, a missing
//! GDAP role and a missing directory role; what the token says about itself tells them apart.
//! Source: Microsoft Graph error responses; Microsoft Graph permissions reference.

use super::call::Call;
use super::claims::Claims;
use super::who::Who;
use crate::api::model::Operation;
use crate::api::{GLOBAL_ADMINISTRATOR, Principal, ServiceName, service};
use crate::error::{Code, Error, Fault};

/// Graph's codes for a caller who may not do this, in lower case.
const DENIED: [&str; 3] = ["authorization_requestdenied", "forbidden", "accessdenied"];
/// Graph's code for a tenant without the licence that a report needs.
const NO_LICENCE: &str = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

/// Returns the described operation that a call is, if it is one of Graph with known needs.
pub(crate) fn needs(call: &Call) -> Option<&'static Operation> {
    if call.service != ServiceName::Graph {
        return None;
    }
    let name = call.operation.strip_prefix("graph::")?;
    let found = service("graph")?.operation(name)?;
    (!found.permissions.is_empty() || !found.roles.is_empty()).then_some(found)
}

/// Returns whether the service forbade the call for what the caller is.
pub(crate) fn is_denied(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|fault| {
        let code = fault.code.to_ascii_lowercase();
        fault.service == "graph" && fault.status == 403 && DENIED.contains(&code.as_str())
    })
}

/// Adds what a tenant lacks where that alone can be told from the refusal.
pub(crate) fn of_tenant(error: Error) -> Error {
    let fault = error.parts().fault.as_ref();
    if fault.is_some_and(|fault| fault.code == NO_LICENCE) {
        return error.help("the tenant needs Microsoft Entra ID P1 or P2 for this");
    }
    error
}

/// Says what consent would be enough for a call whose token was not issued for want of it.
pub(crate) fn without_consent(operation: &Operation, error: Error) -> Error {
    let Some(least) = operation.permissions.first() else {
        return error;
    };
    let help = match &error.parts().help {
        Some(help) => format!("{help}; this call needs {}", any(&operation.permissions)),
        None => format!("the application needs consent to {least} in that tenant"),
    };
    error.help(help)
}

/// Tells a refusal by what the token lacks. `home` is the partner's own tenant.
pub(crate) fn told_apart(
    operation: &Operation,
    claims: &Claims,
    home: &str,
    mut error: Error,
) -> Error {
    let who = Who::of(claims);
    let granted: Vec<&str> = match who.principal {
        Principal::User => claims.scopes(),
        Principal::App => claims.texts("roles"),
    };
    let found = if permitted(&operation.permissions, &granted) {
        lacking_role(operation, &who, home)
    } else {
        Some(lacking_permission(operation, &granted, &who, home))
    };
    let Some((code, why, help)) = found else {
        return error;
    };
    let parts = error.parts_mut();
    parts.code = code;
    parts.message = format!("{}; {why}", parts.message);
    parts.help = Some(help);
    error
}

/// Returns whether one of the granted permissions suffices; who may write may read.
fn permitted(wanted: &[&str], granted: &[&str]) -> bool {
    let suffices = |wanted: &&str| {
        granted.iter().any(|granted| {
            granted.eq_ignore_ascii_case(wanted)
                || granted
                    .replace(".ReadWrite.", ".Read.")
                    .eq_ignore_ascii_case(wanted)
        })
    };
    wanted.is_empty() || wanted.iter().any(suffices)
}

fn lacking_permission(
    operation: &Operation,
    granted: &[&str],
    who: &Who,
    home: &str,
) -> (Code, String, String) {
    let kind = match who.principal {
        Principal::User => "delegated",
        Principal::App => "application",
    };
    let has = if granted.is_empty() {
        "no permission".to_owned()
    } else {
        granted.join(", ")
    };
    let why = format!(
        "the token has {has}, and one of these is needed: {}",
        operation.permissions.join(", ")
    );
    let least = operation.permissions.first().unwrap_or(&"one of them");
    let tenant = &who.tenant;
    let customers = if tenant.eq_ignore_ascii_case(home) {
        ""
    } else {
        "pre-consent it by `partner::consent_application`, or "
    };
    let help = format!(
        "add the {kind} permission {least} to the application's registration, then {customers}have an administrator consent: `tenantry eval 'auth::admin_consent_url(\"{tenant}\")'`"
    );
    (Code::GraphPermission, why, help)
}

/// Returns what role is missing; `None` where roles do not explain the refusal.
fn lacking_role(operation: &Operation, who: &Who, home: &str) -> Option<(Code, String, String)> {
    let held = |role: &&str| {
        let mut all = who.roles.iter();
        all.any(|held| held == GLOBAL_ADMINISTRATOR || held.eq_ignore_ascii_case(role))
    };
    if who.principal == Principal::App
        || operation.roles.is_empty()
        || operation.roles.iter().any(held)
    {
        return None;
    }
    let has = if who.roles.is_empty() {
        "none that the token names".to_owned()
    } else {
        who.roles.join(", ")
    };
    let wanted = any(&operation.roles);
    let tenant = &who.tenant;
    if tenant.eq_ignore_ascii_case(home) {
        let user = who.user.as_ref().and_then(|user| user.upn.clone());
        let user = user.unwrap_or_else(|| "the signed-in user".to_owned());
        return Some((
            Code::GraphDirectoryRole,
            format!(
                "the permission is there, but {user} needs the directory role {wanted} and has {has}"
            ),
            format!("give {user} that role, then sign in again: `tenantry login`"),
        ));
    }
    Some((
        Code::GraphGdapRole,
        format!(
            "the permission is there, but the user needs the GDAP role {wanted} in that tenant and has {has}"
        ),
        format!(
            "see what was agreed: `graph::gdap_relationships(#{{ filter: where(\"customer.tenantId\").eq(\"{tenant}\") }})`; give a group of the user that role with `graph::create_gdap_assignment`"
        ),
    ))
}

/// Says that any of these suffices.
fn any(names: &[&str]) -> String {
    names.join(" or ")
}

#[cfg(test)]
mod tests;

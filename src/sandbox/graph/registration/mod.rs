//! The report of registered sign-in methods: who could answer multi-factor authentication. It needs
//! Entra ID P1 in the tenant. Source: graph reference §8.1.

mod counts;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use counts::{by_feature, by_method};

use super::access::{Rule, admit, missing};
use super::methods;
use super::odata::{Kind, entity, listed};
use super::people::{self, Person};
use crate::sandbox::entra::roles::{self, GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::partner::dates::midnight;
use crate::sandbox::partner::seats;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{MethodKind, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/userRegistrationDetails",
        list,
    ),
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/userRegistrationDetails/{user}",
        get,
    ),
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/usersRegisteredByMethod",
        by_method,
    ),
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/usersRegisteredByMethod({arguments})",
        by_method,
    ),
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/usersRegisteredByFeature",
        by_feature,
    ),
    Route::graph(
        "GET",
        "/v1.0/reports/authenticationMethods/usersRegisteredByFeature({arguments})",
        by_feature,
    ),
];

/// Who may read the report. Of the roles, Reports Reader and Security Reader are not in the table of
/// the sandbox's roles; they are named by template id (unconfirmed).
const READ: Rule = Rule {
    scopes: &["AuditLog.Read.All"],
    apps: &["AuditLog.Read.All"],
    roles: &[
        "4a5d8f65-41da-4de4-8968-e035b65339cf",
        "5d6b6bb7-de71-4623-b4af-96380a352509",
        SECURITY_ADMINISTRATOR,
        GLOBAL_READER,
    ],
    members: false,
};

const PART: &str = "reports/authenticationMethods/userRegistrationDetails";

const DETAILS: Kind = Kind {
    name: "UserRegistrationDetails",
    filter: &[
        ("id", "eq"),
        ("userPrincipalName", "eq startsWith"),
        ("userDisplayName", "eq startsWith"),
        ("userType", "eq ne"),
        ("isAdmin", "eq ne"),
        ("isMfaRegistered", "eq ne"),
        ("isMfaCapable", "eq ne"),
        ("isPasswordlessCapable", "eq ne"),
        ("isSsprRegistered", "eq ne"),
        ("isSsprEnabled", "eq ne"),
        ("isSsprCapable", "eq ne"),
        ("isSystemPreferredAuthenticationMethodEnabled", "eq ne"),
        ("methodsRegistered", "eq"),
        ("systemPreferredAuthenticationMethods", "eq"),
        ("userPreferredMethodForSecondaryAuthentication", "eq ne"),
    ],
    order: (&["userPrincipalName", "userDisplayName"], &[]),
    ..Kind::PLAIN
};

/// Tells whether a tenant has Entra ID P1: by a plan that brings it, or by the seed.
pub(super) fn is_premium(tx: &Tx<'_>, tenant: &str) -> bool {
    let mut licences = seats::licences().into_iter();
    let brings = licences.any(|licence| {
        let has_plan = licence.plans.iter().any(|plan| plan.name == "AAD_PREMIUM");
        has_plan && seats::units(tx, tenant, licence).is_some_and(|units| units.active > 0)
    });
    brings || tx.people.premium.has(tenant)
}

/// Returns the tenant of a caller that may read the report, if it is licensed for it.
fn licensed<'r>(request: &'r Request, tx: &Tx<'_>) -> Result<&'r str, Refusal> {
    let tenant = admit(request, tx, &READ)?.tenant.as_str();
    if is_premium(tx, tenant) {
        return Ok(tenant);
    }
    let text = "Tenant is not a B2C tenant and doesn't have premium licenses";
    Err(Refusal::new(
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        text,
    ))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = licensed(request, tx)?;
    let people = people::all(tx, tenant);
    let rows = people.iter().map(|person| shown(tx, person));
    listed(request, &DETAILS, PART, rows)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = licensed(request, tx)?;
    let id = request.param("user");
    let person = people::find(tx, tenant, id).filter(|person| person.user.id == id.to_lowercase());
    let person = person.ok_or_else(|| missing(id))?;
    let part = format!("{PART}/$entity");
    entity(request, &DETAILS, &part, shown(tx, &person))
}

/// Every method is allowed here, and everybody may reset its password. The report is that of the
/// last midnight, though it knows what happened since.
fn shown(tx: &Tx<'_>, person: &Person) -> Value {
    let methods: Vec<&str> = methods::of(tx, person)
        .iter()
        .map(|method| name_of(&method.kind))
        .collect();
    let is_strong = methods.iter().any(|name| *name != "email");
    let has_fido2 = methods.contains(&"fido2");
    let preferred = match () {
        () if methods.contains(&"microsoftAuthenticatorPush") => "push",
        () if methods.contains(&"mobilePhone") => "sms",
        () => "none",
    };
    let system: Vec<&str> = Some(preferred)
        .filter(|name| *name != "none")
        .into_iter()
        .collect();
    json!({
        "id": person.user.id,
        "userPrincipalName": person.user.upn,
        "userDisplayName": person.user.display_name,
        "userType": if person.profile.guest { "guest" } else { "member" },
        "isAdmin": !roles::of(tx, &person.tenant, &person.user.id).is_empty(),
        "isSsprRegistered": !methods.is_empty(),
        "isSsprEnabled": true,
        "isSsprCapable": !methods.is_empty(),
        "isMfaRegistered": is_strong,
        "isMfaCapable": is_strong,
        "isPasswordlessCapable": has_fido2,
        "methodsRegistered": methods,
        "isSystemPreferredAuthenticationMethodEnabled": true,
        "systemPreferredAuthenticationMethods": system,
        "userPreferredMethodForSecondaryAuthentication": preferred,
        "lastUpdatedDateTime": midnight(tx.now()),
    })
}

fn name_of(kind: &MethodKind) -> &'static str {
    match kind {
        MethodKind::Phone { kind, .. } if kind == "alternateMobile" => "alternateMobilePhone",
        MethodKind::Phone { kind, .. } if kind == "office" => "officePhone",
        MethodKind::Phone { .. } => "mobilePhone",
        MethodKind::Authenticator { .. } => "microsoftAuthenticatorPush",
        MethodKind::Fido2 { .. } => "fido2",
        MethodKind::Email { .. } => "email",
        MethodKind::AccessPass { .. } => "temporaryAccessPass",
    }
}

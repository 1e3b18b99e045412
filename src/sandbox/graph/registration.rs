//! The report of registered sign-in methods: who could answer multi-factor authentication. It needs
//! Entra ID P1 in the tenant. Source: graph reference §8.1.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::methods;
use super::odata::{Kind, context, entity, listed};
use super::people::{self, Person};
use crate::sandbox::entra::roles::{
    self, GLOBAL_ADMINISTRATOR, GLOBAL_READER, SECURITY_ADMINISTRATOR,
};
use crate::sandbox::partner::dates::midnight;
use crate::sandbox::partner::seats;
use crate::sandbox::reply::{Refusal, Reply};
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

/// The methods that are counted, in the order of the reference.
const METHODS: [&str; 13] = [
    "mobilePhone",
    "email",
    "fido2",
    "microsoftAuthenticatorPush",
    "softwareOneTimePasscode",
    "passKeyDeviceBound",
    "alternateMobilePhone",
    "officePhone",
    "microsoftAuthenticatorPasswordless",
    "hardwareOneTimePasscode",
    "windowsHelloForBusiness",
    "securityQuestion",
    "temporaryAccessPass",
];

/// The features that are counted, with the property of the report.
const FEATURES: [(&str, &str); 5] = [
    ("ssprRegistered", "isSsprRegistered"),
    ("ssprEnabled", "isSsprEnabled"),
    ("ssprCapable", "isSsprCapable"),
    ("passwordlessCapable", "isPasswordlessCapable"),
    ("mfaCapable", "isMfaCapable"),
];

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

/// Whom a count includes: `includedUserTypes` and `includedUserRoles`.
struct Included {
    types: String,
    roles: String,
}

impl Included {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let mut included = Self {
            types: "all".to_owned(),
            roles: "all".to_owned(),
        };
        let arguments = request.param("arguments");
        for argument in arguments.split(',').filter(|text| !text.is_empty()) {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            let value = value.trim().trim_matches('\'').to_owned();
            let (place, known) = match name.trim() {
                "includedUserTypes" => (&mut included.types, &["all", "member", "guest"][..]),
                "includedUserRoles" => (
                    &mut included.roles,
                    &["all", "privilegedAdmin", "admin", "user"][..],
                ),
                _ => return Err(invalid(name)),
            };
            if !known.contains(&value.as_str()) {
                return Err(invalid(name));
            }
            *place = value;
        }
        Ok(included)
    }

    fn takes(&self, tx: &Tx<'_>, person: &Person) -> bool {
        let is_type = match self.types.as_str() {
            "member" => !person.profile.guest,
            "guest" => person.profile.guest,
            _ => true,
        };
        let roles = roles::of(tx, &person.tenant, &person.user.id);
        let is_role = match self.roles.as_str() {
            "privilegedAdmin" => roles.iter().any(|role| role == GLOBAL_ADMINISTRATOR),
            "admin" => !roles.is_empty(),
            "user" => roles.is_empty(),
            _ => true,
        };
        is_type && is_role
    }
}

fn invalid(name: &str) -> Refusal {
    let text = format!("Invalid value of the parameter '{}'.", name.trim());
    Refusal::new(400, "BadRequest", text)
}

fn by_method(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let counted = |rows: &[Value]| -> Value {
        let count = |name: &str| {
            let has = |row: &&Value| {
                let methods = row["methodsRegistered"].as_array();
                methods.is_some_and(|methods| methods.iter().any(|method| method == name))
            };
            rows.iter().filter(has).count()
        };
        METHODS
            .iter()
            .map(|name| json!({ "authenticationMethod": name, "userCount": count(name) }))
            .collect()
    };
    counts(
        request,
        tx,
        (
            "userRegistrationMethodCounts",
            "userRegistrationMethodSummary",
        ),
        &counted,
    )
}

fn by_feature(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let counted = |rows: &[Value]| -> Value {
        let count = |property: &str| rows.iter().filter(|row| row[property] == true).count();
        FEATURES
            .iter()
            .map(|(name, property)| json!({ "feature": name, "userCount": count(property) }))
            .collect()
    };
    counts(
        request,
        tx,
        (
            "userRegistrationFeatureCounts",
            "userRegistrationFeatureSummary",
        ),
        &counted,
    )
}

fn counts(
    request: &Request,
    tx: &Tx<'_>,
    (name, kind): (&str, &str),
    counted: &dyn Fn(&[Value]) -> Value,
) -> Outcome {
    let tenant = licensed(request, tx)?;
    let included = Included::read(request)?;
    let people = people::all(tx, tenant);
    let rows: Vec<Value> = people
        .iter()
        .filter(|person| included.takes(tx, person))
        .map(|person| shown(tx, person))
        .collect();
    let mut answer = json!({
        "@odata.context": context(request, &format!("microsoft.graph.{kind}")),
        "totalUserCount": rows.len(),
        "userTypes": included.types,
        "userRoles": included.roles,
    });
    answer[name] = counted(&rows);
    Ok(Reply::ok(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, each, refused};
    use crate::sandbox::seed::{FABRIKAM, NORTHWIND, TAILSPIN};
    use crate::sandbox::testing::Bench;

    const ALL: &str = "/v1.0/reports/authenticationMethods/userRegistrationDetails";

    #[test]
    fn the_report_follows_the_methods_of_users() {
        let bench = Bench::new();
        let graph = Megan::of(&bench, FABRIKAM);
        let admins = graph.get(&format!(
            "{ALL}?$filter=isAdmin%20eq%20true%20and%20isMfaRegistered%20eq%20false"
        ));
        assert_eq!(
            each(&admins, "userPrincipalName"),
            ["admin@fabrikam.onmicrosoft.com"],
            "{}",
            admins.json
        );
        let kim = "fab71ca0-0001-4000-8000-000000000002";
        let one = graph.get(&format!("{ALL}/{kim}"));
        assert_eq!(
            (&one.json["isMfaRegistered"], &one.json["methodsRegistered"]),
            (&json!(true), &json!(["microsoftAuthenticatorPush"]))
        );
        let lee = "/v1.0/users/lee@fabrikam.onmicrosoft.com/authentication";
        let phone = json!({ "phoneNumber": "+1 2065550123", "phoneType": "mobile" });
        let path = format!("{lee}/phoneMethods");
        let made = graph.send("POST", &path, phone.clone());
        assert_eq!(made.status, 201, "{}", made.json);
        assert_eq!(refused(&graph.send("POST", &path, phone)).0, 400);
        let sums = graph.get("/v1.0/reports/authenticationMethods/usersRegisteredByFeature");
        assert_eq!(
            (
                &sums.json["totalUserCount"],
                &sums.json["userRegistrationFeatureCounts"][4]
            ),
            (
                &json!(5),
                &json!({ "feature": "mfaCapable", "userCount": 2 })
            )
        );
        let sums = graph.get("/v1.0/reports/authenticationMethods/usersRegisteredByMethod");
        assert_eq!(
            sums.json["userRegistrationMethodCounts"][0],
            json!({ "authenticationMethod": "mobilePhone", "userCount": 1 })
        );
        let id = made.json["id"].as_str().unwrap_or_default();
        let own = format!("{path}/{id}");
        assert_eq!(graph.send("DELETE", &own, Value::Null).status, 204);
        assert_eq!(refused(&graph.send("DELETE", &own, Value::Null)).0, 404);
    }

    #[test]
    fn a_pass_is_told_once_and_ends() {
        let bench = Bench::new();
        let graph = Megan::of(&bench, FABRIKAM);
        let path = "/v1.0/users/lee@fabrikam.onmicrosoft.com/authentication";
        let passes = format!("{path}/temporaryAccessPassMethods");
        let body = json!({ "lifetimeInMinutes": 30, "isUsableOnce": true });
        let made = graph.send("POST", &passes, body);
        assert!(
            made.json["temporaryAccessPass"].is_string(),
            "{}",
            made.json
        );
        let methods = || graph.get(&format!("{path}/methods"));
        let seen = methods();
        assert_eq!(
            each(&seen, "@odata.type"),
            [
                "#microsoft.graph.passwordAuthenticationMethod",
                "#microsoft.graph.temporaryAccessPassAuthenticationMethod"
            ]
        );
        assert!(seen.json["value"][1]["temporaryAccessPass"].is_null());
        let wrong = graph.send("POST", &passes, json!({ "lifetimeInMinutes": 5 }));
        assert_eq!(refused(&wrong).0, 400);
        bench.advance(std::time::Duration::from_secs(31 * 60));
        assert_eq!(each(&methods(), "id").len(), 1);
    }

    #[test]
    fn a_tenant_without_the_licence_is_told_so() {
        let bench = Bench::new();
        let seen = Megan::of(&bench, NORTHWIND).get(ALL);
        assert_eq!(
            refused(&seen),
            (
                403,
                "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                "Tenant is not a B2C tenant and doesn't have premium licenses"
            )
        );
        assert_eq!(Megan::of(&bench, TAILSPIN).get(ALL).status, 200);
    }
}

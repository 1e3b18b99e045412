//! What a conditional access policy may say, and how it is shown.

use serde_json::{Map, Value, json};

use crate::sandbox::graph::body::{Body, bad};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::AccessPolicy;

const STATES: &[&str] = &["enabled", "disabled", "enabledForReportingButNotEnforced"];
const CLIENTS: &[&str] = &[
    "all",
    "browser",
    "mobileAppsAndDesktopClients",
    "exchangeActiveSync",
    "easSupported",
    "other",
];
const CONTROLS: &[&str] = &[
    "block",
    "mfa",
    "compliantDevice",
    "domainJoinedDevice",
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
    "riskRemediation",
];
const USERS: &[&str] = &[
    "@odata.type",
    "includeUsers",
    "excludeUsers",
    "includeGroups",
    "excludeGroups",
    "includeRoles",
    "excludeRoles",
    "includeGuestsOrExternalUsers",
    "excludeGuestsOrExternalUsers",
];
const APPLICATIONS: &[&str] = &[
    "@odata.type",
    "includeApplications",
    "excludeApplications",
    "includeUserActions",
    "includeAuthenticationContextClassReferences",
    "applicationFilter",
];
const CONDITIONS: &[&str] = &[
    "@odata.type",
    "users",
    "applications",
    "clientAppTypes",
    "platforms",
    "locations",
    "devices",
    "signInRiskLevels",
    "userRiskLevels",
    "servicePrincipalRiskLevels",
    "insiderRiskLevels",
    "clientApplications",
    "authenticationFlows",
];

/// Refuses what a policy cannot say, in what is written of it.
pub(super) fn check(written: &Map<String, Value>) -> Result<(), Refusal> {
    let known = [
        "@odata.type",
        "displayName",
        "state",
        "conditions",
        "grantControls",
        "sessionControls",
        "templateId",
    ];
    let body = Body::of(written, &known)?;
    body.text("displayName")?;
    words("state", body.text("state")?, STATES)?;
    if let Some(conditions) = body.object("conditions", "conditions.", CONDITIONS)? {
        let users = conditions.object("users", "conditions.users.", USERS)?;
        for name in USERS.iter().skip(1).filter(|name| !name.contains("Guests")) {
            if let Some(users) = users {
                users.texts(name)?;
            }
        }
        let at = "conditions.applications.";
        if let Some(applications) = conditions.object("applications", at, APPLICATIONS)? {
            applications.texts("includeApplications")?;
            applications.texts("excludeApplications")?;
        }
        let clients = conditions.texts("clientAppTypes")?.unwrap_or_default();
        words("conditions.clientAppTypes", clients, CLIENTS)?;
    }
    let known = [
        "@odata.type",
        "operator",
        "builtInControls",
        "termsOfUse",
        "customAuthenticationFactors",
        "authenticationStrength",
    ];
    if let Some(grant) = body.object("grantControls", "grantControls.", &known)? {
        let operator = grant.need_text("operator")?;
        words("grantControls.operator", Some(operator), &["AND", "OR"])?;
        let controls = grant.texts("builtInControls")?.unwrap_or_default();
        if controls.contains(&"block") && controls.len() > 1 {
            let text = "The grant control 'block' cannot be combined with other controls.";
            return Err(bad(text));
        }
        words("grantControls.builtInControls", controls, CONTROLS)?;
    }
    Ok(())
}

fn words<'w>(
    name: &str,
    given: impl IntoIterator<Item = &'w str>,
    known: &[&str],
) -> Result<(), Refusal> {
    match given.into_iter().find(|word| !known.contains(word)) {
        None => Ok(()),
        Some(word) => Err(bad(format!(
            "Invalid value specified for property '{name}' of resource 'ConditionalAccessPolicy': '{word}'."
        ))),
    }
}

/// Refuses a policy that lacks something: a name, a state, users and applications, and what follows.
pub(super) fn complete(written: &Map<String, Value>) -> Result<(), Refusal> {
    let filled = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty());
    let any = |part: &str, names: &[&str]| {
        let part = written
            .get("conditions")
            .and_then(|conditions| conditions.get(part));
        let has = |name: &str| part.and_then(|part| part.get(name)).is_some_and(filled);
        names.iter().any(|name| has(name))
    };
    let text = |name: &str| {
        let text = written.get(name).and_then(Value::as_str);
        text.is_some_and(|text| !text.trim().is_empty())
    };
    let users = ["includeUsers", "includeGroups", "includeRoles"];
    let guests = written
        .get("conditions")
        .is_some_and(|conditions| conditions["users"]["includeGuestsOrExternalUsers"].is_object());
    let applications = [
        "includeApplications",
        "includeUserActions",
        "includeAuthenticationContextClassReferences",
    ];
    let given = |name: &str| written.get(name).is_some_and(|value| !value.is_null());
    for (name, there) in [
        ("displayName", text("displayName")),
        ("state", text("state")),
        ("conditions.users", any("users", &users) || guests),
        (
            "conditions.applications",
            any("applications", &applications),
        ),
        (
            "grantControls",
            given("grantControls") || given("sessionControls"),
        ),
    ] {
        if !there {
            let text = format!(
                "A value is required for property '{name}' of resource 'ConditionalAccessPolicy'."
            );
            return Err(bad(text));
        }
    }
    Ok(())
}

/// Tells whether a policy is in force.
pub(super) fn is_enabled(row: &AccessPolicy) -> bool {
    row.written
        .get("state")
        .is_some_and(|state| state == "enabled")
}

/// Shows a policy; what was not written is there, empty.
pub(super) fn shown(row: &AccessPolicy) -> Value {
    let given = |name: &str| row.written.get(name).cloned().unwrap_or_default();
    let conditions = given("conditions");
    let users = lists(&conditions["users"], &USERS[1..7]);
    let applications = lists(&conditions["applications"], &APPLICATIONS[1..5]);
    let mut shown = json!({
        "platforms": null,
        "locations": null,
        "devices": null,
        "clientApplications": null,
        "authenticationFlows": null,
        "clientAppTypes": ["all"],
        "signInRiskLevels": [],
        "userRiskLevels": [],
        "servicePrincipalRiskLevels": [],
    });
    overlay(&mut shown, &conditions);
    shown["users"] = users;
    shown["applications"] = applications;
    let grant = row
        .written
        .get("grantControls")
        .filter(|grant| grant.is_object());
    let grant = grant.map(|grant| {
        let names = [
            "builtInControls",
            "termsOfUse",
            "customAuthenticationFactors",
        ];
        let mut shown = lists(grant, &names);
        if shown.get("authenticationStrength").is_none() {
            shown["authenticationStrength"] = Value::Null;
        }
        shown
    });
    json!({
        "id": row.id,
        "templateId": given("templateId"),
        "displayName": given("displayName"),
        "createdDateTime": row.created,
        "modifiedDateTime": row.modified,
        "state": given("state"),
        "sessionControls": given("sessionControls"),
        "conditions": shown,
        "grantControls": grant,
    })
}

/// Returns an object with these lists in it, empty where they were not written.
fn lists(written: &Value, names: &[&str]) -> Value {
    let mut shown = Map::new();
    for name in names {
        shown.insert((*name).to_owned(), json!([]));
    }
    let mut shown = Value::Object(shown);
    overlay(&mut shown, written);
    shown
}

/// Writes the members of an object over those of another; `null` takes nothing away.
fn overlay(under: &mut Value, over: &Value) {
    for (name, value) in over.as_object().into_iter().flatten() {
        if !value.is_null() {
            under[name] = value.clone();
        }
    }
}

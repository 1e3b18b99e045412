//! Policies and security defaults, and that they exclude each other.

use serde_json::{Value, json};

use crate::sandbox::entra::roles::{GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::graph::bench::{Megan, ids, refused, text};
use crate::sandbox::seed::{FABRIKAM, NORTHWIND, TAILSPIN};
use crate::sandbox::testing::Bench;

const ALL: &str = "/v1.0/identity/conditionalAccess/policies";
const DEFAULTS: &str = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy";

fn megan<'b>(bench: &'b Bench, tenant: &str) -> Megan<'b> {
    let scopes = ["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"];
    Megan::with(bench, tenant, &scopes, &[SECURITY_ADMINISTRATOR])
}

fn policy(state: &str) -> Value {
    json!({
        "displayName": "Block legacy",
        "state": state,
        "conditions": {
            "users": { "includeUsers": ["All"] },
            "applications": { "includeApplications": ["All"] },
            "clientAppTypes": ["exchangeActiveSync", "other"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    })
}

#[test]
fn a_policy_is_made_changed_and_deleted() {
    let bench = Bench::new();
    let megan = megan(&bench, FABRIKAM);
    let seen = megan.get(ALL);
    assert_eq!(
        seen.json["value"][0]["displayName"],
        "Require MFA for admins"
    );
    let seen = megan.post(ALL, &policy("disabled"));
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(seen.json["conditions"]["users"]["excludeGroups"], json!([]));
    assert_eq!(seen.json["grantControls"]["termsOfUse"], json!([]));
    let own = format!("{ALL}/{}", text(&seen, "id"));
    assert_eq!(
        megan.patch(&own, &json!({ "state": "enabled" })).status,
        204
    );
    let seen = megan.get(&own);
    assert_eq!(text(&seen, "state"), "enabled");
    assert!(!seen.json["modifiedDateTime"].is_null());
    let on = json!({ "isEnabled": true });
    let seen = megan.patch(DEFAULTS, &on);
    assert_eq!(refused(&seen).0, 400, "a policy is enabled");
    assert_eq!(megan.delete(&own).status, 204);
    assert_eq!(megan.delete(&own).status, 404);
    assert_eq!(ids(&megan.get(ALL)).len(), 1);
    assert_eq!(megan.patch(DEFAULTS, &on).status, 204);
    assert_eq!(megan.get(DEFAULTS).json["isEnabled"], true);
}

#[test]
fn no_policy_is_enabled_beside_security_defaults() {
    let bench = Bench::new();
    let megan = megan(&bench, NORTHWIND);
    assert_eq!(megan.get(DEFAULTS).json["isEnabled"], true);
    let seen = megan.post(ALL, &policy("enabled"));
    let text_of = "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.";
    assert_eq!(refused(&seen), (400, "Request_BadRequest", text_of));
    let seen = megan.post(ALL, &policy("disabled"));
    let own = format!("{ALL}/{}", text(&seen, "id"));
    let enabled = json!({ "state": "enabled" });
    assert_eq!(refused(&megan.patch(&own, &enabled)).0, 400);
    let off = json!({ "isEnabled": false });
    assert_eq!(megan.patch(DEFAULTS, &off).status, 204);
    assert_eq!(megan.patch(&own, &enabled).status, 204);
}

#[test]
fn what_no_policy_can_say_is_refused() {
    let bench = Bench::new();
    let megan = megan(&bench, TAILSPIN);
    let check = |change: &dyn Fn(&mut Value), expected: &str| {
        let mut body = policy("disabled");
        change(&mut body);
        let seen = megan.post(ALL, &body);
        let (status, _, text) = refused(&seen);
        assert!(status == 400 && text.contains(expected), "{body}: {text}");
    };
    check(&|body| body["state"] = json!("on"), "'state'");
    check(&|body| body["displayName"] = json!(""), "'displayName'");
    check(
        &|body| body["conditions"]["users"] = json!({}),
        "'conditions.users'",
    );
    check(
        &|body| body["conditions"]["applications"] = json!({ "includeApplications": [] }),
        "'conditions.applications'",
    );
    check(
        &|body| body["conditions"]["people"] = json!({}),
        "'conditions.people'",
    );
    check(
        &|body| body["conditions"]["clientAppTypes"] = json!(["fax"]),
        "'conditions.clientAppTypes'",
    );
    check(
        &|body| body["grantControls"]["operator"] = json!("XOR"),
        "'grantControls.operator'",
    );
    check(
        &|body| body["grantControls"]["builtInControls"] = json!(["block", "mfa"]),
        "'block' cannot be combined",
    );
    check(
        &|body| body["grantControls"] = Value::Null,
        "'grantControls'",
    );

    let reader = Megan::with(&bench, FABRIKAM, &["Policy.Read.All"], &[GLOBAL_READER]);
    assert_eq!(reader.get(ALL).status, 200);
    assert_eq!(refused(&reader.post(ALL, &policy("disabled"))).0, 403);
}

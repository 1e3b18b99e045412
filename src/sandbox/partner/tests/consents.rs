//! Pre-consent to an application in a customer's tenant.

use serde_json::{Value, json};

use super::refused;
use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::{ADMIN, CLIENT, HOME, REFRESH, SECRET};
use crate::sandbox::seed::{ADVENTURE_WORKS, FABRIKAM, WIDE_WORLD};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const ARM: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

fn path(customer: &str) -> String {
    format!("/v1/customers/{customer}/applicationconsents")
}

fn body(service: &str, scope: &str) -> Value {
    json!({
        "applicationId": CLIENT,
        "displayName": "Tenantry",
        "applicationGrants": [{ "enterpriseApplicationId": service, "scope": scope }],
    })
}

/// Asks for a token of Adventure Works for Microsoft Graph.
fn token(bench: &Bench, scope: &str) -> Seen {
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={REFRESH}&scope={scope}"
    );
    bench.token(ADVENTURE_WORKS, &form)
}

#[test]
fn consent_opens_a_tenant_for_what_it_names_and_its_end_closes_it() {
    let bench = Bench::new();
    let client = bench.user();
    let graph = "https://graph.microsoft.com/.default";
    let arm = "https://management.azure.com/.default";
    assert_eq!(token(&bench, graph).json["error_codes"][0], 90_099);
    let seen = client.post(&path(ADVENTURE_WORKS), body(GRAPH, "User.Read, Mail.Send"));
    let mut expected = body(GRAPH, "User.Read,Mail.Send");
    expected["attributes"] = json!({ "objectType": "ApplicationConsent" });
    assert_eq!((seen.status, seen.json), (201, expected));
    assert_eq!(token(&bench, graph).json["scope"], "User.Read Mail.Send");
    assert_eq!(
        token(&bench, "User.ReadWrite.All").json["error_codes"][0],
        65_001
    );
    assert_eq!(token(&bench, arm).json["error_codes"][0], 65_001);

    let again = client.post(&path(ADVENTURE_WORKS), body(GRAPH, "User.Read"));
    assert_eq!(refused(&again), (409, 409));
    assert_eq!(
        again.json["description"],
        "Permission entry already exists."
    );
    let more = client.post(&path(ADVENTURE_WORKS), body(ARM, "user_impersonation"));
    assert_eq!(more.status, 201, "{}", more.json);
    assert_eq!(token(&bench, arm).status, 200);

    let own = format!("{}/{CLIENT}", path(ADVENTURE_WORKS));
    assert_eq!(client.send("DELETE", &own, &[], None).status, 204);
    assert_eq!(token(&bench, graph).json["error_codes"][0], 90_099);
    let seen = client.send("DELETE", &own, &[], None);
    assert_eq!(refused(&seen), (404, 1000));
}

#[test]
fn who_may_not_consent_is_refused() {
    let bench = Bench::new();
    let post = |customer: &str| bench.user().post(&path(customer), body(GRAPH, "User.Read"));
    assert_eq!(refused(&post(WIDE_WORLD)), (403, 900_308));
    let seen = bench.app().post(&path(FABRIKAM), body(GRAPH, "User.Read"));
    assert_eq!(refused(&seen), (403, 900_329));
    assert_eq!(refused(&post(GRAPH)), (404, 60_003));
    bench.change(|tx| {
        let agents = tx.directory.groups.edit(&key(&[HOME, ADMIN_AGENTS]));
        let agents = agents.expect("seeded");
        agents.members.retain(|member| member != ADMIN);
    });
    assert_eq!(refused(&post(ADVENTURE_WORKS)), (403, 900_308));
}

#[test]
fn what_cannot_be_granted_is_refused() {
    let bench = Bench::new();
    let client = bench.user();
    let post = |body: Value| refused(&client.post(&path(ADVENTURE_WORKS), body));
    assert_eq!(post(body(GRAPH, "User.Read Mail.Read")), (400, 3000));
    assert_eq!(post(body(GRAPH, "")), (400, 3000));
    assert_eq!(post(body(GRAPH, "User.Read,,")), (400, 3000));
    assert_eq!(post(body(ARM, "User.Read")), (400, 3000));
    assert_eq!(post(body(FABRIKAM, "User.Read")), (400, 3000));
    assert_eq!(post(body("graph", "User.Read")), (400, 2000));
    let mut none = body(GRAPH, "User.Read");
    none["applicationGrants"] = json!([]);
    assert_eq!(post(none), (400, 3000));
    let mut unknown = body(GRAPH, "User.Read");
    unknown["applicationId"] = json!(FABRIKAM);
    assert_eq!(post(unknown), (400, 3000));
}

//! Users and licences.

use std::time::Duration;

use serde_json::{Value, json};

use super::refused;
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::testing::{Bench, Seen};

const BASIC: &str = "3b555118-da6a-4418-894f-7df1e2096870";
const LEE: &str = "fab71ca0-0001-4000-8000-000000000003";
const SAM: &str = "fab71ca0-0001-4000-8000-000000000004";

fn users(rest: &str) -> String {
    format!("/v1/customers/{FABRIKAM}/users{rest}")
}

fn new_user() -> Value {
    json!({
        "usageLocation": "US",
        "userPrincipalName": "max@fabrikam.onmicrosoft.com",
        "firstName": "Max",
        "lastName": "Ort",
        "displayName": "Max Ort",
        "passwordProfile": { "password": "Start#2190", "forceChangePassword": true },
    })
}

#[test]
fn a_user_is_created_changed_deleted_and_restored() {
    let bench = Bench::new();
    let client = bench.user();
    let seen = client.post(&users(""), new_user());
    let id = seen.json["id"].as_str().unwrap_or_default().to_owned();
    let expected = json!({
        "usageLocation": "US",
        "id": id,
        "userPrincipalName": "max@fabrikam.onmicrosoft.com",
        "firstName": "Max",
        "lastName": "Ort",
        "displayName": "Max Ort",
        "userDomainType": "none",
        "state": "active",
        "links": { "self": { "uri": format!("/customers/{FABRIKAM}/users/{id}"), "method": "GET", "headers": [] } },
        "attributes": { "objectType": "CustomerUser" },
    });
    let mut answer = expected.clone();
    answer["passwordProfile"] = json!({ "password": "Start#2190", "forceChangePassword": true });
    assert_eq!((seen.status, seen.json), (200, answer));
    let own = users(&format!("/{id}"));
    assert_eq!(
        client.get(&own).json,
        expected,
        "the password is never told again"
    );

    let patch = |body: Value| client.send("PATCH", &own, &[], Some(body));
    assert_eq!(
        patch(json!({ "displayName": "Max O." })).json["displayName"],
        json!("Max O.")
    );
    assert_eq!(client.send("DELETE", &own, &[], None).status, 204);
    assert_eq!(refused(&client.get(&own)), (404, 60_002));
    let filter = "?filter=%7B%22Field%22%3A%22UserState%22%2C%22Value%22%3A%22Inactive%22%2C%22Operator%22%3A%22equals%22%7D";
    let deleted = client.get(&users(filter)).json;
    let name = format!("{}@fabrikam.onmicrosoft.com", id.replace('-', ""));
    let items = deleted["items"].as_array().cloned().unwrap_or_default();
    let found = items
        .iter()
        .find(|item| item["userPrincipalName"] == json!(name));
    assert_eq!(found.map(|item| &item["state"]), Some(&json!("inactive")));
    assert_eq!(items.len(), 2, "the seed has a deleted user, too");
    let restored = patch(json!({ "state": "active" }));
    assert_eq!(
        (restored.status, &restored.json["userPrincipalName"]),
        (200, &json!("max@fabrikam.onmicrosoft.com"))
    );
    assert_eq!(client.send("DELETE", &own, &[], None).status, 204);
    bench.advance(Duration::from_secs(30 * 86_400));
    let late = bench
        .user()
        .send("PATCH", &own, &[], Some(json!({ "state": "active" })));
    assert_eq!(refused(&late), (404, 60_002));
}

#[test]
fn users_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let client = bench.user();
    let with = |name: &str, value: Value| {
        let mut body = new_user();
        body[name] = value;
        body
    };
    for (body, expected) in [
        (
            with("userPrincipalName", json!("max@contoso.example")),
            (400, 3000),
        ),
        (
            with("userPrincipalName", json!("KIM@fabrikam.onmicrosoft.com")),
            (409, 3000),
        ),
        (
            with("passwordProfile", json!({ "password": "short1A" })),
            (400, 3000),
        ),
        (with("passwordProfile", json!(null)), (400, 3000)),
        (with("displayName", json!(null)), (400, 3000)),
        (with("usageLocation", json!("USA")), (400, 3000)),
        (with("displayName", json!(1)), (400, 800_002)),
    ] {
        assert_eq!(
            refused(&client.post(&users(""), body.clone())),
            expected,
            "{body}"
        );
    }
}

#[test]
fn licences_follow_subscriptions_and_users() {
    let bench = Bench::new();
    let client = bench.user();
    let owned = || {
        let seen = client
            .get(&format!("/v1/customers/{FABRIKAM}/subscribedskus"))
            .json;
        let items = seen["items"].as_array().cloned().unwrap_or_default();
        items
            .into_iter()
            .find(|item| item["productSku"]["id"] == json!(BASIC))
            .unwrap_or_default()
    };
    let product = json!({
        "id": BASIC,
        "name": "Microsoft 365 Business Basic",
        "skuPartNumber": "O365_BUSINESS_ESSENTIALS",
        "targetType": "User",
        "licenseGroupId": "group1",
    });
    let first = owned();
    let units = |sku: &Value| {
        ["totalUnits", "consumedUnits", "availableUnits"].map(|name| sku[name].as_i64())
    };
    assert_eq!(
        (&first["productSku"], units(&first)),
        (&product, [Some(10), Some(2), Some(8)])
    );

    let path = users(&format!("/{LEE}/licenseupdates"));
    let remove = client.post(
        &path,
        json!({ "licensesToAssign": null, "licensesToRemove": [BASIC] }),
    );
    assert_eq!(remove.status, 201);
    assert_eq!(units(&owned()), [Some(10), Some(1), Some(9)]);
    let assign = client.post(
        &path,
        json!({ "licensesToAssign": [{ "skuId": BASIC, "excludedPlans": null }] }),
    );
    let expected = json!({
        "licensesToAssign": [{ "skuId": BASIC }],
        "licenseWarnings": [],
        "attributes": { "objectType": "LicenseUpdate" },
    });
    assert_eq!((assign.status, assign.json), (201, expected));
    let held = client.get(&users(&format!("/{LEE}/licenses"))).json;
    assert_eq!(
        (&held["totalCount"], &held["items"][0]["productSku"]),
        (&json!(1), &product)
    );

    let subscription =
        format!("/v1/customers/{FABRIKAM}/subscriptions/fab71ca0-0002-4000-8000-000000000001");
    let mut body = client.get(&subscription).json;
    body["status"] = json!("suspended");
    assert_eq!(
        client.send("PATCH", &subscription, &[], Some(body)).status,
        200
    );
    let suspended = owned();
    assert_eq!(
        (&suspended["suspendedUnits"], &suspended["capabilityStatus"]),
        (&json!(10), &json!("Suspended"))
    );
}

#[test]
fn licence_updates_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let client = bench.user();
    let update =
        |user: &str, body: Value| client.post(&users(&format!("/{user}/licenseupdates")), body);
    let assign = |sku: &str| json!({ "licensesToAssign": [{ "skuId": sku }] });
    let premium = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46";
    for (user, body, expected) in [
        (SAM, assign(BASIC), 800_002),
        (LEE, assign(premium), 60_012),
        (LEE, assign("11111111-2222-4333-8444-555555555555"), 60_012),
        (LEE, json!({ "licensesToRemove": [premium] }), 800_002),
        (
            LEE,
            json!({ "licensesToAssign": [{ "skuId": BASIC, "excludedPlans": ["x"] }] }),
            800_002,
        ),
        (
            LEE,
            json!({ "licensesToAssign": [{ "skuId": "984df360-9a74-4647-8cf8-696749f6247a" }], "licensesToRemove": [BASIC] }),
            800_002,
        ),
        (LEE, json!({ "licensesToAssign": [{}] }), 3000),
    ] {
        assert_eq!(
            refused(&update(user, body.clone())),
            (400, expected),
            "{body}"
        );
    }
    let out = update(LEE, assign(premium));
    assert_eq!(
        out.json["data"],
        json!(["LicenseQuotaExceededException : no units of SPB are left."])
    );
}

#[test]
fn users_are_sorted_and_paged_though_one_goes_meanwhile() {
    let bench = Bench::new();
    let client = bench.user();
    let names = |seen: &Seen| -> Vec<String> {
        let items = seen.json["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item["displayName"].as_str().map(str::to_owned))
            .collect()
    };
    let first = client.get(&users(
        "?size=3&sortField=DisplayName&sortDirection=descending",
    ));
    assert_eq!(names(&first), ["Sam Holt", "Nora Vale", "Lee Gu"]);
    assert_eq!(
        client
            .send("DELETE", &users(&format!("/{LEE}")), &[], None)
            .status,
        204
    );
    let next = &first.json["links"]["next"];
    let uri = format!("/v1{}", next["uri"].as_str().unwrap_or_default());
    let token = next["headers"][0]["value"].as_str().unwrap_or_default();
    let second = client.send("GET", &uri, &[("ms-continuationtoken", token)], None);
    assert_eq!(names(&second), ["Kim Abe", "Fabrikam Admin"]);
    assert!(second.json["links"].get("next").is_none());
}

#[test]
fn seats_run_out() {
    let bench = Bench::new();
    let client = bench.user();
    let premium = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46";
    let all = format!("/v1/customers/{TAILSPIN}/users");
    for number in 0..5 {
        let mut body = new_user();
        body["userPrincipalName"] = json!(format!("u{number}@tailspintoys.onmicrosoft.com"));
        let id = client.post(&all, body).json["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let body = json!({ "licensesToAssign": [{ "skuId": premium }] });
        let seen = client.post(&format!("{all}/{id}/licenseupdates"), body);
        let expected = if number < 4 { 201 } else { 400 };
        assert_eq!(seen.status, expected, "{number}: {}", seen.json);
    }
}

#[test]
fn a_role_that_cannot_administer_is_refused() {
    let bench = Bench::new();
    let mut config = crate::sandbox::config::Config::default();
    config.mfa = crate::sandbox::config::Mfa::Report;
    bench.engine.configure(config);
    assert_eq!(
        refused(&bench.user_without_mfa().get(&users(""))),
        (403, 900_308)
    );
}

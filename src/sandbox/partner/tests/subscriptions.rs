//! Subscriptions.

use std::time::Duration;

use serde_json::{Value, json};

use super::refused;
use crate::sandbox::config::Config;
use crate::sandbox::seed::{FABRIKAM, NORTHWIND, TAILSPIN};
use crate::sandbox::testing::Bench;

const BASIC: &str = "fab71ca0-0002-4000-8000-000000000001";
const AZURE: &str = "fab71ca0-0002-4000-8000-000000000002";
const STANDARD: &str = "fab71ca0-0002-4000-8000-000000000003";

fn path(id: &str) -> String {
    format!("/v1/customers/{FABRIKAM}/subscriptions/{id}")
}

#[test]
fn a_subscription_is_answered_whole() {
    let bench = Bench::new();
    let seen = bench.app().get(&path(STANDARD)).json;
    let expected = json!({
        "id": STANDARD,
        "offerId": seen["offerId"],
        "offerName": "Microsoft 365 Business Standard",
        "friendlyName": "Microsoft 365 Business Standard",
        "productType": { "id": "OnlineServicesNCE", "displayName": "OnlineServicesNCE" },
        "quantity": 3,
        "unitType": "Licenses",
        "hasPurchasableAddons": false,
        "creationDate": "2026-02-28T09:00:00.000Z",
        "effectiveStartDate": "2026-02-28T09:00:00.000Z",
        "commitmentEndDate": "2026-03-27T00:00:00Z",
        "cancellationAllowedUntilDate": "2026-03-07T00:00:00Z",
        "status": "active",
        "autoRenewEnabled": true,
        "isTrial": false,
        "billingType": "license",
        "billingCycle": "monthly",
        "termDuration": "P1M",
        "renewalTermDuration": "",
        "refundOptions": [{ "type": "Full", "expiresAt": "2026-03-07T00:00:00Z" }],
        "refundableQuantity": { "totalQuantity": 3, "details": [{ "quantity": 3, "allowedUntilDateTime": "2026-03-07T00:00:00Z" }] },
        "isMicrosoftProduct": true,
        "partnerId": "",
        "contractType": "subscription",
        "publisherName": "Microsoft Corporation",
        "orderId": "fab71ca00003",
        "links": { "self": { "uri": format!("/customers/{FABRIKAM}/subscriptions/{STANDARD}"), "method": "GET", "headers": [] } },
        "attributes": { "etag": seen["attributes"]["etag"], "objectType": "Subscription" },
    });
    assert_eq!(seen, expected);
    let list = bench
        .app()
        .get(&format!(
            "/v1/customers/{FABRIKAM}/subscriptions?order_id=FAB71CA00003"
        ))
        .json;
    assert_eq!(
        (&list["totalCount"], &list["items"][0]),
        (&json!(1), &expected)
    );
    let azure = bench.app().get(&path(AZURE)).json;
    assert_eq!(
        (
            &azure["unitType"],
            &azure["termDuration"],
            azure.get("commitmentEndDate")
        ),
        (&json!("Usage-based"), &json!(""), None)
    );
}

#[test]
fn a_patch_changes_the_etag_and_a_stale_one_is_refused() {
    let bench = Bench::new();
    let app = bench.app();
    let first = app.get(&path(BASIC)).json;
    let mut body = first.clone();
    body["quantity"] = json!(12);
    let patch = |headers: &[(&str, &str)], body: &Value| {
        app.send("PATCH", &path(BASIC), headers, Some(body.clone()))
    };
    let seen = patch(&[], &body);
    assert_eq!((seen.status, &seen.json["quantity"]), (200, &json!(12)));
    assert_eq!(app.get(&path(BASIC)).json, seen.json);
    assert_eq!(refused(&patch(&[], &body)), (400, 2055));
    let etag = format!(
        "\"{}\"",
        first["attributes"]["etag"].as_str().unwrap_or_default()
    );
    let mut bare = json!({ "id": BASIC, "quantity": 13, "autoRenewEnabled": true });
    assert_eq!(refused(&patch(&[("if-match", &etag)], &bare)), (400, 2055));
    assert_eq!(patch(&[], &bare).status, 200);
    bare["quantity"] = json!(11);
    assert_eq!(
        patch(&[], &bare).json["quantity"],
        json!(11),
        "added seats can be given back"
    );
    bare["quantity"] = json!(9);
    assert_eq!(refused(&patch(&[], &bare)), (400, 800_090));
}

#[test]
fn a_subscription_is_suspended_activated_and_cancelled() {
    let bench = Bench::new();
    let app = bench.app();
    let set = |id: &str, status: &str| {
        let mut body = app.get(&path(id)).json;
        body["status"] = json!(status);
        app.send("PATCH", &path(id), &[], Some(body))
    };
    assert_eq!(
        set(STANDARD, "suspended").json["status"],
        json!("suspended")
    );
    assert_eq!(set(STANDARD, "active").json["status"], json!("active"));
    let gone = set(STANDARD, "deleted").json;
    assert_eq!(
        (
            &gone["status"],
            &gone["autoRenewEnabled"],
            gone.get("refundOptions")
        ),
        (&json!("deleted"), &json!(false), None)
    );
    assert_eq!(refused(&set(STANDARD, "active")), (400, 2011));
    assert_eq!(refused(&set(BASIC, "deleted")), (400, 900_117));
    assert_eq!(set(AZURE, "suspended").json["status"], json!("suspended"));
}

#[test]
fn a_slow_patch_answers_202_and_takes_effect_later() {
    let bench = Bench::new();
    bench.engine.configure(Config {
        slow_patches: true,
        ..Config::default()
    });
    let app = bench.app();
    let body = json!({ "id": BASIC, "quantity": 12, "autoRenewEnabled": true });
    let patch = || app.send("PATCH", &path(BASIC), &[], Some(body.clone()));
    let seen = patch();
    let own = format!("/customers/{FABRIKAM}/subscriptions/{BASIC}");
    assert_eq!(
        (seen.status, seen.header("location"), seen.body.len()),
        (202, own.as_str(), 0)
    );
    assert_eq!(app.get(&path(BASIC)).json["quantity"], json!(10));
    assert_eq!(refused(&patch()), (409, 900_278));
    bench.advance(Duration::from_secs(120));
    assert_eq!(app.get(&path(BASIC)).json["quantity"], json!(12));
}

#[test]
fn provisioning_and_registration_are_followed_to_their_end() {
    let bench = Bench::new();
    let user = bench.user();
    let seen = user
        .get(&format!("{}/provisioningstatus", path(BASIC)))
        .json;
    let expected = json!({
        "skuId": "3B555118-DA6A-4418-894F-7DF1E2096870",
        "status": "success",
        "quantity": 10,
        "endDate": "2027-01-20T00:00:00Z",
    });
    assert_eq!(seen, expected);
    let status = || {
        user.get(&format!("{}/registrationstatus", path(AZURE)))
            .json["status"]
            .clone()
    };
    assert_eq!(status(), json!("notregistered"));
    let seen = user.send(
        "POST",
        &format!("{}/registrations", path(AZURE)),
        &[("content-length", "0")],
        None,
    );
    let location = format!("/customers/{FABRIKAM}/subscriptions/{AZURE}/registrationstatus");
    assert_eq!(
        (seen.status, seen.header("location"), seen.body.len()),
        (202, location.as_str(), 0)
    );
    assert_eq!(status(), json!("registering"));
    bench.advance(Duration::from_secs(300));
    assert_eq!(status(), json!("registered"));
    let seen = user.send(
        "POST",
        &format!("{}/registrations", path(BASIC)),
        &[("content-length", "0")],
        None,
    );
    assert_eq!(refused(&seen), (400, 800_011));
}

#[test]
fn terms_renew_or_expire() {
    let bench = Bench::new();
    bench.app().get(&path(STANDARD)); // the world begins with the first request
    bench.advance(Duration::from_secs(40 * 86_400));
    let app = bench.app();
    let renewed = app.get(&path(STANDARD)).json;
    assert_eq!(
        (
            &renewed["effectiveStartDate"],
            &renewed["commitmentEndDate"]
        ),
        (
            &json!("2026-03-28T00:00:00.000Z"),
            &json!("2026-04-27T00:00:00Z")
        )
    );
    let expired = app
        .get(&format!(
            "/v1/customers/{TAILSPIN}/subscriptions/7a115b10-0002-4000-8000-000000000001"
        ))
        .json;
    assert_eq!(expired["status"], json!("expired"));
    let suspended = app
        .get(&format!(
            "/v1/customers/{NORTHWIND}/subscriptions/4047b714-0002-4000-8000-000000000001"
        ))
        .json;
    assert_eq!(suspended["status"], json!("suspended"));
}

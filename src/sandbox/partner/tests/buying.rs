//! Carts and orders.

use std::time::Duration;

use serde_json::{Value, json};

use super::{checkout, item, refused};
use crate::sandbox::config::Config;
use crate::sandbox::seed::{ADVENTURE_WORKS, FABRIKAM, TAILSPIN};
use crate::sandbox::testing::{Bench, Seen};

/// Makes a cart of one line and returns it.
fn cart(bench: &Bench, customer: &str, line: Value) -> Seen {
    let path = format!("/v1/customers/{customer}/carts");
    bench.app().post(&path, json!({ "lineItems": [line] }))
}

fn line(item: &str, quantity: i64) -> Value {
    json!({ "id": 0, "catalogItemId": item, "quantity": quantity, "billingCycle": "Monthly", "termDuration": "P1Y" })
}

fn path_of(customer: &str, cart: &Seen) -> String {
    let id = cart.json["id"].as_str().unwrap_or_default();
    format!("/v1/customers/{customer}/carts/{id}/checkout")
}

#[test]
fn a_cart_becomes_an_order() {
    let bench = Bench::new();
    let item = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let seen = cart(&bench, TAILSPIN, line(&item, 5));
    let cart_id = seen.json["id"].clone();
    let uri = format!(
        "/customers/{TAILSPIN}/carts/{}",
        cart_id.as_str().unwrap_or_default()
    );
    let now = "2026-03-02T09:00:00.000Z";
    let expected = json!({
        "id": cart_id,
        "creationTimestamp": now,
        "lastModifiedTimestamp": now,
        "expirationTimestamp": "2026-03-09T09:00:00.000Z",
        "lastModifiedUser": seen.json["lastModifiedUser"],
        "status": "Active",
        "lineItems": [{
            "id": 0, "catalogItemId": item, "quantity": 5, "currencyCode": "USD",
            "billingCycle": "monthly", "termDuration": "P1Y", "orderGroup": "0",
        }],
        "links": { "self": { "uri": uri, "method": "GET", "headers": [] } },
        "attributes": { "objectType": "Cart" },
    });
    assert_eq!((seen.status, &seen.json), (201, &expected));

    let bought = checkout(&bench.app(), &path_of(TAILSPIN, &seen));
    let order = &bought.json["orders"][0];
    let id = order["id"].as_str().unwrap_or_default();
    let link = |uri: String| json!({ "uri": uri, "method": "GET", "headers": [] });
    let own = format!("/customers/{TAILSPIN}/orders/{id}");
    let sku = "/products/CFQ7TTC0LH18/skus/0001";
    let availability = item.rsplit(':').next().unwrap_or_default();
    let expected = json!({
        "orders": [{
            "id": id,
            "alternateId": id,
            "referenceCustomerId": TAILSPIN,
            "billingCycle": "monthly",
            "currencyCode": "USD",
            "currencySymbol": "$",
            "lineItems": [{
                "lineItemNumber": 0,
                "offerId": item,
                "termDuration": "P1Y",
                "transactionType": "New",
                "friendlyName": "Microsoft 365 Business Basic",
                "quantity": 5,
                "links": {
                    "product": link("/products/CFQ7TTC0LH18?country=US".to_owned()),
                    "sku": link(format!("{sku}?country=US")),
                    "availability": link(format!("{sku}/availabilities/{availability}?country=US")),
                },
            }],
            "creationDate": now,
            "status": "pending",
            "transactionType": "UserPurchase",
            "links": { "self": link(own.clone()), "provisioningStatus": link(format!("{own}/provisioningstatus")) },
            "client": order["client"],
            "attributes": { "objectType": "Order" },
        }],
        "attributes": { "objectType": "CartCheckoutResult" },
    });
    assert_eq!((bought.status, &bought.json), (201, &expected));
    assert_eq!(
        (
            id.len(),
            &bench.app().get(&format!("/v1{uri}")).json["status"]
        ),
        (12, &json!("Ordered"))
    );
}

#[test]
fn an_order_is_fulfilled_after_a_while_and_listed_later() {
    let bench = Bench::new();
    let item = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let seen = cart(&bench, TAILSPIN, line(&item, 5));
    let bought = checkout(&bench.app(), &path_of(TAILSPIN, &seen));
    let order = &bought.json["orders"][0];
    let id = order["id"].as_str().unwrap_or_default();
    let user = bench.user();
    let orders = format!("/v1/customers/{TAILSPIN}/orders");
    let get = || user.get(&format!("{orders}/{id}")).json;
    let status = || user.get(&format!("{orders}/{id}/provisioningstatus")).json["items"].clone();
    let row = |word: &str| json!([{ "lineItemNumber": 0, "status": word, "quantityProvisioningInformation": [{ "quantity": 5, "status": word }] }]);
    assert_eq!((get(), status()), (order.clone(), row("unfulfilled")));
    assert_eq!(
        user.get(&orders).json["totalCount"],
        json!(1),
        "the list lags"
    );

    bench.advance(Duration::from_secs(120));
    let done = get();
    let sid = done["lineItems"][0]["subscriptionId"]
        .as_str()
        .unwrap_or_default();
    assert_eq!(
        (&done["status"], status()),
        (&json!("completed"), row("fulfilled"))
    );
    let subscription = user
        .get(&format!("/v1/customers/{TAILSPIN}/subscriptions/{sid}"))
        .json;
    assert_eq!(
        (&subscription["quantity"], &subscription["orderId"]),
        (&json!(5), &json!(id))
    );
    assert_eq!(
        user.get(&orders).json["totalCount"],
        json!(1),
        "the list lags"
    );
    bench.advance(Duration::from_secs(180));
    assert_eq!(user.get(&orders).json["totalCount"], json!(2));
}

#[test]
fn a_line_that_cannot_be_bought_stands_as_an_error_in_the_cart() {
    let bench = Bench::new();
    let good = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let with = |name: &str, value: Value| {
        let mut line = line(&good, 5);
        line[name] = value;
        line
    };
    for (line, expected) in [
        (line("CFQ7TTC0LH18:0001:CFQ7TTC0ZZZZ", 5), 10_001),
        (line("nothing", 5), 10_001),
        (line(&good, 0), 10_010),
        (line(&good, 301), 10_015),
        (line(&good, 26), 10_009),
        (with("termDuration", json!("P3Y")), 10_013),
        (with("billingCycle", json!("one_time")), 10_013),
        (with("promotionId", json!("39NF:0001:39NF")), 10_014),
        (
            with(
                "addonItems",
                json!([{ "catalogItemId": good, "quantity": 1, "billingCycle": "monthly" }]),
            ),
            10_006,
        ),
    ] {
        let seen = cart(&bench, FABRIKAM, line.clone());
        let code = &seen.json["lineItems"][0]["error"]["errorCode"];
        assert_eq!((seen.status, code), (201, &json!(expected)), "{line}");
        let bought = checkout(&bench.app(), &path_of(FABRIKAM, &seen));
        assert_eq!(refused(&bought), (400, 800_009), "{line}");
    }
    for (body, expected) in [
        (json!({}), (400, 3000)),
        (json!({ "lineItems": {} }), (400, 800_002)),
        (
            json!({ "lineItems": [{ "quantity": 1, "billingCycle": "monthly" }] }),
            (400, 3000),
        ),
        (
            json!({ "lineItems": [with("billingCycle", json!("weekly"))] }),
            (400, 900_126),
        ),
    ] {
        let seen = bench
            .app()
            .post(&format!("/v1/customers/{FABRIKAM}/carts"), body.clone());
        assert_eq!(refused(&seen), expected, "{body}");
    }
}

#[test]
fn a_cart_is_changed_bought_once_and_expires() {
    let bench = Bench::new();
    let app = bench.app();
    let item = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let seen = cart(&bench, FABRIKAM, line(&item, 5));
    let path = path_of(FABRIKAM, &seen);
    let own = path.trim_end_matches("/checkout").to_owned();
    let mut body = seen.json.clone();
    body["lineItems"][0]["quantity"] = json!(7);
    let put = |body: &Value| app.send("PUT", &own, &[], Some(body.clone()));
    assert_eq!(
        (
            put(&body).status,
            &app.get(&own).json["lineItems"][0]["quantity"]
        ),
        (201, &json!(7))
    );
    assert_eq!(refused(&app.send("POST", &path, &[], None)), (411, 800_002));
    let headers = [
        ("content-length", "0"),
        ("ms-requestid", "0b7f2c1e-6d0b-4c55-9a0e-2f6f4e5a1c01"),
    ];
    let first = app.send("POST", &path, &headers, None);
    assert_eq!(first.status, 201);
    assert_eq!(
        app.send("POST", &path, &headers, None).json,
        first.json,
        "the same request id"
    );
    assert_eq!(refused(&checkout(&app, &path)), (400, 800_065));
    assert_eq!(refused(&put(&body)), (400, 800_065));
    bench.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(refused(&bench.app().get(&own)), (404, 800_008));
}

#[test]
fn purchases_need_the_agreement_and_keep_the_limits() {
    let bench = Bench::new();
    let app = bench.app();
    let item = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let seen = cart(&bench, ADVENTURE_WORKS, line(&item, 5));
    assert_eq!(
        seen.json["lineItems"][0]["error"]["errorCode"],
        json!(10_001),
        "an item of another country"
    );
    let british = app
        .get("/v1/products/CFQ7TTC0LH18/skus/0001/availabilities?country=GB")
        .json["items"][1]["catalogItemId"]
        .clone();
    let seen = cart(
        &bench,
        ADVENTURE_WORKS,
        line(british.as_str().unwrap_or_default(), 5),
    );
    assert_eq!(
        refused(&checkout(&app, &path_of(ADVENTURE_WORKS, &seen))),
        (403, 13_605)
    );
    let azure = super::item(&bench, "DZH318Z0BPS6", "0001", "");
    let plan = json!({ "catalogItemId": azure, "quantity": 1, "billingCycle": "monthly" });
    let seen = cart(&bench, FABRIKAM, plan);
    assert_eq!(
        refused(&checkout(&app, &path_of(FABRIKAM, &seen))),
        (400, 900_116)
    );
    for number in 0..3 {
        let seen = cart(&bench, FABRIKAM, line(&item, 1));
        let bought = checkout(&app, &path_of(FABRIKAM, &seen));
        let expected = if number < 2 { 201 } else { 403 };
        assert_eq!(bought.status, expected, "{number}: {}", bought.json);
        if number == 2 {
            assert_eq!(refused(&bought), (403, 800_066));
        }
    }
}

#[test]
fn orders_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let app = bench.app();
    let good = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let line = |changes: Value| {
        let mut line =
            json!({ "lineItemNumber": 0, "offerId": good, "quantity": 5, "termDuration": "P1Y" });
        for (name, value) in changes.as_object().expect("an object") {
            line[name] = value.clone();
        }
        line
    };
    let order = |line: Value| json!({ "referenceCustomerId": TAILSPIN, "billingCycle": "monthly", "lineItems": [line] });
    let with = |name: &str, value: Value| {
        let mut order = order(line(json!({})));
        order[name] = value;
        order
    };
    let german = app
        .get("/v1/products/CFQ7TTC0LH18/skus/0001/availabilities?country=DE")
        .json["items"][1]["catalogItemId"]
        .clone();
    let path = format!("/v1/customers/{TAILSPIN}/orders");
    for (body, expected) in [
        (with("status", json!("none")), (400, 0)),
        (with("status", json!("pending")), (400, 800_002)),
        (with("referenceCustomerId", json!(FABRIKAM)), (400, 2000)),
        (with("billingCycle", json!(null)), (400, 3000)),
        (with("billingCycle", json!("weekly")), (400, 900_126)),
        (with("billingCycle", json!("triennial")), (400, 800_085)),
        (with("lineItems", json!([])), (400, 3000)),
        (order(line(json!({ "lineItemNumber": 1 }))), (400, 800_071)),
        (
            order(line(json!({ "parentSubscriptionId": FABRIKAM }))),
            (400, 2000),
        ),
        (order(line(json!({ "offerId": "nothing" }))), (400, 800_004)),
        (
            order(line(json!({ "offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0ZZZZ" }))),
            (403, 2091),
        ),
        (order(line(json!({ "offerId": german }))), (400, 800_070)),
        (
            order(line(json!({ "termDuration": "P3Y" }))),
            (403, 800_028),
        ),
        (order(line(json!({ "quantity": 0 }))), (400, 2002)),
        (order(line(json!({ "quantity": 26 }))), (403, 800_067)),
    ] {
        assert_eq!(refused(&app.post(&path, body.clone())), expected, "{body}");
    }
    let seen = app.post(&path, order(line(json!({ "friendlyName": "Lobby" }))));
    assert_eq!(
        (seen.status, &seen.json["lineItems"][0]["friendlyName"]),
        (201, &json!("Lobby"))
    );
    let id = seen.json["id"].as_str().unwrap_or_default();
    assert_eq!(
        app.get(&format!("{path}/{id}?include_price=true")).json["totalPrice"],
        json!(30.0)
    );
    let british = app
        .get("/v1/products/CFQ7TTC0LH18/skus/0001/availabilities?country=GB")
        .json["items"][1]["catalogItemId"]
        .clone();
    let mut body = order(line(json!({ "offerId": british })));
    body["referenceCustomerId"] = json!(ADVENTURE_WORKS);
    let unsigned = app.post(&format!("/v1/customers/{ADVENTURE_WORKS}/orders"), body);
    assert_eq!(refused(&unsigned), (403, 13_605));
}

#[test]
fn a_stale_item_is_refused_after_the_catalogue_was_issued_anew() {
    let bench = Bench::new();
    let item = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let seen = cart(&bench, FABRIKAM, line(&item, 5));
    bench.engine.configure(Config {
        catalogue_issue: 1,
        ..Config::default()
    });
    assert_eq!(
        refused(&checkout(&bench.app(), &path_of(FABRIKAM, &seen))),
        (400, 800_009)
    );
}

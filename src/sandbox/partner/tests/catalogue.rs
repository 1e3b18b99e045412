//! The catalogue.

use serde_json::json;

use super::{item, refused};
use crate::sandbox::testing::Bench;

const QUERY: &str = "country=US&targetView=OnlineServices";

#[test]
fn a_product_leads_to_what_can_be_bought() {
    let bench = Bench::new();
    let app = bench.app();
    let products = app.get(&format!("/v1/products?{QUERY}")).json;
    let link = |uri: &str| json!({ "uri": uri, "method": "GET", "headers": [] });
    let basic = json!({
        "id": "CFQ7TTC0LH18",
        "title": "Microsoft 365 Business Basic",
        "description": "Microsoft 365 Business Basic",
        "productType": { "id": "OnlineServicesNCE", "displayName": "OnlineServicesNCE" },
        "isMicrosoftProduct": true,
        "publisherName": "Microsoft Corporation",
        "links": {
            "skus": link("/products/CFQ7TTC0LH18/skus?country=US"),
            "self": link("/products/CFQ7TTC0LH18?country=US"),
        },
    });
    assert_eq!(
        (&products["items"][0], &products["totalCount"]),
        (&basic, &json!(11))
    );
    let sku = app
        .get("/v1/products/CFQ7TTC0LH18/skus/0001?country=US")
        .json;
    assert_eq!(
        (
            &sku["dynamicAttributes"]["provisioningId"],
            &sku["supportedBillingCycles"],
            &sku["maximumQuantity"]
        ),
        (
            &json!("3b555118-da6a-4418-894f-7df1e2096870"),
            &json!(["monthly", "annual"]),
            &json!(300)
        )
    );
    let yearly = item(&bench, "CFQ7TTC0LH18", "0001", "P1Y");
    let id = yearly.rsplit(':').next().unwrap_or_default();
    let uri = format!("/products/CFQ7TTC0LH18/skus/0001/availabilities/{id}?country=US");
    let policy =
        json!([{ "refundOptions": [{ "sequenceId": 0, "type": "Full", "expiresAfter": "P7D" }] }]);
    let term = |id: &str, cycle: &str| json!({ "id": id, "duration": "P1Y", "description": "One-year commitment", "billingCycle": cycle, "cancellationPolicies": policy });
    let expected = json!({
        "id": id,
        "productId": "CFQ7TTC0LH18",
        "skuId": "0001",
        "catalogItemId": yearly,
        "defaultCurrency": { "code": "USD", "symbol": "$" },
        "segment": "commercial",
        "country": "US",
        "isPurchasable": true,
        "isRenewable": true,
        "renewalInstructions": [{ "applicableTermIds": ["t1", "t2"], "renewalOptions": [{ "renewToId": "CFQ7TTC0LH18:0001", "isAutoRenewable": true }] }],
        "terms": [term("t1", "Monthly"), term("t2", "Annual")],
        "links": { "self": link(&uri) },
    });
    assert_eq!(app.get(&format!("/v1{uri}")).json, expected);
}

#[test]
fn views_and_segments_divide_the_catalogue() {
    let bench = Bench::new();
    for (query, expected) in [
        ("country=US&targetView=MicrosoftAzure", 1),
        ("country=US&targetView=Software", 0),
        (
            "country=DE&targetView=onlineservices&targetSegment=education",
            1,
        ),
        (
            "country=DE&targetView=OnlineServices&targetSegment=nonprofit",
            0,
        ),
    ] {
        let seen = bench.app().get(&format!("/v1/products?{query}"));
        assert_eq!(seen.json["totalCount"], json!(expected), "{query}");
    }
}

#[test]
fn the_catalogue_refuses() {
    let bench = Bench::new();
    let product = "/v1/products/CFQ7TTC0LH18";
    for (path, expected) in [
        (
            "/v1/products?targetView=OnlineServices".to_owned(),
            (400, 2000),
        ),
        ("/v1/products?country=US".to_owned(), (400, 2000)),
        (
            "/v1/products?country=XX&targetView=OnlineServices".to_owned(),
            (400, 2000),
        ),
        (
            "/v1/products?country=US&targetView=Nothing".to_owned(),
            (403, 400_036),
        ),
        (
            format!("/v1/products?{QUERY}&targetSegment=x"),
            (403, 400_030),
        ),
        ("/v1/products/NOTHING?country=US".to_owned(), (404, 400_013)),
        (format!("{product}/skus/9999?country=US"), (404, 400_018)),
        (
            format!("{product}/skus/0001/availabilities/x?country=US"),
            (404, 400_019),
        ),
        (format!("{product}/skus"), (400, 2000)),
    ] {
        assert_eq!(refused(&bench.app().get(&path)), expected, "{path}");
    }
}

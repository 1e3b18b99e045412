//! Partner Center as a caller sees it: whole answers of the main calls, and every refusal.

mod buying;
mod catalogue;
mod consents;
mod customers;
mod lists;
mod people;
mod subscriptions;

use serde_json::{Value, json};

use crate::sandbox::testing::{Bench, Client, Seen};

/// Returns status and code of a refusal.
fn refused(seen: &Seen) -> (u16, u64) {
    (seen.status, seen.json["code"].as_u64().unwrap_or(u64::MAX))
}

/// Creates a customer under a fresh request id.
fn create(client: &Client<'_>, body: Value) -> Seen {
    let id = uuid::Uuid::new_v4().to_string();
    let headers = [
        ("ms-requestid", id.as_str()),
        ("ms-correlationid", id.as_str()),
    ];
    client.send("POST", "/v1/customers", &headers, Some(body))
}

/// Returns the body that creates Tailspin Hotels.
fn hotels() -> Value {
    json!({
        "companyProfile": { "domain": "tailspinhotels.onmicrosoft.com" },
        "billingProfile": {
            "email": "ada@tailspinhotels.example",
            "culture": "en-US",
            "language": "en",
            "companyName": "Tailspin Hotels",
            "defaultAddress": {
                "firstName": "Ada",
                "lastName": "Nord",
                "addressLine1": "12 Harbor Street",
                "city": "Seattle",
                "state": "WA",
                "postalCode": "98101",
                "country": "US",
            },
        },
    })
}

/// Returns the catalogue item of a SKU for a term.
fn item(bench: &Bench, product: &str, sku: &str, term: &str) -> String {
    let path = format!("/v1/products/{product}/skus/{sku}/availabilities?country=US");
    let seen = bench.app().get(&path);
    let items = seen.json["items"].as_array().cloned().unwrap_or_default();
    let found = items
        .iter()
        .find(|item| item["terms"][0]["duration"].as_str().unwrap_or("") == term);
    let found = found.unwrap_or_else(|| panic!("{product}:{sku} is not sold for {term}"));
    found["catalogItemId"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Posts without a body, as a checkout is.
fn checkout(client: &Client<'_>, path: &str) -> Seen {
    client.send("POST", path, &[("content-length", "0")], None)
}

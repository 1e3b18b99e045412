//! Lists in pages, filters, invoices, the audit trail.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{create, hotels, refused};
use crate::sandbox::config::Config;
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::store::World;
use crate::sandbox::testing::{Bench, Client, Seen};

const FABRIKAM_BASIC: &str = "fab71ca0-0002-4000-8000-000000000001";

/// Follows the next links of a list and returns the length of each page, and all ids.
fn walk(client: &Client<'_>, path: &str) -> (Vec<usize>, Vec<String>) {
    let (mut sizes, mut ids) = (Vec::new(), Vec::new());
    let mut seen = client.get(path);
    loop {
        assert_eq!(seen.status, 200, "{}", seen.json);
        let items = seen.json["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(seen.json["totalCount"], json!(items.len()));
        sizes.push(items.len());
        ids.extend(
            items
                .iter()
                .filter_map(|item| item["id"].as_str().map(str::to_owned)),
        );
        match follow(client, &seen) {
            Some(next) => seen = next,
            None => return (sizes, ids),
        }
    }
}

/// Follows a next link with its headers.
fn follow(client: &Client<'_>, seen: &Seen) -> Option<Seen> {
    let next = seen.json["links"].get("next")?;
    let uri = format!("/v1{}", next["uri"].as_str()?);
    let headers: Vec<(&str, &str)> = next["headers"]
        .as_array()?
        .iter()
        .filter_map(|header| Some((header["key"].as_str()?, header["value"].as_str()?)))
        .collect();
    Some(client.send("GET", &uri, &headers, None))
}

#[test]
fn every_customer_comes_once_in_pages_of_the_asked_size() {
    let bench = Bench::with(Limits::Current, 1203);
    let (sizes, ids) = walk(&bench.app(), "/v1/customers?size=0");
    assert_eq!(sizes, [500, 500, 208]);
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique, ids, "once each, in order");
    assert_eq!(
        walk(&bench.app(), "/v1/customers?size=9999").0,
        [500, 500, 208]
    );
}

#[test]
fn any_page_size_gives_the_same_customers() {
    let bench = Bench::with(Limits::Current, 4);
    let app = bench.app();
    let (_, whole) = walk(&app, "/v1/customers");
    for size in 1..=whole.len() {
        let (sizes, ids) = walk(&app, &format!("/v1/customers?size={size}"));
        assert_eq!(
            (sizes.len(), &ids),
            (whole.len().div_ceil(size), &whole),
            "{size}"
        );
    }
}

#[test]
fn a_numbered_customer_lives_on_when_it_is_changed() {
    let bench = Bench::with(Limits::Current, 3);
    let id = "00000002-5eed-4000-8000-000000000002";
    let own = format!("/v1/customers/{id}");
    let user = bench.user();
    let count = || walk(&user, "/v1/customers").1.len();
    assert_eq!(count(), 8);
    assert_eq!(
        user.get(&own).json["companyProfile"]["companyName"],
        json!("Customer 000002")
    );
    assert_eq!(
        user.get(&format!("{own}/subscriptions")).json["items"][0]["quantity"],
        json!(3)
    );
    let body = json!({
        "userPrincipalName": "max@customer000002.onmicrosoft.com",
        "displayName": "Max",
        "passwordProfile": { "password": "Start#2190" },
    });
    assert_eq!(user.post(&format!("{own}/users"), body).status, 200);
    assert_eq!(
        user.get(&format!("{own}/users")).json["totalCount"],
        json!(2)
    );
    assert_eq!(
        (
            count(),
            user.get(&format!("{own}/subscriptions")).json["totalCount"].clone()
        ),
        (8, json!(1))
    );
    let subscription = format!("{own}/subscriptions/00000002-0002-4000-8000-000000000001");
    let mut body = user.get(&subscription).json;
    body["status"] = json!("suspended");
    assert_eq!(
        user.send("PATCH", &subscription, &[], Some(body)).status,
        200
    );
    assert_eq!(user.send("DELETE", &own, &[], None).status, 204);
    assert_eq!((count(), refused(&user.get(&own))), (7, (404, 1000)));
}

#[test]
fn tokens_are_bound_to_the_query_and_the_caller() {
    let bench = Bench::new();
    let app = bench.app();
    let first = app.get("/v1/customers?size=2");
    let next = &first.json["links"]["next"];
    assert_eq!(next["uri"], json!("/customers?size=2&seekOperation=Next"));
    let token = next["headers"][0]["value"].as_str().unwrap_or_default();
    let get = |client: &Client<'_>, path: &str, token: &str| {
        client.send("GET", path, &[("MS-ContinuationToken", token)], None)
    };
    let uri = "/v1/customers?size=2&seekOperation=Next";
    assert_eq!(get(&app, uri, token).status, 200);
    for (seen, why) in [
        (get(&bench.user(), uri, token), "another caller"),
        (
            get(&app, "/v1/customers?size=3&seekOperation=Next", token),
            "another query",
        ),
        (get(&app, uri, "AAAA"), "no token of ours"),
        (app.get(uri), "no token"),
        (app.get("/v1/customers?size=-1"), "a negative size"),
        (app.get("/v1/customers?size=x"), "no number"),
        (app.get("/v1/customers?filter=x"), "no JSON"),
    ] {
        assert_eq!(refused(&seen), (400, 2000), "{why}");
    }
    assert_eq!(
        refused(&app.get("/v1/customers?seekOperation=Other")),
        (400, 900_126)
    );
    assert_eq!(
        refused(&app.get("/v1/customers?seekOperation=Last")),
        (400, 900_141)
    );
}

#[test]
fn a_list_item_carries_the_lists_members_only() {
    let bench = Bench::new();
    let filter = r#"{"Field":"CompanyName","Value":"fabri","Operator":"starts_with"}"#;
    let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
    let seen = bench
        .app()
        .get(&format!("/v1/customers?filter={filter}"))
        .json;
    let link = |path: &str| json!({ "self": { "uri": format!("/customers/{FABRIKAM}{path}"), "method": "GET", "headers": [] } });
    let expected = json!([{
        "id": FABRIKAM,
        "companyProfile": {
            "tenantId": FABRIKAM,
            "domain": "fabrikam.onmicrosoft.com",
            "companyName": "Fabrikam, Inc.",
            "links": link("/profiles/company"),
            "attributes": { "objectType": "CustomerCompanyProfile" },
        },
        "relationshipToPartner": "reseller",
        "links": link(""),
        "attributes": { "objectType": "Customer" },
    }]);
    assert_eq!(
        (&seen["items"], &seen["attributes"]),
        (&expected, &json!({ "objectType": "Collection" }))
    );
}

#[test]
fn invoices_come_by_size_and_offset_and_as_a_pdf() {
    let bench = Bench::new();
    let user = bench.user();
    let (sizes, ids) = walk(&user, "/v1/invoices?size=5");
    assert_eq!(
        (sizes, ids.first().map(String::as_str)),
        (vec![5, 5, 2], Some("G000200001"))
    );
    let filter = r#"{"LeftFilter":{"Field":"InvoiceDate","Value":"2025-09-01","Operator":"greater_than_or_equals"},"RightFilter":{"Field":"InvoiceDate","Value":"2025-12-01","Operator":"less_than"},"Operator":"and"}"#;
    let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
    assert_eq!(
        user.get(&format!("/v1/invoices?filter={filter}")).json["totalCount"],
        json!(3)
    );
    let one = user.get("/v1/invoices/G000200012").json;
    assert_eq!(
        (
            &one["invoiceDate"],
            &one["billingPeriodStartDate"],
            &one["billingPeriodEndDate"],
            &one["totalCharges"]
        ),
        (
            &json!("2026-03-07T00:00:00Z"),
            &json!("2026-02-01T00:00:00Z"),
            &json!("2026-02-28T23:59:59Z"),
            &json!(2007.5)
        )
    );
    let statement = "/v1/invoices/G000200012/documents/statement";
    let pdf = user.send("GET", statement, &[("accept", "application/pdf")], None);
    assert_eq!(
        (pdf.header("content-type"), &pdf.body[..5]),
        ("application/pdf", b"%PDF-".as_slice())
    );
    assert_eq!(
        user.send("GET", statement, &[("accept", "application/json")], None)
            .status,
        406
    );
}

#[test]
fn every_row_survives_the_state_file() {
    let bench = Bench::with(Limits::Current, 3);
    let user = bench.user();
    create(&user, hotels());
    let subscription = format!("/v1/customers/{FABRIKAM}/subscriptions/{FABRIKAM_BASIC}");
    bench.engine.configure(Config {
        slow_patches: true,
        ..Config::default()
    });
    let body = json!({ "id": FABRIKAM_BASIC, "quantity": 12, "autoRenewEnabled": true });
    assert_eq!(
        user.send("PATCH", &subscription, &[], Some(body)).status,
        202
    );
    let written = bench.change(|tx| tx.all());
    let mut read = World::default();
    for change in &written {
        let text = change
            .row
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default();
        let row = serde_json::from_str(&text).expect("JSON");
        read.apply(change.table, &change.key, row).expect("a row");
    }
    assert_eq!(read.all(), written);
}

#[test]
fn every_write_leaves_a_record() {
    let bench = Bench::new();
    let user = bench.user();
    let id = create(&user, hotels()).json["id"].clone();
    let path =
        format!("/v1/customers/{FABRIKAM}/subscriptions/fab71ca0-0002-4000-8000-000000000001");
    let body = json!({ "id": "fab71ca0-0002-4000-8000-000000000001", "quantity": 12, "autoRenewEnabled": true });
    assert_eq!(user.send("PATCH", &path, &[], Some(body)).status, 200);
    assert_eq!(refused(&create(&user, hotels())), (409, 1003));
    let seen = user.get("/v1/auditrecords?startDate=2026-03-02").json;
    let operations: Vec<&Value> = seen["items"]
        .as_array()
        .map(|items| items.iter().map(|item| &item["operationType"]).collect())
        .unwrap_or_default();
    assert_eq!(
        operations,
        [&json!("add_customer"), &json!("update_subscription")]
    );
    let record = &seen["items"][0];
    assert_eq!(
        (
            &record["customerId"],
            &record["customerName"],
            &record["resourceType"],
            &record["operationStatus"],
            &record["userPrincipalName"]
        ),
        (
            &id,
            &json!("Tailspin Hotels"),
            &json!("customer"),
            &json!("succeeded"),
            &json!("megan@contoso-partner.onmicrosoft.com")
        )
    );
    let new = record["resourceNewValue"].as_str().unwrap_or_default();
    assert!(
        new.starts_with(r#"{"Id":""#) && !new.contains("Password"),
        "{new}"
    );
    assert_eq!(
        refused(&user.get("/v1/auditrecords?startDate=2025-11-01")),
        (400, 2000)
    );
    assert_eq!(
        refused(&user.get("/v1/auditrecords?startDate=x")),
        (400, 2000)
    );
    let filter = r#"{"Field":"ResourceType","Value":"subscription","Operator":"equals"}"#;
    let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
    assert_eq!(
        user.get(&format!("/v1/auditrecords?filter={filter}")).json["totalCount"],
        json!(1)
    );
}

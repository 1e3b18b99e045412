//! Licences as Graph and Partner Center see them: the same, whoever changes them.

use serde_json::{Value, json};

use crate::sandbox::graph::bench::{Megan, each, refused};
use crate::sandbox::partner::{catalogue, seats};
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::store::{Group, key};
use crate::sandbox::testing::Bench;

const BASIC: &str = "3b555118-da6a-4418-894f-7df1e2096870";
const PREMIUM: &str = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46";
const TEAMS: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
const ADMIN: &str = "/v1.0/users/fab71ca0-0001-4000-8000-000000000001";
const KIM: &str = "/v1.0/users/fab71ca0-0001-4000-8000-000000000002";
const LEE: &str = "/v1.0/users/fab71ca0-0001-4000-8000-000000000003";
const SAM: &str = "/v1.0/users/fab71ca0-0001-4000-8000-000000000004";

fn add(sku: &str, disabled: &[&str]) -> Value {
    json!({ "addLicenses": [{ "skuId": sku, "disabledPlans": disabled }], "removeLicenses": [] })
}

fn remove(sku: &str) -> Value {
    json!({ "addLicenses": [], "removeLicenses": [sku] })
}

/// Consumed units of Business Basic, as Graph and as Partner Center tell them.
fn consumed(bench: &Bench) -> (i64, i64) {
    let graph = Megan::of(bench, FABRIKAM);
    let sku = graph.get(&format!("/v1.0/subscribedSkus/{FABRIKAM}_{BASIC}"));
    let seen = bench
        .user()
        .get(&format!("/v1/customers/{FABRIKAM}/subscribedskus"));
    let items = seen.json["items"].as_array().cloned().unwrap_or_default();
    let item = items
        .iter()
        .find(|item| item["productSku"]["id"] == BASIC)
        .cloned()
        .unwrap_or_default();
    let number = |value: &Value| value["consumedUnits"].as_i64().unwrap_or(-1);
    (number(&sku.json), number(&item))
}

#[test]
fn consumed_units_follow_users_from_both_sides() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let assign = |user: &str, body| graph.send("POST", &format!("{user}/assignLicense"), body);
    assert_eq!(consumed(&bench), (2, 2));
    let located = graph.send("PATCH", SAM, json!({ "usageLocation": "US" }));
    assert_eq!(located.status, 204);
    let seen = assign(SAM, add(BASIC, &[TEAMS]));
    assert_eq!(
        (seen.status, &seen.json["mail"]),
        (200, &json!("sam@fabrikam.onmicrosoft.com")),
        "{}",
        seen.json
    );
    assert_eq!(consumed(&bench), (3, 3));
    let details = graph.get(&format!("{SAM}/licenseDetails")).json["value"][0].clone();
    let off: Vec<&Value> = details["servicePlans"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|plan| plan["provisioningStatus"] == "Disabled")
        .map(|plan| &plan["servicePlanId"])
        .collect();
    assert_eq!(
        (&details["skuId"], off),
        (&json!(BASIC), vec![&json!(TEAMS)])
    );
    let select = format!("{SAM}?$select=assignedLicenses,licenseAssignmentStates");
    assert_eq!(assign(SAM, add(BASIC, &[])).status, 200);
    let seen = graph.get(&select).json;
    assert_eq!(
        (
            &seen["assignedLicenses"],
            &seen["licenseAssignmentStates"][0]["state"]
        ),
        (
            &json!([{ "disabledPlans": [], "skuId": BASIC }]),
            &json!("Active")
        ),
        "assigning again replaces the plans"
    );
    assert_eq!(consumed(&bench), (3, 3));
    graph.send("DELETE", KIM, Value::Null);
    assert_eq!(consumed(&bench), (2, 2));
    let restore = format!(
        "/v1.0/directory/deletedItems/{}/restore",
        &KIM["/v1.0/users/".len()..]
    );
    assert_eq!(graph.send("POST", &restore, Value::Null).status, 200);
    assert_eq!(consumed(&bench), (3, 3));
    assert_eq!(assign(SAM, remove(BASIC)).status, 200);
    let path = format!(
        "/v1/customers/{FABRIKAM}/users/{}/licenseupdates",
        &LEE["/v1.0/users/".len()..]
    );
    bench
        .user()
        .post(&path, json!({ "licensesToRemove": [BASIC] }));
    assert_eq!(consumed(&bench), (1, 1));
}

#[test]
fn assignments_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let unlisted = "11111111-2222-4333-8444-555555555555";
    for (user, body, expected) in [
        (
            SAM,
            add(BASIC, &[]),
            "License assignment cannot be done for user with invalid usage location.",
        ),
        (
            LEE,
            add(PREMIUM, &[]),
            "License cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46 does not correspond to a valid company License.",
        ),
        (
            LEE,
            add(BASIC, &[unlisted]),
            "License assignment failed because service plan 11111111-2222-4333-8444-555555555555 does not belong to the license.",
        ),
        (
            LEE,
            remove(PREMIUM),
            "User does not have a corresponding license.",
        ),
        (
            LEE,
            json!({ "addLicenses": [] }),
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: removeLicenses.",
        ),
        (
            LEE,
            json!({ "removeLicenses": [] }),
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: addLicenses.",
        ),
        (
            LEE,
            json!({ "addLicenses": [{}], "removeLicenses": [] }),
            "A value is required for property 'skuId' of resource.",
        ),
    ] {
        let seen = graph.send("POST", &format!("{user}/assignLicense"), body.clone());
        assert_eq!(
            refused(&seen),
            (400, "Request_BadRequest", expected),
            "{body}"
        );
    }
}

#[test]
fn seats_run_out() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, TAILSPIN);
    for number in 0..5 {
        let body = json!({
            "accountEnabled": true,
            "displayName": "One",
            "mailNickname": format!("u{number}"),
            "userPrincipalName": format!("u{number}@tailspintoys.onmicrosoft.com"),
            "usageLocation": "US",
            "passwordProfile": { "password": "Brisk-Otter-4182" },
        });
        let made = graph.send("POST", "/v1.0/users", body);
        let id = made.json["id"].as_str().unwrap_or_default();
        let seen = graph.send(
            "POST",
            &format!("/v1.0/users/{id}/assignLicense"),
            add(PREMIUM, &[]),
        );
        if number < 4 {
            assert_eq!(seen.status, 200, "{}", seen.json);
        } else {
            let text =
                format!("Subscription with SKU {PREMIUM} does not have any available licenses.");
            assert_eq!(refused(&seen), (400, "Request_BadRequest", text.as_str()));
        }
    }
}

#[test]
fn a_licence_of_a_group_is_counted_and_cannot_be_removed_directly() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let group = "fab71ca0-0009-4000-8000-0000000000ff";
    bench.change(|tx| {
        let row = json!({
            "id": group, "tenant": FABRIKAM, "name": "Licensed", "description": "",
            "created": tx.now(), "members": [&SAM["/v1.0/users/".len()..]],
        });
        let row: Group = serde_json::from_value(row).expect("a group");
        tx.directory.groups.put(&key(&[FABRIKAM, group]), row);
    });
    let path = format!("/v1.0/groups/{group}/assignLicense");
    let state = |expected: &str| {
        let select = format!("/v1.0/groups/{group}?$select=licenseProcessingState");
        let seen = graph.get(&select).json;
        assert_eq!(seen["licenseProcessingState"]["state"], expected);
    };
    assert_eq!(graph.send("POST", &path, add(BASIC, &[])).status, 200);
    state("QueuedForProcessing");
    assert_eq!(consumed(&bench), (2, 2));
    graph.waits(10);
    state("ProcessingComplete");
    let states = |user: &str| {
        let seen = graph.get(&format!("{user}?$select=licenseAssignmentStates"));
        let row = &seen.json["licenseAssignmentStates"][0];
        (row["state"].clone(), row["error"].clone())
    };
    let without_location = (json!("Error"), json!("ProhibitInUsageLocationViolation"));
    assert_eq!(states(SAM), without_location);
    assert_eq!(consumed(&bench), (2, 2));
    let located = json!({ "usageLocation": "US" });
    assert_eq!(graph.send("PATCH", SAM, &located).status, 204);
    assert_eq!(states(SAM), (json!("Active"), json!("None")));
    assert_eq!(consumed(&bench), (3, 3));
    assert_eq!(graph.send("PATCH", ADMIN, &located).status, 204);
    let refs = format!("/v1.0/groups/{group}/members/$ref");
    let admin = json!({ "@odata.id": format!("https://graph.microsoft.com{ADMIN}") });
    assert_eq!(graph.send("POST", &refs, admin).status, 204);
    assert_eq!(states(ADMIN), (json!("Active"), json!("None")));
    bench.change(|tx| {
        let licence = catalogue::licence_of(BASIC).expect("a licence");
        let mut seats = 3;
        for row in seats::subscriptions(tx, FABRIKAM, licence) {
            let place = key(&[FABRIKAM, &row.id]);
            let row = tx.partner.subscriptions.edit(&place).expect("a row");
            row.quantity = std::mem::take(&mut seats);
        }
    });
    assert_eq!(states(ADMIN), (json!("Error"), json!("CountViolation")));
    assert_eq!(consumed(&bench), (3, 3));
    let seen = graph.get(&format!("{SAM}?$select=licenseAssignmentStates"));
    assert_eq!(
        seen.json["licenseAssignmentStates"][0]["assignedByGroup"],
        group
    );
    let seen = graph.send("POST", &format!("{SAM}/assignLicense"), remove(BASIC));
    let text = "User license is inherited from a group membership and it cannot be removed directly from the user.";
    assert_eq!(refused(&seen), (400, "Request_BadRequest", text));
    assert_eq!(graph.send("POST", &path, remove(BASIC)).status, 200);
    graph.waits(10);
    assert_eq!(consumed(&bench), (2, 2));
}

#[test]
fn purchases_add_up_to_the_sums() {
    let bench = Bench::new();
    let graph = Megan::of(&bench, FABRIKAM);
    let skus = graph.get("/v1.0/subscribedSkus");
    assert_eq!(
        each(&skus, "skuPartNumber"),
        ["O365_BUSINESS_ESSENTIALS", "O365_BUSINESS_PREMIUM"]
    );
    let all = graph.get("/v1.0/directory/subscriptions");
    let rows = all.json["value"].as_array().cloned().unwrap_or_default();
    assert_eq!(rows.len(), 2, "the Azure plan brings no licence");
    for sku in skus.json["value"].as_array().into_iter().flatten() {
        let own: Vec<&Value> = rows
            .iter()
            .filter(|row| row["skuId"] == sku["skuId"])
            .collect();
        let ids: Vec<&Value> = own.iter().map(|row| &row["id"]).collect();
        let seats: i64 = own
            .iter()
            .filter_map(|row| row["totalLicenses"].as_i64())
            .sum();
        assert_eq!(
            (json!(ids), json!(seats)),
            (
                sku["subscriptionIds"].clone(),
                sku["prepaidUnits"]["enabled"].clone()
            )
        );
    }
    let one = &rows[0];
    assert_eq!(
        (
            &one["commerceSubscriptionId"],
            &one["status"],
            &one["isTrial"]
        ),
        (
            &json!("fab71ca0-0002-4000-8000-000000000001"),
            &json!("Enabled"),
            &json!(false)
        )
    );
    let id = one["id"].as_str().unwrap_or_default();
    assert_eq!(
        graph
            .get(&format!("/v1.0/directory/subscriptions/{id}"))
            .json["skuId"],
        one["skuId"]
    );
    let filter = "/v1.0/directory/subscriptions?$filter=commerceSubscriptionId%20eq%20'fab71ca0-0002-4000-8000-000000000003'";
    assert_eq!(each(&graph.get(filter), "totalLicenses"), [3]);
    assert_eq!(
        refused(&graph.get("/v1.0/directory/subscriptions/x")).1,
        "Request_ResourceNotFound"
    );
    assert_eq!(
        refused(&graph.get("/v1.0/subscribedSkus/x")).1,
        "Request_ResourceNotFound"
    );
    assert_eq!(
        graph
            .get("/v1.0/subscribedSkus?$filter=skuId%20eq%20'x'")
            .status,
        400
    );
    assert_eq!(
        graph
            .get("/v1.0/directory/subscriptions?$filter=status%20eq%20'Enabled'")
            .status,
        400
    );
}

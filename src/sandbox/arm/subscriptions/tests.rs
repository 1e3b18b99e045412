//! From the order of an Azure plan to what can be done in its subscription.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, refused, root};
use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::testing::{Bench, Seen};

const LIST: &str = "/subscriptions?api-version=2022-12-01";

/// Orders an Azure plan for Tailspin and returns the id of the plan in Partner Center.
fn order(bench: &Bench) -> String {
    let app = bench.app();
    let found = app.get("/v1/products/DZH318Z0BPS6/skus/0001/availabilities?country=US");
    let offer = &found.json["items"][0]["catalogItemId"];
    let order = json!({
        "referenceCustomerId": TAILSPIN,
        "billingCycle": "monthly",
        "lineItems": [{ "lineItemNumber": 0, "offerId": offer, "quantity": 1 }],
    });
    let made = app.post(&format!("/v1/customers/{TAILSPIN}/orders"), order);
    assert_eq!(made.status, 201, "{}", made.json);
    bench.advance(Duration::from_secs(120));
    let all = app.get(&format!("/v1/customers/{TAILSPIN}/subscriptions"));
    let all = all.json["items"].as_array().cloned().unwrap_or_default();
    let plan = all.iter().find(|one| one["offerId"] == *offer);
    plan.expect("fulfilled")["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn send(bench: &Bench, verb: &str, path: &str, body: Option<&Value>) -> Seen {
    bench.arm_send(TAILSPIN, verb, path, body)
}

#[test]
fn an_ordered_azure_plan_is_a_subscription_that_follows_it() {
    let bench = Bench::new();
    assert_eq!(send(&bench, "GET", LIST, None).json["value"], json!([]));
    let plan = order(&bench);
    let seen = send(&bench, "GET", LIST, None);
    let one = &seen.json["value"][0];
    assert_eq!(
        (&one["state"], &one["tenantId"], &one["displayName"]),
        (&json!("Enabled"), &json!(TAILSPIN), &json!("Azure plan"))
    );
    let root = one["id"].as_str().unwrap_or_default().to_owned();
    let roles =
        format!("{root}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01");
    let roles = send(&bench, "GET", &roles, None);
    let owner = &roles.json["value"][0]["properties"];
    assert_eq!(
        (&owner["principalId"], &owner["principalType"]),
        (&json!(ADMIN_AGENTS), &json!("ForeignGroup"))
    );
    let group = format!("{root}/resourceGroups/rg-new?api-version=2025-04-01");
    let body = json!({ "location": "westeurope" });
    assert_eq!(send(&bench, "PUT", &group, Some(&body)).status, 201);
    let set = format!(
        "{root}/resourceGroups/rg-new/providers/Microsoft.Compute/availabilitySets/as1?api-version=2025-04-01"
    );
    let unregistered = send(&bench, "PUT", &set, Some(&body));
    assert_eq!(
        refused(&unregistered),
        (409, "MissingSubscriptionRegistration")
    );

    let own = format!("/v1/customers/{TAILSPIN}/subscriptions/{plan}");
    let restate = |status: &str| {
        let body = json!({ "id": plan, "status": status });
        bench.app().send("PATCH", &own, &[], Some(body)).status
    };
    assert_eq!(restate("suspended"), 200);
    let state = || {
        send(
            &bench,
            "GET",
            &format!("{root}?api-version=2022-12-01"),
            None,
        )
    };
    assert_eq!(state().json["state"], "Disabled");
    let put = || send(&bench, "PUT", &group, Some(&body));
    assert_eq!(refused(&put()), (409, "ReadOnlyDisabledSubscription"));
    assert_eq!(send(&bench, "GET", &group, None).status, 200);
    let change = |what: &str| {
        let path = format!("{root}/providers/Microsoft.Subscription/{what}?api-version=2021-10-01");
        send(&bench, "POST", &path, None)
    };
    assert_eq!(refused(&change("enable")), (409, "Conflict"));
    assert_eq!(restate("active"), 200);
    assert_eq!(put().status, 200);
    assert_eq!(send(&bench, "DELETE", &group, None).status, 202);

    assert_eq!(change("cancel").status, 200);
    assert_eq!(state().json["state"], "Disabled");
    assert_eq!(
        bench.app().get(&own).json["status"],
        "active",
        "the plan goes on"
    );
    assert_eq!(refused(&put()), (409, "ReadOnlyDisabledSubscription"));
    let back = change("enable");
    assert_eq!(
        (back.status, &back.json["subscriptionId"]),
        (200, &one["subscriptionId"])
    );
    assert_eq!(state().json["state"], "Enabled");
}

#[test]
fn a_subscription_is_renamed_and_not_cancelled_while_it_has_resources() {
    let bench = Bench::new();
    let root = root(&bench);
    let change = |what: &str, body: Option<&Value>| {
        let path = format!("{root}/providers/Microsoft.Subscription/{what}api-version=2021-10-01");
        call(&bench, "POST", &path, body)
    };
    let name = |name: &str| json!({ "subscriptionName": name });
    assert_eq!(change("rename?", Some(&name("Shop"))).status, 200);
    let seen = call(&bench, "GET", LIST, None);
    assert_eq!(seen.json["value"][0]["displayName"], "Shop");
    assert_eq!(
        refused(&change("rename?", Some(&name(" ")))),
        (400, "InvalidParameter")
    );
    assert_eq!(refused(&change("cancel?", None)), (409, "Conflict"));
    assert_eq!(change("cancel?IgnoreResourceCheck=true&", None).status, 200);
    let group = format!("{root}/resourceGroups/rg-empty?api-version=2025-04-01");
    assert_eq!(
        call(&bench, "DELETE", &group, None).status,
        202,
        "deleting goes on"
    );
}

#[test]
fn tenants_and_locations_are_listed() {
    let bench = Bench::new();
    let seen = call(&bench, "GET", "/tenants?api-version=2022-12-01", None);
    let ids: Vec<&Value> = seen.json["value"]
        .as_array()
        .map(|all| all.iter().map(|one| &one["tenantId"]).collect())
        .unwrap_or_default();
    assert_eq!(ids, [FABRIKAM, HOME]);
    assert_eq!(
        seen.json["value"][0]["defaultDomain"],
        "fabrikam.onmicrosoft.com"
    );
    let path = format!("{}/locations?api-version=2022-12-01", root(&bench));
    let seen = call(&bench, "GET", &path, None);
    let all = seen.json["value"].as_array().cloned().unwrap_or_default();
    let west = all
        .iter()
        .find(|one| one["name"] == "westeurope")
        .expect("a region");
    assert_eq!(west["regionalDisplayName"], "(Europe) West Europe");
    assert_eq!(west["metadata"]["pairedRegion"][0]["name"], "northeurope");
}

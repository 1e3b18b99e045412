//! What a plan may be, and what may be asked of one.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::arm::testing::with;

#[test]
fn a_plan_has_three_kinds_of_groups_in_their_order() {
    let vault = made();
    let shown = vault.get(PLAN)["properties"].clone();
    let groups = shown["groups"].as_array().cloned().unwrap_or_default();
    let kinds: Vec<&str> = groups
        .iter()
        .filter_map(|one| one["groupType"].as_str())
        .collect();
    assert_eq!(kinds, ["Shutdown", "Failover", "Boot", "Boot"]);
    assert_eq!(
        allowed(&vault),
        json!(["PlannedFailover", "UnplannedFailover", "TestFailover"])
    );
    assert_eq!(shown["replicationProviders"], json!(["A2A"]));
    assert_eq!(shown["primaryFabricFriendlyName"], "westeurope");
    let seeded = vault.get("/replicationRecoveryPlans/shop-plan");
    assert_eq!(seeded["properties"]["allowedOperations"], allowed(&vault));
    let one =
        json!([{ "groupType": "Boot", "replicationProtectedItems": [item(&vault, "vm-web1")] }]);
    vault.job(
        "PATCH",
        PLAN,
        Some(&json!({ "properties": { "groups": one } })),
    );
    let shown = vault.get(PLAN)["properties"]["groups"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(3));
    assert_eq!(
        vault.get("/replicationRecoveryPlans")["value"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    vault.job("DELETE", PLAN, None);
    assert_eq!(vault.call("DELETE", PLAN, None).status, 204);
    vault.refused(
        "PATCH",
        PLAN,
        Some(&json!({ "properties": {} })),
        (404, "ResourceNotFound"),
    );
}

#[test]
fn a_wrong_plan_is_refused() {
    let vault = vault();
    let good = plan(&vault);
    let boot = |items: Value| json!([{ "groupType": "Boot", "replicationProtectedItems": items }]);
    let mut odd = manual("UnplannedFailover");
    odd["customDetails"] = json!({ "instanceType": "OddActionDetails" });
    let acting = json!([{ "groupType": "Boot", "startGroupActions": [odd] }]);
    for (path, value, expected) in [
        ("properties.primaryFabricId", Value::Null, (400, "150010")),
        (
            "properties.primaryFabricId",
            json!("westeurope"),
            (400, "150011"),
        ),
        (
            "properties.recoveryFabricId",
            json!(format!("{}/replicationFabrics/none", vault.path)),
            (400, "150011"),
        ),
        (
            "properties.providerSpecificInput",
            json!({ "instanceType": "A2A" }),
            (400, "150010"),
        ),
        ("properties.groups", Value::Null, (400, "150010")),
        (
            "properties.groups",
            json!([{ "groupType": "Odd" }]),
            (400, "150010"),
        ),
        (
            "properties.groups",
            json!([{ "groupType": "Shutdown" }]),
            (400, "150010"),
        ),
        (
            "properties.groups",
            boot(json!([item(&vault, "none")])),
            (400, "150011"),
        ),
        (
            "properties.groups",
            boot(json!([item(&vault, "vm-web1"), item(&vault, "vm-web1")])),
            (400, "150010"),
        ),
        ("properties.groups", acting, (400, "150010")),
    ] {
        let seen = vault.refused("PUT", PLAN, Some(&with(&good, path, value)), expected);
        assert!(
            seen["error"]["details"][0]["recommendedAction"].is_string(),
            "{seen}"
        );
    }
}

#[test]
fn what_is_sent_with_an_action_of_a_plan_is_checked() {
    let vault = made();
    let object = json!({ "providerSpecificDetails": { "instanceType": "A2A", "recoveryPointType": "Latest" } });
    for (action, body) in [
        ("plannedFailover", away(object)),
        ("plannedFailover", json!({ "properties": {} })),
        (
            "plannedFailover",
            away(json!({ "failoverDirection": "RecoveryToPrimary" })),
        ),
        (
            "plannedFailover",
            away(json!({ "providerSpecificDetails": [{ "instanceType": "A2A" }] })),
        ),
        (
            "plannedFailover",
            away(json!({ "providerSpecificDetails": [{ "instanceType": "InMageRcm" }] })),
        ),
        ("unplannedFailover", away(json!({}))),
        ("testFailover", away(json!({}))),
        (
            "testFailover",
            away(json!({ "networkType": "VmNetworkAsInput" })),
        ),
    ] {
        vault.refused(
            "POST",
            &format!("{PLAN}/{action}"),
            Some(&body),
            (400, "150010"),
        );
    }
    let none = away(json!({ "networkType": "VmNetworkAsInput", "networkId": "none" }));
    vault.refused(
        "POST",
        &format!("{PLAN}/testFailover"),
        Some(&none),
        (400, "150011"),
    );
}

#[test]
fn a_plan_whose_item_is_gone_is_refused() {
    let vault = made();
    vault.job("DELETE", &format!("{ITEMS}/vm-batch1"), None);
    assert_eq!(allowed(&vault), json!([]));
    let seen = vault.refused(
        "POST",
        &format!("{PLAN}/plannedFailover"),
        Some(&away(json!({}))),
        (400, "150011"),
    );
    assert!(
        seen["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("vm-batch1")),
        "{seen}"
    );
}

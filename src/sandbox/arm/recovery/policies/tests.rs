//! What callers see of replication policies.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const P1: &str = "/replicationPolicies/p1";

fn make(input: &Value) -> Value {
    json!({ "properties": { "providerSpecificInput": input } })
}

fn change(settings: &Value) -> Value {
    json!({ "properties": { "replicationProviderSettings": settings } })
}

#[test]
fn a_policy_is_read_in_other_words_than_it_was_sent() {
    let vault = Vault::new("rsv-empty");
    let input = json!({
        "instanceType": "HyperVReplicaAzure",
        "recoveryPointHistoryDuration": 12,
        "applicationConsistentSnapshotFrequencyInHours": 4,
        "replicationInterval": 900,
        "onlineReplicationStartTime": "21:00:00",
        "storageAccounts": ["/subscriptions/s/a1", "/subscriptions/s/a2"],
        "unheardOf": 1,
    });
    vault.job("PUT", P1, Some(&make(&input)));
    let policy = vault.get(P1);
    assert_eq!(policy["properties"]["friendlyName"], "p1");
    let expected = json!({
        "instanceType": "HyperVReplicaAzure",
        "recoveryPointHistoryDurationInHours": 12,
        "applicationConsistentSnapshotFrequencyInHours": 4,
        "replicationInterval": 900,
        "onlineReplicationStartTime": "21:00:00",
        "activeStorageAccountId": "/subscriptions/s/a1",
    });
    assert_eq!(policy["properties"]["providerSpecificDetails"], expected);
}

#[test]
fn every_kind_of_policy_is_made() {
    let vault = Vault::new("rsv-empty");
    for input in [
        json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable", "recoveryPointHistory": 1440 }),
        json!({ "instanceType": "HyperVReplica2012", "recoveryPoints": 3, "compression": "Enabled" }),
        json!({ "instanceType": "HyperVReplica2012R2", "replicationFrequencyInSeconds": 300 }),
        json!({
            "instanceType": "InMageAzureV2", "multiVmSyncStatus": "Disable",
            "recoveryPointThresholdInMinutes": 30,
        }),
        json!({ "instanceType": "InMageRcm", "recoveryPointHistoryInMinutes": 60 }),
        json!({ "instanceType": "VMwareCbt", "crashConsistentFrequencyInMinutes": 60 }),
    ] {
        let name = input["instanceType"].as_str().expect("a kind");
        let what = format!("/replicationPolicies/{name}");
        vault.job("PUT", &what, Some(&make(&input)));
        let policy = vault.get(&what);
        assert_eq!(policy["properties"]["providerSpecificDetails"], input);
    }
}

#[test]
fn a_wrong_policy_is_refused() {
    let vault = Vault::new("rsv-empty");
    let a2a = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let hyperv = json!({ "instanceType": "HyperVReplicaAzure" });
    let cases = [
        (with(&a2a, "recoveryPointHistory", json!(1441)), "150261"),
        (with(&a2a, "recoveryPointHistory", json!(-1)), "150261"),
        (
            with(&hyperv, "recoveryPointHistoryDuration", json!(25)),
            "150261",
        ),
        (
            with(&hyperv, "replicationInterval", json!(60)),
            "InvalidParameter",
        ),
        (
            with(&hyperv, "storageAccounts", json!("a")),
            "InvalidRequestContent",
        ),
        (
            with(&a2a, "recoveryPointHistory", json!("1 day")),
            "InvalidRequestContent",
        ),
        (
            with(&a2a, "crashConsistentFrequencyInMinutes", json!(-5)),
            "InvalidParameter",
        ),
        (
            with(&a2a, "multiVmSyncStatus", json!("Perhaps")),
            "InvalidParameter",
        ),
        (
            with(&a2a, "multiVmSyncStatus", Value::Null),
            "InvalidParameter",
        ),
        (with(&a2a, "instanceType", Value::Null), "InvalidParameter"),
        (with(&a2a, "instanceType", json!("A3A")), "InvalidParameter"),
    ];
    for (wrong, code) in cases {
        let error = vault.refused("PUT", P1, Some(&make(&wrong)), (400, code));
        let detail = &error["error"]["details"][0];
        assert_eq!(detail["code"], code, "{error}");
        assert!(detail["recommendedAction"].is_string(), "{error}");
    }
    let empty = json!({ "properties": {} });
    vault.refused("PUT", P1, Some(&empty), (400, "InvalidParameter"));
    vault.refused("PUT", P1, Some(&change(&a2a)), (400, "InvalidParameter"));
}

#[test]
fn a_policy_is_changed_by_another_word() {
    let vault = Vault::new("rsv-dr");
    let policy = "/replicationPolicies/hyperv-15min";
    let settings = json!({ "instanceType": "HyperVReplicaAzure", "replicationInterval": 30 });
    let begun = vault.call("PATCH", policy, Some(&change(&settings)));
    let seen = vault.get(policy);
    let details = &seen["properties"]["providerSpecificDetails"];
    assert_eq!(details["replicationInterval"], 300);
    vault.refused("PATCH", policy, Some(&change(&settings)), (409, "150026"));
    vault.follow(&begun);
    let seen = vault.get(policy);
    let details = &seen["properties"]["providerSpecificDetails"];
    assert_eq!(details["replicationInterval"], 30);
    assert_eq!(details["recoveryPointHistoryDurationInHours"], 24);
    for (wrong, expected) in [
        (make(&settings), (400, "InvalidParameter")),
        (
            change(&json!({ "instanceType": "VMwareCbt" })),
            (409, "150055"),
        ),
        (
            change(&with(&settings, "recoveryPointHistoryDuration", json!(48))),
            (400, "150261"),
        ),
    ] {
        vault.refused("PATCH", policy, Some(&wrong), expected);
    }
    let wrong = make(&json!({ "instanceType": "VMwareCbt" }));
    vault.refused("PUT", policy, Some(&wrong), (409, "150055"));
    let seen = vault.call(
        "PATCH",
        "/replicationPolicies/none",
        Some(&change(&settings)),
    );
    assert_eq!(seen.status, 404);
}

#[test]
fn a_policy_in_use_stays() {
    let vault = Vault::new("rsv-dr");
    let what = "/replicationPolicies/24-hours";
    let error = vault.refused("DELETE", what, None, (409, "150054"));
    let causes = error["error"]["details"][0]["possibleCauses"].as_str();
    let causes = causes.expect("causes");
    assert!(
        causes.contains("north-to-west") && causes.contains("west-to-north"),
        "{causes}"
    );
}

#[test]
fn a_policy_goes_not_while_a_mapping_is_made_by_it() {
    let vault = Vault::new("rsv-dr");
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    vault.job("PUT", P1, Some(&make(&input)));
    let mapping = "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectionContainerMappings/m1";
    let target =
        "/replicationFabrics/northeurope/replicationProtectionContainers/northeurope-container";
    let body = json!({ "properties": {
        "policyId": format!("{}{P1}", vault.path),
        "targetProtectionContainerId": format!("{}{target}", vault.path),
    } });
    let begun = vault.call("PUT", mapping, Some(&body));
    vault.refused("DELETE", P1, None, (409, "150054"));
    vault.follow(&begun);
    vault.job("POST", &format!("{mapping}/remove"), None);
    let begun = vault.call("DELETE", P1, None);
    vault.refused("PUT", mapping, Some(&body), (409, "150050"));
    vault.follow(&begun);
    assert_eq!(vault.call("GET", P1, None).status, 404);
}

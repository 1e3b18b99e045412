use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const ALL: &str = "/replicationFabrics/vmware-office/replicationvCenters";

fn body() -> Value {
    json!({ "properties": {
        "friendlyName": "Second",
        "ipAddress": "192.168.30.11",
        "port": "8443",
        "processServerId": "ps-1",
        "runAsAccountId": "2",
    } })
}

#[test]
fn the_office_has_a_vcenter_that_is_heard_of() {
    let vault = Vault::new("rsv-dr");
    let seen = vault.get(&format!("{ALL}/vcenter-office"));
    let properties = &seen["properties"];
    assert_eq!(properties["port"], "443");
    assert_eq!(properties["discoveryStatus"], "Completed");
    assert_eq!(properties["fabricArmResourceName"], "vmware-office");
    vault
        .shop
        .bench
        .advance(std::time::Duration::from_secs(900));
    let later = vault.get(&format!("{ALL}/vcenter-office"));
    assert_ne!(
        later["properties"]["lastHeartbeat"],
        properties["lastHeartbeat"]
    );
}

#[test]
fn a_vcenter_is_added_changed_and_removed_by_jobs() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{ALL}/second");
    let seen = vault.call("PUT", &one, Some(&body()));
    assert_eq!(seen.status, 202);
    assert_eq!(vault.call("GET", &one, None).status, 404);
    vault.refused("PUT", &one, Some(&body()), (409, "150026"));
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["scenarioName"], "AddVCenter");
    for list in [ALL, "/replicationvCenters"] {
        assert_eq!(vault.get(list)["value"].as_array().map(Vec::len), Some(2));
    }
    let change = json!({ "properties": { "port": "443" } });
    let seen = vault.call("PATCH", &one, Some(&change));
    assert_eq!(vault.get(&one)["properties"]["port"], "8443");
    vault.follow(&seen);
    let changed = vault.get(&one);
    assert_eq!(changed["properties"]["port"], "443");
    assert_eq!(changed["properties"]["ipAddress"], "192.168.30.11");
    vault.job("DELETE", &one, None);
    assert_eq!(vault.call("DELETE", &one, None).status, 204);
    vault.refused("PATCH", &one, Some(&change), (404, "ResourceNotFound"));
}

#[test]
fn a_port_is_a_text_and_a_vcenter_has_an_address() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{ALL}/second");
    for (path, value, code) in [
        ("properties.port", json!(443), "150002"),
        ("properties.port", json!("0"), "150002"),
        ("properties.port", json!("https"), "150002"),
        ("properties.ipAddress", Value::Null, "150001"),
    ] {
        let wrong = with(&body(), path, value);
        let seen = vault.refused("PUT", &one, Some(&wrong), (400, code));
        let text = seen["error"]["message"].as_str().expect("a text");
        assert!(text.contains(path), "{text}");
    }
    let elsewhere = "/replicationFabrics/site-office/replicationvCenters/second";
    vault.refused("PUT", elsewhere, Some(&body()), (400, "150110"));
    let lost = "/replicationFabrics/none/replicationvCenters/second";
    vault.refused("PUT", lost, Some(&body()), (404, "ResourceNotFound"));
}

#[test]
fn an_agent_that_cannot_be_reached_fails_the_discovery() {
    let vault = Vault::new("rsv-dr");
    vault.shop.bench.change(|tx| {
        let trouble = json!({ "match": "second", "kind": "agent_unreachable", "times": 1 });
        let trouble = serde_json::from_value(trouble).expect("a trouble");
        tx.recovery.troubles.put("1", trouble);
    });
    let one = format!("{ALL}/second");
    let job = vault.job("PUT", &one, Some(&body()));
    assert_eq!(job["properties"]["state"], "Failed");
    let error = &job["properties"]["errors"][0]["serviceErrorDetails"];
    assert_eq!(error["code"], "150104");
    assert_eq!(vault.call("GET", &one, None).status, 404);
    assert_eq!(
        vault.job("PUT", &one, Some(&body()))["properties"]["state"],
        "Succeeded"
    );
}

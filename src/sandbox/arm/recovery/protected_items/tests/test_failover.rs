//! Test failovers wait for their clean-up.

use serde_json::json;

use super::*;

const CLEANUP: &str = "testFailoverCleanup";

fn comments() -> Value {
    json!({ "properties": { "comments": "ok" } })
}

#[test]
fn a_test_failover_waits_until_it_is_cleaned_up() {
    let vault = vault();
    let test = machine(&vault, "rg-dr", "vm-web1-test");
    let body = test_in(&network(&vault));
    refused(
        &vault,
        &web(),
        CLEANUP,
        Some(&comments()),
        "PlannedFailover, UnplannedFailover, DisableProtection, TestFailover",
    );
    let job = act(&vault, &web(), "testFailover", Some(&body), "Suspended");
    assert_eq!(
        job["properties"]["customDetails"]["instanceType"],
        "TestFailoverJobDetails"
    );
    assert_eq!(
        job["properties"]["customDetails"]["protectedItemDetails"][0]["testVmName"],
        "vm-web1-test"
    );
    stands(
        &vault,
        &web(),
        ["Protected", "Primary", "WaitingForCompletion"],
        &["TestFailoverCleanup"],
    );
    let waiting = shown(&vault, &web());
    assert_eq!(
        waiting["protectionStateDescription"],
        "Cleanup test failover pending"
    );
    assert_eq!(
        waiting["testFailoverStateDescription"],
        "Waiting for user input"
    );
    assert_eq!(waiting["currentScenario"]["scenarioName"], "TestFailover");
    assert_eq!(power(&vault, &test), "running");
    assert_eq!(
        power(&vault, &machine(&vault, "rg-shop", "vm-web1")),
        "running"
    );
    refused(
        &vault,
        &web(),
        "plannedFailover",
        Some(&away()),
        "TestFailoverCleanup",
    );
    let seen = vault.call("POST", &format!("{}/{CLEANUP}", web()), Some(&comments()));
    let cleaning = shown(&vault, &web());
    assert_eq!(cleaning["testFailoverState"], "MarkedForDeletion");
    assert_eq!(
        cleaning["testFailoverStateDescription"],
        "Cleaning up test environment"
    );
    vault.follow(&seen);
    assert!(!is_there(&vault, &test));
    for left in [
        "Microsoft.Compute/disks/vm-web1-test-vm-web1-os",
        "Microsoft.Network/networkInterfaces/vm-web1-test-nic",
    ] {
        assert!(
            !is_there(&vault, &resource(&vault, "rg-dr", left)),
            "{left}"
        );
    }
    let job = vault.get(&format!(
        "/replicationJobs/{}",
        job["name"].as_str().expect("a job")
    ));
    assert_eq!(job["properties"]["state"], "Succeeded");
    assert_eq!(job["properties"]["customDetails"]["comments"], "ok");
    assert_eq!(shown(&vault, &web())["testFailoverState"], "None");
}

#[test]
fn the_network_of_a_test_counts_where_the_type_says_so() {
    let vault = vault();
    let what = format!("{}/testFailover", web());
    let none = resource(&vault, "rg-dr", "Microsoft.Network/virtualNetworks/none");
    let seen = vault.refused("POST", &what, Some(&test_in(&none)), (400, "150011"));
    assert!(seen["error"]["details"][0]["recommendedAction"].is_string());
    let far = resource(
        &vault,
        "rg-shop",
        "Microsoft.Network/virtualNetworks/vnet-shop",
    );
    vault.refused("POST", &what, Some(&test_in(&far)), (400, "150010"));
    let odd = a2a(json!({ "networkType": "Something" }));
    vault.refused("POST", &what, Some(&odd), (400, "150010"));
    let body = a2a(json!({ "networkType": "VmNetworkAsInput" }));
    vault.refused("POST", &what, Some(&body), (400, "150010"));
    // Ignored: whatever stands there, the network of the item is taken.
    let body = a2a(json!({ "networkType": "NoNetworkAttachAsInput", "networkId": none }));
    act(&vault, &web(), "testFailover", Some(&body), "Suspended");
}

/// A clean-up that fails, and a test whose job is cancelled, have yet to be cleaned up.
#[test]
fn what_was_not_cleaned_up_stays_to_be_cleaned_up() {
    let vault = vault();
    let body = test_in(&network(&vault));
    let job = act(&vault, &web(), "testFailover", Some(&body), "Suspended");
    let key = format!("{}/{}", vault.path, job["name"].as_str().expect("a job"));
    vault
        .shop
        .bench
        .change(|tx| crate::sandbox::arm::recovery::job::cancel(tx, &key.to_lowercase()));
    stands(
        &vault,
        &web(),
        ["Protected", "Primary", "WaitingForCompletion"],
        &["TestFailoverCleanup"],
    );
    vault.tell(
        "operations",
        &json!({ "match": "vm-web1", "end": "Failed", "times": 1 }),
    );
    act(&vault, &web(), CLEANUP, Some(&comments()), "Failed");
    stands(
        &vault,
        &web(),
        ["Protected", "Primary", "WaitingForCompletion"],
        &["TestFailoverCleanup"],
    );
    act(&vault, &web(), CLEANUP, Some(&comments()), "Succeeded");
    assert_eq!(shown(&vault, &web())["testFailoverState"], "None");
}

//! The whole life of a machine, by one vault, in virtual time.

use std::time::Instant;

use serde_json::json;

use super::*;

#[test]
fn a_machine_goes_all_the_way_and_back() {
    let begun = Instant::now();
    let vault = vault();
    let item = format!("{WEST}/replicationProtectedItems/vm-batch1");
    let (source, replica) = (
        machine(&vault, "rg-shop", "vm-batch1"),
        machine(&vault, "rg-dr", "vm-batch1"),
    );
    vault.job("PUT", &item, Some(&batch(&vault)));
    pass(&vault, 60);
    act(
        &vault,
        &item,
        "testFailover",
        Some(&test_in(&network(&vault))),
        "Suspended",
    );
    act(
        &vault,
        &item,
        "testFailoverCleanup",
        Some(&json!({ "properties": { "comments": "" } })),
        "Succeeded",
    );
    act(&vault, &item, "plannedFailover", Some(&away()), "Succeeded");
    act(&vault, &item, "failoverCommit", None, "Succeeded");
    act(&vault, &item, "reProtect", None, "Succeeded");
    let reverse = ["PlannedFailover", "TestFailover", "DisableProtection"];
    stands(&vault, &item, ["Protected", "Recovery", "None"], &reverse);
    vault.refused(
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&away()),
        (400, "150010"),
    );
    refused(
        &vault,
        &item,
        "unplannedFailover",
        Some(&unplanned()),
        &reverse.join(", "),
    );
    pass(&vault, 60);
    act(&vault, &item, "plannedFailover", Some(&back()), "Succeeded");
    assert_eq!(
        (power(&vault, &source), power(&vault, &replica)),
        ("running".to_owned(), "deallocated".to_owned())
    );
    act(&vault, &item, "failoverCommit", None, "Succeeded");
    act(&vault, &item, "reProtect", None, "Succeeded");
    let forward = [
        "PlannedFailover",
        "UnplannedFailover",
        "DisableProtection",
        "TestFailover",
    ];
    stands(&vault, &item, ["Protected", "Primary", "None"], &forward);
    // The replica is used again.
    act(&vault, &item, "plannedFailover", Some(&away()), "Succeeded");
    assert_eq!(power(&vault, &replica), "running");
    vault.refused(
        "POST",
        "/replicationFabrics/westeurope/remove",
        None,
        (409, "150041"),
    );
    vault.refused("POST", &format!("{WEST}/remove"), None, (409, "150044"));
    for item in [&item, &web()] {
        act(
            &vault,
            item,
            "remove",
            Some(&json!({ "properties": {} })),
            "Succeeded",
        );
    }
    for (container, mapping) in [(WEST, "west-to-north"), (NORTH, "north-to-west")] {
        let mapping = format!("{container}/replicationProtectionContainerMappings/{mapping}");
        act(
            &vault,
            &mapping,
            "remove",
            Some(&json!({ "properties": {} })),
            "Succeeded",
        );
    }
    for container in [WEST, NORTH] {
        act(&vault, container, "remove", None, "Succeeded");
    }
    let map = "/replicationFabrics/westeurope/replicationNetworks/azureNetwork/replicationNetworkMappings/shop-to-dr";
    assert_eq!(
        vault.job("DELETE", map, None)["properties"]["state"],
        "Succeeded"
    );
    for fabric in ["westeurope", "northeurope"] {
        act(
            &vault,
            &format!("/replicationFabrics/{fabric}"),
            "remove",
            None,
            "Succeeded",
        );
    }
    assert!(is_there(&vault, &source) && is_there(&vault, &replica));
    assert!(begun.elapsed().as_secs_f64() < 2.0, "{:?}", begun.elapsed());
}

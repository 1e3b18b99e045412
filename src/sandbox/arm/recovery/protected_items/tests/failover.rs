//! Failovers: what they do to the machines, what may follow, and what happens when they fail.

use serde_json::json;

use super::*;

#[test]
fn a_planned_failover_moves_the_machine_and_stops_the_source() {
    let vault = vault();
    let (source, replica) = (
        machine(&vault, "rg-shop", "vm-web1"),
        machine(&vault, "rg-dr", "vm-web1"),
    );
    let seen = vault.call("POST", &format!("{}/plannedFailover", web()), Some(&away()));
    assert_eq!(seen.status, 202, "{}", seen.json);
    // While the job goes on, nothing else is allowed.
    let running = shown(&vault, &web());
    assert_eq!(running["allowedOperations"], json!([]));
    assert_eq!(
        running["currentScenario"]["scenarioName"],
        "PlannedFailover"
    );
    assert_eq!(running["activeLocation"], "Primary");
    refused(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "none",
    );
    vault.refused("DELETE", &web(), None, (409, "150025"));
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    assert_eq!(
        job["properties"]["customDetails"]["instanceType"],
        "FailoverJobDetails"
    );
    let allowed = [
        "CompleteMigration",
        "Commit",
        "DisableProtection",
        "ChangePit",
    ];
    stands(
        &vault,
        &web(),
        ["PlannedFailoverCommitRequired", "Recovery", "None"],
        &allowed,
    );
    assert_eq!(power(&vault, &source), "deallocated");
    assert_eq!(power(&vault, &replica), "running");
    let made = vault.shop.get(&replica);
    assert_eq!(made["location"], "northeurope");
    assert_eq!(
        made["properties"]["hardwareProfile"]["vmSize"],
        "Standard_B2s"
    );
    let nic = made["properties"]["networkProfile"]["networkInterfaces"][0]["id"].clone();
    let nic = vault.shop.get(nic.as_str().expect("an interface"));
    let subnet = nic["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"].clone();
    assert_eq!(subnet, format!("{}/subnets/web", network(&vault)));
    refused(&vault, &web(), "reProtect", None, &allowed.join(", "));
    act(&vault, &web(), "failoverCommit", None, "Succeeded");
    stands(
        &vault,
        &web(),
        ["PlannedFailoverCommitted", "Recovery", "None"],
        &["ReverseReplicate", "DisableProtection"],
    );
    refused(
        &vault,
        &web(),
        "failoverCommit",
        None,
        "ReverseReplicate, DisableProtection",
    );
}

#[test]
fn an_unplanned_failover_can_be_changed_and_cancelled() {
    let vault = vault();
    let (source, replica) = (
        machine(&vault, "rg-shop", "vm-web1"),
        machine(&vault, "rg-dr", "vm-web1"),
    );
    act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "Succeeded",
    );
    assert_eq!(power(&vault, &source), "running");
    assert_eq!(power(&vault, &replica), "running");
    let allowed = ["Commit", "ChangePit", "DisableProtection", "CancelFailover"];
    stands(
        &vault,
        &web(),
        ["UnplannedFailoverCommitRequired", "Recovery", "None"],
        &allowed,
    );
    let points = vault.get(&format!("{}/recoveryPoints", web()));
    let older = points["value"][3]["id"].clone();
    let first = shown(&vault, &web())["failoverRecoveryPointId"].clone();
    assert_eq!(first, points["value"][0]["id"]);
    let body = a2a(json!({ "recoveryPointId": older }));
    act(
        &vault,
        &web(),
        "applyRecoveryPoint",
        Some(&body),
        "Succeeded",
    );
    assert_eq!(shown(&vault, &web())["failoverRecoveryPointId"], older);
    act(&vault, &web(), "failoverCancel", None, "Succeeded");
    assert!(!is_there(&vault, &replica));
    assert_eq!(shown(&vault, &web())["protectionState"], "Protected");
    let kept = vault.get(&format!("{}/recoveryPoints", web()));
    let kept = kept["value"].as_array().expect("points");
    assert!(kept.iter().any(|point| point["id"] == older));
    let body = a2a(
        json!({ "failoverDirection": "PrimaryToRecovery", "sourceSiteOperations": "Required" }),
    );
    act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&body),
        "Succeeded",
    );
    assert_eq!(power(&vault, &source), "deallocated");
}

#[test]
fn what_is_sent_with_a_failover_is_checked() {
    let vault = vault();
    let planned = format!("{}/plannedFailover", web());
    let sudden = format!("{}/unplannedFailover", web());
    for (what, body) in [
        (&planned, back()),
        (&planned, a2a(json!({ "failoverDirection": "There" }))),
        (
            &planned,
            json!({ "properties": { "providerSpecificDetails": [{ "instanceType": "A2A" }] } }),
        ),
        (
            &planned,
            json!({ "properties": { "providerSpecificDetails": {} } }),
        ),
        (
            &planned,
            json!({ "properties": { "providerSpecificDetails": { "instanceType": "InMageRcm" } } }),
        ),
        (&sudden, a2a(json!({ "sourceSiteOperations": "Maybe" }))),
        (&sudden, json!({})),
    ] {
        vault.refused("POST", what, Some(&body), (400, "150010"));
    }
    let mut body = away();
    body["properties"]["providerSpecificDetails"]["recoveryPointId"] =
        json!(format!("{}{}/recoveryPoints/none", vault.path, web()));
    vault.refused("POST", &planned, Some(&body), (400, "150011"));
    vault.refused(
        "POST",
        &format!("{WEST}/replicationProtectedItems/none/plannedFailover"),
        Some(&away()),
        (404, "ResourceNotFound"),
    );
}

/// A failover to a network that is no more fails its job and leaves everything as it was.
#[test]
fn a_failover_without_a_network_fails_half_way() {
    let vault = vault();
    vault.shop.delete(&network(&vault));
    let sick = shown(&vault, &web());
    assert_eq!(sick["replicationHealth"], "Normal", "{sick}");
    assert_eq!(sick["failoverHealth"], "Critical", "{sick}");
    let job = act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "Failed",
    );
    let error = &job["properties"]["errors"][0]["serviceErrorDetails"];
    assert_eq!(error["code"], "150130", "{job}");
    assert!(!is_there(&vault, &machine(&vault, "rg-dr", "vm-web1")));
    assert_eq!(shown(&vault, &web())["protectionState"], "Protected");
}

/// A machine of that name is somebody else's, or there are no cores left: nothing of it stays.
#[test]
fn a_machine_that_cannot_be_made_fails_the_job() {
    let vault = vault();
    vault.tell("config", &json!({ "azure_cores": 1 }));
    let job = act(&vault, &web(), "plannedFailover", Some(&away()), "Failed");
    let code = job["properties"]["errors"][0]["serviceErrorDetails"]["code"].clone();
    assert_eq!(code, "QuotaExceeded", "{job}");
    for left in [
        "Microsoft.Compute/disks/vm-web1-vm-web1-os",
        "Microsoft.Network/networkInterfaces/vm-web1-nic",
    ] {
        assert!(
            !is_there(&vault, &resource(&vault, "rg-dr", left)),
            "{left}"
        );
    }
    assert_eq!(
        power(&vault, &machine(&vault, "rg-shop", "vm-web1")),
        "running"
    );
    vault.tell("config", &json!({ "azure_cores": 0 }));
    act(
        &vault,
        &web(),
        "plannedFailover",
        Some(&away()),
        "Succeeded",
    );
}

#[test]
fn an_agent_that_is_away_stops_what_needs_it() {
    let vault = vault();
    trouble(&vault, "vm-web1", "agent_unreachable", None);
    let sick = shown(&vault, &web());
    assert_eq!(sick["replicationHealth"], "Critical");
    assert_eq!(sick["healthErrors"][0]["errorLevel"], "Critical");
    let expected = [
        "PlannedFailover",
        "UnplannedFailover",
        "DisableProtection",
        "TestFailover",
        "RepairReplication",
    ];
    assert_eq!(sick["allowedOperations"], json!(expected));
    act(&vault, &web(), "plannedFailover", Some(&away()), "Failed");
    act(&vault, &web(), "repairReplication", None, "Failed");
    act(&vault, &web(), "updateMobilityService", None, "Failed");
    let body = json!({ "properties": {} });
    act(&vault, &web(), "remove", Some(&body), "Failed");
    // What needs no agent goes on, and a purge never asks it.
    act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "Succeeded",
    );
    vault.job("DELETE", &web(), None);
    assert_eq!(vault.call("GET", &web(), None).status, 404);
}

/// A container's `switchprotection` moves the item to the other region; from there it fails over back.
#[test]
fn a_switch_of_protection_moves_the_item() {
    let vault = vault();
    let switch = format!("{WEST}/switchprotection");
    let body = a2a(json!({ "replicationProtectedItemName": "vm-web1" }));
    vault.refused("POST", &switch, Some(&body), (409, "150025"));
    let none = a2a(json!({ "replicationProtectedItemName": "none" }));
    vault.refused("POST", &switch, Some(&none), (404, "ResourceNotFound"));
    act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "Succeeded",
    );
    act(&vault, &web(), "failoverCommit", None, "Succeeded");
    let moved = format!("{NORTH}/replicationProtectedItems/vm-web1");
    vault.plant(&moved, &json!({ "friendlyName": "another" }));
    vault.refused("POST", &switch, Some(&body), (409, "150012"));
    assert_eq!(vault.get(&moved)["properties"]["friendlyName"], "another");
    let key = format!("{}{moved}", vault.path);
    vault
        .shop
        .bench
        .change(|tx| drop(tx.recovery.objects.remove(&key)));
    let job = vault.job("POST", &switch, Some(&body));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    let id = job["properties"]["customDetails"]["newReplicationProtectedItemId"].clone();
    assert_eq!(vault.call("GET", &web(), None).status, 404);
    assert_eq!(vault.get(&moved)["id"], id);
    let expected = [
        "PlannedFailover",
        "UnplannedFailover",
        "DisableProtection",
        "TestFailover",
    ];
    stands(&vault, &moved, ["Protected", "Primary", "None"], &expected);
    assert_eq!(
        power(&vault, &machine(&vault, "rg-shop", "vm-web1")),
        "deallocated"
    );
    let plan = vault.get("/replicationRecoveryPlans/shop-plan");
    assert_eq!(
        plan["properties"]["groups"][2]["replicationProtectedItems"][0]["id"],
        id
    );
    act(
        &vault,
        &moved,
        "unplannedFailover",
        Some(&unplanned()),
        "Succeeded",
    );
    assert_eq!(
        power(&vault, &machine(&vault, "rg-shop", "vm-web1")),
        "running"
    );
}

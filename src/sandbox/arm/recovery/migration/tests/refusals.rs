//! What is refused, and what a migration that goes wrong leaves.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ALL, LEGACY, act, body, enabling, in_group, machine, property};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

/// Tells a trouble that hits what has that word in its id once.
fn trouble(vault: &Vault, word: &str, kind: &str) {
    let told = json!({ "match": word, "kind": kind, "times": 1 });
    let told = serde_json::from_value(told).expect("a trouble");
    vault
        .shop
        .bench
        .change(|tx| tx.recovery.troubles.put("1", told));
}

#[test]
fn an_action_out_of_its_time_says_which_are_allowed() {
    let vault = Vault::new("rsv-dr");
    let refused = |action: &str, allowed: &str| {
        let sent = body(&vault, LEGACY, action);
        let path = format!("{LEGACY}/{action}");
        let seen = vault.refused("POST", &path, Some(&sent), (409, "150025"));
        let causes = &seen["error"]["details"][0]["possibleCauses"];
        assert_eq!(
            causes,
            &json!(format!("Operations allowed now: {allowed}.")),
            "{action}"
        );
    };
    let rest = "DisableMigration, Migrate, PauseReplication, StartResync, TestMigrate";
    refused("testMigrateCleanup", rest);
    refused("resumeReplication", rest);
    let sent = body(&vault, LEGACY, "testMigrate");
    let seen = vault.call("POST", &format!("{LEGACY}/testMigrate"), Some(&sent));
    refused("migrate", "none");
    refused("testMigrate", "none");
    vault.refused("DELETE", LEGACY, None, (409, "150026"));
    vault.follow(&seen);
    for action in ["migrate", "testMigrate", "pauseReplication", "resync"] {
        refused(action, "TestMigrateCleanup");
    }
    vault.refused("DELETE", LEGACY, None, (409, "150025"));
    let body = enabling(&vault);
    vault.refused("PUT", LEGACY, Some(&body), (409, "150025"));
}

#[test]
fn what_enables_must_fit() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{ALL}/vm-crm");
    let full = enabling(&vault);
    let details = "properties.providerSpecificDetails";
    let north = in_group(&vault, "rg-dr", "Microsoft.Network/virtualNetworks/vnet-dr");
    let mut systems = full[details.split('.').next().unwrap_or_default()].clone();
    systems["providerSpecificDetails"]["disksToInclude"][0]["isOSDisk"] = "false".into();
    let disks = systems["providerSpecificDetails"]["disksToInclude"].clone();
    for (path, value, code) in [
        ("properties.policyId", Value::Null, "150001"),
        ("properties.policyId", json!("nothing"), "150003"),
        (
            "properties.policyId",
            json!(format!("{}/replicationPolicies/24-hours", vault.path)),
            "150002",
        ),
        ("properties.providerSpecificDetails", Value::Null, "150001"),
        (
            "properties.providerSpecificDetails.instanceType",
            json!("A2A"),
            "150002",
        ),
        (
            "properties.providerSpecificDetails.vmwareMachineId",
            Value::Null,
            "150001",
        ),
        (
            "properties.providerSpecificDetails.snapshotRunAsAccountId",
            Value::Null,
            "150001",
        ),
        (
            "properties.providerSpecificDetails.dataMoverRunAsAccountId",
            json!(1),
            "150002",
        ),
        (
            "properties.providerSpecificDetails.targetNetworkId",
            json!(north),
            "150002",
        ),
        (
            "properties.providerSpecificDetails.targetSubnetName",
            json!("none"),
            "150003",
        ),
        (
            "properties.providerSpecificDetails.targetResourceGroupId",
            json!("/subscriptions/x"),
            "150003",
        ),
        (
            "properties.providerSpecificDetails.licenseType",
            json!("Mine"),
            "150002",
        ),
        (
            "properties.providerSpecificDetails.targetVmTags",
            json!(["a"]),
            "150002",
        ),
        (
            "properties.providerSpecificDetails.disksToInclude",
            json!([]),
            "150001",
        ),
        (
            "properties.providerSpecificDetails.disksToInclude",
            disks,
            "150002",
        ),
    ] {
        let seen = vault.refused("PUT", &one, Some(&with(&full, path, value)), (400, code));
        assert!(
            seen["error"]["details"][0]["recommendedAction"].is_string(),
            "{path}"
        );
    }
    let elsewhere = "/replicationFabrics/site-office/replicationProtectionContainers/c/replicationMigrationItems/x";
    vault.refused("PUT", elsewhere, Some(&full), (400, "150173"));
    let lost = one.replace("migrate-container", "none");
    vault.refused("PUT", &lost, Some(&full), (404, "ResourceNotFound"));
    let seen = vault.call("PUT", &one, Some(&full));
    vault.refused("PUT", &one, Some(&full), (409, "150026"));
    vault.follow(&seen);
}

#[test]
fn a_container_that_leads_nowhere_takes_no_migration() {
    let vault = Vault::new("rsv-dr");
    vault.shop.bench.change(|tx| {
        let container = ALL.rsplit_once('/').map_or("", |(container, _)| container);
        let mapping = format!(
            "{}{container}/replicationProtectionContainerMappings/migrate-to-azure",
            vault.path
        );
        tx.recovery.objects.remove(&mapping).expect("a mapping");
    });
    let one = format!("{ALL}/vm-crm");
    vault.refused("PUT", &one, Some(&enabling(&vault)), (409, "150174"));
}

#[test]
fn what_is_sent_with_an_action_must_fit() {
    let vault = Vault::new("rsv-dr");
    let details = "properties.providerSpecificDetails";
    for (action, path, value, code) in [
        ("testMigrate", "recoveryPointId", json!("none"), "150003"),
        ("testMigrate", "recoveryPointId", Value::Null, "150001"),
        ("testMigrate", "networkId", json!("none"), "150003"),
        ("testMigrate", "instanceType", json!("A2A"), "150002"),
        ("migrate", "performShutdown", Value::Null, "150001"),
        ("migrate", "performShutdown", json!(true), "150002"),
        ("migrate", "performShutdown", json!("maybe"), "150002"),
        ("resync", "instanceType", Value::Null, "150001"),
    ] {
        let sent = with(
            &body(&vault, LEGACY, action),
            &format!("{details}.{path}"),
            value,
        );
        vault.refused(
            "POST",
            &format!("{LEGACY}/{action}"),
            Some(&sent),
            (400, code),
        );
    }
    let none = json!({ "properties": {} });
    let path = format!("{LEGACY}/pauseReplication");
    vault.refused("POST", &path, Some(&none), (400, "150001"));
    let path = format!("{LEGACY}?deleteOption=gently");
    vault.refused("DELETE", &path, None, (400, "150175"));
    let change = json!({ "properties": { "providerSpecificDetails": {
        "instanceType": "VMwareCbt", "vmwareMachineId": "another",
    } } });
    vault.refused("PATCH", LEGACY, Some(&change), (400, "150002"));
}

#[test]
fn an_agent_that_cannot_be_reached_fails_the_job() {
    let vault = Vault::new("rsv-dr");
    for (action, key, expected) in [
        ("pauseReplication", "migrationState", "Replicating"),
        ("resync", "migrationState", "Replicating"),
        ("testMigrate", "testMigrateState", "TestMigrationFailed"),
    ] {
        trouble(&vault, "vm-legacy", "agent_unreachable");
        let job = act(&vault, LEGACY, action);
        assert_eq!(job["properties"]["state"], "Failed", "{action}");
        assert_eq!(property(&vault.get(LEGACY), key), expected, "{action}");
    }
    act(&vault, LEGACY, "testMigrateCleanup");
    trouble(&vault, "vm-legacy", "agent_unreachable");
    let job = vault.job("DELETE", LEGACY, None);
    assert_eq!(job["properties"]["state"], "Failed");
    let item = vault.get(LEGACY);
    assert_eq!(property(&item, "migrationState"), "DisableMigrationFailed");
    trouble(&vault, "vm-legacy", "agent_unreachable");
    let job = vault.job("DELETE", &format!("{LEGACY}?deleteOption=force"), None);
    assert_eq!(job["properties"]["state"], "Succeeded");
    assert_eq!(vault.call("GET", LEGACY, None).status, 404);
}

#[test]
fn force_asks_for_no_state() {
    let vault = Vault::new("rsv-dr");
    act(&vault, LEGACY, "testMigrate");
    vault.refused("DELETE", LEGACY, None, (409, "150025"));
    vault.job("DELETE", &format!("{LEGACY}?deleteOption=force"), None);
    assert_eq!(vault.call("GET", LEGACY, None).status, 404);
    assert!(machine(&vault, "vm-legacy-test").is_some());
}

#[test]
fn a_cache_that_is_missing_fails_the_enabling() {
    let vault = Vault::new("rsv-dr");
    trouble(&vault, "vm-crm", "cache_storage_missing");
    let one = format!("{ALL}/vm-crm");
    let job = vault.job("PUT", &one, Some(&enabling(&vault)));
    assert_eq!(job["properties"]["state"], "Failed");
    assert_eq!(vault.call("GET", &one, None).status, 404);
}

#[test]
fn an_objective_that_is_exceeded_shows_in_the_health() {
    let vault = Vault::new("rsv-dr");
    assert_eq!(property(&vault.get(LEGACY), "health"), "Normal");
    trouble(&vault, "vm-legacy", "rpo_exceeded");
    vault.shop.bench.advance(Duration::from_secs(60));
    let item = vault.get(LEGACY);
    assert_eq!(property(&item, "health"), "Critical");
    assert!(item["properties"]["healthErrors"][0]["recommendedAction"].is_string());
}

//! From enabling to the machine that stands in Azure.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ALL, LEGACY, act, enabling, in_group, machine, property};
use crate::sandbox::arm::recovery::testing::Vault;

#[test]
fn a_migration_is_enabled_seeded_tried_and_done() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{ALL}/vm-crm");
    let seen = vault.call("PUT", &one, Some(&enabling(&vault)));
    assert_eq!(seen.status, 202);
    assert_eq!(vault.call("GET", &one, None).status, 404);
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["targetInstanceType"], "MigrationItem");
    let item = vault.get(&one);
    assert_eq!(
        property(&item, "migrationState"),
        "InitialSeedingInProgress"
    );
    assert_eq!(
        item["properties"]["allowedOperations"],
        json!(["DisableMigration"])
    );
    assert_eq!(property(&item, "machineName"), "vm-crm");
    assert_eq!(property(&item, "policyFriendlyName"), "migrate-policy");
    assert_eq!(property(&item, "lastMigrationTime"), "1753-01-01T01:01:01Z");
    let points = format!("{one}/migrationRecoveryPoints");
    assert_eq!(vault.get(&points)["value"], json!([]));
    vault.shop.bench.advance(Duration::from_secs(3 * 3600));
    let item = vault.get(&one);
    assert_eq!(property(&item, "migrationState"), "Replicating");
    assert_eq!(
        vault.get(&points)["value"].as_array().map(Vec::len),
        Some(1)
    );

    act(&vault, &one, "testMigrate");
    let item = vault.get(&one);
    assert_eq!(
        property(&item, "testMigrateState"),
        "TestMigrationSucceeded"
    );
    assert_eq!(property(&item, "lastTestMigrationStatus"), "Succeeded");
    assert_eq!(
        item["properties"]["allowedOperations"],
        json!(["TestMigrateCleanup"])
    );
    assert!(machine(&vault, "vm-crm-test").is_some());
    act(&vault, &one, "testMigrateCleanup");
    assert!(machine(&vault, "vm-crm-test").is_none());
    let disk = in_group(
        &vault,
        "rg-shop",
        "Microsoft.Compute/disks/vm-crm-test-osdisk",
    );
    assert_eq!(vault.shop.call("GET", &disk, None).status, 404);

    act(&vault, &one, "migrate");
    let item = vault.get(&one);
    assert_eq!(property(&item, "migrationState"), "MigrationSucceeded");
    assert_eq!(
        property(&item, "migrationStateDescription"),
        "Migration succeeded"
    );
    let made = machine(&vault, "vm-crm").expect("a machine");
    assert_eq!(made["tags"]["from"], "office");
    let storage = &made["properties"]["storageProfile"];
    assert_eq!(storage["osDisk"]["osType"], "Linux");
    assert_eq!(storage["dataDisks"].as_array().map(Vec::len), Some(1));
    let count = vault.get(&points)["value"].as_array().map(Vec::len);
    vault.shop.bench.advance(Duration::from_secs(2 * 3600));
    assert_eq!(vault.get(&points)["value"].as_array().map(Vec::len), count);
    vault.job("DELETE", &one, None);
    assert_eq!(vault.call("DELETE", &one, None).status, 204);
    assert!(machine(&vault, "vm-crm").is_some());
}

#[test]
fn a_pause_stops_the_recovery_points() {
    let vault = Vault::new("rsv-dr");
    let points = || {
        let seen = vault.get(&format!("{LEGACY}/migrationRecoveryPoints"));
        let all = seen["value"].as_array().cloned().unwrap_or_default();
        let times = all
            .iter()
            .map(|one| one["properties"]["recoveryPointTime"].to_string());
        times.collect::<Vec<_>>()
    };
    assert_eq!(points().len(), 25);
    act(&vault, LEGACY, "pauseReplication");
    let item = vault.get(LEGACY);
    assert_eq!(property(&item, "migrationState"), "ProtectionSuspended");
    let allowed = json!(["DisableMigration", "ResumeReplication"]);
    assert_eq!(item["properties"]["allowedOperations"], allowed);
    let before = points().last().cloned();
    vault.shop.bench.advance(Duration::from_secs(5 * 3600));
    assert_eq!(points().last().cloned(), before);
    act(&vault, LEGACY, "resumeReplication");
    vault.shop.bench.advance(Duration::from_secs(2 * 3600));
    assert_eq!(
        property(&vault.get(LEGACY), "migrationState"),
        "Replicating"
    );
    assert!(points().last() > before.as_ref());
    let gap = points().len();
    assert!(gap < 25, "{gap}");
}

#[test]
fn the_settings_change_by_a_job_and_count_for_the_machine() {
    let vault = Vault::new("rsv-dr");
    let change = json!({ "properties": { "providerSpecificDetails": {
        "instanceType": "VMwareCbt", "targetVmName": "vm-renamed", "targetVmSize": "Standard_B2ms",
    } } });
    let seen = vault.call("PATCH", LEGACY, Some(&change));
    assert_eq!(seen.status, 202);
    let during = vault.get(LEGACY);
    assert_eq!(during["properties"]["allowedOperations"], json!([]));
    assert_eq!(
        during["properties"]["currentJob"]["jobName"],
        "Update migration"
    );
    let details = &during["properties"]["providerSpecificDetails"];
    assert_eq!(details["targetVmName"], "vm-legacy");
    vault.follow(&seen);
    let item = vault.get(LEGACY);
    assert_eq!(item["properties"]["currentJob"]["jobName"], "None");
    let details = &item["properties"]["providerSpecificDetails"];
    assert_eq!(details["targetVmName"], "vm-renamed");
    assert_eq!(details["targetSubnetName"], "web");
    act(&vault, LEGACY, "migrate");
    let made = machine(&vault, "vm-renamed").expect("a machine");
    assert_eq!(
        made["properties"]["hardwareProfile"]["vmSize"],
        "Standard_B2ms"
    );
    let wrong = vault.refused("PATCH", LEGACY, Some(&change), (409, "150025"));
    let causes = wrong["error"]["details"][0]["possibleCauses"].to_string();
    assert!(causes.contains("DisableMigration"), "{causes}");
}

#[test]
fn what_azure_refuses_fails_the_job_and_leaves_nothing() {
    let vault = Vault::new("rsv-dr");
    act(&vault, LEGACY, "migrate");
    let one = format!("{ALL}/second");
    let mut body = enabling(&vault);
    body["properties"]["providerSpecificDetails"]["targetVmName"] = "vm-legacy".into();
    vault.job("PUT", &one, Some(&body));
    vault.shop.bench.advance(Duration::from_secs(3 * 3600));
    let disks = in_group(&vault, "rg-shop", "Microsoft.Compute/disks");
    let count = |seen: &Value| seen["value"].as_array().map(Vec::len);
    let before = count(&vault.shop.get(&disks));
    let job = act(&vault, &one, "migrate");
    assert_eq!(job["properties"]["state"], "Failed");
    let error = &job["properties"]["errors"][0]["serviceErrorDetails"];
    assert!(
        error["possibleCauses"]
            .to_string()
            .contains("already exists"),
        "{error}"
    );
    assert_eq!(count(&vault.shop.get(&disks)), before);
    let item = vault.get(&one);
    assert_eq!(property(&item, "migrationState"), "MigrationFailed");
    assert_eq!(property(&item, "lastMigrationStatus"), "Failed");
    // The way on: another name.
    let change = json!({ "properties": { "providerSpecificDetails": {
        "instanceType": "VMwareCbt", "targetVmName": "vm-second",
    } } });
    vault.job("PATCH", &one, Some(&change));
    let job = act(&vault, &one, "migrate");
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
}

#[test]
fn items_are_listed_by_what_they_are() {
    let vault = Vault::new("rsv-dr");
    vault.job("PUT", &format!("{ALL}/vm-crm"), Some(&enabling(&vault)));
    let names = |path: &str| {
        let seen = vault.get(path);
        let all = seen["value"].as_array().cloned().unwrap_or_default();
        let names = all
            .iter()
            .map(|one| one["name"].as_str().unwrap_or_default().to_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    let check = |query: &str, expected: &str| {
        for list in [ALL, "/replicationMigrationItems"] {
            assert_eq!(names(&format!("{list}{query}")), expected, "{list}{query}");
        }
    };
    check("", "vm-crm vm-legacy");
    check("?$filter=MigrationState eq 'Replicating'", "vm-legacy");
    check(
        "?$filter=SourceFabricName eq 'migrate-office' and InstanceType eq 'VMwareCbt'",
        "vm-crm vm-legacy",
    );
    check("?$filter=SourceContainerName eq 'other'", "");
    check("?takeToken=1", "vm-crm");
    let first = vault.get("/replicationMigrationItems?takeToken=1");
    let next = first["nextLink"].as_str().expect("a link");
    let token = next.split("skiptoken=").nth(1).expect("a token");
    check(&format!("?takeToken=1&skipToken={token}"), "vm-legacy");
    let wrong = "/replicationMigrationItems?$filter=Name ne 'x'";
    vault.refused("GET", wrong, None, (400, "InvalidFilterInQueryString"));
}

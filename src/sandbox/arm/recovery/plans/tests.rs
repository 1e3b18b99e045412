//! Recovery plans: what they may be, and what is done with them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::job;
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const PLAN: &str = "/replicationRecoveryPlans/p1";
const ITEMS: &str = "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectedItems";

/// The vault with two protected machines.
fn vault() -> Vault {
    let vault = Vault::new("rsv-dr");
    let root = vault.shop.root.clone();
    let id = |group: &str, what: &str| format!("{root}/resourceGroups/{group}/providers/{what}");
    let dr = format!("{root}/resourceGroups/rg-dr");
    let disk = json!({
        "diskId": id("rg-shop", "Microsoft.Compute/disks/vm-batch1-os"),
        "primaryStagingAzureStorageAccountId": id("rg-recovery", "Microsoft.Storage/storageAccounts/stfabcache01"),
        "recoveryResourceGroupId": dr,
    });
    let body = json!({ "properties": {
        "policyId": format!("{}/replicationPolicies/24-hours", vault.path),
        "providerSpecificDetails": {
            "instanceType": "A2A",
            "fabricObjectId": id("rg-shop", "Microsoft.Compute/virtualMachines/vm-batch1"),
            "recoveryResourceGroupId": dr,
            "vmManagedDisks": [disk],
        },
    } });
    vault.job("PUT", &format!("{ITEMS}/vm-batch1"), Some(&body));
    vault.shop.bench.advance(Duration::from_secs(3600));
    vault
}

fn item(vault: &Vault, name: &str) -> Value {
    json!({ "id": format!("{}{ITEMS}/{name}", vault.path) })
}

fn manual(operation: &str) -> Value {
    json!({
        "actionName": "Tell the shop",
        "failoverTypes": [operation],
        "failoverDirections": ["PrimaryToRecovery"],
        "customDetails": { "instanceType": "ManualActionDetails", "description": "Call them." },
    })
}

/// A plan with a machine in each of two groups, and an action by hand between them.
fn plan(vault: &Vault) -> Value {
    json!({ "properties": {
        "primaryFabricId": format!("{}/replicationFabrics/westeurope", vault.path),
        "recoveryFabricId": format!("{}/replicationFabrics/northeurope", vault.path),
        "failoverDeploymentModel": "ResourceManager",
        "groups": [
            { "groupType": "Boot", "replicationProtectedItems": [item(vault, "vm-web1")] },
            {
                "groupType": "Boot",
                "replicationProtectedItems": [item(vault, "vm-batch1")],
                "startGroupActions": [manual("UnplannedFailover")],
            },
        ],
    } })
}

fn made() -> Vault {
    let vault = vault();
    let job = vault.job("PUT", PLAN, Some(&plan(&vault)));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    vault
}

fn away(more: Value) -> Value {
    let mut properties = json!({
        "failoverDirection": "PrimaryToRecovery",
        "providerSpecificDetails": [{ "instanceType": "A2A", "recoveryPointType": "Latest" }],
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut properties, more) {
        all.extend(more);
    }
    json!({ "properties": properties })
}

fn act(vault: &Vault, action: &str, body: Option<&Value>, state: &str) -> Value {
    let job = vault.job("POST", &format!("{PLAN}/{action}"), body);
    assert_eq!(job["properties"]["state"], state, "{action}: {job}");
    job
}

fn allowed(vault: &Vault) -> Value {
    vault.get(PLAN)["properties"]["allowedOperations"].clone()
}

fn state(vault: &Vault, name: &str) -> Value {
    vault.get(&format!("{ITEMS}/{name}"))["properties"]["protectionState"].clone()
}

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

/// Group by group, with an action by hand in between, each machine by a job of its own.
#[test]
fn a_failover_of_a_plan_waits_for_what_is_done_by_hand() {
    let vault = made();
    let body = away(json!({ "sourceSiteOperations": "NotRequired" }));
    let shown = act(&vault, "unplannedFailover", Some(&body), "Suspended");
    assert_eq!(state(&vault, "vm-web1"), "UnplannedFailoverCommitRequired");
    assert_eq!(state(&vault, "vm-batch1"), "Protected");
    assert_eq!(allowed(&vault), json!([]));
    let tasks = shown["properties"]["tasks"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let states: Vec<&str> = tasks
        .iter()
        .filter_map(|one| one["state"].as_str())
        .collect();
    assert_eq!(states, ["Succeeded", "Succeeded", "Succeeded", "Suspended"]);
    let child = &tasks[2]["groupTaskCustomDetails"]["childTasks"][0];
    assert_eq!(
        child["customDetails"]["jobTask"]["jobScenarioName"],
        "UnplannedFailover"
    );
    let by_hand = &tasks[3]["groupTaskCustomDetails"]["childTasks"][0];
    assert_eq!(by_hand["customDetails"]["instructions"], "Call them.");
    assert_eq!(by_hand["allowedActions"], json!(["Resume"]));
    let name = shown["name"].as_str().expect("a job").to_owned();
    let key = format!("{}/{name}", vault.path).to_lowercase();
    vault.shop.bench.change(|tx| {
        let job = tx.recovery.jobs.get(&key).cloned().expect("a job");
        super::Plans.resumed(tx, &job, &key).expect("it goes on");
    });
    vault.shop.bench.advance(Duration::from_secs(600));
    let job = vault.get(&format!("/replicationJobs/{name}"));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    assert_eq!(
        state(&vault, "vm-batch1"),
        "UnplannedFailoverCommitRequired"
    );
    assert_eq!(allowed(&vault), json!(["Commit", "CancelFailover"]));
    act(&vault, "failoverCommit", None, "Succeeded");
    assert_eq!(allowed(&vault), json!(["ReverseReplicate"]));
    act(&vault, "reProtect", None, "Succeeded");
    assert_eq!(allowed(&vault), json!(["PlannedFailover", "TestFailover"]));
}

#[test]
fn a_test_of_a_plan_waits_for_its_clean_up() {
    let vault = made();
    let network = format!(
        "{}/resourceGroups/rg-dr/providers/Microsoft.Network/virtualNetworks/vnet-dr",
        vault.shop.root
    );
    let body = away(json!({ "networkType": "VmNetworkAsInput", "networkId": network }));
    let job = act(&vault, "testFailover", Some(&body), "Suspended");
    assert_eq!(allowed(&vault), json!(["TestFailoverCleanup"]));
    vault.refused(
        "POST",
        &format!("{PLAN}/plannedFailover"),
        Some(&away(json!({}))),
        (409, "150025"),
    );
    vault.refused("DELETE", PLAN, None, (409, "150025"));
    let comments = json!({ "properties": { "comments": "fine" } });
    act(&vault, "testFailoverCleanup", Some(&comments), "Succeeded");
    let name = job["name"].as_str().expect("a job");
    assert_eq!(
        vault.get(&format!("/replicationJobs/{name}"))["properties"]["state"],
        "Succeeded"
    );
    assert_eq!(
        allowed(&vault),
        json!(["PlannedFailover", "UnplannedFailover", "TestFailover"])
    );
    vault.refused(
        "POST",
        &format!("{PLAN}/testFailoverCleanup"),
        Some(&comments),
        (409, "150025"),
    );
}

/// One machine fails: the job ends half-way with its error, the other one has failed over.
#[test]
fn a_machine_that_fails_ends_the_job_half_way() {
    let vault = made();
    let error = json!({ "code": "150200", "message": "The replica does not start.", "possibleCauses": "No cores.", "recommendedAction": "Ask for cores." });
    vault.tell("operations", &json!({ "match": "replicationProtectedItems/vm-batch1", "end": "Failed", "times": 1, "error": error }));
    let body = away(json!({}));
    let job = act(&vault, "plannedFailover", Some(&body), "Failed");
    let told = &job["properties"]["errors"][0]["serviceErrorDetails"];
    assert_eq!(told["code"], "150200", "{job}");
    assert_eq!(told["possibleCauses"], "No cores.");
    assert_eq!(state(&vault, "vm-web1"), "PlannedFailoverCommitRequired");
    assert_eq!(state(&vault, "vm-batch1"), "Protected");
    assert_eq!(allowed(&vault), json!(["Commit"]));
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

/// Cancelling the job of a plan cancels those of its machines that go on.
#[test]
fn a_plan_that_is_cancelled_stops_its_machines() {
    let vault = made();
    let seen = vault.call(
        "POST",
        &format!("{PLAN}/plannedFailover"),
        Some(&away(json!({}))),
    );
    let name = seen
        .header("location")
        .split('?')
        .next()
        .and_then(|path| path.rsplit('/').next())
        .expect("a job")
        .to_owned();
    vault.shop.bench.advance(Duration::from_secs(10));
    vault.refused("PUT", PLAN, Some(&plan(&vault)), (409, "150025"));
    let key = format!("{}/{name}", vault.path).to_lowercase();
    vault.shop.bench.change(|tx| job::cancel(tx, &key));
    let job = vault.get(&format!("/replicationJobs/{name}"));
    assert_eq!(job["properties"]["state"], "Cancelled");
    assert_eq!(job["properties"]["tasks"][2]["state"], "Cancelled", "{job}");
    assert_eq!(state(&vault, "vm-web1"), "Protected");
    vault.shop.bench.advance(Duration::from_secs(3600));
    assert_eq!(state(&vault, "vm-web1"), "Protected");
    assert_eq!(
        allowed(&vault),
        json!(["PlannedFailover", "UnplannedFailover", "TestFailover"])
    );
}

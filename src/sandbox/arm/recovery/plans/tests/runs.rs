//! What is done with a plan.

use std::time::Duration;

use serde_json::json;

use super::*;

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
    let comments = json!({ "properties": { "comments": "They know." } });
    let resume = format!("/replicationJobs/{name}/resume");
    vault.job("POST", &resume, Some(&comments));
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
    let tested = job["properties"]["customDetails"]["protectedItemDetails"].clone();
    assert_eq!(tested[1]["testVmName"], "vm-batch1-test", "{job}");
    assert_eq!(allowed(&vault), json!(["TestFailoverCleanup"]));
    let clean = format!("{PLAN}/testFailoverCleanup");
    vault.refused("POST", &clean, None, (400, "150010"));
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
    let job = vault.get(&format!("/replicationJobs/{name}"))["properties"].clone();
    assert_eq!(job["state"], "Succeeded");
    assert_eq!(job["customDetails"]["comments"], "fine");
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
    vault.job("POST", &format!("/replicationJobs/{name}/cancel"), None);
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

/// A job that is begun again goes on where it failed: what was done is not done twice.
#[test]
fn a_plan_that_is_begun_again_goes_on_where_it_failed() {
    let vault = made();
    vault.tell(
        "operations",
        &json!({ "match": "replicationProtectedItems/vm-batch1", "end": "Failed", "times": 1 }),
    );
    let job = act(&vault, "plannedFailover", Some(&away(json!({}))), "Failed");
    let name = job["name"].as_str().expect("a job").to_owned();
    vault.job("POST", &format!("/replicationJobs/{name}/restart"), None);
    vault.shop.bench.advance(Duration::from_secs(600));
    let job = vault.get(&format!("/replicationJobs/{name}"));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    for machine in ["vm-web1", "vm-batch1"] {
        assert_eq!(state(&vault, machine), "PlannedFailoverCommitRequired");
    }
}

//! What may be asked of jobs, their lists and exports.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::store::JobState;
use crate::sandbox::testing::Seen;

fn policy() -> Value {
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    json!({ "properties": { "providerSpecificInput": input } })
}

/// Begins a job and returns its path.
fn begin(vault: &Vault, name: &str) -> String {
    let seen = vault.call(
        "PUT",
        &format!("/replicationPolicies/{name}"),
        Some(&policy()),
    );
    assert_eq!(seen.status, 202, "{}", seen.json);
    path(&seen)
}

fn path(seen: &Seen) -> String {
    let location = seen
        .header("location")
        .split('?')
        .next()
        .unwrap_or_default();
    let id = location.rsplit('/').next().unwrap_or_default();
    format!("/replicationJobs/{id}")
}

/// Follows the answer to an action to its end, which shows the job.
fn ended(vault: &Vault, seen: &Seen) -> Value {
    assert_eq!(seen.status, 202, "{}", seen.json);
    vault.shop.end(seen).json
}

fn wait(vault: &Vault, job: &str) -> Value {
    for _ in 0..50 {
        vault.shop.bench.advance(Duration::from_secs(10));
        let shown = vault.get(job);
        if shown["properties"]["state"] != "InProgress" {
            return shown;
        }
    }
    panic!("{job} does not end")
}

#[test]
fn a_job_that_goes_on_is_cancelled_and_leaves_nothing() {
    let vault = Vault::new("rsv-empty");
    let job = begin(&vault, "p1");
    assert_eq!(
        vault.get(&job)["properties"]["allowedActions"],
        json!(["Cancel"])
    );
    let seen = vault.call("POST", &format!("{job}/cancel"), None);
    let own = vault.get(&path(&seen));
    assert_eq!(own["properties"]["scenarioName"], "CancelJob");
    assert_eq!(own["properties"]["allowedActions"], json!([]));
    let shown = ended(&vault, &seen);
    assert_eq!(shown["properties"]["state"], "Cancelled");
    assert_eq!(shown["properties"]["allowedActions"], json!([]));
    vault.shop.bench.advance(Duration::from_secs(60));
    assert_eq!(
        vault.call("GET", "/replicationPolicies/p1", None).status,
        404
    );
    let refused = vault.refused("POST", &format!("{job}/cancel"), None, (409, "150025"));
    let causes = &refused["error"]["details"][0]["possibleCauses"];
    assert_eq!(causes, "Operations allowed now: none.");
    let none = "/replicationJobs/none/cancel";
    vault.refused("POST", none, None, (404, "ResourceNotFound"));
}

#[test]
fn a_job_that_ended_meanwhile_is_not_cancelled() {
    let vault = Vault::new("rsv-empty");
    let job = begin(&vault, "p1");
    vault.shop.bench.advance(Duration::from_secs(17));
    let seen = vault.call("POST", &format!("{job}/cancel"), None);
    let own = vault.follow(&seen);
    assert_eq!(own["properties"]["state"], "Failed");
    assert_eq!(own["properties"]["allowedActions"], json!([]));
    assert_eq!(vault.get(&job)["properties"]["state"], "Succeeded");
}

#[test]
fn a_failed_job_is_run_again() {
    let vault = Vault::new("rsv-empty");
    vault.ending("replicationPolicies/p1", "Failed");
    let job = begin(&vault, "p1");
    let failed = wait(&vault, &job);
    assert_eq!(failed["properties"]["state"], "Failed");
    assert_eq!(failed["properties"]["allowedActions"], json!(["Restart"]));
    let error = &failed["properties"]["errors"][0]["serviceErrorDetails"];
    assert!(error["activityId"].is_string() && error["possibleCauses"].is_string());
    let refused = vault.refused("POST", &format!("{job}/resume"), None, (409, "150025"));
    assert!(
        refused
            .to_string()
            .contains("Operations allowed now: Restart.")
    );
    let again = vault.call("POST", &format!("{job}/restart"), None);
    assert_eq!(vault.get(&job)["properties"]["state"], "Failed");
    vault.shop.bench.advance(Duration::from_secs(6));
    let shown = vault.get(&job);
    assert_eq!(shown["properties"]["state"], "InProgress");
    assert_eq!(shown["properties"]["errors"], json!([]));
    let shown = ended(&vault, &again);
    assert_eq!(shown["properties"]["state"], "Succeeded");
    assert_eq!(
        vault.call("GET", "/replicationPolicies/p1", None).status,
        200
    );
}

#[test]
fn a_failed_job_that_a_later_one_has_overtaken_is_not_run_again() {
    let vault = Vault::new("rsv-empty");
    vault.ending("replicationPolicies/p1", "Failed");
    let job = begin(&vault, "p1");
    wait(&vault, &job);
    let later = begin(&vault, "p1");
    wait(&vault, &later);
    assert_eq!(vault.get(&job)["properties"]["allowedActions"], json!([]));
    vault.refused("POST", &format!("{job}/restart"), None, (409, "150025"));
}

#[test]
fn a_job_that_waits_goes_on_with_a_comment() {
    let vault = Vault::new("rsv-empty");
    let job = begin(&vault, "p1");
    let id = job.rsplit('/').next().unwrap_or_default();
    let key = format!("{}/{id}", vault.path);
    vault.shop.bench.change(|tx| {
        let row = tx.recovery.jobs.edit(&key).expect("a job");
        row.pauses = true;
        row.details = json!({ "instanceType": "TestFailoverJobDetails" });
    });
    let waiting = wait(&vault, &job);
    assert_eq!(waiting["properties"]["state"], "Suspended");
    let allowed = json!(["Cancel", "Resume"]);
    assert_eq!(waiting["properties"]["allowedActions"], allowed);
    let odd = json!({ "properties": { "comments": 7 } });
    let resume = format!("{job}/resume");
    vault.refused("POST", &resume, Some(&odd), (400, "InvalidRequestContent"));
    let body = json!({ "properties": { "comments": "looks good" } });
    let shown = ended(&vault, &vault.call("POST", &resume, Some(&body)));
    assert_eq!(shown["properties"]["state"], "Succeeded");
    assert_eq!(
        shown["properties"]["customDetails"]["comments"],
        "looks good"
    );
}

/// Names of the jobs that a filter finds.
fn found(vault: &Vault, filter: &str) -> Vec<String> {
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let seen = vault.get(&format!("/replicationJobs?$filter={filter}"));
    let all = seen["value"].as_array().cloned().unwrap_or_default();
    let name = |job: &Value| {
        job["properties"]["targetObjectName"]
            .as_str()
            .map(str::to_owned)
    };
    all.iter().filter_map(name).collect()
}

#[test]
fn jobs_are_listed_newest_first_and_filtered() {
    let vault = Vault::new("rsv-dr");
    vault.ending("replicationPolicies/p2", "Failed");
    for name in ["p1", "p2", "p3"] {
        begin(&vault, name);
        vault.shop.bench.advance(Duration::from_secs(15));
    }
    let check =
        |filter: &str, expected: &[&str]| assert_eq!(found(&vault, filter), expected, "{filter}");
    check(
        "JobStatus eq 'InProgress,Failed,Succeeded'",
        &["p3", "p2", "p1", "vm-web1"],
    );
    check("JobStatus eq 'Failed'", &["p2"]);
    check("jobname eq 'enabledr'", &["vm-web1"]);
    check(
        "JobName eq 'Enable replication' and JobStatus eq 'Failed'",
        &[],
    );
    check(
        "AffectedObjectTypes eq 'ProtectionEntity,RecoveryPlan'",
        &["vm-web1"],
    );
    check("FabricId eq 'westeurope'", &["vm-web1"]);
    check("StartTime eq '2026-03-02T09:00:10Z'", &["p3", "p2"]);
    check(
        "StartTime eq '2026-02-27' and EndTime eq '2026-03-02T09:00:00Z'",
        &["p1", "vm-web1"],
    );
    for wrong in [
        "State eq 'Failed'",
        "JobStatus ne 'Failed'",
        "JobStatus eq 'Failed",
        "JobStatus eq 'Fine'",
        "StartTime eq 'soon'",
        "StartTime eq '2026-03-02' and EndTime eq '2026-03-01'",
        "JobStatus eq 'Failed' or JobName eq 'a'",
    ] {
        let filter: String = url::form_urlencoded::byte_serialize(wrong.as_bytes()).collect();
        let path = format!("/replicationJobs?$filter={filter}");
        let seen = vault.refused("GET", &path, None, (400, "InvalidFilterInQueryString"));
        let detail = &seen["error"]["details"][0];
        assert!(detail["recommendedAction"].is_string(), "{seen}");
    }
}

#[test]
fn an_export_is_read_until_its_signature_ends() {
    let vault = Vault::new("rsv-dr");
    let body = json!({ "jobStatus": "Succeeded", "jobOutputType": "Json", "timezoneOffset": 60 });
    let job = vault.job("POST", "/replicationJobs/export", Some(&body));
    assert_eq!(job["properties"]["state"], "Succeeded");
    let details = &job["properties"]["customDetails"];
    assert_eq!(details["instanceType"], "ExportJobDetails");
    let uri = details["blobUri"].as_str().expect("an address");
    let uri = uri
        .strip_prefix("http://127.0.0.1:1")
        .expect("the sandbox's own");
    let token = details["sasToken"].as_str().expect("a signature");
    let read = |path: &str| vault.shop.bench.send("GET", path, &[], bytes::Bytes::new());
    let good = format!("{uri}?{token}");
    let seen = read(&good);
    assert_eq!(seen.status, 200);
    assert_eq!(seen.json[0]["scenarioName"], "EnableDr", "{}", seen.json);
    assert_eq!(seen.json[0]["startTime"], "2026-02-28T10:00:00+01:00");
    assert_eq!(read(uri).status, 403);
    assert_eq!(read(&good.replace("jobs.json", "other.json")).status, 404);
    let later = good.replace("se=2026", "se=2027");
    assert_eq!(read(&later).status, 403);
    vault.shop.bench.advance(Duration::from_secs(3700));
    let seen = read(&good);
    assert_eq!(seen.status, 403);
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    assert!(text.contains("<Code>AuthenticationFailed</Code>"), "{text}");
}

#[test]
fn an_export_is_described_at_the_top_of_its_body() {
    let vault = Vault::new("rsv-dr");
    let path = "/replicationJobs/export";
    for (kind, begins) in [("Xml", "<?xml"), ("excel", "<?xml")] {
        let body = json!({ "jobOutputType": kind });
        let job = vault.job("POST", path, Some(&body));
        let details = &job["properties"]["customDetails"];
        let uri = format!(
            "{}?{}",
            details["blobUri"].as_str().unwrap_or_default(),
            details["sasToken"].as_str().unwrap_or_default()
        );
        let uri = uri.replace("http://127.0.0.1:1", "");
        let seen = vault.shop.bench.send("GET", &uri, &[], bytes::Bytes::new());
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        assert!(
            text.starts_with(begins) && text.contains("EnableDr"),
            "{text}"
        );
    }
    for wrong in [
        json!({ "properties": { "jobStatus": "Failed" } }),
        json!({ "jobStatus": "Fine" }),
        json!({ "startTime": "soon" }),
        json!({ "timezoneOffset": "x" }),
    ] {
        vault.refused("POST", path, Some(&wrong), (400, "InvalidJobQuery"));
    }
    let kind = json!({ "jobOutputType": "Csv" });
    vault.refused("POST", path, Some(&kind), (400, "InvalidParameter"));
}

/// What may happen to a job.
#[derive(Debug, Clone, Copy)]
enum Step {
    Cancel,
    Restart,
    Resume,
    Wait(u64),
    /// The next try fails.
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Cancel),
        2 => Just(Step::Restart),
        2 => Just(Step::Resume),
        3 => (1..40_u64).prop_map(Step::Wait),
        1 => Just(Step::Fail),
    ]
}

/// Which states may follow a state, the same left out.
fn followers(state: &str) -> &'static [&'static str] {
    match state {
        "InProgress" => &["Succeeded", "Failed", "Cancelled", "Suspended"],
        "Suspended" => &["Succeeded", "Failed", "Cancelled"],
        "Failed" => &["InProgress"],
        _ => &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn a_job_never_leaves_its_states(
        pauses in any::<bool>(),
        fails in any::<bool>(),
        steps in prop::collection::vec(step(), 1..14),
    ) {
        let vault = Vault::new("rsv-empty");
        if fails {
            vault.ending("replicationPolicies/p1", "Failed");
        }
        let job = begin(&vault, "p1");
        let id = job.rsplit('/').next().unwrap_or_default();
        let key = format!("{}/{id}", vault.path);
        vault.shop.bench.change(|tx| {
            tx.recovery.jobs.edit(&key).expect("a job").pauses = pauses;
        });
        let state = || vault.shop.bench.change(|tx| {
            tx.recovery.jobs.get(&key).map(|job| job.state)
        });
        let mut before = state();
        for step in steps {
            // Time alone moves a job only to its end.
            let asked = match step {
                Step::Wait(seconds) => {
                    for _ in 0..seconds {
                        vault.shop.bench.advance(Duration::from_secs(1));
                        let now = state();
                        let (was, is) = (format!("{:?}", before.expect("a job")), format!("{:?}", now.expect("a job")));
                        prop_assert!(was == is || followers(&was).contains(&is.as_str()), "{was} to {is}");
                        before = now;
                    }
                    continue;
                }
                Step::Fail => {
                    vault.ending("replicationPolicies/p1", "Failed");
                    continue;
                }
                Step::Cancel => "Cancel",
                Step::Restart => "Restart",
                Step::Resume => "Resume",
            };
            let shown = vault.get(&job);
            let allowed = shown["properties"]["allowedActions"].to_string();
            let seen = vault.call("POST", &format!("{job}/{}", asked.to_lowercase()), None);
            if allowed.contains(asked) {
                prop_assert_eq!(seen.status, 202);
            } else {
                prop_assert_eq!(seen.status, 409);
                prop_assert!(seen.json.to_string().contains("Operations allowed now: "));
            }
            prop_assert_eq!(state(), before);
        }
        let last = state();
        prop_assert!(last != Some(JobState::Succeeded) || vault.get(&job)["properties"]["endTime"].is_string());
    }
}

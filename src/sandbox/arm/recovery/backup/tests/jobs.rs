//! Jobs: lists by the published filter, pages, cancel, export.

use serde_json::{Value, json};

use super::{item, job, look, names, operation, properties, wait};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::testing::Seen;

const INPUT: (u16, &str) = (400, "BMSUserErrorInvalidInput");

fn backup(vault: &Vault) -> Seen {
    let body = json!({ "properties": { "objectType": "IaasVMBackupRequest" } });
    let path = format!("{}/backup", item("vm-web1"));
    vault.call("POST", &path, Some(&body))
}

#[test]
fn jobs_are_listed_by_the_published_filter() {
    let vault = Vault::new("rsv-backup");
    let count = |filter: &str| names(&vault, &format!("/backupJobs?$filter={filter}")).len();
    assert_eq!(names(&vault, "/backupJobs").len(), 3);
    let published = "startTime eq '2026-01-01 00:00:00 AM' and endTime eq '2026-03-31 00:00:00 AM' and operation eq 'Backup' and backupManagementType eq 'AzureIaasVM' and status eq 'Completed'";
    assert_eq!(count(published), 3);
    assert_eq!(count("startTime eq '2026-03-01 09:59:59 PM'"), 1);
    assert_eq!(count("startTime eq '2026-03-01 10:00:01 PM'"), 0);
    assert_eq!(count("operation eq 'Restore'"), 0);
    assert_eq!(count("backupManagementType eq 'AzureStorage'"), 0);
    for wrong in [
        "startTime eq '2026-01-01T00:00:00Z'",
        "startTime eq 2026-01-01",
        "startTime ge '2026-01-01 00:00:00 AM'",
        "status eq 'Succeeded'",
        "status eq 'Failed' or status eq 'Completed'",
        "name eq 'x'",
    ] {
        vault.refused("GET", &format!("/backupJobs?$filter={wrong}"), None, INPUT);
    }
}

#[test]
fn jobs_are_paged() {
    let vault = Vault::new("rsv-backup");
    let first = vault.get("/backupJobs?$top=2");
    assert_eq!(first["value"].as_array().map(Vec::len), Some(2));
    let next = first["nextLink"].as_str().expect("a link");
    let next = next
        .strip_prefix("http://127.0.0.1:1/arm")
        .expect("an address");
    let rest = vault.call("GET", next, None).json;
    assert_eq!(rest["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["nextLink"], Value::Null);
}

#[test]
fn a_running_backup_is_cancelled_and_an_ended_one_is_not() {
    let vault = Vault::new("rsv-backup");
    let status = operation(&vault, &backup(&vault));
    let id = status["properties"]["jobId"].as_str().expect("an id");
    let path = format!("/backupJobs/{id}");
    assert_eq!(
        properties(&vault, &path)["actionsInfo"],
        json!(["Cancellable"])
    );
    let seen = vault.call("POST", &format!("{path}/cancel"), None);
    assert_eq!(properties(&vault, &path)["status"], "Cancelling");
    assert!(seen.header("location").contains("/operationResults/"));
    operation(&vault, &seen);
    assert_eq!(look(&vault, &seen, "location").status, 204);
    let shown = properties(&vault, &path);
    assert_eq!(shown["status"], "Cancelled");
    assert_eq!(shown["actionsInfo"], json!([]));
    let code = (409, "BMSUserErrorOperationNotAllowed");
    let seen = vault.refused("POST", &format!("{path}/cancel"), None, code);
    let text = seen["error"]["message"].as_str().expect("a text");
    assert!(
        text.contains("ended as Cancelled") && text.ends_with("now: none."),
        "{text}"
    );
    let points = names(&vault, &format!("{}/recoveryPoints", item("vm-web1")));
    assert_eq!(points.len(), 3);
    let done = job(&vault, &backup(&vault));
    assert_eq!(
        (&done["status"], &done["duration"]),
        (&json!("Completed"), &json!("PT5M"))
    );
    vault.refused(
        "POST",
        "/backupJobs/none/cancel",
        None,
        (404, "ResourceNotFound"),
    );
}

#[test]
fn an_export_is_a_file_until_it_expires() {
    let vault = Vault::new("rsv-backup");
    let seen = vault.call(
        "POST",
        "/backupJobsExport?$filter=operation eq 'Backup'",
        None,
    );
    assert_eq!(seen.status, 202);
    assert_eq!(look(&vault, &seen, "location").status, 202);
    operation(&vault, &seen);
    let result = look(&vault, &seen, "location");
    assert_eq!(result.status, 200);
    assert!(
        result.json["properties"]["blobUrl"].is_string(),
        "{}",
        result.json
    );
    wait(&vault, 25 * 3600);
    assert_eq!(look(&vault, &seen, "location").status, 404);
    vault.refused("POST", "/backupJobsExport?$filter=x", None, INPUT);
}

#[test]
fn a_control_decides_how_a_job_ends() {
    let vault = Vault::new("rsv-backup");
    vault.shop.bench.change(|tx| {
        let error = json!({ "code": "400999", "message": "no luck", "recommendedAction": "try" });
        for (number, end) in [("1", "Failed"), ("2", "Canceled")] {
            let ending = json!({ "match": "vm-web1", "end": end, "times": 1, "error": error });
            let ending = serde_json::from_value(ending).expect("an ending");
            tx.arm.endings.put(number, ending);
        }
    });
    let failed = job(&vault, &backup(&vault));
    assert_eq!(failed["status"], "Failed");
    let error = &failed["errorDetails"][0];
    assert_eq!(error["errorCode"], 400_999);
    assert_eq!(error["recommendations"], json!(["try"]));
    assert_eq!(job(&vault, &backup(&vault))["status"], "Cancelled");
    assert_eq!(job(&vault, &backup(&vault))["status"], "Completed");
}

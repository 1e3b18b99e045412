//! What the clock does: policies run, points go when they are over, backups fail and recover.

use serde_json::json;

use super::{item, names, properties, trouble, wait};
use crate::sandbox::arm::recovery::testing::Vault;

const DAY: u64 = 86_400;

#[test]
fn a_policy_runs_every_night() {
    let vault = Vault::new("rsv-backup");
    let path = item("vm-web1");
    wait(&vault, 13 * 3600 + 30);
    let list = "/backupJobs?$filter=status eq 'InProgress' and operation eq 'Backup'";
    let running = vault.get(list);
    let job = &running["value"][0]["properties"];
    assert_eq!(job["isUserTriggered"], false, "{running}");
    let tasks = &job["extendedInfo"]["tasksList"];
    assert_eq!(tasks[0]["taskId"], "Take Snapshot");
    assert_eq!(tasks[0]["status"], "InProgress");
    assert_eq!(tasks[0]["progressPercentage"], 50.0);
    assert_eq!(tasks[1]["status"], "NotStarted");
    wait(&vault, 600);
    let last = properties(&vault, &path);
    assert_eq!(last["lastRecoveryPoint"], "2026-03-02T22:05:00.000Z");
    assert_eq!(last["lastBackupTime"], last["lastRecoveryPoint"]);
    wait(&vault, 100 * DAY);
    let points = names(&vault, &format!("{path}/recoveryPoints?$top=100"));
    assert_eq!(points.len(), 30);
}

#[test]
fn years_pass_cheaply() {
    let vault = Vault::new("rsv-backup");
    wait(&vault, 5 * 365 * DAY);
    let last = properties(&vault, &item("vm-web1"));
    assert_eq!(last["lastRecoveryPoint"], "2031-02-28T22:05:00.000Z");
    let (jobs, points, queue) = vault.shop.bench.change(|tx| {
        let recovery = &tx.recovery;
        (
            recovery.backup_jobs.len(),
            recovery.backup_points.len(),
            tx.system.queue.len(),
        )
    });
    assert!(jobs < 200 && points < 40, "{jobs} {points}");
    assert!(queue < 1000, "{queue}");
}

#[test]
fn a_backup_that_fails_marks_the_item_until_one_goes_well() {
    for (kind, title, task) in [
        ("backup_failed", "Backup failed", 1),
        ("agent_unreachable", "VM agent unreachable", 0),
    ] {
        let vault = Vault::new("rsv-backup");
        trouble(&vault, "vm-web1", kind, Some(1));
        wait(&vault, DAY);
        let shown = properties(&vault, &item("vm-web1"));
        assert_eq!(shown["lastBackupStatus"], "Unhealthy");
        assert_eq!(shown["healthStatus"], "ActionRequired");
        assert_eq!(shown["protectionState"], "Protected");
        assert_eq!(shown["healthDetails"][0]["title"], title);
        assert_eq!(shown["lastRecoveryPoint"], "2026-03-01T22:05:00.000Z");
        let failed = vault.get("/backupJobs?$filter=status eq 'Failed'");
        let failed = &failed["value"][0]["properties"];
        let error = &failed["errorDetails"][0];
        assert_eq!(error["errorTitle"], title);
        assert!(error["recommendations"][0].is_string(), "{failed}");
        assert_eq!(
            failed["extendedInfo"]["tasksList"][task]["status"],
            "Failed"
        );
        wait(&vault, DAY);
        let shown = properties(&vault, &item("vm-web1"));
        assert_eq!(shown["lastBackupStatus"], "Healthy");
        assert_eq!(shown["healthDetails"], json!([]));
    }
}

#[test]
fn the_backup_of_a_machine_that_is_gone_fails() {
    let vault = Vault::new("rsv-backup");
    let seen = vault
        .shop
        .call("DELETE", &super::machine(&vault, "vm-web1"), None);
    assert_eq!(seen.status, 202);
    wait(&vault, DAY);
    let shown = properties(&vault, &item("vm-web1"));
    assert_eq!(
        shown["healthDetails"][0]["title"],
        "Virtual machine not found"
    );
    let points = names(&vault, &format!("{}/recoveryPoints", item("vm-web1")));
    assert_eq!(points.len(), 3);
}

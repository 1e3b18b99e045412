//! What a fresh sandbox has of Azure Backup: one machine that is saved every night.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::items::{self, Stand};
use super::{containers, jobs, points, policies, work};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::{midnight, plus_days, write};
use crate::sandbox::store::{BackupJob, BackupState, BackupTask, BackupWork, Tx, key};

/// When the policy runs: seconds of the day.
const TEN_PM: u64 = 22 * 3600;
/// Nights of which there are recovery points.
const NIGHTS: i64 = 3;

/// Fills a vault, with a machine of its region and subscription.
pub(in super::super) fn fill(tx: &mut Tx<'_>, vault: &str, machine: &str) {
    let now = tx.now();
    let last = later(midnight(now), Duration::from_secs(TEN_PM));
    let last = if last > now {
        plus_days(last, -1)
    } else {
        last
    };
    let vault_id = Id::parse(vault).expect("a seeded id");
    let vault_row = tx
        .arm
        .resources
        .get(vault)
        .cloned()
        .expect("a seeded vault");
    let machine = tx
        .arm
        .resources
        .get(machine)
        .cloned()
        .expect("a seeded machine");
    let policy_id = vault_id.child("backupPolicies", "daily22");
    let time = write(plus_days(last, -NIGHTS)).replace(".000", "");
    let policy = object::draft(tx, &policy_id, members(policies::daily(&time, 30)));
    let item_id = items::id_of(&vault_id, &machine);
    let mut properties = items::fresh(&vault_row, &machine, &policy.id);
    tx.recovery.objects.put(&policy_id.key(), policy);
    let end = later(last, Duration::from_secs(seconds()));
    for (name, value) in [
        ("protectionState", json!(Stand::Protected.word())),
        ("protectionStatus", json!("Protected")),
        ("lastBackupStatus", json!("Healthy")),
        ("lastBackupTime", json!(write(end))),
        ("softDeleteRetentionPeriodInDays", json!(14)),
    ] {
        properties.insert(name.to_owned(), value);
    }
    let item = object::draft(tx, &item_id, properties);
    work::made(tx, &item_id.key(), &item);
    containers::discover(tx, vault);
    for night in (0..NIGHTS).rev() {
        let start = plus_days(last, -night);
        let mut point = points::of(tx, &machine, None);
        point.time = later(start, Duration::from_secs(seconds()));
        point.name = points::name(point.time);
        let own = key(&[&item_id.text(), &point.name]);
        tx.recovery.backup_points.put(&own, point);
        let job = night_job(vault, &item_id, &machine.name, start);
        tx.recovery.backup_jobs.put(&key(&[vault, &job.id]), job);
    }
    work::arm(tx, &item_id.key());
}

fn seconds() -> u64 {
    let tasks = jobs::tasks(&NIGHTLY);
    tasks.iter().map(|(_, seconds)| seconds).sum()
}

const NIGHTLY: BackupWork = BackupWork::Backup {
    expiry: None,
    scheduled: true,
};

/// Returns the job of a night, which ended well.
fn night_job(vault: &str, item: &Id, machine: &str, start: Timestamp) -> BackupJob {
    let mut from = start;
    let tasks = jobs::tasks(&NIGHTLY).iter().map(|(id, seconds)| {
        let to = later(from, Duration::from_secs(*seconds));
        let task = BackupTask {
            id: (*id).to_owned(),
            from,
            to,
        };
        from = to;
        task
    });
    let tasks: Vec<BackupTask> = tasks.collect();
    let when = write(start);
    let named = item.parent();
    let container = named.name().split_once(';').map_or("", |(_, rest)| rest);
    BackupJob {
        id: derived::guid(&["backup", vault, &when]),
        vault: vault.to_owned(),
        item: item.key(),
        container: container.to_owned(),
        machine: machine.to_owned(),
        activity: derived::guid(&["activity", vault, &when]),
        started: start,
        ends: from,
        state: BackupState::Completed,
        tasks,
        failure: None,
        work: NIGHTLY,
        bag: members(json!({ "VM Name": machine })),
    }
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

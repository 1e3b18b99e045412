//! What operations and jobs of Azure Backup do when their time has come, and what the clock does by
//! itself: the runs of policies, the end of what was deleted. Source: recovery reference §6.2.

use serde_json::{Value, json};

use super::items::{self, Stand, all, policy_of};
use super::operations::put_off;
use super::policies::Schedule;
use super::{containers, jobs, points, restore, soft_delete};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::partner::dates::{plus_days, write};
use crate::sandbox::store::{
    BackupDue, BackupFault, BackupJob, BackupStep, BackupWork, OperationState, Tx, VaultObject,
};

/// Returns what goes on with an item: jobs, and operations that will begin one.
pub(super) fn running(tx: &Tx<'_>, vault: &str, item: &str) -> Vec<BackupWork> {
    let item = item.to_lowercase();
    let jobs = jobs::running(tx, vault, &item).map(|job| job.work.clone());
    let operations = tx.recovery.backup_operations.under(vault);
    let begun = operations.filter_map(|(_, operation)| match &operation.step {
        BackupStep::Begin {
            item: about, work, ..
        } if operation.state == OperationState::InProgress && *about == item => Some(work.clone()),
        _ => None,
    });
    jobs.chain(begun).collect()
}

/// Returns what operations in a scope will do that have not ended.
fn coming<'a>(tx: &'a Tx<'_>, scope: &str) -> impl Iterator<Item = &'a BackupStep> + use<'a> {
    let operations = tx.recovery.backup_operations.under(scope);
    let operations = operations.map(|(_, operation)| operation);
    operations
        .filter(|operation| operation.state == OperationState::InProgress)
        .map(|operation| &operation.step)
}

/// Returns the items in a scope that operations are making.
pub(super) fn drafts<'a>(
    tx: &'a Tx<'_>,
    scope: &str,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    coming(tx, scope).filter_map(|step| match step {
        BackupStep::Begin { made, .. } => made.as_deref(),
        _ => None,
    })
}

/// Tells whether something that goes on will give an item this policy.
pub(super) fn leads_to(tx: &Tx<'_>, vault: &str, policy: &str) -> bool {
    let is = |id: &str| id.eq_ignore_ascii_case(policy);
    let wants = |work: &BackupWork| match work {
        BackupWork::Follow(id) | BackupWork::Resume(id) => is(id),
        _ => false,
    };
    let mut jobs = tx.recovery.backup_jobs.under(vault).map(|(_, job)| job);
    drafts(tx, vault).any(|item| is(items::text(item, "policyId")))
        || coming(tx, vault)
            .any(|step| matches!(step, BackupStep::Begin { work, .. } if wants(work)))
        || jobs.any(|job| jobs::goes_on(job) && wants(&job.work))
}

/// Tells whether an operation is taking something away.
pub(super) fn goes(tx: &Tx<'_>, vault: &str, key: &str) -> bool {
    coming(tx, vault).any(|step| matches!(step, BackupStep::Remove(gone) if gone == key))
}

/// A new item is there, with its container.
pub(super) fn made(tx: &mut Tx<'_>, key: &str, item: &VaultObject) {
    tx.recovery.objects.put(key, item.clone());
    containers::register(tx, item);
}

/// The vault learns which machines there are.
pub(super) fn discover(tx: &mut Tx<'_>, vault: &str) {
    containers::discover(tx, vault);
}

/// Puts an object. Items of a policy take over what it has become: their jobs are returned.
pub(super) fn put(tx: &mut Tx<'_>, object: &VaultObject) -> Vec<String> {
    let Some(id) = Id::parse(&object.id) else {
        return Vec::new();
    };
    tx.recovery.objects.put(&id.key(), object.clone());
    let vault = object::vault(&id).text();
    let items = followers(tx, &vault, &id);
    let begun = items
        .into_iter()
        .map(|item| jobs::start(tx, &item, BackupWork::Refresh));
    begun.filter_map(Result::ok).collect()
}

/// Returns the keys of the items that a policy makes backups of.
pub(super) fn followers(tx: &Tx<'_>, vault: &str, policy: &Id) -> Vec<String> {
    let items = all(tx, vault).filter(|item| {
        let own = policy_of(tx, item).map(|own| own.id.to_lowercase());
        own == Some(policy.key()) && Stand::of(item).is_active()
    });
    items.map(|item| item.id.to_lowercase()).collect()
}

/// Does what a job does; what it cannot do fails it.
pub(super) fn run(tx: &mut Tx<'_>, job: &BackupJob) -> Result<(), BackupFault> {
    let item = job.item.as_str();
    match &job.work {
        BackupWork::Configure => {
            set(tx, item, json!({ "protectionStatus": "Protected" }));
            arm(tx, item);
        }
        BackupWork::Refresh => arm(tx, item),
        BackupWork::Follow(policy) => {
            set(tx, item, json!({ "policyId": policy }));
            arm(tx, item);
        }
        BackupWork::Resume(policy) => resume(tx, item, policy),
        BackupWork::Backup { expiry, .. } => return save(tx, job, *expiry),
        BackupWork::Stop => {
            disarm(tx, item);
            set(
                tx,
                item,
                json!({
                    "protectionState": Stand::Stopped.word(),
                    "protectionStatus": "NotProtected",
                }),
            );
        }
        BackupWork::Delete => delete(tx, job),
        BackupWork::Undelete => {
            disarm(tx, item);
            set(
                tx,
                item,
                json!({
                    "isScheduledForDeferredDelete": false,
                    "deferredDeleteTimeInUTC": null,
                }),
            );
        }
        BackupWork::Restore(wish) => return restore::make(tx, wish),
    }
    Ok(())
}

/// Protects a stopped item again; its points are kept by the policy from now on, which some may have
/// outlived.
fn resume(tx: &mut Tx<'_>, item: &str, policy: &str) {
    set(
        tx,
        item,
        json!({
            "policyId": policy,
            "protectionState": Stand::Pending.word(),
            "protectionStatus": "Protected",
        }),
    );
    if points::any(tx, item) {
        set(
            tx,
            item,
            json!({ "protectionState": Stand::Protected.word() }),
        );
    }
    arm(tx, item);
}

/// Notes what follows from a job that has failed.
pub(super) fn failed(tx: &mut Tx<'_>, job: &BackupJob, fault: &BackupFault) {
    match &job.work {
        BackupWork::Configure => remove(tx, &job.item),
        BackupWork::Backup { .. } => {
            let mut told = json!({
                "lastBackupStatus": "Unhealthy",
                "lastBackupTime": write(tx.now()),
                "healthStatus": "ActionRequired",
                "healthDetails": [{
                    "code": fault.code,
                    "title": fault.title,
                    "message": fault.text,
                    "recommendations": fault.advice,
                }],
            });
            let item = tx.recovery.objects.get(&job.item).map(Stand::of);
            if item == Some(Stand::Pending) {
                told["protectionState"] = Stand::Error.word().into();
                told["protectionStatus"] = "ProtectionFailed".into();
            }
            set(tx, &job.item, told);
        }
        _ => {}
    }
}

/// Notes what follows from a job that was cancelled: what was not yet protected is not.
pub(super) fn canceled(tx: &mut Tx<'_>, job: &BackupJob) {
    if job.work == BackupWork::Configure {
        remove(tx, &job.item);
    }
}

fn save(
    tx: &mut Tx<'_>,
    job: &BackupJob,
    expiry: Option<crate::base::clock::Timestamp>,
) -> Result<(), BackupFault> {
    points::save(tx, &job.item, expiry)?;
    set(
        tx,
        &job.item,
        json!({
            "protectionState": Stand::Protected.word(),
            "protectionStatus": "Protected",
            "lastBackupStatus": "Healthy",
            "lastBackupTime": write(tx.now()),
            "healthStatus": "Passed",
            "healthDetails": [],
        }),
    );
    Ok(())
}

fn delete(tx: &mut Tx<'_>, job: &BackupJob) {
    let Some(days) = soft_delete::days(tx, &job.vault) else {
        return remove(tx, &job.item);
    };
    let turn = disarm(tx, &job.item);
    let end = plus_days(tx.now(), days);
    set(
        tx,
        &job.item,
        json!({
            "protectionState": Stand::Deleted.word(),
            "protectionStatus": "NotProtected",
            "isScheduledForDeferredDelete": true,
            "deferredDeleteTimeInUTC": write(end),
            "softDeleteRetentionPeriodInDays": days,
        }),
    );
    put_off(tx, end, BackupDue::Purge(job.item.clone(), turn));
}

/// Removes an item with its points, and the container that was made for it.
fn remove(tx: &mut Tx<'_>, key: &str) {
    object::remove(tx, key);
    if let Some(container) = Id::parse(key).map(|id| id.parent()) {
        object::remove(tx, &container.key());
    }
}

/// Takes a deleted item away for ever, unless it has come back meanwhile.
pub(super) fn purge(tx: &mut Tx<'_>, key: &str, turn: u64) {
    let item = tx.recovery.objects.get(key);
    if item.is_some_and(|item| turn_of(item) == turn && Stand::of(item) == Stand::Deleted) {
        remove(tx, key);
    }
}

/// Begins the backup that a policy wants now, and puts the next one off. One that is still running is
/// not overtaken.
pub(super) fn scheduled(tx: &mut Tx<'_>, key: &str, turn: u64) {
    let Some(item) = tx.recovery.objects.get(key).cloned() else {
        return;
    };
    if turn_of(&item) != turn || !Stand::of(&item).is_active() {
        return;
    }
    put_off_next(tx, &item, turn);
    let vault = Id::parse(key).map(|id| object::vault(&id).text());
    let vault = vault.unwrap_or_default();
    points::forget_old(tx, &item);
    jobs::forget_old(tx, &vault, key);
    let is_restore = |work: &BackupWork| matches!(work, BackupWork::Restore(_));
    if running(tx, &vault, key).iter().all(is_restore) {
        let work = BackupWork::Backup {
            expiry: None,
            scheduled: true,
        };
        // The item is there: it was just read.
        drop(jobs::start(tx, key, work));
    }
}

/// Lets the runs of an item follow its policy from now on.
pub(super) fn arm(tx: &mut Tx<'_>, key: &str) {
    let turn = disarm(tx, key);
    let item = tx.recovery.objects.get(key).cloned();
    if let Some(item) = item.filter(|item| Stand::of(item).is_active()) {
        put_off_next(tx, &item, turn);
    }
}

fn put_off_next(tx: &mut Tx<'_>, item: &VaultObject, turn: u64) {
    let policy = policy_of(tx, item);
    let schedule = policy.and_then(|policy| Schedule::of(&policy.properties));
    if let Some(next) = schedule.and_then(|schedule| schedule.next(tx.now())) {
        put_off(tx, next, BackupDue::Run(item.id.to_lowercase(), turn));
    }
}

/// Makes what was put off for an item void, and returns its new turn.
fn disarm(tx: &mut Tx<'_>, key: &str) -> u64 {
    let Some(item) = tx.recovery.objects.edit(key) else {
        return 0;
    };
    let turn = turn_of(item) + 1;
    item.hidden.insert("turn".to_owned(), turn.into());
    turn
}

fn turn_of(item: &VaultObject) -> u64 {
    let turn = item.hidden.get("turn").and_then(Value::as_u64);
    turn.unwrap_or_default()
}

/// Changes properties of an item; `null` takes one away.
fn set(tx: &mut Tx<'_>, key: &str, values: Value) {
    let (Some(item), Value::Object(values)) = (tx.recovery.objects.edit(key), values) else {
        return;
    };
    item.version += 1;
    for (name, value) in values {
        if value.is_null() {
            item.properties.remove(&name);
        } else {
            item.properties.insert(name, value);
        }
    }
}

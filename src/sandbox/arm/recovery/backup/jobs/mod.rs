//! Jobs of Azure Backup: each is about one item, and does its work when its time has come. Source:
//! recovery reference §6.2.

mod calls;
mod show;

pub(super) use calls::{cancel as ask_cancel, export, get, list};

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::items::machine_of;
use super::operations::put_off;
use super::refusal::fault;
use super::work;
use crate::base::clock::later;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::operation::{NEVER, ending};
use crate::sandbox::arm::recovery::{object, trouble};
use crate::sandbox::arm::resource;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{
    BackupDue, BackupFault, BackupJob, BackupState, BackupTask, BackupWork, Ending, Tx,
    VaultObject, key,
};

/// How long jobs are kept; the reference names no time.
const KEPT: Duration = Duration::from_secs(180 * 86_400);

/// Returns the word of what a job does. The reference names these but the one of undeleting.
pub(super) fn operation(work: &BackupWork) -> &'static str {
    match work {
        BackupWork::Configure
        | BackupWork::Follow(_)
        | BackupWork::Resume(_)
        | BackupWork::Refresh => "ConfigureBackup",
        BackupWork::Backup { .. } => "Backup",
        BackupWork::Stop => "DisableBackup",
        BackupWork::Delete => "DeleteBackupData",
        BackupWork::Undelete => "UndeleteBackupData",
        BackupWork::Restore(_) => "Restore",
    }
}

/// Returns the tasks of a job with their seconds. The reference names those of a backup, and no time.
pub(super) fn tasks(work: &BackupWork) -> &'static [(&'static str, u64)] {
    match work {
        BackupWork::Configure
        | BackupWork::Follow(_)
        | BackupWork::Resume(_)
        | BackupWork::Refresh => &[("Configure backup", 20)],
        BackupWork::Backup { .. } => &[("Take Snapshot", 60), ("Transfer data to vault", 240)],
        BackupWork::Stop => &[("Disable backup", 15)],
        BackupWork::Delete => &[("Delete backup data", 30)],
        BackupWork::Undelete => &[("Undelete backup data", 20)],
        BackupWork::Restore(restore) => match restore.kind.as_str() {
            "AlternateLocation" => &[
                ("Transfer data from vault", 120),
                ("Create the virtual machine", 60),
            ],
            "OriginalLocation" => &[("Transfer data from vault", 120), ("Replace disks", 60)],
            _ => &[("Transfer data from vault", 120), ("Create disks", 30)],
        },
    }
}

/// Begins a job about an item that is there, and returns its id.
pub(super) fn start(tx: &mut Tx<'_>, item: &str, work: BackupWork) -> Result<String, Refusal> {
    let Some(row) = tx.recovery.objects.get(item).cloned() else {
        return Err(resource::missing(&Id::parse(item).unwrap_or_default()));
    };
    let (id, activity) = (tx.guid(), tx.guid());
    let now = tx.now();
    let told = ending(tx, item);
    let failure = match &told {
        Some(told) if told.end == "Failed" => Some((tasks(&work).len() / 2, told_fault(told))),
        Some(_) => None,
        None => trouble_of(tx, &row, &work),
    };
    let steps = steps(tx, &work);
    let mut ends = steps.last().map_or(now, |step| step.to);
    if let Some((at, _)) = &failure {
        ends = steps.get(*at).map_or(ends, |step| step.to);
    }
    match &told {
        Some(told) if told.end == "never" => ends = later(now, NEVER),
        Some(told) => {
            let after = told.after.map(Duration::from_secs);
            ends = after.map_or(ends, |after| later(now, tx.scaled(after)));
        }
        None => {}
    }
    let vault = object::vault(&Id::parse(&row.id).unwrap_or_default()).text();
    let key = key(&[&vault, &id]);
    let due = match told {
        Some(told) if told.end == "Canceled" => BackupDue::Cancel(key.clone()),
        _ => BackupDue::Job(key.clone()),
    };
    let job = BackupJob {
        id: id.clone(),
        vault,
        item: item.to_lowercase(),
        container: text(&row, "containerName"),
        machine: text(&row, "friendlyName"),
        activity,
        started: now,
        ends,
        state: BackupState::InProgress,
        tasks: steps,
        failure,
        bag: bag(&row, &work),
        work,
    };
    tx.recovery.backup_jobs.put(&key, job);
    put_off(tx, ends, due);
    Ok(id)
}

fn steps(tx: &Tx<'_>, work: &BackupWork) -> Vec<BackupTask> {
    let mut from = tx.now();
    let steps = tasks(work).iter().map(|(id, seconds)| {
        let to = later(from, tx.scaled(Duration::from_secs(*seconds)));
        let step = BackupTask {
            id: (*id).to_owned(),
            from,
            to,
        };
        from = to;
        step
    });
    steps.collect()
}

/// What people see of a job beside its tasks; the names are not confirmed.
fn bag(item: &VaultObject, work: &BackupWork) -> Map<String, Value> {
    let mut bag = Map::new();
    bag.insert("VM Name".to_owned(), text(item, "friendlyName").into());
    match work {
        BackupWork::Configure => {
            bag.insert("Policy Name".to_owned(), text(item, "policyName").into());
        }
        BackupWork::Restore(restore) => {
            bag.insert("Job Type".to_owned(), restore.kind.as_str().into());
            let target = restore.machine.as_ref().or(restore.group.as_ref());
            bag.extend(target.map(|target| ("Target".to_owned(), json!(target))));
        }
        _ => {}
    }
    bag
}

fn text(item: &VaultObject, field: &str) -> String {
    let text = item.properties.get(field).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// What keeps a backup from going well: the machine is gone, its agent does not answer, or a control
/// wants it so. The numbers of the errors are this sandbox's.
fn trouble_of(
    tx: &mut Tx<'_>,
    item: &VaultObject,
    work: &BackupWork,
) -> Option<(usize, BackupFault)> {
    if !matches!(work, BackupWork::Backup { .. }) {
        return None;
    }
    let machine = machine_of(item);
    if !tx.arm.resources.has(&machine) {
        return Some((0, gone(&machine)));
    }
    let key = format!("{} {machine}", item.id);
    let name = text(item, "friendlyName");
    if trouble::hits(tx, &key, "agent_unreachable") {
        let text = format!("The VM agent of '{name}' cannot communicate with Azure Backup.");
        let advice = "Make sure that the virtual machine runs, that the VM agent is up to date, and that it reaches the network; then retry the backup.";
        return Some((0, fault(400_102, "VM agent unreachable", text, advice)));
    }
    if trouble::hits(tx, &key, "backup_failed") {
        let text = format!("The snapshot of '{name}' could not be transferred to the vault.");
        let advice =
            "Retry the backup. If it fails again, contact support with the activity id of the job.";
        return Some((1, fault(400_103, "Backup failed", text, advice)));
    }
    None
}

/// Says that a machine is not there any more.
pub(super) fn gone(machine: &str) -> BackupFault {
    let text = format!("The virtual machine '{machine}' was not found.");
    let advice = "If the virtual machine was deleted on purpose, stop its protection, with or without its data.";
    fault(400_101, "Virtual machine not found", text, advice)
}

fn told_fault(told: &Ending) -> BackupFault {
    let text = |name: &str, usual: &str| {
        let given = told.error.as_ref().and_then(|error| error[name].as_str());
        given.unwrap_or(usual).to_owned()
    };
    let code = text("code", "400100");
    fault(
        code.parse().unwrap_or(400_100),
        &text("possibleCauses", "A control of the sandbox told it to fail"),
        text("message", "The operation failed."),
        &text("recommendedAction", "Retry the operation."),
    )
}

/// Ends a job whose time has come.
pub(super) fn finish(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.backup_jobs.get(key).cloned() else {
        return;
    };
    if job.state != BackupState::InProgress {
        return;
    }
    let last = job.tasks.len().saturating_sub(1);
    let done = match job.failure.clone() {
        Some(failure) => Err(failure),
        None => work::run(tx, &job).map_err(|fault| (last, fault)),
    };
    let Err(failure) = done else {
        return end(tx, key, BackupState::Completed);
    };
    work::failed(tx, &job, &failure.1);
    if let Some(row) = tx.recovery.backup_jobs.edit(key) {
        row.failure = Some(failure);
    }
    end(tx, key, BackupState::Failed);
}

/// Cancels a job that goes on.
pub(super) fn cancel(tx: &mut Tx<'_>, key: &str) {
    let Some(job) = tx.recovery.backup_jobs.get(key).cloned() else {
        return;
    };
    if goes_on(&job) {
        work::canceled(tx, &job);
        end(tx, key, BackupState::Cancelled);
    }
}

fn end(tx: &mut Tx<'_>, key: &str, state: BackupState) {
    let now = tx.now();
    if let Some(row) = tx.recovery.backup_jobs.edit(key) {
        (row.state, row.ends) = (state, now);
    }
}

/// Tells whether a job has not ended.
pub(super) fn goes_on(job: &BackupJob) -> bool {
    matches!(job.state, BackupState::InProgress | BackupState::Cancelling)
}

/// Returns the jobs of an item that go on.
pub(super) fn running<'a>(
    tx: &'a Tx<'_>,
    vault: &str,
    item: &'a str,
) -> impl Iterator<Item = &'a BackupJob> + use<'a> {
    let jobs = tx.recovery.backup_jobs.under(vault).map(|(_, job)| job);
    jobs.filter(move |job| job.item == item && goes_on(job))
}

/// Forgets the jobs of an item that ended long ago.
pub(super) fn forget_old(tx: &mut Tx<'_>, vault: &str, item: &str) {
    let now = tx.now();
    let jobs = tx.recovery.backup_jobs.under(vault);
    let old =
        jobs.filter(|(_, job)| job.item == item && !goes_on(job) && later(job.ends, KEPT) < now);
    let old: Vec<String> = old.map(|(key, _)| key.to_owned()).collect();
    for key in old {
        tx.recovery.backup_jobs.remove(&key);
    }
}

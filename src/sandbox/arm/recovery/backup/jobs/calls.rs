//! What callers ask of jobs: list, get, cancel, export. Source: recovery reference §6.2, §6.3.

use serde_json::json;

use super::show::{actions, shown, word};
use super::{goes_on, operation};
use crate::sandbox::arm::access;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::backup::VERSIONS;
use crate::sandbox::arm::recovery::backup::filter::Filter;
use crate::sandbox::arm::recovery::backup::operations::{self, About, Begin};
use crate::sandbox::arm::recovery::backup::refusal::{not_allowed, one_of};
use crate::sandbox::arm::recovery::calls::{ask, place};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::resource;
use crate::sandbox::derived;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupJob, BackupResult, BackupState, BackupStep, Resource, Tx, key};

const KIND: &str = "Microsoft.RecoveryServices/vaults/backupJobs";
/// What jobs are filtered by. Source: recovery reference §6.2.
const FIELDS: &[&str] = &[
    "startTime",
    "endTime",
    "operation",
    "backupManagementType",
    "status",
];
const STATES: [&str; 6] = [
    "InProgress",
    "Completed",
    "CompletedWithWarnings",
    "Failed",
    "Cancelling",
    "Cancelled",
];

/// Returns the vault of a path whose jobs the caller may read.
fn vault(request: &Request, tx: &Tx<'_>) -> Result<(Id, Resource), Refusal> {
    let (id, _) = place(request)?;
    access::version_of(request, KIND, VERSIONS)?;
    let vault = object::vault(&id);
    access::pass(request, tx, &vault, &format!("{KIND}/read"))?;
    Ok((id, calls::found(tx, &vault)?))
}

fn find(tx: &Tx<'_>, vault: &Resource, id: &Id) -> Result<BackupJob, Refusal> {
    let found = tx.recovery.backup_jobs.get(&key(&[&vault.id, id.name()]));
    found.cloned().ok_or_else(|| resource::missing(id))
}

/// Reads a job.
pub(in super::super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, vault) = vault(request, tx)?;
    Ok(Reply::ok(shown(&find(tx, &vault, &id)?, tx.now())))
}

/// Lists the jobs that a filter wants, the latest first.
pub(in super::super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (_, vault) = vault(request, tx)?;
    let jobs = wanted(request, tx, &vault)?;
    page::of(request, jobs, |job| shown(&job, tx.now()))
}

/// Returns the jobs that a filter wants. `startTime` and `endTime` bound when a job began.
fn wanted(request: &Request, tx: &Tx<'_>, vault: &Resource) -> Result<Vec<BackupJob>, Refusal> {
    let filter = Filter::of(request, FIELDS)?;
    let (from, to) = (filter.date("startTime")?, filter.date("endTime")?);
    if let Some(status) = filter.get("status") {
        one_of("status", status, &STATES)?;
    }
    let rows = tx.recovery.backup_jobs.under(&vault.id);
    let wanted = rows.map(|(_, job)| job).filter(|job| {
        from.is_none_or(|from| job.started >= from)
            && to.is_none_or(|to| job.started <= to)
            && filter.fits("operation", operation(&job.work))
            && filter.fits("status", word(job.state))
            && filter.fits("backupManagementType", "AzureIaasVM")
    });
    let mut jobs: Vec<BackupJob> = wanted.cloned().collect();
    jobs.sort_by(|one, other| other.started.cmp(&one.started).then(one.id.cmp(&other.id)));
    Ok(jobs)
}

/// Cancels a job that can be: it is `Cancelling` until its operation has ended.
pub(in super::super) fn cancel(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "cancel/action")?;
    let job = find(tx, &asked.vault, &asked.id)?;
    if actions(&job).is_empty() {
        let why = if goes_on(&job) {
            format!("a job of {} cannot be cancelled", operation(&job.work))
        } else {
            format!("it has ended as {}", word(job.state))
        };
        return Err(not_allowed(&job.id, "cancel", &why, actions(&job)));
    }
    let key = key(&[&asked.vault.id, &job.id]);
    if let Some(row) = tx.recovery.backup_jobs.edit(&key) {
        row.state = BackupState::Cancelling;
    }
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Job,
        id: &asked.id,
        step: BackupStep::Cancel(key),
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

/// Writes the jobs that a filter wants into a file. The form of the result is not confirmed, and
/// nothing serves the file.
pub(in super::super) fn export(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    access::version_of(request, KIND, VERSIONS)?;
    let right = "Microsoft.RecoveryServices/vaults/backupJobsExport/action";
    access::pass(request, tx, &id, right)?;
    let vault = calls::found(tx, &id)?;
    wanted(request, tx, &vault)?;
    let name = tx.guid();
    let token = derived::guid(&["export", &name]);
    let document = json!({ "properties": {
        "objectType": "ExportJobsOperationResultInfo",
        "blobUrl": format!("https://backupexports.blob.core.windows.net/{name}/Jobs.xml"),
        "blobSasKey": format!("?sv=2019-12-12&sr=b&sp=r&sig={token}"),
    } });
    let begin = Begin {
        vault: &vault.id,
        about: About::Export,
        id: &id,
        step: BackupStep::Nothing,
        result: BackupResult::Document(document),
    };
    Ok(operations::begin(tx, request, begin))
}

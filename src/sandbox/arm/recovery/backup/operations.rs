//! Operations of Azure Backup: the call is answered 202 with two addresses; the operation ends when
//! its job is created, long before that job does. Source: recovery reference §2, §6.3. Where the
//! reference names no address of the status, that at the vault is given.

use std::time::Duration;

use serde_json::{Value, json};

use super::{VERSIONS, jobs, work};
use crate::base::clock::later;
use crate::sandbox::arm::access;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::operation::{NEVER, ending};
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::resource;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{
    ArmDue, BackupDue, BackupOperation, BackupResult, BackupStep, Due, OperationState, RecoveryDue,
    Tx, key,
};

/// Seconds of `Retry-After`. Source: recovery reference §2.
const RETRY_AFTER: u64 = 60;
/// How long an operation takes; the reference names no time.
const TIME: Duration = Duration::from_secs(10);
/// How long an operation can be looked at after its end; the reference names no time.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// What an operation is about, which says where it is followed. Source: recovery reference §6.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Item,
    Container,
    Fabric,
    Policy,
    Job,
    Export,
}

impl About {
    /// Returns the paths of status and result, without the operation.
    fn paths(self, vault: &str, id: &Id) -> (String, String) {
        let (own, at_vault) = (id.text(), format!("{vault}/backupOperations"));
        match self {
            Self::Item | Self::Fabric => (
                format!("{own}/operationsStatus"),
                format!("{own}/operationResults"),
            ),
            Self::Policy => (
                format!("{own}/operations"),
                format!("{own}/operationResults"),
            ),
            Self::Container | Self::Job => (at_vault, format!("{own}/operationResults")),
            Self::Export => (at_vault, format!("{vault}/backupJobs/operationResults")),
        }
    }
}

/// What is begun.
#[derive(Debug)]
pub(super) struct Begin<'a> {
    /// Id of the vault.
    pub(super) vault: &'a str,
    pub(super) about: About,
    /// What it is about.
    pub(super) id: &'a Id,
    pub(super) step: BackupStep,
    pub(super) result: BackupResult,
}

/// Begins an operation, and answers the call.
pub(super) fn begin(tx: &mut Tx<'_>, request: &Request, begin: Begin<'_>) -> Reply {
    let id = tx.guid();
    let now = tx.now();
    // A job takes what a control tells for itself.
    let told = match begin.step {
        BackupStep::Begin { .. } => None,
        _ => ending(tx, &begin.id.key()),
    };
    let mut ends = later(now, tx.scaled(TIME));
    let mut error = None;
    match &told {
        Some(told) if told.end == "never" => ends = later(now, NEVER),
        Some(told) => {
            if let Some(after) = told.after {
                ends = later(now, tx.scaled(Duration::from_secs(after)));
            }
            error = Some(access::told_error(told));
        }
        None => {}
    }
    let (status, result) = begin.about.paths(begin.vault, begin.id);
    let key = key(&[begin.vault, &id]);
    let row = BackupOperation {
        vault: begin.vault.to_owned(),
        status_path: format!("{status}/{id}"),
        result_path: format!("{result}/{id}"),
        started: now,
        ends,
        state: OperationState::InProgress,
        error,
        step: begin.step,
        result: begin.result,
        jobs: Vec::new(),
        id,
    };
    let reply = lead(tx, request, &row);
    tx.recovery.backup_operations.put(&key, row);
    put_off(tx, ends, BackupDue::Operation(key));
    reply
}

/// Puts work of Azure Backup off.
pub(super) fn put_off(tx: &mut Tx<'_>, at: crate::base::clock::Timestamp, due: BackupDue) {
    tx.at(at, Due::Arm(ArmDue::Recovery(RecoveryDue::Backup(due))));
}

/// Answers 202 with the addresses that follow an operation.
fn lead(tx: &Tx<'_>, request: &Request, operation: &BackupOperation) -> Reply {
    let version = request.query("api-version").unwrap_or_default();
    let url = |path: &str| format!("{}/arm{path}?api-version={version}", request.origin);
    Reply::empty(202)
        .header("azure-asyncoperation", &url(&operation.status_path))
        .header("location", &url(&operation.result_path))
        .header("retry-after", &wait(tx))
}

/// Returns whole seconds, at least one, at the sandbox's pace.
fn wait(tx: &Tx<'_>) -> String {
    let wait = tx.scaled(Duration::from_secs(RETRY_AFTER));
    let begun = u64::from(wait.as_secs() > 0 && wait.subsec_nanos() > 0);
    (wait.as_secs().max(1) + begun).to_string()
}

/// Ends an operation whose time has come.
pub(super) fn finish(tx: &mut Tx<'_>, key: &str) {
    let Some(operation) = tx.recovery.backup_operations.get(key).cloned() else {
        return;
    };
    let error = operation.error.clone();
    let done = match &error {
        None => step(tx, &operation),
        Some(_) => Ok(Vec::new()),
    };
    let refused = done.as_ref().err().map(Refusal::error);
    let error = error.or(refused);
    let now = tx.now();
    if let Some(row) = tx.recovery.backup_operations.edit(key) {
        row.state = match error {
            None => OperationState::Succeeded,
            Some(_) => OperationState::Failed,
        };
        (row.error, row.ends) = (error, now);
        row.jobs = done.unwrap_or_default();
    }
    put_off(tx, later(now, KEPT), BackupDue::Forget(key.to_owned()));
}

/// Does what an operation does, and returns the jobs that it has begun.
fn step(tx: &mut Tx<'_>, operation: &BackupOperation) -> Result<Vec<String>, Refusal> {
    match &operation.step {
        BackupStep::Begin { item, made, work } => {
            if let Some(made) = made {
                work::made(tx, item, made);
            }
            Ok(vec![jobs::start(tx, item, work.clone())?])
        }
        BackupStep::Discover => {
            work::discover(tx, &operation.vault);
            Ok(Vec::new())
        }
        BackupStep::Put(object) => Ok(work::put(tx, object)),
        BackupStep::Remove(key) => {
            object::remove(tx, key);
            Ok(Vec::new())
        }
        BackupStep::Cancel(key) => {
            jobs::cancel(tx, key);
            Ok(Vec::new())
        }
        BackupStep::Nothing => Ok(Vec::new()),
    }
}

/// Returns the operation of the last word of the path, whose caller may look at it: at its own
/// addresses, or at those of the vault.
fn looked_at(request: &Request, tx: &Tx<'_>) -> Result<BackupOperation, Refusal> {
    let (id, word) = place(request)?;
    let name = word.clone().unwrap_or_else(|| id.name().to_owned());
    let path = match word {
        Some(word) => format!("{}/{}", id.key(), word.to_lowercase()),
        None => id.key(),
    };
    let kind = "Microsoft.RecoveryServices/vaults/backupOperations";
    access::version_of(request, kind, VERSIONS)?;
    let vault = object::vault(&id);
    access::pass(request, tx, &vault, &format!("{kind}/read"))?;
    let vault = calls::found(tx, &vault)?;
    let found = tx.recovery.backup_operations.get(&key(&[&vault.id, &name]));
    let is_own = |one: &&BackupOperation| {
        let any = |what: &str| path == format!("{}/{what}/{name}", vault.id).to_lowercase();
        path == one.status_path.to_lowercase()
            || path == one.result_path.to_lowercase()
            || any("backupOperations")
            || any("backupOperationResults")
    };
    let found = found.filter(is_own).cloned();
    found.ok_or_else(|| resource::missing(&vault_operation(&vault.id, &name)))
}

fn vault_operation(vault: &str, name: &str) -> Id {
    let vault = Id::parse(vault).unwrap_or_default();
    vault.child("backupOperations", name)
}

/// Answers a look at the result of an operation.
pub(super) fn result(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let operation = looked_at(request, tx)?;
    match operation.state {
        OperationState::InProgress => Ok(lead(tx, request, &operation)),
        OperationState::Succeeded => Ok(outcome(tx, request, &operation)),
        OperationState::Failed | OperationState::Canceled => {
            let error = operation.error.unwrap_or_default();
            let text = error["message"].as_str().unwrap_or_default().to_owned();
            // The reference names no status for this answer.
            Err(Refusal::new(409, error["code"].clone(), text))
        }
    }
}

fn outcome(tx: &Tx<'_>, request: &Request, operation: &BackupOperation) -> Reply {
    match &operation.result {
        BackupResult::Nothing => Reply::empty(204),
        BackupResult::Document(document) => Reply::ok(document.clone()),
        BackupResult::Object(key) => match tx.recovery.objects.get(key) {
            Some(found) => Reply::ok(object::shown(tx, found, Some(request))),
            None => Reply::empty(204),
        },
    }
}

/// Answers a look at the status of an operation, which is 200 whatever it says.
pub(super) fn status(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let operation = looked_at(request, tx)?;
    let mut document = json!({
        "id": operation.id,
        "name": operation.id,
        "status": format!("{:?}", operation.state),
        "startTime": write(operation.started),
    });
    if operation.state == OperationState::InProgress {
        return Ok(Reply::ok(document).header("retry-after", &wait(tx)));
    }
    document["endTime"] = write(operation.ends).into();
    if let Some(error) = &operation.error {
        document["error"] = error.clone();
    }
    if let Some(properties) = properties(&operation) {
        document["properties"] = properties;
    }
    Ok(Reply::ok(document))
}

/// Says which jobs an operation has begun.
fn properties(operation: &BackupOperation) -> Option<Value> {
    let several = matches!(operation.step, BackupStep::Put(_));
    match operation.jobs.as_slice() {
        [] => None,
        [job] if !several => Some(json!({
            "objectType": "OperationStatusJobExtendedInfo",
            "jobId": job,
        })),
        jobs => Some(json!({
            "objectType": "OperationStatusJobsExtendedInfo",
            "jobIds": jobs,
            "failedJobsError": {},
        })),
    }
}

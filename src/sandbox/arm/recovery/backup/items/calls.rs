//! What callers ask of protected items beside their protection: read, list, delete, back up. Source:
//! recovery reference §6.2.

use serde_json::Value;

use super::state::{Action, allowed};
use super::{MANAGEMENT, Stand, all, policy_of, text};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::access;
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls as arm_calls;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::backup::filter::Filter;
use crate::sandbox::arm::recovery::backup::operations::{self, About, Begin};
use crate::sandbox::arm::recovery::backup::refusal::{input, not_allowed, one_of};
use crate::sandbox::arm::recovery::backup::{VERSIONS, names, work};
use crate::sandbox::arm::recovery::calls::{self, Asked, ask, place};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupResult, BackupStep, BackupWork, Tx};

/// What items are filtered by. The reference names none: these are of what items show.
const FIELDS: &[&str] = &[
    "backupManagementType",
    "itemType",
    "policyName",
    "containerName",
    "friendlyName",
    "protectionState",
];

/// Reads an item; `$filter=expand eq 'extendedinfo'` says more of it.
pub(in super::super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    names::item(&place(request)?.0)?;
    let filter = Filter::of(request, &["expand"])?;
    if let Some(what) = filter.get("expand") {
        one_of("$filter", what, &["extendedinfo"])?;
    }
    calls::get(request, tx)
}

/// Lists the items of a vault that a filter wants.
pub(in super::super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (vault, _) = place(request)?;
    let kind = "Microsoft.RecoveryServices/vaults/backupProtectedItems";
    access::version_of(request, kind, VERSIONS)?;
    access::pass(request, tx, &vault, &format!("{kind}/read"))?;
    let vault = arm_calls::found(tx, &vault)?;
    let filter = Filter::of(request, FIELDS)?;
    if let Some(kind) = filter.get("backupManagementType") {
        one_of("$filter", kind, &MANAGEMENT)?;
    }
    let items = all(tx, &vault.id).filter(|item| {
        let policy = policy_of(tx, item).map_or("", |policy| &policy.name);
        filter.fits("backupManagementType", "AzureIaasVM")
            && filter.fits("itemType", "VM")
            && filter.fits("policyName", policy)
            && filter.fits("containerName", text(item, "containerName"))
            && filter.fits("friendlyName", text(item, "friendlyName"))
            && filter.fits("protectionState", Stand::of(item).word())
    });
    let items = items.cloned().collect();
    page::of(request, items, |one| object::shown(tx, &one, Some(request)))
}

/// Deletes an item with its data: by soft delete it stays for a while.
pub(in super::super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "delete")?;
    names::item(&asked.id)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    may(tx, &asked, Action::Delete)?;
    let result = BackupResult::Nothing;
    Ok(begin(tx, request, &asked, BackupWork::Delete, result))
}

/// Backs an item up now.
pub(in super::super) fn backup_now(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "backup/action")?;
    names::item(&asked.id)?;
    asked.found()?;
    let known = [
        "IaasVMBackupRequest",
        "AzureFileShareBackupRequest",
        "AzureWorkloadBackupRequest",
    ];
    let given = body::text(&asked.properties, "objectType")?.unwrap_or_default();
    if one_of("objectType", given, &known)? != known[0] {
        let text = format!(
            "A virtual machine is backed up by {}, not by {given}.",
            known[0]
        );
        return Err(input("objectType", text));
    }
    let expiry = expiry(tx, &asked)?;
    may(tx, &asked, Action::Backup)?;
    let work = BackupWork::Backup {
        expiry: Some(expiry),
        scheduled: false,
    };
    Ok(begin(tx, request, &asked, work, BackupResult::Nothing))
}

/// Returns when the point goes; without a word after 30 days, since the reference names no time.
fn expiry(tx: &Tx<'_>, asked: &Asked) -> Result<Timestamp, Refusal> {
    const FIELD: &str = "recoveryPointExpiryTimeInUTC";
    let Some(given) = body::text(&asked.properties, FIELD)? else {
        return Ok(crate::sandbox::partner::dates::plus_days(tx.now(), 30));
    };
    match given.parse::<Timestamp>() {
        Ok(time) if time > tx.now() => Ok(time),
        Ok(_) => Err(input(FIELD, format!("'{given}' is over already."))),
        Err(_) => {
            let text = format!("'{given}' is not a time such as '2026-04-01T00:00:00Z'.");
            Err(input(FIELD, text))
        }
    }
}

/// Begins an operation whose job does something with an item that is there.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &Asked,
    work: BackupWork,
    result: BackupResult,
) -> Reply {
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Item,
        id: &asked.id,
        step: BackupStep::Begin {
            item: asked.id.key(),
            made: None,
            work,
        },
        result,
    };
    operations::begin(tx, request, begin)
}

/// Refuses an action that the item's state, or what goes on, does not allow.
pub(super) fn may(tx: &Tx<'_>, asked: &Asked, action: Action) -> Result<(), Refusal> {
    check(tx, asked, &asked.id.key(), action)
}

/// Refuses an action of an item, whose key is given where the path names a part of it.
pub(in super::super) fn check(
    tx: &Tx<'_>,
    asked: &Asked,
    key: &str,
    action: Action,
) -> Result<(), Refusal> {
    let stand = tx.recovery.objects.get(key).map(Stand::of);
    let running = work::running(tx, &asked.vault.id, key);
    let allowed = allowed(stand, &running.iter().collect::<Vec<_>>());
    if allowed.contains(&action) {
        return Ok(());
    }
    let words: Vec<&str> = allowed.iter().map(|action| action.word()).collect();
    let why = match (running.first(), stand) {
        (Some(work), _) => {
            let job = crate::sandbox::arm::recovery::backup::jobs::operation(work);
            format!("a job of {job} goes on")
        }
        (None, Some(Stand::Deleted)) => "it is soft-deleted".to_owned(),
        (None, Some(stand)) => format!("it is {}", stand.word()),
        (None, None) => "it is not protected".to_owned(),
    };
    let name = asked.id.text();
    let name = name.rsplit("/protectedItems/").next().unwrap_or_default();
    Err(not_allowed(name, action.word(), &why, &words))
}

/// Tells whether a switch of the body is on; anything but a switch is refused.
pub(super) fn flag(asked: &Asked, field: &str) -> Result<bool, Refusal> {
    match asked.properties.get(field) {
        None | Some(Value::Null | Value::Bool(false)) => Ok(false),
        Some(Value::Bool(true)) => Ok(true),
        Some(other) => Err(input(
            field,
            format!("'{other}' is neither true nor false."),
        )),
    }
}

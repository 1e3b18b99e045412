//! The one PUT of a protected item: protect, change the policy, stop, resume, undelete. Which one is
//! meant follows from the body and from where the item stands. Source: recovery reference §6.2.

use serde_json::{Map, Value, json};

use super::calls::{begin, flag, may};
use super::protectable::{elsewhere, in_region};
use super::state::Action;
use super::{Stand, machine_of};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::backup::names::{self, Named};
use crate::sandbox::arm::recovery::backup::operations::{self, About, Begin};
use crate::sandbox::arm::recovery::backup::refusal::{in_use, input, no_machine, one_of, unserved};
use crate::sandbox::arm::recovery::backup::{VERSIONS, soft_delete, work};
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupResult, BackupStep, BackupWork, Resource, Tx, VaultObject};

const MACHINE: &str = "Microsoft.Compute/virtualMachines";
/// Types of items. Source: recovery reference §6.1.
const TYPES: [&str; 5] = [
    MACHINE,
    "Microsoft.ClassicCompute/virtualMachines",
    "AzureFileShareProtectedItem",
    "AzureVmWorkloadSQLDatabase",
    "MabFileFolderProtectedItem",
];
const STATES: [&str; 7] = [
    "BackupsSuspended",
    "IRPending",
    "Invalid",
    "Protected",
    "ProtectionError",
    "ProtectionPaused",
    "ProtectionStopped",
];

/// Protects an item, or changes how it is protected.
pub(in super::super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "write")?;
    let named = names::item(&asked.id)?;
    let kind = body::need(&asked.properties, "protectedItemType")?;
    let kind = one_of("protectedItemType", kind, &TYPES)?;
    if kind != MACHINE {
        return Err(unserved(kind));
    }
    if let Some(mode) = body::text(&asked.properties, "createMode")? {
        one_of("createMode", mode, &["Default", "Recover"])?;
    }
    let machine = source(&asked, &named)?;
    let action = action(&asked)?;
    let work = match action {
        Action::Undelete => BackupWork::Undelete,
        Action::Stop => BackupWork::Stop,
        Action::Resume => BackupWork::Resume(policy(tx, &asked)?),
        Action::Protect => return protect(request, tx, &asked, &machine),
        _ => BackupWork::Follow(policy(tx, &asked)?),
    };
    asked.found()?;
    may(tx, &asked, action)?;
    let result = BackupResult::Object(asked.id.key());
    Ok(begin(tx, request, &asked, work, result))
}

/// Returns the machine that the names say; what the body names must be the same.
fn source(asked: &Asked, named: &Named) -> Result<Id, Refusal> {
    const FIELD: &str = "sourceResourceId";
    let subscription = asked.id.subscription.as_deref().unwrap_or_default();
    let machine = named.id(subscription);
    let given = match body::text(&asked.properties, FIELD)? {
        Some(given) if !given.is_empty() => given,
        // An item that is there keeps its machine.
        _ if asked.object.is_some() => return Ok(machine),
        _ => body::need(&asked.properties, FIELD)?,
    };
    match Id::parse(given) {
        Some(id) if id.key() == machine.key() => Ok(id),
        _ => {
            let text = format!(
                "The resource '{given}' is not the virtual machine of the protected item '{}'.",
                asked.id.name()
            );
            Err(input(FIELD, text))
        }
    }
}

/// Tells what a body wants.
fn action(asked: &Asked) -> Result<Action, Refusal> {
    if flag(asked, "isRehydrate")? {
        return Ok(Action::Undelete);
    }
    let state = body::text(&asked.properties, "protectionState")?;
    let state = state.map(|state| one_of("protectionState", state, &STATES));
    match state.transpose()? {
        Some("ProtectionStopped") => return Ok(Action::Stop),
        Some("BackupsSuspended") => {
            let text = "Backups are suspended in vaults that are immutable only.";
            return Err(input("protectionState", text));
        }
        _ => {}
    }
    Ok(match asked.object.as_ref().map(Stand::of) {
        None => Action::Protect,
        Some(Stand::Stopped | Stand::Deleted) => Action::Resume,
        Some(_) => Action::ChangePolicy,
    })
}

/// Returns the id of the policy that a body names: one of this vault, for machines, that stays.
fn policy(tx: &Tx<'_>, asked: &Asked) -> Result<String, Refusal> {
    const FIELD: &str = "policyId";
    let given = body::need(&asked.properties, FIELD)?;
    let id = Id::parse(given).filter(|id| {
        object::kind(id) == "backupPolicies"
            && object::vault(id).key() == asked.vault.id.to_lowercase()
    });
    let id = id.filter(|id| !work::goes(tx, &asked.vault.id, &id.key()));
    let found = id.and_then(|id| tx.recovery.objects.get(&id.key()));
    let Some(found) = found else {
        let text = format!(
            "The policy '{given}' was not found in the vault '{}'.",
            asked.vault.name
        );
        return Err(input(FIELD, text));
    };
    if found.properties.get("backupManagementType") != Some(&json!("AzureIaasVM")) {
        let text = format!("The policy '{}' is not for virtual machines.", found.name);
        return Err(input(FIELD, text));
    }
    Ok(found.id.clone())
}

/// Protects a machine that is not yet.
fn protect(request: &Request, tx: &mut Tx<'_>, asked: &Asked, machine: &Id) -> Outcome {
    may(tx, asked, Action::Protect)?;
    let Some(row) = tx.arm.resources.get(&machine.key()).cloned() else {
        return Err(no_machine(&machine.text()));
    };
    in_region(&asked.vault, &row)?;
    let policy = policy(tx, asked)?;
    if let Some(other) = elsewhere(tx, &asked.vault, machine) {
        let text = format!(
            "The virtual machine '{}' is protected in another vault: '{}'.",
            row.name,
            machine_vault(other)
        );
        return Err(in_use(text));
    }
    let vault = Id::parse(&asked.vault.id).unwrap_or_default();
    let named = Named::of(&Id::parse(&row.id).unwrap_or_default());
    let id = named.item_id(&vault);
    let made = object::draft(tx, &id, properties(tx, asked, &row, &policy));
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Item,
        id: &id,
        step: BackupStep::Begin {
            item: id.key(),
            made: Some(Box::new(made)),
            work: BackupWork::Configure,
        },
        result: BackupResult::Object(id.key()),
    };
    Ok(operations::begin(tx, request, begin))
}

/// Returns the vault of another vault's item.
fn machine_vault(item: &VaultObject) -> String {
    let id = Id::parse(&item.id).unwrap_or_default();
    object::vault(&id).name().to_owned()
}

fn properties(tx: &Tx<'_>, asked: &Asked, machine: &Resource, policy: &str) -> Map<String, Value> {
    let mut properties = fresh(&asked.vault, machine, policy);
    let days = soft_delete::days(tx, &asked.vault.id).unwrap_or_default();
    properties.insert("softDeleteRetentionPeriodInDays".to_owned(), days.into());
    if let Some(extended) = asked.properties.get("extendedProperties") {
        properties.insert("extendedProperties".to_owned(), extended.clone());
    }
    properties
}

/// Returns what an item is as soon as it is there: protected, and not backed up yet.
pub(in super::super) fn fresh(
    vault: &Resource,
    machine: &Resource,
    policy: &str,
) -> Map<String, Value> {
    let named = Named::of(&Id::parse(&machine.id).unwrap_or_default());
    let properties = json!({
        "protectedItemType": MACHINE,
        "backupManagementType": "AzureIaasVM",
        "workloadType": "VM",
        "containerName": named.short(),
        "sourceResourceId": machine.id,
        "virtualMachineId": machine.id,
        "friendlyName": machine.name,
        "policyId": policy,
        "vaultId": vault.id,
        "protectedItemDataId": derived::guid(&["backup", &vault.id, &machine.id]),
        "protectionState": "IRPending",
        "protectionStatus": "Protecting",
        "healthStatus": "Passed",
        "healthDetails": [],
        "lastBackupStatus": "IRPending",
        "isScheduledForDeferredDelete": false,
        "isRehydrate": false,
        "isArchiveEnabled": false,
    });
    properties.as_object().cloned().unwrap_or_default()
}

/// Returns whether an item is of a machine.
pub(super) fn is_of(item: &VaultObject, machine: &Id) -> bool {
    machine_of(item) == machine.key()
}

//! Machines that a vault may protect: those of its subscription and region that it has learnt of, and
//! that no other vault protects. Source: recovery reference §6.2.

use serde_json::{Value, json};

use super::protect::is_of;
use super::{KIND, Stand, all};
use crate::sandbox::arm::access;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::backup::filter::Filter;
use crate::sandbox::arm::recovery::backup::names::Named;
use crate::sandbox::arm::recovery::backup::refusal::{input, one_of};
use crate::sandbox::arm::recovery::backup::{VERSIONS, containers, jobs, work};
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupWork, Resource, Tx, VaultObject};

const FIELDS: &[&str] = &["backupManagementType", "workloadType", "friendlyName"];
/// Kinds of management and of workloads. Source: recovery reference §6.2.
pub(in super::super) const MANAGEMENT: [&str; 8] = [
    "AzureIaasVM",
    "AzureBackupServer",
    "AzureSql",
    "AzureStorage",
    "AzureWorkload",
    "DPM",
    "DefaultBackup",
    "MAB",
];

/// Refuses a machine of another region than the vault's.
pub(in super::super) fn in_region(vault: &Resource, machine: &Resource) -> Result<(), Refusal> {
    if vault.location == machine.location {
        return Ok(());
    }
    let text = format!(
        "The virtual machine '{}' is in {}, the vault '{}' in {}: a vault protects machines of its own region.",
        machine.name,
        machine.location.as_deref().unwrap_or_default(),
        vault.name,
        vault.location.as_deref().unwrap_or_default(),
    );
    Err(input("sourceResourceId", text))
}

/// Returns the item by which another vault of the subscription protects a machine, or is about to.
pub(in super::super) fn elsewhere<'a>(
    tx: &'a Tx<'_>,
    vault: &Resource,
    machine: &Id,
) -> Option<&'a VaultObject> {
    let scope = Id::of_subscription(machine.subscription.as_deref().unwrap_or_default());
    let own = format!("{}/", vault.id.to_lowercase());
    let items = object::of_kind(tx, &scope.key(), KIND);
    let mut items = items.chain(work::drafts(tx, &scope.key()));
    items.find(|item| is_of(item, machine) && !item.id.to_lowercase().starts_with(&own))
}

/// Returns the item by which any vault protects a machine, and how far that has come.
pub(in super::super) fn status_of<'a>(
    tx: &'a Tx<'_>,
    machine: &Id,
) -> (&'static str, Option<&'a VaultObject>) {
    let scope = Id::of_subscription(machine.subscription.as_deref().unwrap_or_default());
    let found = object::of_kind(tx, &scope.key(), KIND).find(|item| is_of(item, machine));
    let Some(item) = found else {
        return ("NotProtected", None);
    };
    let id = Id::parse(&item.id).unwrap_or_default();
    let (vault, key) = (object::vault(&id).text(), id.key());
    let begins = jobs::running(tx, &vault, &key).any(|job| job.work == BackupWork::Configure);
    let status = match Stand::of(item) {
        _ if begins => "Protecting",
        Stand::Error => "ProtectionFailed",
        Stand::Pending | Stand::Protected => "Protected",
        Stand::Stopped | Stand::Deleted => "NotProtected",
    };
    (status, Some(item))
}

/// Lists them.
pub(in super::super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    let kind = "Microsoft.RecoveryServices/vaults/backupProtectableItems";
    access::version_of(request, kind, VERSIONS)?;
    access::pass(request, tx, &id, &format!("{kind}/read"))?;
    let vault = calls::found(tx, &id)?;
    let filter = Filter::of(request, FIELDS)?;
    let management = one_of("$filter", filter.need("backupManagementType")?, &MANAGEMENT)?;
    let machines = match management {
        "AzureIaasVM" if filter.fits("workloadType", "VM") => containers::known(tx, &vault),
        _ => Vec::new(),
    };
    let wanted = machines.into_iter().filter(|machine| {
        let id = Id::parse(&machine.id).unwrap_or_default();
        filter.fits("friendlyName", &machine.name) && elsewhere(tx, &vault, &id).is_none()
    });
    page::of(request, wanted.collect(), |one| {
        shown(tx, &id, &vault, &one)
    })
}

fn shown(tx: &Tx<'_>, vault: &Id, row: &Resource, machine: &Resource) -> Value {
    let id = Id::parse(&machine.id).unwrap_or_default();
    let named = Named::of(&id);
    let own = named.container_id(vault);
    let own = own.child("protectableItems", &named.item());
    let (mut status, item) = status_of(tx, &id);
    let begins = |work: &BackupWork| *work == BackupWork::Configure;
    let key = named.item_id(vault).key();
    if item.is_none() && work::running(tx, &row.id, &key).iter().any(begins) {
        status = "Protecting";
    }
    json!({
        "id": object::shown_id(&own),
        "name": named.item(),
        "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectableItems",
        "properties": {
            "protectableItemType": "Microsoft.Compute/virtualMachines",
            "backupManagementType": "AzureIaasVM",
            "workloadType": "VM",
            "friendlyName": machine.name,
            "protectionState": status,
            "resourceGroup": named.group,
            "virtualMachineId": machine.id,
            "virtualMachineVersion": "Compute",
        },
    })
}

/// Counts the items of a vault.
pub(in super::super) fn count(tx: &Tx<'_>, vault: &str) -> usize {
    all(tx, vault).count()
}

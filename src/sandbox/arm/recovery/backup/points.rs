//! Recovery points: made by backups, kept as long as their policy or their caller has said, shown.
//! Source: recovery reference §6.2. What a point of a machine that ran is, is not confirmed.

use serde_json::{Value, json};

use super::filter::Filter;
use super::items::{Stand, machine_of, policy_of};
use super::refusal::{fault, input};
use super::{VERSIONS, jobs, names, policies};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::access;
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::resource;
use crate::sandbox::partner::dates::{plus_days, write};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupFault, BackupPoint, Resource, SavedDisk, Tx, VaultObject, key};

const KIND: &str = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/recoveryPoints";

/// Saves the machine of an item as it is now.
pub(super) fn save(
    tx: &mut Tx<'_>,
    item: &str,
    expiry: Option<Timestamp>,
) -> Result<(), BackupFault> {
    let Some(row) = tx.recovery.objects.get(item) else {
        let text = format!("The protected item '{item}' was not found.");
        return Err(fault(
            400_104,
            "Item not found",
            text,
            "Protect the machine again.",
        ));
    };
    let machine = machine_of(row);
    let Some(found) = tx.arm.resources.get(&machine) else {
        return Err(jobs::gone(&machine));
    };
    let point = of(tx, found, expiry);
    tx.recovery
        .backup_points
        .put(&key(&[item, &point.name]), point);
    Ok(())
}

/// Returns a point of a machine as it is now.
pub(super) fn of(tx: &Tx<'_>, machine: &Resource, expiry: Option<Timestamp>) -> BackupPoint {
    let text = |path: &str| {
        let text = body::at(&machine.properties, path).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    BackupPoint {
        name: name(tx.now()),
        time: tx.now(),
        expiry,
        size: text("hardwareProfile.vmSize"),
        windows: text("storageProfile.osDisk.osType").eq_ignore_ascii_case("Windows"),
        running: machine.hidden.get("power") == Some(&json!("running")),
        disks: disks(tx, machine),
    }
}

/// Returns the name of a point of that time: names grow with time.
pub(super) fn name(time: Timestamp) -> String {
    format!("{:015}", time.as_millisecond().max(0))
}

fn disks(tx: &Tx<'_>, machine: &Resource) -> Vec<SavedDisk> {
    let system = body::at(&machine.properties, "storageProfile.osDisk");
    let data = body::at(&machine.properties, "storageProfile.dataDisks");
    let data = data.and_then(Value::as_array).into_iter().flatten();
    let all = system.into_iter().chain(data);
    let saved = all.filter_map(|disk| {
        let id = disk["managedDisk"]["id"].as_str()?;
        let row = tx.arm.resources.get(id)?;
        let sku = body::at(&row.members, "sku.name").and_then(Value::as_str);
        Some(SavedDisk {
            id: row.id.clone(),
            name: row.name.clone(),
            lun: disk["lun"].as_u64(),
            gib: row.properties.get("diskSizeGB")?.as_u64()?,
            sku: sku.unwrap_or("Standard_LRS").to_owned(),
        })
    });
    saved.collect()
}

/// Returns the points of an item that are not over, the oldest first.
pub(super) fn live<'a>(tx: &'a Tx<'_>, item: &VaultObject) -> Vec<&'a BackupPoint> {
    let rows = tx.recovery.backup_points.under(&item.id);
    let rows = rows.map(|(_, point)| point);
    rows.filter(|point| !is_over(tx, item, point)).collect()
}

/// Tells whether an item has points.
pub(super) fn any(tx: &Tx<'_>, item: &str) -> bool {
    let row = tx.recovery.objects.get(item);
    row.is_some_and(|row| !live(tx, row).is_empty())
}

fn is_over(tx: &Tx<'_>, item: &VaultObject, point: &BackupPoint) -> bool {
    ends(tx, item, point).is_some_and(|(end, _)| end <= tx.now())
}

/// Returns when a point goes, and by which rule. What is not protected any more keeps its points;
/// those that no rule of the policy fits stay as long as instant ones do.
fn ends(tx: &Tx<'_>, item: &VaultObject, point: &BackupPoint) -> Option<(Timestamp, &'static str)> {
    if let Some(end) = point.expiry {
        return Some((end, ""));
    }
    if !Stand::of(item).is_active() {
        return None;
    }
    let policy = &policy_of(tx, item)?.properties;
    let days = instant_days(Some(policy));
    policies::expiry(policy, point.time).or_else(|| Some((plus_days(point.time, days), "")))
}

/// Returns how many days a point is an instant one.
fn instant_days(policy: Option<&serde_json::Map<String, Value>>) -> i64 {
    let days = policy.and_then(|policy| policy.get("instantRpRetentionRangeInDays")?.as_i64());
    days.unwrap_or(2)
}

/// Takes the points of an item away that are over.
pub(super) fn forget_old(tx: &mut Tx<'_>, item: &VaultObject) {
    let rows = tx.recovery.backup_points.under(&item.id);
    let over = rows.filter(|(_, point)| is_over(tx, item, point));
    let over: Vec<String> = over.map(|(key, _)| key.to_owned()).collect();
    for key in over {
        tx.recovery.backup_points.remove(&key);
    }
}

/// Takes all points of an item away.
pub(super) fn remove_all(tx: &mut Tx<'_>, item: &str) {
    let rows = tx.recovery.backup_points.under(item);
    let all: Vec<String> = rows.map(|(key, _)| key.to_owned()).collect();
    for key in all {
        tx.recovery.backup_points.remove(&key);
    }
}

/// Returns the item of a path, whose points the caller may read.
fn item(request: &Request, tx: &Tx<'_>, id: &Id) -> Result<VaultObject, Refusal> {
    access::version_of(request, KIND, VERSIONS)?;
    names::item(id)?;
    access::pass(request, tx, id, &format!("{KIND}/read"))?;
    calls::found(tx, &object::vault(id))?;
    let found = tx.recovery.objects.get(&id.key()).cloned();
    found.ok_or_else(|| resource::missing(id))
}

/// Lists the points of an item, the latest first; `startDate` and `endDate` bound when they were
/// made. The reference names no form of these dates: that of the jobs' is taken.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    let item = item(request, tx, &id)?;
    let filter = Filter::of(request, &["startDate", "endDate"])?;
    let (from, to) = (filter.date("startDate")?, filter.date("endDate")?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(input("$filter", "endDate is before startDate."));
    }
    let points = live(tx, &item).into_iter().rev();
    let points = points.filter(|point| {
        from.is_none_or(|from| point.time >= from) && to.is_none_or(|to| point.time <= to)
    });
    page::of(request, points.collect(), |point| shown(tx, &item, point))
}

/// Reads a point.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    let item = item(request, tx, &id.parent())?;
    let point = find(tx, &item, &id)?;
    Ok(Reply::ok(shown(tx, &item, &point)))
}

/// Returns the point that an id names, if it is not over.
pub(super) fn find(tx: &Tx<'_>, item: &VaultObject, id: &Id) -> Result<BackupPoint, Refusal> {
    let found = tx.recovery.backup_points.get(&key(&[&item.id, id.name()]));
    let found = found.filter(|point| !is_over(tx, item, point)).cloned();
    found.ok_or_else(|| resource::missing(id))
}

fn shown(tx: &Tx<'_>, item: &VaultObject, point: &BackupPoint) -> Value {
    let is_deleted = Stand::of(item) == Stand::Deleted;
    let mut kept = json!({ "isSoftDeleted": is_deleted });
    if let Some((end, rule)) = ends(tx, item, point) {
        kept["expiryTime"] = write(end).into();
        if !rule.is_empty() {
            kept["ruleName"] = rule.into();
        }
    }
    let days = instant_days(policy_of(tx, item).map(|policy| &policy.properties));
    let is_instant = plus_days(point.time, days) > tx.now();
    let mut tiers = vec![json!({ "type": "HardenedRP", "status": "Valid" })];
    if is_instant {
        tiers.insert(0, json!({ "type": "InstantRP", "status": "Valid" }));
    }
    let disks = point.disks.iter();
    let disks: Vec<Value> = disks
        .map(|disk| json!({ "lun": disk.lun.map_or(json!(-1), Value::from), "name": disk.name }))
        .collect();
    let is_premium = point
        .disks
        .iter()
        .any(|disk| disk.sku.starts_with("Premium"));
    json!({
        "id": format!("{}/recoveryPoints/{}", item.id, point.name),
        "name": point.name,
        "type": KIND,
        "properties": {
            "objectType": "IaasVMRecoveryPoint",
            "recoveryPointTime": write(point.time),
            "recoveryPointType": if point.running { "AppConsistent" } else { "CrashConsistent" },
            "recoveryPointAdditionalInfo": "",
            "sourceVMStorageType": if is_premium { "PremiumStorage" } else { "NormalStorage" },
            "isSourceVMEncrypted": false,
            "isInstantIlrSessionActive": false,
            "isManagedVirtualMachine": true,
            "originalStorageAccountOption": false,
            "osType": if point.windows { "Windows" } else { "Linux" },
            "virtualMachineSize": point.size,
            "recoveryPointTierDetails": tiers,
            "recoveryPointDiskConfiguration": {
                "numberOfDisksAttachedToVm": point.disks.len(),
                "numberOfDisksIncludedInBackup": point.disks.len(),
                "includedDiskList": disks,
                "excludedDiskList": [],
            },
            "recoveryPointProperties": kept,
        },
    })
}

//! What a restore makes: disks, and with them a machine or the old one anew. It goes the way of all
//! resources, so that names, quotas and locks count. Source: recovery reference §6.2; names of what is
//! made beside the machine are not confirmed.

use serde_json::{Value, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind;
use crate::sandbox::arm::recovery::backup::refusal::fault;
use crate::sandbox::arm::recovery::maker;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{BackupFault, BackupPoint, BackupRestore, SavedDisk, Tx};

/// Makes what a restore asks for, as of now.
pub(in super::super) fn make(tx: &mut Tx<'_>, restore: &BackupRestore) -> Result<(), BackupFault> {
    let Some(point) = tx.recovery.backup_points.get(&restore.point).cloned() else {
        let text = "The recovery point is not there any more.".to_owned();
        return Err(failed(text));
    };
    let made = match (&restore.machine, &restore.group) {
        (Some(machine), Some(group)) => new_machine(tx, restore, &point, (machine, group)),
        (Some(machine), None) => old_machine(tx, &point, machine),
        (None, Some(group)) => disks(tx, &point, (group, &restore.region), &stamp(tx)).map(drop),
        // Files of the storage account, which this sandbox does not show.
        (None, None) => Ok(()),
    };
    made.map_err(|refusal| failed(refusal.text))
}

fn failed(text: String) -> BackupFault {
    let advice =
        "Make sure that the target is still as it was when the restore began, and retry it.";
    fault(400_105, "Restore failed", text, advice)
}

/// Marks the names of restored disks, which stand beside the old ones.
fn stamp(tx: &Tx<'_>) -> String {
    tx.now().strftime("%Y%m%d-%H%M%S").to_string()
}

/// Makes the disks of a point in a group; returns each with its new id.
fn disks(
    tx: &mut Tx<'_>,
    point: &BackupPoint,
    (group, region): (&str, &str),
    mark: &str,
) -> Result<Vec<(SavedDisk, String)>, Refusal> {
    let mut made = Vec::new();
    for disk in &point.disks {
        let stem: String = disk.name.chars().take(60).collect();
        let id = format!("{group}/providers/Microsoft.Compute/disks/{stem}-{mark}");
        let mut properties = json!({
            "creationData": { "createOption": "Empty" },
            "diskSizeGB": disk.gib,
        });
        if disk.lun.is_none() {
            properties["osType"] = if point.windows { "Windows" } else { "Linux" }.into();
        }
        let body = json!({
            "location": region,
            "sku": { "name": disk.sku },
            "tags": { "RSVaultBackup": point.name },
            "properties": properties,
        });
        write(tx, &id, &body)?;
        if let Some(row) = tx.arm.resources.edit(&id) {
            let from = json!({ "createOption": "Restore", "sourceResourceId": disk.id });
            row.properties.insert("creationData".to_owned(), from);
        }
        made.push((disk.clone(), id));
    }
    Ok(made)
}

/// Makes a machine, with an interface of its own.
fn new_machine(
    tx: &mut Tx<'_>,
    restore: &BackupRestore,
    point: &BackupPoint,
    (machine, group): (&str, &str),
) -> Result<(), Refusal> {
    let name = machine.rsplit('/').next().unwrap_or_default();
    let nic = format!("{group}/providers/Microsoft.Network/networkInterfaces/{name}-nic");
    let place = json!({
        "name": "ipconfig1",
        "properties": { "subnet": { "id": restore.subnet }, "primary": true },
    });
    let region = restore.region.as_str();
    let body = json!({ "location": region, "properties": { "ipConfigurations": [place] } });
    write(tx, &nic, &body)?;
    let mark = stamp(tx);
    let disks = disks(tx, point, (group, region), &mark)?;
    let system = disks.iter().find(|(disk, _)| disk.lun.is_none());
    let system = system.map(|(_, id)| {
        json!({
            "createOption": "Attach",
            "osType": if point.windows { "Windows" } else { "Linux" },
            "managedDisk": { "id": id },
        })
    });
    let data = disks.iter().filter_map(|(disk, id)| {
        let lun = disk.lun?;
        Some(json!({ "lun": lun, "createOption": "Attach", "managedDisk": { "id": id } }))
    });
    let body = json!({ "location": region, "properties": {
        "hardwareProfile": { "vmSize": point.size },
        "storageProfile": { "osDisk": system, "dataDisks": data.collect::<Vec<_>>() },
        "networkProfile": { "networkInterfaces": [{ "id": nic, "properties": { "primary": true } }] },
    } });
    write(tx, machine, &body)
}

/// Gives a machine the disks of a point; the old disks stay, and nobody has them.
fn old_machine(tx: &mut Tx<'_>, point: &BackupPoint, machine: &str) -> Result<(), Refusal> {
    let Some(row) = tx.arm.resources.get(machine).cloned() else {
        let text = format!("The virtual machine '{machine}' was not found.");
        return Err(Refusal::new(404, "UserErrorVmNotFound", text));
    };
    let id = Id::parse(&row.id).unwrap_or_default();
    let group = Id::of_group(
        id.subscription.as_deref().unwrap_or_default(),
        id.group.as_deref().unwrap_or_default(),
    );
    let region = row.location.clone().unwrap_or_default();
    let mark = stamp(tx);
    let disks = disks(tx, point, (&group.text(), &region), &mark)?;
    let Some(row) = tx.arm.resources.edit(machine) else {
        return Ok(());
    };
    let Some(Value::Object(storage)) = row.properties.get_mut("storageProfile") else {
        return Ok(());
    };
    let mut data = Vec::new();
    for (disk, id) in disks {
        match disk.lun {
            None => replace(storage.get_mut("osDisk"), &disk, &id),
            Some(lun) => data.push(json!({
                "lun": lun,
                "name": id.rsplit('/').next(),
                "createOption": "Attach",
                "diskSizeGB": disk.gib,
                "managedDisk": { "id": id, "storageAccountType": disk.sku },
            })),
        }
    }
    storage.insert("dataDisks".to_owned(), data.into());
    row.version += 1;
    let row = row.clone();
    if let Some(machines) = kind::find(&row.kind) {
        machines.written(tx, &row);
    }
    Ok(())
}

fn replace(old: Option<&mut Value>, disk: &SavedDisk, id: &str) {
    if let Some(old) = old {
        old["name"] = id.rsplit('/').next().into();
        old["diskSizeGB"] = disk.gib.into();
        old["managedDisk"] = json!({ "id": id, "storageAccountType": disk.sku });
    }
}

/// Writes a resource to its end, in the name of the service.
fn write(tx: &mut Tx<'_>, id: &str, body: &Value) -> Result<(), Refusal> {
    let id = Id::parse(id).unwrap_or_default();
    maker::put(tx, "Backup Management Service", &id, body)
}

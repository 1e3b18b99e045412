//! The disks of a machine's data, each with a number of its own (lun). Source: arm reference §10.8.

use serde_json::{Value, json};

use super::super::super::disks;
use super::super::super::refusal::{absent, not_allowed};
use super::super::super::sizes::Size;
use super::super::{links, objects};
use super::Members;
use super::disk::{attached, gigabytes, is_managed, manage, usual};
use crate::sandbox::arm::body::{self, need, parameter};
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// Checks the disks of the data.
pub(super) fn data(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    storage: &Members,
    (size, managed): (&Size, bool),
) -> Result<Vec<Members>, Refusal> {
    let mut all = objects(storage, "dataDisks")?;
    all.retain(|disk| disk.get("toBeDetached") != Some(&json!(true)));
    if all.len() > size.data_disks {
        let text = format!(
            "The maximum number of data disks allowed to be attached to a VM of this size is {}.",
            size.data_disks
        );
        return Err(not_allowed(text));
    }
    let known = match draft.before {
        Some(before) => objects(&before.properties, "storageProfile.dataDisks")?,
        None => Vec::new(),
    };
    let mut luns = Vec::new();
    for disk in &mut all {
        if let Some(was) = known.iter().find(|was| is_same(was, disk)) {
            let option = was.get("createOption").cloned().unwrap_or_default();
            *disk = merged(was, std::mem::take(disk));
            disk.insert("createOption".to_owned(), option);
        }
        let lun = disk.get("lun").ok_or_else(|| absent("dataDisk.lun"))?;
        let lun = lun.as_u64().filter(|lun| *lun < 64);
        let Some(lun) = lun.filter(|lun| !luns.contains(lun)) else {
            let text = "The value of parameter 'dataDisk.lun' is invalid: every data disk has a number of its own from 0 to 63.";
            return Err(parameter("dataDisk.lun", text));
        };
        luns.push(lun);
        if is_managed(disk, "dataDisk")? != managed {
            let text = "Managed disks and unmanaged disks cannot be used by one virtual machine.";
            return Err(not_allowed(text));
        }
        data_disk(tx, draft, disk, managed)?;
        if managed {
            let name = format!("{}_disk{}", draft.id.name(), lun + 2);
            manage(tx, draft, disk, (&name, size, "dataDisk"))?;
        }
    }
    Ok(all)
}

/// Tells whether a disk is one that the machine had: the same number, and no other name or id.
fn is_same(was: &Members, disk: &Members) -> bool {
    let same = |path: &str| {
        let given = body::at(disk, path).and_then(Value::as_str);
        let known = body::at(was, path).and_then(Value::as_str);
        given.is_none_or(|given| known.is_some_and(|known| known.eq_ignore_ascii_case(given)))
    };
    was.get("lun") == disk.get("lun") && same("name") && same("managedDisk.id") && same("vhd.uri")
}

fn data_disk(
    tx: &Tx<'_>,
    draft: &Draft<'_>,
    disk: &mut Members,
    managed: bool,
) -> Result<(), Refusal> {
    let option = need(disk, "createOption")?.to_lowercase();
    let is_there = own(draft, disk);
    match option.as_str() {
        "attach" if managed => attached(tx, draft, disk, "dataDisk")?,
        "attach" => {}
        "empty" if is_there || gigabytes(disk)?.is_some() => {}
        "empty" => return Err(absent("dataDisk.diskSizeGB")),
        "copy" | "restore" if is_there => {}
        "copy" => {
            let source = need(disk, "sourceResource.id")?;
            let size = disks::size_of(tx, source, "dataDisk.sourceResource")?;
            if gigabytes(disk)?.is_none() {
                disk.insert("diskSizeGB".to_owned(), size.into());
            }
        }
        _ => {
            let text = format!(
                "The value of parameter 'dataDisk.createOption' is invalid: '{option}' needs what the image or this sandbox does not have."
            );
            return Err(parameter("dataDisk.createOption", text));
        }
    }
    usual(disk, "caching", "None");
    usual(disk, "deleteOption", "Detach");
    Ok(())
}

/// Tells whether the machine has this disk already.
fn own(draft: &Draft<'_>, disk: &Members) -> bool {
    let id = body::at(disk, "managedDisk.id").and_then(Value::as_str);
    let held = draft.before.map(links::disks_of).unwrap_or_default();
    id.is_some_and(|id| held.iter().any(|held| held.eq_ignore_ascii_case(id)))
}

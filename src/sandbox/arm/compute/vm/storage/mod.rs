//! The disks that a machine wants: one of the system, from an image or attached, and those of the
//! data by their number (lun). Old machines have files of a storage account (`vhd`) in place of
//! disks. Source: arm reference §10.8, §11.

mod data;
mod disk;

use serde_json::{Map, Value, json};

use self::data::data;
use self::disk::{attached, gigabytes, is_managed, manage, usual};
use super::super::images::{self, Image};
use super::super::refusal::{absent, unchangeable};
use super::super::sizes::Size;
use crate::sandbox::arm::body::{self, need, parameter};
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// What the rest of the check has to know of the disks.
pub(super) struct Facts {
    /// Whether the system is Windows.
    pub(super) windows: bool,
    /// Whether the system's disk is made from an image, so that the system has yet to be set up.
    pub(super) fresh: bool,
    /// Whether the disks are resources.
    pub(super) managed: bool,
}

type Members = Map<String, Value>;

/// Checks and completes the disks.
pub(super) fn check(tx: &mut Tx<'_>, draft: &mut Draft<'_>, size: &Size) -> Result<Facts, Refusal> {
    let mut storage = body::member(&draft.resource.properties, "storageProfile")?;
    let before = match draft.before {
        Some(before) => body::member(&before.properties, "storageProfile")?,
        None => Map::new(),
    };
    let mut disk = body::member(&storage, "osDisk")?;
    if draft.before.is_some() {
        same_image(&mut storage, &before)?;
        disk = same_disk(disk, &body::member(&before, "osDisk")?)?;
    }
    if disk.is_empty() {
        return Err(absent("storageProfile.osDisk"));
    }
    let facts = system(tx, draft, (&mut storage, &mut disk), size)?;
    let data = data(tx, draft, &storage, (size, facts.managed))?;
    storage.insert("osDisk".to_owned(), disk.into());
    storage.insert("dataDisks".to_owned(), json!(data));
    let properties = &mut draft.resource.properties;
    properties.insert("storageProfile".to_owned(), storage.into());
    Ok(facts)
}

fn same_image(storage: &mut Members, before: &Members) -> Result<(), Refusal> {
    let Some(known) = before.get("imageReference").cloned() else {
        return images::none(storage);
    };
    if let Some(Value::Object(given)) = storage.get("imageReference") {
        for name in ["publisher", "offer", "sku", "version", "id"] {
            if let Some(value) = given.get(name)
                && known.get(name) != Some(value)
            {
                return Err(unchangeable("imageReference"));
            }
        }
    }
    storage.insert("imageReference".to_owned(), known);
    Ok(())
}

/// The system's disk of a machine stays what it is; its size and how it is used may change.
fn same_disk(given: Members, before: &Members) -> Result<Members, Refusal> {
    for path in ["name", "createOption", "managedDisk.id", "vhd.uri"] {
        let text = body::text(&given, path)?;
        let known = body::text(before, path)?;
        let same = |text: &str| known.is_some_and(|known| known.eq_ignore_ascii_case(text));
        if text.is_some_and(|text| !same(text)) {
            return Err(unchangeable(&format!("osDisk.{path}")));
        }
    }
    let mut all = merged(before, given);
    if let Some(name) = before.get("createOption") {
        all.insert("createOption".to_owned(), name.clone());
    }
    Ok(all)
}

/// Checks the system's disk.
fn system(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    (storage, disk): (&mut Members, &mut Members),
    size: &Size,
) -> Result<Facts, Refusal> {
    let option = need(disk, "createOption")?.to_lowercase();
    let managed = is_managed(disk, "osDisk")?;
    let image = match option.as_str() {
        "fromimage" => image(storage, disk)?,
        "attach" => {
            images::none(storage)?;
            if managed {
                attached(tx, draft, disk, "osDisk")?;
            }
            None
        }
        _ => {
            let text = "The value of parameter 'osDisk.createOption' is invalid: the disk of a system is made FromImage or attached (Attach).";
            return Err(parameter("osDisk.createOption", text));
        }
    };
    let windows = match image {
        Some(image) => image.windows,
        None => need(disk, "osType")?.eq_ignore_ascii_case("Windows"),
    };
    disk.insert(
        "osType".to_owned(),
        if windows { "Windows" } else { "Linux" }.into(),
    );
    if let Some(image) = image {
        image_fits(disk, image)?;
    }
    usual(disk, "caching", "ReadWrite");
    usual(disk, "deleteOption", "Detach");
    if managed {
        let name = format!("{}_OsDisk_1", draft.id.name());
        manage(tx, draft, disk, (&name, size, "osDisk"))?;
    } else {
        need(disk, "name")?;
    }
    Ok(Facts {
        windows,
        fresh: option == "fromimage",
        managed,
    })
}

/// Returns the image of the marketplace, or `None` for a file that serves as one.
fn image(storage: &mut Members, disk: &Members) -> Result<Option<&'static Image>, Refusal> {
    let mut reference = body::member(storage, "imageReference")?;
    if reference.is_empty() {
        return match body::text(disk, "image.uri")? {
            Some(_) => Ok(None),
            None => Err(absent("imageReference")),
        };
    }
    let image = images::named(&mut reference)?;
    storage.insert("imageReference".to_owned(), reference.into());
    Ok(Some(image))
}

fn image_fits(disk: &mut Members, image: &Image) -> Result<(), Refusal> {
    match gigabytes(disk)? {
        Some(given) if given < image.size_gb => {
            let text = format!(
                "The specified disk size {given} GB is smaller than the size of the corresponding disk in the VM image: {} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.",
                image.size_gb
            );
            return Err(parameter("osDisk.diskSizeGB", text));
        }
        Some(_) => {}
        None => drop(disk.insert("diskSizeGB".to_owned(), image.size_gb.into())),
    }
    Ok(())
}

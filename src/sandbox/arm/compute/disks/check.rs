//! What a disk may be made from, how big it may be, and what of it may change. Source: arm reference
//! §10.8.

use serde_json::{Map, Value};

use super::super::refusal::{absent, busy, not_allowed, unchangeable, unknown};
use super::super::{images, vm};
use super::{attach, shape};
use crate::sandbox::arm::body::{self, need, one_of, parameter};
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

#[rustfmt::skip]
const FIELDS: &[&str] = &["burstingEnabled", "burstingEnabledTime", "completionPercent", "creationData", "dataAccessAuthMode", "diskAccessId", "diskIOPSReadOnly", "diskIOPSReadWrite", "diskMBpsReadOnly", "diskMBpsReadWrite", "diskSizeBytes", "diskSizeGB", "diskState", "encryption", "encryptionSettingsCollection", "hyperVGeneration", "LastOwnershipUpdateTime", "maxShares", "networkAccessPolicy", "optimizedForFrequentAttach", "osType", "propertyUpdatesInProgress", "provisioningState", "publicNetworkAccess", "purchasePlan", "securityProfile", "shareInfo", "supportedCapabilities", "supportsHibernation", "tier", "timeCreated", "uniqueId"];

#[rustfmt::skip]
const OPTIONS: &[&str] = &["Attach", "Copy", "CopyFromSanSnapshot", "CopyStart", "Empty", "FromImage", "Import", "ImportSecure", "Restore", "Upload", "UploadPreparedSecure"];

const VALUES: [(&str, &[&str]); 5] = [
    (
        "networkAccessPolicy",
        &["AllowAll", "AllowPrivate", "DenyAll"],
    ),
    ("publicNetworkAccess", &["Disabled", "Enabled"]),
    ("osType", &["Linux", "Windows"]),
    ("hyperVGeneration", &["V1", "V2"]),
    (
        "encryption.type",
        &[
            "EncryptionAtRestWithCustomerKey",
            "EncryptionAtRestWithPlatformAndCustomerKeys",
            "EncryptionAtRestWithPlatformKey",
        ],
    ),
];

/// Fields that the provider keeps, whatever is sent.
const KEPT: [&str; 2] = ["timeCreated", "uniqueId"];
const COMPUTED: [&str; 4] = [
    "diskState",
    "diskSizeBytes",
    "shareInfo",
    "LastOwnershipUpdateTime",
];

/// Refuses a name that a disk cannot have.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if (1..=80).contains(&name.len()) && name.chars().all(fits) && !name.ends_with('.') {
        return Ok(());
    }
    let text = format!(
        "The name '{name}' of a disk has at most 80 letters, digits, '-', '_' and '.', and does not end with '.'."
    );
    Err(Refusal::new(400, "InvalidResourceName", text).target("name"))
}

/// Checks and completes a disk.
pub(super) fn check(tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if let Some(before) = draft.before
        && before.state != "Succeeded"
        && before.state != "Failed"
    {
        return Err(busy());
    }
    let properties = &mut draft.resource.properties;
    vm::members(properties, "properties", FIELDS)?;
    for (path, values) in VALUES {
        if let Some(given) = body::text(properties, path)? {
            one_of(path, given, values)?;
        }
    }
    for name in COMPUTED {
        properties.remove(name);
    }
    sku(tx, draft)?;
    if let Some(before) = draft.before {
        unchanged(draft, before)?;
    }
    let least = creation(tx, draft)?;
    size(tx, draft, least)?;
    shape::complete(tx, &mut draft.resource);
    Ok(())
}

fn sku(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let members = &mut draft.resource.members;
    let before = draft.before.map(shape::sku);
    let given = body::text(members, "sku.name")?;
    let name = given.or(before).unwrap_or("Standard_LRS");
    let name = one_of("sku.name", name, vm::STORAGE)?;
    members.insert("sku".to_owned(), serde_json::json!({ "name": name }));
    if let Some(disk) = draft.before.filter(|_| before != Some(name))
        && let Some(machine) = in_use(tx, disk)
    {
        let text = format!(
            "Cannot change the storage account type of disk {} while it is attached to running VM {machine}.",
            disk.name
        );
        return Err(not_allowed(text));
    }
    Ok(())
}

/// Returns the machine that uses a disk: one that is not deallocated.
fn in_use<'a>(tx: &Tx<'_>, disk: &'a Resource) -> Option<&'a str> {
    attach::user(disk).filter(|_| !shape::is_reserved(tx, disk))
}

/// What a disk was made from stays; what the provider gave does, too.
fn unchanged(draft: &mut Draft<'_>, before: &Resource) -> Result<(), Refusal> {
    let known = body::member(&before.properties, "creationData")?;
    let properties = &mut draft.resource.properties;
    for (name, value) in body::member(properties, "creationData")? {
        let same = match (known.get(&name), &value) {
            (Some(Value::String(known)), Value::String(value)) => known.eq_ignore_ascii_case(value),
            (known, value) => known == Some(value) || value.is_null(),
        };
        if !same {
            return Err(unchangeable(&format!("disk.creationData.{name}")));
        }
    }
    properties.insert("creationData".to_owned(), known.into());
    for name in KEPT.into_iter().chain(["osType", "diskSizeGB"]) {
        if let Some(value) = before.properties.get(name)
            && (KEPT.contains(&name) || properties.get(name).is_none_or(Value::is_null))
        {
            properties.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// Checks what a disk is made from, and returns the least size that follows; a disk that there is
/// has what it was made from.
fn creation(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<u64, Refusal> {
    if draft.before.is_some() {
        return Ok(1);
    }
    let properties = &mut draft.resource.properties;
    let mut data = body::member(properties, "creationData")?;
    if data.is_empty() {
        return Err(absent("disk.creationData"));
    }
    let option = one_of(
        "disk.creationData.createOption",
        need(&data, "createOption")?,
        OPTIONS,
    )?;
    data.insert("createOption".to_owned(), option.into());
    let is_sized = properties.contains_key("diskSizeGB");
    let least = match option {
        "Empty" if is_sized => 1,
        "Empty" => return Err(absent("disk.diskSizeGB")),
        "Copy" | "Restore" | "CopyStart" => {
            let source = need(&data, "sourceResourceId")?.to_owned();
            let field = "disk.creationData.sourceResourceId";
            let found = attach::find(tx, &source).ok_or_else(|| unknown(field, &source))?;
            if let Some(system) = found.properties.get("osType") {
                properties.insert("osType".to_owned(), system.clone());
            }
            shape::gigabytes(found)
        }
        "FromImage" => from_image(properties, &data)?,
        "Import" => {
            need(&data, "sourceUri")?;
            need(&data, "storageAccountId")?;
            // The file is not there to be measured; the reference names no size for it.
            30
        }
        "Upload" => upload(properties, &data)?,
        _ => {
            let text = format!("This sandbox makes no disks by '{option}'.");
            return Err(Refusal::new(501, "NotImplemented", text));
        }
    };
    properties.insert("creationData".to_owned(), data.into());
    Ok(least)
}

fn from_image(
    properties: &mut Map<String, Value>,
    data: &Map<String, Value>,
) -> Result<u64, Refusal> {
    let id = need(data, "imageReference.id")?;
    let words: Vec<&str> = id.split('/').collect();
    let after = |word: &str| {
        let at = words
            .iter()
            .position(|one| one.eq_ignore_ascii_case(word))?;
        words.get(at + 1).copied()
    };
    let mut reference = Map::new();
    for (name, word) in [
        ("publisher", "Publishers"),
        ("offer", "Offers"),
        ("sku", "Skus"),
        ("version", "Versions"),
    ] {
        reference.insert(name.to_owned(), after(word).unwrap_or_default().into());
    }
    let field = "disk.creationData.imageReference.id";
    let image = images::of(&reference).ok_or_else(|| unknown(field, id))?;
    let system = if image.windows { "Windows" } else { "Linux" };
    properties.insert("osType".to_owned(), system.into());
    Ok(image.size_gb)
}

/// A file to be uploaded has at least 20 MiB and a footer of 512 bytes.
fn upload(properties: &mut Map<String, Value>, data: &Map<String, Value>) -> Result<u64, Refusal> {
    let field = "disk.creationData.uploadSizeBytes";
    let size = data.get("uploadSizeBytes").and_then(Value::as_u64);
    let size = size.ok_or_else(|| absent(field))?;
    if size < 20 * 1024 * 1024 + 512 || size % 512 != 0 {
        let text = "The value of parameter uploadSizeBytes is invalid: at least 20972032 bytes, in steps of 512.";
        return Err(parameter(field, text));
    }
    properties.remove("diskSizeGB");
    Ok(size.div_ceil(1 << 30))
}

/// A disk only grows; that of a system not while its machine uses it.
fn size(tx: &Tx<'_>, draft: &mut Draft<'_>, least: u64) -> Result<(), Refusal> {
    let properties = &mut draft.resource.properties;
    let given = match properties.get("diskSizeGB") {
        None | Some(Value::Null) => least.into(),
        Some(given) => given.clone(),
    };
    let Some(size) = given.as_u64().filter(|size| (1..=32_767).contains(size)) else {
        let text = "The value of parameter 'disk.diskSizeGB' is out of range: a disk has 1 to 32767 gigabytes.";
        return Err(parameter("disk.diskSizeGB", text));
    };
    if size < least {
        let text = format!(
            "The disk size {size} GB is smaller than that of what the disk is made from: {least} GB."
        );
        return Err(parameter("disk.diskSizeGB", text));
    }
    properties.insert("diskSizeGB".to_owned(), size.into());
    let Some(before) = draft.before else {
        return Ok(());
    };
    let was = shape::gigabytes(before);
    if size < was {
        let text = format!(
            "Disk size reduction is not supported. Current size is {was} GB, requested size is {size} GB."
        );
        return Err(not_allowed(text));
    }
    let is_system = before.properties.contains_key("osType");
    match in_use(tx, before).filter(|_| is_system && size > was) {
        None => Ok(()),
        Some(machine) => Err(not_allowed(format!(
            "Cannot resize disk {} while it is attached to running VM {machine}.",
            before.name
        ))),
    }
}

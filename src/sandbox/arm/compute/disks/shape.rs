//! What a disk shows: what follows from its kind and size, and its state. Source: arm reference
//! §10.8; how fast a disk is, is this sandbox's choice.

use serde_json::{Map, Value, json};

use super::{access, attach};
use crate::sandbox::arm::body;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{Resource, Tx};

const GIB: u64 = 1 << 30;

/// Premium disks: gigabytes up to which it holds, tier, operations and megabytes a second.
const PREMIUM: [(u64, &str, u64, u64); 9] = [
    (32, "P4", 120, 25),
    (64, "P6", 240, 50),
    (128, "P10", 500, 100),
    (256, "P15", 1100, 125),
    (512, "P20", 2300, 150),
    (1024, "P30", 5000, 200),
    (2048, "P40", 7500, 250),
    (4096, "P50", 7500, 250),
    (32_767, "P80", 20_000, 900),
];

/// Returns the size of a disk.
pub(super) fn gigabytes(disk: &Resource) -> u64 {
    let size = disk.properties.get("diskSizeGB").and_then(Value::as_u64);
    size.unwrap_or_default()
}

/// Returns the kind of storage of a disk.
pub(super) fn sku(disk: &Resource) -> &str {
    let name = body::at(&disk.members, "sku.name").and_then(Value::as_str);
    name.unwrap_or("Standard_LRS")
}

/// Gives a disk another size.
pub(super) fn resize(disk: &mut Resource, size: u64) {
    let properties = &mut disk.properties;
    properties.insert("diskSizeGB".to_owned(), size.into());
    computed(disk);
}

/// Adds what the provider gives to a disk that is made.
pub(super) fn complete(tx: &mut Tx<'_>, disk: &mut Resource) {
    let given = [
        ("timeCreated", json!(write(tx.now()))),
        ("uniqueId", json!(tx.guid())),
        ("networkAccessPolicy", json!("AllowAll")),
        ("publicNetworkAccess", json!("Enabled")),
        (
            "encryption",
            json!({ "type": "EncryptionAtRestWithPlatformKey" }),
        ),
    ];
    for (name, value) in given {
        disk.properties.entry(name).or_insert(value);
    }
    computed(disk);
}

/// Writes what follows from kind and size.
pub(super) fn computed(disk: &mut Resource) {
    let size = gigabytes(disk);
    let sku = sku(disk).to_owned();
    let premium = PREMIUM.iter().find(|(most, ..)| size <= *most);
    let is_premium = matches!(sku.as_str(), "Premium_LRS" | "Premium_ZRS");
    let tier = premium.filter(|_| is_premium);
    let (operations, megabytes) = match (tier, sku.as_str()) {
        (Some((_, _, operations, megabytes)), _) => (*operations, *megabytes),
        (None, "Standard_LRS") => (500, 60),
        (None, "UltraSSD_LRS" | "PremiumV2_LRS") => (3000, 125),
        (None, _) => (500, 100),
    };
    let properties = &mut disk.properties;
    properties.insert("diskSizeBytes".to_owned(), (size * GIB).into());
    let own = matches!(sku.as_str(), "UltraSSD_LRS" | "PremiumV2_LRS");
    for (name, value) in [
        ("diskIOPSReadWrite", operations),
        ("diskMBpsReadWrite", megabytes),
    ] {
        if !own || !properties.contains_key(name) {
            properties.insert(name.to_owned(), value.into());
        }
    }
    match tier {
        Some((_, tier, ..)) => drop(properties.insert("tier".to_owned(), (*tier).into())),
        None => drop(properties.remove("tier")),
    }
    let kind = sku.split('_').next().unwrap_or_default();
    let kind = kind
        .trim_end_matches("SSD")
        .trim_end_matches("V2")
        .to_owned();
    disk.members
        .insert("sku".to_owned(), json!({ "name": sku, "tier": kind }));
}

/// Shows who has a disk, and its state.
pub(super) fn show(tx: &Tx<'_>, disk: &Resource, shown: &mut Map<String, Value>) {
    if let Some(machine) = attach::user(disk) {
        shown.insert("managedBy".to_owned(), machine.into());
    }
    if let Some(Value::Object(properties)) = shown.get_mut("properties") {
        properties.insert("diskState".to_owned(), state(tx, disk).into());
    }
}

/// Returns the state of a disk.
fn state(tx: &Tx<'_>, disk: &Resource) -> &'static str {
    let option = body::at(&disk.properties, "creationData.createOption");
    let is_upload = option == Some(&json!("Upload"));
    let is_open = access::is_open(tx, disk);
    match attach::user(disk) {
        _ if is_open && is_upload => "ActiveUpload",
        _ if is_open => "ActiveSAS",
        Some(_) if is_reserved(tx, disk) => "Reserved",
        Some(_) => "Attached",
        None if is_upload && !disk.hidden.contains_key("uploaded") => "ReadyToUpload",
        None => "Unattached",
    }
}

/// Tells whether the machine of a disk is deallocated, so that the disk is not being used.
pub(super) fn is_reserved(tx: &Tx<'_>, disk: &Resource) -> bool {
    let machine = attach::user(disk).and_then(|id| tx.arm.resources.get(id));
    machine.is_some_and(|machine| machine.hidden.get("power") == Some(&json!("deallocated")))
}

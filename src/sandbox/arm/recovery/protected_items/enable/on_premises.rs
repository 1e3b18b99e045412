//! A machine on premises that is replicated to Azure: a protectable item of its container, with a
//! target in the region of the vault. Source: recovery reference §5.3. Which of the fields of `InMage`
//! and `InMageRcm` the service looks at beyond those that are required, the reference does not say.

use serde_json::{Map, Value};

use super::lookup::{group_at, network_at, protected, resource_at, twice};
use super::{Found, Wanted};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::protected_items::input::{need, text, word};
use crate::sandbox::arm::recovery::protected_items::item::{Disk, Item, Place, Provider};
use crate::sandbox::arm::recovery::protected_items::networks::part;
use crate::sandbox::arm::recovery::protected_items::state::{Phase, Side, State};
use crate::sandbox::arm::recovery::protected_items::wrong::Wrong;
use crate::sandbox::store::{Tx, VaultObject};

/// Type of protectable items below a vault.
const PROTECTABLE: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectableItems";
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";
const SYSTEMS: [&str; 2] = ["Windows", "Linux"];
/// Gigabytes of a disk whose size nobody knows.
const USUAL: u64 = 127;

type Members = Map<String, Value>;

/// What the providers call the same things.
struct Fields {
    group: &'static str,
    network: &'static str,
    subnet: &'static str,
    name: &'static str,
}

fn fields(provider: Provider) -> Fields {
    match provider {
        Provider::InMageRcm => Fields {
            group: "targetResourceGroupId",
            network: "targetNetworkId",
            subnet: "targetSubnetName",
            name: "targetVmName",
        },
        _ => Fields {
            group: "targetAzureV2ResourceGroupId",
            network: "targetAzureNetworkId",
            subnet: "targetAzureSubnetId",
            name: "targetAzureVmName",
        },
    }
}

/// Finds the machine, and where it goes.
pub(super) fn find(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Result<Found, Wrong> {
    if wanted.provider == Provider::InMageRcm {
        for field in [
            "fabricDiscoveryMachineId",
            "processServerId",
            "targetResourceGroupId",
        ] {
            need(&wanted.details, field)?;
        }
    }
    let source = source(tx, wanted)?;
    let known = source
        .as_ref()
        .and_then(|source| source.properties.get("friendlyName"));
    let known = known.and_then(Value::as_str);
    let given = text(&wanted.details, "vmName")?;
    let name = given.or(known).unwrap_or(wanted.asked.id.name()).to_owned();
    let recovery = recovery(tx, wanted, &name)?;
    let now = tx.now();
    let item = Item {
        provider: wanted.provider,
        state: State::new(Phase::EnablingFailed, Side::Primary),
        vm: String::new(),
        primary: Place {
            name: name.clone(),
            ..Place::default()
        },
        recovery,
        disks: disks(&wanted.details, source.as_ref())?,
        test_machine: None,
        begun: now,
        since: now,
        until: None,
        tested: None,
        failed_over: None,
        point: None,
        failure: None,
    };
    let mut properties = Members::new();
    if let Some(source) = source {
        properties.insert("protectableItemId".to_owned(), source.id.into());
    }
    Ok(Found {
        item,
        friendly_name: name,
        properties,
    })
}

/// Returns the protectable item, which must be of the container and free.
fn source(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Result<Option<VaultObject>, Wrong> {
    const FIELD: &str = "protectableItemId";
    let properties = &wanted.asked.properties;
    let Some(id) = text(properties, FIELD)? else {
        if wanted.provider == Provider::InMageRcm {
            return Ok(None);
        }
        return need(properties, FIELD).map(|_| None);
    };
    let inside = format!("{}/", wanted.container.id.to_lowercase());
    let found = part(tx, id, PROTECTABLE);
    let found = found.filter(|found| found.id.to_lowercase().starts_with(&inside));
    let found = found.ok_or_else(|| Wrong::absent(FIELD, id))?;
    let is_same = |one: &VaultObject| {
        let of = one.properties.get(FIELD).and_then(Value::as_str);
        of.is_some_and(|of| of.eq_ignore_ascii_case(id))
    };
    match protected(tx, wanted.asked, is_same) {
        Some(by) => Err(twice(&found.name, by)),
        None => Ok(Some(found.clone())),
    }
}

fn recovery(tx: &Tx<'_>, wanted: &Wanted<'_>, name: &str) -> Result<Place, Wrong> {
    let details = &wanted.details;
    let names = fields(wanted.provider);
    let location = wanted.asked.vault.location.clone().unwrap_or_default();
    for field in [
        "targetStorageAccountId",
        "storageAccountId",
        "logStorageAccountId",
    ] {
        resource_at(tx, details, field, ACCOUNT)?;
    }
    let group = match group_at(tx, details, names.group)? {
        Some(group) => group,
        // The reference does not say where a machine goes whose group is not named.
        None => vault_group(wanted),
    };
    let test_network = network_at(tx, details, "testNetworkId", &location)?;
    let texts = |field: &str| text(details, field).map(Option::unwrap_or_default);
    Ok(Place {
        group,
        network: network_at(tx, details, names.network, &location)?,
        subnet: texts(names.subnet)?.to_owned(),
        name: text(details, names.name)?.unwrap_or(name).to_owned(),
        size: texts("targetVmSize")?.to_owned(),
        test_network,
        machine: None,
        location,
    })
}

fn vault_group(wanted: &Wanted<'_>) -> String {
    let id = &wanted.asked.id;
    let subscription = id.subscription.as_deref().unwrap_or_default();
    Id::of_group(subscription, id.group.as_deref().unwrap_or_default()).text()
}

/// Returns the disks of the machine: those that were discovered, less those that are left out.
fn disks(details: &Members, source: Option<&VaultObject>) -> Result<Vec<Disk>, Wrong> {
    let of_source = |path: &str| source.and_then(|source| body::at(&source.properties, path));
    let known = of_source("customDetails.osDetails.osType").or(of_source("customDetails.osType"));
    let system = match text(details, "osType")? {
        Some(given) => word("osType", given, &SYSTEMS)?,
        None => match known.and_then(Value::as_str) {
            Some(known) if known.eq_ignore_ascii_case("Linux") => SYSTEMS[1],
            _ => SYSTEMS[0],
        },
    };
    let included = match details.get("disksToInclude") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let first = text(details, "vhdId")?;
    let all = of_source("customDetails.diskDetails").and_then(Value::as_array);
    let mut found = Vec::new();
    for disk in all.into_iter().flatten().filter_map(Value::as_object) {
        let id = text(disk, "vhdId")?.unwrap_or_default();
        let is_system = first.map_or(found.is_empty(), |first| first == id);
        if is_system || included.is_empty() || included.contains(&id) {
            let size = disk.get("maxSizeMB").and_then(Value::as_u64);
            let name = text(disk, "vhdName")?.unwrap_or(id);
            let system = if is_system { system } else { "" };
            found.push(of_file(name, size.map(|size| size.div_ceil(1024)), system));
        }
    }
    if !found.iter().any(|disk| !disk.system.is_empty()) {
        // A machine whose disks are known has the one that is named, or it is none of its own.
        if let Some(first) = first.filter(|_| !found.is_empty()) {
            return Err(Wrong::absent("vhdId", first));
        }
        found.insert(0, of_file("os", None, system));
    }
    Ok(found)
}

fn of_file(name: &str, gib: Option<u64>, system: &str) -> Disk {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    Disk {
        name: name.replace(|letter: char| !fits(letter), "-"),
        id: String::new(),
        gib: gib.filter(|gib| *gib > 0).unwrap_or(USUAL),
        system: system.to_owned(),
        storage: "Standard_LRS".to_owned(),
        staging: String::new(),
    }
}

//! The fields that a machine may have, and those with a closed set of values. Source: arm reference
//! §10.8 (its tables of fields).

use serde_json::{Map, Value};

use crate::sandbox::arm::body::{self, invalid, one_of, parameter};
use crate::sandbox::reply::Refusal;

/// Objects by their dotted path, and what they may hold.
#[rustfmt::skip]
const OBJECTS: [(&str, &[&str]); 11] = [
    ("", &["additionalCapabilities", "applicationProfile", "availabilitySet", "billingProfile", "capacityReservation", "diagnosticsProfile", "evictionPolicy", "extensionsTimeBudget", "hardwareProfile", "host", "hostGroup", "instanceView", "licenseType", "networkProfile", "osProfile", "platformFaultDomain", "priority", "provisioningState", "proximityPlacementGroup", "scheduledEventsPolicy", "scheduledEventsProfile", "securityProfile", "storageProfile", "timeCreated", "userData", "vmId", "virtualMachineScaleSet"]),
    ("hardwareProfile", &["vmSize", "vmSizeProperties"]),
    ("storageProfile", &["alignRegionalDisksToVMZone", "dataDisks", "diskControllerType", "imageReference", "osDisk"]),
    ("storageProfile.imageReference", &["communityGalleryImageId", "exactVersion", "id", "offer", "publisher", "sharedGalleryImageId", "sku", "version"]),
    ("storageProfile.osDisk", &["caching", "createOption", "deleteOption", "diffDiskSettings", "diskSizeGB", "encryptionSettings", "image", "managedDisk", "name", "osType", "vhd", "writeAcceleratorEnabled"]),
    ("osProfile", &["adminPassword", "adminUsername", "allowExtensionOperations", "computerName", "customData", "linuxConfiguration", "requireGuestProvisionSignal", "secrets", "windowsConfiguration"]),
    ("osProfile.linuxConfiguration", &["disablePasswordAuthentication", "enableVMAgentPlatformUpdates", "patchSettings", "provisionVMAgent", "ssh"]),
    ("osProfile.windowsConfiguration", &["additionalUnattendContent", "enableAutomaticUpdates", "enableVMAgentPlatformUpdates", "patchSettings", "provisionVMAgent", "timeZone", "winRM"]),
    ("networkProfile", &["networkApiVersion", "networkInterfaceConfigurations", "networkInterfaces"]),
    ("securityProfile", &["encryptionAtHost", "encryptionIdentity", "proxyAgentSettings", "securityType", "uefiSettings"]),
    ("diagnosticsProfile.bootDiagnostics", &["enabled", "storageUri"]),
];

const DATA_DISK: &[&str] = &[
    "caching",
    "createOption",
    "deleteOption",
    "detachOption",
    "diskIOPSReadWrite",
    "diskMBpsReadWrite",
    "diskSizeGB",
    "image",
    "lun",
    "managedDisk",
    "name",
    "sourceResource",
    "toBeDetached",
    "vhd",
    "writeAcceleratorEnabled",
];

/// Values of disks, of the system and of the data.
const OF_DISKS: [(&str, &[&str]); 4] = [
    (
        "createOption",
        &["Attach", "Copy", "Empty", "FromImage", "Restore"],
    ),
    ("caching", &["None", "ReadOnly", "ReadWrite"]),
    ("deleteOption", &["Delete", "Detach"]),
    ("managedDisk.storageAccountType", STORAGE),
];

/// Kinds of storage of disks.
pub(in super::super) const STORAGE: &[&str] = &[
    "Premium_LRS",
    "PremiumV2_LRS",
    "Premium_ZRS",
    "Standard_LRS",
    "StandardSSD_LRS",
    "StandardSSD_ZRS",
    "UltraSSD_LRS",
];

/// Values of further fields.
const VALUES: [(&str, &[&str]); 6] = [
    ("priority", &["Low", "Regular", "Spot"]),
    ("evictionPolicy", &["Deallocate", "Delete"]),
    (
        "securityProfile.securityType",
        &["ConfidentialVM", "TrustedLaunch"],
    ),
    ("storageProfile.osDisk.osType", &["Linux", "Windows"]),
    (
        "osProfile.linuxConfiguration.patchSettings.patchMode",
        &["AutomaticByPlatform", "ImageDefault"],
    ),
    (
        "osProfile.windowsConfiguration.patchSettings.patchMode",
        &["AutomaticByOS", "AutomaticByPlatform", "Manual"],
    ),
];

/// Refuses fields that there are not, and values that are none of their set.
pub(super) fn check(properties: &Map<String, Value>) -> Result<(), Refusal> {
    for (path, known) in OBJECTS {
        if path.is_empty() {
            members(properties, "properties", known)?;
            continue;
        }
        match body::at(properties, path) {
            None | Some(Value::Null) => {}
            Some(Value::Object(object)) => {
                members(object, &format!("properties.{path}"), known)?;
            }
            Some(_) => return Err(invalid(format!("'properties.{path}' is not an object"))),
        }
    }
    for (path, values) in VALUES {
        value(properties, path, values)?;
    }
    if let Some(Value::Object(disk)) = body::at(properties, "storageProfile.osDisk") {
        for (path, values) in OF_DISKS {
            value(disk, path, values)?;
        }
    }
    for (at, disk) in super::objects(properties, "storageProfile.dataDisks")?
        .iter()
        .enumerate()
    {
        let path = format!("properties.storageProfile.dataDisks[{at}]");
        members(disk, &path, DATA_DISK)?;
        for (path, values) in OF_DISKS {
            value(disk, path, values)?;
        }
    }
    spot(properties)
}

/// Refuses a member that there is not.
pub(in super::super) fn members(
    object: &Map<String, Value>,
    path: &str,
    known: &[&str],
) -> Result<(), Refusal> {
    let is_known = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    match object.keys().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => Err(invalid(format!(
            "Could not find member '{name}' at path '{path}.{name}'"
        ))),
    }
}

fn value(object: &Map<String, Value>, path: &str, values: &[&'static str]) -> Result<(), Refusal> {
    match body::text(object, path)? {
        Some(given) => one_of(path, given, values).map(drop),
        None => Ok(()),
    }
}

/// What holds for machines that may be taken back, and for no others.
fn spot(properties: &Map<String, Value>) -> Result<(), Refusal> {
    let is_spot = body::text(properties, "priority")?
        .is_some_and(|priority| !priority.eq_ignore_ascii_case("Regular"));
    for field in ["evictionPolicy", "billingProfile"] {
        if !is_spot && properties.get(field).is_some_and(|value| !value.is_null()) {
            let text = format!("{field} can be set only on Azure Spot Virtual Machines.");
            return Err(parameter(field, text));
        }
    }
    Ok(())
}

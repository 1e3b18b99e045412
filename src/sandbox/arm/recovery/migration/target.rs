//! The machine that a migration makes in Azure, or a test of it: its disks, its network interface,
//! itself, by the same way as a caller makes them. What Azure refuses fails the job. The reference
//! names neither what the parts are called nor what size a machine has without a word.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::maker;
use crate::sandbox::arm::{body, resource};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Diagnosis, Tx, World};

/// The size of a machine that nobody has said.
const SIZE: &str = "Standard_D2s_v5";

/// Gigabytes of a disk whose size nobody has said.
const GIB: u64 = 64;

/// What is to be made.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// The settings of the migration.
    pub(super) settings: &'a Map<String, Value>,
    pub(super) region: &'a str,
    pub(super) name: String,
    /// Id of the virtual network, and the subnet in it; the first one without it.
    pub(super) network: (&'a str, Option<&'a str>),
    /// Whether its parts go with the machine.
    pub(super) passing: bool,
}

/// Makes the machine and returns its id, or makes nothing.
pub(super) fn make(tx: &mut Tx<'_>, target: &Target<'_>) -> Result<String, Diagnosis> {
    let before: World = (**tx).clone();
    made(tx, target).map_err(|refusal| {
        **tx = before;
        Diagnosis::new(
            "150172",
            format!(
                "The virtual machine '{}' could not be created.",
                target.name
            ),
            format!(
                "Azure refused it: {} ({}).",
                refusal.text,
                refusal.code.as_str().unwrap_or_default()
            ),
            "Correct the target of the migration, or what stands in its way, and retry.",
        )
    })
}

/// Takes a machine away with what goes with it.
pub(super) fn unmake(tx: &mut Tx<'_>, machine: &str) {
    resource::remove(tx, &machine.to_lowercase());
}

/// Where it is made.
struct Maker {
    group: Id,
    location: String,
}

impl Maker {
    fn id(&self, namespace: &str, kind: &str, name: &str) -> Id {
        self.group.extended(namespace, kind, name)
    }

    /// Puts a resource, ready at once.
    fn put(
        &self,
        tx: &mut Tx<'_>,
        id: &Id,
        (mut body, tags): (Value, Option<&Value>),
    ) -> Result<(), Refusal> {
        body["location"] = self.location.as_str().into();
        if let Some(tags) = tags {
            body["tags"] = tags.clone();
        }
        if tx.arm.resources.has(&id.key()) {
            let text = format!("The resource '{}' already exists.", id.text());
            return Err(Refusal::new(409, "Conflict", text));
        }
        maker::put(tx, "Microsoft.RecoveryServices", id, &body)
    }
}

fn made(tx: &mut Tx<'_>, target: &Target<'_>) -> Result<String, Refusal> {
    let settings = target.settings;
    let group = body::need(settings, "targetResourceGroupId")?;
    let group = Id::parse(group).ok_or_else(|| body::invalid("the group is no id"))?;
    let maker = Maker {
        location: target.region.to_owned(),
        group,
    };
    let (system, data) = disks(tx, &maker, target)?;
    let nic = interface(tx, &maker, target)?;
    let option = if target.passing { "Delete" } else { "Detach" };
    let size = body::text(settings, "targetVmSize")?.unwrap_or(SIZE);
    let mut properties = json!({
        "hardwareProfile": { "vmSize": size },
        "storageProfile": { "osDisk": system, "dataDisks": data },
        "networkProfile": { "networkInterfaces": [
            { "id": nic, "properties": { "primary": true, "deleteOption": option } },
        ] },
    });
    if let Some(set) = body::text(settings, "targetAvailabilitySetId")? {
        properties["availabilitySet"] = json!({ "id": set });
    }
    let mut whole = json!({ "properties": properties });
    if let Some(zone) = body::text(settings, "targetAvailabilityZone")? {
        whole["zones"] = json!([zone]);
    }
    let id = maker.id("Microsoft.Compute", "virtualMachines", &target.name);
    maker.put(tx, &id, (whole, settings.get("targetVmTags")))?;
    Ok(id.text())
}

/// Makes the disks from what was copied; returns how the machine has them: the system's, and those
/// of the data.
fn disks(
    tx: &mut Tx<'_>,
    maker: &Maker,
    target: &Target<'_>,
) -> Result<(Value, Vec<Value>), Refusal> {
    let settings = target.settings;
    let windows = is_windows(settings);
    let option = if target.passing { "Delete" } else { "Detach" };
    let (mut system, mut data) = (Value::Null, Vec::new());
    let listed = settings.get("disksToInclude").and_then(Value::as_array);
    for disk in listed.into_iter().flatten() {
        let is_system = disk["isOSDisk"].as_str() == Some("true");
        let name = if is_system {
            format!("{}-osdisk", target.name)
        } else {
            format!("{}-datadisk-{:02}", target.name, data.len())
        };
        let mut properties = json!({
            "creationData": { "createOption": "Empty" },
            "diskSizeGB": disk["diskSizeInGB"].as_u64().unwrap_or(GIB),
        });
        if is_system {
            properties["osType"] = if windows { "Windows" } else { "Linux" }.into();
        }
        let sku = disk["diskType"].as_str().unwrap_or("Standard_LRS");
        let body = json!({ "sku": { "name": sku }, "properties": properties });
        let id = maker.id("Microsoft.Compute", "disks", &name);
        maker.put(tx, &id, (body, settings.get("targetDiskTags")))?;
        let mut use_of = json!({
            "createOption": "Attach",
            "deleteOption": option,
            "managedDisk": { "id": id.text() },
        });
        if is_system {
            use_of["osType"] = if windows { "Windows" } else { "Linux" }.into();
            system = use_of;
        } else {
            use_of["lun"] = data.len().into();
            data.push(use_of);
        }
    }
    Ok((system, data))
}

/// Tells whether the system is Windows. The discovery of a machine that would know it is not there:
/// it follows from the name of the system, and from the licences that are for Linux alone.
fn is_windows(settings: &Map<String, Value>) -> bool {
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    match text("userSelectedOSName") {
        Some(name) => name.to_lowercase().contains("windows"),
        None => text("linuxLicenseType").is_none(),
    }
}

/// Makes the network interface, and returns its id.
fn interface(tx: &mut Tx<'_>, maker: &Maker, target: &Target<'_>) -> Result<String, Refusal> {
    let (network, subnet) = target.network;
    let subnet = match subnet {
        Some(name) => format!("{network}/subnets/{name}"),
        None => first_subnet(tx, network)?,
    };
    let body = json!({ "properties": { "ipConfigurations": [{
        "name": "ipconfig1",
        "properties": { "privateIPAllocationMethod": "Dynamic", "subnet": { "id": subnet } },
    }] } });
    let name = format!("nic-{}", target.name);
    let id = maker.id("Microsoft.Network", "networkInterfaces", &name);
    maker.put(tx, &id, (body, target.settings.get("targetNicTags")))?;
    Ok(id.text())
}

fn first_subnet(tx: &Tx<'_>, network: &str) -> Result<String, Refusal> {
    let mut below = tx.arm.resources.under(network);
    let first = below.find(|(_, one)| one.kind == "Microsoft.Network/virtualNetworks/subnets");
    first.map(|(_, one)| one.id.clone()).ok_or_else(|| {
        let text = format!("The virtual network '{network}' has no subnet.");
        Refusal::new(400, "SubnetNotFound", text)
    })
}

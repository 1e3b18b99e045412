//! Sizes of virtual machines: what there is, where it is offered, how many cores may be used. Which
//! sizes there are, and where, is this sandbox's choice. Source: arm reference §10.8.

use serde_json::{Value, json};

use super::refusal::{Quota, no_capacity, over_quota};
use super::{VERSIONS, vm};
use crate::sandbox::arm::body::parameter;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{access, calls, locations, page};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/vmSizes",
        of_location,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}/vmSizes",
        of_resource,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/availabilitySets/{avset}/vmSizes",
        of_resource,
    ),
];

/// A size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) name: &'static str,
    /// What its quota is called.
    pub(super) family: &'static str,
    pub(super) cores: u32,
    memory_mib: u32,
    /// How many data disks it takes.
    pub(super) data_disks: usize,
    resource_disk_mib: u32,
    /// Whether it takes premium disks.
    pub(super) premium: bool,
    /// The regions that offer it; empty means all.
    regions: &'static [&'static str],
}

const OLD: &[&str] = &[
    "centralus",
    "eastus",
    "eastus2",
    "northeurope",
    "westeurope",
    "westus",
];
const WITH_GPU: &[&str] = &["eastus", "westeurope", "westus2"];

const fn size(
    name: &'static str,
    family: &'static str,
    (cores, memory_mib): (u32, u32),
    data_disks: usize,
    resource_disk_mib: u32,
) -> Size {
    Size {
        name,
        family,
        cores,
        memory_mib,
        data_disks,
        resource_disk_mib,
        premium: true,
        regions: &[],
    }
}

const fn old(mut size: Size) -> Size {
    size.premium = false;
    size.regions = OLD;
    size
}

const fn only(mut size: Size, regions: &'static [&'static str]) -> Size {
    size.regions = regions;
    size
}

#[rustfmt::skip]
const SIZES: [Size; 22] = [
    old(size("Standard_A0", "standardA0_A7Family", (1, 768), 1, 20_480)),
    old(size("Standard_A1", "standardA0_A7Family", (1, 1_792), 2, 71_680)),
    old(size("Standard_A2", "standardA0_A7Family", (2, 3_584), 4, 138_240)),
    old(size("Standard_D1", "standardDFamily", (1, 3_584), 4, 51_200)),
    old(size("Standard_D2", "standardDFamily", (2, 7_168), 8, 102_400)),
    size("Standard_B1s", "standardBSFamily", (1, 1_024), 2, 4_096),
    size("Standard_B1ms", "standardBSFamily", (1, 2_048), 2, 4_096),
    size("Standard_B2s", "standardBSFamily", (2, 4_096), 4, 8_192),
    size("Standard_B2ms", "standardBSFamily", (2, 8_192), 4, 16_384),
    size("Standard_B4ms", "standardBSFamily", (4, 16_384), 8, 32_768),
    size("Standard_D2s_v3", "standardDSv3Family", (2, 8_192), 4, 16_384),
    size("Standard_D4s_v3", "standardDSv3Family", (4, 16_384), 8, 32_768),
    size("Standard_D2s_v5", "standardDSv5Family", (2, 8_192), 4, 0),
    size("Standard_D4s_v5", "standardDSv5Family", (4, 16_384), 8, 0),
    size("Standard_D8s_v5", "standardDSv5Family", (8, 32_768), 16, 0),
    size("Standard_D32s_v5", "standardDSv5Family", (32, 131_072), 32, 0),
    size("Standard_E2s_v5", "standardESv5Family", (2, 16_384), 4, 0),
    size("Standard_E4s_v5", "standardESv5Family", (4, 32_768), 8, 0),
    size("Standard_F2s_v2", "standardFSv2Family", (2, 4_096), 4, 16_384),
    size("Standard_F4s_v2", "standardFSv2Family", (4, 8_192), 8, 32_768),
    size("Standard_F64s_v2", "standardFSv2Family", (64, 131_072), 32, 524_288),
    only(size("Standard_NC6s_v3", "standardNCSv3Family", (6, 114_688), 12, 753_664), WITH_GPU),
];

impl Size {
    /// Returns the size of that name, in any casing.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        SIZES
            .iter()
            .find(|size| size.name.eq_ignore_ascii_case(name))
    }

    fn is_in(&self, location: &str) -> bool {
        self.regions.is_empty() || self.regions.contains(&location)
    }

    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "numberOfCores": self.cores,
            "osDiskSizeInMB": 1_047_552,
            "resourceDiskSizeInMB": self.resource_disk_mib,
            "memoryInMB": self.memory_mib,
            "maxDataDiskCount": self.data_disks,
        })
    }
}

/// Returns the size that a machine wants, or refuses it: none of that name, not offered there.
pub(super) fn wanted(name: &str, machine: &Id, location: &str) -> Result<&'static Size, Refusal> {
    let Some(size) = Size::find(name) else {
        let names = SIZES.iter().filter(|size| size.is_in(location));
        let names: Vec<&str> = names.map(|size| size.name).collect();
        let text = format!(
            "The value {name} provided for the VM size is not valid. The valid sizes in the current region are: {}.",
            names.join(",")
        );
        return Err(parameter("vmSize", text));
    };
    if !size.is_in(location) {
        return Err(no_capacity(&machine.text(), location));
    }
    Ok(size)
}

/// Refuses a machine for which there are no cores left: in the region, and half as many in a family
/// of sizes. Machines that are deallocated count, too.
pub(super) fn within_quota(
    tx: &Tx<'_>,
    machine: &Id,
    location: &str,
    size: &Size,
) -> Result<(), Refusal> {
    let limit = tx.config().azure_cores;
    if limit == 0 {
        return Ok(());
    }
    let subscription = Id::of_subscription(machine.subscription.as_deref().unwrap_or_default());
    let (mut all, mut family) = (0, 0);
    for other in vm::all(tx, &subscription) {
        if other.location.as_deref() != Some(location) || other.id.to_lowercase() == machine.key() {
            continue;
        }
        let Some(used) = vm::size(other) else {
            continue;
        };
        all += used.cores;
        if used.family == size.family {
            family += used.cores;
        }
    }
    for (name, used, limit) in [
        (size.family, family, limit.div_ceil(2)),
        ("Total Regional", all, limit),
    ] {
        if used + size.cores > limit {
            return Err(over_quota(&Quota {
                name,
                location,
                limit,
                used,
                wanted: size.cores,
            }));
        }
    }
    Ok(())
}

fn of_location(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    access::pass(
        request,
        tx,
        &scope,
        "Microsoft.Compute/locations/vmSizes/read",
    )?;
    let location = locations::normal(request.param("location"));
    locations::check(&location)?;
    page(request, &location)
}

/// The sizes that a machine could be given, or machines of an availability set.
fn of_resource(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let resource: Resource = calls::view(request, tx, "vmSizes")?;
    page(request, resource.location.as_deref().unwrap_or_default())
}

fn page(request: &Request, location: &str) -> Outcome {
    let offered = SIZES.iter().filter(|size| size.is_in(location));
    page::list(request, offered.map(Size::shown).collect())
}

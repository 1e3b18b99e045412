//! Microsoft.Network: virtual networks with their subnets, security groups with their rules, public
//! addresses and network interfaces. Source: arm reference §7.3, §10.10, §11.
//!
//! What others see of a link is computed from the resource that names the other one; only a public
//! address and a network interface keep who uses them.

mod links;
mod nics;
mod nsgs;
mod parts;
mod prefix;
mod public_ips;
mod refusals;
mod rules;
mod seed;
mod subnets;
#[cfg(test)]
mod tests;
mod vnet_calls;
mod vnets;

use std::time::Duration;

use serde_json::{Map, Value};

pub(super) use nics::{attach, power};
pub(super) use seed::fill;

use super::id::Id;
use super::kind::{Draft, Kind, Links, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Route;
use crate::sandbox::store::Tx;

/// The types.
pub(super) const KINDS: &[&dyn Kind] = &[
    &vnets::VirtualNetworks,
    &subnets::Subnets,
    &nsgs::SecurityGroups,
    &rules::SecurityRules,
    &public_ips::PublicAddresses,
    &nics::NetworkInterfaces,
];

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[
    vnets::ROUTES,
    vnet_calls::ROUTES,
    subnets::ROUTES,
    nsgs::ROUTES,
    rules::ROUTES,
    public_ips::ROUTES,
    nics::ROUTES,
];

/// Api-versions of all its types.
const VERSIONS: &[&str] = &[
    "2015-01-01",
    "2015-05-01-preview",
    "2015-06-15",
    "2017-10-01",
    "2018-11-01",
    "2020-11-01",
    "2021-08-01",
    "2022-07-01",
    "2023-09-01",
    "2024-05-01",
    "2025-05-01",
    "2025-07-01",
    "2026-03-01",
];

/// How a PUT is worked off. The reference names no time.
const PUT: Long = Long {
    accepted: false,
    links: Links::Status,
    time: Duration::from_secs(6),
    retry_after: 3,
};

/// How a DELETE is worked off. The reference names no time.
const DELETE: Long = Long {
    accepted: true,
    links: Links::Both,
    time: Duration::from_secs(15),
    retry_after: 10,
};

/// The routes of a part of a resource:
/// `part_routes!("Microsoft.Network/virtualNetworks", "vnet", "subnets", "subnet")`.
macro_rules! part_routes {
    (@one $verb:literal, $owner:literal, $id:literal, $type:literal, $name:literal, $handler:ident) => {
        crate::sandbox::route::Route::arm(
            $verb,
            concat!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                $owner,
                "/{",
                $id,
                "}/",
                $type,
                "/{",
                $name,
                "}"
            ),
            crate::sandbox::arm::calls::$handler,
        )
    };
    ($owner:literal, $id:literal, $type:literal, $name:literal) => {
        &[
            crate::sandbox::route::Route::arm(
                "GET",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $owner,
                    "/{",
                    $id,
                    "}/",
                    $type
                ),
                crate::sandbox::arm::calls::list,
            ),
            part_routes!(@one "GET", $owner, $id, $type, $name, get),
            part_routes!(@one "PUT", $owner, $id, $type, $name, put),
            part_routes!(@one "DELETE", $owner, $id, $type, $name, delete),
        ]
    };
}
use part_routes;

/// Tells whether a write changes nothing but tags (PATCH takes no more), and leaves the rest as it
/// was.
fn only_tags(draft: &mut Draft<'_>) -> bool {
    match (draft.patch, draft.before) {
        (true, Some(before)) => {
            draft.resource.properties = before.properties.clone();
            draft.resource.members = before.members.clone();
            true
        }
        _ => false,
    }
}

/// Keeps what a caller may set; the rest is read-only or unknown, and ignored.
fn keep(properties: &mut Map<String, Value>, fields: &[&str]) {
    properties.retain(|name, value| fields.contains(&name.as_str()) && !value.is_null());
}

/// Refuses what names things that this sandbox has no types for.
fn served(properties: &Map<String, Value>, fields: &[&str]) -> Result<(), Refusal> {
    let asked = fields.iter().find(|field| match properties.get(**field) {
        None | Some(Value::Null) => false,
        Some(Value::Array(all)) => !all.is_empty(),
        Some(_) => true,
    });
    match asked {
        None => Ok(()),
        Some(field) => Err(refusals::unserved(field)),
    }
}

/// Says that something is being worked on: a resource with its parts is changed by one at a time.
fn busy(tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
    let mut root = id.clone();
    while let Some(owner) = root.owner() {
        root = owner;
    }
    let itself = tx.arm.resources.get(&root.key());
    let parts = tx.arm.resources.under(&root.key()).map(|(_, one)| one);
    let found = itself.into_iter().chain(parts);
    let is_worked_on = |state: &str| matches!(state, "Creating" | "Updating" | "Deleting");
    found
        .into_iter()
        .find(|one| is_worked_on(&one.state))
        .map(|one| refusals::locked(&one.id))
}

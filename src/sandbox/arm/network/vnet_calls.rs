//! What a virtual network is asked beside what it is: whether an address is free, and how full its
//! subnets are.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::subnets::{self, NAME as SUBNETS};
use super::vnets::VirtualNetworks;
use super::{links, parts, refusals};
use crate::sandbox::arm::calls::found;
use crate::sandbox::arm::id::Place;
use crate::sandbox::arm::kind::{self, Kind};
use crate::sandbox::arm::{access, page};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{vnet}/checkIPAddressAvailability",
        check_address,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{vnet}/usages",
        usages,
    ),
];

/// How many free addresses are named instead of a taken one; the reference names no number.
const OFFERED: usize = 5;

fn vnet(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Resource, Refusal> {
    let Some(Place::Action(id, _)) = Place::parse(&request.path) else {
        return Err(access::misrouted(request));
    };
    kind::version(request, &VirtualNetworks)?;
    let action = format!("{}/{action}", VirtualNetworks.name());
    access::pass(request, tx, &id, &action)?;
    found(tx, &id)
}

fn check_address(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vnet = vnet(request, tx, "checkIpAddressAvailability/read")?;
    let given = request.query("ipAddress").unwrap_or_default();
    let address: IpAddr = given
        .parse()
        .map_err(|_| refusals::bad_address("ipAddress", given))?;
    let taken = taken(tx, &vnet);
    let prefix = parts::of(tx, &vnet.id, SUBNETS)
        .flat_map(|subnet| subnets::prefixes(&subnet.properties))
        .find(|prefix| prefix.has(address));
    let Some(prefix) = prefix else {
        let text = format!("The IP address {given} lies in no subnet of {}.", vnet.id);
        return Err(refusals::refused("IPAddressNotInSubnet", text));
    };
    let available = !prefix.reserves(address) && !taken.contains(&address);
    let others = prefix.free().filter(|other| !taken.contains(other));
    let others: Vec<String> = if available {
        Vec::new()
    } else {
        others
            .take(OFFERED)
            .map(|other| other.to_string())
            .collect()
    };
    Ok(Reply::ok(json!({
        "available": available,
        "availableIPAddresses": others,
        "isPlatformReserved": prefix.reserves(address),
    })))
}

/// Returns the private addresses that are taken in a network.
fn taken(tx: &Tx<'_>, vnet: &Resource) -> std::collections::BTreeSet<IpAddr> {
    let below = format!("{}/subnets/", vnet.id.to_lowercase());
    links::interfaces(tx, vnet)
        .flat_map(links::configurations)
        .filter_map(|(_, one)| {
            let subnet = one["properties"]["subnet"]["id"].as_str()?;
            let inside = subnet.to_lowercase().starts_with(&below);
            let address = one["properties"]["privateIPAddress"].as_str()?;
            inside.then(|| address.parse().ok()).flatten()
        })
        .collect()
}

fn usages(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vnet = vnet(request, tx, "usages/read")?;
    let all: Vec<Value> = parts::of(tx, &vnet.id, SUBNETS)
        .map(|subnet| usage(tx, subnet))
        .collect();
    page::list(request, all)
}

fn usage(tx: &Tx<'_>, subnet: &Resource) -> Value {
    let prefixes = subnets::prefixes(&subnet.properties);
    let sizes = prefixes.iter().filter(|prefix| !prefix.is_v6);
    // The first four addresses and the last one are nobody's.
    let limit: u128 = sizes.map(|prefix| prefix.size().saturating_sub(5)).sum();
    json!({
        "id": subnet.id,
        "currentValue": links::in_subnet(tx, subnet).len(),
        "limit": u64::try_from(limit).unwrap_or(u64::MAX),
        "name": { "value": "SubnetSpace", "localizedValue": "Subnet size and usage" },
        "unit": "Count",
    })
}

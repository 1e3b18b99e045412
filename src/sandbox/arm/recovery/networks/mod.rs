//! Networks of fabrics and their mappings: those on premises are what their servers told, an Azure
//! fabric has one that stands for all its virtual networks. Source: recovery reference §5.6.

mod logical;
mod mappings;
mod pairing;
mod seed;
#[cfg(test)]
mod tests;

pub(super) use seed::fill;

use serde_json::json;

use super::part::Part;
use super::{below, calls, object, site};
use crate::sandbox::arm::id::Id;
use crate::sandbox::route::Route;
use crate::sandbox::store::Tx;

pub(super) const PARTS: &[&dyn Part] = &[&Networks, &mappings::Mappings, &logical::LogicalNetworks];

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationNetworks"), calls::list),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationNetworks"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationNetworks/{network}"),
        calls::get,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationLogicalNetworks"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationLogicalNetworks/{net}"),
        calls::get,
    ),
    Route::arm("GET", below!("/replicationNetworkMappings"), calls::list),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationNetworks/{network}/replicationNetworkMappings"
        ),
        calls::list,
    ),
    Route::arm("GET", mappings::ONE, calls::get),
    Route::arm("PUT", mappings::ONE, mappings::put),
    Route::arm("PATCH", mappings::ONE, mappings::patch),
    Route::arm("DELETE", mappings::ONE, mappings::delete),
];

/// What the one network of an Azure fabric is called; not confirmed.
const OF_AZURE: &str = "azureNetwork";

/// The types of a network, as they stand in paths.
const KIND: &str = "replicationFabrics/replicationNetworks";

#[derive(Debug)]
struct Networks;

impl Part for Networks {
    fn kind(&self) -> &'static str {
        KIND
    }
}

/// Puts the networks that a fabric has by itself: the one of an Azure fabric.
pub(super) fn of_fabric(tx: &mut Tx<'_>, fabric: &str) {
    let Some(row) = tx.recovery.objects.get(fabric) else {
        return;
    };
    let Some(id) = Id::parse(&row.id).filter(|_| site::kind(row) == "Azure") else {
        return;
    };
    let id = id.child("replicationNetworks", OF_AZURE);
    let kept = json!({
        "fabricType": "Azure",
        "friendlyName": OF_AZURE,
        "networkType": "AzureNetwork",
        "subnets": [],
    });
    object::plant(tx, &id, kept, json!({}));
}

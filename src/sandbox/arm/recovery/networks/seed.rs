//! The networks of the vault `rsv-dr`: those of its Azure fabrics with the mapping from the shop's
//! network, and what the office told of its own.

use serde_json::json;

use super::{of_fabric, pairing};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::derived;
use crate::sandbox::store::Tx;

/// Puts them below the fabrics, which are there; `shop` and `dr` are the ids of the virtual networks.
pub(in crate::sandbox::arm::recovery) fn fill(tx: &mut Tx<'_>, vault: &str, shop: &str, dr: &str) {
    let vault = Id::parse(vault).expect("a seeded id");
    let fabric = |name: &str| vault.child("replicationFabrics", name);
    for region in ["westeurope", "northeurope"] {
        of_fabric(tx, &fabric(region).key());
    }
    mapping(
        tx,
        &fabric("westeurope"),
        &fabric("northeurope"),
        (shop, dr),
    );
    let office = fabric("site-office");
    for (name, space, address) in [
        ("office-lan", "Office LAN", "192.168.10.0/24"),
        ("office-servers", "Office servers", "192.168.20.0/24"),
    ] {
        let subnet = derived::guid(&["office", name]);
        let kept = json!({
            "fabricType": "HyperVSite",
            "friendlyName": space,
            "networkType": "VmNetwork",
            "subnets": [{ "name": subnet, "friendlyName": "default", "addressList": [address] }],
        });
        let id = office.child("replicationNetworks", name);
        object::plant(tx, &id, kept, json!({}));
    }
    let id = office.child("replicationLogicalNetworks", "office");
    object::plant(tx, &id, json!({ "friendlyName": "Office" }), json!({}));
}

/// Maps the shop's network, as a caller would.
fn mapping(tx: &mut Tx<'_>, from: &Id, to: &Id, (shop, dr): (&str, &str)) {
    let side = |fabric: &Id, vnet: &str| {
        let fabric = tx.recovery.objects.get(&fabric.key())?;
        let vnet = tx.arm.resources.get(vnet)?;
        Some(pairing::of_vnet(fabric, vnet))
    };
    let (Some(primary), Some(recovery)) = (side(from, shop), side(to, dr)) else {
        return;
    };
    let kept = pairing::paired("AzureToAzure", &primary, &recovery);
    let id = from.child("replicationNetworks", super::OF_AZURE);
    let id = id.child("replicationNetworkMappings", "shop-to-dr");
    let input = json!({
        "recoveryFabricName": to.name(),
        "recoveryNetworkId": dr,
        "fabricSpecificDetails": { "instanceType": "AzureToAzure", "primaryNetworkId": shop },
    });
    object::plant(tx, &id, kept, input);
}

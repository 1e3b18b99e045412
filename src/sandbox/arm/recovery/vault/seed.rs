//! The vaults of a fresh sandbox, and what stands beside them for recovery.

use serde_json::json;

use crate::sandbox::arm::recovery::{
    alerts, backup, infrastructure, job, migration, networks, plans, protected_items, storage,
    vcenters,
};
use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// Fills the groups `rg-recovery` and `rg-dr`; each part of the vaults fills its own.
pub(in crate::sandbox::arm) fn fill(seed: &Seed<'_>, tx: &mut Tx<'_>) {
    for (name, location) in [
        ("rsv-empty", "westeurope"),
        ("rsv-backup", "westeurope"),
        ("rsv-dr", "northeurope"),
    ] {
        let what = format!("Microsoft.RecoveryServices/vaults/{name}");
        let body = json!({
            "location": location,
            "sku": { "name": "Standard" },
            "properties": { "publicNetworkAccess": "Enabled" },
        });
        seed.put_in(tx, "rg-recovery", &what, body);
    }
    let body = json!({
        "location": "northeurope",
        "properties": {
            "addressSpace": { "addressPrefixes": ["10.20.0.0/16"] },
            "subnets": [{ "name": "web", "properties": { "addressPrefix": "10.20.1.0/24" } }],
        },
    });
    seed.put_in(
        tx,
        "rg-dr",
        "Microsoft.Network/virtualNetworks/vnet-dr",
        body,
    );
    let body = json!({
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": { "name": "Standard_LRS" },
        "properties": {},
    });
    let cache = "Microsoft.Storage/storageAccounts/stfabcache01";
    seed.put_in(tx, "rg-recovery", cache, body);
    let dr = seed.id_in("rg-recovery", "Microsoft.RecoveryServices/vaults/rsv-dr");
    let cache = seed.id_in("rg-recovery", cache);
    infrastructure::fill(tx, &dr, &cache);
    let shop = seed.id("Microsoft.Network/virtualNetworks/vnet-shop");
    let other = seed.id_in("rg-dr", "Microsoft.Network/virtualNetworks/vnet-dr");
    networks::fill(tx, &dr, &shop, &other);
    storage::fill(tx, &dr);
    vcenters::fill(tx, &dr);
    let item = protected_items::fill(tx, &dr);
    plans::fill(tx, &dr, &item);
    migration::fill(tx, seed, &dr);
    alerts::fill(tx, &dr);
    job::fill(tx, &dr);
    let saved = seed.id_in(
        "rg-recovery",
        "Microsoft.RecoveryServices/vaults/rsv-backup",
    );
    let machine = seed.id("Microsoft.Compute/virtualMachines/vm-web1");
    backup::fill(tx, &saved, &machine);
}

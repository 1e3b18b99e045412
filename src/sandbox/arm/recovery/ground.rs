//! The fabrics of `rsv-dr` for tests of what hangs on them, as rows.

use serde_json::{Value, json};

use super::testing::Vault;
use super::{networks, object, storage, vcenters};
use crate::sandbox::arm::id::Id;
use crate::sandbox::store::Tx;

/// The vault `rsv-dr` with its fabrics, networks, storage and vCenter.
pub(super) fn ground() -> Vault {
    let vault = Vault::new("rsv-dr");
    let root = vault.shop.root.clone();
    let dr = vault.path.clone();
    vault.shop.bench.change(|tx| {
        for (name, details) in [
            (
                "westeurope",
                json!({ "instanceType": "Azure", "location": "westeurope" }),
            ),
            (
                "northeurope",
                json!({ "instanceType": "Azure", "location": "northeurope" }),
            ),
            ("site-office", json!({ "instanceType": "HyperVSite" })),
            ("vmware-office", json!({ "instanceType": "VMware" })),
            ("migrate-office", json!({ "instanceType": "VMwareV2" })),
        ] {
            let kept = json!({ "friendlyName": name, "customDetails": details });
            put(tx, &format!("{dr}/replicationFabrics/{name}"), &kept);
        }
        let net = |group: &str, name: &str| {
            format!(
                "{root}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"
            )
        };
        networks::fill(
            tx,
            &dr,
            &net("rg-shop", "vnet-shop"),
            &net("rg-dr", "vnet-dr"),
        );
        storage::fill(tx, &dr);
        vcenters::fill(tx, &dr);
    });
    vault
}

/// Puts a part of a vault, if there is none.
pub(super) fn put(tx: &mut Tx<'_>, id: &str, kept: &Value) {
    let id = Id::parse(id).expect("an id");
    if tx.recovery.objects.has(&id.key()) {
        return;
    }
    let draft = object::draft(tx, &id, kept.as_object().cloned().expect("an object"));
    tx.recovery.objects.put(&id.key(), draft);
}

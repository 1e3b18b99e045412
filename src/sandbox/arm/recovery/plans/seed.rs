//! The recovery plan of a fresh sandbox.

use serde_json::json;

use super::KIND;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::store::Tx;

/// Puts the plan of the shop into a vault, with one item of its own; both fabrics are there.
pub(in crate::sandbox::arm::recovery) fn fill(tx: &mut Tx<'_>, vault: &str, item: &str) {
    let id = |what: &str| Id::parse(&format!("{vault}/{what}")).expect("a seeded id");
    let group = |kind: &str, items: serde_json::Value| {
        json!({
            "groupType": kind,
            "replicationProtectedItems": items,
            "startGroupActions": [],
            "endGroupActions": [],
        })
    };
    let row = tx.recovery.objects.get(&item.to_lowercase());
    let machine = row.and_then(|row| row.hidden.get("vm").cloned());
    let own = json!([{ "id": item, "virtualMachineId": machine }]);
    let kept = json!({
        "friendlyName": "shop-plan",
        "primaryFabricId": object::shown_id(&id("replicationFabrics/westeurope")),
        "recoveryFabricId": object::shown_id(&id("replicationFabrics/northeurope")),
        "failoverDeploymentModel": "ResourceManager",
        "groups": [group("Shutdown", json!([])), group("Failover", json!([])), group("Boot", own)],
        "providerSpecificDetails": [],
    });
    let plan = id(&format!("{KIND}/shop-plan"));
    let kept = kept.as_object().cloned().unwrap_or_default();
    let draft = object::draft(tx, &plan, kept);
    tx.recovery.objects.put(&plan.key(), draft);
}

//! Migrations as a caller sees them.

mod life;
mod random;
mod refusals;

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const ALL: &str = "/replicationFabrics/migrate-office/replicationProtectionContainers/migrate-container/replicationMigrationItems";
const LEGACY: &str = "/replicationFabrics/migrate-office/replicationProtectionContainers/migrate-container/replicationMigrationItems/vm-legacy";

fn in_group(vault: &Vault, group: &str, what: &str) -> String {
    let root = &vault.shop.root;
    format!("{root}/resourceGroups/{group}/providers/{what}")
}

/// What enables a migration into the shop's group.
fn enabling(vault: &Vault) -> Value {
    let network = in_group(
        vault,
        "rg-shop",
        "Microsoft.Network/virtualNetworks/vnet-shop",
    );
    let account = in_group(
        vault,
        "rg-recovery",
        "Microsoft.Storage/storageAccounts/stfabcache01",
    );
    let disk = |name: &str, system: &str| {
        json!({
            "diskId": name,
            "isOSDisk": system,
            "diskType": "StandardSSD_LRS",
            "diskSizeInGB": 30,
            "logStorageAccountId": account,
            "logStorageAccountSasSecretName": "secret-name",
        })
    };
    json!({ "properties": {
        "policyId": format!("{}/replicationPolicies/migrate-policy", vault.path),
        "providerSpecificDetails": {
            "instanceType": "VMwareCbt",
            "vmwareMachineId": "/sites/office/machines/vm-crm",
            "dataMoverRunAsAccountId": "1",
            "snapshotRunAsAccountId": "1",
            "linuxLicenseType": "NoLicenseType",
            "disksToInclude": [disk("d0", "true"), disk("d1", "false")],
            "targetVmName": "vm-crm",
            "targetVmSize": "Standard_B2s",
            "targetVmTags": { "from": "office" },
            "targetResourceGroupId": format!("{}/resourceGroups/rg-shop", vault.shop.root),
            "targetNetworkId": network,
            "targetSubnetName": "web",
        },
    } })
}

/// What is sent with an action of the item.
fn body(vault: &Vault, item: &str, action: &str) -> Value {
    let plain = json!({ "instanceType": "VMwareCbt" });
    let details = match action {
        "testMigrate" => {
            let points = vault.get(&format!("{item}/migrationRecoveryPoints"));
            let last = points["value"].as_array().and_then(|all| all.last());
            json!({
                "instanceType": "VMwareCbt",
                "networkId": in_group(vault, "rg-shop", "Microsoft.Network/virtualNetworks/vnet-shop"),
                "recoveryPointId": last.map_or(Value::from("none"), |one| one["id"].clone()),
            })
        }
        "migrate" => json!({ "instanceType": "VMwareCbt", "performShutdown": "true" }),
        _ => plain.clone(),
    };
    match action {
        "testMigrateCleanup" => json!({ "properties": { "comments": "done" } }),
        "pauseReplication" => json!({ "properties": plain }),
        _ => json!({ "properties": { "providerSpecificDetails": details } }),
    }
}

/// Does an action of the item to the end of its job.
fn act(vault: &Vault, item: &str, action: &str) -> Value {
    let body = body(vault, item, action);
    vault.job("POST", &format!("{item}/{action}"), Some(&body))
}

/// Returns a machine of the shop's group, if it is there.
fn machine(vault: &Vault, name: &str) -> Option<Value> {
    let id = in_group(
        vault,
        "rg-shop",
        &format!("Microsoft.Compute/virtualMachines/{name}"),
    );
    let seen = vault.shop.call("GET", &id, None);
    (seen.status == 200).then_some(seen.json)
}

fn property<'a>(item: &'a Value, name: &str) -> &'a str {
    item["properties"][name].as_str().unwrap_or_default()
}

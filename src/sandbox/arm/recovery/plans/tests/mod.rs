//! Recovery plans: what they may be, and what is done with them.

mod body;
mod runs;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const PLAN: &str = "/replicationRecoveryPlans/p1";
const ITEMS: &str = "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container/replicationProtectedItems";

/// The vault with two protected machines.
fn vault() -> Vault {
    let vault = Vault::new("rsv-dr");
    let root = vault.shop.root.clone();
    let id = |group: &str, what: &str| format!("{root}/resourceGroups/{group}/providers/{what}");
    let dr = format!("{root}/resourceGroups/rg-dr");
    let disk = json!({
        "diskId": id("rg-shop", "Microsoft.Compute/disks/vm-batch1-os"),
        "primaryStagingAzureStorageAccountId": id("rg-recovery", "Microsoft.Storage/storageAccounts/stfabcache01"),
        "recoveryResourceGroupId": dr,
    });
    let body = json!({ "properties": {
        "policyId": format!("{}/replicationPolicies/24-hours", vault.path),
        "providerSpecificDetails": {
            "instanceType": "A2A",
            "fabricObjectId": id("rg-shop", "Microsoft.Compute/virtualMachines/vm-batch1"),
            "recoveryResourceGroupId": dr,
            "vmManagedDisks": [disk],
        },
    } });
    vault.job("PUT", &format!("{ITEMS}/vm-batch1"), Some(&body));
    vault.shop.bench.advance(Duration::from_secs(3600));
    vault
}

fn item(vault: &Vault, name: &str) -> Value {
    json!({ "id": format!("{}{ITEMS}/{name}", vault.path) })
}

fn manual(operation: &str) -> Value {
    json!({
        "actionName": "Tell the shop",
        "failoverTypes": [operation],
        "failoverDirections": ["PrimaryToRecovery"],
        "customDetails": { "instanceType": "ManualActionDetails", "description": "Call them." },
    })
}

/// A plan with a machine in each of two groups, and an action by hand between them.
fn plan(vault: &Vault) -> Value {
    json!({ "properties": {
        "primaryFabricId": format!("{}/replicationFabrics/westeurope", vault.path),
        "recoveryFabricId": format!("{}/replicationFabrics/northeurope", vault.path),
        "failoverDeploymentModel": "ResourceManager",
        "groups": [
            { "groupType": "Boot", "replicationProtectedItems": [item(vault, "vm-web1")] },
            {
                "groupType": "Boot",
                "replicationProtectedItems": [item(vault, "vm-batch1")],
                "startGroupActions": [manual("UnplannedFailover")],
            },
        ],
    } })
}

fn made() -> Vault {
    let vault = vault();
    let job = vault.job("PUT", PLAN, Some(&plan(&vault)));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    vault
}

fn away(more: Value) -> Value {
    let mut properties = json!({
        "failoverDirection": "PrimaryToRecovery",
        "providerSpecificDetails": [{ "instanceType": "A2A", "recoveryPointType": "Latest" }],
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut properties, more) {
        all.extend(more);
    }
    json!({ "properties": properties })
}

fn act(vault: &Vault, action: &str, body: Option<&Value>, state: &str) -> Value {
    let job = vault.job("POST", &format!("{PLAN}/{action}"), body);
    assert_eq!(job["properties"]["state"], state, "{action}: {job}");
    job
}

fn allowed(vault: &Vault) -> Value {
    vault.get(PLAN)["properties"]["allowedOperations"].clone()
}

fn state(vault: &Vault, name: &str) -> Value {
    vault.get(&format!("{ITEMS}/{name}"))["properties"]["protectionState"].clone()
}

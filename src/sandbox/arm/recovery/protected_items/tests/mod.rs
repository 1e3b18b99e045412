//! A protected item through its life, on the vault that is seeded: `vm-web1` of the shop, replicated to
//! North Europe.

mod enable;
mod failover;
mod random;
mod reads;
mod story;
mod test_failover;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const WEST: &str =
    "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container";
const NORTH: &str =
    "/replicationFabrics/northeurope/replicationProtectionContainers/northeurope-container";
const OFFICE: &str = "/replicationFabrics/site-office/replicationProtectionContainers/cloud-office";

fn web() -> String {
    format!("{WEST}/replicationProtectedItems/vm-web1")
}

/// The vault with the seeded item.
fn vault() -> Vault {
    Vault::new("rsv-dr")
}

/// What is in the store: full ids of resources.
fn resource(vault: &Vault, group: &str, what: &str) -> String {
    format!(
        "{}/resourceGroups/{group}/providers/{what}",
        vault.shop.root
    )
}

fn machine(vault: &Vault, group: &str, name: &str) -> String {
    resource(
        vault,
        group,
        &format!("Microsoft.Compute/virtualMachines/{name}"),
    )
}

fn group(vault: &Vault, name: &str) -> String {
    format!("{}/resourceGroups/{name}", vault.shop.root)
}

fn network(vault: &Vault) -> String {
    resource(vault, "rg-dr", "Microsoft.Network/virtualNetworks/vnet-dr")
}

/// The body that enables the protection of the shop's other machine.
fn batch(vault: &Vault) -> Value {
    let disk = resource(vault, "rg-shop", "Microsoft.Compute/disks/vm-batch1-os");
    let cache = resource(
        vault,
        "rg-recovery",
        "Microsoft.Storage/storageAccounts/stfabcache01",
    );
    json!({ "properties": {
        "policyId": format!("{}/replicationPolicies/24-hours", vault.path),
        "providerSpecificDetails": {
            "instanceType": "A2A",
            "fabricObjectId": machine(vault, "rg-shop", "vm-batch1"),
            "recoveryContainerId": format!("{}{NORTH}", vault.path),
            "recoveryResourceGroupId": group(vault, "rg-dr"),
            "recoveryAzureNetworkId": network(vault),
            "recoverySubnetName": "web",
            "vmManagedDisks": [{
                "diskId": disk,
                "primaryStagingAzureStorageAccountId": cache,
                "recoveryResourceGroupId": group(vault, "rg-dr"),
            }],
        },
    } })
}

/// A body of an action of a machine of Azure.
fn a2a(more: Value) -> Value {
    let mut properties = json!({ "providerSpecificDetails": { "instanceType": "A2A" } });
    merge(&mut properties, more);
    json!({ "properties": properties })
}

fn merge(all: &mut Value, more: Value) {
    if let (Value::Object(all), Value::Object(more)) = (all, more) {
        all.extend(more);
    }
}

fn away() -> Value {
    a2a(json!({ "failoverDirection": "PrimaryToRecovery" }))
}

fn back() -> Value {
    a2a(json!({ "failoverDirection": "RecoveryToPrimary" }))
}

fn unplanned() -> Value {
    a2a(json!({ "failoverDirection": "PrimaryToRecovery", "sourceSiteOperations": "NotRequired" }))
}

fn test_in(network: &str) -> Value {
    a2a(json!({
        "failoverDirection": "PrimaryToRecovery",
        "networkType": "VmNetworkAsInput",
        "networkId": network,
    }))
}

/// Does an action to the end of its job, which is in that state.
fn act(vault: &Vault, item: &str, action: &str, body: Option<&Value>, state: &str) -> Value {
    let job = vault.job("POST", &format!("{item}/{action}"), body);
    assert_eq!(job["properties"]["state"], state, "{action}: {job}");
    job
}

fn shown(vault: &Vault, item: &str) -> Value {
    vault.get(item)["properties"].clone()
}

/// Asserts where an item stands.
fn stands(vault: &Vault, item: &str, expected: [&str; 3], allowed: &[&str]) {
    let shown = shown(vault, item);
    let is = ["protectionState", "activeLocation", "testFailoverState"]
        .map(|name| shown[name].as_str().unwrap_or_default().to_owned());
    assert_eq!(is, expected.map(str::to_owned), "{shown}");
    assert_eq!(shown["allowedOperations"], json!(allowed), "{shown}");
}

/// Tells what runs a machine: `VM running`.
fn power(vault: &Vault, id: &str) -> String {
    let seen = vault.shop.call("GET", &format!("{id}/instanceView"), None);
    let all = seen.json["statuses"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let power = all.iter().filter_map(|one| one["code"].as_str());
    let mut power = power.filter_map(|code| code.strip_prefix("PowerState/"));
    power.next().unwrap_or_default().to_owned()
}

fn is_there(vault: &Vault, id: &str) -> bool {
    vault.shop.call("GET", id, None).status == 200
}

fn pass(vault: &Vault, minutes: u64) {
    vault.shop.bench.advance(Duration::from_secs(60 * minutes));
}

fn trouble(vault: &Vault, part: &str, kind: &str, times: Option<u32>) {
    vault.tell(
        "troubles",
        &json!({ "match": part, "kind": kind, "times": times }),
    );
}

/// Returns what a refusal says, which names what is allowed now.
fn refused(vault: &Vault, item: &str, action: &str, body: Option<&Value>, allowed: &str) {
    let seen = vault.refused("POST", &format!("{item}/{action}"), body, (409, "150025"));
    let causes = &seen["error"]["details"][0]["possibleCauses"];
    let text = format!("Operations allowed now: {allowed}.");
    assert_eq!(causes, &json!(text), "{action}: {seen}");
    assert!(seen["error"]["details"][0]["recommendedAction"].is_string());
    assert!(seen["error"]["details"][0]["activityId"].is_string());
}

//! What callers see of protectable items.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const CLOUD: &str = "/replicationFabrics/site-office/replicationProtectionContainers/cloud-office";

fn names(vault: &Vault, query: &str) -> Vec<String> {
    let list = vault.get(&format!("{CLOUD}/replicationProtectableItems{query}"));
    let all = list["value"].as_array().expect("a list").iter();
    let mut names: Vec<String> = all
        .filter_map(|one| one["properties"]["friendlyName"].as_str())
        .map(ToOwned::to_owned)
        .collect();
    names.sort();
    names
}

#[test]
fn a_machine_is_unprotected_until_something_protects_it() {
    let vault = Vault::new("rsv-dr");
    assert_eq!(names(&vault, ""), ["vm-erp", "vm-files"]);
    let list = vault.get(&format!("{CLOUD}/replicationProtectableItems"));
    let machine = &list["value"][0];
    let id = machine["id"].as_str().expect("an id");
    assert_eq!(machine["properties"]["protectionStatus"], "Unprotected");
    let supported = &machine["properties"]["supportedReplicationProviders"];
    assert_eq!(supported, &json!(["HyperVReplicaAzure"]));
    let details = &machine["properties"]["customDetails"];
    assert_eq!(details["instanceType"], "HyperVVirtualMachine");
    assert_eq!(vault.get(id)["id"], machine["id"]);
    let item = format!("{CLOUD}/replicationProtectedItems/one");
    vault.plant(
        &item,
        &json!({ "friendlyName": "one", "protectableItemId": id }),
    );
    let seen = vault.get(id);
    assert_eq!(seen["properties"]["protectionStatus"], "Protected");
    let by = seen["properties"]["replicationProtectedItemId"].as_str();
    assert!(by.expect("an id").ends_with(&item));
    let unprotected = "?$filter=State%20eq%20'Unprotected'";
    assert_eq!(names(&vault, unprotected).len(), 1);
    assert_eq!(names(&vault, "?$filter=state%20eq%20'protected'").len(), 1);
}

#[test]
fn a_list_is_cut_and_its_filter_read() {
    let vault = Vault::new("rsv-dr");
    assert_eq!(names(&vault, "?$take=1").len(), 1);
    let refused = |query: &str, code: &str| {
        let what = format!("{CLOUD}/replicationProtectableItems?{query}");
        let error: Value = vault.refused("GET", &what, None, (400, code));
        assert!(error["error"]["message"].is_string());
    };
    for filter in [
        "State%20ne%20'Protected'",
        "Name%20eq%20'a'",
        "State%20eq%20Protected",
    ] {
        refused(&format!("$filter={filter}"), "InvalidFilterInQueryString");
    }
    refused("$take=none", "InvalidTakeValue");
    let none = format!("{CLOUD}/replicationProtectableItems/none");
    vault.refused("GET", &none, None, (404, "ResourceNotFound"));
    let none = "/replicationFabrics/site-office/replicationProtectionContainers/none/replicationProtectableItems";
    vault.refused("GET", none, None, (404, "ResourceNotFound"));
}

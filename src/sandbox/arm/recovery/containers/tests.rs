//! What callers see of protection containers.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const WEST: &str =
    "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container";
const SPARE: &str = "/replicationFabrics/westeurope/replicationProtectionContainers/spare";
const CLOUD: &str = "/replicationFabrics/site-office/replicationProtectionContainers/cloud-office";

fn input(instance: &str) -> Value {
    json!({ "properties": { "providerSpecificInput": [{ "instanceType": instance }] } })
}

#[test]
fn a_container_of_a_region_is_made_and_goes() {
    let vault = Vault::new("rsv-dr");
    vault.job("PUT", SPARE, Some(&input("A2A")));
    let made = vault.get(SPARE);
    let properties = &made["properties"];
    assert_eq!(properties["fabricFriendlyName"], "westeurope");
    assert_eq!(properties["fabricType"], "Azure");
    assert_eq!(properties["pairingStatus"], "NotPaired");
    assert_eq!(properties["protectedItemCount"], 0);
    let fabric = vault.get("/replicationFabrics/westeurope");
    let ids = &fabric["properties"]["customDetails"]["containerIds"];
    assert_eq!(ids.as_array().map(Vec::len), Some(2));
    let list = vault.get("/replicationFabrics/westeurope/replicationProtectionContainers");
    assert_eq!(list["value"][0]["name"], "spare");
    let job = vault.job("POST", &format!("{SPARE}/remove"), None);
    assert_eq!(job["properties"]["state"], "Succeeded");
    let seen = vault.call("POST", &format!("{SPARE}/remove"), None);
    assert_eq!(seen.status, 204);
}

#[test]
fn a_container_is_of_its_fabric() {
    let vault = Vault::new("rsv-dr");
    let wrong = input("VMwareCbt");
    vault.refused("PUT", SPARE, Some(&wrong), (400, "InvalidParameter"));
    let wrong = json!({ "properties": { "providerSpecificInput": {} } });
    vault.refused("PUT", SPARE, Some(&wrong), (400, "InvalidParameter"));
    let none = "/replicationFabrics/none/replicationProtectionContainers/c";
    vault.refused("PUT", none, None, (404, "ResourceNotFound"));
    let site = "/replicationFabrics/site-office/replicationProtectionContainers/c";
    vault.refused("PUT", site, None, (409, "150045"));
    let migrate = "/replicationFabrics/migrate-office/replicationProtectionContainers/c";
    vault.job("PUT", migrate, Some(&input("VMwareCbt")));
}

#[test]
fn a_mapped_container_stays() {
    let vault = Vault::new("rsv-dr");
    let error = vault.refused("POST", &format!("{WEST}/remove"), None, (409, "150044"));
    let causes = error["error"]["details"][0]["possibleCauses"].as_str();
    let causes = causes.expect("causes");
    assert!(
        causes.contains("west-to-north") && causes.contains("north-to-west"),
        "{causes}"
    );
    vault.refused("POST", &format!("{CLOUD}/remove"), None, (409, "150044"));
    let vmware =
        "/replicationFabrics/vmware-office/replicationProtectionContainers/vmware-container";
    vault.refused("POST", &format!("{vmware}/remove"), None, (409, "150045"));
}

#[test]
fn a_machine_is_told_by_its_address() {
    let vault = Vault::new("rsv-dr");
    let site = "/replicationFabrics/vmware-office/replicationProtectionContainers/vmware-container";
    let discover = format!("{site}/discoverProtectableItem");
    let machine = |name: &str, address: &str, system: &str| {
        let properties = json!({ "friendlyName": name, "ipAddress": address, "osType": system });
        json!({ "properties": properties })
    };
    let body = machine("bare-metal", "10.0.0.7", "Linux");
    let seen = vault.call("POST", &discover, Some(&body));
    let items = format!("{site}/replicationProtectableItems");
    assert_eq!(vault.get(&items)["value"].as_array().map(Vec::len), Some(1));
    vault.follow(&seen);
    let list = vault.get(&items);
    let all = list["value"].as_array().expect("a list");
    let found = all
        .iter()
        .find(|one| one["properties"]["friendlyName"] == "bare-metal");
    let properties = &found.expect("the machine")["properties"];
    assert_eq!(properties["customDetails"]["ipAddress"], "10.0.0.7");
    assert_eq!(properties["customDetails"]["osType"], "Linux");
    assert_eq!(properties["protectionStatus"], "Unprotected");
    vault.refused("POST", &discover, Some(&body), (409, "150047"));
    for wrong in [
        machine("m", "10.0.0", "Linux"),
        machine("m", "10.0.0.8", "Plan9"),
        json!({ "properties": { "friendlyName": "m" } }),
    ] {
        vault.refused("POST", &discover, Some(&wrong), (400, "InvalidParameter"));
    }
    let west = format!("{WEST}/discoverProtectableItem");
    vault.refused("POST", &west, Some(&body), (409, "150046"));
    let trouble = json!({ "match": "cs-office", "kind": "agent_unreachable", "times": 1 });
    vault.tell("troubles", &trouble);
    let body = machine("other", "10.0.0.9", "Windows");
    let job = vault.job("POST", &discover, Some(&body));
    assert_eq!(job["properties"]["state"], "Failed");
    assert_eq!(vault.get(&items)["value"].as_array().map(Vec::len), Some(2));
    vault.job("POST", &discover, Some(&body));
    assert_eq!(vault.get(&items)["value"].as_array().map(Vec::len), Some(3));
}

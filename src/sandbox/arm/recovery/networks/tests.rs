use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

const WEST: &str = "/replicationFabrics/westeurope/replicationNetworks/azureNetwork";
const OFFICE: &str = "/replicationFabrics/site-office/replicationNetworks/office-lan";
const MAP: &str = "replicationNetworkMappings";

fn vnet(vault: &Vault, group: &str, name: &str) -> String {
    let root = &vault.shop.root;
    format!("{root}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}")
}

/// The body of a mapping from the shop's network to the other region's.
fn a2a(vault: &Vault) -> Value {
    json!({ "properties": {
        "recoveryFabricName": "northeurope",
        "recoveryNetworkId": vnet(vault, "rg-dr", "vnet-dr"),
        "fabricSpecificDetails": {
            "instanceType": "AzureToAzure",
            "primaryNetworkId": vnet(vault, "rg-shop", "vnet-shop"),
        },
    } })
}

#[test]
fn an_azure_fabric_has_one_network_and_a_site_those_it_told_of() {
    let vault = Vault::new("rsv-dr");
    let seen = vault.get("/replicationFabrics/westeurope/replicationNetworks");
    assert_eq!(seen["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["value"][0]["name"], "azureNetwork");
    let office = vault.get(OFFICE);
    assert_eq!(office["properties"]["fabricType"], "HyperVSite");
    let subnet = &office["properties"]["subnets"][0];
    assert_eq!(subnet["addressList"], json!(["192.168.10.0/24"]));
    let all = vault.get("/replicationNetworks");
    assert_eq!(all["value"].as_array().map(Vec::len), Some(4));
    let logical = vault.get("/replicationFabrics/site-office/replicationLogicalNetworks");
    assert_eq!(logical["value"][0]["properties"]["friendlyName"], "Office");
    let one = vault.get("/replicationFabrics/site-office/replicationLogicalNetworks/office");
    assert_eq!(one, logical["value"][0]);
    let wrong = "/replicationFabrics/none/replicationNetworks";
    vault.refused("GET", wrong, None, (404, "ResourceNotFound"));
}

#[test]
fn a_new_fabric_of_azure_has_its_network_at_once() {
    let vault = Vault::new("rsv-empty");
    let details = json!({ "instanceType": "Azure", "location": "uksouth" });
    let body = json!({ "properties": { "customDetails": details } });
    vault.job("PUT", "/replicationFabrics/uk", Some(&body));
    let seen = vault.get("/replicationNetworks");
    assert_eq!(seen["value"][0]["name"], "azureNetwork");
    vault.job("POST", "/replicationFabrics/uk/remove", None);
    assert_eq!(vault.get("/replicationNetworks")["value"], json!([]));
}

#[test]
fn the_shop_is_mapped_to_the_other_region() {
    let vault = Vault::new("rsv-dr");
    let seen = vault.get(&format!("{WEST}/{MAP}/shop-to-dr"));
    let properties = &seen["properties"];
    assert_eq!(properties["state"], "Paired");
    assert_eq!(properties["primaryNetworkFriendlyName"], "vnet-shop");
    assert_eq!(
        properties["recoveryNetworkId"],
        vnet(&vault, "rg-dr", "vnet-dr")
    );
    assert_eq!(properties["recoveryFabricFriendlyName"], "northeurope");
}

#[test]
fn a_mapping_is_made_changed_and_taken_away_by_jobs() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{WEST}/{MAP}/m1");
    let seen = vault.call("PUT", &one, Some(&a2a(&vault)));
    assert_eq!((seen.status, seen.header("retry-after")), (202, "30"));
    assert_eq!(vault.call("GET", &one, None).status, 404);
    let again = vault.refused("PUT", &one, Some(&a2a(&vault)), (409, "150026"));
    assert!(again["error"]["details"][0]["recommendedAction"].is_string());
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["targetObjectName"], "m1");
    let made = vault.get(&one);
    let settings = &made["properties"]["fabricSpecificSettings"];
    assert_eq!(settings["instanceType"], "AzureToAzure");
    let below = vault.get(&format!("{WEST}/{MAP}"));
    assert_eq!(below["value"].as_array().map(Vec::len), Some(2));
    let all = vault.get("/replicationNetworkMappings");
    assert_eq!(all["value"].as_array().map(Vec::len), Some(2));
    // A change of the recovery network keeps what it does not name.
    let other = vault.shop.root.clone()
        + "/resourceGroups/rg-dr/providers/Microsoft.Network/virtualNetworks/vnet-two";
    let space = json!({ "location": "northeurope", "properties": { "addressSpace": { "addressPrefixes": ["10.30.0.0/16"] } } });
    vault.shop.make(&other, &space);
    let change = json!({ "properties": { "recoveryNetworkId": other } });
    vault.job("PATCH", &one, Some(&change));
    let changed = vault.get(&one);
    assert_eq!(
        changed["properties"]["recoveryNetworkFriendlyName"],
        "vnet-two"
    );
    assert_eq!(
        changed["properties"]["primaryNetworkFriendlyName"],
        "vnet-shop"
    );
    vault.job("DELETE", &one, None);
    assert_eq!(vault.call("GET", &one, None).status, 404);
    assert_eq!(vault.call("DELETE", &one, None).status, 204);
    vault.refused("PATCH", &one, Some(&change), (404, "ResourceNotFound"));
}

#[test]
fn a_site_is_mapped_to_azure_or_to_another_site() {
    let vault = Vault::new("rsv-dr");
    let body = json!({ "properties": {
        "recoveryFabricName": "Microsoft Azure",
        "recoveryNetworkId": vnet(&vault, "rg-dr", "vnet-dr"),
        "fabricSpecificDetails": { "instanceType": "VmmToAzure" },
    } });
    let one = format!("{OFFICE}/{MAP}/lan-to-azure");
    vault.job("PUT", &one, Some(&body));
    let made = vault.get(&one);
    assert_eq!(
        made["properties"]["recoveryFabricFriendlyName"],
        "Microsoft Azure"
    );
    assert_eq!(
        made["properties"]["primaryNetworkFriendlyName"],
        "Office LAN"
    );
    let target = vault.get("/replicationFabrics/site-office/replicationNetworks/office-servers");
    let body = json!({ "properties": {
        "recoveryFabricName": "site-office",
        "recoveryNetworkId": target["id"],
    } });
    let one = format!("{OFFICE}/{MAP}/lan-to-servers");
    vault.job("PUT", &one, Some(&body));
    let made = vault.get(&one);
    assert_eq!(
        made["properties"]["fabricSpecificSettings"]["instanceType"],
        "VmmToVmm"
    );
    assert_eq!(made["properties"]["recoveryNetworkId"], target["id"]);
}

#[test]
fn what_does_not_fit_is_refused_with_details() {
    let vault = Vault::new("rsv-dr");
    let one = format!("{WEST}/{MAP}/m1");
    let with =
        |path: &str, value: Value| crate::sandbox::arm::testing::with(&a2a(&vault), path, value);
    let shop = vnet(&vault, "rg-shop", "vnet-shop");
    let dr = vnet(&vault, "rg-dr", "vnet-dr");
    for (path, value, code) in [
        (
            "properties.recoveryNetworkId",
            json!(format!("{dr}x")),
            "150003",
        ),
        ("properties.recoveryNetworkId", Value::Null, "150001"),
        ("properties.recoveryNetworkId", json!(7), "150002"),
        ("properties.recoveryNetworkId", json!(shop), "150002"),
        ("properties.recoveryFabricName", json!("nowhere"), "150003"),
        (
            "properties.recoveryFabricName",
            json!("site-office"),
            "150002",
        ),
        ("properties.recoveryFabricName", Value::Null, "150001"),
        (
            "properties.fabricSpecificDetails.primaryNetworkId",
            json!(dr),
            "150002",
        ),
        (
            "properties.fabricSpecificDetails.primaryNetworkId",
            Value::Null,
            "150001",
        ),
        (
            "properties.fabricSpecificDetails.instanceType",
            json!("VmmToAzure"),
            "150002",
        ),
        (
            "properties.fabricSpecificDetails.instanceType",
            json!("Teleport"),
            "150002",
        ),
    ] {
        let seen = vault.refused("PUT", &one, Some(&with(path, value)), (400, code));
        let detail = &seen["error"]["details"][0];
        assert_eq!(detail["code"], code, "{path}");
        assert!(detail["possibleCauses"].is_string() && detail["activityId"].is_string());
    }
    let lost =
        "/replicationFabrics/westeurope/replicationNetworks/other/replicationNetworkMappings/m1";
    let seen = vault.refused("PUT", lost, Some(&a2a(&vault)), (404, "ResourceNotFound"));
    assert!(
        seen["error"]["details"][0]["activityId"].is_string(),
        "{seen}"
    );
}

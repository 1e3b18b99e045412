//! What callers see of container mappings.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const WEST: &str =
    "/replicationFabrics/westeurope/replicationProtectionContainers/westeurope-container";
const NORTH: &str =
    "/replicationFabrics/northeurope/replicationProtectionContainers/northeurope-container";
const CLOUD: &str = "/replicationFabrics/site-office/replicationProtectionContainers/cloud-office";

fn path(container: &str, name: &str) -> String {
    format!("{container}/replicationProtectionContainerMappings/{name}")
}

fn body(vault: &Vault, policy: &str, target: &str) -> Value {
    let target = if target.starts_with('/') {
        format!("{}{target}", vault.path)
    } else {
        target.to_owned()
    };
    let policy = format!("{}/replicationPolicies/{policy}", vault.path);
    json!({ "properties": { "policyId": policy, "targetProtectionContainerId": target } })
}

#[test]
fn a_mapping_pairs_its_containers() {
    let vault = Vault::new("rsv-dr");
    let spare = "/replicationFabrics/westeurope/replicationProtectionContainers/spare";
    vault.job("PUT", spare, None);
    let what = path(spare, "spare-to-north");
    let wish = body(&vault, "24-hours", NORTH);
    let begun = vault.call("PUT", &what, Some(&wish));
    assert_eq!(
        vault.get(spare)["properties"]["pairingStatus"],
        "PairingInProgress"
    );
    vault.follow(&begun);
    let made = vault.get(&what);
    let properties = &made["properties"];
    assert_eq!(properties["sourceFabricFriendlyName"], "westeurope");
    assert_eq!(properties["sourceProtectionContainerFriendlyName"], "spare");
    assert_eq!(
        properties["targetProtectionContainerFriendlyName"],
        "northeurope-container"
    );
    assert_eq!(properties["providerSpecificDetails"]["instanceType"], "A2A");
    assert_eq!(vault.get(spare)["properties"]["pairingStatus"], "Paired");
    let list = vault.get(&format!("{spare}/replicationProtectionContainerMappings"));
    assert_eq!(list["value"], json!([made]));
    vault.job("PUT", &what, Some(&wish));
    let other = body(&vault, "24-hours", WEST);
    vault.refused("PUT", &what, Some(&other), (409, "150053"));
    let input = json!({ "providerSpecificInput": { "instanceType": "A2A" } });
    let remove = format!("{what}/remove");
    vault.job("POST", &remove, Some(&json!({ "properties": input })));
    assert_eq!(vault.get(spare)["properties"]["pairingStatus"], "NotPaired");
    assert_eq!(vault.call("POST", &remove, None).status, 204);
}

#[test]
fn a_mapping_to_azure_says_so() {
    let vault = Vault::new("rsv-dr");
    let made = vault.get(&path(CLOUD, "office-to-azure"));
    let properties = &made["properties"];
    for name in [
        "targetProtectionContainerId",
        "targetProtectionContainerFriendlyName",
        "targetFabricFriendlyName",
    ] {
        assert_eq!(properties[name], "Microsoft Azure", "{name}");
    }
    let second = body(&vault, "hyperv-15min", "microsoft azure");
    vault.job("PUT", &path(CLOUD, "second"), Some(&second));
}

#[test]
fn a_mapping_needs_what_it_maps() {
    let vault = Vault::new("rsv-dr");
    let good = body(&vault, "24-hours", NORTH);
    let new = path(WEST, "new");
    for (wrong, expected) in [
        (body(&vault, "none", NORTH), (409, "150050")),
        (body(&vault, "hyperv-15min", NORTH), (409, "150051")),
        (body(&vault, "24-hours", "Microsoft Azure"), (409, "150052")),
        (body(&vault, "24-hours", WEST), (409, "150052")),
        (body(&vault, "24-hours", CLOUD), (409, "150052")),
        (
            with(&good, "properties.policyId", Value::Null),
            (400, "InvalidParameter"),
        ),
        (
            with(&good, "properties.targetProtectionContainerId", Value::Null),
            (400, "InvalidParameter"),
        ),
        (
            with(
                &good,
                "properties.providerSpecificInput",
                json!({ "instanceType": "VMwareCbt" }),
            ),
            (400, "InvalidParameter"),
        ),
        (
            with(
                &good,
                "properties.providerSpecificInput",
                json!({ "instanceType": "A2A", "agentAutoUpdateStatus": "Maybe" }),
            ),
            (400, "InvalidParameter"),
        ),
    ] {
        let error = vault.refused("PUT", &new, Some(&wrong), expected);
        assert!(
            error["error"]["details"][0]["possibleCauses"].is_string(),
            "{error}"
        );
    }
    let none = path(
        "/replicationFabrics/westeurope/replicationProtectionContainers/none",
        "m",
    );
    vault.refused("PUT", &none, Some(&good), (404, "ResourceNotFound"));
    let target = body(&vault, "hyperv-15min", NORTH);
    vault.refused("PUT", &path(CLOUD, "m"), Some(&target), (409, "150052"));
    let site = json!({ "properties": {} });
    vault.job("PUT", "/replicationFabrics/bare", Some(&site));
    let bare = path(
        "/replicationFabrics/bare/replicationProtectionContainers/c",
        "m",
    );
    vault.refused("PUT", &bare, Some(&target), (404, "ResourceNotFound"));
}

#[test]
fn a_migration_mapping_names_its_storage_and_region() {
    let vault = Vault::new("rsv-dr");
    let container =
        "/replicationFabrics/migrate-office/replicationProtectionContainers/migrate-container";
    let good = body(&vault, "migrate-policy", "Microsoft Azure");
    let what = path(container, "m");
    vault.refused("PUT", &what, Some(&good), (400, "InvalidParameter"));
    let input = json!({
        "instanceType": "VMwareCbt", "storageAccountId": "/subscriptions/s", "targetLocation": "mars",
    });
    let wish = with(&good, "properties.providerSpecificInput", input);
    let expected = (400, "LocationNotAvailableForResourceType");
    vault.refused("PUT", &what, Some(&wish), expected);
    let input = "properties.providerSpecificInput.targetLocation";
    vault.job("PUT", &what, Some(&with(&wish, input, json!("westeurope"))));
}

#[test]
fn a_site_that_is_not_heard_of_is_not_mapped() {
    let vault = Vault::new("rsv-dr");
    let trouble = json!({ "match": "hv-office", "kind": "agent_unreachable" });
    vault.tell("troubles", &trouble);
    let wish = body(&vault, "hyperv-15min", "Microsoft Azure");
    let job = vault.job("PUT", &path(CLOUD, "second"), Some(&wish));
    assert_eq!(job["properties"]["state"], "Failed");
    let seen = vault.call("GET", &path(CLOUD, "second"), None);
    assert_eq!(seen.status, 404);
    let mapping = vault.get(&path(CLOUD, "office-to-azure"));
    assert_eq!(mapping["properties"]["health"], "Critical");
    let remove = format!("{}/remove", path(CLOUD, "office-to-azure"));
    let wrong = json!({ "properties": { "providerSpecificInput": { "instanceType": "A2A" } } });
    vault.refused("POST", &remove, Some(&wrong), (400, "InvalidParameter"));
    let job = vault.job("POST", &remove, None);
    assert_eq!(job["properties"]["state"], "Failed");
    vault.get(&path(CLOUD, "office-to-azure"));
}

#[test]
fn a_mapping_stays_while_something_replicates_by_it() {
    let vault = Vault::new("rsv-dr");
    let item = format!("{CLOUD}/replicationProtectedItems/vm-a");
    vault.plant(
        &item,
        &json!({
            "friendlyName": "vm-a",
            "policyId": format!("{}/replicationPolicies/hyperv-15min", vault.path),
        }),
    );
    let remove = format!("{}/remove", path(CLOUD, "office-to-azure"));
    let error = vault.refused("POST", &remove, None, (409, "150048"));
    let causes = &error["error"]["details"][0]["possibleCauses"];
    assert_eq!(causes, "It replicates vm-a.");
    let cloud = vault.get(CLOUD);
    assert_eq!(cloud["properties"]["protectedItemCount"], 1);
}

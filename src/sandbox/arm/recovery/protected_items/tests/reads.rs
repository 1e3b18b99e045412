//! Lists, changes and health.

use serde_json::json;

use super::*;

#[test]
fn the_list_of_a_vault_takes_a_filter() {
    let vault = vault();
    let all = vault.get("/replicationProtectedItems");
    assert_eq!(all["value"].as_array().map(Vec::len), Some(1), "{all}");
    assert_eq!(vault.get(&format!("{WEST}/replicationProtectedItems")), all);
    assert_eq!(
        vault.get(&format!("{NORTH}/replicationProtectedItems"))["value"],
        json!([])
    );
    let filter = |text: &str| {
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("/replicationProtectedItems?$filter={text}")
    };
    let found = vault.get(&filter(
        "protectionState eq 'Protected' and friendlyName eq 'vm-web1'",
    ));
    assert_eq!(found, all);
    let none = vault.get(&filter("activeLocation eq 'Recovery'"));
    assert_eq!(none["value"], json!([]));
    vault.refused(
        "GET",
        &filter("rpoInSeconds gt 5"),
        None,
        (400, "InvalidFilterInQueryString"),
    );
}

#[test]
fn a_change_chooses_another_machine_and_subnet() {
    let vault = vault();
    let body = json!({ "properties": { "recoveryAzureVMName": "vm-web1-dr", "recoveryAzureVMSize": "Standard_B2ms" } });
    let job = vault.job("PATCH", &web(), Some(&body));
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    let details = shown(&vault, &web())["providerSpecificDetails"].clone();
    assert_eq!(details["recoveryAzureVMName"], "vm-web1-dr");
    let nics = json!([{ "ipConfigs": [{ "recoverySubnetName": "none" }] }]);
    let body = json!({ "properties": { "vmNics": nics } });
    vault.refused("PATCH", &web(), Some(&body), (400, "150011"));
    let body = json!({ "properties": { "selectedRecoveryAzureNetworkId": "none" } });
    vault.refused("PATCH", &web(), Some(&body), (400, "150011"));
    act(
        &vault,
        &web(),
        "plannedFailover",
        Some(&away()),
        "Succeeded",
    );
    let made = vault.shop.get(&machine(&vault, "rg-dr", "vm-web1-dr"));
    assert_eq!(
        made["properties"]["hardwareProfile"]["vmSize"],
        "Standard_B2ms"
    );
}

#[test]
fn health_follows_the_machine_and_the_troubles() {
    let vault = vault();
    let health = || {
        let shown = shown(&vault, &web());
        let errors = shown["healthErrors"].as_array().map(Vec::len);
        (
            shown["replicationHealth"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            errors,
        )
    };
    let is = |word: &str, errors: usize| (word.to_owned(), Some(errors));
    assert_eq!(health(), is("Normal", 0));
    let details = shown(&vault, &web())["providerSpecificDetails"].clone();
    assert!(
        details["rpoInSeconds"]
            .as_i64()
            .is_some_and(|seconds| seconds <= 300),
        "{details}"
    );
    trouble(&vault, "virtualMachines/vm-web1", "rpo_exceeded", None);
    assert_eq!(health(), is("Warning", 1));
    let details = shown(&vault, &web())["providerSpecificDetails"].clone();
    assert_eq!(details["rpoInSeconds"], 7200);
    vault.control("DELETE", "troubles", &json!({}));
    let source = machine(&vault, "rg-shop", "vm-web1");
    vault.shop.act(&format!("{source}/deallocate"), None);
    assert_eq!(health(), is("Warning", 1));
    act(&vault, &web(), "repairReplication", None, "Succeeded");
    vault.shop.act(&format!("{source}/start"), None);
    assert_eq!(health(), is("Normal", 0));
    refused(
        &vault,
        &web(),
        "repairReplication",
        None,
        "PlannedFailover, UnplannedFailover, DisableProtection, TestFailover",
    );
    vault.shop.delete(&source);
    assert_eq!(health(), is("Critical", 1));
    act(
        &vault,
        &web(),
        "unplannedFailover",
        Some(&unplanned()),
        "Succeeded",
    );
    assert_eq!(
        power(&vault, &machine(&vault, "rg-dr", "vm-web1")),
        "running"
    );
}

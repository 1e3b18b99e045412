//! What may be protected, and what becomes of it.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::arm::testing::with;

fn item() -> String {
    format!("{WEST}/replicationProtectedItems/vm-batch1")
}

#[test]
fn a_machine_is_protected_after_its_first_copy() {
    let vault = vault();
    let seen = vault.call("PUT", &item(), Some(&batch(&vault)));
    assert_eq!(seen.status, 202, "{}", seen.json);
    assert_eq!(vault.call("GET", &item(), None).status, 404);
    let job = vault.follow(&seen);
    assert_eq!(job["properties"]["state"], "Succeeded", "{job}");
    assert_eq!(job["properties"]["scenarioName"], "EnableDr");
    assert_eq!(job["properties"]["targetObjectName"], "vm-batch1");
    stands(
        &vault,
        &item(),
        ["InitialReplicationInProgress", "Primary", "None"],
        &["DisableProtection"],
    );
    let details = shown(&vault, &item())["providerSpecificDetails"].clone();
    assert!(
        details["monitoringPercentageCompletion"].is_number(),
        "{details}"
    );
    assert_eq!(
        vault.get(&format!("{}/recoveryPoints", item()))["value"],
        json!([])
    );
    pass(&vault, 15);
    let protected = [
        "PlannedFailover",
        "UnplannedFailover",
        "DisableProtection",
        "TestFailover",
    ];
    stands(
        &vault,
        &item(),
        ["Protected", "Primary", "None"],
        &protected,
    );
    let shown = shown(&vault, &item());
    assert_eq!(shown["friendlyName"], "vm-batch1");
    assert_eq!(shown["replicationHealth"], "Normal");
    assert_eq!(shown["policyFriendlyName"], "24-hours");
    assert_eq!(shown["primaryFabricFriendlyName"], "westeurope");
    assert_eq!(shown["recoveryFabricFriendlyName"], "northeurope");
    let scenario = &shown["currentScenario"];
    assert_eq!(scenario["scenarioName"], "None");
    assert!(
        scenario["jobId"]
            .as_str()
            .is_some_and(|id| id.ends_with("/replicationJobs/None"))
    );
    assert_eq!(shown["lastSuccessfulFailoverTime"], "1753-01-01T01:01:01Z");
    let points = vault.get(&format!("{}/recoveryPoints", item()));
    assert_eq!(points["value"].as_array().map(Vec::len), Some(1));
    vault.refused("PUT", &item(), Some(&batch(&vault)), (409, "150025"));
}

#[test]
fn what_cannot_be_protected_is_refused() {
    let vault = vault();
    let good = batch(&vault);
    let details = "properties.providerSpecificDetails";
    let at = |path: &str| format!("{details}.{path}");
    let other = machine(&vault, "rg-shop", "vm-none");
    let nowhere = group(&vault, "rg-none");
    let north = format!("{}{NORTH}", vault.path);
    let cases: [(String, Value, (u16, &str)); 17] = [
        (details.to_owned(), Value::Null, (400, "150010")),
        (
            details.to_owned(),
            json!([{ "instanceType": "A2A" }]),
            (400, "150010"),
        ),
        (at("instanceType"), Value::Null, (400, "150010")),
        (at("instanceType"), json!("A2B"), (400, "150010")),
        (
            at("instanceType"),
            json!("HyperVReplicaAzure"),
            (400, "150010"),
        ),
        (
            "properties.policyId".to_owned(),
            Value::Null,
            (400, "150010"),
        ),
        (
            "properties.policyId".to_owned(),
            json!(format!("{}/replicationPolicies/none", vault.path)),
            (400, "150011"),
        ),
        (
            "properties.policyId".to_owned(),
            json!(format!("{}/replicationPolicies/hyperv-15min", vault.path)),
            (400, "150010"),
        ),
        (at("fabricObjectId"), Value::Null, (400, "150010")),
        (at("fabricObjectId"), json!(other), (400, "150011")),
        (
            at("recoveryContainerId"),
            json!(format!("{north}x")),
            (400, "150011"),
        ),
        (
            at("recoveryContainerId"),
            json!(format!("{}{WEST}", vault.path)),
            (400, "150010"),
        ),
        (
            at("recoveryResourceGroupId"),
            json!(nowhere),
            (400, "150011"),
        ),
        (
            at("recoveryAzureNetworkId"),
            json!(resource(
                &vault,
                "rg-shop",
                "Microsoft.Network/virtualNetworks/vnet-shop"
            )),
            (400, "150010"),
        ),
        (at("recoverySubnetName"), json!("none"), (400, "150011")),
        (at("vmManagedDisks"), json!([]), (400, "150010")),
        (
            at("vmManagedDisks"),
            json!([{ "diskId": "/subscriptions/x" }]),
            (400, "150011"),
        ),
    ];
    for (path, value, expected) in cases {
        let seen = vault.refused("PUT", &item(), Some(&with(&good, &path, value)), expected);
        let detail = &seen["error"]["details"][0];
        assert!(
            detail["possibleCauses"].is_string() && detail["activityId"].is_string(),
            "{seen}"
        );
    }
    let mut elsewhere = good.clone();
    let disk = &mut elsewhere["properties"]["providerSpecificDetails"]["vmManagedDisks"][0];
    disk["primaryStagingAzureStorageAccountId"] = json!(resource(
        &vault,
        "rg-shop",
        "Microsoft.Storage/storageAccounts/none"
    ));
    vault.refused("PUT", &item(), Some(&elsewhere), (400, "150011"));
    let mut again = good.clone();
    again["properties"]["providerSpecificDetails"]["fabricObjectId"] =
        json!(machine(&vault, "rg-shop", "vm-web1"));
    vault.refused("PUT", &item(), Some(&again), (409, "150012"));
    let far = format!("{NORTH}/replicationProtectedItems/vm-batch1");
    vault.refused("PUT", &far, Some(&good), (400, "150010"));
    let none = format!("{WEST}x/replicationProtectedItems/vm-batch1");
    vault.refused("PUT", &none, Some(&good), (404, "ResourceNotFound"));
}

/// The staging account is missing: the job fails half-way and says why; what is left can be removed,
/// and nothing else.
#[test]
fn an_item_whose_staging_account_is_missing_stays_to_be_removed() {
    let vault = vault();
    trouble(&vault, "vm-batch1", "cache_storage_missing", Some(1));
    let job = vault.job("PUT", &item(), Some(&batch(&vault)));
    let properties = &job["properties"];
    assert_eq!(properties["state"], "Failed", "{job}");
    let error = &properties["errors"][0]["serviceErrorDetails"];
    for field in [
        "code",
        "message",
        "possibleCauses",
        "recommendedAction",
        "activityId",
    ] {
        assert!(
            error[field].as_str().is_some_and(|text| !text.is_empty()),
            "{field}: {error}"
        );
    }
    assert_eq!(properties["tasks"][0]["state"], "Succeeded");
    assert_eq!(properties["tasks"][1]["state"], "Failed");
    assert_eq!(properties["tasks"][2]["state"], "NotStarted");
    stands(
        &vault,
        &item(),
        ["EnablingFailed", "Primary", "None"],
        &["DisableProtection"],
    );
    let shown = shown(&vault, &item());
    assert_eq!(shown["replicationHealth"], "Critical");
    assert_eq!(shown["healthErrors"][0]["errorCode"], error["code"]);
    refused(
        &vault,
        &item(),
        "testFailover",
        Some(&test_in(&network(&vault))),
        "DisableProtection",
    );
    let body = json!({ "properties": { "disableProtectionReason": "NotSpecified" } });
    act(&vault, &item(), "remove", Some(&body), "Succeeded");
    assert_eq!(vault.call("GET", &item(), None).status, 404);
    assert_eq!(
        vault
            .call("POST", &format!("{}/remove", item()), Some(&body))
            .status,
        204
    );
    assert_eq!(vault.call("DELETE", &item(), None).status, 204);
    assert_eq!(
        vault.job("PUT", &item(), Some(&batch(&vault)))["properties"]["state"],
        "Succeeded"
    );
}

#[test]
fn a_machine_of_hyper_v_comes_up_in_azure() {
    let vault = vault();
    let list = vault.get(&format!("{OFFICE}/replicationProtectableItems"));
    let source = list["value"].as_array().and_then(|all| {
        all.iter()
            .find(|one| one["properties"]["friendlyName"] == "vm-erp")
    });
    let source = source.expect("a protectable item").clone();
    let item = format!("{OFFICE}/replicationProtectedItems/vm-erp");
    let body = json!({ "properties": {
        "policyId": format!("{}/replicationPolicies/hyperv-15min", vault.path),
        "protectableItemId": source["id"],
        "providerSpecificDetails": {
            "instanceType": "HyperVReplicaAzure",
            "vmName": "vm-erp",
            "osType": "Windows",
            "targetAzureV2ResourceGroupId": group(&vault, "rg-dr"),
            "targetAzureNetworkId": network(&vault),
            "targetAzureSubnetId": "web",
        },
    } });
    let without = with(&body, "properties.protectableItemId", Value::Null);
    vault.refused("PUT", &item, Some(&without), (400, "150010"));
    let disk = "properties.providerSpecificDetails.vhdId";
    let strange = with(&body, disk, json!("d1"));
    vault.refused("PUT", &item, Some(&strange), (400, "150011"));
    assert_eq!(
        vault.job("PUT", &item, Some(&body))["properties"]["state"],
        "Succeeded"
    );
    let other = format!("{OFFICE}/replicationProtectedItems/vm-other");
    vault.refused("PUT", &other, Some(&body), (409, "150012"));
    let id = source["id"].as_str().expect("an id");
    assert_eq!(vault.get(id)["properties"]["protectionStatus"], "Protected");
    pass(&vault, 16);
    assert_eq!(shown(&vault, &item)["recoveryFabricId"], "Microsoft Azure");
    let hyper_v = |more: Value| {
        let mut body = json!({ "failoverDirection": "PrimaryToRecovery" });
        merge(&mut body, more);
        json!({ "properties": body })
    };
    let own = json!({ "providerSpecificDetails": { "instanceType": "HyperVReplicaAzure" } });
    vault.refused(
        "POST",
        &format!("{item}/plannedFailover"),
        Some(&away()),
        (400, "150010"),
    );
    act(
        &vault,
        &item,
        "plannedFailover",
        Some(&hyper_v(own)),
        "Succeeded",
    );
    assert_eq!(
        power(&vault, &machine(&vault, "rg-dr", "vm-erp")),
        "running"
    );
    act(&vault, &item, "failoverCommit", None, "Succeeded");
    act(
        &vault,
        &item,
        "reProtect",
        Some(&hyper_v(
            json!({ "failoverDirection": "PrimaryToRecovery" }),
        )),
        "Succeeded",
    );
    let back = json!({ "properties": {
        "failoverDirection": "RecoveryToPrimary",
        "providerSpecificDetails": { "instanceType": "HyperVReplicaAzureFailback", "dataSyncOption": "ForSynchronization" },
    } });
    act(&vault, &item, "plannedFailover", Some(&back), "Succeeded");
    assert_eq!(
        power(&vault, &machine(&vault, "rg-dr", "vm-erp")),
        "deallocated"
    );
    act(&vault, &item, "failoverCommit", None, "Succeeded");
    act(&vault, &item, "reProtect", None, "Succeeded");
    let body = json!({ "properties": {} });
    act(&vault, &item, "remove", Some(&body), "Succeeded");
    assert_eq!(
        vault.get(id)["properties"]["protectionStatus"],
        "Unprotected"
    );
}

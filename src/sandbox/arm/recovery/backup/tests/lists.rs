//! What a vault shows: containers, protectable items, items, points, usages, status.

use serde_json::{Value, json};

use super::{done, item, machine, names, operation, properties, protection, wait};
use crate::sandbox::arm::recovery::testing::Vault;

const INPUT: (u16, &str) = (400, "BMSUserErrorInvalidInput");

#[test]
fn a_vault_learns_of_machines_by_a_refresh() {
    let vault = Vault::new("rsv-empty");
    let list = "/backupProtectableItems?$filter=backupManagementType eq 'AzureIaasVM' and workloadType eq 'VM'";
    assert!(names(&vault, list).is_empty());
    let seen = vault.call("POST", "/backupFabrics/Azure/refreshContainers", None);
    assert_eq!(operation(&vault, &seen)["status"], "Succeeded");
    let result = super::look(&vault, &seen, "location");
    assert_eq!((result.status, result.body.len()), (204, 0));
    // The other machine is protected in another vault.
    assert_eq!(
        names(&vault, list),
        ["VM;iaasvmcontainerv2;rg-shop;vm-batch1"]
    );
    let own = Vault::new("rsv-backup");
    let states = own.get(list);
    let states = states["value"].as_array().expect("a list").iter();
    let states: Vec<&Value> = states
        .map(|one| &one["properties"]["protectionState"])
        .collect();
    assert_eq!(states, ["NotProtected", "Protected"]);
    vault.refused("GET", "/backupProtectableItems", None, INPUT);
    vault.refused(
        "POST",
        "/backupFabrics/Other/refreshContainers",
        None,
        INPUT,
    );
}

#[test]
fn containers_are_listed_by_kind_and_held_by_their_items() {
    let vault = Vault::new("rsv-backup");
    let list = "/backupProtectionContainers?$filter=backupManagementType eq 'AzureIaasVM'";
    let container = "IaasVMContainer;iaasvmcontainerv2;rg-shop;vm-web1";
    assert_eq!(names(&vault, list), [container]);
    let other = list.replace("AzureIaasVM", "AzureStorage");
    assert!(names(&vault, &other).is_empty());
    vault.refused("GET", "/backupProtectionContainers", None, INPUT);
    let wrong = list.replace("AzureIaasVM", "Azure");
    vault.refused("GET", &wrong, None, INPUT);
    let path = format!("/backupFabrics/Azure/protectionContainers/{container}");
    assert_eq!(
        properties(&vault, &path)["registrationStatus"],
        "Registered"
    );
    vault.refused("DELETE", &path, None, (409, "BMSUserErrorObjectInUse"));
    let seen = vault.call("POST", &format!("{path}/inquire"), None);
    assert_eq!(operation(&vault, &seen)["status"], "Succeeded");
    let free = "/backupFabrics/Azure/protectableContainers";
    let batch = "IaasVMContainer;iaasvmcontainerv2;rg-shop;vm-batch1";
    assert_eq!(names(&vault, free), [batch]);
    let path = format!("/backupFabrics/Azure/protectionContainers/{batch}");
    let body = json!({ "properties": { "containerType": "Microsoft.Compute/virtualMachines" } });
    operation(&vault, &vault.call("PUT", &path, Some(&body)));
    assert_eq!(names(&vault, list).len(), 2);
    let wrong = json!({ "properties": { "containerType": "VM" } });
    vault.refused("PUT", &path, Some(&wrong), INPUT);
    operation(&vault, &vault.call("DELETE", &path, None));
    assert_eq!(vault.call("DELETE", &path, None).status, 204);
}

#[test]
fn items_are_listed_and_expanded() {
    let vault = Vault::new("rsv-backup");
    let all = names(
        &vault,
        "/backupProtectedItems?$filter=backupManagementType eq 'AzureIaasVM'",
    );
    assert_eq!(all, ["VM;iaasvmcontainerv2;rg-shop;vm-web1"]);
    assert!(
        names(
            &vault,
            "/backupProtectedItems?$filter=policyName eq 'other'"
        )
        .is_empty()
    );
    vault.refused(
        "GET",
        "/backupProtectedItems?$filter=size eq '1'",
        None,
        INPUT,
    );
    let path = item("vm-web1");
    assert_eq!(properties(&vault, &path)["extendedInfo"], Value::Null);
    let more = properties(&vault, &format!("{path}?$filter=expand eq 'extendedinfo'"));
    assert_eq!(more["extendedInfo"]["recoveryPointCount"], 3);
    vault.refused(
        "GET",
        &format!("{path}?$filter=expand eq 'all'"),
        None,
        INPUT,
    );
}

#[test]
fn points_are_listed_by_the_dates_of_a_twelve_hour_clock() {
    let vault = Vault::new("rsv-backup");
    let list = format!("{}/recoveryPoints", item("vm-web1"));
    let all = names(&vault, &list);
    assert_eq!(all.len(), 3);
    let times = vault.get(&list);
    let latest = &times["value"][0]["properties"]["recoveryPointTime"];
    assert_eq!(latest, "2026-03-01T22:05:00.000Z");
    let filter =
        "?$filter=startDate eq '2026-02-28 09:00:00 PM' and endDate eq '2026-03-01 12:00:00 AM'";
    assert_eq!(names(&vault, &format!("{list}{filter}")), all[1..2]);
    let iso = "?$filter=startDate eq '2026-02-28T21:00:00Z'";
    vault.refused("GET", &format!("{list}{iso}"), None, INPUT);
    let one = properties(&vault, &format!("{list}/{}", all[0]));
    assert_eq!(one["objectType"], "IaasVMRecoveryPoint");
    assert_eq!(one["recoveryPointProperties"]["ruleName"], "Daily");
    assert_eq!(
        one["recoveryPointProperties"]["expiryTime"],
        "2026-03-31T22:05:00.000Z"
    );
    vault.refused("GET", &format!("{list}/1"), None, (404, "ResourceNotFound"));
}

#[test]
fn usages_and_status_follow_protection() {
    let vault = Vault::new("rsv-backup");
    let count = |kind: &str| {
        let list = vault.get(&format!("/backupUsageSummaries?$filter=type eq '{kind}'"));
        list["value"][0]["currentValue"].clone()
    };
    assert_eq!(count("BackupProtectedItemCountSummary"), 1);
    assert_eq!(count("BackupProtectionContainerCountSummary"), 1);
    vault.refused(
        "GET",
        "/backupUsageSummaries?$filter=type eq 'Other'",
        None,
        INPUT,
    );
    let root = vault.shop.root.clone();
    let ask = |what: &str, body: &Value| {
        let path =
            format!("{root}/providers/Microsoft.RecoveryServices/locations/westeurope/{what}");
        let seen = vault.call("POST", &path, Some(body));
        assert_eq!(seen.status, 200, "{}", seen.json);
        seen.json
    };
    let about = |name: &str| json!({ "resourceType": "VM", "resourceId": machine(&vault, name), "vaultId": vault.path });
    let status = ask("backupStatus", &about("vm-web1"));
    assert_eq!(status["protectionStatus"], "Protected");
    assert_eq!(status["policyName"], "daily22");
    let status = ask("backupStatus", &about("vm-batch1"));
    assert_eq!(status["protectionStatus"], "NotProtected");
    let checked = ask("backupPreValidateProtection", &about("vm-batch1"));
    assert_eq!(checked["status"], "Succeeded", "{checked}");
    let checked = ask("backupPreValidateProtection", &about("vm-web1"));
    assert_eq!(checked["errorCode"], "AlreadyProtected");
    let checked = ask("backupPreValidateProtection", &about("vm-none"));
    assert_eq!(checked["errorCode"], "UserErrorVmNotFound");
    let wrong = json!({ "resourceType": "Machine", "resourceId": machine(&vault, "vm-web1") });
    let path =
        format!("{root}/providers/Microsoft.RecoveryServices/locations/westeurope/backupStatus");
    vault.refused("POST", &path, Some(&wrong), INPUT);
}

#[test]
fn a_policy_in_use_stays_and_its_items_follow_it() {
    let vault = Vault::new("rsv-backup");
    let code = (409, "BMSUserErrorObjectInUse");
    vault.refused("DELETE", "/backupPolicies/daily22", None, code);
    let mut policy = properties(&vault, "/backupPolicies/daily22");
    assert_eq!(policy["protectedItemsCount"], 1);
    let text = policy.to_string().replace("T22:00:00Z", "T10:30:00Z");
    policy = serde_json::from_str(&text).expect("a policy");
    let body = json!({ "properties": policy });
    let seen = vault.call("PUT", "/backupPolicies/daily22", Some(&body));
    let status = operation(&vault, &seen);
    assert_eq!(
        status["properties"]["jobIds"].as_array().map(Vec::len),
        Some(1),
        "{status}"
    );
    let result = super::look(&vault, &seen, "location");
    assert_eq!(result.status, 200);
    wait(&vault, 2 * 3600);
    let last = properties(&vault, &item("vm-web1"));
    assert_eq!(last["lastBackupTime"], "2026-03-02T10:35:00.000Z");
    let body = json!({ "properties": policy });
    assert_eq!(
        vault
            .call("PUT", "/backupPolicies/spare", Some(&body))
            .status,
        200
    );
    let change = protection(&vault, "vm-web1", "spare");
    done(&vault, "PUT", &item("vm-web1"), Some(&change));
    assert_eq!(properties(&vault, &item("vm-web1"))["policyName"], "spare");
    operation(
        &vault,
        &vault.call("DELETE", "/backupPolicies/daily22", None),
    );
    assert_eq!(
        vault.call("DELETE", "/backupPolicies/daily22", None).status,
        204
    );
}

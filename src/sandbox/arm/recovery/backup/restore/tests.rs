//! Restores, of each kind: a machine elsewhere, disks alone, the machine itself.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::backup::tests::{
    done, item, job, machine, names, operation, properties,
};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const INPUT: (u16, &str) = (400, "BMSUserErrorInvalidInput");

/// Returns the path of the latest point of the machine that is saved.
fn point(vault: &Vault) -> String {
    let list = format!("{}/recoveryPoints", item("vm-web1"));
    format!("{list}/{}", names(vault, &list)[0])
}

fn shop(vault: &Vault, what: &str) -> String {
    format!(
        "{}/resourceGroups/rg-shop/providers/{what}",
        vault.shop.root
    )
}

fn request(vault: &Vault, kind: &str) -> Value {
    let network = shop(vault, "Microsoft.Network/virtualNetworks/vnet-shop");
    let root = &vault.shop.root;
    json!({ "properties": {
        "objectType": "IaasVMRestoreRequest",
        "recoveryType": kind,
        "recoveryPointId": point(vault).rsplit('/').next(),
        "sourceResourceId": machine(vault, "vm-web1"),
        "storageAccountId": shop(vault, "Microsoft.Storage/storageAccounts/stfabshop01"),
        "region": "West Europe",
        "createNewCloudService": false,
        "targetResourceGroupId": format!("{root}/resourceGroups/rg-empty"),
        "targetVirtualMachineId": vault.shop.id("Microsoft.Compute/virtualMachines/vm-web2"),
        "virtualNetworkId": network,
        "subnetId": format!("{network}/subnets/web"),
    } })
}

fn restore(vault: &Vault, body: &Value) -> Value {
    let path = format!("{}/restore", point(vault));
    job(vault, &vault.call("POST", &path, Some(body)))
}

#[test]
fn a_machine_is_made_elsewhere() {
    let vault = Vault::new("rsv-backup");
    let body = request(&vault, "AlternateLocation");
    let job = restore(&vault, &body);
    assert_eq!(
        (&job["operation"], &job["status"]),
        (&json!("Restore"), &json!("Completed"))
    );
    let made = vault.shop.get("Microsoft.Compute/virtualMachines/vm-web2");
    assert_eq!(made["properties"]["provisioningState"], "Succeeded");
    assert_eq!(
        made["properties"]["hardwareProfile"]["vmSize"],
        "Standard_B2s"
    );
    let disk = &made["properties"]["storageProfile"]["osDisk"];
    assert_eq!(disk["diskSizeGB"], 30, "{disk}");
    let disk = disk["managedDisk"]["id"].as_str().expect("a disk");
    let disk = vault.shop.get(disk);
    assert_eq!(disk["managedBy"], made["id"]);
    assert_eq!(
        disk["properties"]["creationData"]["createOption"],
        "Restore"
    );
    let nic = vault.shop.machine_of("vm-web2-nic");
    assert_eq!(nic, made["id"]);
    let path = format!("{}/restore", point(&vault));
    vault.refused("POST", &path, Some(&body), INPUT);
}

#[test]
fn disks_are_made_in_a_group_or_in_the_account() {
    let vault = Vault::new("rsv-backup");
    let body = request(&vault, "RestoreDisks");
    assert_eq!(restore(&vault, &body)["status"], "Completed");
    let disks = vault.shop.call("GET", "Microsoft.Compute/disks", None).json;
    let disks = disks["value"].as_array().expect("a list");
    assert_eq!(disks.len(), 1, "{disks:?}");
    assert_eq!(disks[0]["properties"]["diskState"], "Unattached");
    let body = with(&body, "properties.targetResourceGroupId", Value::Null);
    assert_eq!(restore(&vault, &body)["status"], "Completed");
}

#[test]
fn the_machine_itself_gets_its_old_disks() {
    let vault = Vault::new("rsv-backup");
    let path = machine(&vault, "vm-web1");
    let disk = |seen: &Value| {
        let id = &seen["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"];
        id.as_str().expect("a disk").to_owned()
    };
    let before = disk(&vault.shop.get(&path));
    let body = request(&vault, "OriginalLocation");
    assert_eq!(restore(&vault, &body)["status"], "Completed");
    let after = disk(&vault.shop.get(&path));
    assert_ne!(before, after);
    let old = vault.shop.get(&before);
    assert_eq!(old["properties"]["diskState"], "Unattached");
    assert_eq!(
        vault.shop.get(&after)["properties"]["diskState"],
        "Attached"
    );
}

#[test]
fn wrong_restores_are_refused() {
    let vault = Vault::new("rsv-backup");
    let path = format!("{}/restore", point(&vault));
    let right = request(&vault, "AlternateLocation");
    let check = |field: &str, value: Value, expected: (u16, &str)| {
        let body = with(&right, &format!("properties.{field}"), value);
        vault.refused("POST", &path, Some(&body), expected);
    };
    let missing = (400, "InvalidParameter");
    check("objectType", json!("Restore"), INPUT);
    check("objectType", json!("AzureFileShareRestoreRequest"), INPUT);
    check("recoveryType", json!("Offline"), INPUT);
    check("recoveryType", Value::Null, missing);
    check("recoveryPointId", json!("1"), INPUT);
    check(
        "sourceResourceId",
        json!(machine(&vault, "vm-batch1")),
        INPUT,
    );
    check("storageAccountId", Value::Null, missing);
    check(
        "storageAccountId",
        json!(shop(&vault, "Microsoft.Storage/storageAccounts/none")),
        INPUT,
    );
    check("region", json!("northeurope"), INPUT);
    check(
        "region",
        json!("nowhere"),
        (400, "LocationNotAvailableForResourceType"),
    );
    let group = format!("{}/resourceGroups/none", vault.shop.root);
    check(
        "targetResourceGroupId",
        json!(group),
        (404, "ResourceGroupNotFound"),
    );
    check(
        "targetVirtualMachineId",
        json!(machine(&vault, "vm-web1")),
        INPUT,
    );
    let dr = vault.shop.root.clone()
        + "/resourceGroups/rg-dr/providers/Microsoft.Network/virtualNetworks/vnet-dr";
    check("virtualNetworkId", json!(dr), INPUT);
    check("subnetId", json!(format!("{dr}/subnets/web")), INPUT);
    let none = path.replace("/restore", "1/restore");
    vault.refused("POST", &none, Some(&right), (404, "ResourceNotFound"));
}

#[test]
fn a_target_that_is_taken_meanwhile_fails_the_job() {
    let vault = Vault::new("rsv-backup");
    let path = format!("{}/restore", point(&vault));
    let seen = vault.call("POST", &path, Some(&request(&vault, "AlternateLocation")));
    operation(&vault, &seen);
    let other = with(
        &request(&vault, "AlternateLocation"),
        "properties.targetVirtualMachineId",
        json!(vault.shop.id("Microsoft.Compute/virtualMachines/vm-web3")),
    );
    let code = (409, "BMSUserErrorOperationNotAllowed");
    vault.refused("POST", &path, Some(&other), code);
    let group = format!("{}/resourceGroups/rg-empty", vault.shop.root);
    let gone = vault.shop.bench.change(|tx| tx.arm.groups.remove(&group));
    assert!(gone.is_some());
    let failed = job(&vault, &seen);
    assert_eq!(failed["status"], "Failed", "{failed}");
    assert_eq!(failed["errorDetails"][0]["errorTitle"], "Restore failed");
    let stopped = json!({ "properties": {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "protectionState": "ProtectionStopped",
    } });
    done(&vault, "PUT", &item("vm-web1"), Some(&stopped));
    let shown = properties(&vault, &item("vm-web1"));
    assert_eq!(shown["protectionState"], "ProtectionStopped");
    let disks = with(
        &request(&vault, "RestoreDisks"),
        "properties.targetResourceGroupId",
        Value::Null,
    );
    assert_eq!(restore(&vault, &disks)["status"], "Completed");
}

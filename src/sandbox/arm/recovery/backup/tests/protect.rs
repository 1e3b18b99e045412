//! The life of a protected item: protected, backed up, stopped, resumed, deleted, undeleted, gone.

use serde_json::{Value, json};

use super::{done, item, job, look, machine, operation, properties, protection, wait};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const BATCH: &str = "vm-batch1";

/// Protects the machine that nobody protects.
fn protected() -> Vault {
    let vault = Vault::new("rsv-backup");
    let body = protection(&vault, BATCH, "daily22");
    done(&vault, "PUT", &item(BATCH), Some(&body));
    vault
}

fn backup(vault: &Vault) -> Value {
    let body = json!({ "properties": { "objectType": "IaasVMBackupRequest" } });
    done(
        vault,
        "POST",
        &format!("{}/backup", item(BATCH)),
        Some(&body),
    )
}

fn stop(vault: &Vault) {
    let body = json!({ "properties": {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "sourceResourceId": machine(vault, BATCH),
        "protectionState": "ProtectionStopped",
    } });
    done(vault, "PUT", &item(BATCH), Some(&body));
}

#[test]
fn an_operation_ends_when_its_job_begins() {
    let vault = Vault::new("rsv-backup");
    let body = protection(&vault, BATCH, "daily22");
    let seen = vault.call("PUT", &item(BATCH), Some(&body));
    assert_eq!((seen.status, seen.header("retry-after")), (202, "60"));
    assert!(seen.body.is_empty());
    assert!(
        seen.header("azure-asyncoperation")
            .contains("/operationsStatus/")
    );
    assert!(seen.header("location").contains("/operationResults/"));
    assert_eq!(look(&vault, &seen, "location").status, 202);
    assert_eq!(vault.call("GET", &item(BATCH), None).status, 404);
    let status = operation(&vault, &seen);
    assert_eq!(status["status"], "Succeeded");
    let properties = &status["properties"];
    assert_eq!(properties["objectType"], "OperationStatusJobExtendedInfo");
    let result = look(&vault, &seen, "location");
    assert_eq!(result.status, 200);
    assert_eq!(result.json["properties"]["protectionState"], "IRPending");
    let path = format!(
        "/backupJobs/{}",
        properties["jobId"].as_str().expect("an id")
    );
    let job = vault.get(&path);
    assert_eq!(job["properties"]["status"], "InProgress", "{job}");
    assert_eq!(job["properties"]["operation"], "ConfigureBackup");
    wait(&vault, 30);
    assert_eq!(vault.get(&path)["properties"]["status"], "Completed");
    let anywhere = seen.header("azure-asyncoperation").rsplit('/').next();
    let id = anywhere
        .and_then(|last| last.split('?').next())
        .expect("an id");
    let same = vault.get(&format!("/backupOperations/{id}"));
    assert_eq!(same, status);
    let other = item("vm-web1");
    vault.refused(
        "GET",
        &format!("{other}/operationsStatus/{id}"),
        None,
        (404, "ResourceNotFound"),
    );
}

#[test]
fn an_item_lives_until_it_is_purged() {
    let vault = protected();
    let path = item(BATCH);
    assert_eq!(properties(&vault, &path)["protectionState"], "IRPending");
    let job = backup(&vault);
    assert_eq!(job["operation"], "Backup");
    let shown = properties(&vault, &path);
    assert_eq!(shown["protectionState"], "Protected");
    assert_eq!(shown["lastBackupStatus"], "Healthy");
    assert_eq!(shown["policyName"], "daily22");
    stop(&vault);
    assert_eq!(
        properties(&vault, &path)["protectionState"],
        "ProtectionStopped"
    );
    wait(&vault, 400 * 86_400);
    let points = vault.get(&format!("{path}/recoveryPoints"));
    assert_eq!(
        points["value"].as_array().map(Vec::len),
        Some(0),
        "{points}"
    );
    let body = protection(&vault, BATCH, "daily22");
    done(&vault, "PUT", &path, Some(&body));
    assert_eq!(properties(&vault, &path)["protectionState"], "IRPending");
    done(&vault, "DELETE", &path, None);
    let shown = properties(&vault, &path);
    assert_eq!(shown["isScheduledForDeferredDelete"], true);
    assert_eq!(
        shown["deferredDeleteTimeRemaining"],
        "14 days 0 hours 0 minutes"
    );
    let rehydrate = with(&body, "properties.isRehydrate", json!(true));
    done(&vault, "PUT", &path, Some(&rehydrate));
    let shown = properties(&vault, &path);
    assert_eq!(shown["isScheduledForDeferredDelete"], false);
    assert_eq!(shown["protectionState"], "ProtectionStopped");
    done(&vault, "DELETE", &path, None);
    wait(&vault, 13 * 86_400);
    assert_eq!(vault.call("GET", &path, None).status, 200);
    wait(&vault, 2 * 86_400);
    assert_eq!(vault.call("GET", &path, None).status, 404);
    assert_eq!(vault.call("DELETE", &path, None).status, 204);
}

#[test]
fn stopped_items_keep_their_points_and_make_none() {
    let vault = Vault::new("rsv-backup");
    let path = item("vm-web1");
    let body = json!({ "properties": {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "protectionState": "ProtectionStopped",
    } });
    done(&vault, "PUT", &path, Some(&body));
    wait(&vault, 300 * 86_400);
    let points = super::names(&vault, &format!("{path}/recoveryPoints"));
    assert_eq!(points.len(), 3);
    let body = protection(&vault, "vm-web1", "daily22");
    done(&vault, "PUT", &path, Some(&body));
    let points = super::names(&vault, &format!("{path}/recoveryPoints"));
    assert_eq!(points.len(), 0, "{points:?}");
}

#[test]
fn what_the_state_does_not_allow_is_refused_with_what_it_does() {
    const CODE: (u16, &str) = (409, "BMSUserErrorOperationNotAllowed");
    let vault = protected();
    let path = item(BATCH);
    let request = json!({ "properties": { "objectType": "IaasVMBackupRequest" } });
    let now = format!("{path}/backup");
    let check = |verb: &str, what: &str, body: &Value, allowed: &str| {
        let seen = vault.refused(verb, what, Some(body), CODE);
        let text = seen["error"]["message"].as_str().expect("a text");
        assert!(text.ends_with(&format!("now: {allowed}.")), "{text}");
    };
    let rehydrate = with(
        &protection(&vault, BATCH, "daily22"),
        "properties.isRehydrate",
        json!(true),
    );
    let pending = "backup, change policy, stop protection, delete";
    check("PUT", &path, &rehydrate, pending);
    let seen = vault.call("POST", &now, Some(&request));
    check("POST", &now, &request, "none");
    job(&vault, &seen);
    stop(&vault);
    let stopped = "resume protection, restore, delete";
    check("POST", &now, &request, stopped);
    done(&vault, "DELETE", &path, None);
    check("POST", &now, &request, "undelete");
    check("DELETE", &path, &json!({}), "undelete");
    let again = protection(&vault, BATCH, "daily22");
    check("PUT", &path, &again, "undelete");
}

#[test]
fn wrong_bodies_and_names_are_refused() {
    const INPUT: (u16, &str) = (400, "BMSUserErrorInvalidInput");
    let vault = Vault::new("rsv-backup");
    let path = item(BATCH);
    let right = protection(&vault, BATCH, "daily22");
    let check = |what: &str, field: &str, value: Value, expected: (u16, &str)| {
        let body = with(&right, &format!("properties.{field}"), value);
        vault.refused("PUT", what, Some(&body), expected);
    };
    let missing = (400, "InvalidParameter");
    check(&path, "protectedItemType", Value::Null, missing);
    check(&path, "protectedItemType", json!("VM"), INPUT);
    check(
        &path,
        "protectedItemType",
        json!("AzureFileShareProtectedItem"),
        (501, "NotImplemented"),
    );
    check(&path, "sourceResourceId", Value::Null, missing);
    check(
        &path,
        "sourceResourceId",
        json!(machine(&vault, "vm-web1")),
        INPUT,
    );
    check(&path, "policyId", Value::Null, missing);
    let other = format!("{}/backupPolicies/none", vault.path);
    check(&path, "policyId", json!(other), INPUT);
    let other = vault.path.replace("rsv-backup", "rsv-empty");
    check(
        &path,
        "policyId",
        json!(format!("{other}/backupPolicies/daily22")),
        INPUT,
    );
    check(&path, "protectionState", json!("Stopped"), INPUT);
    check(&path, "isRehydrate", json!("yes"), INPUT);
    check(
        &path.replace("Azure", "Windows"),
        "createMode",
        json!("Default"),
        INPUT,
    );
    check(&path, "createMode", json!("Anew"), INPUT);
    let mixed = path.replace(
        "/VM;iaasvmcontainerv2;rg-shop;vm-batch1",
        "/VM;iaasvmcontainerv2;rg-shop;vm-web1",
    );
    check(&mixed, "createMode", json!("Default"), INPUT);
    let gone = item("vm-none");
    let body = protection(&vault, "vm-none", "daily22");
    vault.refused("PUT", &gone, Some(&body), (404, "UserErrorVmNotFound"));
    vault.refused("GET", &gone, None, (404, "ResourceNotFound"));
    let kind = json!({ "properties": { "objectType": "AzureFileShareBackupRequest" } });
    let web = format!("{}/backup", item("vm-web1"));
    vault.refused("POST", &web, Some(&kind), INPUT);
    let kind = json!({ "properties": { "objectType": "Backup" } });
    vault.refused("POST", &web, Some(&kind), INPUT);
    let late = json!({ "properties": {
        "objectType": "IaasVMBackupRequest",
        "recoveryPointExpiryTimeInUTC": "2026-03-01T00:00:00Z",
    } });
    vault.refused("POST", &web, Some(&late), INPUT);
}

#[test]
fn casing_of_names_does_not_count_and_semicolons_may_be_encoded() {
    let vault = Vault::new("rsv-backup");
    let plain = vault.get(&item("vm-web1"));
    let path = item("VM-WEB1").replace("iaasvm", "IAASVM");
    assert_eq!(vault.get(&path), plain);
    assert_eq!(vault.get(&item("vm-web1").replace(';', "%3B")), plain);
    assert!(
        plain["id"]
            .as_str()
            .expect("an id")
            .starts_with("/Subscriptions/")
    );
}

#[test]
fn a_machine_is_protected_by_one_vault_of_its_region() {
    let vault = Vault::new("rsv-empty");
    let policy = properties(&Vault::new("rsv-backup"), "/backupPolicies/daily22");
    let body = json!({ "properties": policy });
    assert_eq!(
        vault
            .call("PUT", "/backupPolicies/daily22", Some(&body))
            .status,
        200
    );
    let body = protection(&vault, "vm-web1", "daily22");
    vault.refused(
        "PUT",
        &item("vm-web1"),
        Some(&body),
        (409, "BMSUserErrorObjectInUse"),
    );
    let mut north = Vault::new("rsv-dr");
    north.version = "2026-10-01";
    let body = protection(&north, BATCH, "daily22");
    let code = (400, "BMSUserErrorInvalidInput");
    north.refused("PUT", &item(BATCH), Some(&body), code);
}

#[test]
fn a_configuration_that_fails_leaves_nothing() {
    let vault = Vault::new("rsv-backup");
    vault.shop.bench.change(|tx| {
        let ending = json!({ "match": "vm;iaasvmcontainerv2;rg-shop;vm-batch1", "end": "Failed", "times": 1 });
        let ending = serde_json::from_value(ending).expect("an ending");
        tx.arm.endings.put("1", ending);
    });
    let body = protection(&vault, BATCH, "daily22");
    let failed = job(&vault, &vault.call("PUT", &item(BATCH), Some(&body)));
    assert_eq!(failed["status"], "Failed", "{failed}");
    assert_eq!(vault.call("GET", &item(BATCH), None).status, 404);
    done(&vault, "PUT", &item(BATCH), Some(&body));
}

#[test]
fn without_soft_delete_an_item_goes_at_once_and_lets_its_vault_go() {
    const HELD: (u16, &str) = (409, "VaultCannotBeDeleted");
    let vault = Vault::new("rsv-backup");
    let path = item("vm-web1");
    vault.refused("DELETE", "", None, HELD);
    done(&vault, "DELETE", &path, None);
    vault.refused("DELETE", "", None, HELD);
    let back = with(
        &protection(&vault, "vm-web1", "daily22"),
        "properties.isRehydrate",
        json!(true),
    );
    done(&vault, "PUT", &path, Some(&back));
    let config = json!({ "properties": { "softDeleteFeatureState": "Disabled" } });
    let seen = vault.call("PATCH", "/backupconfig/vaultconfig", Some(&config));
    assert_eq!(seen.status, 200, "{}", seen.json);
    let seen = vault.call("DELETE", &path, None);
    wait(&vault, 120);
    assert_eq!(look(&vault, &seen, "location").status, 204);
    assert_eq!(vault.call("GET", &path, None).status, 404);
    assert_eq!(vault.call("DELETE", "", None).status, 202);
    wait(&vault, 60);
    let left = vault.shop.bench.change(|tx| {
        let recovery = &tx.recovery;
        let jobs = recovery.backup_jobs.len() + recovery.backup_operations.len();
        jobs + recovery.backup_points.len()
    });
    assert_eq!(left, 0);
}

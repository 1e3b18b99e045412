//! What is about to be, and what goes with its vault.

use serde_json::json;

use super::{done, item, job, names, operation, protection, wait};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

const BATCH: &str = "vm-batch1";

/// Between the call and its job, too, a policy is in use, and a machine protected.
#[test]
fn what_is_about_to_be_counts() {
    const USED: (u16, &str) = (409, "BMSUserErrorObjectInUse");
    const WRONG: (u16, &str) = (400, "BMSUserErrorInvalidInput");
    let vault = Vault::new("rsv-backup");
    let policy = vault.get("/backupPolicies/daily22")["properties"].take();
    let body = json!({ "properties": policy });
    let other = vault.path.replace("rsv-backup", "rsv-empty");
    for path in [
        "/backupPolicies/new-one".to_owned(),
        format!("{other}/backupPolicies/new-one"),
    ] {
        assert_eq!(vault.call("PUT", &path, Some(&body)).status, 200);
    }
    let new = "/backupPolicies/new-one";
    let body = protection(&vault, BATCH, "new-one");
    let seen = vault.call("PUT", &item(BATCH), Some(&body));
    vault.refused("DELETE", new, None, USED);
    let there = with(&body, "properties.policyId", json!(format!("{other}{new}")));
    let path = format!("{other}{}", item(BATCH));
    vault.refused("PUT", &path, Some(&there), USED);
    job(&vault, &seen);
    let old = protection(&vault, BATCH, "daily22");
    done(&vault, "PUT", &item(BATCH), Some(&old));
    let seen = vault.call("PUT", &item(BATCH), Some(&body));
    operation(&vault, &seen);
    vault.refused("DELETE", new, None, USED);
    job(&vault, &seen);
    done(&vault, "PUT", &item(BATCH), Some(&old));
    let seen = vault.call("DELETE", new, None);
    assert_eq!(seen.status, 202, "{}", seen.json);
    vault.refused("PUT", &item(BATCH), Some(&body), WRONG);
    operation(&vault, &seen);
    assert_eq!(vault.call("GET", new, None).status, 404);
}

#[test]
fn a_vault_takes_its_jobs_and_operations_with_it() {
    let vault = Vault::new("rsv-backup");
    let path = item("vm-web1");
    let config = json!({ "properties": { "softDeleteFeatureState": "Disabled" } });
    let seen = vault.call("PATCH", "/backupconfig/vaultconfig", Some(&config));
    assert_eq!(seen.status, 200, "{}", seen.json);
    done(&vault, "DELETE", &path, None);
    assert_eq!(vault.call("DELETE", &vault.path, None).status, 202);
    wait(&vault, 60);
    let body = json!({ "location": "westeurope", "sku": { "name": "Standard" } });
    assert_eq!(vault.call("PUT", &vault.path, Some(&body)).status, 201);
    wait(&vault, 60);
    assert!(names(&vault, "/backupJobs").is_empty());
    let left = vault.shop.bench.change(|tx| {
        let operations = tx.recovery.backup_operations.under(&vault.path);
        operations.count()
    });
    assert_eq!(left, 0);
}

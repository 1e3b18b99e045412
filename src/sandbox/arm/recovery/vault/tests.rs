//! Vaults from their first write to their end, and what they say themselves.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::names;
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;

fn body() -> Value {
    json!({
        "location": "westeurope",
        "sku": { "name": "Standard" },
        "properties": { "publicNetworkAccess": "Enabled" },
        "identity": { "type": "SystemAssigned" },
    })
}

/// A path for a vault that is not there yet.
fn fresh(vault: &Vault) -> String {
    vault.path.replace("rsv-empty", "rsv-new")
}

/// Puts something below the vault, whatever its type would say.
fn put(vault: &Vault, what: &str, properties: Value) {
    vault.plant(what, &properties);
}

#[test]
fn a_vault_is_made_changed_and_deleted_by_its_own_addresses() {
    let vault = Vault::new("rsv-empty");
    let path = fresh(&vault);
    let seen = vault.call("PUT", &path, Some(&body()));
    assert_eq!(seen.status, 201, "{}", seen.json);
    assert_eq!(seen.header("retry-after"), "10");
    assert_eq!(
        seen.json["sku"],
        json!({ "name": "RS0", "tier": "Standard" })
    );
    let etag = seen.json["etag"].as_str().expect("a tag").to_owned();
    assert!(
        etag.starts_with("W/\"datetime'2026-03-02T09%3A00%3A00."),
        "{etag}"
    );
    assert_eq!(seen.header("etag"), etag);
    let location = seen.header("location");
    let id = location.split(['/', '?']).find(|word| word.ends_with("=="));
    assert!(
        location.contains("/vaults/rsv-new/operationResults/"),
        "{location}"
    );
    assert!(id.is_some_and(|id| id.len() > 60), "{location}");
    let status = seen.header("azure-asyncoperation");
    assert!(
        status.contains("/vaults/rsv-new/operationStatus/"),
        "{status}"
    );
    let ended = vault.shop.end(&seen);
    assert_eq!(ended.json["properties"]["provisioningState"], "Succeeded");
    assert_eq!(ended.json["identity"]["type"], "SystemAssigned");
    assert!(ended.json["identity"]["principalId"].is_string());
    assert!(ended.json["identity"]["tenantId"].is_string());
    let id = ended.json["id"].as_str().expect("an id");
    assert!(id.starts_with("/subscriptions/"), "{id}");

    let seen = vault.call("PUT", &path, Some(&body()));
    assert_eq!(seen.status, 200);
    assert_ne!(seen.json["etag"], etag);
    let tags = json!({ "tags": { "a": "b" } });
    let seen = vault.call("PATCH", &path, Some(&tags));
    assert_eq!((seen.status, &seen.json["tags"]["a"]), (200, &json!("b")));
    let none = json!({ "identity": { "type": "None" } });
    let seen = vault.call("PATCH", &path, Some(&none));
    assert_eq!(seen.status, 202, "{}", seen.json);
    let ended = vault.shop.end(&seen);
    assert_eq!(ended.json["identity"], json!({ "type": "None" }));

    let seen = vault.call("DELETE", &path, None);
    assert_eq!(seen.status, 202);
    vault.refused("DELETE", &path, None, (409, "Conflict"));
    vault.refused("PUT", &path, Some(&body()), (409, "Conflict"));
    let status = seen.header("azure-asyncoperation").replace("==", "%3D%3D");
    let status = status
        .trim_start_matches("http://127.0.0.1:1/arm")
        .to_owned();
    assert_eq!(vault.shop.end(&seen).status, 204);
    assert_eq!(vault.call("GET", &status, None).json["status"], "Succeeded");
    assert_eq!(vault.call("GET", &path, None).status, 404);
    assert_eq!(vault.call("DELETE", &path, None).status, 204);
}

#[test]
fn what_a_vault_does_not_take_is_refused() {
    let vault = Vault::new("rsv-empty");
    let path = fresh(&vault);
    let wrong = |at: &str, value: Value| {
        let body = with(&body(), at, value);
        vault.refused("PUT", &path, Some(&body), (400, "InvalidParameter"));
    };
    wrong("sku", Value::Null);
    wrong("sku.name", "Premium".into());
    wrong("identity.type", "Own".into());
    wrong("identity.type", "None, SystemAssigned".into());
    wrong("identity.type", "UserAssigned".into());
    wrong("properties.publicNetworkAccess", "Perhaps".into());
    let deep = |value: Value| json!({ "softDeleteSettings": value });
    wrong(
        "properties.securitySettings",
        deep(json!({ "softDeleteRetentionPeriodInDays": 3 })),
    );
    wrong(
        "properties.securitySettings",
        deep(json!({ "softDeleteState": "Invalid" })),
    );
    wrong(
        "properties.redundancySettings",
        json!({ "standardTierStorageRedundancy": "ZoneRedundant", "crossRegionRestore": "Enabled" }),
    );
    wrong(
        "properties.encryption",
        json!({ "kekIdentity": { "userAssignedIdentity": "/subscriptions/a" } }),
    );
    let odd = with(&body(), "properties.securitySettings", "all".into());
    vault.refused("PUT", &path, Some(&odd), (400, "InvalidRequestContent"));
    let long = path.replace("rsv-new", "1vault");
    vault.refused("PUT", &long, Some(&body()), (400, "InvalidResourceName"));
    let old = format!("{path}?api-version=2015-03-15");
    let seen = vault.refused(
        "PUT",
        &old,
        Some(&body()),
        (400, "NoRegisteredProviderFound"),
    );
    let text = seen["error"]["message"].as_str().unwrap_or_default();
    assert!(text.contains("'2025-08-01, 2026-11-01'"), "{text}");
}

#[test]
fn what_was_made_final_stays() {
    let vault = Vault::new("rsv-empty");
    let set = |value: Value| {
        let body = json!({ "properties": value });
        vault.call("PATCH", "", Some(&body))
    };
    for (last, back) in [
        (
            json!({ "securitySettings": { "softDeleteSettings": { "softDeleteState": "alwaysOn" } } }),
            json!({ "securitySettings": { "softDeleteSettings": { "softDeleteState": "Disabled" } } }),
        ),
        (
            json!({ "securitySettings": { "immutabilitySettings": { "state": "Locked" } } }),
            json!({ "securitySettings": { "immutabilitySettings": { "state": "Unlocked" } } }),
        ),
    ] {
        let seen = set(last);
        assert_eq!(seen.status, 202, "{}", seen.json);
        vault.shop.end(&seen);
        let seen = set(back);
        assert_eq!(seen.json["error"]["code"], "InvalidParameter");
    }
    let again = vault.call("PUT", "", Some(&body()));
    let kept = &again.json["properties"]["securitySettings"]["softDeleteSettings"];
    assert_eq!(kept["softDeleteState"], "AlwaysON");
}

#[test]
fn a_vault_in_use_is_not_deleted_and_says_all_reasons() {
    let vault = Vault::new("rsv-empty");
    let azure = json!({ "friendlyName": "West Europe" });
    put(&vault, "/replicationFabrics/we", azure);
    put(
        &vault,
        "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg;vm/protectedItems/VM;iaasvmcontainerv2;rg;vm",
        json!({ "friendlyName": "vm", "isScheduledForDeferredDelete": true }),
    );
    put(
        &vault,
        "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg;vm",
        json!({ "friendlyName": "vm" }),
    );
    let seen = vault.refused("DELETE", "", None, (409, "VaultCannotBeDeleted"));
    let details = seen["error"]["details"].as_array().expect("details");
    let texts: Vec<&str> = details
        .iter()
        .filter_map(|one| one["message"].as_str())
        .collect();
    let expected = [
        "The vault has backup items: vm.",
        "The vault has fabrics: West Europe.",
    ];
    assert_eq!(texts, expected);
    assert!(details[0]["activityId"].is_string() && details[0]["recommendedAction"].is_string());

    let group = vault.path.split("/providers/").next().unwrap_or_default();
    let group = format!("{group}?api-version=2025-04-01");
    let seen = vault.call("DELETE", &group, None);
    assert_eq!(seen.status, 202, "{}", seen.json);
    let state = vault.get(&group)["properties"]["provisioningState"].clone();
    assert_eq!(state, "Deleting");
    let ended = vault.shop.end(&seen);
    assert_eq!(ended.json["error"]["code"], "ResourceGroupDeletionBlocked");
    assert!(
        ended.json["error"]
            .to_string()
            .contains("VaultCannotBeDeleted")
    );
    assert_eq!(vault.call("GET", "", None).status, 200);
}

#[test]
fn a_policy_alone_holds_no_vault_and_goes_with_it() {
    let vault = Vault::new("rsv-empty");
    put(&vault, "/replicationPolicies/p", json!({}));
    let seen = vault.call("DELETE", "", None);
    assert_eq!(vault.shop.end(&seen).status, 204);
    let key = format!("{}/replicationPolicies/p", vault.path);
    assert!(!vault.shop.bench.change(|tx| tx.recovery.objects.has(&key)));
}

#[test]
fn names_are_checked() {
    for (name, fits) in [
        ("rsv-1", true),
        ("a", false),
        ("1a", false),
        ("a_b", false),
        ("-ab", false),
    ] {
        assert_eq!(names::check(name).is_ok(), fits, "{name}");
    }
    let vault = Vault::new("rsv-empty");
    let root = vault.path.split("/vaults/").next().unwrap_or_default();
    let path = format!("{root}/locations/westeurope/checkNameAvailability");
    let check = |name: &str, expected: Value| {
        let kind = "Microsoft.RecoveryServices/Vaults";
        let body = json!({ "name": name, "type": kind });
        let seen = vault.call("POST", &path, Some(&body));
        assert_eq!(seen.status, 200, "{}", seen.json);
        assert_eq!(seen.json["nameAvailable"], expected == Value::Null);
        assert_eq!(seen.json["reason"], expected);
    };
    check("rsv-new", Value::Null);
    check("RSV-empty", "AlreadyExists".into());
    check("1", "Invalid".into());
    let other = json!({ "name": "a", "type": "Microsoft.Sql/servers" });
    vault.refused("POST", &path, Some(&other), (400, "InvalidParameter"));
}

#[test]
fn settings_that_are_not_named_stay() {
    let vault = Vault::new("rsv-empty");
    let soft = |state: &str| json!({ "softDeleteSettings": { "softDeleteState": state } });
    let check = |path: &str, state: &str, days: u64| {
        let config = vault.get(&format!("{path}/backupconfig/vaultconfig"));
        let config = &config["properties"];
        assert_eq!(config["softDeleteFeatureState"], state, "{config}");
        assert_eq!(config["enhancedSecurityState"], "Enabled", "{config}");
        assert_eq!(config["softDeleteRetentionPeriodInDays"], days, "{config}");
    };
    let path = fresh(&vault);
    let off = with(&body(), "properties.securitySettings", soft("Disabled"));
    assert_eq!(vault.call("PUT", &path, Some(&off)).status, 201);
    check(&path, "Disabled", 14);
    let days = json!({ "properties": { "softDeleteRetentionPeriodInDays": 30 } });
    let config = format!("{path}/backupconfig/vaultconfig");
    assert_eq!(vault.call("PATCH", &config, Some(&days)).status, 200);
    vault.shop.bench.advance(Duration::from_secs(60));
    let on = with(&body(), "properties.securitySettings", soft("Enabled"));
    let seen = vault.call("PUT", &path, Some(&on));
    assert_eq!(seen.status, 200, "{}", seen.json);
    check(&path, "Enabled", 30);
}

#[test]
fn extended_information_is_absent_until_it_is_put() {
    let vault = Vault::new("rsv-empty");
    let path = "/extendedInformation/vaultExtendedInfo";
    let code = "ResourceExtendedInfoNotFound";
    vault.refused("GET", path, None, (404, code));
    let body = |key: &str| json!({ "properties": { "integrityKey": key, "algorithm": "None" } });
    vault.refused("PATCH", path, Some(&body("QUJD")), (404, code));
    vault.refused(
        "PUT",
        path,
        Some(&body("no key")),
        (400, "InvalidParameter"),
    );
    let seen = vault.call("PUT", path, Some(&body("QUJD")));
    assert_eq!(seen.status, 200, "{}", seen.json);
    let first = vault.get(path);
    assert_eq!(first, seen.json);
    assert_eq!(first["properties"]["integrityKey"], "QUJD");
    let more = json!({ "properties": { "integrityKey": "REVG" } });
    let seen = vault.call("PATCH", path, Some(&more));
    let expected = json!({ "algorithm": "None", "integrityKey": "REVG" });
    assert_eq!(seen.json["properties"], expected);
    assert_ne!(seen.json["etag"], first["etag"]);
}

#[test]
fn a_certificate_must_be_one_and_in_force() {
    let vault = Vault::new("rsv-empty");
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    let made = |params: &rcgen::CertificateParams| {
        let made = params.self_signed(&key).expect("a certificate");
        BASE64.encode(made.der())
    };
    let path = "/certificates/fab-vaultcredentials";
    let body = |content: &str| json!({ "properties": { "authType": "AzureActiveDirectory", "certificate": content } });
    let good = made(&params);
    let seen = vault.call("PUT", path, Some(&body(&good)));
    assert_eq!(seen.status, 200, "{}", seen.json);
    let shown = &seen.json["properties"];
    assert_eq!(shown["thumbprint"].as_str().map(str::len), Some(40));
    assert_eq!(shown["serviceResourceId"], vault.path.as_str());
    for field in [
        "aadAuthority",
        "aadTenantId",
        "validFrom",
        "validTo",
        "servicePrincipalClientId",
    ] {
        assert!(shown[field].is_string(), "{field}");
    }
    params.not_after = rcgen::date_time_ymd(2026, 3, 1);
    for wrong in ["?", "QUJD", &made(&params)] {
        vault.refused("PUT", path, Some(&body(wrong)), (400, "InvalidParameter"));
    }
    let odd = json!({ "properties": { "authType": "Other", "certificate": good } });
    vault.refused("PUT", path, Some(&odd), (400, "InvalidParameter"));
    let acs = json!({ "properties": { "authType": "ACS", "certificate": good } });
    let seen = vault.call("PUT", path, Some(&acs));
    assert!(seen.json["properties"]["globalAcsHostName"].is_string());
}

#[test]
fn a_registered_server_is_forgotten_unless_it_is_used() {
    let vault = Vault::new("rsv-empty");
    let server = "/backupFabrics/Azure/protectionContainers/Windows;srv1";
    put(&vault, server, json!({ "friendlyName": "srv1" }));
    put(&vault, &format!("{server}/protectedItems/C"), json!({}));
    let path = "/registeredIdentities/srv1";
    vault.refused("DELETE", path, None, (409, "Conflict"));
    vault.refused("DELETE", "", None, (409, "VaultCannotBeDeleted"));
    let key = format!("{}{server}/protectedItems/C", vault.path);
    vault
        .shop
        .bench
        .change(|tx| tx.recovery.objects.remove(&key));
    assert_eq!(vault.call("DELETE", path, None).status, 204);
    assert_eq!(vault.call("DELETE", path, None).status, 204);
    assert_eq!(vault.call("DELETE", "", None).status, 202);
}

#[test]
fn usages_are_counted() {
    let vault = Vault::new("rsv-empty");
    let items = "/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems";
    let before = vault.get("/usages")["value"][0].clone();
    assert_eq!(
        (&before["currentValue"], &before["limit"]),
        (&json!(0), &json!(2000))
    );
    put(
        &vault,
        &format!("{items}/a"),
        json!({ "replicationHealth": "Critical" }),
    );
    put(
        &vault,
        &format!("{items}/b"),
        json!({ "replicationHealth": "Normal" }),
    );
    let provider = "/replicationFabrics/f/replicationRecoveryServicesProviders/p";
    put(&vault, provider, json!({}));
    let lost = json!({ "match": provider, "kind": "agent_unreachable" });
    vault.tell("troubles", &lost);
    put(&vault, "/replicationRecoveryPlans/r", json!({}));
    assert_eq!(vault.get("/usages")["value"][0]["currentValue"], 2);
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let policy = json!({ "properties": { "providerSpecificInput": input } });
    vault.call("PUT", "/replicationPolicies/p1", Some(&policy));
    let usage = vault.get("/replicationUsages")["value"][0].clone();
    assert_eq!(usage["protectedItemCount"], 2);
    assert_eq!(usage["recoveryPlanCount"], 1);
    assert_eq!(usage["registeredServersCount"], 1);
    assert_eq!(usage["monitoringSummary"]["unHealthyVmCount"], 1);
    assert_eq!(usage["monitoringSummary"]["unHealthyProviderCount"], 1);
    assert_eq!(usage["jobsSummary"]["inProgressJobs"], 1);
}

#[test]
fn storage_is_locked_once_an_item_is_protected() {
    let vault = Vault::new("rsv-empty");
    let path = "/backupStorageConfig/vaultStorageConfig";
    let body = |kind: &str| json!({ "properties": { "storageModelType": kind } });
    let shown = vault.get(path);
    assert_eq!(shown["properties"]["storageModelType"], "GeoRedundant");
    assert_eq!(shown["properties"]["storageTypeState"], "Unlocked");
    let seen = vault.call("PATCH", path, Some(&body("LocallyRedundant")));
    assert_eq!((seen.status, seen.body.len()), (204, 0), "{}", seen.json);
    vault.refused("PUT", path, Some(&body("Tape")), (400, "InvalidParameter"));
    vault.refused(
        "PUT",
        path,
        Some(&json!({})),
        (400, "InvalidRequestContent"),
    );
    let settings = vault.get("")["properties"]["redundancySettings"].clone();
    assert_eq!(
        settings["standardTierStorageRedundancy"],
        "LocallyRedundant"
    );
    put(
        &vault,
        "/backupFabrics/Azure/protectionContainers/c/protectedItems/i",
        Value::Object(Map::new()),
    );
    assert_eq!(vault.get(path)["properties"]["storageTypeState"], "Locked");
    let code = "StorageRedundancyLocked";
    vault.refused("PUT", path, Some(&body("GeoRedundant")), (409, code));
    let patch = json!({ "properties": { "redundancySettings": { "standardTierStorageRedundancy": "GeoRedundant" } } });
    vault.refused("PATCH", "", Some(&patch), (409, code));
    let same = vault.call("PUT", path, Some(&body("LocallyRedundant")));
    assert_eq!(same.status, 200, "{}", same.json);
}

#[test]
fn soft_delete_is_switched_with_its_days() {
    let vault = Vault::new("rsv-empty");
    let path = "/backupconfig/vaultconfig";
    let shown = vault.get(path)["properties"].clone();
    assert_eq!(shown["softDeleteFeatureState"], "Enabled");
    assert_eq!(shown["softDeleteRetentionPeriodInDays"], 14);
    let set = |value: Value| vault.call("PATCH", path, Some(&json!({ "properties": value })));
    let seen = set(json!({ "softDeleteFeatureState": "disabled" }));
    assert_eq!(seen.status, 200, "{}", seen.json);
    assert_eq!(
        seen.json["properties"]["softDeleteFeatureState"],
        "Disabled"
    );
    let seen =
        set(json!({ "softDeleteFeatureState": "AlwaysON", "softDeleteRetentionPeriodInDays": 30 }));
    let shown = &seen.json["properties"];
    assert_eq!(shown["softDeleteRetentionPeriodInDays"], 30);
    assert_eq!(shown["isSoftDeleteFeatureStateEditable"], false);
    for wrong in [
        json!({ "softDeleteFeatureState": "Disabled" }),
        json!({ "softDeleteFeatureState": "Invalid" }),
        json!({ "softDeleteRetentionPeriodInDays": 1000 }),
        json!({ "softDeleteRetentionPeriodInDays": "x" }),
    ] {
        assert_eq!(set(wrong.clone()).status, 400, "{wrong}");
    }
    vault.shop.bench.advance(Duration::from_secs(1));
    let soft = vault.get("")["properties"]["securitySettings"]["softDeleteSettings"].clone();
    assert_eq!(soft["softDeleteState"], "AlwaysON");
}

//! The health of a vault with parts that are well and parts that are not.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

/// Puts something below the vault, whatever its type would say.
fn put(vault: &Vault, what: &str, properties: Value) {
    vault.plant(what, &properties);
}

#[test]
fn health_is_counted_from_what_parts_show() {
    let vault = Vault::new("rsv-empty");
    let path = "/replicationVaultHealth";
    let shown = vault.get(path);
    assert_eq!(shown["name"], "default");
    assert_eq!(shown["properties"]["fabricsHealth"]["resourceCount"], 0);
    put(
        &vault,
        "/replicationFabrics/f1",
        json!({ "health": "Normal" }),
    );
    put(
        &vault,
        "/replicationFabrics/f2",
        json!({ "health": "Normal" }),
    );
    let provider = "/replicationFabrics/f2/replicationRecoveryServicesProviders/p";
    put(&vault, provider, json!({}));
    let lost = json!({ "match": provider, "kind": "agent_unreachable" });
    vault.tell("troubles", &lost);
    let errors = json!([{ "errorCode": "150", "errorMessage": "slow", "errorLevel": "Warning" }]);
    let container = "/replicationFabrics/f1/replicationProtectionContainers/c";
    put(&vault, container, json!({}));
    let items = format!("{container}/replicationProtectedItems");
    let sick = json!({ "replicationHealth": "Warning", "healthErrors": errors });
    put(&vault, &format!("{items}/a"), sick.clone());
    put(&vault, &format!("{items}/b"), sick);
    put(
        &vault,
        &format!("{items}/c"),
        json!({ "replicationHealth": "Normal" }),
    );
    let seen = vault.call("POST", "/replicationVaultHealth/default/refresh", None);
    assert_eq!(seen.status, 202);
    let shown = vault.shop.end(&seen).json;
    assert_eq!(shown, vault.get(path));
    let of = |what: &str| shown["properties"][what].clone();
    let fabrics = &of("fabricsHealth")["categorizedResourceCounts"];
    assert_eq!(fabrics, &json!({ "Critical": 1, "Normal": 1 }));
    assert_eq!(of("containersHealth")["resourceCount"], 1);
    let items = of("protectedItemsHealth");
    let counts = &items["categorizedResourceCounts"];
    assert_eq!(counts, &json!({ "Normal": 1, "Warning": 2 }));
    let issues = items["issues"].as_array().expect("issues");
    assert_eq!(issues.len(), 1);
    let slow = &issues[0];
    assert_eq!(slow["severity"], "Warning");
    let affected = slow["affectedResourceCorrelationIds"].as_array();
    assert_eq!(affected.map(Vec::len), Some(2));
}

#[test]
fn a_trouble_weighs_as_much_as_the_item_says() {
    let vault = Vault::new("rsv-dr");
    let counts = || {
        let health =
            vault.get("/replicationVaultHealth")["properties"]["protectedItemsHealth"].take();
        let codes: Vec<Value> = health["issues"]
            .as_array()
            .expect("issues")
            .iter()
            .map(|one| one["summaryCode"].clone())
            .collect();
        (health["categorizedResourceCounts"].clone(), codes)
    };
    assert_eq!(counts(), (json!({ "Normal": 1 }), vec![]));
    let trouble = |kind: &str| {
        vault.tell("troubles", &json!({ "match": "vm-web1", "kind": kind }));
    };
    trouble("rpo_exceeded");
    assert_eq!(counts(), (json!({ "Warning": 1 }), vec![json!("150161")]));
    trouble("agent_unreachable");
    let both = vec![json!("150154"), json!("150161")];
    assert_eq!(counts(), (json!({ "Critical": 1 }), both));
}

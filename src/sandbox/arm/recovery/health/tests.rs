//! The health of a vault with parts that are well and parts that are not.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

/// Puts something below the vault, whatever its type would say.
fn put(vault: &Vault, what: &str, properties: Value) {
    vault.plant(what, &properties);
}

#[test]
fn health_is_counted_and_troubles_are_issues() {
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
    let trouble = json!({ "match": "replicationProtectedItems/c", "kind": "rpo_exceeded" });
    vault.tell("troubles", &trouble);
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
    assert_eq!(counts, &json!({ "Critical": 1, "Warning": 2 }));
    let issues = items["issues"].as_array().expect("issues");
    assert_eq!(issues.len(), 2);
    let slow = &issues[0];
    assert_eq!(slow["severity"], "Warning");
    let affected = slow["affectedResourceCorrelationIds"].as_array();
    assert_eq!(affected.map(Vec::len), Some(2));
    assert_eq!(issues[1]["summaryCode"], "RpoExceeded");
}

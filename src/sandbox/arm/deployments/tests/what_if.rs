use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, body, set, template};

/// Asks what a template would change: the changes, by name of the resource.
fn asked(shop: &Shop, mode: &str, resources: &Value, settings: &Value) -> Vec<(String, Value)> {
    let mut body = body(mode, &template(resources, json!({})), json!({}));
    body["properties"]["whatIfSettings"] = settings.clone();
    let path = format!("{}/whatIf", shop.path("w1"));
    let seen = shop.send("POST", &path, Some(&body));
    assert_eq!((seen.status, seen.body.len()), (202, 0), "{}", seen.json);
    shop.bench.advance(Duration::from_secs(5));
    let result = shop.follow(&seen, "location");
    assert_eq!(result.json["status"], "Succeeded", "{}", result.json);
    let changes = result.json["properties"]["changes"].as_array().cloned();
    changes
        .unwrap_or_default()
        .into_iter()
        .map(|change| {
            let id = change["resourceId"].as_str().unwrap_or_default();
            (id.rsplit('/').next().unwrap_or_default().to_owned(), change)
        })
        .collect()
}

fn kinds(changes: &[(String, Value)]) -> Vec<(&str, &str)> {
    changes
        .iter()
        .map(|(name, change)| {
            let kind = change["changeType"].as_str().unwrap_or_default();
            (name.as_str(), kind)
        })
        .collect()
}

#[test]
fn what_would_change_is_told_and_nothing_changes() {
    let shop = Shop::new();
    let tagged = |value: &str| json!({ "tags": { "a": value } });
    let there = json!([
        set("same", tagged("2")),
        set("other", json!({})),
        set("changed", tagged("2"))
    ]);
    shop.deployed(
        "d1",
        &body("Incremental", &template(&there, json!({})), json!({})),
    );
    let before = shop
        .bench
        .change(|tx| (tx.arm.resources.len(), tx.arm.deployments.len()));
    let wanted = json!([
        set("same", tagged("2")),
        set("changed", tagged("3")),
        set("new", json!({}))
    ]);
    let changes = asked(&shop, "Incremental", &wanted, &Value::Null);
    assert_eq!(
        kinds(&changes),
        [
            ("same", "NoChange"),
            ("changed", "Modify"),
            ("new", "Create"),
            ("other", "Ignore")
        ]
    );
    assert_eq!(
        changes[1].1["delta"],
        json!([{ "path": "tags.a", "propertyChangeType": "Modify", "before": "2", "after": "3" }])
    );
    assert_eq!(changes[2].1["after"]["location"], "westeurope");
    let complete = asked(&shop, "Complete", &wanted, &Value::Null);
    assert_eq!(kinds(&complete)[3], ("other", "Delete"));
    let ids = asked(
        &shop,
        "Complete",
        &wanted,
        &json!({ "resultFormat": "ResourceIdOnly" }),
    );
    assert_eq!(
        kinds(&ids),
        [
            ("same", "Deploy"),
            ("changed", "Deploy"),
            ("new", "Create"),
            ("other", "Delete")
        ]
    );
    assert_eq!(ids[0].1.get("after"), None);
    let after = shop
        .bench
        .change(|tx| (tx.arm.resources.len(), tx.arm.deployments.len()));
    assert_eq!(before, after);
    let missing = shop.get(&format!("{}/providers/{}/new", shop.group(), super::SETS));
    assert_eq!(missing.status, 404);
}

#[test]
fn what_cannot_be_made_is_told_as_such() {
    let shop = Shop::new();
    let bad = json!({ "properties": { "platformFaultDomainCount": 9 } });
    let wanted = json!([
        set("bad", bad),
        set("after", json!({ "dependsOn": ["bad"] })),
        set("beside", json!({})),
        set("not", json!({ "condition": false })),
    ]);
    let changes = asked(&shop, "Incremental", &wanted, &Value::Null);
    assert_eq!(
        kinds(&changes),
        [
            ("bad", "Unsupported"),
            ("after", "Unsupported"),
            ("beside", "Create")
        ]
    );
    let reason = changes[0].1["unsupportedReason"]
        .as_str()
        .unwrap_or_default();
    assert!(reason.contains("platformFaultDomainCount"), "{reason}");
}

use serde_json::json;

use super::{Shop, body, set, template};

#[test]
fn complete_deletes_what_the_template_lacks() {
    let shop = Shop::new();
    let both = json!([set("kept", json!({})), set("gone", json!({}))]);
    shop.deployed(
        "d1",
        &body("Incremental", &template(&both, json!({})), json!({})),
    );
    let status = |name: &str| {
        shop.get(&format!(
            "{}/providers/{}/{name}",
            shop.group(),
            super::SETS
        ))
        .status
    };
    let one = json!([
        set("kept", json!({})),
        set("gone", json!({ "condition": false }))
    ]);
    shop.deployed(
        "d2",
        &body("Incremental", &template(&one, json!({})), json!({})),
    );
    assert_eq!((status("kept"), status("gone")), (200, 200));
    let seen = shop.deployed(
        "d3",
        &body("Complete", &template(&one, json!({})), json!({})),
    );
    assert_eq!(
        seen["properties"]["provisioningState"], "Succeeded",
        "{seen}"
    );
    assert_eq!((status("kept"), status("gone")), (200, 404));
    let path = format!("{}/deployments/d3/operations", shop.group());
    let all = shop.get(&path).json["value"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let deleted = all
        .iter()
        .find(|one| one["properties"]["provisioningOperation"] == "Delete");
    let deleted = deleted.expect("an operation");
    assert_eq!(
        deleted["properties"]["targetResource"]["resourceName"],
        "gone"
    );
}

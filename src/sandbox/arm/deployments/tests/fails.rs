use std::time::Duration;

use serde_json::json;

use super::{Shop, body, set, template};

#[test]
fn what_a_provider_refuses_is_the_deepest_error() {
    let shop = Shop::new();
    let bad = json!({ "properties": { "platformFaultDomainCount": 9 } });
    let resources = json!([
        set("good", json!({})),
        set("bad", bad),
        set("after", json!({ "dependsOn": ["bad"] })),
    ]);
    let seen = shop.deployed(
        "d1",
        &body("Incremental", &template(&resources, json!({})), json!({})),
    );
    let properties = &seen["properties"];
    assert_eq!(properties["provisioningState"], "Failed");
    assert_eq!(properties["error"]["code"], "DeploymentFailed");
    let text = properties["error"]["message"].as_str().unwrap_or_default();
    assert!(
        text.starts_with("At least one resource deployment operation failed."),
        "{text}"
    );
    assert_eq!(
        properties["error"]["details"][0]["code"],
        "InvalidParameter"
    );
    assert_eq!(properties.get("outputs"), None);
    let operations = shop.operations("d1");
    assert!(
        operations.contains(&("Failed".to_owned(), "bad".to_owned())),
        "{operations:?}"
    );
    assert!(
        !operations.iter().any(|(_, name)| name == "after"),
        "{operations:?}"
    );
    let path = format!("{}/deployments/d1/operations", shop.group());
    let all = shop.get(&path).json["value"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let failed = all
        .iter()
        .find(|one| one["properties"]["provisioningState"] == "Failed");
    let failed = failed.expect("a failed operation");
    assert_eq!(failed["properties"]["statusCode"], "BadRequest");
    assert_eq!(
        failed["properties"]["statusMessage"]["error"]["code"],
        "InvalidParameter"
    );
    let id = failed["operationId"].as_str().unwrap_or_default();
    assert_eq!(&shop.get(&format!("{path}/{id}")).json, failed);
}

#[test]
fn a_reference_to_what_is_not_there_fails_as_the_deployment_runs() {
    let shop = Shop::new();
    let tags = json!({ "tags": { "x": "[reference(resourceId('Microsoft.Compute/availabilitySets', 'gone'), '2025-04-01').platformFaultDomainCount]" } });
    let resources = json!([set("one", tags)]);
    let seen = shop.deployed(
        "d1",
        &body("Incremental", &template(&resources, json!({})), json!({})),
    );
    assert_eq!(
        seen["properties"]["error"]["details"][0]["code"], "ResourceNotFound",
        "{seen}"
    );
    let outputs = json!({ "outputs": { "o": { "type": "string", "value": "[reference(resourceId('Microsoft.Compute/availabilitySets', 'gone'), '2025-04-01').x]" } } });
    let seen = shop.deployed(
        "d2",
        &body("Incremental", &template(&json!([]), outputs), json!({})),
    );
    assert_eq!(
        seen["properties"]["error"]["code"], "DeploymentOutputEvaluationFailed",
        "{seen}"
    );
}

#[test]
fn controls_let_deployments_end_otherwise() {
    let empty = body("Incremental", &template(&json!([]), json!({})), json!({}));
    let shop = Shop::new();
    shop.ends("deployments/d1", "Failed", None);
    let seen = shop.deployed("d1", &empty);
    assert_eq!(
        seen["properties"]["error"]["code"], "OSProvisioningTimedOut",
        "{seen}"
    );
    let shop = Shop::new();
    shop.ends("deployments/d1", "Failed", Some(600));
    let begun = shop.deploy("d1", &empty);
    shop.bench.advance(Duration::from_secs(601));
    let status = shop.follow(&begun, "azure-asyncoperation");
    assert_eq!(
        (&status.json["status"], &status.json["error"]["code"]),
        (&json!("Failed"), &json!("OSProvisioningTimedOut")),
        "{}",
        status.json
    );
    let shop = Shop::new();
    shop.ends("deployments/d1", "never", None);
    let begun = shop.deploy("d1", &empty);
    shop.bench.advance(Duration::from_secs(10 * 86_400));
    assert_eq!(
        shop.get(&shop.path("d1")).json["properties"]["provisioningState"],
        "Running"
    );
    let status = shop.follow(&begun, "azure-asyncoperation");
    assert_eq!(status.json["status"], "InProgress", "{}", status.json);
}

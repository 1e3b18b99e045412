use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, body, code, set, template};

/// Two sets, the second after the first, with parameters and outputs.
fn pair() -> Value {
    let second = json!({
        "tags": { "first": "[string(reference('first').platformFaultDomainCount)]" },
    });
    let second = set("[parameters('second')]", second);
    let first = json!({ "properties": { "platformFaultDomainCount": 3 } });
    let more = json!({
        "parameters": {
            "second": { "type": "string" },
            "secret": { "type": "securestring", "defaultValue": "[newGuid()]" },
        },
        "outputs": {
            "id": { "type": "string", "value": "[resourceId('Microsoft.Compute/availabilitySets', parameters('second'))]" },
            "faults": { "type": "int", "value": "[reference(parameters('second')).platformUpdateDomainCount]" },
        },
    });
    template(&json!([second, set("first", first)]), more)
}

#[test]
fn a_deployment_makes_its_resources_as_the_clock_moves() {
    let shop = Shop::new();
    let body = body(
        "Incremental",
        &pair(),
        json!({ "second": { "value": "Second" } }),
    );
    let seen = shop.deploy("d1", &body);
    let properties = &seen.json["properties"];
    assert_eq!(
        (seen.status, seen.header("retry-after")),
        (201, "5"),
        "{}",
        seen.json
    );
    assert_eq!(properties["provisioningState"], "Accepted");
    assert_eq!(properties["duration"], "PT0S");
    assert_eq!(
        properties["parameters"],
        json!({
            "second": { "type": "String", "value": "Second" },
            "secret": { "type": "SecureString" },
        })
    );
    let group = shop.group();
    let first = format!("{group}/providers/{}/first", super::SETS);
    assert_eq!(
        properties["dependencies"],
        json!([{
            "id": format!("{group}/providers/{}/Second", super::SETS),
            "resourceType": super::SETS,
            "resourceName": "Second",
            "dependsOn": [{ "id": first, "resourceType": super::SETS, "resourceName": "first" }],
        }])
    );
    assert_eq!(code(&shop.get(&first)), (404, "ResourceNotFound"));
    shop.bench.advance(Duration::from_secs(5));
    let status = shop.follow(&seen, "azure-asyncoperation");
    assert_eq!(status.json["status"], "Succeeded", "{}", status.json);
    shop.bench.advance(Duration::from_secs(5));
    let result = shop.follow(&seen, "location");
    let now = shop.get(&shop.path("D1"));
    assert_eq!(result.json, now.json);
    let properties = &now.json["properties"];
    assert_eq!(properties["provisioningState"], "Succeeded");
    assert_eq!(
        properties["outputs"]["faults"],
        json!({ "type": "Int", "value": 5 })
    );
    assert_eq!(
        properties["outputResources"].as_array().map(Vec::len),
        Some(2)
    );
    let second = shop.get(&format!("{group}/providers/{}/second", super::SETS));
    assert_eq!(
        second.json["tags"],
        json!({ "first": "3" }),
        "{}",
        second.json
    );
    let expected = [
        ("Succeeded", "first"),
        ("Succeeded", "Second"),
        ("Succeeded", ""),
    ];
    let mut operations = shop.operations("d1");
    operations.sort_by_key(|(_, name)| name != "first");
    let operations: Vec<(&str, &str)> = operations
        .iter()
        .map(|(state, name)| (state.as_str(), name.as_str()))
        .collect();
    assert_eq!(operations, expected);
}

#[test]
fn deployments_are_listed_read_and_forgotten() {
    let shop = Shop::new();
    let empty = body("Incremental", &template(&json!([]), json!({})), json!({}));
    shop.deployed("d1", &empty);
    shop.deployed("d2", &empty);
    let list = format!("{}/providers/Microsoft.Resources/deployments", shop.group());
    let names = |query: &str| {
        let seen = shop.get(&format!("{list}{query}"));
        let all = seen.json["value"].as_array().cloned().unwrap_or_default();
        let names = all.iter().filter_map(|one| one["name"].as_str());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["d2", "d1"]);
    assert_eq!(names("?$top=1"), ["d2"]);
    assert_eq!(
        names("?$filter=provisioningState%20eq%20'Succeeded'").len(),
        2
    );
    assert!(names("?$filter=provisioningState%20eq%20'Failed'").is_empty());
    let bad = shop.get(&format!("{list}?$filter=name%20eq%20'x'"));
    assert_eq!(code(&bad), (400, "InvalidFilterInQueryString"));
    let exists = |name: &str| shop.send("HEAD", &shop.path(name), None).status;
    assert_eq!((exists("d1"), exists("d3")), (204, 404));
    let export = shop.send("POST", &format!("{}/exportTemplate", shop.path("d1")), None);
    assert_eq!(export.json["template"]["resources"], json!([]));
    let gone = shop.send("DELETE", &shop.path("d1"), None);
    assert_eq!(gone.status, 202, "{}", gone.json);
    shop.bench.advance(Duration::from_secs(5));
    assert_eq!(shop.follow(&gone, "location").status, 204);
    assert_eq!(
        code(&shop.get(&shop.path("d1"))),
        (404, "DeploymentNotFound")
    );
    assert_eq!(shop.send("DELETE", &shop.path("d1"), None).status, 204);
    let again = shop.deploy("d2", &empty);
    assert_eq!(again.status, 200, "{}", again.json);
}

#[test]
fn a_running_deployment_is_cancelled_once_and_not_replaced() {
    let shop = Shop::new();
    let one = template(&json!([set("one", json!({}))]), json!({}));
    let body = body("Incremental", &one, json!({}));
    let seen = shop.deploy("d1", &body);
    assert_eq!(code(&shop.deploy("d1", &body)), (409, "DeploymentActive"));
    assert_eq!(
        code(&shop.send("DELETE", &shop.path("d1"), None)),
        (409, "DeploymentActive")
    );
    let cancel = || shop.send("POST", &format!("{}/cancel", shop.path("d1")), None);
    assert_eq!(cancel().status, 204);
    assert_eq!(cancel().status, 409);
    shop.bench.advance(Duration::from_secs(60));
    let now = shop.get(&shop.path("d1")).json;
    assert_eq!(now["properties"]["provisioningState"], "Canceled");
    let status = shop.follow(&seen, "azure-asyncoperation");
    assert_eq!(status.json["status"], "Canceled", "{}", status.json);
    assert!(shop.operations("d1").is_empty());
    assert_eq!(shop.deploy("d1", &body).status, 200);
}

#[test]
fn a_group_takes_its_deployments_with_it() {
    let shop = Shop::new();
    let empty = body("Incremental", &template(&json!([]), json!({})), json!({}));
    shop.deployed("d1", &empty);
    assert_eq!(shop.send("DELETE", &shop.group(), None).status, 202);
    shop.bench.advance(Duration::from_secs(60));
    assert_eq!(
        code(&shop.get(&shop.path("d1"))),
        (404, "ResourceGroupNotFound")
    );
    let left = shop.bench.change(|tx| tx.arm.deployments.len());
    assert_eq!(left, 1, "the seeded one");
}

#[test]
fn a_fresh_sandbox_remembers_a_deployment() {
    let shop = Shop::new();
    let path = format!(
        "{}/resourceGroups/rg-shop/providers/Microsoft.Resources/deployments/shop-base",
        shop.root
    );
    let seen = shop.get(&path);
    let properties = &seen.json["properties"];
    assert_eq!(
        properties["provisioningState"], "Succeeded",
        "{}",
        seen.json
    );
    assert_eq!(properties["duration"], "PT22.8S");
    let made = properties["outputs"]["availabilitySet"]["value"].as_str();
    assert_eq!(shop.get(made.unwrap_or_default()).status, 200);
}

use serde_json::{Value, json};

use super::{Shop, body, set, template, within};

#[test]
fn a_template_within_has_its_own_deployment_and_outputs() {
    let shop = Shop::new();
    let inner = template(
        &json!([set("[parameters('name')]", json!({}))]),
        json!({
            "parameters": { "name": { "type": "string" } },
            "outputs": { "name": { "type": "string", "value": "[parameters('name')]" } },
        }),
    );
    let nested = within(
        "inner",
        json!({
            "mode": "Incremental",
            "expressionEvaluationOptions": { "scope": "inner" },
            "parameters": { "name": { "value": "[variables('name')]" } },
            "template": inner,
        }),
    );
    let after = set(
        "[concat('after-', 'x')]",
        json!({ "tags": { "made": "[reference('inner').outputs.name.value]" } }),
    );
    let outer = template(
        &json!([after, nested]),
        json!({ "variables": { "name": "from-outside" } }),
    );
    let seen = shop.deployed("outer", &body("Incremental", &outer, json!({})));
    assert_eq!(
        seen["properties"]["provisioningState"], "Succeeded",
        "{seen}"
    );
    let made = shop.get(&format!(
        "{}/providers/{}/after-x",
        shop.group(),
        super::SETS
    ));
    assert_eq!(made.json["tags"]["made"], "from-outside", "{}", made.json);
    let inner = shop.get(&shop.path("inner")).json;
    assert_eq!(inner["properties"]["provisioningState"], "Succeeded");
    let ids = seen["properties"]["outputResources"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let has = |name: &str| {
        ids.iter()
            .any(|one| one["id"].as_str().is_some_and(|id| id.ends_with(name)))
    };
    assert!(
        has("/from-outside") && has("/after-x") && !has("/inner"),
        "{ids:?}"
    );
}

#[test]
fn without_a_scope_of_its_own_it_is_evaluated_outside() {
    let shop = Shop::new();
    let inner = template(
        &json!([set(
            "[variables('name')]",
            json!({ "tags": { "p": "[parameters('p')]" } })
        )]),
        json!({}),
    );
    let outer = template(
        &json!([within(
            "inner",
            json!({ "mode": "Incremental", "template": inner })
        )]),
        json!({
            "parameters": { "p": { "type": "string" } },
            "variables": { "name": "[toLower('OUTSIDE')]" },
        }),
    );
    let given = json!({ "p": { "value": "[plain]" } });
    let seen = shop.deployed("outer", &body("Incremental", &outer, given));
    assert_eq!(
        seen["properties"]["provisioningState"], "Succeeded",
        "{seen}"
    );
    let made = shop.get(&format!(
        "{}/providers/{}/outside",
        shop.group(),
        super::SETS
    ));
    assert_eq!(made.json["tags"]["p"], "[plain]", "{}", made.json);
}

#[test]
fn its_failure_is_the_failure_of_the_one_around_it() {
    let shop = Shop::new();
    let bad = set(
        "bad",
        json!({ "properties": { "platformFaultDomainCount": 9 } }),
    );
    let nested = within(
        "inner",
        json!({ "mode": "Incremental", "template": template(&json!([bad]), json!({})) }),
    );
    let seen = shop.deployed(
        "outer",
        &body(
            "Incremental",
            &template(&json!([nested]), json!({})),
            json!({}),
        ),
    );
    let error = &seen["properties"]["error"];
    let codes = [
        &error["code"],
        &error["details"][0]["code"],
        &error["details"][0]["details"][0]["code"],
    ];
    assert_eq!(
        codes,
        ["DeploymentFailed", "DeploymentFailed", "InvalidParameter"],
        "{seen}"
    );
}

#[test]
fn cancelling_cancels_what_is_within() {
    let shop = Shop::new();
    let endless = within(
        "endless",
        json!({ "mode": "Incremental", "template": template(&json!([]), json!({})) }),
    );
    shop.ends("deployments/endless", "never", None);
    shop.deploy(
        "outer",
        &body(
            "Incremental",
            &template(&json!([endless]), json!({})),
            json!({}),
        ),
    );
    shop.bench.advance(std::time::Duration::from_secs(3600));
    let state =
        |name: &str| shop.get(&shop.path(name)).json["properties"]["provisioningState"].clone();
    assert_eq!(
        (state("outer"), state("endless")),
        (json!("Running"), json!("Running"))
    );
    assert_eq!(
        shop.send("POST", &format!("{}/cancel", shop.path("outer")), None)
            .status,
        204
    );
    assert_eq!(
        (state("outer"), state("endless")),
        (json!("Canceled"), json!("Canceled"))
    );
}

#[test]
fn a_subscription_gets_groups_and_deployments_into_them() {
    let shop = Shop::new();
    let inner = template(&json!([set("in-new", json!({}))]), json!({}));
    let mut nested = within(
        "inner",
        json!({
            "mode": "Incremental",
            "expressionEvaluationOptions": { "scope": "inner" },
            "template": inner,
        }),
    );
    nested["resourceGroup"] = json!("rg-new");
    nested["dependsOn"] =
        json!(["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-new')]"]);
    let group = json!({
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2025-04-01",
        "name": "rg-new",
        "location": "[deployment().location]",
    });
    let mut outer = template(
        &json!([nested, group]),
        json!({
            "outputs": { "group": { "type": "string", "value": "[reference('rg-new', '2025-04-01', 'Full').location]" } },
        }),
    );
    let path = format!("{}/providers/Microsoft.Resources/deployments/s1", shop.root);
    let put = |body: &Value| shop.send("PUT", &path, Some(body));
    outer["$schema"] = json!(
        "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    );
    let mut body = body("Incremental", &outer, json!({}));
    assert_eq!(super::code(&put(&body)), (400, "LocationRequired"));
    body["location"] = json!("West Europe");
    let seen = put(&body);
    assert_eq!(
        (seen.status, &seen.json["location"]),
        (201, &json!("westeurope")),
        "{}",
        seen.json
    );
    shop.bench.advance(std::time::Duration::from_secs(60));
    let now = shop.get(&path).json;
    assert_eq!(now["properties"]["provisioningState"], "Succeeded", "{now}");
    assert_eq!(now["properties"]["outputs"]["group"]["value"], "westeurope");
    let made = format!(
        "{}/resourceGroups/rg-new/providers/{}/in-new",
        shop.root,
        super::SETS
    );
    assert_eq!(shop.get(&made).status, 200);
    let operations = shop.get(&format!("{path}/operations"));
    assert_eq!(
        operations.json["value"].as_array().map(Vec::len),
        Some(3),
        "{}",
        operations.json
    );
    body["location"] = json!("northeurope");
    assert_eq!(super::code(&put(&body)), (409, "InvalidDeploymentLocation"));
    let complete = json!({ "location": "westeurope", "properties": { "mode": "Complete", "template": outer } });
    assert_eq!(super::code(&put(&complete)), (400, "InvalidDeployment"));
}

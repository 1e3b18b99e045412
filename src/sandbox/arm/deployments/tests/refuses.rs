use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, body, code, set, template, within};

fn empty() -> Value {
    template(&json!([]), json!({}))
}

fn refused(body: &Value, expected: &str, text: &str) {
    let shop = Shop::new();
    for (verb, action) in [("PUT", ""), ("POST", "/validate"), ("POST", "/whatIf")] {
        let path = format!("{}{action}", shop.path("d1"));
        let seen = shop.send(verb, &path, Some(body));
        assert_eq!(
            code(&seen),
            (400, expected),
            "{action} {body}: {}",
            seen.json
        );
        let message = seen.json["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(text), "{body}: {message}");
    }
    assert_eq!(shop.get(&shop.path("d1")).status, 404);
}

#[test]
fn bad_requests_are_refused_before_anything_is_made() {
    let mut link = body("Incremental", &empty(), json!({}));
    link["properties"]["template"] = Value::Null;
    refused(&link, "InvalidDeployment", "'template'");
    link["properties"]["templateLink"] = json!({ "uri": "https://example.test/t.json" });
    refused(&link, "InvalidContentLink", "https://example.test/t.json");
    let mut both = body("Incremental", &empty(), json!({}));
    both["properties"]["templateLink"] = json!({ "uri": "x" });
    refused(&both, "InvalidDeployment", "Only one");
    let mut link = body("Incremental", &empty(), json!({}));
    link["properties"]["parametersLink"] = json!({ "uri": "https://example.test/p.json" });
    refused(&link, "InvalidContentLink", "p.json");
    refused(&json!({}), "InvalidRequestContent", "'properties'");
    refused(
        &body("Partial", &empty(), json!({})),
        "InvalidParameter",
        "Incremental,Complete",
    );
    let mut again = body("Incremental", &empty(), json!({}));
    again["properties"]["onErrorDeployment"] = json!({ "type": "LastSuccessful" });
    refused(&again, "InvalidDeployment", "onErrorDeployment");
    refused(
        &body("Incremental", &json!("x"), json!({})),
        "InvalidTemplate",
        "Deployment template parse failed",
    );
    let parameters = json!({ "parameters": { "p": { "type": "string" } } });
    let one = body(
        "Incremental",
        &template(&json!([]), parameters.clone()),
        json!({}),
    );
    refused(
        &one,
        "InvalidTemplate",
        "Deployment template validation failed: 'The value for the template parameter 'p' is not provided.",
    );
    let vault = json!({ "p": { "reference": { "keyVault": { "id": "/x" }, "secretName": "s" } } });
    let one = body("Incremental", &template(&json!([]), parameters), vault);
    refused(
        &one,
        "KeyVaultParameterReferenceNotFound",
        "holds no key vaults",
    );
    let circle = json!([
        set("a", json!({ "dependsOn": ["b"] })),
        set("b", json!({ "dependsOn": ["a"] }))
    ]);
    refused(
        &body("Incremental", &template(&circle, json!({})), json!({})),
        "InvalidTemplate",
        "Circular dependency",
    );
    let inner = within(
        "inner",
        json!({ "mode": "Incremental", "template": template(&json!(["x"]), json!({})) }),
    );
    refused(
        &body(
            "Incremental",
            &template(&json!([inner]), json!({})),
            json!({}),
        ),
        "InvalidTemplate",
        "must be an object",
    );
    let mut old = set("a", json!({}));
    old["apiVersion"] = json!("1999-01-01");
    refused(
        &body(
            "Incremental",
            &template(&json!([old]), json!({})),
            json!({}),
        ),
        "NoRegisteredProviderFound",
        "1999-01-01",
    );
}

#[test]
fn names_groups_and_types_are_checked() {
    let shop = Shop::new();
    let body_of =
        |resources: Value| body("Incremental", &template(&resources, json!({})), json!({}));
    let seen = shop.deploy("a%20b", &body_of(json!([])));
    assert_eq!(code(&seen), (400, "InvalidDeploymentName"));
    let seen = shop.deploy(&"x".repeat(65), &body_of(json!([])));
    assert_eq!(code(&seen), (400, "InvalidDeploymentName"));
    let elsewhere = shop.path("d1").replace("rg-empty", "rg-none");
    let seen = shop.send("PUT", &elsewhere, Some(&body_of(json!([]))));
    assert_eq!(code(&seen), (404, "ResourceGroupNotFound"));
    assert_eq!(code(&shop.get(&elsewhere)), (404, "ResourceGroupNotFound"));
    let odd = json!({ "type": "Microsoft.Compute/odd", "apiVersion": "2025-04-01", "name": "x" });
    assert_eq!(
        code(&shop.deploy("d1", &body_of(json!([odd])))),
        (404, "InvalidResourceType")
    );
    let odd = json!({ "type": "Contoso.Odd/odd", "apiVersion": "2025-04-01", "name": "x" });
    assert_eq!(
        code(&shop.deploy("d1", &body_of(json!([odd])))),
        (404, "InvalidResourceNamespace")
    );
}

#[test]
fn what_providers_find_beforehand_has_three_levels() {
    let shop = Shop::new();
    let far = set("far", json!({ "location": "mars" }));
    let body = body(
        "Incremental",
        &template(&json!([far]), json!({})),
        json!({}),
    );
    for (verb, action) in [("POST", "/validate"), ("PUT", "")] {
        let seen = shop.send(verb, &format!("{}{action}", shop.path("d1")), Some(&body));
        assert_eq!(
            code(&seen),
            (400, "InvalidTemplateDeployment"),
            "{}",
            seen.json
        );
        let error = &seen.json["error"];
        let text = error["message"].as_str().unwrap_or_default();
        assert!(text.starts_with("The template deployment 'd1' is not valid according to the validation procedure. The tracking id is '"), "{text}");
        let second = &error["details"][0];
        assert_eq!(second["code"], "PreflightValidationCheckFailed");
        let third = &second["details"][0];
        assert_eq!(
            (&third["code"], &third["target"]),
            (&json!("LocationNotAvailableForResourceType"), &json!("far"))
        );
    }
}

#[test]
fn a_valid_template_is_told_with_its_resources() {
    let shop = Shop::new();
    let sets = |count: i64| {
        let copied = json!({ "copy": { "name": "sets", "count": count } });
        let resources = json!([set("[concat('s', copyIndex())]", copied)]);
        body("Incremental", &template(&resources, json!({})), json!({}))
    };
    let path = format!("{}/validate", shop.path("d1"));
    let seen = shop.send("POST", &path, Some(&sets(2)));
    assert_eq!(seen.status, 200, "{}", seen.json);
    let ids = |seen: &Value| {
        seen["properties"]["validatedResources"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(ids(&seen.json), Some(2));
    assert_eq!(seen.json["properties"]["diagnostics"], json!([]));
    let seen = shop.send("POST", &path, Some(&sets(9)));
    assert_eq!((seen.status, seen.body.len()), (202, 0));
    shop.bench.advance(Duration::from_secs(3));
    let result = shop.follow(&seen, "location");
    assert_eq!(
        (result.status, ids(&result.json)),
        (200, Some(9)),
        "{}",
        result.json
    );
    assert_eq!(
        code(&shop.get(&shop.path("d1"))),
        (404, "DeploymentNotFound")
    );
}

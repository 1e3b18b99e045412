use serde_json::{Value, json};

use super::{place, planned, template, told, why};
use crate::sandbox::arm::template::document::{Level, Template};
use crate::sandbox::arm::template::parameters;

/// Binds one parameter `p`.
fn bound(declared: Value, given: Value) -> Result<Value, super::Fault> {
    let sections = json!({ "parameters": { "p": declared } });
    planned(sections, given, |_, scope| scope.parameter("P"))
}

#[test]
fn values_and_defaults_have_the_declared_type() {
    let check = |declared: Value, given: Value, expected: Value| {
        assert_eq!(bound(declared.clone(), given), Ok(expected), "{declared}");
    };
    let value = |value: Value| json!({ "P": { "value": value } });
    check(json!({ "type": "string" }), value(json!("x")), json!("x"));
    check(
        json!({ "type": "String" }),
        value(json!("[x]")),
        json!("[x]"),
    );
    check(json!({ "type": "int" }), value(json!(3)), json!(3));
    check(json!({ "type": "bool" }), value(json!(true)), json!(true));
    check(json!({ "type": "array" }), value(json!([1])), json!([1]));
    check(json!({ "type": "object" }), value(json!({})), json!({}));
    check(
        json!({ "type": "securestring" }),
        value(json!("s")),
        json!("s"),
    );
    let default = json!({ "type": "string", "defaultValue": "[resourceGroup().name]" });
    check(default.clone(), Value::Null, json!("rg"));
    check(default.clone(), value(json!("x")), json!("x"));
    check(default, value(Value::Null), json!("rg"));
    let allowed = json!({ "type": "array", "allowedValues": ["a", "b"] });
    check(allowed, value(json!(["b"])), json!(["b"]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let check = |declared: Value, given: Value, expected: &str| {
        let seen = why(bound(declared.clone(), given));
        assert!(seen.contains(expected), "{declared}: {seen}");
    };
    let value = |value: Value| json!({ "p": { "value": value } });
    let text = json!({ "type": "string" });
    check(
        text.clone(),
        Value::Null,
        "The value for the template parameter 'p' is not provided",
    );
    check(
        text.clone(),
        value(json!(1)),
        "Expected a value of type 'String', but received a value of type 'Integer'",
    );
    check(
        text.clone(),
        json!({ "q": { "value": 1 } }),
        "The template parameters 'q' in the parameters file are not valid",
    );
    check(
        text.clone(),
        json!({ "p": "x" }),
        "Expected an object with 'value'",
    );
    check(text.clone(), json!({ "p": {} }), "It has no 'value'");
    check(text, json!([]), "Expected an object for the parameters");
    check(
        json!({ "type": "text" }),
        value(json!(1)),
        "the type 'text' is not known",
    );
    check(json!({}), value(json!(1)), "it has no 'type'");
    check(
        json!({ "type": "string", "allowedValues": ["a", "b"] }),
        value(json!("c")),
        "The value 'c' is not part of the allowed value(s): 'a,b'",
    );
    check(
        json!({ "type": "int", "minValue": 2 }),
        value(json!(1)),
        "greater than or equal to '2'",
    );
    check(
        json!({ "type": "int", "maxValue": 2 }),
        value(json!(3)),
        "less than or equal to '2'",
    );
    check(
        json!({ "type": "string", "minLength": 3 }),
        value(json!("ab")),
        "Length of the value should be greater than or equal to '3'",
    );
    check(
        json!({ "type": "array", "maxLength": 1 }),
        value(json!([1, 2])),
        "Length of the value should be less",
    );
    check(
        json!({ "type": "string", "defaultValue": "[parameters('p')]" }),
        Value::Null,
        "'p' is not valid: circular reference",
    );
    let secret = json!({ "type": "secureString", "allowedValues": ["a"] });
    let seen = why(bound(secret, value(json!("hidden"))));
    assert!(!seen.contains("hidden"), "{seen}");
    let reference =
        json!({ "p": { "reference": { "keyVault": { "id": "/x" }, "secretName": "s" } } });
    let seen = bound(json!({ "type": "string" }), reference).expect_err("a fault");
    assert_eq!(seen.code(), "KeyVaultParameterReferenceNotFound");
}

#[test]
fn secure_values_are_not_told() {
    let sections = json!({
        "parameters": {
            "name": { "type": "string" },
            "secret": { "type": "securestring", "defaultValue": "hidden" },
        },
        "outputs": {
            "secret": { "type": "securestring", "value": "[parameters('secret')]" },
            "name": { "type": "string", "value": "[parameters('name')]" },
        },
    });
    let given = json!({ "name": { "value": "x" } });
    let seen = planned(sections.clone(), given.clone(), |_, scope| {
        parameters::told(scope)
    });
    let expected = json!({
        "name": { "type": "String", "value": "x" },
        "secret": { "type": "SecureString" },
    });
    assert_eq!(seen.map(Value::from), Ok(expected.clone()));
    assert_eq!(told(sections, given).map(Value::from), Ok(expected));
}

#[test]
fn a_template_has_its_sections() {
    let check = |template: Value, expected: &str| {
        let seen = why(Template::read(&template, Level::Group));
        assert!(seen.contains(expected), "{template}: {seen}");
    };
    check(
        json!([]),
        "Deployment template parse failed: 'Expected an object for the template, but found a value of type 'Array''.",
    );
    check(json!({}), "Required property '$schema' not found in JSON");
    check(
        json!({ "$schema": "x" }),
        "Required property 'contentVersion' not found",
    );
    check(
        template(json!({ "$schema": 1 })),
        "'$schema' must be of type 'String'",
    );
    check(
        template(json!({ "$schema": "http://x/subscriptionDeploymentTemplate.json#" })),
        "is not supported at this scope",
    );
    check(
        template(json!({ "resources": {} })),
        "'resources' must be of type 'Array'",
    );
    check(
        template(json!({ "parameters": [] })),
        "'parameters' must be of type 'Object'",
    );
    check(
        template(json!({ "functions": [{ "namespace": "x" }] })),
        "'functions' is not supported",
    );
    let mut bare = template(json!({}));
    bare.as_object_mut().expect("an object").remove("resources");
    check(bare, "Required property 'resources' not found");
    assert!(Template::read(&template(json!({})), Level::Subscription).is_err());
    assert_eq!(place(Level::Subscription).group_name(), None);
}

#[test]
fn variables_are_lazy_and_their_cycles_found() {
    let value = |variables: Value| {
        let sections = json!({
            "variables": variables,
            "outputs": { "o": { "type": "array", "value": "[createArray(variables('a'))]" } },
        });
        told(sections, Value::Null).map(|mut told| told["o"]["value"][0].take())
    };
    assert_eq!(
        value(json!({ "a": "[variables('B')]", "b": 1 })),
        Ok(json!(1))
    );
    assert_eq!(
        value(json!({ "a": { "x": "[variables('b')]" }, "b": [1] })),
        Ok(json!({ "x": [1] }))
    );
    let looped = json!({ "copy": [{ "name": "a", "count": 3, "input": "[copyIndex('a', 1)]" }] });
    assert_eq!(value(looped), Ok(json!([1, 2, 3])));
    let within = json!({ "a": { "copy": [{ "name": "n", "count": 2, "input": { "i": "[copyIndex('n')]" } }], "z": 1 } });
    assert_eq!(
        value(within),
        Ok(json!({ "n": [{ "i": 0 }, { "i": 1 }], "z": 1 }))
    );
    let seen = why(value(
        json!({ "a": "[variables('b')]", "b": "[variables('a')]" }),
    ));
    assert!(seen.contains("circular reference detected"), "{seen}");
    let seen = why(value(json!({ "a": 1, "unused": "[nothing()]" })));
    assert!(
        seen.contains("The template function 'nothing' is not valid"),
        "{seen}"
    );
    let seen = why(value(
        json!({ "a": 1, "copy": [{ "name": "n", "count": -1, "input": 1 }] }),
    ));
    assert!(
        seen.contains("the count '-1' is not between '0' and '800'"),
        "{seen}"
    );
    let seen = why(value(json!({ "a": "[reference('x')]" })));
    assert!(seen.contains("'reference' is not expected"), "{seen}");
}

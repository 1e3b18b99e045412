use serde_json::{Value, json};

use super::{SUBSCRIPTION, place, run, why};
use crate::sandbox::arm::template::document::{Level, Template};
use crate::sandbox::arm::template::scope::{Scope, Stage};

fn check(expression: &str, expected: Value) {
    let seen = run(&format!("[{expression}]"));
    assert_eq!(seen, Ok(expected), "{expression}");
}

fn refused(expression: &str, expected: &str) {
    let seen = why(run(&format!("[{expression}]")));
    assert!(seen.contains(expected), "{expression}: {seen}");
    assert!(
        seen.starts_with("Deployment template validation failed: '"),
        "{expression}: {seen}"
    );
}

#[test]
fn texts() {
    check("concat('a', 1, true())", json!("a1True"));
    check("concat()", json!(""));
    check("toLower('AbC')", json!("abc"));
    check("toUpper('AbC')", json!("ABC"));
    check("trim('  a b ')", json!("a b"));
    check("substring('abcdef', 2)", json!("cdef"));
    check("substring('abcdef', 2, 3)", json!("cde"));
    check("substring('äöü', 1, 1)", json!("ö"));
    refused("substring('abc', 2, 2)", "location within the string");
    refused("substring('abc', -1)", "location within the string");
    check("replace('a-b-c', '-', '')", json!("abc"));
    check("split('a,b;c', ',')", json!(["a", "b;c"]));
    check(
        "split('a,b;c', createArray(',', ';'))",
        json!(["a", "b", "c"]),
    );
    check("join(createArray('a', 1), '-')", json!("a-1"));
    check("startsWith('Hello', 'he')", json!(true));
    check("endsWith('Hello', 'LO')", json!(true));
    check("indexOf('Hello', 'L')", json!(2));
    check("lastIndexOf('Hello', 'L')", json!(3));
    check("indexOf('Hello', 'x')", json!(-1));
    check("padLeft(7, 3, '0')", json!("007"));
    check("padLeft('abcd', 3)", json!("abcd"));
    refused("padLeft('a', 99999999)", "length must be between");
    check(
        "format('{0}-{1:D3}-{{x}}-{1:00}', 'a', 7)",
        json!("a-007-{x}-07"),
    );
    refused("format('{1}', 'a')", "no argument for '{1}'");
    refused("format('{0', 'a')", "not closed");
    refused("format('{0:C}', 1)", "format 'C' is not supported");
    check("base64('one')", json!("b25l"));
    check("base64ToString('b25l')", json!("one"));
    refused("base64ToString('%')", "not valid base64");
    check(
        "uri('http://contoso.org/first/', 'next.json')",
        json!("http://contoso.org/first/next.json"),
    );
    refused("uri('nowhere', 'x')", "absolute URI");
    check("uriComponent('a b/ü')", json!("a%20b%2F%C3%BC"));
}

#[test]
fn numbers_and_conditions() {
    check("add(2, 3)", json!(5));
    check("sub(2, 3)", json!(-1));
    check("mul(2, 3)", json!(6));
    check("div(7, 2)", json!(3));
    check("mod(7, 2)", json!(1));
    refused("div(1, 0)", "divisor is zero");
    refused("mul(9223372036854775807, 2)", "no 64 bit integer");
    check("min(3, 1, 2)", json!(1));
    check("max(createArray(3, 1))", json!(3));
    check("range(5, 3)", json!([5, 6, 7]));
    refused("range(0, 10001)", "between 0 and 10000");
    check("int('42')", json!(42));
    refused("int('x')", "can't be converted");
    check("string(createObject('a', 1))", json!("{\"a\":1}"));
    check("bool('TRUE')", json!(true));
    check("bool(0)", json!(false));
    check("json('[1, null]')", json!([1, null]));
    refused("json('{')", "not valid JSON");
    check("and(true(), bool('true'), false())", json!(false));
    check("or(false(), true())", json!(true));
    check("not(true())", json!(false));
    check("equals(createArray(1), createArray(1))", json!(true));
    check("equals('a', 'A')", json!(false));
    check("equals(1, '1')", json!(false));
    check("less(1, 2)", json!(true));
    check("lessOrEquals('b', 'a')", json!(false));
    check("greater(1, 2)", json!(false));
    check("greaterOrEquals(2, 2)", json!(true));
    refused("less(1, 'a')", "argument 2 must be of type 'Integer'");
    check("if(true(), 1, div(1, 0))", json!(1));
    refused("if('x', 1, 2)", "type 'String', not 'Boolean'");
    check("coalesce(null(), json('null'), 'x')", json!("x"));
}

#[test]
fn arrays_and_objects() {
    check("concat(createArray(1), createArray(2))", json!([1, 2]));
    refused(
        "concat('a', createArray(1))",
        "argument 2 must be of type 'String'",
    );
    check("length('äb')", json!(2));
    check("length(createArray(1, 2))", json!(2));
    check("length(createObject('a', 1))", json!(1));
    check("empty('')", json!(true));
    check("empty(createArray(0))", json!(false));
    check("empty(null())", json!(true));
    check("contains('Hello', 'ell')", json!(true));
    check("contains('Hello', 'ELL')", json!(false));
    check("contains(createArray(1, 2), 2)", json!(true));
    check("contains(createObject('Key', 1), 'kEY')", json!(true));
    check("first('abc')", json!("a"));
    check("last(createArray(1, 2))", json!(2));
    check("first(createArray())", json!(null));
    check("take('abc', 2)", json!("ab"));
    check("take(createArray(1, 2), 9)", json!([1, 2]));
    check("skip(createArray(1, 2, 3), 1)", json!([2, 3]));
    check("skip('abc', -1)", json!("abc"));
    check(
        "union(createArray(1, 2), createArray(2, 3))",
        json!([1, 2, 3]),
    );
    check(
        "union(json('{\"a\":{\"b\":1}}'), json('{\"A\":{\"c\":2},\"d\":3}'))",
        json!({ "a": { "b": 1, "c": 2 }, "d": 3 }),
    );
    check(
        "intersection(createArray(1, 2), createArray(2, 3))",
        json!([2]),
    );
    check(
        "intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))",
        json!({ "a": 1 }),
    );
    refused("createObject('a')", "come in pairs");
    check("createObject('a', 1).A", json!(1));
    check("createObject('a', createArray(4, 5))['a'][1]", json!(5));
    refused(
        "createObject('a', 1).b",
        "'b' doesn't exist, available properties are 'a'",
    );
    refused("createArray(1)[1]", "'1' is out of bounds");
    refused("string(1).x", "the value is of type 'String'");
    check("array(1)", json!([1]));
}

#[test]
fn the_deployment_and_its_resources() {
    check("resourceGroup().location", json!("westeurope"));
    check("subscription().subscriptionId", json!(SUBSCRIPTION));
    check("tenant().tenantId", json!("t"));
    check("deployment().name", json!("d1"));
    check("environment().name", json!("AzureCloud"));
    check("reference('x').target", json!("x"));
    check(
        "reference('x', '2025-05-01', 'full').location",
        json!("westeurope"),
    );
    refused("reference('x', '2025-05-01', 'Half')", "may be 'Full'");
    check("listKeys('x', '2025-05-01').keys[0].value", json!("x"));
    refused("listkeys('x', '2025-05-01')", "'listkeys' is not valid");
    refused("nothing()", "The template function 'nothing' is not valid");
    refused("toLower()", "1 argument(s) are expected, but 0 are given");
    refused(
        "toLower(1)",
        "argument 1 must be of type 'String', but is of type 'Integer'",
    );
    refused("utcNow()", "not expected at this location");
    refused("copyIndex()", "within a copy loop");
    refused("parameters('p')", "The template parameter 'p' is not found");
    refused("variables('v')", "The template variable 'v' is not found");
}

#[test]
fn ids_of_resources() {
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg");
    let vnets = "Microsoft.Network/virtualNetworks";
    check(
        "resourceId('Microsoft.Network/virtualNetworks', 'v')",
        json!(format!("{group}/providers/{vnets}/v")),
    );
    check(
        "resourceId('other', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')",
        json!(format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/{vnets}/v/subnets/s"
        )),
    );
    let id = "11111111-1111-4111-8111-111111111111";
    check(
        &format!("resourceId('{id}', 'g', 'Microsoft.Network/virtualNetworks', 'v')"),
        json!(format!(
            "/subscriptions/{id}/resourceGroups/g/providers/{vnets}/v"
        )),
    );
    check(
        &format!("resourceId('{id}', 'Microsoft.Network/virtualNetworks', 'v')"),
        json!(format!(
            "/subscriptions/{id}/resourceGroups/rg/providers/{vnets}/v"
        )),
    );
    refused(
        "resourceId('Microsoft.Network/virtualNetworks/subnets', 'v')",
        "requires 2 resource name argument(s), but 1 are given",
    );
    refused("resourceId('virtualNetworks', 'v')", "provider's namespace");
    check(
        "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
        json!(format!(
            "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/r"
        )),
    );
    check(
        "subscriptionResourceId('Microsoft.Resources/resourceGroups', 'g')",
        json!(format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/g")),
    );
    check(
        "tenantResourceId('A.B/c', 'd')",
        json!("/providers/A.B/c/d"),
    );
    check(
        "extensionResourceId('/x', 'A.B/c', 'd')",
        json!("/x/providers/A.B/c/d"),
    );
}

#[test]
fn derived_names_are_stable_and_apart() {
    let first = run("[uniqueString('a', 'b')]").expect("a text");
    let text = first.as_str().expect("a text");
    assert_eq!(text.len(), 13);
    assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    );
    assert_eq!(run("[uniqueString('a', 'b')]"), Ok(first.clone()));
    assert_ne!(run("[uniqueString('a', 'c')]"), Ok(first));
    let guid = run("[guid('a')]").expect("a text");
    assert!(uuid::Uuid::try_parse(guid.as_str().expect("a text")).is_ok());
}

#[test]
fn times_and_new_guids_are_for_defaults() {
    let template = Template::default();
    let place = place(Level::Group);
    let scope = Scope::new(&template, &place, &super::Echo, serde_json::Map::new());
    let frame = scope.frame(Stage::Default);
    for (expression, expected) in [
        ("[utcNow()]", "20260302T090507Z"),
        ("[utcNow('u')]", "2026-03-02 09:05:07Z"),
        ("[utcNow('d')]", "03/02/2026"),
        ("[utcNow('yyyy-M-d HH:mm:ss.ff')]", "2026-3-2 09:05:07.25"),
        ("[utcNow('hh')]", "09"),
    ] {
        assert_eq!(frame.text(expression), Ok(json!(expected)), "{expression}");
    }
    assert_ne!(frame.text("[newGuid()]"), frame.text("[newGuid()]"));
    let seen = why(frame.text("[reference('x')]"));
    assert!(seen.contains("'reference' is not expected"), "{seen}");
    let seen = why(frame.text("[variables('x')]"));
    assert!(seen.contains("'variables' is not expected"), "{seen}");
}

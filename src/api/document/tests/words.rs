//! The words that Microsoft Graph brought: whose directory, what a call needs, options with `$`,
//! and names with `@`.

use serde_json::{Value, json};

use super::super::model::{Kind, Output, Place};
use super::{GET, changed, fails, read_one, sample};

fn get(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/items/{item}"]["get"]
}

#[test]
fn the_tenant_stands_first_and_a_method_takes_it_from_its_record() {
    let mut document = sample();
    get(&mut document)["parameters"] = json!([
        { "name": "$top", "in": "query", "schema": { "type": "integer" } },
        { "name": "tenant", "in": "query", "required": true, "schema": { "type": "string" },
          "x-tenantry": { "scope": "tenant", "carried_by": "token" } },
    ]);
    get(&mut document)["x-tenantry"] = json!({ "method_of": "Item", "function_as": "refresh" });
    let service = read_one(&document).expect("no problem");
    let params = service.operation("item").expect("an operation").params;
    let found: Vec<_> = params
        .iter()
        .map(|param| (param.name, param.wire, param.place, param.of_object()))
        .collect();
    assert_eq!(
        found,
        [
            ("tenant", "tenant", Place::Token, true),
            ("item", "item", Place::Path, true),
            ("top", "$top", Place::Query, false),
        ]
    );
    assert!(params[0].scope.is_none() && !params[0].home);
}

#[test]
fn what_a_call_needs_follows_from_permissions_and_roles() {
    let check = |of_document: Value, own: Value, expected: &str| {
        let mut document = sample();
        document["x-tenantry"] = of_document;
        get(&mut document)["x-tenantry"] = own;
        let service = read_one(&document).expect("no problem");
        let needs = service.operation("item").expect("an operation").needs;
        assert_eq!(needs, expected);
    };
    let both = json!({ "permissions": ["A.Read", "B.Read"], "roles": ["Reader"] });
    let words = "A.Read or B.Read; of a user also the role Reader";
    check(both.clone(), json!({}), words);
    check(json!({}), both.clone(), words);
    check(json!({ "needs": "patience" }), both.clone(), words);
    check(both.clone(), json!({ "needs": "patience" }), "patience");
    check(
        both,
        json!({ "roles": ["Writer", "Owner"], "permissions": [] }),
        "of a user the role Writer or Owner",
    );
    check(json!({}), json!({ "permissions": ["A.Read"] }), "A.Read");
}

#[test]
fn a_preset_needs_what_its_operation_does_unless_it_says_otherwise() {
    let check = |own: Value, expected: &str| {
        let mut document = sample();
        document["x-tenantry"]["permissions"] = json!(["A.ReadWrite"]);
        document["x-tenantry"]["roles"] = json!(["Writer", "Owner"]);
        let mut preset = json!({ "of": "update_item", "set": { "state": "off" } });
        for (word, value) in own.as_object().into_iter().flatten() {
            preset[word] = value.clone();
        }
        document["x-tenantry"]["presets"] = json!({ "stop_item": preset });
        let service = read_one(&document).expect("no problem");
        let stop = service.operation("stop_item").expect("an operation");
        assert_eq!(stop.needs, expected, "{own}");
    };
    let words = |roles: &str| format!("A.ReadWrite; of a user also the role {roles}");
    check(json!({ "roles": ["Owner"] }), &words("Owner"));
    check(json!({ "needs": "patience" }), "patience");
    check(json!({ "permissions": ["A.Stop"], "roles": [] }), "A.Stop");
}

#[test]
fn a_list_of_one_is_its_item() {
    let list = json!({ "200": { "content": { "application/json": { "schema": {
        "type": "array", "items": { "$ref": "#/components/schemas/Item" } } } } } });
    let mut document = sample();
    get(&mut document)["responses"] = list;
    get(&mut document)["x-tenantry"] = json!({ "one": true, "advanced": true });
    let service = read_one(&document).expect("no problem");
    let item = service.operation("item").expect("an operation");
    assert!(item.one && item.advanced);
    assert!(
        matches!(item.output, Output::One(ty) if matches!(service.kind(ty), Kind::Rec(_))),
        "{:?}",
        item.output
    );
    let at = "paths['/items/{item}'].get";
    let one = "`one` means the one item of a list, and the answer is none";
    fails(GET, "x-tenantry", json!({ "one": true }), at, one);
    let flag = format!("{at}.x-tenantry.advanced");
    let wrong = json!({ "advanced": "yes" });
    fails(GET, "x-tenantry", wrong, &flag, "must be `true` or `false`");
}

#[test]
fn names_and_paths_may_hold_what_graph_writes() {
    let mut document = sample();
    let properties = json!({
        "@odata.id": { "type": "string" },
        "members@odata.bind": { "type": "array", "items": { "type": "string" } }
    });
    document["components"]["schemas"]["Item"]["properties"] = properties;
    get(&mut document)["x-tenantry"] = json!({ "if_match": "@odata.etag" });
    let whole = document["paths"]["/items/{item}"].clone();
    document["paths"] = json!({ "/items/{item}/$ref": whole });
    let service = read_one(&document).expect("no problem");
    let item = service.operation("item").expect("an operation");
    assert_eq!(item.if_match, Some("@odata.etag"));
    let (_, schema) = service.schema("Item").expect("a schema");
    assert!(schema.field("members@odata.bind").is_some());

    let mut document = sample();
    let whole = document["paths"]["/items/{item}"].clone();
    document["paths"] = json!({ "/find(name='{item}')": whole });
    assert!(read_one(&document).is_ok());
    let again = json!({ "get": { "operationId": "again", "summary": "Again.", "responses": {},
        "parameters": [{ "name": "x", "in": "path", "required": true, "schema": { "type": "string" } }] } });
    document["paths"]["/Find(name='{x}')"] = again;
    let problems = read_one(&document).expect_err("a problem");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].ends_with("has the same method and path"));
}

#[test]
fn more_comparisons_can_be_listed() {
    let filter = json!({ "name": "$filter", "in": "query", "schema": {},
        "x-tenantry": { "filter": { "a/b": ["any"], "c": ["ends_with", "not"] } } });
    let service = changed(GET, "parameters", json!([filter])).expect("no problem");
    let param = service.operation("item").expect("an operation").params[1];
    assert_eq!((param.name, param.wire), ("filter", "$filter"));
    assert_eq!(param.filter[1].ops.0, ["ends_with", "not"]);
}

//! Each kind of problem, with its place.

use serde_json::{Value, json};

use super::{GET, PATCH, changed, fails, read_one, sample};

#[test]
fn problems_of_names_and_words_have_their_place() {
    let get = "paths['/items/{item}'].get";
    fails(
        "/x-tenantry",
        "module",
        json!("other"),
        "x-tenantry.module",
        "this document lies among those of `shop`",
    );
    fails(
        "/x-tenantry",
        "sorce",
        json!("x"),
        "x-tenantry.sorce",
        "`sorce` is not a word that may stand here",
    );
    fails(
        "",
        "pahts",
        json!({}),
        "pahts",
        "`pahts` is not a word that may stand here",
    );
    fails(
        GET,
        "operationId",
        json!("default"),
        get,
        "`default` cannot be a name in a script",
    );
    fails(
        GET,
        "sumary",
        json!("x"),
        &format!("{get}.sumary"),
        "`sumary` is not a word that may stand here",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "efect": "read" }),
        &format!("{get}.x-tenantry.efect"),
        "`efect` is not a word that may stand here",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "auth": "both" }),
        &format!("{get}.x-tenantry.auth"),
        "must be one of app, user, either",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "source": 1 }),
        &format!("{get}.x-tenantry.source"),
        "must be text",
    );
}

#[test]
fn problems_of_names_of_other_things_have_their_place() {
    let get = "paths['/items/{item}'].get";
    fails(
        GET,
        "x-tenantry",
        json!({ "method_of": "Itm" }),
        &format!("{get}.x-tenantry.method_of"),
        "there is no schema `Itm`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "function_as": "x" }),
        &format!("{get}.x-tenantry.function_as"),
        "stands only beside `method_of`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "also": ["none"] }),
        get,
        "there is no operation `none`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "list_fields": ["id", "no"] }),
        &format!("{get}.x-tenantry.list_fields[1]"),
        "the answer has no property `no`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "until": "as_sent" }),
        &format!("{get}.x-tenantry.until"),
        "stands only beside `x-ms-long-running-operation: true`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "creates": { "in": "item" } }),
        &format!("{get}.x-tenantry.creates"),
        "must read like `{ in: customers, key: id }`",
    );
    fails(
        GET,
        "x-tenantry",
        json!({ "paging": { "offset": "skip" } }),
        &format!("{get}.x-tenantry.paging"),
        "must name `offset` and `size` and give a `page` above 0",
    );
    fails(
        PATCH,
        "operationId",
        json!("item"),
        "paths['/items/{item}'].patch",
        "`item` is described already at $.paths['/items/{item}'].get",
    );
}

#[test]
fn problems_of_effects_have_their_place() {
    let at = "paths['/items/{item}'].patch.x-tenantry.effect";
    let check = |effect: Value, place: &str, text: &str| {
        fails(
            PATCH,
            "x-tenantry",
            json!({ "effect": effect }),
            &format!("{at}{place}"),
            text,
        );
    };
    check(
        json!("reed"),
        "",
        "must be one of read, write, spend, destroy",
    );
    check(
        json!([{ "if": "price > before", "is": "spend" }]),
        "",
        "the last rule must hold always: write it without `if`",
    );
    check(
        json!([{ "if": "price", "is": "spend" }, { "is": "write" }]),
        "[0].if",
        "must read like `status = deleted` or `quantity > before`",
    );
    check(
        json!([{ "if": "prise > before", "is": "spend" }, { "is": "write" }]),
        "[0].if",
        "the body has no field `prise`",
    );
    check(
        json!([{ "if": "price > before" }, { "is": "write" }]),
        "[0]",
        "`is` is missing",
    );
}

#[test]
fn problems_of_parameters_have_their_place() {
    let params = "paths['/items/{item}'].parameters";
    let path = "/paths/~1items~1{item}";
    let item =
        json!({ "name": "item", "in": "path", "required": true, "schema": { "type": "string" } });
    let problems = changed(path, "parameters", json!([])).expect_err("problems");
    assert_eq!(problems.len(), 2, "one for each verb");
    assert_eq!(
        problems[0],
        "shop.yaml: $.paths['/items/{item}'].get: path parameter `item` is not declared"
    );
    let second = |param: Value, place: &str, text: &str| {
        fails(
            path,
            "parameters",
            json!([item, param]),
            &format!("{params}[1]{place}"),
            text,
        );
    };
    second(
        json!({ "name": "x", "in": "cookie" }),
        "",
        "`in` must be path, query or header",
    );
    second(
        json!({ "in": "query", "schema": {} }),
        "",
        "`name` is missing",
    );
    second(
        json!({ "name": "default", "in": "query", "schema": {} }),
        "",
        "`default` cannot be a name in a script",
    );
    second(
        json!({ "name": "x", "in": "query", "schema": { "type": "txt" } }),
        ".schema",
        "`txt` is no type",
    );
    let word =
        |words: Value| json!({ "name": "x", "in": "query", "schema": {}, "x-tenantry": words });
    second(
        word(json!({ "scope": "Item" })),
        ".x-tenantry.scope",
        "must be `home`, `tenant`, `any`, or read like `Customer.id`",
    );
    second(
        word(json!({ "scope": "Itm.id" })),
        ".x-tenantry.scope",
        "there is no schema `Itm`",
    );
    second(
        word(json!({ "scope": "Item.no" })),
        ".x-tenantry.scope",
        "`Item` has no property `no`",
    );
    second(
        word(json!({ "scope": "tenant" })),
        ".x-tenantry.scope",
        "stands only beside `carried_by: token`",
    );
    second(
        word(json!({ "carried_by": "pigeon" })),
        ".x-tenantry.carried_by",
        "must be one of token",
    );
    second(
        word(json!({ "filter": { "A": ["like"] } })),
        ".x-tenantry.filter.A[0]",
        "must be one of eq, ne, lt, le, gt, ge, starts_with, ends_with, contains, one_of, any, not, and, or",
    );
}

#[test]
fn problems_of_shapes_have_their_place() {
    let at = "components.schemas.Item";
    let item = "/components/schemas/Item";
    fails(
        item,
        "required",
        json!(["id", "name"]),
        &format!("{at}.required[1]"),
        "`name` is required but is no property",
    );
    fails(
        item,
        "propertis",
        json!({}),
        &format!("{at}.propertis"),
        "`propertis` is not a word that may stand here",
    );
    let properties = "/components/schemas/Item/properties";
    fails(
        properties,
        "x",
        json!({ "$ref": "#/nowhere" }),
        &format!("{at}.properties.x"),
        "`#/nowhere` leads to nothing",
    );
    fails(
        properties,
        "x",
        json!({ "$ref": "other.yaml#/components" }),
        &format!("{at}.properties.x"),
        "`other.yaml#/components` leads to nothing",
    );
    fails(
        "/components/schemas",
        "Item",
        json!({ "$ref": "#/components/schemas/Item" }),
        at,
        "`$ref` leads in a circle",
    );
}

#[test]
fn problems_of_presets_have_their_place() {
    let check = |preset: Value, place: &str, text: &str| {
        fails(
            "/x-tenantry",
            "presets",
            json!({ "stop": preset }),
            &format!("x-tenantry.presets.stop{place}"),
            text,
        );
    };
    check(
        json!({ "of": "none", "set": { "state": "off" } }),
        "",
        "there is no operation `none` whose body could be fixed",
    );
    check(
        json!({ "of": "update_item" }),
        "",
        "`set` must fix at least one field",
    );
    check(
        json!({ "of": "update_item", "set": { "stat": "off" } }),
        ".set.stat",
        "the body of `update_item` has no field `stat`",
    );
    check(
        json!({ "of": "update_item", "set": { "state": "of" } }),
        ".set.state",
        "\"of\" is no value of this field",
    );
    check(
        json!({ "of": "update_item", "set": { "state": "{default}" } }),
        ".set.state",
        "`default` cannot be a name in a script",
    );
    check(
        json!({ "of": "update_item", "set": { "state": "off" }, "sumary": "x" }),
        ".sumary",
        "`sumary` is not a word that may stand here",
    );
}

#[test]
fn problems_between_operations_are_found() {
    let mut document = sample();
    document["paths"]["/Items/{id}"] = json!({
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "get": { "operationId": "again", "responses": {} }
    });
    let problems = read_one(&document).expect_err("a problem");
    assert_eq!(
        problems,
        ["shop.yaml: $.paths['/Items/{id}'].get: `item` has the same method and path"]
    );
    document["paths"]["/Items/{id}"]["get"]["x-tenantry"] = json!({ "twin_of": "item" });
    assert!(read_one(&document).is_ok());
    let mut document = sample();
    for verb in ["get", "patch"] {
        document["paths"]["/items/{item}"][verb]["x-tenantry"] =
            json!({ "method_of": "Item", "function_as": "touch" });
    }
    document["paths"]["/items/{item}"]["patch"]
        .as_object_mut()
        .expect("an object")
        .remove("requestBody");
    let problems = read_one(&document).expect_err("a problem");
    assert_eq!(
        problems,
        [
            "shop.yaml: $.paths['/items/{item}'].patch: method `touch` with 0 arguments is `item` already"
        ]
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let mut document = sample();
    document["paths"]["/items/{item}"]["get"]["x-tenantry"] =
        json!({ "auth": "both", "merge": "half" });
    document["components"]["schemas"]["Item"]["required"] = json!(["name"]);
    assert_eq!(read_one(&document).expect_err("problems").len(), 3);
}

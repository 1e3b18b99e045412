//! Documents that this project did not write: what is understood of them, and what an overlay adds.

use serde_json::{Value, json};

use super::super::model::{
    Effect, Field, Kind, Operation, Output, Paging, Place, Service, Waiting,
};
use super::super::{Document, Foreign, read_foreign};

const ITEM: &str = "/subscriptions/{subscriptionId}/providers/X/items/{item}";

/// A document with one kind of item.
fn document() -> Value {
    let path =
        |name: &str| json!({ "name": name, "in": "path", "required": true, "type": "string" });
    let version =
        json!({ "name": "api-version", "in": "query", "required": true, "type": "string" });
    let item =
        json!({ "200": { "description": "It.", "schema": { "$ref": "#/definitions/Item" } } });
    let list = json!({ "200": { "description": "Some.", "schema": { "$ref": "#/definitions/ItemList" } } });
    json!({
        "swagger": "2.0",
        "info": { "title": "Items", "version": "2025-01-01" },
        "host": "elsewhere.invalid",
        "paths": {
            ITEM: {
                "parameters": [path("subscriptionId"), path("item"), version],
                "get": { "operationId": "Items_Get", "responses": item },
                "delete": { "operationId": "Items_Delete", "responses": {}, "x-ms-long-running-operation": true },
            },
            format!("{ITEM}/listKeys"): {
                "parameters": [path("subscriptionId"), path("item"), version],
                "post": { "operationId": "Items_ListKeys", "responses": {} },
            },
            "/subscriptions/{subscriptionId}/providers/X/items": {
                "parameters": [path("subscriptionId"), version],
                "get": { "operationId": "Items_List", "responses": list, "x-ms-pageable": { "nextLinkName": "nextLink" } },
            },
        },
        "definitions": {
            "ItemList": { "properties": { "value": { "type": "array", "items": { "$ref": "#/definitions/Item" } } } },
            "Item": { "properties": { "id": { "type": "string" }, "shape": { "$ref": "#/definitions/Shape" } } },
            "Shape": { "discriminator": "kind", "required": ["kind", "unheard"], "properties": { "kind": { "type": "string" } } },
            "Circle": { "allOf": [{ "$ref": "#/definitions/Shape" }], "required": ["size"], "properties": { "size": { "type": "integer" } } },
            "Square": { "allOf": [{ "$ref": "#/definitions/Shape" }], "properties": { "size": { "type": "string" }, "turned": { "type": "boolean" } } },
        },
    })
}

fn read(
    on: &str,
    documents: &[(&str, Value)],
    overlay: Option<Value>,
) -> Result<Service, Vec<String>> {
    let documents: Vec<_> = documents
        .iter()
        .map(|(name, value)| Document { name, value })
        .collect();
    let foreign = Foreign {
        module: "items",
        on,
        documents: &documents,
        missing: &[],
        overlay: overlay.as_ref().map(|value| Document {
            name: "overlay.yaml",
            value,
        }),
    };
    read_foreign(foreign).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn one(document: Value) -> Service {
    read("arm", &[("items.json", document)], None).expect("no problem")
}

fn named(service: &Service, name: &str) -> Operation {
    *service.operation(name).expect("an operation")
}

/// Returns the property of an item that a definition of this shape gives.
fn field(shape: Value) -> (Service, Field) {
    let mut document = document();
    document["definitions"]["Item"]["properties"]["x"] = shape;
    let service = one(document);
    let (_, item) = service.schema("Item").expect("a schema");
    let field = *item.field("x").expect("a field");
    (service, field)
}

#[test]
fn operations_are_named_weighed_and_bound_to_their_records() {
    let service = one(document());
    assert_eq!((service.name, service.on), ("items", "arm"));
    let check = |name: &str, effect: Effect, method: Option<&str>| {
        let operation = named(&service, name);
        assert_eq!(operation.gravest(), effect, "{name}");
        assert_eq!(operation.method_of.map(|(_, name)| name), method, "{name}");
        assert_eq!(operation.api_version(), Some("2025-01-01"), "{name}");
    };
    check("items_get", Effect::Read, None);
    check("items_list", Effect::Read, None);
    check("items_delete", Effect::Destroy, Some("delete"));
    check("items_list_keys", Effect::Destroy, Some("list_keys"));
    let delete = named(&service, "items_delete");
    assert!(matches!(delete.waiting, Waiting::Azure(_)));
    assert_eq!(delete.covered, 2);
    let scopes: Vec<_> = delete
        .in_path()
        .map(|param| param.scope.map(|scope| scope.schema))
        .collect();
    assert_eq!(scopes, [Some("Subscription"), Some("Item")]);
    let list = named(&service, "items_list");
    assert!(matches!(list.output, Output::Many(_)) && list.paging == Paging::Link);
}

#[test]
fn a_record_has_what_any_of_its_variants_has() {
    let service = one(document());
    let (_, shape) = service.schema("Shape").expect("a schema");
    let fields: Vec<_> = shape
        .fields
        .iter()
        .map(|field| (field.name, service.kind(field.ty), field.required()))
        .collect();
    let expected = [
        ("kind", Kind::Text, true),
        // An integer here, a text there, and wanted only of circles.
        ("size", Kind::Any, false),
        ("turned", Kind::Bool, false),
    ];
    assert_eq!(fields, expected);
}

#[test]
fn shapes_say_what_azure_lets_them_say() {
    let kind = |shape: Value| {
        let (service, field) = field(shape);
        (service.kind(field.ty), service.open.len())
    };
    let text = |more: Value| {
        let mut shape = json!({ "type": "string" });
        shape
            .as_object_mut()
            .expect("a map")
            .extend(more.as_object().expect("a map").clone());
        kind(shape)
    };
    assert_eq!(text(json!({ "x-ms-secret": true })).0, Kind::Secret);
    assert_eq!(text(json!({ "format": "password" })).0, Kind::Secret);
    assert_eq!(text(json!({ "enum": ["a"] })), (Kind::Enum(0), 0));
    let open = json!({ "enum": ["a"], "x-ms-enum": { "name": "E", "modelAsString": true } });
    assert_eq!(text(open), (Kind::Enum(0), 1));
    let either = json!({ "anyOf": [{ "type": "string" }, { "type": "string", "enum": ["a"] }] });
    assert_eq!(kind(either), (Kind::Enum(0), 1));
    let read_only = |shape: Value| field(shape).1.read_only();
    assert!(read_only(
        json!({ "type": "string", "x-ms-mutability": ["read"] })
    ));
    assert!(!read_only(
        json!({ "type": "string", "x-ms-mutability": ["read", "create"] })
    ));
    let (service, open) = field(json!({ "properties": { "a": {} }, "additionalProperties": true }));
    let Kind::Rec(index) = service.kind(open.ty) else {
        panic!("a record")
    };
    assert!(service.schemas[usize::from(index)].open);
    let (service, alias) =
        field(json!({ "allOf": [{ "$ref": "#/definitions/Shape" }], "x-nullable": true }));
    assert!(alias.nullable());
    let shape = service.schema("Shape").expect("a schema").0;
    assert_eq!(service.kind(alias.ty), Kind::Rec(shape));
}

#[test]
fn shapes_of_one_name_in_two_files_are_two() {
    let mut main = document();
    main["definitions"]["Item"]["properties"]["other"] =
        json!({ "$ref": "./more/other.json#/definitions/Item" });
    let other = json!({ "definitions": { "Item": { "properties": { "back": { "$ref": "../items.json#/definitions/Item" } } } } });
    let service = read(
        "arm",
        &[("items.json", main), ("more/other.json", other)],
        None,
    )
    .expect("no problem");
    let (item, _) = service.schema("Item").expect("a schema");
    let (_, second) = service.schema("Item2").expect("a schema");
    let back = second.field("back").expect("a field");
    assert_eq!(service.kind(back.ty), Kind::Rec(item));
}

#[test]
fn parameters_that_only_the_host_sets_or_that_never_vary_are_no_arguments() {
    let mut document = document();
    let get = &mut document["paths"][ITEM]["get"];
    get["parameters"] = json!([
        { "name": "Accept", "in": "header", "required": true, "type": "string" },
        { "name": "comp", "in": "query", "required": true, "type": "string", "enum": ["all"] },
        { "name": "default", "in": "query", "required": true, "type": "string" },
        { "name": "$default", "in": "query", "required": true, "type": "string" },
    ]);
    let service = one(document);
    let get = named(&service, "items_get");
    let names: Vec<_> = get.positional().map(|param| param.name).collect();
    assert_eq!(names, ["subscription_id", "item", "default_", "default__2"]);
    let constant = get
        .optional()
        .find(|param| param.name == "comp")
        .expect("an option");
    assert_eq!(constant.initial, Some("all"));
}

#[test]
fn the_service_decides_whose_token_is_needed_and_how_lists_are_paged() {
    let tenant = |on: &str, path: &str| {
        let mut document = document();
        let get = json!({ "operationId": "Get", "responses": {} });
        document["paths"] = json!({ path: { "get": get } });
        let service = read(on, &[("items.json", document)], None).expect("no problem");
        let first = named(&service, "get").params.first().copied();
        first.is_some_and(|param| param.place == Place::Token)
    };
    assert!(tenant("arm", "/providers/X/operations"));
    assert!(!tenant("partner", "/v1/items"));
    assert!(tenant("graph", "/items"));
    let paging = |pageable: Value| {
        let mut document = document();
        document["paths"]["/subscriptions/{subscriptionId}/providers/X/items"]["get"]["x-ms-pageable"] =
            pageable;
        named(&one(document), "items_list").paging
    };
    assert_eq!(paging(json!({ "nextLinkName": null })), Paging::Single);
    let named = Paging::Named {
        items: "value",
        link: "more",
    };
    assert_eq!(paging(json!({ "nextLinkName": "more" })), named);
}

#[test]
fn a_server_s_path_counts_and_its_host_does_not() {
    let path = |servers: Value| {
        let get = json!({ "operationId": "get_item", "responses": {} });
        let document = json!({ "openapi": "3.0.1", "servers": servers, "paths": { "/items": { "get": get } } });
        let service = read("graph", &[("items.json", document)], None).expect("no problem");
        named(&service, "get_item").path
    };
    assert_eq!(
        path(json!([{ "url": "https://graph.example.invalid/v1.0/" }])),
        "/v1.0/items"
    );
    assert_eq!(
        path(json!([{ "url": "https://graph.example.invalid" }])),
        "/items"
    );
    assert_eq!(path(json!(null)), "/items");
}

#[test]
fn an_overlay_says_what_the_document_does_not() {
    let overlay = json!({
        "defaults": { "needs": "Reader" },
        "operations": {
            "Items_ListKeys": { "effect": "write", "name": "item_keys", "method_of": "Item", "function_as": "secrets" },
            "Items_Delete": { "leave_out": true },
        },
    });
    let service = read("arm", &[("items.json", document())], Some(overlay)).expect("no problem");
    let keys = named(&service, "item_keys");
    assert_eq!((keys.gravest(), keys.needs), (Effect::Write, "Reader"));
    assert_eq!(keys.method_of.map(|(_, name)| name), Some("secrets"));
    assert_eq!(keys.covered, 2);
    assert!(service.operation("items_delete").is_none());
}

#[test]
fn long_chains_of_types_are_read_to_their_end() {
    let mut document = document();
    document["definitions"]["Item"]["properties"]["next"] =
        json!({ "$ref": "#/definitions/Link0" });
    for number in 0..3000 {
        let next = json!({ "$ref": format!("#/definitions/Link{}", number + 1) });
        document["definitions"][format!("Link{number}")] =
            json!({ "properties": { "next": next } });
    }
    document["definitions"]["Link3000"] = json!({ "properties": { "end": { "type": "boolean" } } });
    let service = one(document);
    let (_, last) = service.schema("Link3000").expect("a schema");
    assert!(last.field("end").is_some());
}

#[test]
fn more_types_than_the_tables_hold_are_a_problem() {
    let mut document = document();
    let object = |inside: &Value| {
        let properties = (0..300).map(|n| (format!("p{n}"), inside.clone()));
        json!({ "properties": Value::Object(properties.collect()) })
    };
    document["definitions"]["Item"] = object(&object(&json!({ "properties": {} })));
    let problems = read("arm", &[("items.json", document)], None).expect_err("a problem");
    assert_eq!(
        problems,
        ["items.json: $: it describes more than 65,535 types"]
    );
}

#[test]
fn what_begins_a_long_method_has_a_name_of_its_own() {
    let mut document = document();
    for (end, id, long) in [
        ("start", "Items_Start", true),
        ("beginStart", "Items_BeginStart", false),
        ("beginStop", "Items_BeginStop", false),
        ("stop", "Items_Stop", true),
    ] {
        let parameters = document["paths"][ITEM]["parameters"].clone();
        let post =
            json!({ "operationId": id, "responses": {}, "x-ms-long-running-operation": long });
        document["paths"][format!("{ITEM}/{end}")] =
            json!({ "parameters": parameters, "post": post });
    }
    let service = one(document);
    let check = |name: &str, method: &str| {
        let of = named(&service, name).method_of;
        assert_eq!(of.map(|(_, name)| name), Some(method), "{name}");
    };
    // Whoever comes second keeps the whole name.
    check("items_start", "start");
    check("items_begin_start", "items_begin_start");
    check("items_begin_stop", "begin_stop");
    check("items_stop", "items_stop");
    check("items_delete", "delete");
}

#[test]
fn arrays_travel_as_the_document_says() {
    let between = |parameter: Value, version: &str| {
        let mut document = document();
        document["paths"][ITEM]["get"]["parameters"] = json!([parameter]);
        if version != "2.0" {
            document.as_object_mut().expect("a map").remove("swagger");
            document["openapi"] = json!(version);
        }
        let service = one(document);
        let get = named(&service, "items_get");
        let mut params = get.optional();
        let param = params.find(|param| param.wire == "x").expect("x");
        param.between
    };
    let old = |format: Option<&str>| {
        let mut parameter =
            json!({ "name": "x", "in": "query", "type": "array", "items": { "type": "string" } });
        if let Some(format) = format {
            parameter["collectionFormat"] = json!(format);
        }
        between(parameter, "2.0")
    };
    assert_eq!(old(None), Some(","));
    assert_eq!(old(Some("csv")), Some(","));
    assert_eq!(old(Some("ssv")), Some(" "));
    assert_eq!(old(Some("pipes")), Some("|"));
    assert_eq!(old(Some("multi")), None);
    let new = |place: &str, says: Value| {
        let mut parameter = json!({ "name": "x", "in": place, "schema": { "type": "array", "items": { "type": "string" } } });
        for (key, value) in says.as_object().expect("a map") {
            parameter[key] = value.clone();
        }
        between(parameter, "3.0.1")
    };
    assert_eq!(new("query", json!({})), None);
    assert_eq!(new("query", json!({ "explode": false })), Some(","));
    let spaces = json!({ "style": "spaceDelimited" });
    assert_eq!(new("query", spaces), Some(" "));
    let pipes = json!({ "style": "pipeDelimited", "explode": false });
    assert_eq!(new("query", pipes), Some("|"));
    assert_eq!(new("header", json!({})), Some(","));
}

#[test]
fn paths_that_only_their_query_tells_apart_are_read() {
    let mut document = document();
    let mut parameters = document["paths"][ITEM]["parameters"].clone();
    let kind = json!({ "name": "kind", "in": "query", "required": true, "type": "string" });
    parameters.as_array_mut().expect("a list").push(kind);
    document["x-ms-paths"] = json!({ format!("{ITEM}?kind=small"): { "get": {
        "operationId": "Items_GetSmall", "parameters": parameters, "responses": {} } } });
    let service = one(document.clone());
    let small = named(&service, "items_get_small");
    assert_eq!(small.path, format!("{ITEM}?kind=small"));
    let names: Vec<_> = small.positional().map(|param| param.name).collect();
    assert_eq!(names, ["subscription_id", "item"]);
    let only = document["x-ms-paths"].take();
    document["paths"] = json!({});
    document["x-ms-paths"] = only;
    one(document);
}

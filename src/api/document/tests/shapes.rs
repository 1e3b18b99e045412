//! Each form that shapes, lists and functions may have, also those of older versions of `OpenAPI`.

use serde_json::{Value, json};

use super::super::model::{
    Effect, Field, Final, Kind, Merge, Output, Paging, Place, Until, Waiting,
};
use super::{changed, read_one, sample};

#[test]
fn a_preset_becomes_a_function_of_its_own() {
    let preset = json!({
        "of": "update_item", "set": { "state": "off", "price": "{price}" }, "summary": "Stops an item.",
        "method_of": "Item", "function_as": "stop"
    });
    let service =
        changed("/x-tenantry", "presets", json!({ "stop_item": preset })).expect("no problem");
    let stop = service.operation("stop_item").expect("an operation");
    assert_eq!(stop.preset.0, [("state", "\"off\""), ("price", "{price}")]);
    let arguments: Vec<_> = stop
        .positional()
        .map(|param| (param.name, param.place))
        .collect();
    assert_eq!(arguments, [("item", Place::Path), ("price", Place::Preset)]);
    assert_eq!(
        (stop.preset_of, stop.body.is_none(), stop.before),
        (Some("update_item"), true, Some("item"))
    );
}

#[test]
fn shapes_are_read_in_all_their_forms() {
    let properties = json!({
        "id": { "type": "string", "format": "uuid" },
        "when": { "type": ["string", "null"], "format": "date-time" },
        "day": { "type": "string", "format": "date", "nullable": true },
        "key": { "type": "string", "format": "password" },
        "count": { "type": "integer" },
        "tags": { "type": "object", "additionalProperties": { "type": "string" } },
        "any": {},
        "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } },
        "owner": { "anyOf": [{ "$ref": "#/components/schemas/Item" }, { "type": "null" }] },
        "either": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
        "inner": { "type": "object", "readOnly": true, "properties": { "a": { "type": "boolean" } } }
    });
    let service =
        changed("/components/schemas/Item", "properties", properties).expect("no problem");
    let (index, item) = service.schema("Item").expect("a schema");
    let kind = |name: &str| service.kind(item.field(name).expect("a field").ty);
    let inner = service
        .schema("Item_inner")
        .expect("a named inline shape")
        .0;
    assert_eq!(kind("id"), Kind::Guid);
    assert_eq!((kind("when"), kind("day")), (Kind::Date, Kind::Day));
    assert_eq!(
        (kind("key"), kind("count"), kind("any")),
        (Kind::Secret, Kind::Int, Kind::Any)
    );
    assert!(
        matches!(kind("tags"), Kind::Dict(text) if service.kinds[usize::from(text)] == Kind::Text)
    );
    assert!(
        matches!(kind("parts"), Kind::Array(part) if service.kinds[usize::from(part)] == Kind::Rec(index))
    );
    assert_eq!(
        (kind("owner"), kind("either"), kind("inner")),
        (Kind::Rec(index), Kind::Any, Kind::Rec(inner))
    );
    let flags = |name: &str| item.field(name).expect("a field").flags;
    assert_eq!(
        (flags("when"), flags("day"), flags("owner")),
        (Field::NULLABLE, Field::NULLABLE, Field::NULLABLE)
    );
    assert_eq!((flags("inner"), flags("id")), (Field::READ_ONLY, 0));
}

#[test]
fn a_shape_made_of_others_has_all_fields_and_the_later_ones_win() {
    let big = json!({
        "allOf": [{ "$ref": "#/components/schemas/Item" }],
        "required": ["id"],
        "properties": { "price": { "type": "integer" }, "size": { "type": "integer" } }
    });
    let mut document = sample();
    document["components"]["schemas"]["Big"] = big;
    document["paths"]["/items/{item}"]["get"]["x-tenantry"] = json!({ "method_of": "Big" });
    let service = read_one(&document).expect("no problem");
    let (_, schema) = service.schema("Big").expect("a schema");
    let names: Vec<_> = schema
        .fields
        .iter()
        .map(|field| (field.name, field.required()))
        .collect();
    assert_eq!(
        names,
        [
            ("id", true),
            ("price", false),
            ("state", false),
            ("size", false)
        ]
    );
    assert_eq!(
        service.kind(schema.field("price").expect("a field").ty),
        Kind::Int
    );
}

#[test]
fn paging_and_waiting_are_read() {
    let list = json!({ "200": { "content": { "application/json": { "schema": { "type": "array", "items": { "type": "string" } } } } } });
    let check = |words: Value, pageable: Value, expected: Paging| {
        let mut document = sample();
        let get = &mut document["paths"]["/items/{item}"]["get"];
        get["responses"] = list.clone();
        get["x-tenantry"] = words;
        get["x-ms-pageable"] = pageable;
        let service = read_one(&document).expect("no problem");
        let operation = service.operation("item").expect("an operation");
        assert_eq!(operation.paging, expected);
        assert!(matches!(operation.output, Output::Many(_)));
    };
    check(json!({}), json!(null), Paging::Single);
    check(json!({}), json!({ "nextLinkName": "next" }), Paging::Link);
    check(json!({ "paging": "bare" }), json!(null), Paging::Bare);
    let offset = Paging::Offset {
        offset: "skip",
        size: "top",
        page: 5,
    };
    check(
        json!({ "paging": { "offset": "skip", "size": "top", "page": 5 } }),
        json!(null),
        offset,
    );

    let waiting = |words: Value, long: bool| {
        let mut document = sample();
        let get = &mut document["paths"]["/items/{item}"]["get"];
        get["x-tenantry"] = words;
        get["x-ms-long-running-operation"] = json!(long);
        read_one(&document)
            .expect("no problem")
            .operation("item")
            .expect("an operation")
            .waiting
    };
    assert_eq!(waiting(json!({}), false), Waiting::None);
    assert_eq!(waiting(json!({}), true), Waiting::Azure(Final::Unsaid));
    assert_eq!(
        waiting(json!({ "waiting": "repeat" }), false),
        Waiting::Repeat
    );
    assert_eq!(
        waiting(json!({ "waiting": "operation" }), false),
        Waiting::Operation
    );
    assert_eq!(
        waiting(json!({ "until": "as_sent" }), true),
        Waiting::Location(Until::AsSent)
    );
    assert_eq!(
        waiting(json!({ "until": "state = on" }), true),
        Waiting::Location(Until::Is("state", "on"))
    );
}

#[test]
fn documents_of_older_versions_are_read() {
    let document = json!({
        "swagger": "2.0",
        "info": { "title": "Old", "version": "2020-01-01" },
        "basePath": "/api/",
        "parameters": { "Version": { "name": "api-version", "in": "query", "required": true, "type": "string" } },
        "paths": { "/things/{thingId}": { "put": {
            "operationId": "Things_CreateOrUpdate",
            "parameters": [
                { "name": "thingId", "in": "path", "required": true, "type": "string" },
                { "$ref": "#/parameters/Version" },
                { "name": "thing", "in": "body", "required": true, "schema": { "$ref": "#/definitions/Thing" } },
                { "name": "$top", "in": "query", "type": "integer", "default": 10 }
            ],
            "responses": { "200": { "description": "ok", "schema": { "$ref": "#/definitions/ThingList" } } },
            "x-ms-pageable": { "nextLinkName": "nextLink" }
        } } },
        "definitions": {
            "Thing": { "type": "object", "properties": { "id": { "type": "string", "x-nullable": true } } },
            "ThingList": { "type": "object", "properties": { "value": { "type": "array", "items": { "$ref": "#/definitions/Thing" } }, "nextLink": { "type": "string" } } }
        }
    });
    let service = read_one(&document).expect("no problem");
    let put = service
        .operation("things_create_or_update")
        .expect("an operation");
    assert_eq!(put.path, "/api/things/{thingId}");
    let names: Vec<_> = put
        .params
        .iter()
        .map(|param| (param.name, param.wire, param.initial))
        .collect();
    assert_eq!(
        names,
        [
            ("thing_id", "thingId", None),
            ("top", "$top", Some("10")),
            ("api_version", "api-version", Some("2020-01-01")),
        ]
    );
    assert!(put.body.is_some_and(|body| body.required));
    let thing = service.schema("Thing").expect("a schema");
    assert!(matches!(put.output, Output::Many(ty) if service.kind(ty) == Kind::Rec(thing.0)));
    assert!(thing.1.field("id").is_some_and(Field::nullable));
    assert_eq!((put.gravest(), put.merge), (Effect::Write, Merge::None));
}

#[test]
fn a_key_that_stands_twice_in_yaml_is_refused() {
    let read = |text: &str| serde_saphyr::from_str::<Value>(text);
    assert!(read("paths: { get: 1, put: 2 }").is_ok());
    let error = read("paths:\n  get: 1\n  get: 2\n").expect_err("a duplicate key");
    assert!(error.to_string().contains("get"), "{error}");
}

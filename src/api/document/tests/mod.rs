//! The reader over small documents, changed a little for each test.

mod azure;
mod foreign;
mod job;
mod problems;
mod shapes;
mod words;

use serde_json::{Value, json};

use super::model::Service;
use super::{Document, read};

/// A document with one operation, changed by a test.
fn sample() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Shop", "version": "1" },
        "x-tenantry": { "module": "shop", "source": "Shop", "needs": "nothing" },
        "paths": { "/items/{item}": {
            "parameters": [{ "name": "item", "in": "path", "required": true, "schema": { "type": "string" } }],
            "get": {
                "operationId": "item",
                "summary": "Gets an item.",
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Item" } } } } }
            },
            "patch": {
                "operationId": "update_item",
                "summary": "Changes an item.",
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Item" } } } },
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Item" } } } } }
            }
        } },
        "components": { "schemas": { "Item": {
            "description": "An item.",
            "type": "object",
            "properties": { "id": { "type": "string" }, "price": { "type": "number" }, "state": { "type": "string", "enum": ["on", "off"] } }
        } } }
    })
}

/// Reads the sample after a change.
fn changed(pointer: &str, key: &str, value: Value) -> Result<Service, Vec<String>> {
    let mut document = sample();
    let target = document
        .pointer_mut(pointer)
        .expect("a place in the sample");
    target[key] = value;
    read_one(&document)
}

fn read_one(document: &Value) -> Result<Service, Vec<String>> {
    read(
        "shop",
        &[Document {
            name: "shop.yaml",
            value: document,
        }],
    )
    .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

const GET: &str = "/paths/~1items~1{item}/get";
const PATCH: &str = "/paths/~1items~1{item}/patch";

/// Expects one problem at a place.
fn fails(pointer: &str, key: &str, value: Value, at: &str, text: &str) {
    let problems = changed(pointer, key, value).expect_err("a problem");
    assert_eq!(problems, [format!("shop.yaml: $.{at}: {text}")]);
}

#[test]
fn the_sample_itself_is_read() {
    let service = read_one(&sample()).expect("no problem");
    let item = service.operation("item").expect("an operation");
    assert_eq!((item.source, item.needs), ("Shop", "nothing"));
    assert_eq!(
        service
            .operation("update_item")
            .expect("an operation")
            .before,
        Some("item")
    );
}

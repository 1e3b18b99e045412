//! Calls of a document that somebody else wrote: what it says of arrays and of paths holds on the wire.

use serde_json::{Value, json};

use super::*;
use crate::api::document::{Document, Foreign, read_foreign};
use crate::api::model::Service;

/// Things that are found by words, each list of which travels in its own way.
fn things() -> &'static Service {
    let path = "/subscriptions/{subscriptionId}/things/{thing}";
    let word =
        |name: &str| json!({ "name": name, "in": "path", "required": true, "type": "string" });
    let list = |name: &str, format: Value| json!({ "name": name, "in": "query", "type": "array", "items": { "type": "string" }, "collectionFormat": format });
    let about = [word("subscriptionId"), word("thing")];
    let lists = [
        list("plain", Value::Null),
        list("spaces", json!("ssv")),
        list("each", json!("multi")),
    ];
    let document = json!({
        "swagger": "2.0", "info": { "title": "Things", "version": "1" },
        "paths": { path: { "parameters": about, "post": {
            "operationId": "Things_Find", "parameters": lists, "responses": {} } } },
        "x-ms-paths": { format!("{path}?comp=state"): { "parameters": about, "post": {
            "operationId": "Things_State", "responses": {} } } },
    });
    let documents = [Document {
        name: "things.json",
        value: &document,
    }];
    let read = read_foreign(Foreign {
        module: "things",
        on: "arm",
        documents: &documents,
        missing: &[],
        overlay: None,
    });
    Box::leak(Box::new(
        read.unwrap_or_else(|problems| panic!("{problems:?}")),
    ))
}

fn check(call: &str, expected: &str) {
    const S: &str = "5b5b5b5b-0000-4000-8000-000000000001";
    let subscription = format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}"}}"#);
    let mut stage = testing::session(&[(200, &*subscription), (200, "")]);
    stage.settings.services = crate::api::services().to_vec();
    stage.settings.services.push(things());
    let script = format!(r#"let sub = arm::subscription("contoso.com", "{S}"); {call}; 0"#);
    value(&stage, &script);
    let sent = stage.door.sent.lock().expect("no panic");
    assert_eq!(sent[1].target.replace(S, "S"), expected, "{call}");
}

#[test]
fn arrays_travel_as_their_document_says() {
    let things = "/subscriptions/S/things/t";
    check(
        r#"things::things_find(sub, "t", #{ plain: ["a", "b c"] })"#,
        &format!("{things}?plain=a,b%20c&api-version=1"),
    );
    check(
        r#"things::things_find(sub, "t", #{ spaces: ["a", "b"], each: ["a", "b"] })"#,
        &format!("{things}?spaces=a%20b&each=a&each=b&api-version=1"),
    );
}

#[test]
fn a_path_with_a_query_is_called_as_it_stands() {
    let expected = "/subscriptions/S/things/t?comp=state&api-version=1";
    check(r#"things::things_state(sub, "t")"#, expected);
    check(r#"things::things_state(sub.id + "/things/t")"#, expected);
}

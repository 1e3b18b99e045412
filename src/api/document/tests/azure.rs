//! The words that Azure Resource Manager brought: versions, whole ids, and how its work ends.

use serde_json::{Value, json};

use super::super::model::{Final, Operation, Place, Reading, Scope, Waiting};
use super::super::{Document, read};
use super::{GET, changed, fails, sample};

const AT: &str = "paths['/items/{item}'].get";

/// Reads the sample as a document of `module`, its first path renamed.
fn as_module(module: &str, path: &str, parameters: Value) -> Operation {
    let mut document = sample();
    document["x-tenantry"]["module"] = json!(module);
    let mut item = document["paths"]["/items/{item}"].take();
    item["parameters"] = parameters;
    document["paths"] = json!({ path: item });
    let document = Document {
        name: "a.yaml",
        value: &document,
    };
    let service = read(module, &[document]).expect("no problem");
    *service.operation("item").expect("an operation")
}

fn whole(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "x-ms-skip-url-encoding": true,
        "schema": { "type": "string" }, "x-tenantry": { "scope": "any" } })
}

#[test]
fn an_operation_of_azure_has_its_document_s_version_as_an_option() {
    let item =
        json!([{ "name": "item", "in": "path", "required": true, "schema": { "type": "string" } }]);
    let declared = json!([item[0], { "name": "api-version", "in": "query", "required": true, "schema": { "type": "string" } }]);
    let check = |module: &str, parameters: &Value, expected: Option<&str>| {
        let operation = as_module(module, "/items/{item}", parameters.clone());
        assert_eq!(operation.api_version(), expected, "{module}");
        let options: Vec<_> = operation.optional().map(|param| param.name).collect();
        assert_eq!(options.contains(&"api_version"), expected.is_some());
    };
    check("arm", &item, Some("1"));
    check("recovery", &item, Some("1"));
    check("compute", &declared, Some("1"));
    check("graph", &item, None);
}

#[test]
fn a_resource_of_any_type_has_no_version_of_its_own() {
    let any = as_module("arm", "/{id}", json!([whole("id")]));
    assert!(any.versioned_by_type() && any.api_version().is_none());
    let lock = as_module("arm", "/{scope}/locks", json!([whole("scope")]));
    assert!(!lock.versioned_by_type());
    assert_eq!(lock.api_version(), Some("1"));
}

#[test]
fn a_whole_id_may_be_that_of_any_record() {
    let lock = as_module("arm", "/{scope}/locks", json!([whole("scope")]));
    let scope = lock.params[0];
    assert!(scope.whole && scope.place == Place::Path);
    assert!(scope.scope.is_some_and(|scope| scope.is_any()));
    assert_eq!(
        scope.scope.map(|scope| scope.property),
        Some(Scope::ANY.property)
    );
}

#[test]
fn where_the_result_of_long_work_is_can_be_said() {
    let check = |options: Value, expected: Final| {
        let mut document = sample();
        let get = &mut document["paths"]["/items/{item}"]["get"];
        get["x-ms-long-running-operation"] = json!(true);
        get["x-ms-long-running-operation-options"] = options;
        let service = super::read_one(&document).expect("no problem");
        let waiting = service.operation("item").expect("an operation").waiting;
        assert_eq!(waiting, Waiting::Azure(expected));
    };
    let via = |word: &str| json!({ "final-state-via": word });
    check(json!({}), Final::Unsaid);
    check(via("location"), Final::Location);
    check(via("azure-async-operation"), Final::AsyncOperation);
    check(via("operation-location"), Final::AsyncOperation);
    check(via("original-uri"), Final::OriginalUri);
}

#[test]
fn another_operation_can_tell_that_the_work_is_done() {
    let waiting = json!({ "read": "item", "until": "state.of = Registered" });
    let service = changed(GET, "x-tenantry", json!({ "waiting": waiting })).expect("no problem");
    let found = service.operation("item").expect("an operation").waiting;
    let expected = Reading {
        operation: "item",
        field: "state.of",
        value: "Registered",
    };
    assert_eq!(found, Waiting::Read(expected));
    let wrong = json!({ "waiting": { "read": "item" } });
    let form = "must read like `{ read: provider, until: 'registrationState = Registered' }`";
    let at = format!("{AT}.x-tenantry.waiting");
    fails(GET, "x-tenantry", wrong, &at, form);
    let unknown = json!({ "waiting": { "read": "itm", "until": "a = b" } });
    fails(
        GET,
        "x-tenantry",
        unknown,
        AT,
        "there is no operation `itm`",
    );
}

#[test]
fn a_record_of_the_resource_manager_may_stand_in_another_document_of_azure() {
    let item = json!([{ "name": "item", "in": "path", "required": true,
        "schema": { "type": "string" }, "x-tenantry": { "scope": "arm.Subscription.id" } }]);
    let operation = as_module("recovery", "/items/{item}", item);
    let scope = operation.params[0]
        .scope
        .expect("a record may stand for it");
    assert_eq!((scope.schema, scope.property), ("Subscription", "id"));
}

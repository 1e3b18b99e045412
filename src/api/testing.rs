//! A small description of Azure, for tests of what is particular to it.

mod recovery;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::document::{Document, read};
use super::model::Service;

pub(crate) use recovery::recovery;

const SUBSCRIPTION: &str = "/subscriptions/{subscription}";
const GROUP: &str = "/subscriptions/{subscription}/resourceGroups/{resource_group}";

/// Returns a service `arm` with a few operations of each kind.
pub(crate) fn azure() -> &'static Service {
    static SERVICE: LazyLock<Service> = LazyLock::new(|| {
        let documents = [resources(), compute()];
        let documents: Vec<_> = documents
            .iter()
            .map(|value| Document {
                name: "a.yaml",
                value,
            })
            .collect();
        read("arm", &documents).expect("no problem")
    });
    &SERVICE
}

/// Returns the built-in services with the small ones in the place of theirs.
pub(crate) fn services() -> Vec<&'static Service> {
    let built_in = super::services().iter().copied();
    built_in
        .map(|service| match service.name {
            "arm" => azure(),
            "recovery" => recovery(),
            _ => service,
        })
        .collect()
}

/// An operation, its parameters by the names in its path.
fn operation(name: &str, words: Value, answer: Value, body: Option<Value>) -> Value {
    let mut operation = json!({ "operationId": name, "summary": "Does it.", "x-tenantry": words });
    let content =
        |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    operation["responses"] = match answer {
        Value::Null => json!({}),
        schema => json!({ "200": content(schema) }),
    };
    if let Some(schema) = body {
        operation["requestBody"] = content(schema);
    }
    operation
}

fn at(path: &str, mut verbs: Value) -> (String, Value) {
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    let parameters = names.map(|name| {
        let scope = match name {
            "scope" | "id" => "any",
            "subscription" => "Subscription.id",
            "resource_group" => "ResourceGroup.id",
            "vm" => "VirtualMachine.id",
            "location" => "Location.name",
            "lock" => "Lock.id",
            "deployment" => "Deployment.id",
            _ => "",
        };
        let mut parameter = json!({ "name": name, "in": "path", "required": true,
            "description": "Which.", "schema": { "type": "string" } });
        if scope == "any" {
            parameter["x-ms-skip-url-encoding"] = json!(true);
        }
        if !scope.is_empty() {
            parameter["x-tenantry"] = json!({ "scope": scope });
        }
        parameter
    });
    verbs["parameters"] = parameters.collect();
    (path.to_owned(), verbs)
}

fn of(schema: &str) -> Value {
    json!({ "$ref": format!("a.yaml#/components/schemas/{schema}") })
}

fn list(schema: &str) -> Value {
    json!({ "type": "array", "items": of(schema) })
}

fn document(version: &str, paths: Vec<(String, Value)>, schemas: &[(&str, Value)]) -> Value {
    let schema = |(name, own): &(&str, Value)| {
        let mut properties = json!({ "id": { "type": "string" }, "name": { "type": "string" } });
        for (property, ty) in own.as_object().into_iter().flatten() {
            properties[property] = ty.clone();
        }
        let schema = json!({ "description": "It.", "type": "object", "properties": properties });
        ((*name).to_owned(), schema)
    };
    json!({
        "info": { "title": "Azure", "version": version },
        "x-tenantry": { "module": "arm", "source": "Azure", "needs": "a role" },
        "paths": paths.into_iter().collect::<serde_json::Map<_, _>>(),
        "components": { "schemas": schemas.iter().map(schema).collect::<serde_json::Map<_, _>>() },
    })
}

fn token() -> Value {
    json!([{ "name": "tenant", "in": "query", "required": true, "schema": { "type": "string" },
        "description": "Whose.", "x-tenantry": { "scope": "tenant", "carried_by": "token" } }])
}

fn resources() -> Value {
    let paged = |mut operation: Value| {
        operation["x-ms-pageable"] = json!({ "nextLinkName": "nextLink" });
        operation
    };
    let of_tenant = |mut operation: Value| {
        operation["parameters"] = token();
        operation
    };
    let text = json!({ "type": "string" });
    let any = json!({ "type": "object" });
    let paths = vec![
        at(
            "/subscriptions",
            json!({ "get": paged(of_tenant(operation("subscriptions", json!({}), list("Subscription"), None))) }),
        ),
        at(
            SUBSCRIPTION,
            json!({ "get": of_tenant(operation("subscription", json!({}), of("Subscription"), None)) }),
        ),
        at(
            &format!("{SUBSCRIPTION}/locations"),
            json!({ "get": operation("locations", json!({ "method_of": "Subscription" }), list("Location"), None) }),
        ),
        at(
            &format!("{SUBSCRIPTION}/resourceGroups"),
            json!({ "get": paged(operation("resource_groups", json!({ "method_of": "Subscription" }), list("ResourceGroup"), None)) }),
        ),
        at(
            GROUP,
            json!({
                "get": operation("resource_group", json!({ "method_of": "ResourceGroup", "function_as": "refresh" }), of("ResourceGroup"), None),
                "put": operation("create_resource_group", json!({ "method_of": "Subscription" }), of("ResourceGroup"), Some(of("ResourceGroup"))),
                "delete": operation("delete_resource_group", json!({ "method_of": "ResourceGroup", "function_as": "delete" }), Value::Null, None),
            }),
        ),
        at(
            &format!("{SUBSCRIPTION}/providers/{{namespace}}"),
            json!({ "get": operation("provider", json!({}), of("Provider"), None) }),
        ),
        at(
            &format!("{SUBSCRIPTION}/providers/{{namespace}}/register"),
            json!({ "post": operation("register_provider",
            json!({ "waiting": { "read": "provider", "until": "registrationState = Registered" } }), of("Provider"), None) }),
        ),
        at(
            "/{id}",
            json!({
                "get": operation("resource", json!({}), of("Resource"), None),
                "put": operation("create_resource", json!({}), of("Resource"), Some(of("Resource"))),
            }),
        ),
        at(
            "/{scope}/providers/Microsoft.Authorization/locks",
            json!({ "get": operation("locks", json!({ "method_of": "ResourceGroup" }), list("Lock"), None) }),
        ),
        at(
            "/{scope}/providers/Microsoft.Authorization/locks/{lock}",
            json!({
                "get": operation("lock", json!({}), of("Lock"), None),
                "put": operation("create_lock", json!({}), of("Lock"), Some(of("Lock"))),
                "delete": operation("delete_lock", json!({ "method_of": "Lock", "function_as": "delete" }), Value::Null, None),
            }),
        ),
    ];
    let schemas = [
        (
            "Subscription",
            json!({ "subscriptionId": text, "tenantId": text, "displayName": text }),
        ),
        ("Location", json!({})),
        ("ResourceGroup", json!({ "location": text, "tags": any })),
        (
            "Provider",
            json!({ "namespace": text, "registrationState": text }),
        ),
        ("Resource", json!({ "properties": any })),
        ("Lock", json!({ "properties": any })),
        (
            "VirtualMachine",
            json!({ "location": text, "properties": any }),
        ),
        ("Deployment", json!({ "properties": any })),
    ];
    document("2025-04-01", paths, &schemas)
}

fn compute() -> Value {
    let machine = format!("{GROUP}/providers/Microsoft.Compute/virtualMachines/{{vm}}");
    let started = json!({ "method_of": "VirtualMachine", "function_as": "start" });
    let mut start = operation("start_vm", started, Value::Null, None);
    start["x-ms-long-running-operation"] = json!(true);
    let paths = vec![
        at(
            &format!("{SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachines"),
            json!({ "get": operation("vms", json!({ "method_of": "Subscription" }), list("VirtualMachine"), None) }),
        ),
        at(
            &format!("{GROUP}/providers/Microsoft.Compute/virtualMachines"),
            json!({ "get": operation("group_vms", json!({ "method_of": "ResourceGroup", "function_as": "vms" }), list("VirtualMachine"), None) }),
        ),
        at(
            &machine,
            json!({
                "get": operation("vm", json!({ "method_of": "VirtualMachine", "function_as": "refresh" }), of("VirtualMachine"), None),
                "put": operation("create_vm", json!({ "method_of": "ResourceGroup" }), of("VirtualMachine"), Some(of("VirtualMachine"))),
                "delete": operation("delete_vm", json!({ "method_of": "VirtualMachine", "function_as": "delete" }), Value::Null, None),
            }),
        ),
        at(&format!("{machine}/start"), json!({ "post": start })),
        at(
            &format!("{SUBSCRIPTION}/providers/Microsoft.Compute/locations/{{location}}/vmSizes"),
            json!({ "get": operation("vm_sizes", json!({}), list("Resource"), None) }),
        ),
    ];
    let mut document = document("2025-04-02", paths, &[]);
    document["components"] = json!({});
    document
}

//! Ids walked beside the paths of a small document.

use serde_json::{Value, json};

use super::*;
use crate::api::document::{Document, read};

const GROUP: &str = "/subscriptions/S1/resourceGroups/rg";

fn param(name: &str, scope: &str) -> Value {
    let mut param =
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    if name == "scope" {
        param["x-ms-skip-url-encoding"] = json!(true);
    }
    if !scope.is_empty() {
        param["x-tenantry"] = json!({ "scope": scope });
    }
    param
}

/// An operation: its path with the scopes of its parameters, its verb, and what it is a method of.
fn operation(path: &str, verb: &str, scopes: &[&str], of: &str) -> (Service, &'static Operation) {
    let names: Vec<&str> = segments(path).filter_map(name).collect();
    let params = names
        .iter()
        .zip(scopes)
        .map(|(name, scope)| param(name, scope));
    let schema = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
    let words = if of.is_empty() {
        json!({})
    } else {
        json!({ "method_of": of })
    };
    let schemas = [
        "Subscription",
        "Group",
        "Vm",
        "Vnet",
        "Subnet",
        "Lock",
        "Deployment",
    ];
    let schemas: serde_json::Map<_, _> = schemas
        .iter()
        .map(|name| ((*name).to_owned(), schema.clone()))
        .collect();
    let document = json!({
        "info": { "title": "Azure", "version": "2025-01-01" },
        "paths": { path: { verb: { "operationId": "it", "responses": {}, "x-tenantry": words,
            "parameters": params.collect::<Vec<_>>() } } },
        "components": { "schemas": schemas },
    });
    let document = Document {
        name: "a.yaml",
        value: &document,
    };
    let service = read("arm", &[document]).expect("no problem");
    (service, &service.operations.0[0])
}

const IN_GROUP: [&str; 3] = ["Subscription.id", "Group.id", "Vm.id"];
const VM: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}";

#[test]
fn an_id_fills_the_parameters_that_it_covers() {
    let check = |path: &str, id: &str, expected: Option<&[&str]>| {
        let names = segments(path).filter_map(name).count();
        let (_, operation) = operation(path, "get", &vec![""; names], "");
        let found = walk(operation, id);
        let values: Option<Vec<&str>> = found
            .as_ref()
            .map(|all| all.iter().map(|(_, value)| value.as_str()).collect());
        assert_eq!(values.as_deref(), expected, "{id} beside {path}");
    };
    let vm = format!("{GROUP}/providers/Microsoft.Compute/virtualMachines/Web1");
    check(VM, "/subscriptions/S1", Some(&["S1"]));
    check(VM, GROUP, Some(&["S1", "rg"]));
    check(VM, &vm, Some(&["S1", "rg", "Web1"]));
    check(VM, &vm.to_uppercase(), Some(&["S1", "RG", "WEB1"]));
    check(
        VM,
        "/Subscriptions//S1/resourcegroups/rg/",
        Some(&["S1", "rg"]),
    );
    check(&format!("{VM}/start"), &vm, Some(&["S1", "rg", "Web1"]));
    check(VM, &format!("{vm}/extensions/x"), None);
    check(
        VM,
        &format!("{GROUP}/providers/Microsoft.Compute/disks/d"),
        None,
    );
    check(VM, "/subscriptions", None);
    check(VM, &format!("{GROUP}/providers/Microsoft.Compute"), None);
    check(VM, "/", None);
    let operations = "/subscriptions/{s}/resourceGroups/{g}/deployments/{d}/operations";
    let deployment = format!("{GROUP}/providers/Microsoft.Resources/deployments/shop");
    check(operations, &deployment, Some(&["S1", "rg", "shop"]));
}

#[test]
fn a_whole_id_is_taken_apart_where_it_ends_as_the_path_does() {
    let check = |path: &str, id: &str, expected: &[&str]| {
        let names = segments(path).filter_map(name).count();
        let (_, operation) = operation(path, "get", &vec![""; names], "");
        let found = walk(operation, id).expect("an id");
        let values: Vec<&str> = found.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, expected, "{id} beside {path}");
    };
    let locks = "/{scope}/providers/Microsoft.Authorization/locks/{lock}";
    let of_group = format!("{GROUP}/providers/microsoft.authorization/locks/keep");
    let scope = "subscriptions/S1/resourceGroups/rg";
    check(locks, GROUP, &[scope]);
    check(locks, &of_group, &[scope, "keep"]);
    check("/{scope}", GROUP, &[scope]);
    check(
        "/{scope}/providers/Microsoft.Authorization/locks",
        &of_group,
        &[&of_group[1..]],
    );
}

#[test]
fn the_shortest_form_leaves_out_what_its_first_parameter_stands_for() {
    let check = |path: &str, verb: &str, scopes: &[&str], of: &str, expected: &[&str]| {
        let (service, operation) = operation(path, verb, scopes, of);
        let names: Vec<&str> = shown(&service, operation, false)
            .map(|param| param.name)
            .collect();
        assert_eq!(names, expected, "{verb} {path} of {of:?}");
    };
    let groups = "/subscriptions/{subscription}/resourceGroups";
    check(
        groups,
        "get",
        &IN_GROUP[..1],
        "Subscription",
        &["subscription"],
    );
    let group = "/subscriptions/{subscription}/resourceGroups/{group}";
    check(
        group,
        "get",
        &IN_GROUP[..2],
        "Group",
        &["subscription", "group"],
    );
    check(group, "delete", &IN_GROUP[..2], "Group", &["group"]);
    check(VM, "get", &IN_GROUP, "Vm", &["group", "vm"]);
    check(VM, "get", &IN_GROUP, "", &["group", "vm"]);
    check(VM, "put", &IN_GROUP, "Group", &["group", "vm"]);
    check(VM, "patch", &IN_GROUP, "Vm", &["vm"]);
    check(VM, "delete", &IN_GROUP, "", &["vm"]);
    check(&format!("{VM}/start"), "post", &IN_GROUP, "Vm", &["vm"]);
    check(
        &format!("{group}/vms"),
        "get",
        &IN_GROUP[..2],
        "Group",
        &["group"],
    );
    let subnet = "/subscriptions/{s}/resourceGroups/{g}/providers/N/vnets/{vnet}/subnets/{subnet}";
    let in_vnet = ["Subscription.id", "Group.id", "Vnet.id", "Subnet.id"];
    check(subnet, "put", &in_vnet, "Vnet", &["vnet", "subnet"]);
    check(subnet, "delete", &in_vnet, "Subnet", &["subnet"]);
    let lock = "/{scope}/locks/{lock}";
    check(lock, "put", &["any", "Lock.id"], "", &["scope", "lock"]);
    check(lock, "delete", &["any", "Lock.id"], "Lock", &["lock"]);
    // What nothing can stand for has to be given.
    check(
        VM,
        "get",
        &["", "", ""],
        "",
        &["subscription", "group", "vm"],
    );
}

#[test]
fn a_method_takes_what_its_record_stands_for() {
    let check = |scopes: &[&str], of: &str, expected: [usize; 2]| {
        let path = VM;
        let (service, operation) = operation(path, "get", scopes, of);
        assert_eq!(positional(&service, operation, true), expected, "{of}");
        assert_eq!(positional(&service, operation, false), [1, 3], "{of}");
    };
    check(&IN_GROUP, "Vm", [0, 0]);
    check(&IN_GROUP, "Group", [1, 1]);
    check(&IN_GROUP, "Subscription", [2, 2]);
}

#[test]
fn records_stand_for_the_parameters_up_to_their_own() {
    let (_, vm) = operation(VM, "get", &IN_GROUP, "");
    assert_eq!(covered_by(vm, "Subscription"), Some(1));
    assert_eq!(covered_by(vm, "Vm"), Some(3));
    assert_eq!(covered_by(vm, "Disk"), None);
    let (_, lock) = operation("/{scope}/locks/{lock}", "get", &["any", "Lock.id"], "");
    assert_eq!(covered_by(lock, "Vm"), Some(1));
    assert_eq!(covered_by(lock, "Lock"), Some(2));
}

#[test]
fn the_subscription_stands_after_its_word() {
    let check = |path: &str, expected| assert_eq!(subscription(path), expected, "{path}");
    check("/subscriptions/S1/resourceGroups?api-version=1", Some("S1"));
    check("/Subscriptions/S1", Some("S1"));
    check("/providers/X", None);
    check("/subscriptions", None);
}

//! What the documents of Azure promise beyond those of all services.

use super::super::service;
use crate::api::model::{Effect, Final, Idempotency, Kind, Paging, Place, Service, Waiting};

fn arm() -> &'static Service {
    service("arm").expect("a built-in service")
}

#[test]
fn ids_can_be_walked_and_versions_chosen_everywhere() {
    for operation in arm().operations.iter() {
        let name = operation.name;
        let mut path = operation.params.iter().filter(|p| p.place == Place::Path);
        assert!(path.all(|param| param.scope.is_some()), "{name}");
        let version = |name: &str| operation.optional().any(|param| param.name == name);
        assert!(version("api_version"), "{name}");
    }
}

#[test]
fn lists_go_on_by_a_link_and_only_changes_are_waited_for() {
    use crate::api::model::{Output, Verb};
    for operation in arm().operations.iter() {
        let many = matches!(operation.output, Output::Many(_));
        assert_eq!(many, operation.paging == Paging::Link, "{}", operation.name);
        if matches!(operation.verb, Verb::Get | Verb::Head) {
            assert_eq!(operation.waiting, Waiting::None, "{}", operation.name);
        }
    }
}

#[test]
fn effects_say_what_is_lost() {
    let check = |name: &str, expected: Effect| {
        let operation = arm().operation(name).expect(name);
        assert_eq!(operation.gravest(), expected, "{name}");
    };
    for name in [
        "delete_resource_group",
        "delete_vm",
        "generalize_vm",
        "run_vm_command",
        "regenerate_storage_key",
        "cancel_subscription",
        "create_deployment",
        "create_subscription_deployment",
    ] {
        check(name, Effect::Destroy);
    }
    for name in [
        "create_vm",
        "deallocate_vm",
        "cancel_deployment",
        "move_resources",
    ] {
        check(name, Effect::Write);
    }
    for name in [
        "validate_deployment",
        "what_if_deployment",
        "validate_move",
        "export_template",
        "check_storage_name",
        "check_sql_name",
        "storage_keys",
    ] {
        check(name, Effect::Read);
    }
}

#[test]
fn operations_end_as_azure_says() {
    let waiting = |name: &str| arm().operation(name).expect(name).waiting;
    for name in [
        "create_vm",
        "delete_resource_group",
        "create_storage_account",
    ] {
        assert_eq!(waiting(name), Waiting::Azure(Final::Unsaid), "{name}");
    }
    for name in ["grant_disk_access", "what_if_deployment", "export_template"] {
        assert_eq!(waiting(name), Waiting::Azure(Final::Location), "{name}");
    }
    for (name, read) in [
        ("register_provider", "provider"),
        ("register_feature", "feature"),
    ] {
        let Waiting::Read(reading) = waiting(name) else {
            panic!("{name} is not read until it is done");
        };
        assert_eq!((reading.operation, reading.value), (read, "Registered"));
    }
    for name in ["start_vm", "deallocate_vm", "register_provider"] {
        let operation = arm().operation(name).expect(name);
        assert_eq!(operation.idempotency, Idempotency::Idempotent, "{name}");
    }
    let restart = arm().operation("restart_vm").expect("an operation");
    assert_eq!(restart.idempotency, Idempotency::None);
}

#[test]
fn what_opens_something_is_secret() {
    for (schema, field) in [
        ("OsProfile", "adminPassword"),
        ("OsProfile", "customData"),
        ("SqlServerProperties", "administratorLoginPassword"),
        ("SqlExportRequest", "storageKey"),
        ("StorageKey", "value"),
        ("StorageSas", "accountSasToken"),
        ("AccessUri", "accessSAS"),
    ] {
        let (_, shape) = arm().schema(schema).expect(schema);
        let field = shape.field(field).expect(field);
        assert_eq!(arm().kind(field.ty), Kind::Secret, "{schema}");
    }
}

//! What the documents about vaults and Backup promise beyond those of all services.

use super::super::service;
use crate::api::model::{Effect, Job, Kind, Level, Operation, Output, Paging, Place, Service};

fn recovery() -> &'static Service {
    service("recovery").expect("a built-in service")
}

fn operation(name: &str) -> &'static Operation {
    recovery().operation(name).expect(name)
}

#[test]
fn lists_go_on_by_a_link_and_ids_can_be_walked() {
    for operation in recovery().operations.iter() {
        let many = matches!(operation.output, Output::Many(_));
        assert_eq!(many, operation.paging == Paging::Link, "{}", operation.name);
        // What has no record of its own is named: a certificate, a server, an operation.
        let named = ["certificate", "identity", "operation"];
        let mut path = operation.params.iter().filter(|p| p.place == Place::Path);
        assert!(
            path.all(|param| param.scope.is_some() || named.contains(&param.name)),
            "{}",
            operation.name
        );
    }
}

#[test]
fn effects_say_what_is_lost() {
    let check = |name: &str, expected: Effect| {
        assert_eq!(operation(name).gravest(), expected, "{name}");
    };
    for name in [
        "delete_vault",
        "delete_backup_item",
        "delete_backup_policy",
        "delete_network_mapping",
        "delete_registered_identity",
        "restore_backup",
        "unregister_backup_container",
    ] {
        check(name, Effect::Destroy);
    }
    for name in ["create_vault", "protect_backup_item", "backup_now"] {
        check(name, Effect::Write);
    }
    for name in ["check_vault_name", "backup_status", "prevalidate_backup"] {
        check(name, Effect::Read);
    }
}

#[test]
fn lists_that_want_to_be_asked_for_something_are_asked_for_machines() {
    for name in [
        "backup_policies",
        "backup_containers",
        "backup_protectable_items",
    ] {
        let mut params = operation(name).params.iter();
        let filter = params.find(|param| param.wire == "$filter").expect(name);
        assert_eq!(recovery().kind(filter.ty), Kind::Filter, "{name}");
        let asked = filter.initial.expect("a condition");
        assert!(
            asked.starts_with("backupManagementType eq 'AzureIaasVM'"),
            "{name}"
        );
    }
}

#[test]
fn backups_are_waited_for_and_changes_of_what_is_backed_up_are_not() {
    let job = |name: &str| operation(name).job;
    let read = "backup_job";
    for name in ["backup_now", "restore_backup"] {
        let wait = Level::Job;
        assert_eq!(job(name), Some(Job { read, wait }), "{name}");
    }
    for name in ["protect_backup_item", "delete_backup_item"] {
        let wait = Level::Operation;
        assert_eq!(job(name), Some(Job { read, wait }), "{name}");
    }
}

#[test]
fn keys_and_signatures_are_secret() {
    for (schema, field) in [
        ("VaultKeys", "integrityKey"),
        ("VaultKeys", "encryptionKey"),
        ("BackupExportFile", "blobSasKey"),
    ] {
        let (_, shape) = recovery().schema(schema).expect(schema);
        let field = shape.field(field).expect(field);
        assert_eq!(recovery().kind(field.ty), Kind::Secret, "{schema}");
    }
    for (name, header) in [
        ("create_vault", "x-ms-authorization-auxiliary"),
        ("create_vcenter", "Agent-Authentication"),
    ] {
        let mut params = operation(name).params.iter();
        let param = params.find(|param| param.wire == header).expect(header);
        assert_eq!(recovery().kind(param.ty), Kind::Secret, "{name}");
    }
}

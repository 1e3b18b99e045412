//! What the documents of Azure Site Recovery promise: what is lost, and what a call waits for.

use super::super::service;
use crate::api::model::{Effect, Idempotency, Kind, Level, Operation, Verb, Waiting};

/// The operations about replication.
fn all() -> impl Iterator<Item = &'static Operation> {
    let operations = service("recovery").expect("built in").operations.iter();
    operations.filter(|operation| operation.path.contains("/vaults/{vault}/replication"))
}

fn find(name: &str) -> &'static Operation {
    all().find(|operation| operation.name == name).expect(name)
}

#[test]
fn what_changes_something_makes_a_job() {
    // What acts on a job makes none, and whom to write to is set at once.
    let without = ["cancel_job", "restart_job", "resume_job"];
    for operation in all().filter(|operation| operation.verb != Verb::Get) {
        let name = operation.name;
        if name == "set_alert_setting" {
            assert_eq!(operation.waiting, Waiting::None);
            continue;
        }
        assert!(matches!(operation.waiting, Waiting::Azure(_)), "{name}");
        let job = operation.job.map(|job| job.read);
        let expected = (!without.contains(&name)).then_some("job");
        assert_eq!(job, expected, "{name}");
        let mut headers = operation.optional();
        let signed = headers.any(|param| param.wire == "Agent-Authentication");
        assert!(signed, "{name}: calls that reach agents can be signed");
    }
}

#[test]
fn failovers_wait_for_their_job_and_settings_for_themselves() {
    let wait = |name: &str| find(name).job.expect(name).wait;
    for name in [
        "planned_failover",
        "unplanned_failover",
        "test_failover",
        "test_failover_cleanup",
        "commit_failover",
        "cancel_failover",
        "reprotect",
        "apply_recovery_point",
        "plan_test_failover",
        "reprotect_plan",
        "migrate",
        "test_migrate",
    ] {
        assert_eq!(wait(name), Level::Job, "{name}");
    }
    for name in [
        "create_fabric",
        "enable_protection",
        "disable_protection",
        "remove_mapping",
        "pause_migration",
    ] {
        assert_eq!(wait(name), Level::Operation, "{name}");
    }
}

#[test]
fn effects_say_what_is_lost() {
    let check = |names: &[&str], expected: Effect| {
        for name in names {
            assert_eq!(find(name).gravest(), expected, "{name}");
        }
    };
    check(
        &[
            "planned_failover",
            "unplanned_failover",
            "plan_planned_failover",
            "plan_unplanned_failover",
            "apply_recovery_point",
            "disable_protection",
            "purge_protected_item",
            "remove_fabric",
            "remove_provider",
            "remove_container",
            "remove_mapping",
            "delete_replication_policy",
            "delete_recovery_plan",
            "delete_migration_item",
            "migrate",
        ],
        Effect::Destroy,
    );
    check(
        &[
            "enable_protection",
            "test_failover",
            "test_failover_cleanup",
            "commit_failover",
            "reprotect",
            "plan_test_failover",
            "cancel_job",
            "export_jobs",
        ],
        Effect::Write,
    );
    let again = find("refresh_provider").idempotency;
    assert_eq!(again, Idempotency::Idempotent);
    assert_eq!(find("unplanned_failover").idempotency, Idempotency::None);
}

#[test]
fn removing_is_shown_as_removing() {
    for operation in all().filter(|operation| operation.path.ends_with("/remove")) {
        let (before, after) = (operation.before, operation.after);
        assert!(before.is_some(), "{}", operation.name);
        assert_eq!(after, Some("remove"), "{}", operation.name);
    }
}

#[test]
fn what_opens_something_is_secret() {
    let recovery = service("recovery").expect("built in");
    for (schema, field) in [
        ("JobDetails", "sasToken"),
        ("FailoverDetails", "primaryKekCertificatePfx"),
        ("PlanFailoverDetails", "secondaryKekCertificatePfx"),
    ] {
        let (_, shape) = recovery.schema(schema).expect(schema);
        let field = shape.field(field).expect(field);
        assert_eq!(recovery.kind(field.ty), Kind::Secret, "{schema}");
    }
}

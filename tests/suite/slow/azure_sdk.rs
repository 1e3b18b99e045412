//! Microsoft's own SDKs for Python, unmodified, work in our sandbox's Azure.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{python, wanted};
use crate::program::{Ended, Program};
use crate::served::Served;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

/// What the partner does before: the application is the owner of the customer's subscription.
const OWNER: &str = r#"
    let azure = arm::subscriptions("fabrikam.onmicrosoft.com").first();
    let own = auth::whoami().application.id;
    let own = graph::service_principals("fabrikam.onmicrosoft.com").find(|one| one.appId == own);
    arm::ensure_owner(azure, own);
    azure.subscriptionId
"#;

/// Runs a client in a fresh sandbox, and returns what it has found.
fn seen_by(client: &str) -> Value {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let subscription = sandbox
        .program()
        .run(&["eval", "--allow", "write", "--output", "json", OWNER])
        .exit(0)
        .json();
    let mut client = python(client)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = client.stdin.take().expect("a pipe");
    writeln!(input, "{}", sandbox.line).expect("it reads");
    let asked = json!({ "tenant": FABRIKAM, "subscription": subscription });
    writeln!(input, "{asked}").expect("it reads");
    drop(input);
    Ended::from(client.wait_with_output().expect("it ends"))
        .exit(0)
        .json()
}

#[test]
fn the_azure_sdk_for_python_makes_lists_and_deletes_groups() {
    if !wanted() {
        return;
    }
    let found = seen_by("azure_client.py");
    let expected = json!({
        "made": ["rg-sdk", "westeurope", { "by": "sdk" }, "Succeeded"],
        "pages": true,
        "listed": true,
        "twice": 0,
        "poller": ["InProgress", "Succeeded", true],
        "exists": false,
        "refused": [404, "ResourceGroupNotFound"],
    });
    assert_eq!(found, expected, "{found:#}");
}

#[test]
fn the_recovery_sdks_for_python_drill_and_back_up() {
    if !wanted() {
        return;
    }
    let found = seen_by("recovery_client.py");
    let protected = [
        "DisableProtection",
        "PlannedFailover",
        "TestFailover",
        "UnplannedFailover",
    ];
    let expected = json!({
        "vault": ["rsv-sdk", "RS0", "Succeeded"],
        "policy": ["sdk", "A2A"],
        "vaults": ["rsv-backup", "rsv-dr", "rsv-empty"],
        "protected": ["Protected", protected],
        "drilled": ["WaitingForCompletion", ["TestFailoverCleanup"]],
        "twice": [409, true],
        "cleaned": ["Protected", protected],
        "jobs": ["TestFailover Succeeded", "TestFailoverCleanup Succeeded"],
        "backup": ["Succeeded", "Backup", "Completed"],
        "points": true,
        "kept": [409, true],
    });
    assert_eq!(found, expected, "{found:#}");
}

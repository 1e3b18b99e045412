//! Microsoft's own SDK for Python, unmodified, works in our sandbox's Azure.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

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

#[test]
fn the_azure_sdk_for_python_makes_lists_and_deletes_groups() {
    if !wanted() {
        return;
    }
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let subscription = sandbox
        .program()
        .run(&["eval", "--allow", "write", "--output", "json", OWNER])
        .exit(0)
        .json();
    let mut client = python("azure_client.py")
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
    let found = Ended::from(client.wait_with_output().expect("it ends"))
        .exit(0)
        .json();
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

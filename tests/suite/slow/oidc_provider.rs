//! Our client signs in to `oidc-provider`, which enforces PKCE, gives opaque access tokens, and
//! renews refresh tokens so that each is good for one use.

use std::process::{Command, Stdio};

use super::{installed, wanted};
use crate::program::{Program, project};
use crate::served::Served;

/// Starts the server; it ends when dropped.
pub(super) fn start() -> Served {
    let mut node = Command::new("node");
    node.arg(project().join("tests/interop/oidc_provider.mjs"))
        .arg(installed())
        .stdin(Stdio::piped());
    Served::by(&mut node)
}

fn run(program: &Program, script: &str) -> String {
    let ended = program.run(&["--quiet", "eval", script]).exit(0);
    ended.stdout.trim().to_owned()
}

#[test]
fn an_application_and_a_user_get_opaque_tokens() {
    if !wanted() {
        return;
    }
    let server = start();
    let program = server.program();
    let name = "partner::customers().first().companyProfile.companyName";
    assert_eq!(run(&program, name), "app");
    // An operation for users alone takes the refresh token.
    assert_eq!(run(&program, "partner::agreement_metadata().count()"), "1");
}

#[test]
fn a_secret_that_is_wrong_and_a_refresh_token_that_was_used_are_told_apart() {
    if !wanted() {
        return;
    }
    let server = start();
    let fails = |program: &Program, script: &str| {
        let args = ["--error-format", "json", "--quiet", "eval", script];
        program.run(&args).exit(4).error()
    };
    let wrong = server.program().var("TENANTRY_CLIENT_SECRET", "wrong");
    assert_eq!(fails(&wrong, "partner::customers().count()"), "auth.client");
    let users = "partner::agreement_metadata().count()";
    assert_eq!(run(&server.program(), users), "1");
    // The environment cannot keep the renewed one.
    assert_eq!(fails(&server.program(), users), "auth.refused");
}

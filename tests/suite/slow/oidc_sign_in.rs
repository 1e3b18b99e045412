//! A person signs in to `oidc-provider` with our program, whose profile keeps the refresh token in
//! an encrypted file; later runs, each a process of its own, renew it there.

use std::path::PathBuf;

use super::browser::Browser;
use super::oidc_provider::start;
use super::wanted;
use crate::login_command::{Waiting, keeping};
use crate::program::{Ended, Program};
use crate::served::Served;

/// An operation for users.
const AS_USER: &str = "partner::agreement_metadata().count()";

fn run(program: &Program, args: &[&str]) -> Ended {
    let flags = ["--profile", "contoso", "--error-format", "json"];
    program.run(&[&flags, args].concat())
}

fn program(server: &Served) -> Program {
    keeping(server, "admin", &server.get("public_client_id"))
}

/// Signs Megan in with the browser.
fn signed_in(server: &Served) -> Program {
    let program = program(server);
    let waiting = Waiting::by(&program, "--no-browser", "http");
    let shown = Browser::new(&[("login", "megan"), ("password", "any")]).visit(&waiting.told);
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("signed in as megan"), "{said}");
    assert!(shown.contains("You are signed in"), "{shown}");
    program
}

fn stored(program: &Program) -> PathBuf {
    program.folder().join("secrets.age")
}

#[test]
fn a_browser_sign_in_serves_two_runs_and_its_tokens_say_nothing() {
    if !wanted() {
        return;
    }
    let server = start();
    let program = signed_in(&server);
    let first = std::fs::read(stored(&program)).expect("secrets");
    for _ in 0..2 {
        assert_eq!(run(&program, &["eval", AS_USER]).exit(0).stdout.trim(), "1");
    }
    let opaque = run(&program, &["whoami"]).exit(4);
    assert_eq!(opaque.error(), "auth.opaque");
    run(&program, &["eval", AS_USER]).exit(0);

    // Whoever uses an old one again takes the newest with it: it was rotated indeed.
    let newest = std::fs::read(stored(&program)).expect("secrets");
    for secrets in [first, newest] {
        std::fs::write(stored(&program), secrets).expect("restored");
        let refused = run(&program, &["eval", AS_USER]).exit(4);
        assert_eq!(refused.error(), "auth.refused");
    }
}

#[test]
fn a_device_sign_in_serves_later_runs() {
    if !wanted() {
        return;
    }
    let server = start();
    let program = program(&server);
    let waiting = Waiting::by(&program, "--device", "To sign in");
    let words: Vec<_> = waiting.told.split_whitespace().collect();
    let url = words.iter().find(|word| word.starts_with("http"));
    let code = words.last().expect("a code");
    let known = [("login", "megan"), ("password", "any"), ("user_code", code)];
    let shown = Browser::new(&known).visit(url.expect("an address"));
    assert!(shown.contains("Sign-in Success"), "{shown}");
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("signed in as megan"), "{said}");
    run(&program, &["eval", AS_USER]).exit(0);
}

#[test]
fn processes_that_renew_at_once_lose_no_token() {
    if !wanted() {
        return;
    }
    let server = start();
    let program = signed_in(&server);
    std::thread::scope(|scope| {
        let runs = [0; 4].map(|_| scope.spawn(|| run(&program, &["eval", AS_USER])));
        for run in runs {
            assert_eq!(run.join().expect("it ends").exit(0).stdout.trim(), "1");
        }
    });
    run(&program, &["eval", AS_USER]).exit(0);
}

#[test]
fn a_logout_revokes_the_refresh_token_at_the_server() {
    if !wanted() {
        return;
    }
    let server = start();
    let program = signed_in(&server);
    let copy = std::fs::read(stored(&program)).expect("secrets");
    let ended = run(&program, &["logout"]).exit(0);
    assert!(
        ended.stderr.contains("the refresh token is revoked"),
        "{}",
        ended.stderr
    );
    let nobody = run(&program, &["eval", AS_USER]).exit(4);
    assert_eq!(nobody.error(), "auth.interaction");

    std::fs::write(stored(&program), copy).expect("restored");
    let refused = run(&program, &["eval", AS_USER]).exit(4);
    assert_eq!(refused.error(), "auth.refused");
    assert!(
        refused.stderr.contains("invalid_grant"),
        "{}",
        refused.stderr
    );
}

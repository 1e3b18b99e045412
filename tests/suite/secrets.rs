//! No secret leaves: what every program that the suite runs writes, to its outputs and into its
//! folder, is searched for the sandbox's secrets, for tokens, and for a mark that tests put into
//! secrets of their own. The sandbox's state file is left out: it is the other side's memory, which
//! knows its own secrets.

use std::path::Path;

use tenantry::identity::Guide;
use tenantry::sandbox::{
    CLIENT_CERTIFICATE_PFX, EXPIRED_CLIENT_SECRET, PUBLIC_CLIENT_ID, REFRESH_TOKEN_WITHOUT_MFA,
    UNCONSENTED_CLIENT_SECRET,
};

use crate::login::{MEGAN, Person, configured};
use crate::login_command::{Waiting, keeping};
use crate::program::Program;
use crate::served::Served;
use crate::slow::wanted;

/// Stands in secrets that tests make up.
pub(crate) const MARK: &str = "mark~that~nobody~may~see";

/// The sandbox's own secrets, and the mark.
const KNOWN: &[&str] = &[
    MARK,
    "sandbox~secret~worth~nothing",
    "0.sandbox-refresh-token-megan",
    EXPIRED_CLIENT_SECRET,
    REFRESH_TOKEN_WITHOUT_MFA,
    UNCONSENTED_CLIENT_SECRET,
];

/// How a sandbox's state file begins.
const STATE: &[u8] = br#"{"kind":"tenantry-sandbox-state""#;

/// Fails if a text shows a secret or a signed token.
#[track_caller]
pub(crate) fn assert_none(place: &str, text: &str) {
    for secret in KNOWN {
        assert!(!text.contains(secret), "{place} shows `{secret}`:\n{text}");
    }
    let token = text
        .match_indices("eyJ")
        .find(|(at, _)| is_signed(&text[*at..]));
    assert!(token.is_none(), "{place} shows a token:\n{text}");
}

/// Tells whether a text begins with a JSON web token and its signature.
fn is_signed(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let parts: Vec<_> = text[..end.unwrap_or(text.len())].split('.').collect();
    parts.len() >= 3 && parts[1].starts_with("eyJ") && parts[2].len() > 20
}

/// Fails if a file in a folder shows one, except those that the test wrote itself.
pub(crate) fn assert_none_in(folder: &Path, own: &[std::path::PathBuf]) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            assert_none_in(&path, own);
        } else if let Ok(bytes) = std::fs::read(&path)
            && !own.contains(&path)
            && !bytes.starts_with(STATE)
        {
            assert_none(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            );
        }
    }
}

#[test]
fn what_is_looked_for_is_found() {
    let shown = |text: &str| std::panic::catch_unwind(|| assert_none("it", text)).is_err();
    let token = format!("a eyJhbGciOiJub25lIn0.eyJ0aWQiOiIxIn0.{} b", "s".repeat(43));
    for text in [MARK, "x sandbox~secret~worth~nothing y", &token] {
        assert!(shown(text), "{text}");
    }
    for text in ["", "eyJ", "eyJhbGciOiJub25lIn0.eyJ0aWQiOiIxIn0.", "a.b.c"] {
        assert!(!shown(text), "{text}");
    }
}

/// Everything that says something about an account or a call.
const TOUR: &[&[&str]] = &[
    &["whoami"],
    &["whoami", "--output", "json"],
    &["doctor"],
    &["doctor", "--output", "json"],
    &["profile", "list"],
    &["profile", "show", "environment"],
    &["profile", "export", "environment"],
    &[
        "-v",
        "--log-http=full",
        "eval",
        "partner::customers().count()",
    ],
    &[
        "--log-http=full",
        "eval",
        "partner::agreement_metadata().count()",
    ],
    &[
        "--error-format",
        "json",
        "eval",
        "partner::agreement_metadata().count()",
    ],
    &["eval", "auth::claims(partner::home(), \"graph\")"],
    &["eval", "graph::get(\"nowhere.example\", \"/v1.0/users\")"],
    &["eval", "partner::get(\"/v1/no-such-thing\")"],
];

/// Takes the tour; the outputs and the folder are searched by the harness.
fn tour(program: &Program) {
    for args in TOUR {
        let ended = program.run(args);
        assert!(
            !ended.stdout.is_empty() || !ended.stderr.is_empty(),
            "{args:?}"
        );
    }
    let lines = ":http full\npartner::customers().count()\nauth::whoami()\nno_such_name\n:quit\n";
    program.type_in(&["repl"], lines);
}

#[test]
fn a_tour_with_secrets_that_are_right_shows_none() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls", "--state", "state"]);
    tour(&sandbox.program());
    let stats = sandbox.control("GET", "stats", "");
    assert!(stats.contains("oauth2/v2.0/token"), "{stats}");
}

#[test]
fn a_tour_with_secrets_that_are_wrong_shows_none() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let mut program = sandbox.program();
    for name in ["CLIENT_SECRET", "REFRESH_TOKEN"] {
        program = program.var(&format!("TENANTRY_{name}"), MARK);
    }
    tour(&program);
}

#[test]
fn a_tour_with_a_secret_passphrase_shows_it_nowhere() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = keeping(&sandbox, "admin", PUBLIC_CLIENT_ID)
        .var("TENANTRY_PASSPHRASE", MARK)
        .var("TENANTRY_PROFILE", "contoso");
    let waiting = Waiting::by(&program, "--no-browser", "http");
    Person::new(MEGAN).visit(&waiting.told);
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
    tour(&program);
}

#[test]
fn a_tour_with_a_wrong_password_of_a_certificate_shows_it_nowhere() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let lines = format!(
        "client_id = \"{}\"\napp = \"certificate\"\ncertificate = \"app.pfx\"",
        sandbox.get("client_id")
    );
    let program = configured(&sandbox, "admin", &lines)
        .var("TENANTRY_CERTIFICATE_PASSWORD", MARK)
        .var("TENANTRY_PROFILE", "contoso");
    program.write("app.pfx", CLIENT_CERTIFICATE_PFX);
    tour(&program);
}

#[test]
fn a_proxy_that_cannot_be_reached_does_not_show_its_password() {
    // The connection is tried again several times, in real time.
    if !wanted() {
        return;
    }
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let mut program = Program::new()
        .var(
            "HTTPS_PROXY",
            format!("http://someone:{MARK}@127.0.0.1:{port}"),
        )
        .var("NO_PROXY", "")
        .var("TENANTRY_TENANT_ID", "6a1c7b62-3f0e-4c55-9d4a-0b7c1f2e3d40")
        .var("TENANTRY_CLIENT_ID", PUBLIC_CLIENT_ID)
        .var("TENANTRY_CLIENT_SECRET", MARK);
    for name in ["LOGIN", "PARTNER", "GRAPH", "ARM"] {
        program = program.var(
            &format!("TENANTRY_ENDPOINT_{name}"),
            "https://nowhere.invalid",
        );
    }
    let script = "partner::customers().count()";
    let ended = program
        .run(&["-v", "--log-http=full", "eval", script])
        .exit(5);
    // The host has no address: it is the proxy that refuses.
    assert!(ended.stderr.contains("refused"), "{}", ended.stderr);
}

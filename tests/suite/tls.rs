//! The sandbox over HTTPS, as other programs use it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use serde_json::Value;

use crate::login::configured;
use crate::program::Program;
use crate::served::Served;

const READ: &str = "partner::customers().count()";

fn request(sandbox: &Served, path: &str) -> String {
    let host = sandbox.host();
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[test]
fn the_program_trusts_the_sandbox_by_its_ca_file() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls", "--customers", "1200"]);
    for name in ["login", "partner", "graph", "arm"] {
        let url = sandbox.get(&format!("{name}_url"));
        assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    }
    let args = ["--quiet", "eval", READ];
    let counted = sandbox.program().run(&args).exit(0).stdout;
    assert_eq!(counted.trim(), "1205", "over several pages");
    let args = ["--quiet", "eval", "graph::contracts().count()"];
    let counted = sandbox.program().run(&args).exit(0).stdout;
    assert_eq!(counted.trim(), "1205", "by links to this very host");

    let stranger = sandbox.program().var("TENANTRY_CA_FILE", "");
    let args = ["--error-format", "json", "--quiet", "eval", READ];
    assert_eq!(stranger.run(&args).exit(5).error(), "http.tls");
}

#[test]
fn a_named_profile_trusts_what_the_environment_names() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let lines = format!(
        "client_id = \"{}\"\napp = \"secret\"",
        sandbox.get("client_id")
    );
    let program = configured(&sandbox, "admin", &lines)
        .var("TENANTRY_CLIENT_SECRET", sandbox.get("client_secret"));
    let args = ["--profile", "contoso", "--error-format=json", "eval", READ];
    let refused = program.run(&args).exit(5);
    assert_eq!(refused.error(), "http.tls");
    assert!(refused.stderr.contains("TENANTRY_CA_FILE"));
    let program = program.var("TENANTRY_CA_FILE", sandbox.get("ca_file"));
    program.run(&args).exit(0);
}

#[test]
fn addresses_in_answers_are_those_of_the_client() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let path = "/login/common/v2.0/.well-known/openid-configuration";
    let local = sandbox.host().replace("127.0.0.1", "localhost");
    for name in [&sandbox.host(), &local] {
        let answer = sandbox.send(&request(&sandbox, path).replace(&sandbox.host(), name));
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let found: Value = serde_json::from_str(body).expect("metadata");
        let expected = format!("https://{name}/login/common/oauth2/v2.0/token");
        assert_eq!(found["token_endpoint"], expected, "{answer}");
    }
    let stats = sandbox.control("GET", "stats", "");
    assert!(stats.contains("openid-configuration"), "{stats}");
}

#[test]
fn the_certificate_is_kept_beside_the_state_file_or_in_the_users_folder() {
    let host = Program::new();
    let trusted = |args: &[&str]| {
        let sandbox = Served::start(&host, args);
        let file = sandbox.get("ca_file");
        let text = std::fs::read_to_string(&file).expect("a certificate");
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----"), "{text}");
        assert!(!text.contains("PRIVATE"), "{text}");
        (file, text)
    };
    let kept = ["--tls", "--state", "sandbox.state"];
    let (file, first) = trusted(&kept);
    let expected = host.folder().join("sandbox.state.tls").join("ca.pem");
    let same = |file: &Path| file.canonicalize().expect("a file");
    assert_eq!(same(Path::new(&file)), same(&expected));
    assert_eq!(trusted(&kept), (file, first.clone()));

    let (own, other) = trusted(&["--tls"]);
    assert!(own.contains("sandbox-tls"), "{own}");
    assert!(other != first);
    assert_eq!(trusted(&["--tls"]), (own, other));
}

#[test]
fn clear_text_on_the_encrypted_port_is_answered_and_hung_up_on() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let mut socket = TcpStream::connect(sandbox.host()).expect("the sandbox listens");
    let request = request(
        &sandbox,
        "/login/common/v2.0/.well-known/openid-configuration",
    );
    socket.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("https://"), "{answer}");

    // A client that says nothing, or nonsense in a record's shape, harms nobody else.
    drop(TcpStream::connect(sandbox.host()).expect("the sandbox listens"));
    let mut socket = TcpStream::connect(sandbox.host()).expect("the sandbox listens");
    socket
        .write_all(b"\x16\x03\x01\x00\x04\x63\x00\x00\x00")
        .expect("sent");
    socket.shutdown(Shutdown::Write).expect("open");
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest);
    assert!(!rest.windows(4).any(|bytes| bytes == b"HTTP"), "{rest:?}");
    sandbox.control("GET", "stats", "");
}

#[test]
fn a_folder_that_cannot_be_used_or_is_damaged_is_named() {
    let program = Program::new();
    let serve = [
        "--error-format",
        "json",
        "sandbox",
        "serve",
        "--tls",
        "--state",
        "s",
    ];
    program.write("s.tls", "a file, not a folder");
    let ended = program.run(&serve).exit(2);
    assert_eq!(ended.error(), "usage.state");
    assert!(ended.stderr.contains("s.tls"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);

    let program = Program::new();
    drop(Served::start(&program, &["--tls", "--state", "s"]));
    program.write("s.tls/server.pem", "damaged");
    let ended = program.run(&serve).exit(2);
    assert_eq!(ended.error(), "usage.state");
    assert!(ended.stderr.contains("server.pem"), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("remove the folder"),
        "{}",
        ended.stderr
    );
}

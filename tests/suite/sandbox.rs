//! The sandbox over a real socket, with a client that knows nothing but bytes.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry::base::clock::RealClock;
use tenantry::error::Code;
use tenantry::sandbox::{
    Fault, Limits, Options, Pace, REFRESH_TOKEN_WITHOUT_MFA, Rule, Running, When, start,
};

fn options(state: Option<&Path>) -> Options {
    Options {
        seed: 1,
        customers: 0,
        limits: Limits::Current,
        clock: Arc::new(RealClock::default()),
        pace: Pace::Fast,
        state: state.map(Path::to_owned),
        port: 0,
        tls: None,
    }
}

fn running() -> Running {
    start(options(None)).expect("a sandbox")
}

/// Sends one request and returns everything that came back until the connection closed.
fn raw(root: &str, verb: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let host = root
        .trim_start_matches("http://")
        .split('/')
        .next()
        .expect("a host");
    let prefix = &root["http://".len() + host.len()..];
    let mut text = format!(
        "{verb} {prefix}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .expect("a time-out");
    stream
        .write_all(format!("{text}\r\n{body}").as_bytes())
        .expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends one request and returns status and JSON.
fn call(root: &str, verb: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let answer = raw(root, verb, path, headers, body);
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").expect("head and body");
    (
        status.expect("a status"),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

fn token(sandbox: &Running, refresh_token: &str) -> (u16, Value) {
    let seeded = sandbox.credentials();
    let form = format!(
        "grant_type=refresh_token&refresh_token={refresh_token}&client_id={}&client_secret={}&scope=https://api.partnercenter.microsoft.com/.default",
        seeded.client_id, seeded.client_secret
    );
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let path = format!("/{}/oauth2/v2.0/token", seeded.tenant_id);
    call(&seeded.login_url, "POST", &path, &kind, &form)
}

fn bearer(sandbox: &Running, refresh_token: &str) -> String {
    let (status, answer) = token(sandbox, refresh_token);
    assert_eq!(status, 200, "{answer}");
    format!(
        "Bearer {}",
        answer["access_token"].as_str().expect("a token")
    )
}

fn customers(sandbox: &Running, bearer: &str) -> (u16, Value) {
    let root = &sandbox.credentials().partner_url;
    call(
        root,
        "GET",
        "/v1/customers",
        &[("authorization", bearer)],
        "",
    )
}

pub(crate) fn control(sandbox: &Running, verb: &str, path: &str, body: &Value) -> (u16, Value) {
    let root = sandbox
        .credentials()
        .login_url
        .replace("/login", "/sandbox");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    call(&root, verb, path, &[], &body)
}

#[test]
fn a_client_signs_in_and_lists_customers() {
    let sandbox = running();
    let refresh = sandbox.credentials().refresh_token.clone();
    let (status, list) = customers(&sandbox, &bearer(&sandbox, &refresh));
    assert_eq!((status, list["items"].is_array()), (200, true), "{list}");
    let (status, refusal) = customers(&sandbox, &bearer(&sandbox, REFRESH_TOKEN_WITHOUT_MFA));
    assert_eq!((status, &refusal["code"]), (401, &900_421.into()));
    let (status, refusal) = customers(&sandbox, "Bearer nonsense");
    assert_eq!((status, refusal["code"].is_number()), (401, true));
}

#[test]
fn refresh_tokens_are_rotated_expire_and_are_revoked() {
    let sandbox = running();
    let seeded = sandbox.credentials().refresh_token.clone();
    let (_, answer) = token(&sandbox, &seeded);
    let fresh = answer["refresh_token"]
        .as_str()
        .expect("a new one")
        .to_owned();
    assert_ne!(fresh, seeded);
    assert_eq!(
        (token(&sandbox, &fresh).0, token(&sandbox, &seeded).0),
        (200, 200)
    );
    assert_eq!(control(&sandbox, "POST", "/revoke", &Value::Null).0, 200);
    let (status, refusal) = token(&sandbox, &fresh);
    assert_eq!((status, &refusal["error_codes"][0]), (400, &50_173.into()));
    assert_eq!(control(&sandbox, "POST", "/reset", &Value::Null).0, 200);
    assert_eq!(token(&sandbox, &seeded).0, 200);
    let (status, moved) = control(&sandbox, "POST", "/clock", &json!({ "advance": "91d" }));
    assert_eq!(status, 200, "{moved}");
    let (status, refusal) = token(&sandbox, &seeded);
    assert_eq!((status, &refusal["error_codes"][0]), (400, &700_082.into()));
}

#[test]
fn connections_break_as_a_fault_says() {
    let sandbox = running();
    let bearer = bearer(&sandbox, &sandbox.credentials().refresh_token);
    let get = |fault: Fault| {
        sandbox.clear_faults();
        sandbox.add_fault(Rule::once("/v1/customers", fault));
        let root = &sandbox.credentials().partner_url;
        raw(
            root,
            "GET",
            "/v1/customers",
            &[("authorization", &bearer)],
            "",
        )
    };
    assert_eq!(get(Fault::Drop { when: When::After }), "");
    let begun = Instant::now();
    assert_eq!(get(Fault::Hang { when: When::Before }), "");
    assert!(
        begun.elapsed() >= Duration::from_millis(500),
        "nothing came until the client gave up"
    );
    let cut = get(Fault::Cut);
    let (head, body) = cut.split_once("\r\n\r\n").expect("a head");
    let length = head.to_lowercase();
    let length = length
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let length: usize = length
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert!(
        !body.is_empty() && body.len() < length,
        "{} of {length}",
        body.len()
    );
    assert_eq!(
        customers(&sandbox, &bearer).0,
        200,
        "the next call is served"
    );
}

#[test]
fn controls_show_and_change_the_sandbox() {
    let sandbox = running();
    let bearer = bearer(&sandbox, &sandbox.credentials().refresh_token);
    let rule =
        json!({ "path": "/v1/customers", "fault": { "kind": "throttle", "retry_after": 2 } });
    assert_eq!(control(&sandbox, "POST", "/faults", &rule).0, 200);
    assert_eq!(customers(&sandbox, &bearer).0, 429);
    assert_eq!(
        control(&sandbox, "DELETE", "/faults", &Value::Null).1,
        json!([])
    );
    assert_eq!(customers(&sandbox, &bearer).0, 200);
    let (_, stats) = control(&sandbox, "GET", "/stats", &Value::Null);
    let routes = stats["routes"].as_array().expect("routes");
    let list = routes
        .iter()
        .find(|route| route["template"] == "/v1/customers");
    assert_eq!(list.expect("counted")["requests"], 2);
    let (_, store) = control(&sandbox, "GET", "/store", &Value::Null);
    assert_eq!(store["entra.apps"], 4);
    let (_, apps) = control(&sandbox, "GET", "/store?table=entra.apps", &Value::Null);
    assert!(apps[&sandbox.credentials().client_id].is_object(), "{apps}");
    let (_, config) = control(&sandbox, "POST", "/config", &json!({ "noise": true }));
    assert_eq!(
        (&config["noise"], &config["mfa"]),
        (&true.into(), &"enforce".into())
    );
    assert_eq!(
        control(&sandbox, "POST", "/config", &json!({ "nose": true })).0,
        400
    );
    assert_eq!(control(&sandbox, "GET", "/nothing", &Value::Null).0, 404);
    assert_eq!(
        control(&sandbox, "GET", "/credentials", &Value::Null).1,
        json!(sandbox.credentials())
    );
}

#[test]
fn a_state_file_survives_a_restart_and_a_torn_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state");
    let first = start(options(Some(&path))).expect("a sandbox");
    let (_, answer) = token(&first, &first.credentials().refresh_token);
    let fresh = answer["refresh_token"]
        .as_str()
        .expect("a new one")
        .to_owned();
    let customers_before = first.rows("partner.customers").expect("rows");
    let refused = start(options(Some(&path))).expect_err("in use");
    assert_eq!(refused.code(), Code::UsageState);
    drop(first);

    let mut content = fs::read(&path).expect("the file");
    content.extend_from_slice(b"[[\"entra.refresh_tok");
    fs::write(&path, content).expect("torn");
    let second = start(options(Some(&path))).expect("a sandbox");
    assert_eq!(token(&second, &fresh).0, 200, "what was promised holds");
    assert_eq!(
        second.rows("partner.customers").expect("rows"),
        customers_before
    );
    second
        .advance(Duration::from_secs(91 * 86_400))
        .expect("moved");
    drop(second);

    let third = start(options(Some(&path))).expect("a sandbox");
    assert_eq!(
        token(&third, &fresh).1["error_codes"][0],
        700_082,
        "the clock stays moved"
    );
    let printed = &third.credentials().refresh_token;
    assert_eq!(token(&third, printed).0, 200, "what is printed works");
    drop(third);
    let text =
        fs::read_to_string(&path)
            .expect("the file")
            .replacen("\"version\":2", "\"version\":3", 1);
    fs::write(&path, text).expect("newer");
    let refused = start(options(Some(&path))).expect_err("newer");
    assert!(refused.to_string().contains("version 3") && refused.to_string().contains("version 2"));
}

#[test]
fn a_port_in_use_is_refused() {
    let first = running();
    let port = first
        .credentials()
        .login_url
        .split(':')
        .nth(2)
        .and_then(|rest| rest.split('/').next());
    let port = port.and_then(|port| port.parse().ok()).expect("a port");
    let refused = start(Options {
        port,
        ..options(None)
    })
    .expect_err("in use");
    assert_eq!(refused.code(), Code::UsageArgument);
}

//! The way to the services: proxies, tenants named by a domain, and certificates.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::program::{Ended, Program};
use crate::served::Served;

const HOME: &str = "c0000000-0000-4000-8000-000000000000";
const READ: &str = "partner::customers().count()";

/// A proxy that answers requests itself and opens no tunnel.
struct Proxy {
    address: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&lines);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&seen);
                thread::spawn(move || while answer(&stream, &seen).is_some() {});
            }
        });
        Self { address, lines }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no panic").clone()
    }
}

/// Reads a request and answers it; `None` when the connection ends.
fn answer(mut stream: &TcpStream, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    seen.lock()
        .expect("no panic")
        .push(line.trim_end().to_owned());
    let (status, body) = match line.as_str() {
        line if line.starts_with("CONNECT") => ("502 Bad Gateway", ""),
        line if line.contains("/token") => (
            "200 OK",
            r#"{"token_type":"Bearer","expires_in":"3599","access_token":"t"}"#,
        ),
        _ => ("200 OK", r#"{"totalCount":1,"items":[{"id":"a"}]}"#),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").ok()
}

/// Returns a program whose services live at an address, without a proxy.
fn at(root: &str) -> Program {
    let mut program = Program::new()
        .var("TENANTRY_TENANT_ID", HOME)
        .var("TENANTRY_CLIENT_ID", "c")
        .var("TENANTRY_CLIENT_SECRET", "s");
    for name in ["LOGIN", "PARTNER", "GRAPH", "ARM"] {
        program = program.var(
            &format!("TENANTRY_ENDPOINT_{name}"),
            format!("{root}/{}", name.to_lowercase()),
        );
    }
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ] {
        program = program.var(name, "");
    }
    program
}

fn eval(program: &Program, script: &str) -> Ended {
    program.run(&["--error-format", "json", "--quiet", "eval", script])
}

#[test]
fn the_world_is_reached_through_the_proxy_of_the_environment() {
    let proxy = Proxy::start();
    let program = at("http://services.invalid").var("HTTP_PROXY", &proxy.address);
    assert_eq!(eval(&program, READ).exit(0).stdout.trim(), "1");
    let lines = proxy.lines();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with("POST http://services.invalid/login/"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("GET http://services.invalid/partner/v1/customers"),
        "{lines:?}"
    );

    let proxy = Proxy::start();
    let program = at("https://services.invalid").var("HTTPS_PROXY", &proxy.address);
    let ended = eval(&program, READ).exit(5);
    assert!(ended.stderr.contains("http.connect"), "{}", ended.stderr);
    assert!(
        proxy
            .lines()
            .iter()
            .all(|line| line.starts_with("CONNECT services.invalid:443"))
    );
    assert!(!proxy.lines().is_empty());
}

#[test]
fn a_host_that_is_excepted_is_reached_without_the_proxy() {
    let proxy = Proxy::start();
    let program = at("http://services.invalid")
        .var("HTTP_PROXY", &proxy.address)
        .var("NO_PROXY", "services.invalid");
    let ended = eval(&program, READ).exit(5);
    assert!(ended.stderr.contains("http.connect"), "{}", ended.stderr);
    assert!(proxy.lines().is_empty());
}

#[test]
fn loopback_is_never_reached_through_a_proxy() {
    let (proxy, direct) = (Proxy::start(), Proxy::start());
    let program = at(&direct.address)
        .var("HTTP_PROXY", &proxy.address)
        .var("HTTPS_PROXY", &proxy.address)
        .var("ALL_PROXY", &proxy.address);
    assert_eq!(eval(&program, READ).exit(0).stdout.trim(), "1");
    assert!(
        direct.lines()[1].starts_with("GET /partner/v1/customers"),
        "{:?}",
        direct.lines()
    );
    assert!(proxy.lines().is_empty());
}

#[test]
fn a_tenant_may_be_named_by_its_domain() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox
        .program()
        .var("TENANTRY_TENANT_ID", "Contoso-Partner.onmicrosoft.com");
    let args = ["--log-http", "eval", READ];
    let ended = program.run(&args).exit(0);
    let times = |text: &str| {
        ended
            .stderr
            .lines()
            .filter(|line| line.starts_with('→') && line.contains(text))
            .count()
    };
    assert_eq!(times("openid-configuration"), 1, "{}", ended.stderr);
    assert_eq!(
        times(&format!("/{}/oauth2/v2.0/token", sandbox.get("tenant_id"))),
        1,
        "{}",
        ended.stderr
    );

    let ended = sandbox.program().run(&["--log-http", "eval", READ]).exit(0);
    assert!(
        !ended.stderr.contains("openid-configuration"),
        "a GUID costs no request: {}",
        ended.stderr
    );
}

#[test]
fn a_domain_that_no_tenant_has() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let ended = eval(
        &sandbox.program(),
        r#"graph::get("nowhere.example", "/v1.0/users")"#,
    )
    .exit(4);
    assert!(
        ended.stderr.contains("auth.tenant") && ended.stderr.contains("nowhere.example"),
        "{}",
        ended.stderr
    );
}

#[test]
fn certificates_that_cannot_be_used() {
    let proxy = Proxy::start();
    let program = at(&proxy.address).var("TENANTRY_CA_FILE", "absent.pem");
    let ended = eval(&program, READ).exit(2);
    assert!(
        ended.stderr.contains("usage.file") && ended.stderr.contains("absent.pem"),
        "{}",
        ended.stderr
    );
    assert!(proxy.lines().is_empty());
}

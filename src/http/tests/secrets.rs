//! Nothing secret is printed, and loopback takes no proxy.

use std::sync::{Arc, Mutex};

use crate::api::model::Idempotency;
use crate::http::testing::{Lane, Reply, Service, get, json, post, settings};
use crate::http::{Log, LogLevel};

const MARKER: &str = "MARKER-7f3a";

#[test]
fn the_log_and_debug_show_no_secret() {
    let body =
        format!(r#"{{"id":"1","userCredentials":{{"userName":"a","password":"{MARKER}"}}}}"#);
    let answer = json(201, &body).with("set-cookie", MARKER);
    let service = Service::scripted([answer, Reply::Answer(400, vec![], MARKER.into())]);
    let lines = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&lines);
    let mut settings = settings(&service.url);
    settings.log = Some(Log {
        level: LogLevel::Full,
        sink: Arc::new(move |entry| {
            let mut lines = sink.lock().expect("no panic");
            lines.push_str(entry);
            lines.push('\n');
        }),
    });
    let lane = Lane::new(settings);
    let mut call = post(
        &format!("/v1/customers?size=1&sig={MARKER}"),
        Idempotency::RequestId,
    );
    call.body = Some(format!(r#"{{"password":"{MARKER}"}}"#).into());
    call.headers.push(("x-secret".into(), MARKER.to_owned()));
    let answer = lane.client.call(&call).expect("an answer");
    assert!(
        answer
            .body
            .windows(MARKER.len())
            .any(|part| part == MARKER.as_bytes())
    );
    lane.client.call(&get("/v1/x")).expect_err("400");

    let log = lines.lock().expect("no panic");
    assert!(!log.contains(MARKER) && !log.contains("token-1"), "{log}");
    assert!(log.contains("→ POST") && log.contains("← 201"), "{log}");
    assert!(log.contains("size=1&sig=<redacted>"), "{log}");
    let shown = format!("{:?}", lane.client);
    assert!(!shown.contains(MARKER) && !shown.contains("token-1"));
}

#[test]
fn loopback_takes_no_proxy() {
    let this = std::env::current_exe().expect("this program");
    let test = "http::tests::calls::a_call_carries_token_ids_and_length_and_returns_the_body";
    let mut again = std::process::Command::new(this);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "all_proxy",
        "ALL_PROXY",
    ] {
        again.env(name, "http://127.0.0.1:9"); // nobody listens on the discard port
    }
    let output = again.args(["--exact", test]).output().expect("a run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}");
}

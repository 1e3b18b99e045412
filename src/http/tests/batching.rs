//! Batches: how few requests they take, and that each part keeps what a call of its own has.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::api::ServiceName;
use crate::api::model::{Effect, Idempotency, Verb};
use crate::error::{Code, Error, Sent};
use crate::http::testing::{self, Lane, Received, Reply, Service, settings};
use crate::http::{Call, Log, LogLevel, Part, Response, StepKey};

/// Returns a part that reads.
fn read(name: &str) -> Part {
    let call = Call {
        service: ServiceName::Graph,
        operation: "graph::user".into(),
        step: StepKey(format!("run/main/{name}")),
        ..testing::get(&format!("/v1.0/users/{name}"))
    };
    Part {
        name: name.to_owned(),
        call,
        after: Vec::new(),
    }
}

/// Returns a part that writes and must not be made twice.
fn write(name: &str) -> Part {
    let mut part = read(name);
    part.call.verb = Verb::Post;
    part.call.body = Some(Bytes::from_static(b"{\"exact\":1.50}"));
    part.call.effect = Effect::Write;
    part.call.idempotency = Idempotency::None;
    part
}

fn after(mut part: Part, after: &[usize]) -> Part {
    part.after = after.to_vec();
    part
}

/// Returns the requests that a batch holds.
fn held(request: &Received) -> Vec<Value> {
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    body["requests"].as_array().expect("requests").clone()
}

/// Returns the names of the parts that a batch holds.
fn names(request: &Received) -> String {
    let held = held(request);
    let urls = held
        .iter()
        .map(|part| part["url"].as_str().expect("a text"));
    let names: Vec<&str> = urls.map(|url| url.trim_start_matches("/users/")).collect();
    names.join(" ")
}

/// A service that answers each part of each batch, backwards; the function is told the number of
/// the batch and the part.
fn service(answer: impl Fn(usize, &str) -> (u16, Value) + Send + Sync + 'static) -> Service {
    Service::new(move |number, request| {
        let answers = held(request).into_iter().rev().map(|part| {
            let name = part["url"].as_str().expect("a text");
            let name = name.trim_start_matches("/users/");
            let name = name.split('?').next().unwrap_or_default();
            let (status, headers) = answer(number, name);
            json!({"id": part["id"], "status": status, "headers": headers, "body": {"name": name}})
        });
        let answers: Vec<Value> = answers.collect();
        testing::json(200, &json!({ "responses": answers }).to_string())
    })
}

fn sent(service: &Service) -> Vec<String> {
    service.received().iter().map(names).collect()
}

/// Returns the names that were answered, and the codes of the errors.
fn shown(results: &[Result<Response, Error>]) -> String {
    let one = |result: &Result<Response, Error>| match result {
        Ok(answer) => {
            let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
            body["name"].as_str().unwrap_or_default().to_owned()
        }
        Err(error) => error.code().as_str().to_owned(),
    };
    results.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_thousand_reads_cost_fifty_requests() {
    let service = service(|_, _| (200, json!({})));
    let parts: Vec<Part> = (0..1000).map(|number| read(&number.to_string())).collect();
    let results = Lane::to(&service).client.batch(&parts).expect("answers");
    assert_eq!(service.received().len(), 50);
    let wanted: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    assert_eq!(shown(&results), wanted.join(" "));
}

#[test]
fn each_part_has_its_own_ids_and_the_batch_one_token() {
    let service = service(|_, _| (200, json!({})));
    let parts = [read("a"), write("b")];
    Lane::to(&service).client.batch(&parts).expect("answers");
    let request = &service.received()[0];
    assert_eq!(request.line, "POST /pc/v1.0/$batch HTTP/1.1");
    assert_eq!(request.headers["authorization"], "Bearer token-1");
    let held = held(request);
    let id = |part: &Value| {
        let id = part["headers"]["client-request-id"].as_str();
        id.expect("an id").to_owned()
    };
    assert_ne!(id(&held[0]), id(&held[1]));
    assert_ne!(id(&held[0]), request.headers["client-request-id"]);
    assert_eq!(held[1]["headers"]["content-type"], "application/json");
    assert!(request.body.contains("{\"exact\":1.50}"));
    assert!(held[0].get("body").is_none() && held[0].get("dependsOn").is_none());
}

#[test]
fn a_refused_part_alone_is_repeated_after_the_longest_wait() {
    let service = service(|number, name| match (number, name) {
        (0, "b") => (429, json!({"Retry-After": "7"})),
        (0, "c") => (429, json!({"Retry-After": "30"})),
        _ => (200, json!({})),
    });
    let lane = Lane::to(&service);
    let parts = [read("a"), write("b"), read("c")];
    let results = lane.client.batch(&parts).expect("answers");
    assert_eq!(shown(&results), "a b c");
    assert_eq!(sent(&service), ["a b c", "b c"]);
    assert_eq!(lane.seconds(), 30);
}

#[test]
fn a_part_that_is_refused_for_ever_does_not_hide_the_rest() {
    let service = service(|_, name| match name {
        "b" => (429, json!({"Retry-After": "1"})),
        "c" => (404, json!({})),
        _ => (200, json!({})),
    });
    let results = Lane::to(&service)
        .client
        .batch(&[read("a"), read("b"), read("c"), read("d")])
        .expect("answers");
    assert_eq!(shown(&results), "a throttle.exhausted graph.not_found d");
}

#[test]
fn failures_of_the_service_are_judged_part_by_part() {
    let service = service(|number, _| (if number == 0 { 503 } else { 200 }, json!({})));
    let lane = Lane::to(&service);
    let results = lane
        .client
        .batch(&[read("a"), write("b")])
        .expect("answers");
    assert_eq!(shown(&results), "a operation.unknown");
    assert_eq!(sent(&service), ["a b", "a"]);
}

#[test]
fn a_lost_batch_is_repeated_without_its_writes() {
    for lost in [Reply::Drop, testing::json(502, "")] {
        let service = Service::new(move |number, request| {
            if number == 0 {
                return lost.clone();
            }
            let id = &held(request)[0]["id"];
            let answer = json!({"responses": [{"id": id, "status": 200, "body": {"name": "a"}}]});
            testing::json(200, &answer.to_string())
        });
        let lane = Lane::to(&service);
        let results = lane
            .client
            .batch(&[write("b"), read("a")])
            .expect("answers");
        assert_eq!(shown(&results), "operation.unknown a");
        let error = results[0].as_ref().expect_err("unknown");
        assert_eq!(error.parts().sent, Sent::Unknown);
        assert_eq!(sent(&service), ["b a", "a"]);
    }
}

#[test]
fn an_answer_that_forgets_a_part_leaves_a_write_in_doubt() {
    let service = Service::scripted([testing::json(200, r#"{"responses":[]}"#)]);
    let lane = Lane::to(&service);
    let results = lane.client.batch(&[write("a")]).expect("answers");
    assert_eq!(shown(&results), "operation.unknown");
}

#[test]
fn a_refusal_of_the_whole_batch_is_that_of_each_part() {
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"no"}}"#;
    let service = Service::scripted([testing::json(403, refusal)]);
    let lane = Lane::to(&service);
    let results = lane.client.batch(&[read("a"), read("b")]).expect("answers");
    assert_eq!(shown(&results), "graph.refused graph.refused");
    let error = results[1].as_ref().expect_err("refused");
    let fault = error.parts().fault.as_ref().expect("a fault");
    assert_eq!(fault.code, "Authorization_RequestDenied");
    assert_eq!(fault.operation, "graph::user");
}

#[test]
fn what_a_part_depends_on_goes_with_it_or_before() {
    let service = service(|_, _| (200, json!({})));
    let mut parts: Vec<Part> = (0..20).map(|number| read(&number.to_string())).collect();
    parts.push(after(write("b"), &[3]));
    parts.push(after(write("c"), &[20, 0]));
    Lane::to(&service).client.batch(&parts).expect("answers");
    assert_eq!(sent(&service)[1], "b c");
    let second = held(&service.received()[1]);
    assert!(second[0].get("dependsOn").is_none());
    assert_eq!(second[1]["dependsOn"], json!([second[0]["id"]]));
}

#[test]
fn what_depends_on_a_failed_part_is_not_made() {
    let service = service(|_, name| match name {
        "0" => (404, json!({})),
        "late" => (424, json!({})),
        _ => (200, json!({})),
    });
    let mut parts: Vec<Part> = (0..19).map(|number| read(&number.to_string())).collect();
    parts.push(after(write("late"), &[0])); // in the same batch
    parts.push(after(write("later"), &[0])); // in the next
    parts.push(after(write("last"), &[20]));
    parts.push(read("other"));
    let results = Lane::to(&service).client.batch(&parts).expect("answers");
    assert_eq!(
        shown(&results[19..]),
        "graph.dependency graph.dependency graph.dependency other"
    );
    assert_eq!(sent(&service)[1], "other");
    let error = results[21].as_ref().expect_err("not made");
    assert_eq!(
        error.to_string(),
        "`last` (`graph::user`) was not made: `later`, on which it depends, failed"
    );
}

#[test]
fn what_depends_on_a_throttled_part_goes_again_with_it() {
    let service = service(|number, name| match (number, name) {
        (0, "a") => (429, json!({"Retry-After": "3"})),
        (0, "b") => (424, json!({})),
        _ => (200, json!({})),
    });
    let parts = [read("a"), after(write("b"), &[0]), read("c")];
    let results = Lane::to(&service).client.batch(&parts).expect("answers");
    assert_eq!(shown(&results), "a b c");
    assert_eq!(sent(&service), ["a b c", "a b"]);
}

#[test]
fn nothing_is_sent_unless_every_part_is_granted() {
    let service = service(|_, _| (200, json!({})));
    let mut settings = settings(&service.url);
    settings.grants.clear();
    let lane = Lane::new(settings);
    let error = lane.client.batch(&[read("a"), write("b")]);
    assert_eq!(error.expect_err("refused").code(), Code::AccessEffect);
    assert!(service.received().is_empty());
}

#[test]
fn versions_and_principals_travel_apart() {
    let service = service(|_, _| (200, json!({})));
    let mut beta = read("b");
    beta.call.target = "/beta/users/b".to_owned();
    let mut user = read("c");
    user.call.principal = Some(crate::api::Principal::User);
    let parts = [read("a"), beta, user, read("d")];
    let results = Lane::to(&service).client.batch(&parts).expect("answers");
    assert_eq!(shown(&results), "a b c d");
    assert_eq!(sent(&service), ["a d", "b", "c"]);
    assert!(service.received()[1].line.contains("/beta/$batch"));
}

#[test]
fn each_part_is_a_step_and_a_recorded_one_is_not_sent() {
    #[derive(Debug, Default)]
    struct Recorded(Mutex<Vec<String>>);
    impl crate::http::Journal for Recorded {
        fn step(&self, key: &StepKey, act: &dyn crate::http::Act) -> Result<Response, Error> {
            let note = |what: &str| {
                let mut all = self.0.lock().expect("no panic");
                all.push(format!("{what} {}", key.0.replace("run/main/", "")));
            };
            if key.0.ends_with("/b") {
                note("known");
                let url = url::Url::parse("http://localhost/").expect("a URL");
                let body = Bytes::from_static(b"{\"name\":\"recorded\"}");
                let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
                return Ok(Response::new(status, headers, body, url));
            }
            act.admit()?;
            note("intent");
            let result = act.perform();
            note(if result.is_ok() { "done" } else { "failed" });
            result
        }
    }
    let service = service(|_, name| (if name == "c" { 404 } else { 200 }, json!({})));
    let mut settings = settings(&service.url);
    let journal = Arc::new(Recorded::default());
    settings.journal = Arc::clone(&journal) as _;
    let lane = Lane::new(settings);
    let parts = [read("a"), read("b"), after(write("d"), &[1]), write("c")];
    let results = lane.client.batch(&parts).expect("answers");
    assert_eq!(shown(&results), "a recorded d graph.not_found");
    assert_eq!(sent(&service), ["a d c"]);
    assert!(held(&service.received()[0])[1].get("dependsOn").is_none());
    let notes = journal.0.lock().expect("no panic").join(", ");
    assert_eq!(
        notes,
        "intent a, known b, intent d, intent c, failed c, done d, done a"
    );
}

#[test]
fn each_part_is_logged_and_nothing_secret_is() {
    let service = service(|_, _| (200, json!({})));
    let log = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&log);
    let mut settings = settings(&service.url);
    settings.log = Some(Log {
        level: LogLevel::Full,
        sink: Arc::new(move |line| {
            let mut log = sink.lock().expect("no panic");
            log.push_str(line);
            log.push('\n');
        }),
    });
    let mut part = write("a");
    part.call.body = Some(Bytes::from_static(
        b"{\"passwordProfile\":{\"password\":\"MARKER\"}}",
    ));
    part.call.target.push_str("?sig=MARKER");
    Lane::new(settings).client.batch(&[part]).expect("answers");
    let log = log.lock().expect("no panic");
    assert!(
        log.contains("/v1.0/users/a?sig=<redacted> app in a batch"),
        "{log}"
    );
    assert!(log.contains("← 200 OK POST"), "{log}");
    assert!(!log.contains("MARKER"), "{log}");
}

#[test]
fn what_is_not_json_travels_in_base64() {
    let answer = r#"{"responses":[{"id":"0","status":200,"headers":{"Content-Type":"text/plain"},"body":"NDI="}]}"#;
    let service = Service::scripted([testing::json(200, answer)]);
    let mut part = read("a");
    part.call.headers = vec![("accept".into(), "text/plain".to_owned())];
    let results = Lane::to(&service).client.batch(&[part]).expect("answers");
    assert_eq!(results[0].as_ref().expect("an answer").body, "42");
}

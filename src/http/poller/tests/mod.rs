//! The state machine alone: answers go in, looks come out, and the time is given.

mod azure;
mod failures;
mod handles;
mod jobs;
mod random;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use url::Url;

use super::Poller;
use crate::api::ServiceName;
use crate::api::model::{Auth, Effect, Final, Idempotency, Verb, Waiting};
use crate::base::clock::Timestamp;
use crate::error::Error;
use crate::http::client::url_beneath;
use crate::http::response::Response;
use crate::http::{Call, StepKey, Tenant};

const ROOT: &str = "https://management.azure.com/";
const TARGET: &str = "/subscriptions/s/things/t?api-version=1";

fn root() -> Url {
    Url::parse(ROOT).expect("a URL")
}

fn call(verb: Verb) -> Call {
    Call {
        service: ServiceName::Arm,
        operation: "arm::do_it".into(),
        verb,
        target: TARGET.to_owned(),
        headers: vec![("x-ms-client-request-id".into(), "ID".to_owned())],
        body: Some(Bytes::from_static(b"{\"password\":\"MARKER\"}")),
        effect: Effect::Write,
        idempotency: Idempotency::Idempotent,
        auth: Auth::Either,
        principal: None,
        tenant: Tenant::Of("11111111-aaaa-4aaa-8aaa-111111111111".to_owned()),
        about: None,
        absent_is_answer: false,
        step: StepKey(String::new()),
    }
}

/// An answer: status, headers as `name: value` in lines, body.
type Answer<'a> = (u16, &'a str, &'a str);

fn answer((status, lines, body): Answer<'_>, from: &str) -> Response {
    let mut headers = HeaderMap::new();
    for line in lines.lines() {
        let (name, value) = line.trim_start().split_once(": ").expect("a header");
        let name: HeaderName = name.parse().expect("a name");
        headers.insert(name, value.parse().expect("a value"));
    }
    let status = StatusCode::from_u16(status).expect("a status");
    let body = Bytes::copy_from_slice(body.as_bytes());
    let url = url_beneath(&root(), from);
    Response::new(status, headers, body, url)
}

fn begin(verb: Verb, via: Final, first: Answer<'_>) -> Poller {
    let first = answer(first, TARGET);
    let now = Timestamp::UNIX_EPOCH;
    Poller::begin(call(verb), Waiting::Azure(via), None, &root(), first, now)
}

/// Gives a poller its answers, each when it is due; returns the looks (how long after the answer
/// before, and where) and what became of the call.
fn run(
    mut poller: Poller,
    answers: &[Answer<'_>],
) -> (Vec<String>, Option<Result<Response, Error>>) {
    let (mut looks, mut now) = (Vec::new(), Timestamp::UNIX_EPOCH);
    for one in answers {
        let Some((look, at)) = poller.next() else {
            panic!("an answer too many: {one:?} after {looks:?}");
        };
        let wait = at.duration_since(now).as_secs();
        assert_eq!((look.verb, look.effect), (Verb::Get, Effect::Read));
        assert!(look.body.is_none());
        let target = look.target.clone();
        looks.push(format!("+{wait} {target}"));
        now = at;
        poller.step(answer(*one, &target), now);
    }
    if let Some((look, at)) = poller.next() {
        let wait = at.duration_since(now).as_secs();
        looks.push(format!("+{wait} {}", look.target));
    }
    (looks, poller.result())
}

/// Checks where is looked, and how it ends: `200 body`, `code`, or nothing while it goes on.
fn check(verb: Verb, via: Final, answers: &[Answer<'_>], looks: &[&str], end: &str) {
    let (first, rest) = answers.split_first().expect("a first answer");
    let (found, result) = run(begin(verb, via, *first), rest);
    assert_eq!(found, looks, "{verb:?} {answers:?}");
    let found = match result {
        None => String::new(),
        Some(Ok(answer)) => {
            let body = String::from_utf8_lossy(&answer.body);
            format!("{} {body}", answer.status.as_u16())
        }
        Some(Err(error)) => error.code().to_string(),
    };
    assert_eq!(found, end, "{verb:?} {answers:?}");
}

//! Answers that a service has only accepted.

use std::time::Duration;

use crate::api::model::{Final, Idempotency, Until, Verb, Waiting};
use crate::error::{Code, Error};
use crate::http::testing::{Lane, Reply, Service, get, json, post};
use crate::http::{Call, Looks, Poller, Response, StepKey, Wait};
use bytes::Bytes;

pub(super) fn settle(lane: &Lane, call: &Call, waiting: Waiting) -> Result<Response, Error> {
    let poller = begin(lane, call, waiting)?;
    let wait = Wait {
        poller,
        patience: Duration::from_secs(1800),
        looks: Looks::All,
        step: StepKey(format!("run/main/2/{}", call.operation)),
    };
    let ended = lane.client.wait(vec![wait], Box::new(|_| {})).pop();
    ended.expect("one").result.expect("an end")
}

pub(super) fn begin(lane: &Lane, call: &Call, waiting: Waiting) -> Result<Poller, Error> {
    let first = lane.client.call(call)?;
    let root = lane.client.root(call.service)?;
    let now = lane.client.clock().now();
    Ok(Poller::begin(call.clone(), waiting, None, root, first, now))
}

fn accepted(location: &str) -> Reply {
    json(202, "").with("location", location)
}

fn patch() -> Call {
    Call {
        verb: Verb::Patch,
        body: Some(Bytes::from_static(b"{\"quantity\":7}")),
        ..post("/v1/customers/c/subscriptions/s", Idempotency::RequestId)
    }
}

const AS_SENT: Waiting = Waiting::Location(Until::AsSent);

#[test]
fn a_location_is_read_until_the_change_has_arrived() {
    let service = Service::scripted([
        accepted("/customers/c/subscriptions/s").with("retry-after", "10"),
        json(200, r#"{"quantity":5}"#).with("retry-after", "20"),
        json(200, r#"{"quantity":7}"#),
    ]);
    let lane = Lane::to(&service);
    let answer = settle(&lane, &patch(), AS_SENT).expect("the end");
    assert_eq!(answer.body, r#"{"quantity":7}"#);
    assert_eq!(lane.seconds(), 30);
    let received = service.received();
    let line = "GET /pc/v1/customers/c/subscriptions/s HTTP/1.1";
    assert_eq!(received[2].line, line);
    assert!(!received[2].headers.contains_key("content-type"));
    let id = |number: usize| &received[number].headers["ms-requestid"];
    assert_ne!(id(1), id(2));
}

#[test]
fn what_is_done_at_once_is_the_end() {
    let service = Service::scripted([json(200, r#"{"quantity":7}"#)]);
    settle(&Lane::to(&service), &patch(), AS_SENT).expect("the end");
    assert_eq!(service.received().len(), 1);
}

#[test]
fn what_does_not_end_is_reported_as_under_way() {
    let service = Service::new(|number, _| match number {
        0 => accepted("/customers/c/registrationstatus"),
        _ => json(200, r#"{"status":"registering"}"#).with("retry-after", "60"),
    });
    let lane = Lane::to(&service);
    let waiting = Waiting::Location(Until::Is("status", "registered"));
    let error = settle(&lane, &patch(), waiting).expect_err("it never ends");
    assert_eq!((error.code(), error.exit()), (Code::OperationPending, 9));
    assert!((25 * 60..=30 * 60).contains(&lane.seconds()));
}

#[test]
fn what_fails_says_why() {
    let failed = r#"{"status":"Failed","code":1,"description":"no seats"}"#;
    let service = Service::scripted([accepted("/x"), json(200, failed)]);
    let error = settle(&Lane::to(&service), &patch(), AS_SENT).expect_err("failed");
    assert_eq!(error.code(), Code::OperationFailed);
    let fault = error.parts().fault.as_ref().expect("a fault");
    assert_eq!(fault.message, "no seats");
}

#[test]
fn a_foreign_or_missing_location_is_refused() {
    let check = |reply: Reply, code| {
        let service = Service::scripted([reply]);
        let error = settle(&Lane::to(&service), &patch(), AS_SENT).expect_err("refused");
        assert_eq!(error.code(), code, "{error}");
    };
    check(accepted("http://localhost:1/v1/x"), Code::HttpForeignLink);
    check(json(202, ""), Code::HttpAnswer);
}

#[test]
fn what_is_not_ready_is_asked_for_again() {
    let not_ready = || json(204, "").with("retry-after", "7");
    let service = Service::scripted([not_ready(), not_ready(), json(200, "{}")]);
    let lane = Lane::to(&service);
    settle(&lane, &get("/v1/utilizations"), Waiting::Repeat).expect("the end");
    assert_eq!((lane.seconds(), service.received().len()), (14, 3));
}

#[test]
fn an_operation_of_azure_ends_with_the_object_it_made() {
    let service = Service::scripted([
        json(201, "{}").with("azure-asyncoperation", "/v1/operations/1?t=2"),
        json(200, r#"{"status":"Running"}"#),
        json(200, r#"{"status":"Succeeded"}"#),
        json(200, r#"{"name":"made"}"#),
    ]);
    let call = Call {
        verb: Verb::Put,
        ..post("/v1/things/a?api-version=1", Idempotency::Idempotent)
    };
    let answer =
        settle(&Lane::to(&service), &call, Waiting::Azure(Final::Unsaid)).expect("the end");
    assert_eq!(answer.body, r#"{"name":"made"}"#);
    let received = service.received();
    assert_eq!(received[2].line, "GET /pc/v1/operations/1?t=2 HTTP/1.1");
    assert_eq!(
        received[3].line,
        "GET /pc/v1/things/a?api-version=1 HTTP/1.1"
    );
}

const LOCATION: &str = "/v1/relationships/r/operations/o";

fn patch_assignment() -> Call {
    Call {
        verb: Verb::Patch,
        target: "/v1.0/r/accessAssignments/a".to_owned(),
        body: Some(Bytes::from_static(b"{}")),
        ..post("/", Idempotency::Idempotent)
    }
}

#[test]
fn an_operation_is_watched_and_then_the_object_is_read_again() {
    let service = Service::scripted([
        accepted(LOCATION).with("retry-after", "10"),
        json(200, r#"{"status":"notStarted"}"#).with("retry-after", "10"),
        json(200, r#"{"status":"somethingNew"}"#),
        json(200, r#"{"status":"succeeded"}"#),
        json(200, r#"{"id":"a","status":"active"}"#),
    ]);
    let lane = Lane::to(&service);
    let answer = settle(&lane, &patch_assignment(), Waiting::Operation).expect("the end");
    assert_eq!(answer.body, r#"{"id":"a","status":"active"}"#);
    assert_eq!(lane.seconds(), 25);
    let received = service.received();
    assert_eq!(received[1].line, format!("GET /pc{LOCATION} HTTP/1.1"));
    let own = "GET /pc/v1.0/r/accessAssignments/a HTTP/1.1";
    assert_eq!(received[4].line, own);
}

#[test]
fn an_operation_that_fails_says_why() {
    let failed = r#"{"status":"failed","data":"the group is gone"}"#;
    let service = Service::scripted([accepted(LOCATION), json(200, failed)]);
    let lane = Lane::to(&service);
    let error = settle(&lane, &patch_assignment(), Waiting::Operation).expect_err("a failure");
    assert_eq!(error.code(), Code::OperationFailed);
    assert!(
        error
            .to_string()
            .ends_with("ended as `failed`: the group is gone")
    );
    let fault = error.parts().fault.as_ref().expect("a fault");
    assert_eq!(fault.body, failed);

    let done = json(200, r#"{"id":"a"}"#);
    let service = Service::scripted([done]);
    settle(&Lane::to(&service), &patch_assignment(), Waiting::Operation).expect("the end");
    assert_eq!(service.received().len(), 1, "200 is the end");
}

//! Ctrl-C and `--timeout`.

use std::thread;
use std::time::{Duration, Instant};

use crate::api::model::Idempotency;
use crate::base::cancel::{Cancel, Reason};
use crate::error::{Code, Error, Sent};
use crate::http::testing::{Lane, Reply, Service, get, json, post, settings};
use crate::http::{Call, Settings};

/// Makes a call and cancels it once it has arrived.
fn cancelled(service: &Service, settings: Settings, call: &Call, reason: Reason) -> Error {
    let cancel = settings.cancel.clone();
    let lane = Lane::new(settings);
    thread::scope(|scope| {
        scope.spawn(|| {
            while service.received().is_empty() {
                thread::yield_now();
            }
            cancel.cancel(reason);
        });
        lane.client.call(call).expect_err("cancelled")
    })
}

#[test]
fn a_read_ends_at_once() {
    let service = Service::new(|_, _| Reply::Hang);
    let before = Instant::now();
    let check = |reason, code| {
        let error = cancelled(&service, settings(&service.url), &get("/v1/x"), reason);
        assert_eq!(error.code(), code);
    };
    check(Reason::Interrupted, Code::RunInterrupted);
    check(Reason::TimedOut, Code::TimeOut);
    assert!(before.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_write_in_flight_is_given_time_and_is_unknown_after_it() {
    let service = Service::new(|_, _| Reply::Hang);
    let mut settings = settings(&service.url);
    settings.timeouts.grace = Duration::from_millis(20);
    let call = post("/v1/x", Idempotency::RequestId);
    let error = cancelled(&service, settings, &call, Reason::Interrupted);
    assert_eq!(error.code(), Code::OperationUnknown);
    assert_eq!(error.parts().sent, Sent::Unknown);
    assert_eq!(service.received().len(), 1);
}

#[test]
fn a_wait_ends_at_once_and_no_call_starts() {
    let service = Service::scripted([json(429, "").with("retry-after", "5"), json(200, "{}")]);
    let settings = settings(&service.url);
    let cancel = settings.cancel.clone();
    let lane = Lane::new(settings);
    cancel.cancel(Reason::Interrupted);
    let stopped = |error: Error| assert_eq!(error.code(), Code::RunInterrupted);
    stopped(lane.client.call(&get("/v1/x")).expect_err("stopped"));
    stopped(
        lane.client
            .pause(Duration::from_secs(1))
            .expect_err("stopped"),
    );
    assert!(service.received().is_empty());

    let after = lane.client.stopped_by(Cancel::default());
    after
        .call(&get("/v1/x"))
        .expect("what is deferred still runs");
}

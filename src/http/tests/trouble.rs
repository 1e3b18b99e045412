//! A network and a service that fail.

use std::net::TcpListener;
use std::time::Duration;

use proptest::prelude::*;
use url::Url;

use crate::api::model::Idempotency;
use crate::error::{Code, Error, Sent};
use crate::http::Call;
use crate::http::testing::{Lane, Reply, Service, get, json, post, settings};

fn fails(service: &Service, call: &Call) -> Error {
    Lane::to(service).client.call(call).expect_err("a failure")
}

#[test]
fn a_refused_connection_sent_nothing_and_is_tried_three_times() {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("a URL");
    let lane = Lane::new(settings(&url));
    let error = lane
        .client
        .call(&post("/v1/x", Idempotency::None))
        .expect_err("nobody listens");
    assert_eq!(
        (error.code(), error.parts().sent),
        (Code::HttpConnect, Sent::No)
    );
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(lane.seconds() >= 1, "it backed off twice");
}

#[test]
fn a_read_is_repeated_and_a_write_is_not() {
    let ok = || json(200, "{}");
    for trouble in [
        json(500, ""),
        json(503, "busy"),
        Reply::Drop,
        Reply::Raw(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{".to_vec()),
    ] {
        let service = Service::scripted([trouble.clone(), trouble.clone(), ok()]);
        let lane = Lane::to(&service);
        assert!(lane.client.call(&get("/v1/x")).is_ok(), "{trouble:?}");
        assert_eq!(service.received().len(), 3);
        assert!(lane.seconds() >= 1);

        let service = Service::scripted([trouble.clone(), ok()]);
        let error = fails(&service, &post("/v1/x", Idempotency::None));
        assert_eq!(error.code(), Code::OperationUnknown, "{trouble:?}");
        assert_eq!(error.parts().sent, Sent::Unknown);
        assert_eq!(service.received().len(), 1, "{trouble:?}");
    }
}

#[test]
fn a_write_is_repeated_under_the_request_id_that_the_service_recognises() {
    let service = Service::scripted([Reply::Drop, json(502, ""), json(201, "{}")]);
    let lane = Lane::to(&service);
    lane.client
        .call(&post("/v1/x", Idempotency::RequestId))
        .expect("an answer");
    let received = service.received();
    let ids: Vec<&String> = received
        .iter()
        .map(|r| &r.headers["ms-requestid"])
        .collect();
    assert!(
        ids.len() == 3 && ids.iter().all(|id| *id == ids[0]),
        "{ids:?}"
    );
    lane.client
        .call(&post("/v1/x", Idempotency::RequestId))
        .expect_err("500");
    assert_ne!(service.received()[3].headers["ms-requestid"], *ids[0]);
}

#[test]
fn a_failing_service_is_given_up_with_all_it_said() {
    let service = Service::scripted([json(500, ""), json(500, ""), json(500, "")]);
    let error = fails(&service, &get("/v1/x"));
    assert_eq!(error.code(), Code::HttpServer);
    assert_eq!(
        error.parts().fault.as_ref().map(|fault| fault.status),
        Some(500)
    );
    assert_eq!(service.received().len(), 3);
}

#[test]
fn a_service_that_hangs_times_out() {
    let service = Service::new(|_, _| Reply::Hang);
    let mut settings = settings(&service.url);
    settings.timeouts.request = Duration::from_millis(30);
    let lane = Lane::new(settings);
    let error = lane.client.call(&get("/v1/x")).expect_err("it hangs");
    assert_eq!(error.code(), Code::HttpTimeout);
    let error = lane
        .client
        .call(&post("/v1/x", Idempotency::None))
        .expect_err("it hangs");
    assert_eq!(error.code(), Code::OperationUnknown);
    assert_eq!(service.received().len(), 4);
}

#[test]
fn a_service_that_is_not_trusted_gets_nothing() {
    let service = Service::scripted([]);
    let mut url = service.url.clone();
    url.set_scheme("https").expect("https");
    let error = Lane::new(settings(&url))
        .client
        .call(&get("/v1/x"))
        .expect_err("no TLS");
    assert_eq!(error.code(), Code::HttpTls, "{error}");
    assert!(error.parts().help.is_some());
}

#[test]
fn a_storm_of_failures_exhausts_the_budget() {
    let service = Service::new(|_, _| json(503, ""));
    let lane = Lane::to(&service);
    for _ in 0..60 {
        lane.client.call(&get("/v1/x")).expect_err("503");
    }
    let sent = service.received().len();
    assert!((60..=120).contains(&sent), "{sent} requests for 60 calls");
}

/// Refuses a call of Partner Center with an answer.
fn refused(status: u16, body: &str) -> Error {
    let service = Service::scripted([json(status, body)]);
    fails(&service, &get("/v1/x"))
}

#[test]
fn a_code_that_is_none_is_not_shown() {
    for code in ["0", "\"0\""] {
        let error = refused(
            501,
            &format!(r#"{{"code":{code},"description":"Not here."}}"#),
        );
        assert_eq!(error.code(), Code::HttpServer);
        assert!(error.to_string().ends_with("`: Not here."), "{error}");
        let fault = error.parts().fault.as_ref().expect("a fault");
        assert_eq!(fault.code, "");
        let help = error.parts().help.as_deref().unwrap_or_default();
        assert!(help.contains("does not know the call"), "{help}");
    }
}

#[test]
fn a_cart_with_a_faulty_item_says_where_the_reason_stands() {
    let error = refused(400, r#"{"code":800009,"description":"A faulty item."}"#);
    assert_eq!(error.code(), Code::PartnerRefused);
    let help = error.parts().help.as_deref().unwrap_or_default();
    assert!(help.contains("`lineItems[].error` says why"), "{help}");
}

/// Whether a service that replied so may have carried the write out.
fn may_have_been_done(reply: &Reply) -> bool {
    !matches!(reply, Reply::Answer(401 | 409 | 429, ..))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_write_is_never_done_twice(replies in proptest::collection::vec(prop_oneof![
        Just(json(201, "{}")), Just(json(401, "")), Just(json(409, "")), Just(json(429, "")),
        Just(json(500, "")), Just(json(503, "").with("retry-after", "1")), Just(Reply::Drop),
    ], 1..8)) {
        let service = Service::scripted(replies.clone());
        let result = Lane::to(&service).client.call(&post("/v1/orders", Idempotency::None));
        let sent = service.received().len().min(replies.len());
        let done = replies[..sent].iter().filter(|reply| may_have_been_done(reply)).count();
        prop_assert!(done <= 1, "{:?} after {:?}", result.map(|_| ()), &replies[..sent]);
    }
}

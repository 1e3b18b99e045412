//! What a call sends, and what comes of its answers.

use std::sync::{Arc, Mutex};

use crate::api::ServiceName;
use crate::api::model::{Effect, Idempotency, Verb};
use crate::error::{Code, Error, Sent};
use crate::http::testing::{Lane, Reply, Service, get, json, post, settings};
use crate::http::{Act, Journal, Response, StepKey};

#[test]
fn a_call_carries_token_ids_and_length_and_returns_the_body() {
    let service = Service::scripted([json(200, "\u{feff}{\"a\":1}")]);
    let lane = Lane::to(&service);
    let answer = lane
        .client
        .call(&get("/v1/customers?size=1"))
        .expect("an answer");
    assert_eq!(answer.body, "{\"a\":1}");
    let request = &service.received()[0];
    assert_eq!(request.line, "GET /pc/v1/customers?size=1 HTTP/1.1");
    assert_eq!(request.headers["authorization"], "Bearer token-1");
    assert_eq!(request.headers["ms-requestid"].len(), 36);
    assert_ne!(
        request.headers["ms-requestid"],
        request.headers["ms-correlationid"]
    );
    assert!(request.headers["user-agent"].starts_with("tenantry/"));
}

#[test]
fn a_bodiless_write_has_a_length() {
    let service = Service::scripted([json(200, "{}")]);
    let mut call = post("/v1/checkout", Idempotency::RequestId);
    call.body = None;
    Lane::to(&service).client.call(&call).expect("an answer");
    assert_eq!(service.received()[0].headers["content-length"], "0");
}

#[test]
fn an_effect_that_is_not_granted_is_refused_before_anything_is_sent() {
    let service = Service::scripted([]);
    let mut settings = settings(&service.url);
    settings.grants.clear();
    let lane = Lane::new(settings);
    let error = lane
        .client
        .call(&post("/v1/customers", Idempotency::RequestId))
        .expect_err("refused");
    assert_eq!(error.code(), Code::AccessEffect);
    assert_eq!(error.exit(), 6);
    assert!(service.received().is_empty());
}

#[test]
fn an_answer_that_is_no_json_says_what_came() {
    let check = |reply: Reply, says: &str| {
        let service = Service::scripted([reply]);
        let error = Lane::to(&service)
            .client
            .call(&get("/v1/x"))
            .expect_err("no JSON");
        assert_eq!(error.code(), Code::HttpAnswer);
        assert!(error.to_string().contains(says), "{error}");
    };
    check(
        Reply::Answer(200, vec![], b"<html>sign in</html>".to_vec()),
        "begin `<html>sign in</html>`",
    );
    check(json(200, "{\"items\":[{\"id\""), "EOF while parsing");
    let moved = Reply::Answer(302, vec![], vec![]).with("location", "http://127.0.0.1:1/");
    check(moved, "status 302");
}

#[test]
fn a_refusal_keeps_all_that_the_service_said() {
    let body = r#"{"code":2032,"description":"Access denied","data":[],"source":"PartnerFD"}"#;
    let service = Service::scripted([json(403, body)]);
    let mut call = post("/v1/checkout", Idempotency::RequestId);
    call.about = Some("c-1".to_owned());
    let error = Lane::to(&service).client.call(&call).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "partner refused `create_customer` for customer c-1: 2032 (Access denied)"
    );
    let parts = error.parts();
    assert_eq!(parts.sent, Sent::Yes);
    let fault = parts.fault.as_ref().expect("a fault");
    assert_eq!(
        (fault.status, fault.operation.as_str()),
        (403, "partner::create_customer")
    );
    assert_eq!(fault.body, body);
}

#[test]
fn absence_may_be_an_answer() {
    let service = Service::scripted([json(404, ""), json(404, "")]);
    let lane = Lane::to(&service);
    let mut call = get("/v1/domains/x");
    call.verb = Verb::Head;
    assert_eq!(
        lane.client.call(&call).expect_err("refused").code(),
        Code::PartnerNotFound
    );
    call.absent_is_answer = true;
    assert_eq!(lane.client.call(&call).expect("an answer").status, 404);
}

#[test]
fn what_is_no_json_by_promise_is_returned_as_it_is() {
    let service = Service::scripted([Reply::Answer(200, vec![], b"%PDF".to_vec())]);
    let mut call = get("/v1/invoices/1/documents/statement");
    call.headers
        .push(("Accept".into(), "application/pdf".to_owned()));
    let answer = Lane::to(&service).client.call(&call).expect("an answer");
    assert_eq!(answer.body, "%PDF");
    assert_eq!(service.received()[0].headers["accept"], "application/pdf");
}

#[test]
fn a_refused_token_is_replaced_once() {
    let service = Service::scripted([json(401, ""), json(200, "{}")]);
    let lane = Lane::to(&service);
    lane.client.call(&get("/v1/x")).expect("an answer");
    let received = service.received();
    assert_eq!(received[0].headers["authorization"], "Bearer token-1");
    assert_eq!(received[1].headers["authorization"], "Bearer token-2");
    assert_eq!(
        received[0].headers["ms-requestid"],
        received[1].headers["ms-requestid"]
    );

    let body = r#"{"code":900421,"description":"MFA"}"#;
    let service = Service::scripted([json(401, body), json(401, body)]);
    let error = Lane::to(&service)
        .client
        .call(&get("/v1/x"))
        .expect_err("refused");
    assert_eq!(error.code(), Code::AuthMfaMissing);
    assert!(error.parts().help.is_some());
    assert_eq!(service.received().len(), 2);
}

#[test]
fn every_call_is_a_step_of_the_journal() {
    #[derive(Debug, Default)]
    struct Keys(Mutex<Vec<(String, Effect)>>);
    impl Journal for Keys {
        fn step(&self, key: &StepKey, act: &dyn Act) -> Result<Response, Error> {
            self.0
                .lock()
                .expect("no panic")
                .push((key.0.clone(), act.effect()));
            act.admit()?;
            act.perform()
        }
    }
    let service = Service::scripted([json(200, "{}")]);
    let keys = Arc::new(Keys::default());
    let mut settings = settings(&service.url);
    settings.journal = Arc::clone(&keys) as _;
    Lane::new(settings)
        .client
        .call(&get("/v1/x"))
        .expect("an answer");
    let keys = keys.0.lock().expect("no panic");
    assert_eq!(*keys, [("run/main/1/customers".to_owned(), Effect::Read)]);
}

#[test]
fn a_service_without_an_address_is_named() {
    let service = Service::scripted([]);
    let mut settings = settings(&service.url);
    settings.roots.remove(&ServiceName::Partner);
    let error = Lane::new(settings)
        .client
        .call(&get("/v1/x"))
        .expect_err("no address");
    assert_eq!(error.code(), Code::UsageEnvironment);
}

//! Signing in by device code.

use super::*;

/// An identity service that answers the polls of a device one after the other.
fn device_service(polls: Vec<Reply>) -> Service {
    let polls = Mutex::new(polls.into_iter());
    Service::new(move |_, request| {
        if request.line.contains("/devicecode") {
            let body = value!({
                "user_code": "CBMR7QXWT", "device_code": "MARKER-device", "expires_in": 900,
                "verification_uri": "https://microsoft.com/devicelogin", "interval": 5,
                "message": "To sign in, open the page and enter the code CBMR7QXWT",
            });
            return json(200, &body.to_string());
        }
        if is_token(request) {
            return polls
                .lock()
                .expect("no panic")
                .next()
                .unwrap_or_else(waiting);
        }
        json(404, "")
    })
}

fn waiting() -> Reply {
    pending("authorization_pending")
}

fn pending(error: &str) -> Reply {
    json(
        400,
        &value!({ "error": error, "error_codes": [] }).to_string(),
    )
}

#[test]
fn a_device_asks_as_often_as_it_may_until_the_code_was_entered() {
    let service = device_service(vec![
        pending("authorization_pending"),
        pending("slow_down"),
        tokens(None, &Value::Null),
    ]);
    let stage = stage(&service, |_| {});
    let person = nobody();
    stage
        .sign_in(Way::Device, None, &person)
        .expect("signed in");
    let clock = stage.login.clock();
    assert_eq!(clock.now().as_second(), 5 + 5 + 10);
    assert_eq!(stage.kept().as_deref(), Some("MARKER-new"));
    let said = person.1.lock().expect("no panic").join("");
    assert!(
        said.contains("CBMR7QXWT") && !said.contains("MARKER"),
        "{said}"
    );
    let received = service.received();
    let poll = received.iter().find(|r| is_token(r)).expect("a poll");
    assert_eq!(
        form(poll, "grant_type"),
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(form(poll, "device_code"), "MARKER-device");
}

#[test]
fn a_device_code_can_end_in_other_ways() {
    let check = |polls: Vec<Reply>, code, at: Option<i64>| {
        let service = device_service(polls);
        let stage = stage(&service, |_| {});
        let error = stage
            .sign_in(Way::Device, None, &nobody())
            .expect_err("not signed in");
        assert_eq!(error.code(), code, "{error}");
        assert!(error.parts().help.is_some(), "{error}");
        assert_eq!(stage.kept(), None);
        if let Some(at) = at {
            assert_eq!(stage.login.clock().now().as_second(), at);
        }
    };
    check(
        vec![pending("authorization_declined")],
        Code::AuthDeclined,
        Some(5),
    );
    check(vec![pending("access_denied")], Code::AuthDeclined, Some(5));
    check(
        vec![pending("expired_token")],
        Code::AuthUnfinished,
        Some(5),
    );
    check(
        vec![pending("bad_verification_code")],
        Code::AuthUnfinished,
        Some(5),
    );
    check(Vec::new(), Code::AuthUnfinished, Some(900));
    let blocked = json(
        400,
        r#"{"error":"interaction_required","error_codes":[53003]}"#,
    );
    check(vec![blocked], Code::AuthRefused, Some(5));
}

#[test]
fn a_network_that_fails_meanwhile_does_not_end_a_device_sign_in() {
    let mut polls = vec![Reply::Drop; 3];
    polls.push(tokens(None, &Value::Null));
    let service = device_service(polls);
    let stage = stage(&service, |_| {});
    stage
        .sign_in(Way::Device, None, &nobody())
        .expect("signed in");
    assert_eq!(stage.kept().as_deref(), Some("MARKER-new"));
}

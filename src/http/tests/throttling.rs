//! Too many calls.

use crate::api::model::Idempotency;
use crate::error::Code;
use crate::http::testing::{Lane, Reply, Service, get, json, post};

fn refusal() -> Reply {
    json(
        429,
        r#"{"statusCode":429,"message":"Rate limit is exceeded."}"#,
    )
}

#[test]
fn a_refused_call_waits_as_long_as_it_is_told() {
    let check = |reply: Reply, waits: std::ops::RangeInclusive<i64>| {
        let service = Service::scripted([reply, json(200, "{}")]);
        let lane = Lane::to(&service);
        lane.client
            .call(&post("/v1/x", Idempotency::None))
            .expect("an answer");
        assert!(waits.contains(&lane.seconds()), "{} s", lane.seconds());
        assert_eq!(service.received().len(), 2);
    };
    check(refusal().with("retry-after", "57"), 57..=57);
    check(
        refusal().with("retry-after", "Thu, 01 Jan 1970 00:00:20 GMT"),
        20..=20,
    );
    let dates = refusal()
        .with("date", "Sun, 06 Nov 1994 08:49:00 GMT")
        .with("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
    check(dates, 37..=37);
    check(refusal(), 1..=2);
}

#[test]
fn a_call_that_is_refused_for_ever_says_so() {
    let service = Service::new(|_, _| refusal().with("retry-after", "1"));
    let error = Lane::to(&service)
        .client
        .call(&get("/v1/x"))
        .expect_err("refused");
    assert_eq!(error.code(), Code::ThrottleExhausted);
    assert_eq!(error.exit(), 8);
    assert_eq!(error.parts().fault.as_ref().map(|f| f.status), Some(429));
}

#[test]
fn a_noisy_customer_slows_nobody_else() {
    let service = Service::new(|number, request| {
        if number == 0 && request.line.contains("/noisy") {
            refusal().with("retry-after", "100")
        } else {
            json(200, "{}")
        }
    });
    let lane = Lane::to(&service);
    let about = |customer: &str| {
        let mut call = get(&format!("/v1/customers/{customer}"));
        call.about = Some(customer.to_owned());
        call
    };
    let noisy = std::thread::scope(|scope| {
        let work = crate::base::clock::Work::begin(lane.client.clock());
        let lane = &lane;
        let other = scope.spawn(move || {
            let _work = work;
            lane.client.call(&about("noisy")).expect("an answer");
            lane.seconds()
        });
        while service.received().is_empty() {
            std::thread::yield_now();
        }
        lane.client.call(&about("quiet")).expect("an answer");
        assert_eq!(lane.seconds(), 0);
        crate::base::clock::idle_blocking(&**lane.client.clock(), || {
            other.join().expect("no panic")
        })
    });
    assert_eq!(noisy, 100);
}

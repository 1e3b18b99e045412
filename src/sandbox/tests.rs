//! The gates, repeats, faults and promises of the sandbox, without a socket.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::config::{Config, Mfa};
use super::entra::seed::{CLIENT, HOME, REFRESH, SECRET};
use super::fault::{Fault, Link, Rule, When};
use super::testing::{Bench, Seen};
use super::wire::Outgoing;

const REQUEST: &str = "0a1b2c3d-1111-4222-8333-444455556666";

#[track_caller]
fn refused(seen: &Seen, status: u16, code: i64) {
    assert_eq!(
        (seen.status, &seen.json["code"]),
        (status, &code.into()),
        "{}",
        seen.json
    );
    assert!(seen.json["description"].is_string());
    assert!(!seen.header("ms-requestid").is_empty() && !seen.header("ms-correlationid").is_empty());
}

#[test]
fn a_token_is_checked_on_every_call() {
    let bench = Bench::new();
    let get = |authorization: &str| {
        bench.send(
            "GET",
            "/partner/v1/test",
            &[("authorization", authorization)],
            Bytes::new(),
        )
    };
    let user = bench.user();
    refused(&bench.nobody().get("/v1/test"), 401, 400);
    refused(&get("Bearer nonsense"), 401, 400);
    refused(&get(&format!("Basic {}", user.token())), 401, 400);
    assert_eq!(get("Bearer x").header("www-authenticate"), "Bearer");
    refused(&bench.app().get("/v1/test"), 403, 900_329);
    refused(&bench.user_without_mfa().get("/v1/test"), 401, 900_421);
    assert_eq!(user.get("/v1/test").status, 200);
    bench.advance(Duration::from_secs(3600));
    refused(&user.get("/v1/test"), 401, 400);
}

#[test]
fn a_token_of_another_audience_or_tenant_is_refused() {
    let bench = Bench::new();
    let token = |tenant: &str, resource: &str| {
        let form = format!(
            "grant_type=refresh_token&refresh_token={REFRESH}&client_id={CLIENT}&client_secret={SECRET}&scope={resource}/.default"
        );
        let seen = bench.token(tenant, &form);
        format!(
            "Bearer {}",
            seen.json["access_token"].as_str().expect("a token")
        )
    };
    let get = |authorization: &str| {
        bench.send(
            "GET",
            "/partner/v1/test",
            &[("authorization", authorization)],
            Bytes::new(),
        )
    };
    refused(
        &get(&token(HOME, "https://graph.microsoft.com")),
        401,
        900_420,
    );
    refused(
        &get(&token(HOME, "https://graph.windows.net")),
        401,
        900_420,
    );
    bench.change(|tx| {
        super::entra::add_tenant(tx, REQUEST, "Fabrikam", &[]);
        super::entra::gdap::begin(tx, REQUEST);
        super::entra::consent(tx, REQUEST);
    });
    refused(
        &get(&token(REQUEST, "https://api.partnercenter.microsoft.com")),
        401,
        800_001,
    );
}

#[test]
fn missing_authentication_factors_can_be_reported_instead() {
    let bench = Bench::new();
    bench.engine.configure(Config {
        mfa: Mfa::Report,
        ..Config::default()
    });
    let get = |client: super::testing::Client<'_>| {
        client.send("GET", "/v1/test", &[("validatemfa", "true")], None)
    };
    let seen = get(bench.user_without_mfa());
    assert_eq!((seen.status, seen.header("ismfacompliant")), (200, "false"));
    assert_eq!(get(bench.user()).header("ismfacompliant"), "true");
}

#[test]
fn ids_are_echoed_and_must_be_guids() {
    let bench = Bench::new();
    let ids = [
        ("MS-RequestId", REQUEST),
        ("MS-CorrelationId", REQUEST),
        ("X-Locale", "de-DE"),
    ];
    let seen = bench.user().send("GET", "/v1/test", &ids, None);
    assert_eq!(
        (seen.header("ms-requestid"), seen.header("ms-correlationid")),
        (REQUEST, REQUEST)
    );
    assert_eq!(
        (seen.header("x-locale"), seen.header("date")),
        ("de-DE", "Mon, 02 Mar 2026 09:00:00 GMT")
    );
    assert!(!seen.header("ms-cv").is_empty() && !seen.header("ms-serverid").is_empty());
    refused(
        &bench
            .user()
            .send("GET", "/v1/test", &[("MS-RequestId", "1")], None),
        400,
        800_002,
    );
}

#[test]
fn what_is_not_served_says_so() {
    let bench = Bench::new();
    let seen = bench.user().get("/v1/nothing/here");
    refused(&seen, 501, 0);
    assert_eq!(
        seen.json["description"],
        "The sandbox does not serve GET /v1/nothing/here of partner."
    );
    assert_eq!(
        bench.send("GET", "/elsewhere", &[], Bytes::new()).status,
        404
    );
}

#[test]
fn a_refusal_or_a_panic_changes_nothing() {
    let bench = Bench::new();
    let send = |verb: &str| bench.user().send(verb, "/v1/test/x", &[], Some(json!({})));
    refused(&send("PUT"), 400, 3000);
    assert!(!bench.made("x"));
    refused(&send("DELETE"), 500, 800_003);
    assert!(!bench.made("x"));
    refused(&send("PATCH"), 400, 27_002);
    assert!(bench.made("x"), "this refusal keeps its changes");
    assert_eq!(send("POST").status, 201);
}

#[test]
fn a_repeated_write_gets_the_first_answer() {
    let bench = Bench::new();
    let send = |verb: &str, path: &str, body: u32| {
        bench.user().send(
            verb,
            path,
            &[("ms-requestid", REQUEST)],
            Some(json!({ "body": body })),
        )
    };
    let first = send("POST", "/v1/test/x", 1);
    bench.advance(Duration::from_secs(600));
    let second = send("POST", "/v1/TEST/x", 1);
    assert_eq!((second.status, &second.json), (201, &first.json));
    refused(&send("POST", "/v1/test/x", 2), 400, 800_002);
    assert_ne!(
        send("POST", "/v1/test/y", 1).json,
        first.json,
        "another path is another call"
    );
    let refusal = send("PUT", "/v1/test/z", 1);
    assert_eq!(
        send("PUT", "/v1/test/z", 1).json,
        refusal.json,
        "a refusal is repeated too"
    );
    assert_eq!(send("DELETE", "/v1/test/z", 1).status, 500);
    assert_eq!(
        send("DELETE", "/v1/test/z", 1).status,
        500,
        "a failure is tried again"
    );
    let (counts, effects) = bench.engine.stats();
    let posts = counts
        .iter()
        .find(|count| count.method == "POST" && count.template == "/v1/test/{id}");
    let tally = posts.expect("counted").tally;
    assert_eq!(
        (tally.requests, tally.effects, tally.repeats, effects),
        (4, 2, 2, 2)
    );
    bench.advance(Duration::from_secs(24 * 3600));
    assert_ne!(
        send("POST", "/v1/test/x", 1).json,
        first.json,
        "forgotten after a day"
    );
}

#[test]
fn too_many_calls_are_refused_until_the_minute_is_over() {
    let bench = Bench::new();
    bench.engine.configure(Config {
        requests_per_minute: 2,
        ..Config::default()
    });
    let user = bench.user();
    assert_eq!(
        [user.get("/v1/test").status, user.get("/v1/test").status],
        [200, 200]
    );
    bench.advance(Duration::from_secs(20));
    let seen = user.get("/v1/test");
    assert_eq!((seen.status, seen.header("retry-after")), (429, "40"));
    assert_eq!(seen.json["statusCode"], 429);
    bench.advance(Duration::from_secs(40));
    assert_eq!(user.get("/v1/test").status, 200);
}

/// Sends one call of a test route with a fault on it.
fn with(bench: &Bench, verb: &str, path: &str, fault: Fault) -> Outgoing {
    let token = format!("Bearer {}", bench.user().token());
    bench.engine.clear_faults();
    bench.engine.add_fault(Rule::once("/v1/test*", fault));
    bench.outgoing(
        verb,
        &format!("/partner{path}"),
        &[("authorization", &token)],
        Bytes::from("{}"),
    )
}

fn answer(outgoing: Outgoing) -> super::wire::Answer {
    match outgoing {
        Outgoing::Answer(answer) => answer,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn a_fault_strikes_before_or_after_the_change() {
    let bench = Bench::new();
    let (before, after) = (When::Before, When::After);
    let seen = answer(with(
        &bench,
        "POST",
        "/v1/test/a",
        Fault::ServerError {
            status: 503,
            when: before,
        },
    ));
    assert_eq!((seen.status, bench.made("a")), (503, false));
    let seen = answer(with(
        &bench,
        "POST",
        "/v1/test/b",
        Fault::ServerError {
            status: 503,
            when: after,
        },
    ));
    assert_eq!((seen.status, bench.made("b")), (503, true));
    let seen = with(&bench, "POST", "/v1/test/c", Fault::Drop { when: before });
    assert!(matches!(seen, Outgoing::Drop) && !bench.made("c"));
    let seen = with(&bench, "POST", "/v1/test/d", Fault::Drop { when: after });
    assert!(matches!(seen, Outgoing::Drop) && bench.made("d"));
    let seen = with(&bench, "POST", "/v1/test/e", Fault::Hang { when: after });
    assert!(matches!(seen, Outgoing::Hang) && bench.made("e"));
}

#[test]
fn a_fault_spoils_an_answer() {
    let bench = Bench::new();
    let get = |fault: Fault| answer(with(&bench, "GET", "/v1/test", fault));
    let whole = bench.user().get("/v1/test").body;
    let throttled = get(Fault::Throttle {
        retry_after: Some(3),
        date: false,
    });
    assert_eq!(
        (throttled.status, &throttled.headers["retry-after"]),
        (429, &"3".parse().expect("a value"))
    );
    let dated = get(Fault::Throttle {
        retry_after: Some(3),
        date: true,
    });
    assert_eq!(
        dated.headers["retry-after"],
        "Mon, 02 Mar 2026 09:00:03 GMT"
    );
    assert!(
        !get(Fault::Throttle {
            retry_after: None,
            date: false
        })
        .headers
        .contains_key("retry-after")
    );
    assert_eq!(get(Fault::TokenExpired).status, 401);
    let empty = get(Fault::Empty);
    assert_eq!((empty.status, empty.body.len()), (500, 0));
    let html = get(Fault::Html);
    assert!(
        html.status == 200
            && html.headers["content-type"]
                .as_bytes()
                .starts_with(b"text/html")
    );
    assert_eq!(get(Fault::Truncated).body, whole[..whole.len() / 2]);
    assert_eq!(get(Fault::Bom).body, [b"\xEF\xBB\xBF", &whole[..]].concat());
    let json = |answer: super::wire::Answer| -> serde_json::Value {
        serde_json::from_slice(&answer.body).expect("JSON")
    };
    assert_eq!(json(get(Fault::NumbersAsStrings))["items"][0], "1");
    let next = |link| json(get(Fault::NextLink { link }))["links"]["next"]["uri"].clone();
    assert_eq!(next(Link::Loop), "/v1/test");
    assert_eq!(
        next(Link::Foreign),
        "https://collector.example/v1/customers"
    );
}

#[test]
fn noise_is_switched_on_for_partner_center() {
    let bench = Bench::new();
    bench.engine.configure(Config {
        noise: true,
        ..Config::default()
    });
    let seen = bench
        .user()
        .send("GET", "/v1/test", &[("ms-requestid", REQUEST)], None);
    assert!(seen.body.starts_with(b"\xEF\xBB\xBF"));
    assert_eq!(seen.header("ms-requestid"), format!("{REQUEST},{REQUEST}"));
    let json: serde_json::Value = serde_json::from_slice(&seen.body[3..]).expect("JSON");
    assert_eq!(
        (&json["totalCount"], &json["at"]),
        (&"1".into(), &"2026-03-02T09:00:00.0000000Z".into())
    );
}

#[test]
fn a_reset_makes_the_same_world_again() {
    let bench = Bench::new();
    let world = || {
        let tables = ["entra.tenants", "entra.consents", "partner.customers"];
        tables.map(|table| bench.engine.rows(table).expect("rows"))
    };
    let first = world();
    bench.change(|tx| super::entra::add_tenant(tx, REQUEST, "Fabrikam", &[]));
    assert_ne!(world(), first);
    bench.engine.reset(None, None).expect("reset");
    assert_eq!(world(), first);
    bench.engine.reset(Some(2), None).expect("reset");
    assert_ne!(world(), first);
}

//! Batches as a caller sees them.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::sandbox::entra::seed::HOME;
use crate::sandbox::fault::{Fault, Rule};
use crate::sandbox::testing::{Bench, Seen};

fn post(bench: &Bench, body: &Value) -> Seen {
    let bearer = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.to_string().into();
    bench.send("POST", "/graph/v1.0/$batch", &headers, body)
}

/// Returns the answers of the parts by id.
fn answers(bench: &Bench, requests: &Value) -> BTreeMap<String, Value> {
    let seen = post(bench, &json!({ "requests": requests }));
    assert_eq!(seen.status, 200, "{}", seen.json);
    let answers = seen.json["responses"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let id = |answer: &Value| answer["id"].as_str().unwrap_or_default().to_owned();
    answers
        .into_iter()
        .map(|answer| (id(&answer), answer))
        .collect()
}

#[test]
fn every_part_is_answered_as_if_it_had_come_alone() {
    let bench = Bench::new();
    let seen = answers(
        &bench,
        &json!([
            { "id": "1", "method": "GET", "url": "/me?$select=id,usageLocation" },
            { "id": "2", "method": "get", "url": "organization" },
            { "id": "3", "method": "GET", "url": "/nowhere/at/all" },
            { "id": "4", "method": "POST", "url": "/me/revokeSignInSessions", "body": {} },
            { "id": "5", "method": "GET", "url": "/$batch" },
            { "id": "6", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me" },
        ]),
    );
    assert_eq!(seen["1"]["body"]["usageLocation"], "US");
    assert_eq!(seen["2"]["body"]["value"][0]["displayName"], "Contoso");
    let statuses: Vec<&Value> = seen.values().map(|answer| &answer["status"]).collect();
    assert_eq!(statuses, [200, 200, 501, 400, 400, 400]);
    let ids = |id: &str| seen[id]["headers"]["request-id"].clone();
    assert!(
        ids("1").is_string() && ids("1") != ids("2"),
        "an id of its own"
    );
    assert_eq!(
        seen["4"]["body"]["error"]["innerError"]["request-id"],
        ids("4")
    );
    let (counts, _) = bench.engine.stats();
    let count = |template: &str| {
        let mut counts = counts.iter();
        counts
            .find(|count| count.template == template)
            .map(|count| count.tally.requests)
    };
    assert_eq!(
        (count("/v1.0/me"), count("/v1.0/$batch")),
        (Some(1), Some(1))
    );
}

#[test]
fn a_part_waits_for_others_and_fails_with_them() {
    let bench = Bench::new();
    let seen = answers(
        &bench,
        &json!([
            { "id": "a", "method": "GET", "url": "/me", "dependsOn": ["C"] },
            { "id": "b", "method": "GET", "url": "/me", "dependsOn": ["d"] },
            { "id": "c", "method": "GET", "url": "/me/memberOf" },
            { "id": "d", "method": "GET", "url": "/me?$select=nothing" },
        ]),
    );
    let statuses: Vec<&Value> = seen.values().map(|answer| &answer["status"]).collect();
    assert_eq!(statuses, [200, 424, 200, 400]);
    assert_eq!(seen["b"]["body"]["error"]["code"], "FailedDependency");
}

#[test]
fn a_part_meets_faults_of_its_own() {
    let bench = Bench::new();
    let throttle = Fault::Throttle {
        retry_after: Some(7),
        date: false,
    };
    bench.engine.add_fault(Rule::once("/v1.0/me", throttle));
    bench
        .engine
        .add_fault(Rule::once("/v1.0/organization", Fault::Html));
    let seen = answers(
        &bench,
        &json!([
            { "id": "1", "method": "GET", "url": "/me" },
            { "id": "2", "method": "GET", "url": "/me" },
            { "id": "3", "method": "GET", "url": "/organization" },
        ]),
    );
    assert_eq!(
        (&seen["1"]["status"], &seen["1"]["headers"]["retry-after"]),
        (&json!(429), &json!("7"))
    );
    assert_eq!(seen["1"]["body"]["error"]["code"], "TooManyRequests");
    assert_eq!(seen["2"]["status"], 200);
    let page = seen["3"]["body"].as_str().unwrap_or_default();
    let page = base64::prelude::BASE64_STANDARD
        .decode(page)
        .expect("base64");
    assert!(page.starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn what_is_wrong_with_a_batch_refuses_all_of_it() {
    let bench = Bench::new();
    let me = |id: &str| json!({ "id": id, "method": "GET", "url": "/me" });
    let waits = |id: &str, after: &str| json!({ "id": id, "method": "GET", "url": "/me", "dependsOn": [after] });
    let many: Vec<Value> = (0..21).map(|number| me(&number.to_string())).collect();
    for body in [
        json!({}),
        json!({ "requests": many }),
        json!({ "requests": [me("a"), me("A")] }),
        json!({ "requests": [me("")] }),
        json!({ "requests": [waits("1", "2")] }),
        json!({ "requests": [waits("1", "2"), waits("2", "1")] }),
        json!({ "requests": [{ "id": "1", "method": "BREW", "url": "/me" }] }),
    ] {
        let seen = post(&bench, &body);
        assert_eq!(
            (seen.status, &seen.json["error"]["code"]),
            (400, &json!("BadRequest")),
            "{body}"
        );
    }
    let nobody = bench.send("POST", "/graph/v1.0/$batch", &[], "{}".into());
    assert_eq!(nobody.status, 401);
}

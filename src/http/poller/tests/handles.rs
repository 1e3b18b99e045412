//! Handles: what another process needs, and nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use url::Url;

use super::{Answer, answer, begin, root, run};
use crate::api::model::Final::{self, Location, Unsaid};
use crate::api::model::Verb::{self, Delete, Post, Put};
use crate::base::clock::Timestamp;
use crate::error::Error;
use crate::http::poller::Poller;

const STATE: &str = "azure-asyncoperation: /op\nlocation: /result\nretry-after: 10";

fn resume(handle: &str) -> Result<Poller, Error> {
    Poller::resume(handle, |_| Ok(root()), Timestamp::UNIX_EPOCH)
}

#[test]
fn another_process_goes_on_where_the_first_one_stopped() {
    let check = |verb: Verb, via: Final, answers: &[Answer<'_>], split: usize| {
        let (first, rest) = answers.split_first().expect("a first answer");
        let whole = run(begin(verb, via, *first), rest);
        let mut poller = begin(verb, via, *first);
        let mut now = Timestamp::UNIX_EPOCH;
        let mut looks = Vec::new();
        for one in &rest[..split] {
            let (look, at) = poller.next().expect("a look");
            let wait = at.duration_since(now).as_secs();
            let target = look.target.clone();
            looks.push(format!("+{wait} {target}"));
            now = at;
            poller.step(answer(*one, &target), now);
        }
        let handle = poller.handle().expect("a handle");
        let resumed = Poller::resume(&handle, |_| Ok(root()), now).expect("resumes");
        assert_eq!(resumed.state(), poller.state());
        assert_eq!(resumed.handle(), Some(handle));
        let (_, at) = resumed.next().expect("a look");
        assert_eq!(Some(at), poller.next().map(|(_, at)| at));
        for one in &rest[split..] {
            let (look, at) = poller.next().expect("a look");
            looks.push(format!(
                "+{} {}",
                at.duration_since(now).as_secs(),
                look.target
            ));
            now = at;
            let target = look.target.clone();
            let mut resumed = resume_at(&poller, now);
            resumed.step(answer(*one, &target), now);
            poller = resumed;
        }
        let status = |result: &Option<Result<crate::http::Response, Error>>| {
            result
                .as_ref()
                .map(|one| one.as_ref().map(|one| one.body.clone()).ok())
        };
        assert_eq!(
            (looks, status(&poller.result())),
            (whole.0, status(&whole.1))
        );
    };
    let running = (200, "", r#"{"status":"Running"}"#);
    let done = (200, "", r#"{"status":"Succeeded"}"#);
    let object = (200, "", r#"{"id":"t"}"#);
    for split in 0..=2 {
        check(
            Put,
            Unsaid,
            &[(201, STATE, ""), running, done, object],
            split,
        );
        check(
            Post,
            Location,
            &[(202, STATE, ""), running, done, object],
            split,
        );
    }
    let there = (202, "location: /place\nretry-after: 5", "");
    check(Delete, Unsaid, &[there, (202, "", ""), (404, "", "")], 1);
    let creating = (
        200,
        "",
        r#"{"properties":{"provisioningState":"Creating"}}"#,
    );
    check(Put, Unsaid, &[(202, "", ""), creating, object], 1);
}

fn resume_at(poller: &Poller, now: Timestamp) -> Poller {
    let handle = poller.handle().expect("a handle");
    Poller::resume(&handle, |_| Ok(root()), now).expect("resumes")
}

#[test]
fn a_handle_holds_no_body_and_names_where_it_is_from() {
    let handle = begin(Put, Unsaid, (201, STATE, ""))
        .handle()
        .expect("a handle");
    assert!(handle.starts_with("tenantry-operation:1:"));
    let content = handle.split(':').nth(2).expect("a content");
    let content = String::from_utf8(BASE64URL.decode(content).expect("base64")).expect("text");
    assert!(
        !content.contains("MARKER") && !content.contains("password"),
        "{content}"
    );
    for part in [
        "arm::do_it",
        "https://management.azure.com/",
        "11111111-aaaa",
        "\"PUT\"",
        "\"ID\"",
    ] {
        assert!(content.contains(part), "{part} in {content}");
    }
    assert!(
        begin(Put, Unsaid, (200, "", "{}")).handle().is_none(),
        "it has ended"
    );
}

#[test]
fn a_handle_that_does_not_fit_says_why() {
    let handle = begin(Put, Unsaid, (201, STATE, ""))
        .handle()
        .expect("a handle");
    let check = |handle: &str, expected: &str| {
        let error = resume(handle).expect_err(handle);
        assert!(error.to_string().contains(expected), "{error}");
    };
    check("", "this is no handle");
    check("hello", "this is no handle");
    check(
        &handle.replace(":1:", ":2:"),
        "of version 2, and this program knows version 1",
    );
    check(&handle[..handle.len() - 9], "is damaged");
    check(&handle[..handle.len() / 2], "is damaged");
    check(&handle.replacen("ey", "eX", 1), "is damaged");
    check(&format!("{handle}:1"), "is damaged");
    let elsewhere = |_| Ok(Url::parse("https://management.usgovcloudapi.net/").expect("a URL"));
    let error = Poller::resume(&handle, elsewhere, Timestamp::UNIX_EPOCH).expect_err("elsewhere");
    assert_eq!(
        error.to_string(),
        "the handle is of https://management.azure.com/, and this run speaks with https://management.usgovcloudapi.net/"
    );
}

#[test]
fn another_clock_puts_a_look_off_by_ten_minutes_at_most() {
    let handle = begin(Put, Unsaid, (201, STATE, ""))
        .handle()
        .expect("a handle");
    let seconds = |now: i64| {
        let now = Timestamp::from_second(now).expect("a time");
        let poller = Poller::resume(&handle, |_| Ok(root()), now).expect("resumes");
        let (_, at) = poller.next().expect("a look");
        at.duration_since(now).as_secs()
    };
    assert_eq!((seconds(0), seconds(4), seconds(100)), (10, 6, 0));
    assert_eq!(seconds(-86_400), 600);
}

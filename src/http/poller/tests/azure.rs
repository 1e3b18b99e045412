//! The table of cases: which header leads where, what each state means, and where the result is read.

use super::{TARGET, check};
use crate::api::model::Final::{AsyncOperation, Location, OriginalUri, Unsaid};
use crate::api::model::Verb::{Delete, Patch, Post, Put};

const STATE: &str = "azure-asyncoperation: /op?t=1";
const BOTH: &str = "azure-asyncoperation: /op\nlocation: /result\nretry-after: 10";
const RUNNING: &str = r#"{"status":"Running"}"#;
const SUCCEEDED: &str = r#"{"status":"Succeeded"}"#;
const OBJECT: &str = r#"{"id":"t"}"#;
const OWN: &str = TARGET;

fn own(wait: u32) -> String {
    format!("+{wait} {OWN}")
}

#[test]
fn the_state_of_an_operation_leads_to_the_object_that_was_put() {
    // Without `Retry-After` it is looked at once, then every 30 seconds.
    for verb in [Put, Patch] {
        check(
            verb,
            Unsaid,
            &[
                (201, STATE, OBJECT),
                (200, "", RUNNING),
                (200, "retry-after: 5", RUNNING),
                (200, "", SUCCEEDED),
                (200, "", OBJECT),
            ],
            &["+0 /op?t=1", "+30 /op?t=1", "+5 /op?t=1", &own(0)],
            r#"200 {"id":"t"}"#,
        );
    }
    // 200 from a PUT may still be running.
    check(Put, Unsaid, &[(200, STATE, OBJECT)], &["+0 /op?t=1"], "");
    // The first body may name the state.
    check(
        Put,
        Unsaid,
        &[(201, STATE, SUCCEEDED), (200, "", OBJECT)],
        &[&own(0)],
        r#"200 {"id":"t"}"#,
    );
}

#[test]
fn a_location_is_read_until_it_is_no_longer_202() {
    let moved = "location: /other\nretry-after: 7";
    check(
        Post,
        Unsaid,
        &[
            (202, "location: /place\nretry-after: 10", ""),
            (202, "", ""),
            (202, moved, ""),
            (202, "location: /other", ""),
            (200, "", OBJECT),
        ],
        &["+10 /place", "+30 /place", "+7 /other", "+30 /other"],
        r#"200 {"id":"t"}"#,
    );
    check(
        Delete,
        Unsaid,
        &[(202, "location: /place", ""), (204, "", "")],
        &["+0 /place"],
        "204 ",
    );
    check(
        Post,
        Unsaid,
        &[(202, "location: /place", ""), (201, "", "")],
        &["+0 /place"],
        "201 ",
    );
}

#[test]
fn what_was_put_and_ends_without_a_body_is_read_at_its_own_address() {
    for verb in [Put, Patch] {
        let answers = [
            (202, "location: /place\nretry-after: 17", ""),
            (200, "", " "),
            (200, "", OBJECT),
        ];
        let looks = ["+17 /place", &own(0)];
        check(verb, Unsaid, &answers, &looks, r#"200 {"id":"t"}"#);
    }
}

#[test]
fn without_a_header_the_object_itself_tells() {
    let state = |word: &str| format!(r#"{{"properties":{{"provisioningState":"{word}"}}}}"#);
    let (creating, ready) = (state("Creating"), state("succeeded"));
    let done = format!("200 {ready}");
    check(
        Put,
        Unsaid,
        &[
            (201, "retry-after: 3", &creating),
            (200, "", &creating),
            (200, "", &ready),
        ],
        &[&own(3), &own(30)],
        &done,
    );
    // An object without a state is ready; a 201 without one is not, and neither is a 202.
    check(Put, Unsaid, &[(200, "", OBJECT)], &[], r#"200 {"id":"t"}"#);
    check(Patch, Unsaid, &[(200, "", &creating)], &[&own(0)], "");
    check(
        Put,
        Unsaid,
        &[(201, "", &ready)],
        &[],
        &format!("201 {ready}"),
    );
    check(Put, Unsaid, &[(204, "", "")], &[], "204 ");
    for first in [201, 202] {
        let answers = [(first, "", ""), (200, "", OBJECT)];
        check(Put, Unsaid, &answers, &[&own(0)], r#"200 {"id":"t"}"#);
    }
    // Other verbs are done when nothing leads anywhere.
    for verb in [Post, Delete] {
        check(verb, Unsaid, &[(202, "", "")], &[], "202 ");
        check(
            verb,
            Unsaid,
            &[(200, "", &creating)],
            &[],
            &format!("200 {creating}"),
        );
    }
}

#[test]
fn where_the_result_is_follows_from_verb_headers_and_document() {
    let first = (202, BOTH, "");
    let said = r#"{"status":"Succeeded","properties":{"output":1}}"#;
    let (state, result) = ("+10 /op", "+0 /result");
    let object = (200, "", OBJECT);
    let end = r#"200 {"id":"t"}"#;
    // The document's word first.
    for verb in [Put, Patch, Post, Delete] {
        check(
            verb,
            Location,
            &[first, (200, "", said), object],
            &[state, result],
            end,
        );
    }
    check(
        Post,
        AsyncOperation,
        &[first, (200, "", said)],
        &[state],
        &format!("200 {said}"),
    );
    check(
        Post,
        OriginalUri,
        &[first, (200, "", said), object],
        &[state, &own(0)],
        end,
    );
    check(
        Delete,
        OriginalUri,
        &[first, (200, "", said)],
        &[state],
        &format!("200 {said}"),
    );
    // Then what the last body names.
    let named = r#"{"status":"Succeeded","resourceLocation":"/made"}"#;
    for verb in [Put, Post, Delete] {
        check(
            verb,
            Unsaid,
            &[first, (200, "", named), object],
            &[state, "+0 /made"],
            end,
        );
    }
    // Then the verb.
    for verb in [Put, Patch] {
        check(
            verb,
            Unsaid,
            &[first, (200, "", said), object],
            &[state, &own(0)],
            end,
        );
        check(
            verb,
            AsyncOperation,
            &[first, (200, "", said), object],
            &[state, &own(0)],
            end,
        );
    }
    check(
        Post,
        Unsaid,
        &[first, (200, "", said), object],
        &[state, result],
        end,
    );
    check(
        Delete,
        Unsaid,
        &[first, (200, "", said)],
        &[state],
        &format!("200 {said}"),
    );
    // A POST that names no place for its result ends with the state.
    check(
        Post,
        Location,
        &[(202, STATE, ""), (200, "", said)],
        &["+0 /op?t=1"],
        &format!("200 {said}"),
    );
    // A result may be on its way a little longer.
    let answers = [
        first,
        (200, "", said),
        (202, "retry-after: 4", ""),
        (200, "", OBJECT),
    ];
    check(Post, Unsaid, &answers, &[state, result, "+4 /result"], end);
}

#[test]
fn the_newest_headers_are_followed() {
    let newer = "azure-asyncoperation: /newer\nlocation: /newer-result";
    check(
        Post,
        Unsaid,
        &[
            (202, BOTH, ""),
            (200, newer, RUNNING),
            (200, "", SUCCEEDED),
            (200, "", OBJECT),
        ],
        &["+10 /op", "+30 /newer", "+0 /newer-result"],
        r#"200 {"id":"t"}"#,
    );
}

#[test]
fn pauses_are_kept_in_whichever_form_they_are_asked_for() {
    let pause = |header: &str, expected: &str| {
        let answers = [(202, STATE, ""), (200, header, RUNNING)];
        check(Delete, Unsaid, &answers, &["+0 /op?t=1", expected], "");
    };
    pause("retry-after: 600", "+600 /op?t=1");
    pause("retry-after: 7200", "+7200 /op?t=1");
    pause("retry-after: 1.0", "+1 /op?t=1");
    pause("retry-after-ms: 2000", "+2 /op?t=1");
    pause("x-ms-retry-after-ms: 3000\nretry-after: 4", "+3 /op?t=1");
    pause(
        "date: Sun, 06 Nov 1994 12:00:00 GMT\nretry-after: Sun, 06 Nov 1994 12:01:30 GMT",
        "+90 /op?t=1",
    );
    // No pause at all would be a storm.
    pause("retry-after: 0", "+1 /op?t=1");
    pause("retry-after: soon", "+30 /op?t=1");
}

#[test]
fn states_are_words_in_any_case_and_unknown_ones_wait() {
    for word in ["Running", "Accepted", "Deleting", "SomethingNew", ""] {
        let body = format!(r#"{{"status":"{word}"}}"#);
        check(
            Delete,
            Unsaid,
            &[(202, STATE, ""), (200, "", &body)],
            &["+0 /op?t=1", "+30 /op?t=1"],
            "",
        );
    }
    let body = r#"{"status":"SUCCEEDED"}"#;
    check(
        Delete,
        Unsaid,
        &[(202, STATE, ""), (200, "", body)],
        &["+0 /op?t=1"],
        &format!("200 {body}"),
    );
}

#[test]
fn links_may_be_relative_and_stay_within_the_service() {
    let check = |link: &str, expected: &str| {
        let header = format!("azure-asyncoperation: {link}");
        let answers = [(202, header.as_str(), "")];
        if expected.starts_with('/') {
            super::check(Delete, Unsaid, &answers, &[&format!("+0 {expected}")], "");
        } else {
            super::check(Delete, Unsaid, &answers, &[], expected);
        }
    };
    check("https://management.azure.com/a/b?c=d", "/a/b?c=d");
    check("HTTPS://Management.Azure.com:443/a", "/a");
    check("/a/b", "/a/b");
    check("other", "/subscriptions/s/things/other");
    check("?api-version=2", "/subscriptions/s/things/t?api-version=2");
    let foreign = "http.foreign_link";
    check("http://management.azure.com/a", foreign);
    check("https://management.azure.com:8443/a", foreign);
    check("https://management.azure.com.example.org/a", foreign);
    check("//example.org/a", foreign);
    check("https://user@example.org/a", foreign);
    check("data:text/plain,a", foreign);
    check("https://[", "http.answer");
}

#[test]
fn later_links_are_not_trusted_either() {
    let foreign = "http.foreign_link";
    let away = "azure-asyncoperation: https://example.org/op";
    let answers = [(202, STATE, ""), (200, away, RUNNING)];
    check(Delete, Unsaid, &answers, &["+0 /op?t=1"], foreign);
    let named = r#"{"status":"Succeeded","resourceLocation":"https://example.org/x"}"#;
    let answers = [(202, STATE, ""), (200, "", named)];
    check(Put, Unsaid, &answers, &["+0 /op?t=1"], foreign);
    // A foreign `Location` that nobody follows does no harm.
    let both = "azure-asyncoperation: /op?t=1\nlocation: https://example.org/x";
    let answers = [(202, both, ""), (200, "", SUCCEEDED), (200, "", OBJECT)];
    check(
        Put,
        Unsaid,
        &answers,
        &["+0 /op?t=1", &own(0)],
        r#"200 {"id":"t"}"#,
    );
    check(Post, Unsaid, &answers[..2], &["+0 /op?t=1"], foreign);
}

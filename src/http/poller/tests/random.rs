//! Any sequence of statuses, headers and bodies: a poller ends or goes on, is never early, and never
//! leaves the service.

use proptest::prelude::*;

use super::{answer, call, root};
use crate::api::model::{Final, Verb, Waiting};
use crate::base::clock::{Timestamp, later};
use crate::error::Code;
use crate::http::client::url_beneath;
use crate::http::poller::Poller;
use crate::http::response::Response;
use crate::http::retry_after::retry_after;

fn any_verb() -> impl Strategy<Value = Verb> {
    prop::sample::select(vec![Verb::Put, Verb::Patch, Verb::Post, Verb::Delete])
}

fn any_final() -> impl Strategy<Value = Final> {
    prop::sample::select(vec![
        Final::Unsaid,
        Final::AsyncOperation,
        Final::Location,
        Final::OriginalUri,
    ])
}

fn any_link() -> impl Strategy<Value = String> {
    let known = [
        "/op",
        "/result?x=1",
        "relative",
        "?api-version=9",
        "https://management.azure.com/other",
        "https://management.azure.com:444/other",
        "http://management.azure.com/other",
        "https://example.org/op",
        "//example.org/op",
        "///example.org/op",
        "/A:",
        "/.//example.org/op",
        "https://",
        "",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[ -~]{0,20}",
    ]
}

fn any_headers() -> impl Strategy<Value = String> {
    let pause = prop_oneof![
        Just(String::new()),
        (0u32..700).prop_map(|seconds| format!("retry-after: {seconds}")),
        (0u32..9000).prop_map(|time| format!("retry-after-ms: {time}")),
        Just("retry-after: Thu, 01 Jan 1970 00:05:00 GMT".to_owned()),
        Just("retry-after: never".to_owned()),
    ];
    let link = |name: &'static str| {
        prop::option::weighted(0.5, any_link())
            .prop_map(move |link| link.map_or_else(String::new, |link| format!("{name}: {link}")))
    };
    (link("azure-asyncoperation"), link("location"), pause).prop_map(|(state, location, pause)| {
        let lines = [state, location, pause].into_iter();
        lines
            .filter(|line| !line.is_empty())
            .map(|line| line + "\n")
            .collect()
    })
}

fn any_body() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => prop::sample::select(vec!["Running", "InProgress", "Accepted", "New"]),
        2 => prop::sample::select(vec!["Succeeded", "Failed", "Canceled", "cancelled"]),
    ];
    prop_oneof![
        6 => word.clone().prop_map(|word| format!(r#"{{"status":"{word}"}}"#)),
        3 => word.prop_map(|word| format!(r#"{{"properties":{{"provisioningState":"{word}"}}}}"#)),
        1 => any_link().prop_map(|link| {
            let link = serde_json::Value::from(link);
            format!(r#"{{"status":"Succeeded","resourceLocation":{link}}}"#)
        }),
        2 => Just(String::new()),
        1 => "[ -~]{0,30}",
    ]
}

fn any_answer() -> impl Strategy<Value = (u16, String, String)> {
    let status = prop_oneof![
        8 => prop::sample::select(vec![200u16, 201, 202, 204]),
        1 => prop::sample::select(vec![203u16, 206, 404]),
    ];
    (status, any_headers(), any_body())
}

proptest! {
    #[test]
    fn it_ends_or_goes_on_never_early_and_never_elsewhere(
        verb in any_verb(), via in any_final(),
        answers in prop::collection::vec(any_answer(), 1..12),
    ) {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut answers = answers.iter();
        let give = |one: &(u16, String, String), from: &str| -> Response {
            let (status, headers, body) = one;
            answer((*status, headers, body), from)
        };
        let first = give(answers.next().expect("one"), super::TARGET);
        let mut last = first.clone();
        let mut poller =
            Poller::begin(call(verb), Waiting::Azure(via), None, &root(), first, now);
        for one in answers {
            let Some((look, at)) = poller.next() else { break };
            prop_assert!(at >= now);
            // Until the work is done, no look comes before the service allows.
            if !poller.is_final() && let Some(pause) = retry_after(&last.headers, now) {
                prop_assert!(at >= later(now, pause), "{at} is before {now} + {pause:?}");
            }
            prop_assert!(look.target.starts_with('/') || look.target.starts_with('?'));
            let url = url_beneath(&root(), &look.target);
            prop_assert_eq!(url.origin(), root().origin());
            let target = look.target.clone();
            now = at;
            last = give(one, &target);
            poller.step(last.clone(), now);
            // What goes on can be handed over.
            prop_assert_eq!(poller.handle().is_some(), !poller.is_done());
        }
        if let Some(Err(error)) = poller.result() {
            let codes = [
                Code::OperationFailed, Code::OperationUnknown, Code::HttpAnswer,
                Code::HttpForeignLink, Code::ArmRefused,
            ];
            prop_assert!(codes.contains(&error.code()), "{error}");
        }
    }
}

//! Jobs of Recovery Services: the table of cases, and any sequence of answers.

use proptest::prelude::*;

use super::{Answer, TARGET, answer, call, root, run};
use crate::api::ServiceName;
use crate::api::model::{Final, Verb};
use crate::base::clock::{Timestamp, later};
use crate::error::{Code, Error};
use crate::http::client::url_beneath;
use crate::http::poller::{JobsAt, Poller};
use crate::http::response::Response;
use crate::http::retry_after::retry_after;

const SITE: &str = "/subscriptions/s/vaults/v/replicationJobs/?api-version=1";
const BACKUP: &str = "/subscriptions/s/vaults/v/backupJobs/?api-version=1";
const BOTH: &str = "location: /vaults/v/operationresults/j1?api-version=2015-08-10\nazure-asyncoperation: /vaults/v/replicationOperationStatus/j2\nretry-after: 30";
const STATUS: &str = "azure-asyncoperation: /vaults/v/operationsStatus/o1?api-version=2016-01-01\nlocation: /vaults/v/operationResults/o1\nretry-after: 60";
const J1: &str = "/subscriptions/s/vaults/v/replicationJobs/j1?api-version=1";
const B1: &str = "/subscriptions/s/vaults/v/backupJobs/b1?api-version=1";

fn begin(verb: Verb, jobs: &str, first: Answer<'_>) -> Poller {
    let first = answer(first, TARGET);
    let mut call = call(verb);
    call.service = ServiceName::Recovery;
    call.operation = "recovery::do_it".into();
    let jobs = (Final::Unsaid, JobsAt::new(jobs));
    Poller::of_job(call, jobs, &root(), first, Timestamp::UNIX_EPOCH)
}

fn state(word: &str) -> String {
    format!(r#"{{"properties":{{"state":"{word}"}}}}"#)
}

fn status(word: &str) -> String {
    format!(r#"{{"properties":{{"status":"{word}"}}}}"#)
}

/// Checks where is looked and how it ends: the state, whether it ended with a job, or the code.
fn check(jobs: &str, answers: &[Answer<'_>], looks: &[&str], end: &str) {
    let (first, rest) = answers.split_first().expect("a first answer");
    let mut poller = begin(Verb::Post, jobs, *first);
    let (mut found, mut now) = (Vec::new(), Timestamp::UNIX_EPOCH);
    for one in rest {
        let (look, at) = poller.next().expect("an answer too many");
        found.push(format!(
            "+{} {}",
            at.duration_since(now).as_secs(),
            look.target
        ));
        let target = look.target.clone();
        now = at;
        poller.step(answer(*one, &target), now);
    }
    if let Some((look, at)) = poller.next() {
        found.push(format!(
            "+{} {}",
            at.duration_since(now).as_secs(),
            look.target
        ));
    }
    assert_eq!(found, looks, "{answers:?}");
    let kind = if poller.job().is_some() { "job" } else { "own" };
    let told = match poller.result() {
        None => String::new(),
        Some(Ok(_)) => format!("{kind} {}", poller.state()),
        Some(Err(error)) => error.code().to_string(),
    };
    assert_eq!(told, end, "{answers:?}");
}

#[test]
fn site_recovery_names_the_job_in_its_headers() {
    let (new, runs, done) = (state("NotStarted"), state("InProgress"), state("Succeeded"));
    let j1 = |wait: u32| format!("+{wait} {J1}");
    check(
        SITE,
        &[
            (202, BOTH, ""),
            (200, "", &new),
            (200, "retry-after: 5", &runs),
            (200, "", &done),
        ],
        &[&j1(30), &j1(30), &j1(5)],
        "job Succeeded",
    );
    // `Location` wins; without it the other header leads to the job.
    let other =
        "azure-asyncoperation: https://management.azure.com/v/replicationOperationStatus/j1";
    check(SITE, &[(202, other, "")], &[&j1(0)], "");
    // A relative link, and a version that is stale: only the id counts.
    let relative = "location: operationresults/j1?api-version=2012-01-01\nretry-after: 7";
    check(SITE, &[(202, relative, "")], &[&j1(7)], "");
    // What ends at once makes no job.
    check(SITE, &[(204, "", "")], &[], "own Succeeded");
    check(SITE, &[(200, "", "{}")], &[], "own Succeeded");
    // Nothing names a job, or a link leads elsewhere.
    check(SITE, &[(202, "", "")], &[], "http.answer");
    check(
        SITE,
        &[(202, "location: /v/replicationJobs/None", "")],
        &[],
        "http.answer",
    );
    check(
        SITE,
        &[(202, "location: https://example.org/x/j1", "")],
        &[],
        "http.foreign_link",
    );
}

#[test]
fn a_job_ends_by_its_state_alone() {
    let ends = |word: &str, end: &str| {
        let (looks, job) = (format!("+30 {J1}"), state(word));
        check(SITE, &[(202, BOTH, ""), (200, "", &job)], &[&looks], end);
    };
    for word in [
        "Succeeded",
        "Cancelled",
        "Suspended",
        "CompletedWithInformation",
        "PartiallySucceeded",
        "Completed",
        "CompletedWithWarnings",
    ] {
        ends(word, &format!("job {word}"));
    }
    ends("Failed", "recovery.job_failed");
    let again = [&*format!("+30 {J1}"), &format!("+30 {J1}")];
    for word in ["NotStarted", "InProgress", "Other", "Cancelling", "Odd"] {
        check(
            SITE,
            &[(202, BOTH, ""), (200, "", &state(word))],
            &again,
            "",
        );
    }
    let one = &again[..1];
    check(
        SITE,
        &[(202, BOTH, ""), (200, "", "{}")],
        one,
        "http.answer",
    );
    check(
        SITE,
        &[(202, BOTH, ""), (200, "", "<html>")],
        one,
        "http.answer",
    );
    check(
        SITE,
        &[(202, BOTH, ""), (206, "", "{}")],
        one,
        "http.answer",
    );
}

#[test]
fn a_job_that_was_just_made_need_not_be_there_yet() {
    let look = format!("+30 {J1}");
    let done = state("Succeeded");
    let absent = (404, "", "");
    check(
        SITE,
        &[(202, BOTH, ""), absent, absent, (200, "", &done)],
        &[&*look; 3],
        "job Succeeded",
    );
    // Not for ever, and not after it was there.
    let mut answers = vec![(202, BOTH, "")];
    answers.extend([absent; 10]);
    check(SITE, &answers, &[&*look; 10], "operation.unknown");
    let runs = state("InProgress");
    let answers = [(202, BOTH, ""), (200, "", &*runs), absent];
    check(SITE, &answers, &[&*look; 2], "operation.unknown");
}

#[test]
fn backup_tells_the_job_when_the_operation_has_succeeded() {
    let named = r#"{"status":"Succeeded","properties":{"objectType":"OperationStatusJobExtendedInfo","jobId":"b1"}}"#;
    let (runs, done) = (status("InProgress"), status("Completed"));
    let o1 = |wait: u32| format!("+{wait} /vaults/v/operationsStatus/o1?api-version=2016-01-01");
    let b1 = |wait: u32| format!("+{wait} {B1}");
    check(
        BACKUP,
        &[
            (202, STATUS, ""),
            (200, "", r#"{"status":"InProgress"}"#),
            (200, "", named),
            (200, "", &runs),
            (200, "", &done),
        ],
        &[&o1(60), &o1(30), &b1(0), &b1(30)],
        "job Completed",
    );
    // Several jobs: the first is waited for.
    let several = named.replace(r#""jobId":"b1""#, r#""jobIds":["b1","b2"]"#);
    check(
        BACKUP,
        &[(202, STATUS, ""), (200, "", &several)],
        &[&o1(60), &b1(0)],
        "",
    );
    // An operation that names none ends by itself, and one that failed has made none.
    let result = "+0 /vaults/v/operationResults/o1";
    let answers = [
        (202, STATUS, ""),
        (200, "", r#"{"status":"Succeeded"}"#),
        (204, "", ""),
    ];
    check(BACKUP, &answers, &[&o1(60), result], "own Succeeded");
    let failed = r#"{"status":"Failed","error":{"code":"UserErrorVmNotFound","message":"No."}}"#;
    check(
        BACKUP,
        &[(202, STATUS, ""), (200, "", failed)],
        &[&o1(60)],
        "operation.failed",
    );
    // Without a status there is no job to know of.
    let there = "location: /vaults/v/operationResults/o1";
    check(
        BACKUP,
        &[(202, there, ""), (204, "", "")],
        &[result],
        "own Succeeded",
    );
    let evil = named.replace("b1", "a/../../b?c");
    let begun = begin(Verb::Post, BACKUP, (202, STATUS, ""));
    let (looks, _) = run(begun, &[(200, "", &evil)]);
    assert_eq!(
        looks[1],
        "+0 /subscriptions/s/vaults/v/backupJobs/a%2F..%2F..%2Fb%3Fc?api-version=1"
    );
}

#[test]
fn a_job_that_failed_says_it_whole() {
    let job = r#"{"properties":{"state":"Failed","scenarioName":"TestFailover","activityId":"job","allowedActions":["Restart"],"errors":[
        {"serviceErrorDetails":{"code":"150097","message":"No network.","possibleCauses":"It was deleted.","recommendedAction":"Make it.","activityId":"act"},
         "providerErrorDetails":{"errorCode":31300,"errorMessage":"The agent said no."}}]}}"#;
    let (_, result) = run(begin(Verb::Post, SITE, (202, BOTH, "")), &[(200, "", job)]);
    let error = result.expect("an end").expect_err("a failure");
    assert_eq!(
        error.to_string(),
        "`recovery::do_it`: the job j1 (TestFailover) has failed: 150097 (No network.)"
    );
    let parts = error.parts();
    let fault = parts.fault.as_ref().expect("a fault");
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let six = [
        fault.code.clone(),
        fault.message.clone(),
        optional(&fault.possible_causes),
        optional(&fault.recommended_action),
        optional(&fault.client_request_id),
        optional(&fault.activity_id),
    ];
    assert_eq!(
        six,
        [
            "150097",
            "No network.",
            "It was deleted.",
            "Make it.",
            "ID",
            "act"
        ]
    );
    assert_eq!(
        (&*fault.service, &*fault.operation),
        ("recovery", "recovery::do_it")
    );
    assert!(fault.body.contains("scenarioName"));
    let beside: Vec<String> = parts.related.iter().map(ToString::to_string).collect();
    assert_eq!(beside, ["31300 (The agent said no.)"]);
    let help = parts.help.as_deref().unwrap_or_default();
    assert!(help.contains("recovery::restart_job(job)"), "{help}");
    let silent = state("Failed");
    let (_, result) = run(
        begin(Verb::Post, SITE, (202, BOTH, "")),
        &[(200, "", &silent)],
    );
    let error = result.expect("an end").expect_err("a failure");
    assert_eq!(
        error.to_string(),
        "`recovery::do_it`: the job j1 has failed"
    );
}

#[test]
fn another_process_goes_on_with_the_job() {
    let named = r#"{"status":"Succeeded","properties":{"jobId":"b1"}}"#;
    let (runs, done) = (status("InProgress"), status("Completed"));
    let check = |jobs: &str, answers: &[Answer<'_>]| {
        let mut poller = begin(Verb::Post, jobs, answers[0]);
        let mut now = Timestamp::UNIX_EPOCH;
        for one in &answers[1..] {
            let handle = poller.handle().expect("a handle");
            let mut other = Poller::resume(&handle, |_| Ok(root()), now).expect("resumes");
            assert_eq!(other.handle().as_ref(), Some(&handle));
            assert_eq!(
                (other.job(), other.awaits_job()),
                (poller.job(), poller.awaits_job())
            );
            let (look, at) = other.next().expect("a look");
            let target = look.target.clone();
            now = at;
            other.step(answer(*one, &target), now);
            poller = other;
        }
        assert!(poller.job().is_some(), "{answers:?}");
        assert_eq!(
            poller.result().map(|end| end.is_ok()),
            Some(true),
            "{answers:?}"
        );
    };
    check(
        BACKUP,
        &[
            (202, STATUS, ""),
            (200, "", r#"{"status":"InProgress"}"#),
            (200, "", named),
            (404, "", ""),
            (200, "", &runs),
            (200, "", &done),
        ],
    );
    let (runs, done) = (state("InProgress"), state("Suspended"));
    check(SITE, &[(202, BOTH, ""), (200, "", &runs), (200, "", &done)]);
}

fn any_answer() -> impl Strategy<Value = (u16, String, String)> {
    let status = prop_oneof![
        8 => prop::sample::select(vec![200u16, 202, 204]),
        2 => Just(404u16),
        1 => prop::sample::select(vec![201u16, 206]),
    ];
    let link = prop::sample::select(vec![
        "",
        "/v/x/j1",
        "x/j2?a=1",
        "/v/None",
        "https://example.org/j3",
        "//example.org/j",
        "/v/..",
    ]);
    let header = |name: &'static str, link: &str| match link {
        "" => String::new(),
        link => format!("{name}: {link}\n"),
    };
    let pause = prop_oneof![
        Just(String::new()),
        (0u32..700).prop_map(|s| format!("retry-after: {s}\n"))
    ];
    let headers = (link.clone(), link, pause).prop_map(move |(state, location, pause)| {
        [
            header("azure-asyncoperation", state),
            header("location", location),
            pause,
        ]
        .concat()
    });
    let word = prop::sample::select(vec![
        "InProgress",
        "NotStarted",
        "Odd",
        "Succeeded",
        "Failed",
        "Suspended",
        "Completed",
        "Cancelled",
    ]);
    let body = prop_oneof![
        4 => word.clone().prop_map(|word| format!(r#"{{"status":"{word}","properties":{{"jobId":"b1"}}}}"#)),
        4 => (word, "[a-z]{5,6}").prop_map(|(word, key)| {
            let key = if *key < *"m" { "state" } else { "status" };
            format!(r#"{{"properties":{{"{key}":"{word}","errors":[{{"serviceErrorDetails":{{"code":"1"}}}}]}}}}"#)
        }),
        1 => "[ -~]{0,30}",
        1 => Just(String::new()),
    ];
    (status, headers, body)
}

proptest! {
    /// Whatever comes: looks are never early and stay within the service; what goes on can be handed
    /// over; a job is a result only in a state that ends it, and a failure has a known code.
    #[test]
    fn a_job_ends_or_goes_on(
        backup in any::<bool>(), verb in prop::sample::select(vec![Verb::Post, Verb::Put, Verb::Delete]),
        answers in prop::collection::vec(any_answer(), 1..16),
    ) {
        let mut now = Timestamp::UNIX_EPOCH;
        let (first, rest) = answers.split_first().expect("one");
        let give = |one: &(u16, String, String), from: &str| -> Response {
            answer((one.0, &one.1, &one.2), from)
        };
        let jobs = if backup { BACKUP } else { SITE };
        let mut last = give(first, TARGET);
        let mut poller = begin(verb, jobs, (first.0, &first.1, &first.2));
        for one in rest {
            let Some((look, at)) = poller.next() else { break };
            if !poller.is_final() && let Some(pause) = retry_after(&last.headers, now) {
                prop_assert!(at >= later(now, pause), "{at} is before {now} + {pause:?}");
            }
            let url = url_beneath(&root(), &look.target);
            prop_assert_eq!(url.origin(), root().origin());
            if let Some(job) = poller.job() {
                prop_assert_eq!(job, &look.target);
                prop_assert!(job.starts_with(jobs.split('?').next().unwrap_or_default()));
            }
            let target = look.target.clone();
            now = at;
            last = give(one, &target);
            poller.step(last.clone(), now);
            prop_assert_eq!(poller.handle().is_some(), !poller.is_done());
        }
        let of_job = poller.job().is_some();
        match poller.result() {
            Some(Ok(_)) if of_job => {
                let ends = ["Succeeded", "Suspended", "Completed", "Cancelled"];
                prop_assert!(ends.contains(&poller.state()), "{}", poller.state());
            }
            Some(Err(error)) => known(&error)?,
            Some(Ok(_)) | None => {}
        }
    }
}

fn known(error: &Error) -> Result<(), TestCaseError> {
    let codes = [
        Code::RecoveryJobFailed,
        Code::OperationFailed,
        Code::OperationUnknown,
        Code::HttpAnswer,
        Code::HttpForeignLink,
        Code::RecoveryRefused,
    ];
    prop_assert!(codes.contains(&error.code()), "{error}");
    Ok(())
}

//! What fails, what is missing and what is not known; each error says all that there is to say.

use std::time::Duration;

use super::{Answer, begin, check, run};
use crate::api::model::Final::Unsaid;
use crate::api::model::Verb::{self, Delete, Post, Put};
use crate::error::{Code, Error};
use crate::http::poller::failure;

const STATE: &str = "azure-asyncoperation: /op\nretry-after: 10";
const LOCATION: &str = "location: /place";

fn error(verb: Verb, answers: &[Answer<'_>]) -> Error {
    let (first, rest) = answers.split_first().expect("a first answer");
    let (_, result) = run(begin(verb, Unsaid, *first), rest);
    result.expect("an end").expect_err("a failure")
}

#[test]
fn a_failure_tells_everything_that_the_service_said() {
    let body = r#"{"status":"Failed","error":{"code":"DeploymentFailed","message":"At least one failed.","target":"d1",
        "details":[{"code":"Conflict","message":"{\"error\":{\"code\":\"NicInUse\",\"message\":\"The NIC is in use.\",\"target\":\"nic1\"}}"},
                   {"code":"Quota","message":"No cores left.","details":[{"code":"Inner","message":"10 of 10"}]}]}}"#;
    let headers = "x-ms-request-id: R\nx-ms-correlation-request-id: C\nx-ms-client-request-id: ID";
    for word in ["Failed", "Canceled", "Cancelled", "failed"] {
        let body = body.replace("\"Failed\"", &format!("\"{word}\""));
        let error = error(Put, &[(201, STATE, ""), (200, headers, &body)]);
        assert_eq!((error.code(), error.exit()), (Code::OperationFailed, 9));
        assert_eq!(
            error.to_string(),
            format!(
                "`arm::do_it` was accepted and ended as `{word}`: DeploymentFailed (At least one failed.)"
            )
        );
        let fault = error.parts().fault.as_ref().expect("a fault");
        assert_eq!(
            (fault.code.as_str(), fault.target.as_deref()),
            ("DeploymentFailed", Some("d1"))
        );
        let ids = [
            &fault.request_id,
            &fault.correlation_id,
            &fault.client_request_id,
        ];
        assert_eq!(
            ids.map(Option::as_deref),
            [Some("R"), Some("C"), Some("ID")]
        );
        assert!(
            fault
                .tenant
                .as_deref()
                .is_some_and(|id| id.starts_with("11111111"))
        );
        assert!(fault.body.contains("No cores left."));
        let told: Vec<String> = error
            .parts()
            .related
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "Conflict",
                "NicInUse (The NIC is in use.), target nic1",
                "Quota (No cores left.)",
                "Inner (10 of 10)"
            ]
        );
        let help = error.parts().help.as_deref();
        assert_eq!(help, Some("mend what lies deepest: Inner (10 of 10)"));
    }
}

#[test]
fn an_object_that_failed_tells_why_within() {
    let body = r#"{"properties":{"provisioningState":"Failed","error":{"code":"InvalidTemplate","message":"Line 3."}}}"#;
    for answers in [
        vec![(201, "", ""), (200, "", body)],
        vec![(200, "", body)],
        vec![(202, LOCATION, ""), (200, "", body)],
    ] {
        let error = error(Put, &answers);
        assert_eq!(error.code(), Code::OperationFailed);
        assert!(
            error
                .to_string()
                .ends_with("`Failed`: InvalidTemplate (Line 3.)"),
            "{error}"
        );
    }
    let silent = r#"{"status":"Canceled"}"#;
    let error = error(Delete, &[(202, STATE, ""), (200, "", silent)]);
    assert_eq!(
        error.to_string(),
        "`arm::do_it` was accepted and ended as `Canceled`"
    );
}

#[test]
fn an_answer_without_a_body_or_a_state_is_an_error() {
    let check = |body: &str, status: u16, expected: &str| {
        let error = error(Put, &[(201, STATE, ""), (status, "", body)]);
        assert_eq!(error.code(), Code::HttpAnswer, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    };
    check("", 200, "the answer is empty");
    check("", 204, "the answer is empty");
    check("{}", 200, "names no `status`");
    check(r#"{"status":7}"#, 200, "names no `status`");
    check(
        "<html>sign in</html>",
        200,
        "is not the JSON that was promised",
    );
    check(r#"{"status":"Running"}"#, 206, "has the status 206");
    let error = error(Put, &[(201, "", ""), (200, "", "")]);
    assert!(error.to_string().contains("the answer is empty"), "{error}");
}

#[test]
fn what_is_gone_while_it_is_polled_is_not_known() {
    let gone = (
        404,
        "",
        r#"{"error":{"code":"NotFound","message":"No such operation."}}"#,
    );
    let unknown = "operation.unknown";
    check(
        Put,
        Unsaid,
        &[(201, STATE, ""), gone],
        &["+10 /op"],
        unknown,
    );
    check(
        Post,
        Unsaid,
        &[(202, LOCATION, ""), gone],
        &["+0 /place"],
        unknown,
    );
    check(
        Put,
        Unsaid,
        &[(202, LOCATION, ""), gone],
        &["+0 /place"],
        unknown,
    );
    check(
        Delete,
        Unsaid,
        &[(202, STATE, ""), gone],
        &["+10 /op"],
        unknown,
    );
    check(
        Delete,
        Unsaid,
        &[(200, LOCATION, ""), gone],
        &["+0 /place"],
        unknown,
    );
    let error = error(Put, &[(201, STATE, ""), gone]);
    assert!(
        error
            .to_string()
            .contains("is gone (404): it is not known how it ended")
    );
    let fault = error.parts().fault.as_ref().expect("a fault");
    assert_eq!(fault.message, "No such operation.");
    // The result of a deletion may lie beneath what was deleted.
    let done = format!("404 {}", gone.2);
    check(
        Delete,
        Unsaid,
        &[(202, LOCATION, ""), gone],
        &["+0 /place"],
        &done,
    );
    let answers = [(200, LOCATION, ""), (202, "", ""), gone];
    check(
        Delete,
        Unsaid,
        &answers,
        &["+0 /place", "+30 /place"],
        &done,
    );
}

#[test]
fn a_result_that_is_not_there_is_no_failure_of_the_work() {
    let done = r#"{"status":"Succeeded"}"#;
    let error = error(Put, &[(201, STATE, ""), (200, "", done), (404, "", "")]);
    assert_eq!(error.code(), Code::ArmRefused);
    assert!(
        error
            .to_string()
            .contains("has succeeded, but its result is not there")
    );
}

#[test]
fn what_has_not_ended_says_how_to_go_on() {
    let running = r#"{"status":"Running","percentComplete":41.6}"#;
    let mut poller = begin(Put, Unsaid, (201, STATE, ""));
    poller.step(
        super::answer((200, "", running), "/op"),
        "1970-01-01T00:01Z".parse().expect("a time"),
    );
    let error = failure::pending(&poller, Duration::from_secs(5400));
    assert_eq!(error.code(), Code::OperationPending);
    assert_eq!(
        error.to_string(),
        "`arm::do_it` was accepted, but has not ended within 1h30m (its state is Running, 42% done)"
    );
    let handle = error.parts().handle.clone().expect("a handle");
    let help = error.parts().help.clone().expect("help");
    assert!(
        help.contains(&format!("arm::resume(\"{handle}\").wait()")),
        "{help}"
    );
    assert_eq!((poller.state(), poller.percent()), ("Running", Some(41.6)));
}

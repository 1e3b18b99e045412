//! The errors of waiting: what failed at the service, with everything it says; what its answers lack;
//! what is not known; and what is still under way.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::said::at;
use super::{Poller, job_error, said};
use crate::api::{ServiceName, dialect};
use crate::base::duration;
use crate::base::text::shorten;
use crate::error::{Code, Error, Fault, Sent};
use crate::http::details;
use crate::http::response::Response;

/// States that are a failure, in lower case.
const FAILED: [&str; 4] = ["failed", "canceled", "cancelled", "rejected"];
/// Characters of a message in the first line of an error.
const MESSAGE: usize = 300;
/// What to do when a job that was named is not there.
const NAMED: &str = "see `recovery::jobs(vault)`: jobs of Backup are others, `recovery::wait_backup_job` waits for those";
/// The same of Backup.
const NAMED_OF_BACKUP: &str = "see `recovery::backup_jobs(vault)`: jobs of Site Recovery are others, `recovery::wait_job` waits for those";
/// Places of an error within a body, the nearest first.
const PLACES: [&str; 3] = ["error", "properties.error", "odata.error"];

/// Fails if the object says that it failed.
pub(super) fn unless_failed(
    poller: &Poller,
    answer: &Response,
    object: &Value,
) -> Result<(), Error> {
    let word = said::state(object);
    match word.filter(|word| FAILED.contains(&word.to_ascii_lowercase().as_str())) {
        Some(word) => Err(failed(poller, word, answer)),
        None => Ok(()),
    }
}

/// Returns the error of work that ended in failure: what the service says, with its details.
pub(super) fn failed(poller: &Poller, word: &str, answer: &Response) -> Error {
    let whole = said::json(&answer.body);
    let error = PLACES.iter().find_map(|place| at(&whole, place));
    let error = error.filter(|error| error.is_object());
    let fault = fault(poller, answer, error);
    let operation = &poller.call.operation;
    let mut text = format!("`{operation}` was accepted and ended as `{word}`");
    let data = at(&whole, "data").and_then(Value::as_str);
    let said = match (fault.code.as_str(), fault.message.trim()) {
        _ if error.is_none() && at(&whole, "code").is_none() => data.unwrap_or_default().to_owned(),
        ("", said) => said.to_owned(),
        (code, "") => code.to_owned(),
        (code, said) => format!("{code} ({})", shorten(said, MESSAGE)),
    };
    if !said.trim().is_empty() {
        text = format!("{text}: {}", shorten(&said, MESSAGE + 100));
    }
    let failed = Error::new(Code::OperationFailed, text)
        .sent(Sent::Yes)
        .fault(fault);
    details::told(failed, error.unwrap_or(&Value::Null))
}

/// Returns what the service said; `error` is the part of the body that speaks of the failure.
fn fault(poller: &Poller, answer: &Response, error: Option<&Value>) -> Fault {
    let call = &poller.call;
    let dialect = dialect::of(call.service);
    let status = answer.status.as_u16();
    let mut fault = match error {
        Some(error) => {
            let alone = json!({ "error": error }).to_string();
            let mut fault = dialect.fault(status, &answer.headers, alone.as_bytes());
            fault.body = shorten(&String::from_utf8_lossy(&answer.body), 65_536);
            fault
        }
        None => dialect.fault(status, &answer.headers, &answer.body),
    };
    call.service.as_str().clone_into(&mut fault.service);
    fault.operation = call.operation.clone().into_owned();
    fault.tenant = poller.tenant();
    fault
}

/// Fails unless an answer has one of the four statuses that the documents name.
pub(super) fn unless_documented(poller: &Poller, answer: &Response) -> Result<(), Error> {
    const STATUSES: [StatusCode; 4] = [
        StatusCode::OK,
        StatusCode::CREATED,
        StatusCode::ACCEPTED,
        StatusCode::NO_CONTENT,
    ];
    if STATUSES.contains(&answer.status) {
        return Ok(());
    }
    let (operation, status) = (&poller.call.operation, answer.status.as_u16());
    let text = format!(
        "an answer about `{operation}` has the status {status}, which says nothing about how far it is"
    );
    Err(accepted(Error::new(Code::HttpAnswer, text)).fault(fault(poller, answer, None)))
}

/// Returns the error for an accepted call that names no place to look.
pub(super) fn nowhere(poller: &Poller) -> Error {
    let operation = &poller.call.operation;
    let text = format!("`{operation}` was accepted, but no place to look was named");
    accepted(Error::new(Code::HttpAnswer, text))
}

/// Returns the error for an answer that has no state where it must have one.
pub(super) fn stateless(poller: &Poller) -> Error {
    let operation = &poller.call.operation;
    let text = format!("the state of `{operation}` was read, but the answer names no `status`");
    accepted(Error::new(Code::HttpAnswer, text))
}

/// Returns the error for an answer that is no JSON where it must be.
pub(super) fn unfit(poller: &Poller, answer: &Response, why: &serde_json::Error) -> Error {
    if answer.body.is_empty() {
        let operation = &poller.call.operation;
        let text = format!("the state of `{operation}` was read, but the answer is empty");
        return accepted(Error::new(Code::HttpAnswer, text));
    }
    accepted(answer.not_as_promised(&why.to_string()))
}

/// Returns the error of a job that failed: all that it says, each of its errors beside the first.
pub(super) fn of_job(poller: &Poller, answer: &Response, job: &Value) -> Error {
    let whole = job_error::error(job);
    let mut fault = fault(poller, answer, Some(&whole));
    if answer_says_nothing(&whole) {
        fault.message.clear();
    }
    let sent = poller.request_id().map(|(_, id)| id);
    fault.client_request_id = fault.client_request_id.or(sent);
    let word = |path: &str| at(job, path).and_then(Value::as_str).unwrap_or_default();
    let operation = &poller.call.operation;
    let id = poller.job_id();
    let named = ["properties.scenarioName", "properties.operation"];
    let named = named.iter().map(|path| word(path));
    let named = named.into_iter().find(|name| !name.is_empty());
    let named = named.map_or_else(String::new, |name| format!(" ({name})"));
    let mut text = format!("`{operation}`: the job {id}{named} has failed");
    let said = match (fault.code.as_str(), fault.message.trim()) {
        ("", said) => said.to_owned(),
        (code, "") => code.to_owned(),
        (code, said) => format!("{code} ({said})"),
    };
    if !said.is_empty() {
        text = format!("{text}: {}", shorten(&said, MESSAGE + 100));
    }
    let failed = Error::new(Code::RecoveryJobFailed, text)
        .sent(Sent::Yes)
        .fault(fault);
    let failed = details::told(failed, &whole);
    match at(job, "properties.allowedActions").and_then(Value::as_array) {
        Some(actions) if actions.iter().any(|one| one == "Restart") => {
            failed.help("mend what it says, then `recovery::restart_job(job)` goes on with it")
        }
        _ => failed.help("mend what it says, then make the call again"),
    }
}

fn answer_says_nothing(error: &Value) -> bool {
    error["details"].as_array().is_none_or(Vec::is_empty)
}

/// Returns the error for a job that is not there, and was not since it was made.
pub(super) fn no_job(poller: &Poller, answer: &Response) -> Error {
    let (operation, id) = (&poller.call.operation, poller.job_id());
    let text = format!("`{operation}`: there is no job {id} (404): it is not known how it ended");
    let error = Error::new(Code::OperationUnknown, text).fault(fault(poller, answer, None));
    match operation.as_ref() {
        // Nothing was begun: a job was waited for that somebody named.
        "recovery::job" => error.sent(Sent::Yes).help(NAMED),
        "recovery::backup_job" => error.sent(Sent::Yes).help(NAMED_OF_BACKUP),
        _ => accepted(error),
    }
}

/// Returns the function by which another process goes on waiting.
pub(super) fn resume(poller: &Poller) -> &'static str {
    match poller.call.service {
        ServiceName::Recovery => "recovery::resume",
        _ => "arm::resume",
    }
}

/// Returns the error for work whose place has vanished: nobody knows how it ended.
pub(super) fn absent(poller: &Poller, answer: &Response) -> Error {
    let operation = &poller.call.operation;
    let text = format!(
        "`{operation}` was accepted, but what tells its state is gone (404): it is not known how it ended"
    );
    accepted(Error::new(Code::OperationUnknown, text)).fault(fault(poller, answer, None))
}

/// Returns the error for work that succeeded and whose result is not there.
pub(super) fn no_result(poller: &Poller, answer: &Response) -> Error {
    let operation = &poller.call.operation;
    let text = format!("`{operation}` has succeeded, but its result is not there (404)");
    let fault = fault(poller, answer, None);
    Error::new(dialect::of(poller.call.service).code(&fault), text)
        .help("do not repeat the call: look whether the object was deleted meanwhile")
        .sent(Sent::Yes)
        .fault(fault)
}

fn accepted(error: Error) -> Error {
    error
        .help("the call was accepted: look at the object, do not repeat the call")
        .sent(Sent::Yes)
}

/// Returns the error for work that has not ended in its time.
pub(super) fn pending(poller: &Poller, patience: Duration) -> Error {
    let patience = match duration::write(patience) {
        none if none.is_empty() => "0s".to_owned(),
        text => text,
    };
    let percent = poller.percent.map_or_else(String::new, |percent| {
        format!(", {}% done", percent.clamp(0.0, 100.0).round())
    });
    let text = format!(
        "`{}` was accepted, but has not ended within {patience} (its state is {}{percent})",
        poller.call.operation,
        poller.state()
    );
    let error = Error::new(Code::OperationPending, text).sent(Sent::Yes);
    match poller.handle() {
        Some(handle) => error
            .help(format!(
                "it goes on at the service: wait for it later with `{}(\"{handle}\").wait()`, do not repeat the call",
                resume(poller)
            ))
            .handle(handle),
        None => error.help("it goes on at the service: look at the object later, do not repeat the call"),
    }
}

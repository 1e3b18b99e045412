//! Waiting for what a service has only accepted. A poller knows what it does not know: a state it
//! has never heard of goes on, a failure is an error with all that the service says, and what has not
//! come in time is reported as still under way, never as done.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::call::{Call, StepKey};
use super::response::Response;
use super::retry_after::retry_after;
use crate::api::dialect;
use crate::api::model::{Effect, Idempotency, Until, Verb, Waiting};
use crate::base::clock::{Timestamp, later};
use crate::base::text::shorten;
use crate::error::{Code, Error, Sent};

/// Between two looks, where the service does not say.
const INTERVAL: Duration = Duration::from_secs(5);
/// A service may ask for a time between these.
const ASKED: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(600)];
/// States that are a failure, in lower case.
const FAILED: [&str; 4] = ["failed", "canceled", "cancelled", "rejected"];

/// The one who waits: a lane, with its clock and its steps.
pub trait Watcher {
    /// Makes a call and waits for its answer.
    fn call(&self, call: &Call) -> Result<Response, Error>;

    /// Waits by the clock, or fails when the run is told to stop.
    fn pause(&self, time: Duration) -> Result<(), Error>;

    /// Returns the present time of the clock.
    fn now(&self) -> Timestamp;

    /// Returns the key of the lane's next step.
    fn next_step(&self, operation: &str) -> StepKey;

    /// Is told that the work was still under way at the look of that number.
    fn still_under_way(&self, number: u64);
}

/// Brings one accepted answer to its end.
#[derive(Debug)]
pub struct Poller<'a> {
    /// The call that was answered.
    pub call: &'a Call,
    /// How its end is found.
    pub waiting: Waiting,
    /// The fields that were asked for; [`Until::AsSent`] is decided by them.
    pub sent: &'a Value,
    /// How long to wait for the end.
    pub patience: Duration,
}

impl Poller<'_> {
    /// Returns the answer that ends the call: `first` itself when there is nothing to wait for.
    pub fn settle(&self, watcher: &dyn Watcher, first: Response) -> Result<Response, Error> {
        let status = first.status;
        match self.waiting {
            Waiting::Location(until) if status == StatusCode::ACCEPTED => {
                let look = self.look(&self.place(&first, &["location"])?);
                self.watch(watcher, look, &first, |answer| self.arrived(until, answer))
            }
            Waiting::Operation if status == StatusCode::ACCEPTED => self.operation(watcher, &first),
            Waiting::Azure(_) if matches!(status, StatusCode::CREATED | StatusCode::ACCEPTED) => {
                self.azure(watcher, first)
            }
            Waiting::Repeat if not_ready(&first) => {
                let again = self.call.clone();
                self.watch(watcher, again, &first, |answer| Ok(!not_ready(answer)))
            }
            _ => Ok(first),
        }
    }

    /// Looks again and again until `done`.
    fn watch(
        &self,
        watcher: &dyn Watcher,
        mut look: Call,
        first: &Response,
        done: impl Fn(&Response) -> Result<bool, Error>,
    ) -> Result<Response, Error> {
        let deadline = later(watcher.now(), self.patience);
        let (mut delay, mut number) = (delay(first, watcher.now()), 0);
        while later(watcher.now(), delay) <= deadline {
            watcher.pause(delay)?;
            look.step = watcher.next_step(&look.operation);
            let answer = watcher.call(&look)?;
            if done(&answer)? {
                return Ok(answer);
            }
            number += 1;
            watcher.still_under_way(number);
            delay = self::delay(&answer, watcher.now());
        }
        Err(Error::new(
            Code::OperationPending,
            format!(
                "`{}` was accepted, but has not ended within {} s",
                self.call.operation,
                self.patience.as_secs()
            ),
        )
        .help("it goes on at the service: look at the object later, do not repeat the call")
        .sent(Sent::Yes))
    }

    /// An operation with a state of its own, and the object as it is then. Source: Microsoft Graph,
    /// "Update delegatedAdminAccessAssignment"; delegatedAdminRelationshipOperation resource type.
    fn operation(&self, watcher: &dyn Watcher, first: &Response) -> Result<Response, Error> {
        let look = self.look(&self.place(first, &["location"])?);
        let last = self.watch(watcher, look, first, |answer| self.ended(answer))?;
        match self.call.verb {
            Verb::Put | Verb::Patch => self.read_again(watcher),
            _ => Ok(last),
        }
    }

    /// Reads the object that the call has changed.
    fn read_again(&self, watcher: &dyn Watcher) -> Result<Response, Error> {
        let own = self.call.target.split('?').next().unwrap_or_default();
        let mut look = self.look(own);
        look.step = watcher.next_step(&look.operation);
        watcher.call(&look)
    }

    /// Azure's operations: their own state first, then the object they made. Source: Azure REST API
    /// guidelines, "Long-running operations".
    fn azure(&self, watcher: &dyn Watcher, first: Response) -> Result<Response, Error> {
        const STATE: &str = "azure-asyncoperation";
        if first.header(STATE).is_none() && first.header("location").is_none() {
            return Ok(first);
        }
        let look = self.look(&self.place(&first, &[STATE, "location"])?);
        let last = self.watch(watcher, look, &first, |answer| self.succeeded(answer))?;
        let has_state = first.header(STATE).is_some();
        let result = match self.call.verb {
            Verb::Put | Verb::Patch if has_state => self.call.target.clone(),
            _ if has_state && first.header("location").is_some() => {
                self.place(&first, &["location"])?
            }
            _ => return Ok(last),
        };
        let mut look = self.look(&result);
        look.step = watcher.next_step(&look.operation);
        watcher.call(&look)
    }

    /// Returns the call that reads `target`.
    fn look(&self, target: &str) -> Call {
        Call {
            verb: Verb::Get,
            target: target.to_owned(),
            headers: Vec::new(),
            body: None,
            effect: Effect::Read,
            idempotency: Idempotency::Idempotent,
            absent_is_answer: false,
            ..self.call.clone()
        }
    }

    /// Returns where the first of these headers leads, beneath the service's root.
    fn place(&self, answer: &Response, names: &[&str]) -> Result<String, Error> {
        let operation = &self.call.operation;
        let link = names.iter().find_map(|name| answer.header(name));
        let link = link.ok_or_else(|| {
            let text = format!("`{operation}` was accepted, but no place to look was named");
            Error::new(Code::HttpAnswer, text).sent(Sent::Yes)
        })?;
        let root = self.root(answer);
        let url = dialect::of(self.call.service)
            .resolve(&root, &answer.url, link)
            .map_err(|why| Error::new(Code::HttpAnswer, why).sent(Sent::Yes))?;
        if url.origin() != root.origin() {
            let host = url.host_str().unwrap_or("no host");
            let text = format!(
                "the place to look for the end of `{operation}` lies on {host}, which is not {}: \
                 it was not followed",
                self.call.service.as_str()
            );
            return Err(Error::new(Code::HttpForeignLink, text).sent(Sent::Yes));
        }
        let path = url.path().strip_prefix(root.path().trim_end_matches('/'));
        let path = path.unwrap_or(url.path());
        Ok(match url.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        })
    }

    /// Returns the service's root: what stands before the call's own target.
    fn root(&self, answer: &Response) -> Url {
        let own = self.call.target.split('?').next().unwrap_or_default();
        let mut root = answer.url.clone();
        let before = answer.url.path().strip_suffix(own).unwrap_or_default();
        root.set_path(before);
        root.set_query(None);
        root
    }

    /// Returns whether the object has arrived where it was to go; an error if it failed.
    fn arrived(&self, until: Until, answer: &Response) -> Result<bool, Error> {
        if answer.status == StatusCode::ACCEPTED {
            return Ok(false);
        }
        let object: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        self.not_failed(answer, &object)?;
        Ok(match until {
            Until::Is(field, value) => at(&object, field).is_some_and(|found| is(found, value)),
            Until::AsSent => within(self.sent, &object),
        })
    }

    /// Returns whether Azure's operation has succeeded; an error if it failed.
    fn succeeded(&self, answer: &Response) -> Result<bool, Error> {
        if answer.status == StatusCode::ACCEPTED {
            return Ok(false);
        }
        let object: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        self.not_failed(answer, &object)?;
        Ok(state(&object).is_none_or(|state| is(state, "succeeded")))
    }

    /// Returns whether an operation has said that it succeeded; an error if it failed. Whatever else
    /// it says, it goes on.
    fn ended(&self, answer: &Response) -> Result<bool, Error> {
        let object: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        self.not_failed(answer, &object)?;
        Ok(state(&object).is_some_and(|state| is(state, "succeeded")))
    }

    fn not_failed(&self, answer: &Response, object: &Value) -> Result<(), Error> {
        let Some(word) = state(object)
            .and_then(Value::as_str)
            .map(str::to_ascii_lowercase)
            .filter(|word| FAILED.contains(&word.as_str()))
        else {
            return Ok(());
        };
        let status = answer.status.as_u16();
        let mut fault = dialect::of(self.call.service).fault(status, &answer.headers, &answer.body);
        self.call.service.as_str().clone_into(&mut fault.service);
        fault.operation = self.call.operation.clone().into_owned();
        let mut text = format!(
            "`{}` was accepted and ended as `{word}`",
            self.call.operation
        );
        if let Some(said) = said(object) {
            text = format!("{text}: {}", shorten(said, 300));
        }
        Err(Error::new(Code::OperationFailed, text)
            .sent(Sent::Yes)
            .fault(fault))
    }
}

/// Returns whether the answer says to ask again.
fn not_ready(answer: &Response) -> bool {
    answer.status == StatusCode::NO_CONTENT && answer.headers.contains_key("retry-after")
}

fn delay(answer: &Response, now: Timestamp) -> Duration {
    let [least, most] = ASKED;
    retry_after(&answer.headers, now).map_or(INTERVAL, |asked| asked.clamp(least, most))
}

/// Returns the state of an operation or object.
fn state(object: &Value) -> Option<&Value> {
    at(object, "status").or_else(|| at(object, "properties.provisioningState"))
}

/// Returns what a failed operation says about itself.
fn said(object: &Value) -> Option<&str> {
    let places = ["error.message", "data"];
    let mut said = places
        .iter()
        .filter_map(|place| at(object, place)?.as_str());
    said.find(|said| !said.trim().is_empty())
}

fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(object, |at, name| at.get(name))
}

fn is(found: &Value, value: &str) -> bool {
    match found {
        Value::String(text) => text.eq_ignore_ascii_case(value),
        other => other.to_string().eq_ignore_ascii_case(value),
    }
}

/// Returns whether all fields of `sent` stand in `now`, whatever the casing of texts; what only the
/// service sets does not count.
fn within(sent: &Value, now: &Value) -> bool {
    match (sent, now) {
        (Value::Object(sent), Value::Object(now)) => sent
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "attributes" | "links"))
            .all(|(name, value)| match now.get(name) {
                Some(now) => within(value, now),
                None => value.is_null(),
            }),
        (Value::String(sent), now) => is(now, sent),
        _ => sent == now,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_sent_stands_in_the_object_whatever_else_there_is() {
        let sent =
            json!({"quantity": 7, "status": "Active", "gone": null, "attributes": {"etag": "1"}});
        let check = |now: Value, expected| assert_eq!(within(&sent, &now), expected, "{now}");
        check(json!({"quantity": 7, "status": "active", "id": "x"}), true);
        check(json!({"quantity": 5, "status": "active"}), false);
        check(json!({"status": "active"}), false);
    }
}

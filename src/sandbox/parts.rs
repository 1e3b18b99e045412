//! A request that is made of parts: each goes its own way through the sandbox, as if it had come
//! alone, with its own faults, throttling and ids; the answers are put together at the end.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};

use super::engine::{Engine, State};
use super::render::{self, Ids};
use super::reply::{Refusal, Reply};
use super::route::Service;
use super::store::Conditions;
use super::wire::{Answer, Incoming, Outgoing};

/// One part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// What it is called, by the other parts too.
    pub(crate) id: String,
    /// The parts that must have succeeded before: places in the list, earlier or later.
    pub(crate) after: Vec<usize>,
    /// The request, or why it is none.
    pub(crate) call: Result<Call, String>,
}

/// The request of a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path below the service's prefix, still encoded.
    pub(crate) path: String,
    /// The query without the question mark, still encoded.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Engine {
    /// Runs the parts of a request, each once those before it have ended, and answers with all of
    /// their answers. The last one to end stands first: clients may not rely on an order.
    pub(super) fn run_parts(
        &self,
        state: &mut State,
        conditions: &Conditions,
        (service, whole): (Service, &Incoming),
        parts: &[Part],
    ) -> Reply {
        let mut ended: BTreeMap<usize, u16> = BTreeMap::new();
        let mut answers = Vec::new();
        while let Some(place) = next(parts, &ended) {
            let part = &parts[place];
            let failed = part.after.iter().any(|before| {
                let status = ended.get(before);
                status.is_some_and(|status| *status >= 400)
            });
            let refusal = match &part.call {
                _ if failed => Some(Refusal::new(
                    424,
                    "FailedDependency",
                    "One of the requests that this one depends on has failed.",
                )),
                Err(text) => Some(Refusal::new(400, "BadRequest", text.as_str())),
                Ok(_) => None,
            };
            let answer = match (refusal, &part.call) {
                (None, Ok(call)) => {
                    let incoming = call.incoming(service, whole);
                    answered(self.pass(state, conditions, &incoming))
                }
                (refusal, _) => refusal.map(|refusal| {
                    let headers = HeaderMap::new();
                    let ids = Ids::read(service, &headers, &self.ids);
                    let reply = refusal.into_reply(service);
                    render::answer(service, conditions, &ids, &headers, reply)
                }),
            };
            let shown = shown(&part.id, answer);
            ended.insert(place, shown.0);
            answers.push(shown.1);
        }
        answers.reverse();
        Reply::ok(json!({ "responses": answers }))
    }
}

/// Returns the first part that has not ended and waits for none.
fn next(parts: &[Part], ended: &BTreeMap<usize, u16>) -> Option<usize> {
    let mut waiting = parts.iter().enumerate();
    waiting
        .find(|(place, part)| {
            !ended.contains_key(place) && part.after.iter().all(|before| ended.contains_key(before))
        })
        .map(|(place, _)| place)
}

/// Tells whether every part can be reached: none waits for itself.
pub(crate) fn can_end(parts: &[Part]) -> bool {
    let mut ended = BTreeMap::new();
    while let Some(place) = next(parts, &ended) {
        ended.insert(place, 200);
    }
    ended.len() == parts.len()
}

impl Call {
    /// Returns the part as a request of its own, with the token of the whole.
    fn incoming(&self, service: Service, whole: &Incoming) -> Incoming {
        let mut headers = self.headers.clone();
        headers.remove("authorization");
        if let Some(token) = whole.headers.get("authorization") {
            headers.insert("authorization", token.clone());
        }
        Incoming {
            method: self.method.clone(),
            path: format!("/{}{}", service.as_str(), self.path),
            query: self.query.clone(),
            headers,
            body: self.body.clone(),
            origin: whole.origin.clone(),
        }
    }
}

/// Returns the answer that arrived; a connection that broke is none.
fn answered(outgoing: Outgoing) -> Option<Answer> {
    match outgoing {
        Outgoing::Answer(answer) => Some(answer),
        Outgoing::Cut(_) | Outgoing::Drop | Outgoing::Hang => None,
    }
}

/// Returns the status and the answer of a part as it stands in the whole one's. JSON stays JSON,
/// all else is base64. Where no answer arrived, the gateway's own (unconfirmed).
fn shown(id: &str, answer: Option<Answer>) -> (u16, Value) {
    let Some(answer) = answer else {
        let error = json!({ "code": "UnknownError", "message": "" });
        let shown = json!({ "id": id, "status": 504, "headers": {}, "body": { "error": error } });
        return (504, shown);
    };
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    let mut shown = json!({ "id": id, "status": answer.status, "headers": headers });
    let kind = headers.get("content-type").and_then(Value::as_str);
    let is_json = kind.is_some_and(|kind| kind.contains("json"));
    if !answer.body.is_empty() {
        let read = serde_json::from_slice::<Value>(&answer.body).ok();
        let encoded = || BASE64_STANDARD.encode(&answer.body).into();
        shown["body"] = read.filter(|_| is_json).unwrap_or_else(encoded);
    }
    (answer.status, shown)
}

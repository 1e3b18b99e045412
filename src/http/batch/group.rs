//! One group of parts: each enters its own step of the run; then all travel together until each has
//! come to something. Whether a part is sent again is decided for it alone, by the rule of single
//! calls: a batch that got lost is sent again without the writes that may not be repeated.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::{Member, Settled, wire};
use crate::api::model::Effect;
use crate::error::{Code, Error};
use crate::http::client::Client;
use crate::http::policy::retry::{Again, Attempts, Decision};
use crate::http::policy::throttle::Quota;
use crate::http::request::Request;
use crate::http::response::Response;

/// Parts that travel together.
pub(super) struct Group<'a> {
    client: &'a Client,
    members: &'a [Member<'a>],
    /// The places of its members.
    places: Vec<usize>,
    settled: RefCell<Settled>,
}

/// A member that has come to nothing yet.
struct Pending {
    at: usize,
    attempts: Attempts,
    /// How its last attempt ended, if it was made at all.
    last: Option<Result<Response, Error>>,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        client: &'a Client,
        members: &'a [Member<'a>],
        places: Vec<usize>,
        settled: Settled,
    ) -> Self {
        Self {
            client,
            members,
            places,
            settled: RefCell::new(settled),
        }
    }

    /// Brings all its members to something.
    pub(super) fn run(self) -> Result<Settled, Error> {
        self.enter(0);
        match self.end() {
            Some(end) => Err(end),
            None => Ok(self.settled.into_inner()),
        }
    }

    /// Enters the steps of the members from that one on, and has them sent within the last: each
    /// step begins before anything is sent, and ends with what its own part has come to.
    fn enter(&self, number: usize) {
        let Some(&at) = self.places.get(number) else {
            return self.exchange();
        };
        if let Some(failed) = self.failed(at) {
            self.settle(at, Err(self.members[at].left_out(failed)));
            return self.enter(number + 1);
        }
        let call = &self.members[at].part.call;
        let entered = Cell::new(false);
        let result = self.client.step(&call.step, call.effect, &|| {
            entered.set(true);
            self.enter(number + 1);
            let result = self.settled.borrow_mut()[at].take();
            result.unwrap_or_else(|| Err(self.end().unwrap_or_else(unsent)))
        });
        self.settle(at, result);
        if !entered.get() {
            self.enter(number + 1); // it is answered from the record
        }
    }

    /// Sends the members that have come to nothing yet, until each has.
    fn exchange(&self) {
        if self.end().is_some() {
            return;
        }
        let open = self.places.iter().filter(|at| !self.is_settled(**at));
        let mut pending: Vec<Pending> = open
            .map(|at| Pending {
                at: *at,
                attempts: Attempts::default(),
                last: None,
            })
            .collect();
        loop {
            pending.retain(|one| match self.failed(one.at) {
                Some(failed) => {
                    self.settle(one.at, Err(self.members[one.at].left_out(failed)));
                    false
                }
                None => true,
            });
            if pending.is_empty() {
                return;
            }
            let (left, pause) = self.attempt(pending);
            if let Err(stop) = self.client.pause(pause) {
                return self.stop(left, &stop);
            }
            pending = left;
        }
    }

    /// Sends members once; returns those that are to be sent again, and after which time: the longest
    /// that one of them was asked to wait.
    fn attempt(&self, pending: Vec<Pending>) -> (Vec<Pending>, Duration) {
        let answers = self.send(&pending);
        let retry = &self.client.shared.pipeline.retry;
        let (mut left, mut longest, mut costs) = (Vec::new(), Duration::ZERO, false);
        for (mut one, result) in pending.into_iter().zip(answers) {
            let member = &self.members[one.at];
            if self.was_left_out(member, &result) {
                left.push(one);
                continue;
            }
            match retry.decide(&mut one.attempts, &member.request, result) {
                Decision::Stands(result) => {
                    self.settle(one.at, result.and_then(|answer| member.accept(answer)));
                }
                Decision::Again(Again {
                    pause,
                    failed,
                    result,
                }) => {
                    longest = longest.max(pause);
                    costs |= failed;
                    one.last = Some(result);
                    left.push(one);
                }
            }
        }
        if costs {
            retry.pay();
        }
        (left, longest)
    }

    /// Returns whether the service did not carry a part out because one before it is not done yet.
    fn was_left_out(&self, member: &Member<'_>, result: &Result<Response, Error>) -> bool {
        let settled = self.settled.borrow();
        let is_done = |at: &usize| matches!(settled[*at], Some(Ok(_)));
        matches!(result, Ok(answer) if answer.status == StatusCode::FAILED_DEPENDENCY)
            && !member.part.after.iter().all(is_done)
    }

    /// Sends a batch and returns what came for each part. What befalls the batch befalls them all.
    fn send(&self, pending: &[Pending]) -> Vec<Result<Response, Error>> {
        let members: Vec<(usize, &Member<'_>)> = pending
            .iter()
            .map(|one| (one.at, &self.members[one.at]))
            .collect();
        let pipeline = Arc::clone(&self.client.shared.pipeline);
        let quotas: Vec<Quota> = members
            .iter()
            .map(|(_, member)| Quota::of(&member.request))
            .collect();
        for (_, member) in &members {
            if let Some(logging) = &pipeline.logging {
                logging.part(&member.request);
            }
        }
        let sent = self.request(&members).and_then(|mut request| {
            let (pipeline, quotas) = (Arc::clone(&pipeline), quotas.clone());
            self.client.shared.runtime.run(async move {
                let sent = pipeline.throttle.turn(&request, &quotas).await?;
                Ok((sent, pipeline.batched.send(&mut request).await?))
            })
        });
        let (sent, whole) = match sent {
            Ok(sent) => sent,
            Err(error) => return vec![Err(error); members.len()],
        };
        let answers = if whole.status.is_success() {
            wire::answers(&whole, &members)
        } else {
            vec![Ok(whole); members.len()]
        };
        for ((_, member), (quota, answer)) in members.iter().zip(quotas.iter().zip(&answers)) {
            if let Ok(answer) = answer {
                pipeline.throttle.learn(quota, sent, answer);
                if let Some(logging) = &pipeline.logging {
                    logging.answered(&member.request, answer);
                }
            }
        }
        answers
    }

    /// Returns the request that carries these members.
    fn request(&self, members: &[(usize, &Member<'_>)]) -> Result<Request, Error> {
        let (_, first) = members.first().ok_or_else(unsent)?;
        let call = &first.part.call;
        let mut url = self.client.root(call.service)?.clone();
        let root = url.path().trim_end_matches('/').to_owned();
        let (version, _) = wire::split(&call.target);
        url.set_path(&format!("{root}/{version}/$batch"));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let effects = members.iter().map(|(_, member)| member.request.effect);
        Ok(Request {
            operation: "graph::batch".into(),
            method: Method::POST,
            url,
            headers,
            body: Some(wire::body(members)?),
            effect: effects.max().unwrap_or(Effect::Read),
            repeatable: false,
            ..first.request.clone()
        })
    }

    /// Settles what is left when the run is told to stop.
    fn stop(&self, left: Vec<Pending>, stop: &Error) {
        for one in left {
            let request = &self.members[one.at].request;
            let last = one.last.unwrap_or_else(|| Err(stop.clone()));
            let error = one.attempts.stopped(request, last, stop.clone());
            self.settle(one.at, Err(error));
        }
    }

    fn settle(&self, at: usize, result: Result<Response, Error>) {
        self.settled.borrow_mut()[at] = Some(result);
    }

    fn is_settled(&self, at: usize) -> bool {
        self.settled.borrow()[at].is_some()
    }

    /// Returns the name of a part that this one depends on and that failed.
    fn failed(&self, at: usize) -> Option<&'a str> {
        let settled = self.settled.borrow();
        let after = &self.members[at].part.after;
        let failed = |at: &&usize| matches!(settled[**at], Some(Err(_)));
        let failed = after.iter().find(failed)?;
        Some(&self.members[*failed].part.name)
    }

    /// Returns the error that ends the run, if there is one.
    fn end(&self) -> Option<Error> {
        let settled = self.settled.borrow();
        let errors = settled
            .iter()
            .flatten()
            .filter_map(|one| one.as_ref().err());
        let mut ends = errors.filter(|error| !error.code().catchable());
        let end = ends.next()?.clone();
        let unknown = settled
            .iter()
            .flatten()
            .filter_map(|one| one.as_ref().err());
        let unknown = unknown.filter(|error| error.code() == Code::OperationUnknown);
        Some(end.related(unknown.cloned()))
    }
}

/// Nothing leaves a group without having been sent, unless the run ends.
fn unsent() -> Error {
    Error::new(Code::Internal, "a part of a batch was not sent")
}

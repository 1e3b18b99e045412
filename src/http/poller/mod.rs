//! Waiting for what a service has only accepted. A [`Poller`] is one such call on its way to its end:
//! it decides where to look next and when, what an answer means, and how the call ends, but it never
//! waits or sends anything; the driver does, for one poller or for a thousand. It knows what it does
//! not know: a state it has never heard of goes on, a failure is an error with all that the service
//! says, and what has not come in time is reported as still under way, never as done.

mod azure;
mod condition;
mod drive;
mod failure;
mod handle;
mod job;
mod job_error;
mod pace;
mod place;
mod said;
#[cfg(test)]
mod tests;
mod unseen;

use std::borrow::Cow;
use std::sync::Arc;

use http::StatusCode;
use url::Url;

use super::call::Call;
use super::response::Response;
use crate::api::ServiceName;
use crate::api::model::{Effect, Idempotency, Until, Verb, Waiting};
use crate::base::clock::Timestamp;
use crate::base::random;
use crate::error::{Code, Error};
use azure::Azure;
use condition::Condition;
pub use drive::{Ended, Looks, Stand, Wait, Watch};
use job::Job;
pub use job::JobsAt;
use pace::Pace;
use place::Place;

/// What Azure recognises a request by; the looks carry that of the call they belong to.
const REQUEST_ID: &str = "x-ms-client-request-id";

/// One accepted call on its way to its end.
#[derive(Debug)]
pub struct Poller {
    /// The call that was answered.
    call: Arc<Call>,
    /// The root of its service: nothing outside it is looked at.
    root: Url,
    kind: Kind,
    next: Next,
    /// The last state that was told, in the service's own words.
    state: String,
    /// How much is done, in percent, where the service says.
    percent: Option<f64>,
    /// Which part of the work is under way, where the service says.
    task: Option<String>,
    /// Where the job is read that the operation names when it has succeeded, if it is waited for.
    jobs: Option<JobsAt>,
}

/// How the end is found.
#[derive(Debug)]
enum Kind {
    /// Azure's long-running operations.
    Azure(Azure),
    /// A job that the operation has made.
    Job(Job),
    /// An object is read until a condition holds.
    Arrival(Condition, Pace),
    /// An operation with a state of its own, then the object as it is.
    Operation,
    /// The same request, until it is ready.
    Repeat,
}

/// What comes next.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// A look there, not before that time.
    Look(Arc<Call>, Timestamp),
    /// The work is done: its result is read there, not before that time.
    Final(Arc<Call>, Timestamp),
    /// The answer that ends the call.
    Done(Response),
    /// The work has failed.
    Failed(Error),
}

/// What a call is given before it is sent whose end is looked for by its looks: they carry the same
/// id of the request. One that the caller gave stays.
pub fn identify(call: &mut Call) {
    let azure = matches!(call.service, ServiceName::Arm | ServiceName::Recovery);
    let mut names = call.headers.iter().map(|(name, _)| name);
    if azure && !names.any(|name| name.eq_ignore_ascii_case(REQUEST_ID)) {
        let id = random::guid().to_string();
        call.headers.push((Cow::Borrowed(REQUEST_ID), id));
    }
}

impl Poller {
    /// Takes a call's first answer. `reading` is what [`Waiting::Read`] reads, without its step.
    pub fn begin(
        call: Call,
        waiting: Waiting,
        reading: Option<Call>,
        root: &Url,
        first: Response,
        now: Timestamp,
    ) -> Self {
        let accepted = first.status == StatusCode::ACCEPTED;
        let mut poller = Self::taking(call, root, first.clone());
        let next = match waiting {
            Waiting::Azure(via) => poller.start_azure(via, first, now),
            Waiting::Location(until) if accepted => {
                let sent = poller.call.body.clone().unwrap_or_default();
                let condition = match until {
                    Until::Is(field, value) => Condition::is(field, value),
                    Until::AsSent => Condition::AsSent(said::json(&sent)),
                };
                poller.kind = Kind::Arrival(condition, Pace::OURS);
                poller.to_location(&first, now)
            }
            Waiting::Operation if accepted => {
                poller.kind = Kind::Operation;
                poller.to_location(&first, now)
            }
            Waiting::Read(read) => match reading {
                Some(reading) => {
                    poller.kind = Kind::Arrival(Condition::is(read.field, read.value), Pace::READ);
                    Ok(poller.until_read(reading, first, now))
                }
                None => Ok(Next::Done(first)),
            },
            Waiting::Repeat if not_ready(&first) => {
                let again = Arc::clone(&poller.call);
                let at = Pace::OURS.after(&first, now);
                Ok(Next::Look(again, at))
            }
            _ => Ok(Next::Done(first)),
        };
        poller.turn(next);
        poller
    }

    /// A poller of a call that nothing is known of yet.
    fn unanswered(call: Call, root: &Url) -> Self {
        Self {
            next: Next::Failed(Error::new(Code::Internal, "a poller begins nowhere")),
            call: Arc::new(call),
            root: root.clone(),
            kind: Kind::Repeat,
            state: String::new(),
            percent: None,
            task: None,
            jobs: None,
        }
    }

    /// A poller of a call whose first answer is all there is, so far.
    fn taking(call: Call, root: &Url, first: Response) -> Self {
        Self {
            next: Next::Done(first),
            ..Self::unanswered(call, root)
        }
    }

    /// Returns the operation, as scripts write it.
    pub fn operation(&self) -> &str {
        &self.call.operation
    }

    /// Returns the call that was accepted.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the last state that was told, in the service's own words where it has some.
    pub fn state(&self) -> &str {
        match (&self.next, self.state.as_str()) {
            (Next::Done(_), "") => "Succeeded",
            (Next::Failed(_), "") => "Failed",
            (_, "") => "InProgress",
            (_, word) => word,
        }
    }

    /// Returns how much is done, in percent, where the service says.
    pub fn percent(&self) -> Option<f64> {
        self.percent
    }

    /// Returns which part of the work is under way, where the service says.
    pub fn task(&self) -> Option<&str> {
        self.task.as_deref().filter(|_| !self.is_done())
    }

    /// Returns how the call has ended, if it has.
    pub fn result(&self) -> Option<Result<Response, Error>> {
        match &self.next {
            Next::Done(answer) => Some(Ok(answer.clone())),
            Next::Failed(error) => Some(Err(error.clone())),
            Next::Look(..) | Next::Final(..) => None,
        }
    }

    /// Returns whether the call has ended.
    pub fn is_done(&self) -> bool {
        matches!(self.next, Next::Done(_) | Next::Failed(_))
    }

    /// Returns where to look next and not before which time, unless the call has ended.
    pub(crate) fn next(&self) -> Option<(&Arc<Call>, Timestamp)> {
        match &self.next {
            Next::Look(call, at) | Next::Final(call, at) => Some((call, *at)),
            Next::Done(_) | Next::Failed(_) => None,
        }
    }

    /// Returns whether the work is done and only its result is still to be read.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.next, Next::Final(..))
    }

    /// Takes the answer to what was asked next: a success or 404, which here may be an answer.
    pub fn step(&mut self, answer: Response, now: Timestamp) {
        if self.is_done() {
            return;
        }
        let is_final = self.is_final();
        let next = match self.kind {
            _ if is_final => self.read_result(answer, now),
            Kind::Azure(_) => self.step_azure(answer, now),
            Kind::Job(_) => self.step_job(answer, now),
            Kind::Repeat if not_ready(&answer) => Ok(self.again(&answer, Pace::OURS, now)),
            Kind::Repeat => Ok(Next::Done(answer)),
            _ if answer.status == StatusCode::NOT_FOUND => Err(failure::absent(self, &answer)),
            Kind::Operation => self.ended(answer, now),
            Kind::Arrival(..) => self.arrived(answer, now),
        };
        self.turn(next);
    }

    fn turn(&mut self, next: Result<Next, Error>) {
        self.next = next.unwrap_or_else(Next::Failed);
    }

    /// Returns a look at the same place as before.
    fn again(&self, answer: &Response, pace: Pace, now: Timestamp) -> Next {
        let at = pace.after(answer, now);
        match &self.next {
            Next::Look(call, _) => Next::Look(Arc::clone(call), at),
            Next::Final(call, _) => Next::Final(Arc::clone(call), at),
            end => end.clone(),
        }
    }

    /// Takes what the result was read from. It may still be on its way.
    fn read_result(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        match answer.status {
            StatusCode::ACCEPTED => Ok(self.again(&answer, Pace::AZURE, now)),
            StatusCode::NOT_FOUND => Err(failure::no_result(self, &answer)),
            _ => Ok(Next::Done(answer)),
        }
    }

    /// Begins to look where `Location` leads.
    fn to_location(&self, first: &Response, now: Timestamp) -> Result<Next, Error> {
        let link = first.header("location");
        let link = link.ok_or_else(|| failure::nowhere(self))?;
        let place = Place::new(self, &first.url, link)?;
        Ok(Next::Look(
            self.look(&place.target),
            Pace::OURS.after(first, now),
        ))
    }

    /// Begins to read another operation's answer, unless the first one says all.
    fn until_read(&self, reading: Call, first: Response, now: Timestamp) -> Next {
        let object = said::json(&first.body);
        if let Kind::Arrival(condition, _) = &self.kind
            && condition.holds(&object)
        {
            return Next::Done(first);
        }
        let mut look = reading;
        look.absent_is_answer = true;
        look.headers.extend(self.request_id());
        Next::Look(Arc::new(look), Pace::READ.after(&first, now))
    }

    /// Takes what was read of an operation with a state of its own. Source: Microsoft Graph, "Update
    /// delegatedAdminAccessAssignment"; delegatedAdminRelationshipOperation resource type.
    fn ended(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        let object = said::json(&answer.body);
        self.tell(said::state(&object));
        failure::unless_failed(self, &answer, &object)?;
        if !said::state(&object).is_some_and(|state| state.eq_ignore_ascii_case("succeeded")) {
            return Ok(self.again(&answer, Pace::OURS, now));
        }
        Ok(match self.call.verb {
            Verb::Put | Verb::Patch => {
                let own = self.call.target.split('?').next().unwrap_or_default();
                Next::Final(self.look(own), now)
            }
            _ => Next::Done(answer),
        })
    }

    /// Takes what was read of the object that is to arrive.
    fn arrived(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        let Kind::Arrival(condition, pace) = &self.kind else {
            return Ok(Next::Done(answer));
        };
        let pace = *pace;
        if answer.status == StatusCode::ACCEPTED {
            return Ok(self.again(&answer, pace, now));
        }
        let object = said::json(&answer.body);
        let (holds, state) = (condition.holds(&object), condition.state(&object));
        self.tell(state);
        failure::unless_failed(self, &answer, &object)?;
        if holds {
            return Ok(Next::Done(answer));
        }
        Ok(self.again(&answer, pace, now))
    }

    /// Keeps the state that was told.
    fn tell(&mut self, state: Option<&str>) {
        if let Some(state) = state
            && self.state != state
        {
            state.clone_into(&mut self.state);
        }
    }

    /// Returns the call that reads `target`. That nothing is there is an answer to it.
    fn look(&self, target: &str) -> Arc<Call> {
        Arc::new(Call {
            verb: Verb::Get,
            target: target.to_owned(),
            headers: self.request_id().into_iter().collect(),
            body: None,
            effect: Effect::Read,
            idempotency: Idempotency::Idempotent,
            absent_is_answer: true,
            ..Call::clone(&self.call)
        })
    }

    /// Returns the header by which the service knows the call that was accepted.
    fn request_id(&self) -> Option<(Cow<'static, str>, String)> {
        let mut headers = self.call.headers.iter();
        let own = headers.find(|(name, _)| name.eq_ignore_ascii_case(REQUEST_ID));
        own.cloned()
    }
}

/// Returns whether the answer says to ask again.
fn not_ready(answer: &Response) -> bool {
    answer.status == StatusCode::NO_CONTENT && answer.headers.contains_key("retry-after")
}

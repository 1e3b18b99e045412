//! Azure's long-running operations: which of three ways leads to the end, what each answer on it
//! means, and where the result is read. Source: Azure Resource Manager RPC, "Asynchronous
//! operations"; azure-core and azure-mgmt-core, `polling.base_polling` and `arm_polling`.

use http::StatusCode;

use super::pace::{self, Pace};
use super::place::Place;
use super::said::Said;
use super::{Kind, Next, Poller, failure};
use crate::api::model::{Final, Verb};
use crate::base::clock::Timestamp;
use crate::error::Error;
use crate::http::response::Response;

/// The header that leads to an operation's own state.
const STATE: &str = "azure-asyncoperation";
const LOCATION: &str = "location";

/// What is remembered of an operation of Azure.
#[derive(Debug, Clone)]
pub(super) struct Azure {
    pub(super) algorithm: Algorithm,
    /// Where the document says that the result is.
    pub(super) via: Final,
    /// Where the looks go; a newer header takes its place.
    pub(super) place: Place,
    /// Where `Location` leads, beside an operation's own state: resolved only when it is followed.
    pub(super) location: Option<Link>,
    /// Whether some answer was a 202.
    pub(super) accepted: bool,
}

/// A link as it was given, and where the answer came from that gave it.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) base: url::Url,
    pub(super) link: String,
}

/// How the end is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// `Azure-AsyncOperation`: a document with a `status`.
    State,
    /// `Location`: 202 until it is done.
    Location,
    /// The object itself, with its `provisioningState`.
    Body,
}

impl Poller {
    /// Takes the first answer.
    pub(super) fn start_azure(
        &mut self,
        via: Final,
        first: Response,
        now: Timestamp,
    ) -> Result<Next, Error> {
        failure::unless_documented(self, &first)?;
        let (state, location) = (named(&first, STATE), named(&first, LOCATION));
        let puts = matches!(self.call.verb, Verb::Put | Verb::Patch);
        let (algorithm, place) = match (state, location) {
            (Some(link), _) => (Algorithm::State, Place::new(self, &first.url, link)?),
            (None, Some(link)) => (Algorithm::Location, Place::new(self, &first.url, link)?),
            (None, None) if puts => (Algorithm::Body, self.own_place()),
            (None, None) => return Ok(Next::Done(first)),
        };
        let look = self.look(&place.target);
        let azure = Azure {
            algorithm,
            via,
            place,
            location: link(&first),
            accepted: first.status == StatusCode::ACCEPTED,
        };
        let said = Said::read(&first.body).unwrap_or_default();
        self.percent = said.percent;
        let word = initial(algorithm, first.status, said);
        self.kind = Kind::Azure(azure);
        match word {
            None => Ok(Next::Look(look, pace::first(&first, now))),
            Some(word) => {
                self.tell(Some(&word));
                self.next = Next::Look(look, pace::first(&first, now));
                match End::of(&word) {
                    None => Ok(self.next.clone()),
                    Some(End::Failed) => Err(failure::failed(self, &word, &first)),
                    Some(End::Succeeded) => self.result_of(first, now),
                }
            }
        }
    }

    /// The call's own address, where its object is read.
    fn own_place(&self) -> Place {
        Place {
            link: String::new(),
            target: self.call.target.clone(),
        }
    }

    /// Takes what a look found.
    pub(super) fn step_azure(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        let Kind::Azure(azure) = &self.kind else {
            return Ok(Next::Done(answer));
        };
        let algorithm = azure.algorithm;
        if answer.status == StatusCode::NOT_FOUND {
            // The results of a deletion may lie beneath what is gone now.
            let gone = self.call.verb == Verb::Delete
                && algorithm == Algorithm::Location
                && azure.accepted;
            return if gone {
                Ok(Next::Done(answer))
            } else {
                Err(failure::absent(self, &answer))
            };
        }
        failure::unless_documented(self, &answer)?;
        let moved = self.follow(&answer)?;
        match algorithm {
            Algorithm::Location if answer.status == StatusCode::ACCEPTED => {
                Ok(self.later(&answer, moved, now))
            }
            Algorithm::Location => self.at_location(answer, now),
            Algorithm::State | Algorithm::Body => self.read_state(algorithm, answer, moved, now),
        }
    }

    /// Reads the state that a look found.
    fn read_state(
        &mut self,
        algorithm: Algorithm,
        answer: Response,
        moved: bool,
        now: Timestamp,
    ) -> Result<Next, Error> {
        let said = Said::read(&answer.body).map_err(|why| failure::unfit(self, &answer, &why))?;
        let word = match algorithm {
            Algorithm::Body => said.provisioning.unwrap_or_else(|| "Succeeded".to_owned()),
            _ => said.status.ok_or_else(|| failure::stateless(self))?,
        };
        self.percent = said.percent.or(self.percent);
        self.tell(Some(&word));
        match End::of(&word) {
            None => Ok(self.later(&answer, moved, now)),
            Some(End::Failed) => Err(failure::failed(self, &word, &answer)),
            Some(End::Succeeded) => self.result_of(answer, now),
        }
    }

    /// Takes the answer that `Location` gave in the end: the one that the call itself would have had.
    fn at_location(&mut self, answer: Response, now: Timestamp) -> Result<Next, Error> {
        if matches!(self.call.verb, Verb::Put | Verb::Patch) {
            if answer.body.iter().all(u8::is_ascii_whitespace) {
                return Ok(Next::Final(self.look(&self.call.target), now));
            }
            // An object that says that it could not be made is none that was made.
            let said = Said::read(&answer.body).unwrap_or_default();
            let word = said.provisioning.unwrap_or_default();
            if End::of(&word) == Some(End::Failed) {
                self.tell(Some(&word));
                return Err(failure::failed(self, &word, &answer));
            }
        }
        self.tell(Some("Succeeded"));
        Ok(Next::Done(answer))
    }

    /// Follows the newest headers; returns whether they lead elsewhere than those before.
    fn follow(&mut self, answer: &Response) -> Result<bool, Error> {
        let Kind::Azure(azure) = &self.kind else {
            return Ok(false);
        };
        let name = match azure.algorithm {
            Algorithm::State => STATE,
            Algorithm::Location => LOCATION,
            Algorithm::Body => return Ok(false),
        };
        let header = named(answer, name);
        let newer = header
            .map(|link| azure.place.newer(self, &answer.url, link))
            .transpose()?;
        let (location, accepted) = (link(answer), answer.status == StatusCode::ACCEPTED);
        let Kind::Azure(azure) = &mut self.kind else {
            return Ok(false);
        };
        azure.accepted |= accepted;
        azure.location = location.or(azure.location.take());
        let moved = newer.is_some_and(|newer| {
            let moved = newer.target != azure.place.target;
            azure.place = newer;
            moved
        });
        Ok(moved)
    }

    /// Returns the next look.
    fn later(&self, answer: &Response, moved: bool, now: Timestamp) -> Next {
        match &self.kind {
            Kind::Azure(azure) if moved => Next::Look(
                self.look(&azure.place.target),
                Pace::AZURE.after(answer, now),
            ),
            _ => self.again(answer, Pace::AZURE, now),
        }
    }

    /// Returns where the result is, once the work has succeeded with this answer.
    fn result_of(&mut self, last: Response, now: Timestamp) -> Result<Next, Error> {
        if let Some(job) = self.job_of(&last, now) {
            return Ok(job);
        }
        let Kind::Azure(azure) = &self.kind else {
            return Ok(Next::Done(last));
        };
        if azure.algorithm != Algorithm::State {
            return Ok(Next::Done(last));
        }
        let verb = self.call.verb;
        let read = |place: Place| Next::Final(self.look(&place.target), now);
        let location = || {
            let found = azure.location.as_ref();
            found.map(|found| Place::new(self, &found.base, &found.link))
        };
        if azure.via == Final::Location
            && let Some(place) = location()
        {
            return Ok(read(place?));
        }
        if azure.via == Final::AsyncOperation && verb == Verb::Post {
            return Ok(Next::Done(last));
        }
        let said = Said::read(&last.body).unwrap_or_default();
        if let Some(link) = said.result {
            return Ok(read(Place::new(self, &last.url, &link)?));
        }
        let original = azure.via == Final::OriginalUri && verb != Verb::Delete;
        if original || matches!(verb, Verb::Put | Verb::Patch) {
            return Ok(read(self.own_place()));
        }
        match location() {
            Some(place) if verb == Verb::Post => Ok(read(place?)),
            _ => Ok(Next::Done(last)),
        }
    }
}

/// Returns the link that a header holds; an empty one leads nowhere.
fn named<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.header(name).filter(|link| !link.is_empty())
}

fn link(answer: &Response) -> Option<Link> {
    named(answer, LOCATION).map(|link| Link {
        base: answer.url.clone(),
        link: link.to_owned(),
    })
}

/// Returns the state that the first answer tells; `None`: it is not told yet.
fn initial(algorithm: Algorithm, status: StatusCode, said: Said) -> Option<String> {
    let done = || "Succeeded".to_owned();
    match algorithm {
        Algorithm::State => said.status,
        Algorithm::Location => None,
        Algorithm::Body => match status {
            StatusCode::ACCEPTED => None,
            StatusCode::CREATED => said.provisioning,
            StatusCode::NO_CONTENT => Some(done()),
            _ => Some(said.provisioning.unwrap_or_else(done)),
        },
    }
}

/// A state after which nothing comes; every other word means that the work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Succeeded,
    Failed,
}

impl End {
    fn of(word: &str) -> Option<Self> {
        let is = |end: &str| word.eq_ignore_ascii_case(end);
        if is("succeeded") {
            return Some(Self::Succeeded);
        }
        // Recovery Services write `Cancelled`.
        let failed = ["failed", "canceled", "cancelled"].into_iter().any(is);
        failed.then_some(Self::Failed)
    }
}

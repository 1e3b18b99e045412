//! The driver: looks where pollers say, when they say, for one of them or for thousands at once. It
//! is one task of the runtime, which wakes when a look is due or an answer has come; there is no
//! thread per poller. The lane that waits blocks meanwhile, its work given up while nothing happens.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Poller, failure, unseen};
use crate::base::clock::{self, Clock, Timestamp, Work, later};
use crate::error::Error;
use crate::http::answer;
use crate::http::call::{Call, StepKey};
use crate::http::client::Client;
use crate::http::request::{Request, until_stopped};
use crate::http::response::Response;
use crate::http::runtime::lost;

/// Looks under way at the same time; as many connections are kept open.
const MOST: usize = 64;

/// A poller that is waited for.
#[derive(Debug)]
pub struct Wait {
    /// It.
    pub poller: Poller,
    /// How long, from now.
    pub patience: Duration,
    /// How often it is looked.
    pub looks: Looks,
    /// The step of the run that the wait is: what ends it is recorded as its answer.
    pub step: StepKey,
}

/// How often a wait looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Until the end.
    All,
    /// Once.
    One,
}

/// What a wait has come to.
#[derive(Debug)]
pub struct Ended {
    /// The poller as it is now.
    pub poller: Poller,
    /// How the call ended, or why it is not known; `None`: it is still under way after its one look.
    pub result: Option<Result<Response, Error>>,
}

/// How a wait goes.
#[derive(Debug)]
pub struct Stand<'a> {
    /// How many calls have ended.
    pub done: usize,
    /// Of how many.
    pub of: usize,
    /// The one that was looked at last.
    pub last: &'a Poller,
    /// How long the wait has taken so far, by the clock.
    pub elapsed: Duration,
}

/// Is told after each look how the wait goes.
pub type Watch = Box<dyn FnMut(&Stand<'_>) + Send>;

impl Client {
    /// Waits for calls that were accepted and returns what each has come to, in their order; blocks
    /// the calling lane, which must hold a [`Work`].
    pub fn wait(&self, all: Vec<Wait>, watch: Watch) -> Vec<Ended> {
        let steps: Vec<StepKey> = all.iter().map(|one| one.step.clone()).collect();
        let now = self.clock().now();
        let each = all.into_iter().map(|one| Way::new(self, one, now));
        let ways: Vec<Way> = each.collect();
        let ways = self.drive(ways, watch, now);
        let each = ways.into_iter().zip(&steps);
        each.map(|(way, step)| self.recorded(way, step)).collect()
    }

    fn drive(&self, mut ways: Vec<Way>, watch: Watch, now: Timestamp) -> Vec<Way> {
        if ways.iter_mut().all(|way| way.due().is_none()) {
            return ways; // most calls end with their first answer
        }
        let drive = Drive {
            client: self.stopped_by(self.cancel.clone()),
            ways,
            watch,
            since: now,
            done: 0,
        };
        let runtime = &self.shared.runtime;
        let ways = runtime.run(async move { Ok(drive.run().await) });
        ways.unwrap_or_default() // without a runtime there is no run either
    }

    /// Records what ended a wait as the answer of its step.
    fn recorded(&self, mut way: Way, step: &StepKey) -> Ended {
        let call = Arc::clone(&way.poller.call);
        let result = way.end().map(|result| {
            let result = Cell::new(Some(result));
            let reads = crate::api::model::Effect::Read;
            let result = self.step(step, reads, &|| {
                result.take().unwrap_or_else(|| Err(lost()))
            });
            result.map_err(|error| self.advised(&call, error))
        });
        Ended {
            poller: way.poller,
            result,
        }
    }
}

/// One poller on its way.
struct Way {
    poller: Poller,
    /// The look that is next or under way, as a request.
    request: Option<(Arc<Call>, Request)>,
    patience: Duration,
    deadline: Timestamp,
    looks: Looks,
    /// Whether it was looked at.
    looked: bool,
    /// Why the wait ended before the call did.
    error: Option<Error>,
}

impl Way {
    fn new(client: &Client, wait: Wait, now: Timestamp) -> Self {
        let mut way = Self {
            poller: wait.poller,
            request: None,
            patience: wait.patience,
            deadline: later(now, wait.patience),
            looks: wait.looks,
            looked: false,
            error: None,
        };
        // On the lane's own thread: whether the look may be made, and for which tenant.
        if let Some((look, _)) = way.poller.next() {
            let look = Arc::clone(look);
            match client.admit(&look) {
                Ok(request) => way.request = Some((look, request)),
                Err(error) => way.error = Some(unseen::unseen(&way.poller, error)),
            }
        }
        way
    }

    /// Returns when it is looked next; `None`: the wait is over.
    fn due(&mut self) -> Option<Timestamp> {
        if self.error.is_some() {
            return None;
        }
        let (_, at) = self.poller.next()?;
        if self.looked && self.looks == Looks::One && !self.poller.is_final() {
            return None;
        }
        if at > self.deadline && self.looks == Looks::All {
            self.error = Some(failure::pending(&self.poller, self.patience));
            return None;
        }
        Some(at)
    }

    /// Returns the request of the next look.
    fn request(&mut self, client: &Client) -> Result<Request, Error> {
        let (next, _) = self.poller.next().ok_or_else(lost)?;
        let (look, request) = self.request.as_mut().ok_or_else(lost)?;
        if !Arc::ptr_eq(look, next) {
            request.url = client.url(next)?;
            *look = Arc::clone(next);
        }
        Ok(request.clone())
    }

    /// Takes what came of a look.
    fn answered(&mut self, result: Result<Response, Error>, now: Timestamp) {
        self.looked = true;
        let accepted = result.and_then(|answer| match &self.request {
            Some((look, request)) => answer::accept(look, request, answer),
            None => Err(lost()),
        });
        match accepted {
            Ok(answer) => self.poller.step(answer, now),
            Err(error) => self.error = Some(unseen::unseen(&self.poller, error)),
        }
    }

    fn end(&mut self) -> Option<Result<Response, Error>> {
        self.error.take().map(Err).or_else(|| self.poller.result())
    }
}

/// An answer to a look. The work of the task that looked comes with it: time must not move before
/// the answer is taken.
type Looked = (usize, Result<Response, Error>, Work);

/// All that is waited for at once.
struct Drive {
    client: Client,
    ways: Vec<Way>,
    watch: Watch,
    since: Timestamp,
    done: usize,
}

impl Drive {
    async fn run(mut self) -> Vec<Way> {
        let clock = Arc::clone(self.client.clock());
        let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
        for at in 0..self.ways.len() {
            self.line_up(at, &mut due);
        }
        let mut looks: JoinSet<Looked> = JoinSet::new();
        loop {
            while looks.len() < MOST
                && let Some(Reverse((at, _))) = due.peek()
                && *at <= clock.now()
                && let Some(Reverse((_, number))) = due.pop()
            {
                self.start(number, &mut looks);
            }
            let next = due.peek().filter(|_| looks.len() < MOST);
            let next = next.map(|Reverse((at, _))| *at);
            if next.is_none() && looks.is_empty() {
                return self.ways;
            }
            tokio::select! {
                biased;
                stop = until_stopped(&self.client.cancel) => return self.stop(&stop),
                Some(looked) = joined(&*clock, &mut looks, next) => {
                    // A task that panicked has no answer; nobody can tell whose it was.
                    let Ok((number, result, _work)) = looked else { continue };
                    self.ways[number].answered(result, clock.now());
                    self.line_up(number, &mut due);
                    self.tell(number, clock.now());
                }
                () = until(&*clock, next) => {}
            }
        }
    }

    /// Puts a poller into the line of those that are looked at, unless its wait is over.
    fn line_up(&mut self, number: usize, due: &mut BinaryHeap<Reverse<(Timestamp, usize)>>) {
        match self.ways[number].due() {
            Some(at) => due.push(Reverse((at, number))),
            None => self.done += 1,
        }
    }

    /// Starts a look.
    fn start(&mut self, number: usize, looks: &mut JoinSet<Looked>) {
        let way = &mut self.ways[number];
        let mut request = match way.request(&self.client) {
            Ok(request) => request,
            Err(error) => {
                way.error = Some(unseen::unseen(&way.poller, error));
                self.done += 1;
                return;
            }
        };
        let pipeline = Arc::clone(&self.client.shared.pipeline);
        let work = Work::begin(self.client.clock());
        looks.spawn(async move {
            let result = pipeline.wire.send(&mut request).await;
            (number, result, work)
        });
    }

    fn tell(&mut self, number: usize, now: Timestamp) {
        let elapsed = now.duration_since(self.since);
        (self.watch)(&Stand {
            done: self.done,
            of: self.ways.len(),
            last: &self.ways[number].poller,
            elapsed: Duration::try_from(elapsed).unwrap_or_default(),
        });
    }

    /// Ends all waits when everyone is told to stop; the work at the service goes on.
    fn stop(mut self, stop: &Error) -> Vec<Way> {
        for way in &mut self.ways {
            if way.error.is_none() && !way.poller.is_done() {
                way.error = Some(unseen::unseen(&way.poller, stop.clone()));
            }
        }
        self.ways
    }
}

/// Waits for the next answer. Whoever also sleeps until the next look gives up the work there;
/// otherwise it is given up here, since a look may sleep itself.
async fn joined(
    clock: &dyn Clock,
    looks: &mut JoinSet<Looked>,
    next: Option<Timestamp>,
) -> Option<Result<Looked, tokio::task::JoinError>> {
    if next.is_some() {
        return looks.join_next().await;
    }
    clock::idle(clock, looks.join_next()).await
}

/// Waits until a time; without one, for ever.
async fn until(clock: &dyn Clock, next: Option<Timestamp>) {
    match next {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

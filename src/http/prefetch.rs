//! One page that is fetched on the runtime while the script works on the page before it. Dropped, it
//! is cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::Client;
use super::request::Request;
use super::response::Response;
use super::runtime::{lost, received};
use crate::base::clock::{self, Work};
use crate::error::Error;

/// An answer, and the work of the task that fetched it if somebody was waiting: time must not move
/// between the end of the task and the waking of the lane.
type Fetched = (Result<Response, Error>, Option<Work>);

/// A page under way.
#[derive(Debug)]
pub(crate) struct Prefetch {
    task: JoinHandle<()>,
    /// Set by whoever comes first: the lane that waits or the task that is done.
    met: Arc<AtomicBool>,
    answer: Option<oneshot::Receiver<Fetched>>,
}

impl Prefetch {
    /// Starts to fetch.
    pub(crate) fn start(client: &Client, mut request: Request) -> Result<Self, Error> {
        let (done, answer) = oneshot::channel();
        let met = Arc::new(AtomicBool::new(false));
        let mine = Arc::clone(&met);
        let pipeline = Arc::clone(&client.shared.pipeline);
        let work = Work::begin(&client.shared.clock);
        let task = client.shared.runtime.spawn(async move {
            let result = pipeline.wire.send(&mut request).await;
            let waited_for = mine.swap(true, Ordering::AcqRel);
            let _ = done.send((result, waited_for.then_some(work)));
        })?;
        Ok(Self {
            task,
            met,
            answer: Some(answer),
        })
    }

    /// Waits for the page; blocks the calling lane.
    pub(crate) fn take(mut self, client: &Client) -> Result<Response, Error> {
        let Some(answer) = self.answer.take() else {
            return Err(lost());
        };
        let is_done = self.met.swap(true, Ordering::AcqRel);
        let fetched = if is_done {
            received(answer)
        } else {
            clock::idle_blocking(&*client.shared.clock, || received(answer))
        };
        match fetched {
            Ok((result, _work)) => result,
            Err(_) => Err(lost()),
        }
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

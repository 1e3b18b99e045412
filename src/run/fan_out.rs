//! One function over many items, on several fibers of this thread. Outcomes come back in the order of
//! the items, one failure does not hide the others, and an error that ends the run stops the handing
//! out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::lane;
use crate::base::clock::{Clock, Work, idle};
use crate::base::fiber::{self, Fiber};
use crate::error::{Code, Error};

/// Stack of a lane's fiber: scripts recurse on it, and frames are large without optimisation.
const STACK: usize = if cfg!(debug_assertions) { 16 } else { 8 } * 1024 * 1024;

/// One item on its way: the name of its lane, and the item.
#[derive(Debug)]
pub struct Item<T> {
    /// Name of the lane.
    pub name: String,
    /// What the lane works on.
    pub value: T,
}

/// What is still to be handed out. Its lock is held while the list of items waits for an answer.
struct Feed<I> {
    items: I,
    taken: usize,
}

/// What the lanes have done. Its lock is never held while a lane waits.
struct Done<R> {
    fatal: Option<Error>,
    outcomes: Vec<Option<R>>,
}

/// Runs `work` over all items in at most `lanes` lanes and returns what it gave, in the order of
/// the items. `items` and `work` may fail; such an error stops the handing out and is returned
/// once all lanes have ended. The caller must hold a [`Work`].
pub async fn fan_out<T, R, I, F>(
    clock: &Arc<dyn Clock>,
    lanes: usize,
    items: I,
    work: F,
) -> Result<Vec<R>, Error>
where
    T: Send,
    R: Send,
    I: Iterator<Item = Result<Item<T>, Error>> + Send,
    F: Fn(usize, T) -> Result<R, Error> + Sync,
{
    let most = items.size_hint().1.unwrap_or(usize::MAX);
    let shared = Shared {
        clock,
        lane: lane::child("parallel"),
        feed: tokio::sync::Mutex::new(Feed { items, taken: 0 }),
        done: Mutex::new(Done {
            fatal: None,
            outcomes: Vec::new(),
        }),
    };
    shared.run(lanes.min(most).clamp(1, 256), &work).await?;
    let done = shared.done.into_inner();
    let done = done.unwrap_or_else(PoisonError::into_inner);
    match done.fatal {
        Some(error) => Err(error),
        None => Ok(done.outcomes.into_iter().flatten().collect()),
    }
}

struct Shared<'a, I, R> {
    clock: &'a Arc<dyn Clock>,
    lane: String,
    feed: tokio::sync::Mutex<Feed<I>>,
    done: Mutex<Done<R>>,
}

impl<T, R, I> Shared<'_, I, R>
where
    T: Send,
    R: Send,
    I: Iterator<Item = Result<Item<T>, Error>> + Send,
{
    async fn run<F>(&self, lanes: usize, work: &F) -> Result<(), Error>
    where
        F: Fn(usize, T) -> Result<R, Error> + Sync,
    {
        let lane = |_| {
            let held = Work::begin(self.clock);
            Fiber::new(STACK, move || {
                let _held = held;
                self.drain(work);
            })
        };
        // Fewer lanes do the work as well.
        let mut fibers: FuturesUnordered<_> = (0..lanes).map_while(lane).collect();
        if fibers.is_empty() {
            let message = "there is no memory for a lane of `parallel`";
            return Err(Error::new(Code::ScriptRuntime, message));
        }
        let ends = async {
            while let Some(ended) = fibers.next().await {
                if ended.is_err() {
                    self.stop(Error::new(Code::Internal, "a lane panicked"));
                }
            }
        };
        idle(&**self.clock, ends).await;
        Ok(())
    }

    fn drain<F>(&self, work: &F)
    where
        F: Fn(usize, T) -> Result<R, Error> + Sync,
    {
        while let Some((number, item)) = self.next() {
            let path = format!("{}/{}", self.lane, item.name);
            match lane::within(path, || work(number, item.value)) {
                Ok(outcome) => lock(&self.done).outcomes[number] = Some(outcome),
                Err(error) => self.stop(error),
            }
        }
    }

    /// Hands out the next item. The list of items may wait for an answer while others wait here,
    /// so waiting for the lock must not hold time still.
    fn next(&self) -> Option<(usize, Item<T>)> {
        let mut feed = match self.feed.try_lock() {
            Ok(feed) => feed,
            Err(_) => fiber::wait(idle(&**self.clock, self.feed.lock())),
        };
        if lock(&self.done).fatal.is_some() {
            return None;
        }
        // Pages are asked for in the name of the fan-out, whichever lane does it.
        match lane::within(self.lane.clone(), || feed.items.next())? {
            Ok(item) => {
                let number = feed.taken;
                feed.taken += 1;
                lock(&self.done).outcomes.push(None);
                Some((number, item))
            }
            Err(error) => {
                self.stop(error);
                None
            }
        }
    }

    fn stop(&self, error: Error) {
        lock(&self.done).fatal.get_or_insert(error);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::clock::{Timestamp, VirtualClock, sleep};

    fn items(count: u64) -> impl Iterator<Item = Result<Item<u64>, Error>> + Send {
        (0..count).map(|number| {
            Ok(Item {
                name: number.to_string(),
                value: number,
            })
        })
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    fn virtual_clock() -> Arc<dyn Clock> {
        Arc::new(VirtualClock::jumping(Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn outcomes_keep_the_order_while_virtual_time_passes() {
        let clock = virtual_clock();
        let work = Work::begin(&clock);
        let outcomes = run(fan_out(&clock, 8, items(250), |_, value| {
            fiber::wait(sleep(&*clock, Duration::from_secs(60 + value % 7)));
            Ok(value)
        }));
        drop(work);
        assert_eq!(outcomes.expect("all"), (0..250).collect::<Vec<_>>());
        assert!(clock.now().as_second() >= 60 * 250 / 8);
    }

    #[test]
    fn an_error_stops_the_handing_out() {
        let clock = virtual_clock();
        let _work = Work::begin(&clock);
        let done = std::sync::atomic::AtomicUsize::new(0);
        let outcome = run(fan_out(&clock, 2, items(1000), |number, _| {
            done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if number == 3 {
                return Err(Error::new(Code::AccessEffect, "no"));
            }
            Ok(())
        }));
        assert_eq!(outcome.expect_err("stopped").code(), Code::AccessEffect);
        assert!(done.into_inner() < 1000);
    }
}

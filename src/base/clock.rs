//! Time as the product sees it: real, virtual (the embedded sandbox) or manual (tests).
//!
//! A clock counts who is *working*. Virtual time stands still while anyone works and jumps to the
//! next waker when all wait, so a run in the sandbox never really sleeps and always takes the same
//! path. The rule for callers: a lane or a handler holds one [`Work`] while it works;
//! [`Clock::sleep_until`] gives that work up until the sleeper is woken; whoever waits for
//! somebody else's progress does it inside [`idle`] or [`idle_blocking`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use jiff::Timestamp;
use tokio::sync::oneshot;

/// A boxed future, as object-safe traits return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A source of time that everything in the product reads.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns the present time of this clock.
    fn now(&self) -> Timestamp;

    /// Waits until `at`. The caller must hold a [`Work`]; it is given up while it sleeps.
    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()>;

    /// Moves time forward, where the clock can be moved by hand.
    fn advance(&self, _by: Duration) {}

    /// Counts one more worker. Use [`Work`] rather than calling this.
    fn begin_work(&self) {}

    /// Counts one worker less. Use [`Work`] rather than calling this.
    fn end_work(&self) {}
}

/// Waits for a duration of the clock's time; see [`Clock::sleep_until`].
pub fn sleep(clock: &dyn Clock, duration: Duration) -> BoxFuture<'static, ()> {
    clock.sleep_until(later(clock.now(), duration))
}

/// Returns `at` plus `duration`, at most the last representable time.
pub fn later(at: Timestamp, duration: Duration) -> Timestamp {
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// The right to hold time still, for as long as it lives.
#[derive(Debug)]
pub struct Work(Arc<dyn Clock>);

impl Work {
    /// Begins to work.
    pub fn begin(clock: &Arc<dyn Clock>) -> Self {
        clock.begin_work();
        Self(Arc::clone(clock))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.end_work();
    }
}

/// Gives up the caller's work while a guard lives, and takes it back afterwards.
struct Idle<'a>(&'a dyn Clock);

impl<'a> Idle<'a> {
    fn begin(clock: &'a dyn Clock) -> Self {
        clock.end_work();
        Self(clock)
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.0.begin_work();
    }
}

/// Waits for somebody else's progress without holding time still.
pub async fn idle<F: Future>(clock: &dyn Clock, future: F) -> F::Output {
    let _idle = Idle::begin(clock);
    future.await
}

/// Does the same for a blocking wait.
pub fn idle_blocking<T>(clock: &dyn Clock, wait: impl FnOnce() -> T) -> T {
    let _idle = Idle::begin(clock);
    wait()
}

/// The machine's clock, plus an offset that a control can move (`sandbox serve`).
#[derive(Debug, Default)]
pub struct RealClock {
    offset: Mutex<Duration>,
}

impl RealClock {
    /// Moves this clock forward.
    pub fn advance(&self, by: Duration) {
        *lock(&self.offset) += by;
    }
}

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let (now, offset) = (Timestamp::now(), *lock(&self.offset));
        if offset.is_zero() {
            return now; // which every request asks for several times
        }
        later(now, offset)
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let wait = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        Box::pin(tokio::time::sleep(wait))
    }

    fn advance(&self, by: Duration) {
        Self::advance(self, by);
    }
}

/// Whether virtual time jumps by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jump {
    /// When nobody works.
    Itself,
    /// Only by [`VirtualClock::advance`].
    ByHand,
}

/// A clock whose time stands still while anyone works.
pub struct VirtualClock {
    state: Arc<Mutex<Virtual>>,
}

struct Virtual {
    now: Timestamp,
    workers: i64,
    jump: Jump,
    number: u64,
    sleepers: BinaryHeap<Reverse<Sleeper>>,
}

struct Sleeper {
    at: Timestamp,
    number: u64,
    wake: oneshot::Sender<()>,
}

impl VirtualClock {
    /// Creates a clock that jumps to the next sleeper when nobody works.
    pub fn jumping(start: Timestamp) -> Self {
        Self::new(start, Jump::Itself)
    }

    /// Creates a clock that only moves by hand: for tests.
    pub fn manual(start: Timestamp) -> Self {
        Self::new(start, Jump::ByHand)
    }

    fn new(now: Timestamp, jump: Jump) -> Self {
        let state = Virtual {
            now,
            workers: 0,
            jump,
            number: 0,
            sleepers: BinaryHeap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Moves time forward, waking whoever's time has come, in order.
    pub fn advance(&self, by: Duration) {
        let mut state = lock(&self.state);
        let end = later(state.now, by);
        while state
            .sleepers
            .peek()
            .is_some_and(|Reverse(next)| next.at <= end)
        {
            state.wake_next();
        }
        state.now = state.now.max(end);
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.state);
        write!(
            f,
            "VirtualClock({}, {} working, {} asleep)",
            state.now,
            state.workers,
            state.sleepers.len()
        )
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        lock(&self.state).now
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let (wake, woken) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            if at <= state.now {
                return Box::pin(std::future::ready(()));
            }
            state.number += 1;
            let number = state.number;
            state.sleepers.push(Reverse(Sleeper { at, number, wake }));
            state.end_work();
        }
        let sleeping = Sleeping {
            state: Arc::clone(&self.state),
            woken,
        };
        Box::pin(sleeping)
    }

    fn advance(&self, by: Duration) {
        Self::advance(self, by);
    }

    fn begin_work(&self) {
        lock(&self.state).workers += 1;
    }

    fn end_work(&self) {
        lock(&self.state).end_work();
    }
}

impl Virtual {
    fn end_work(&mut self) {
        self.workers -= 1;
        while self.jump == Jump::Itself && self.workers <= 0 && !self.sleepers.is_empty() {
            self.wake_next();
        }
    }

    /// Wakes the earliest sleeper; one that has gone away does not move the time.
    fn wake_next(&mut self) {
        let Some(Reverse(next)) = self.sleepers.pop() else {
            return;
        };
        if next.wake.is_closed() {
            return;
        }
        self.now = self.now.max(next.at);
        // The sleeper works again from this moment, before it has noticed.
        self.workers += 1;
        if next.wake.send(()).is_err() {
            self.workers -= 1;
        }
    }
}

/// A sleep in progress. Dropped early, it takes its work back.
struct Sleeping {
    state: Arc<Mutex<Virtual>>,
    woken: oneshot::Receiver<()>,
}

impl Future for Sleeping {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        Pin::new(&mut self.woken).poll(cx).map(drop)
    }
}

impl Drop for Sleeping {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        // Whoever was woken, seen or not, works already.
        self.woken.close();
        let woken = self.woken.is_terminated() || self.woken.try_recv().is_ok();
        if !woken {
            state.workers += 1;
        }
    }
}

impl PartialEq for Sleeper {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}
impl Eq for Sleeper {}
impl PartialOrd for Sleeper {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Sleeper {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// Locks; a panic elsewhere does not make the value wrong, since every change is made whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn virtual_time_jumps_when_all_wait_and_wakes_in_order() {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(Timestamp::UNIX_EPOCH));
        let order = Arc::new(Mutex::new(Vec::new()));
        run(async {
            let lanes = [30, 10, 20].map(|seconds| {
                let (clock, order) = (Arc::clone(&clock), Arc::clone(&order));
                let work = Work::begin(&clock);
                async move {
                    sleep(&*clock, Duration::from_secs(seconds)).await;
                    lock(&order).push((seconds, clock.now().as_second()));
                    drop(work);
                }
            });
            let [a, b, c] = lanes;
            tokio::join!(a, b, c);
        });
        assert_eq!(*lock(&order), [(10, 10), (20, 20), (30, 30)]);
    }

    #[test]
    fn time_stands_still_while_one_works() {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(Timestamp::UNIX_EPOCH));
        let _busy = Work::begin(&clock);
        let sleeper = Work::begin(&clock);
        let sleeping = sleep(&*clock, Duration::from_secs(5));
        assert_eq!(clock.now().as_second(), 0);
        drop(sleeping);
        drop(sleeper);
        assert_eq!(clock.now().as_second(), 0);
    }

    #[test]
    fn a_dropped_sleep_takes_its_work_back() {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(Timestamp::UNIX_EPOCH));
        let work = Work::begin(&clock);
        let other = Work::begin(&clock);
        drop(sleep(&*clock, Duration::from_secs(5)));
        drop(other);
        run(sleep(&*clock, Duration::from_secs(1)));
        assert_eq!(clock.now().as_second(), 1);
        drop(work);
    }

    #[test]
    fn manual_time_moves_only_by_hand() {
        let clock = VirtualClock::manual(Timestamp::UNIX_EPOCH);
        clock.begin_work();
        let sleeping = sleep(&clock, Duration::from_secs(5));
        clock.advance(Duration::from_secs(4));
        assert_eq!(clock.now().as_second(), 4);
        clock.advance(Duration::from_secs(1));
        run(sleeping);
        assert_eq!(clock.now().as_second(), 5);
    }
}

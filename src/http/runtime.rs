//! The one runtime: current-thread. It runs on a thread of its own, started at the first request, and
//! whoever calls blocks until the work is done; while fibers run, their thread drives it instead, so
//! that a call and its answer never change threads.

use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::base::fiber;
use crate::error::{Code, Error};

/// The runtime, once something needs it. It ends when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Runtime(OnceLock<Running>);

#[derive(Debug)]
struct Running {
    runtime: Arc<tokio::runtime::Runtime>,
    seat: Arc<Seat>,
}

/// Who drives: the network thread, unless another thread has asked for it.
#[derive(Debug, Default)]
struct Seat {
    state: Mutex<State>,
    /// The network thread is to get up.
    asked: Notify,
    /// It may sit down again.
    free: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many other threads drive or wait to.
    drivers: u32,
    ended: bool,
}

impl Runtime {
    /// Does `work` on the runtime while the calling lane waits.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        if fiber::inside() {
            return fiber::wait(work); // whose thread drives the runtime
        }
        let (done, result) = oneshot::channel();
        self.spawn(async move {
            let _ = done.send(work.await);
        })?;
        result.blocking_recv().unwrap_or_else(|_| Err(lost()))
    }

    /// Starts `work` on the runtime.
    pub(crate) fn spawn(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<JoinHandle<()>, Error> {
        Ok(self.running()?.runtime.spawn(work))
    }

    /// Drives the runtime from this thread until `fibers` have ended.
    pub(crate) fn drive<T>(&self, fibers: impl Future<Output = T>) -> Result<T, Error> {
        let Running { runtime, seat } = self.running()?;
        let _driving = seat.take();
        Ok(runtime.block_on(fibers))
    }

    fn running(&self) -> Result<&Running, Error> {
        if let Some(running) = self.0.get() {
            return Ok(running);
        }
        let started = start().map_err(|reason| {
            Error::new(
                Code::Internal,
                format!("the network thread could not be started: {reason}"),
            )
        })?;
        Ok(self.0.get_or_init(|| started))
    }
}

/// Waits for an answer of the runtime; blocks the calling lane.
pub(crate) fn received<T>(answer: oneshot::Receiver<T>) -> Result<T, oneshot::error::RecvError> {
    if fiber::inside() {
        return fiber::wait(answer);
    }
    answer.blocking_recv()
}

/// Returns the error for work that ended without a result.
pub(crate) fn lost() -> Error {
    Error::new(Code::Internal, "the network thread ended without an answer")
}

fn start() -> std::io::Result<Running> {
    let runtime = Arc::new(Builder::new_current_thread().enable_all().build()?);
    let seat = Arc::new(Seat::default());
    let own = (Arc::clone(&runtime), Arc::clone(&seat));
    thread::Builder::new()
        .name("network".to_owned())
        .spawn(move || {
            let (runtime, seat) = own;
            while seat.sit() {
                runtime.block_on(seat.asked.notified());
            }
        })?;
    Ok(Running { runtime, seat })
}

impl Seat {
    /// Waits until nobody else drives; `false` when there is nothing left to drive.
    fn sit(&self) -> bool {
        let mut state = self.state();
        while state.drivers > 0 && !state.ended {
            let waited = self.free.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        !state.ended
    }

    /// Has the network thread get up for as long as the guard lives.
    fn take(&self) -> impl Drop + '_ {
        struct Driving<'a>(&'a Seat);
        impl Drop for Driving<'_> {
            fn drop(&mut self) {
                self.0.state().drivers -= 1;
                self.0.free.notify_one();
            }
        }
        self.state().drivers += 1;
        self.asked.notify_one();
        Driving(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.seat.state().ended = true;
        self.seat.asked.notify_one();
        self.seat.free.notify_one();
    }
}

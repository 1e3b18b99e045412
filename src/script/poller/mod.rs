//! Long operations as scripts see them: a call that waits for its end, and `begin_…`, which returns a
//! poller. A poller can be waited for, alone or with thousands of others, looked at, cancelled where
//! the service can do that, and handed to another process.

mod begin;
mod cancel;
mod functions;
mod job;
mod resume;
mod time;
mod wait;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::host::{Host, Op};
use super::record::Origin;
use crate::error::{Code, Error};
use crate::http;

pub(super) use begin::{accepted, no_begin};
pub(super) use functions::register;
pub(super) use job::of_job;
pub(super) use resume::resume;
pub(super) use time::patience;

/// How long the end of an operation is waited for, unless `timeout` says otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(3600);

/// A long operation. Copies are the same one.
#[derive(Clone)]
pub(super) struct Poller(Arc<Shared>);

struct Shared {
    host: Arc<Host>,
    op: Op,
    origin: Arc<Origin>,
    patience: Duration,
    now: Mutex<Now>,
}

/// How it stands.
struct Now {
    /// `None` while somebody waits for it.
    poller: Option<http::Poller>,
    status: String,
    percent: Option<f64>,
    done: bool,
}

impl Poller {
    fn new(
        host: &Arc<Host>,
        op: Op,
        origin: Arc<Origin>,
        patience: Duration,
        poller: http::Poller,
    ) -> Self {
        Self(Arc::new(Shared {
            host: Arc::clone(host),
            op,
            origin,
            patience,
            now: Mutex::new(Now::of(poller)),
        }))
    }

    /// Returns the operation, as scripts write it.
    fn operation(&self) -> String {
        self.0.op.full_name()
    }

    /// Returns the state, in the service's own words.
    fn status(&self) -> String {
        self.now().status.clone()
    }

    /// Returns whether the operation has ended, well or badly, as far as is known.
    fn is_done(&self) -> bool {
        self.now().done
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes it to wait for it; somebody else may do so already.
    fn take(&self) -> Result<http::Poller, Error> {
        self.now().poller.take().ok_or_else(|| {
            Error::new(
                Code::ScriptRuntime,
                format!("`{}` is waited for elsewhere already", self.operation()),
            )
            .help("wait for a poller in one place, or for all of them with `wait_all`")
        })
    }

    fn put_back(&self, poller: http::Poller) {
        *self.now() = Now::of(poller);
    }

    /// Returns the text by which another process goes on.
    fn handle(&self) -> Result<String, Error> {
        let poller = self.take()?;
        let (handle, done) = (poller.handle(), poller.is_done());
        self.put_back(poller);
        handle.ok_or_else(|| {
            let why = if done {
                "has ended: there is nothing left to wait for"
            } else {
                "can only be waited for by the run that made the call"
            };
            let message = format!("`{}` {why}", self.operation());
            Error::new(Code::ScriptArgument, message)
        })
    }
}

impl Now {
    fn of(poller: http::Poller) -> Self {
        Self {
            status: poller.state().to_owned(),
            percent: poller.percent(),
            done: poller.is_done(),
            poller: Some(poller),
        }
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation(), self.status())
    }
}

//! A request on its way: what a call becomes. Policies add headers to it; they change nothing else.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use super::tokens::Ask;
use crate::api::model::Effect;
use crate::base::cancel::{Cancel, Reason};
use crate::base::clock::{self, Clock, Timestamp};
use crate::error::{Code, Error};

/// One request on its way. Its `Debug` shows neither headers nor body.
#[derive(Clone)]
pub(crate) struct Request {
    /// `partner`, `graph`, `arm`, `recovery`, or `identity`.
    pub service: &'static str,
    /// The function that was called, for errors and the log.
    pub operation: Cow<'static, str>,
    /// Method.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Option<Bytes>,
    /// What it does to the world.
    pub effect: Effect,
    /// Whether it may be sent again after it may have taken effect.
    pub repeatable: bool,
    /// Whose limits it counts against: a tenant or customer.
    pub quota: Arc<str>,
    /// The token it needs, if any.
    pub ask: Option<Ask>,
    /// Who may stop it.
    pub cancel: Cancel,
}

impl Request {
    /// Returns whether nothing changes by it.
    pub(crate) fn reads(&self) -> bool {
        self.effect == Effect::Read
    }

    /// Waits until `at` by `clock`, or fails when everyone is told to stop.
    pub(crate) async fn wait_until(&self, clock: &dyn Clock, at: Timestamp) -> Result<(), Error> {
        wait_until(clock, at, &self.cancel).await
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Request({} {} for {})",
            self.method,
            self.url.path(),
            self.operation
        )
    }
}

/// Waits until `at` by `clock`, or fails when everyone is told to stop.
pub(crate) async fn wait_until(
    clock: &dyn Clock,
    at: Timestamp,
    cancel: &Cancel,
) -> Result<(), Error> {
    stopped(cancel)?;
    if at <= clock.now() {
        return Ok(());
    }
    tokio::select! {
        biased;
        error = until_stopped(cancel) => Err(error),
        () = clock.sleep_until(at) => Ok(()),
    }
}

/// Waits until everyone is told to stop, and returns the error that says so.
pub(crate) async fn until_stopped(cancel: &Cancel) -> Error {
    cancel.cancelled().await;
    let told = || Error::new(Code::RunInterrupted, "the run was stopped");
    stopped(cancel).err().unwrap_or_else(told)
}

/// Waits for a duration of the clock's time, or fails when everyone is told to stop.
pub(crate) async fn wait(
    clock: &dyn Clock,
    duration: Duration,
    cancel: &Cancel,
) -> Result<(), Error> {
    wait_until(clock, clock::later(clock.now(), duration), cancel).await
}

/// Fails if everyone was told to stop.
pub(crate) fn stopped(cancel: &Cancel) -> Result<(), Error> {
    match cancel.reason() {
        None => Ok(()),
        Some(Reason::Interrupted) => Err(Error::new(
            Code::RunInterrupted,
            "the run was stopped by Ctrl-C",
        )),
        Some(Reason::TimedOut) => Err(Error::new(
            Code::TimeOut,
            "the time given by `--timeout` is over",
        )
        .help("give more time: `--timeout 30m`")),
    }
}

//! When to look again: as the service asks, never before; else after a pause that depends on what is
//! waited for.

use std::time::Duration;

use crate::base::clock::{Timestamp, later};
use crate::http::response::Response;
use crate::http::retry_after::retry_after;

/// The pause between two looks where the service does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace(Duration);

/// The pause where the service asks for none at all: looks without a pause would be a storm.
const LEAST: Duration = Duration::from_secs(1);

impl Pace {
    /// Of Azure's operations. Source: azure-core, `LROBasePolling`.
    pub(super) const AZURE: Self = Self(Duration::from_secs(30));
    /// Of an object that is read by an operation of its own. Source: azure-cli, registration of a
    /// resource provider.
    pub(super) const READ: Self = Self(Duration::from_secs(10));
    /// Of everything else; no document names one.
    pub(super) const OURS: Self = Self(Duration::from_secs(5));

    /// Returns when to look again after an answer that came `now`.
    pub(super) fn after(self, answer: &Response, now: Timestamp) -> Timestamp {
        later(now, asked(answer, now).unwrap_or(self.0))
    }
}

/// Returns when to look for the first time: at once, unless the service asks to wait.
pub(super) fn first(answer: &Response, now: Timestamp) -> Timestamp {
    asked(answer, now).map_or(now, |pause| later(now, pause))
}

fn asked(answer: &Response, now: Timestamp) -> Option<Duration> {
    let asked = retry_after(&answer.headers, now)?;
    Some(if asked.is_zero() { LEAST } else { asked })
}

//! The time by the identity service's clock: this machine's may be wrong by minutes, and a statement
//! that is dated wrongly is refused. The difference is measured by the `Date` of every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use http::HeaderMap;
use jiff::SignedDuration;

use crate::base::clock::{Clock, Timestamp};
use crate::http::sent_at;

/// The service's time.
#[derive(Debug)]
pub(crate) struct ServiceTime {
    clock: Arc<dyn Clock>,
    /// Seconds that the service's clock is ahead of ours.
    ahead: AtomicI64,
}

impl ServiceTime {
    /// Takes this machine's time as the service's until an answer says otherwise.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            ahead: AtomicI64::new(0),
        }
    }

    /// Returns the clock of this run.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Returns the time by the service's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead());
        let now = self.clock.now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Returns the seconds that the service's clock is ahead of ours.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Learns from an answer that has just come. A second of difference is the `Date`'s own.
    pub(crate) fn learn(&self, headers: &HeaderMap) {
        let Some(sent) = sent_at(headers) else {
            return;
        };
        let ahead = sent.duration_since(self.clock.now()).as_secs();
        let ahead = if ahead.abs() <= 1 { 0 } else { ahead };
        self.ahead.store(ahead, Ordering::Relaxed);
    }
}

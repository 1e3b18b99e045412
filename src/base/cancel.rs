//! One token that ends a run: Ctrl-C or `--timeout`. Scripts, lanes and waiting calls all watch it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// How long a stopped run may still clean up: real time, since nobody waits for the clock any more.
const GRACE: Duration = Duration::from_secs(30);

/// Why a run was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Ctrl-C.
    Interrupted,
    /// The time given by `--timeout` is over.
    TimedOut,
}

/// A token shared by all who must stop; the first reason given holds.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// 0 while nobody was told to stop, else a [`Reason`]: scripts look at it all the time.
    reason: AtomicU8,
    token: Mutex<CancellationToken>,
    /// When everyone was told to stop.
    since: Mutex<Option<Instant>>,
}

impl Cancel {
    /// Tells everyone to stop.
    pub fn cancel(&self, reason: Reason) {
        let number = match reason {
            Reason::Interrupted => 1,
            Reason::TimedOut => 2,
        };
        let _ = self
            .0
            .reason
            .compare_exchange(0, number, Ordering::AcqRel, Ordering::Acquire);
        self.since().get_or_insert_with(Instant::now);
        self.token().cancel();
    }

    /// Returns whether the time is over that a stopped run has for its last steps.
    pub fn overdue(&self) -> bool {
        self.since().is_some_and(|since| since.elapsed() >= GRACE)
    }

    /// Returns why everyone was told to stop, if they were.
    pub fn reason(&self) -> Option<Reason> {
        match self.0.reason.load(Ordering::Acquire) {
            0 => None,
            1 => Some(Reason::Interrupted),
            _ => Some(Reason::TimedOut),
        }
    }

    /// Waits until everyone is told to stop.
    pub async fn cancelled(&self) {
        let token = self.token().clone();
        token.cancelled().await;
    }

    /// Makes this token as new, once everyone has stopped: the next line of an interactive session
    /// begins.
    pub fn renew(&self) {
        *self.token() = CancellationToken::new();
        *self.since() = None;
        self.0.reason.store(0, Ordering::Release);
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token(&self) -> MutexGuard<'_, CancellationToken> {
        self.0.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_holds_until_the_token_is_renewed() {
        let cancel = Cancel::default();
        assert_eq!(cancel.reason(), None);
        cancel.cancel(Reason::TimedOut);
        cancel.clone().cancel(Reason::Interrupted);
        assert_eq!(cancel.reason(), Some(Reason::TimedOut));
        assert!(!cancel.overdue());
        let long_ago = Instant::now()
            .checked_sub(GRACE)
            .expect("a machine up so long");
        *cancel.since() = Some(long_ago);
        assert!(cancel.overdue());
        cancel.renew();
        assert!(!cancel.overdue());
        assert_eq!(cancel.reason(), None);
        assert!(!cancel.token().is_cancelled());
    }
}

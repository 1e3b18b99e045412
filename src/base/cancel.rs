//! One token that ends a run: Ctrl-C or `--timeout`. Scripts, lanes and waiting calls all watch it.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

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
pub struct Cancel {
    reason: Arc<OnceLock<Reason>>,
    token: CancellationToken,
}

impl Cancel {
    /// Tells everyone to stop.
    pub fn cancel(&self, reason: Reason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    /// Returns why everyone was told to stop, if they were.
    pub fn reason(&self) -> Option<Reason> {
        self.reason.get().copied()
    }

    /// Waits until everyone is told to stop.
    pub async fn cancelled(&self) {
        self.token.cancelled().await;
    }
}

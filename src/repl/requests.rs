//! What `:http` shows: the requests of the last entry that made any, kept while there is room.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of log that are kept; the earliest goes first.
const ROOM: usize = 256 * 1024;

/// The log of the last entry.
#[derive(Debug, Default)]
pub struct Requests {
    kept: Mutex<Kept>,
    live: AtomicBool,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<String>,
    bytes: usize,
    dropped: usize,
    /// Whether another entry has begun: its first request takes the place of all that is kept.
    stale: bool,
}

impl Requests {
    /// Takes one entry of the log; returns whether it is to be shown at once.
    pub fn take(&self, entry: &str) -> bool {
        let mut kept = self.kept();
        if kept.stale {
            *kept = Kept::default();
        }
        kept.bytes += entry.len();
        kept.entries.push_back(entry.to_owned());
        while kept.bytes > ROOM
            && kept.entries.len() > 1
            && let Some(earliest) = kept.entries.pop_front()
        {
            kept.bytes -= earliest.len();
            kept.dropped += 1;
        }
        self.live.load(Ordering::Relaxed)
    }

    /// Says that another entry begins. What is kept stays until that makes a request.
    pub(super) fn begin(&self) {
        self.kept().stale = true;
    }

    /// Says whether entries are to be shown at once from now on.
    pub(super) fn show_at_once(&self, live: bool) {
        self.live.store(live, Ordering::Relaxed);
    }

    /// Returns the log of the last entry that made a request.
    pub(super) fn text(&self) -> String {
        let kept = self.kept();
        let mut text = String::new();
        if kept.entries.is_empty() {
            text.push_str("no request has been made\n");
        }
        if kept.dropped > 0 {
            let _ = writeln!(text, "… {} earlier lines left out", kept.dropped);
        }
        for entry in &kept.entries {
            text.push_str(entry);
            text.push('\n');
        }
        text
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_requests_are_kept_while_there_is_room() {
        let requests = Requests::default();
        assert_eq!(requests.text(), "no request has been made\n");
        assert!(!requests.take("→ GET /a"));
        requests.show_at_once(true);
        assert!(requests.take("← 200"));
        assert_eq!(requests.text(), "→ GET /a\n← 200\n");
        requests.take(&"x".repeat(ROOM));
        assert!(
            requests
                .text()
                .starts_with("… 2 earlier lines left out\nxxx")
        );
        requests.begin();
        requests.begin();
        assert!(requests.text().starts_with("… 2 earlier"));
        requests.take("→ GET /b");
        assert_eq!(requests.text(), "→ GET /b\n");
    }
}

//! One JSON value per line, written as it comes: items pass through untouched.

use std::borrow::Cow;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Output, Sink};

/// Newline-delimited JSON.
#[derive(Debug)]
pub(super) struct Ndjson(Mutex<Sink>);

impl Ndjson {
    pub(super) fn new(sink: Sink) -> Self {
        Self(Mutex::new(sink))
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output for Ndjson {
    fn emit(&self, json: &str) -> io::Result<()> {
        self.sink().line(&one_line(json))
    }

    fn table(&self, _title: Option<&str>, rows: &[String]) -> io::Result<()> {
        let mut sink = self.sink();
        rows.iter().try_for_each(|row| sink.line(&one_line(row)))
    }

    fn result(&self, json: &str) -> io::Result<()> {
        self.emit(json)
    }

    fn finish(&self) -> io::Result<()> {
        self.sink().flush()
    }
}

/// A service may lay its answer out over several lines; within JSON a raw line end can only stand
/// between tokens, where a space means the same.
fn one_line(json: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'\n', b'\r', json.as_bytes()).is_some() {
        Cow::Owned(json.replace(['\n', '\r'], " "))
    } else {
        Cow::Borrowed(json)
    }
}

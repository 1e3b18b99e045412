//! Results of an interactive session: every entry is a whole output of its own, so that each has its
//! table, document or lines as soon as it has ended.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::report::Output;

/// An output that is finished after every entry.
pub struct Entries {
    open: Box<dyn Fn() -> Arc<dyn Output> + Send + Sync>,
    current: Mutex<Option<Arc<dyn Output>>>,
}

impl Entries {
    /// Creates the output; `open` makes the output of one entry.
    pub fn new(open: impl Fn() -> Arc<dyn Output> + Send + Sync + 'static) -> Self {
        Self {
            open: Box::new(open),
            current: Mutex::default(),
        }
    }

    fn current(&self) -> Arc<dyn Output> {
        Arc::clone(self.lock().get_or_insert_with(|| (self.open)()))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<dyn Output>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output for Entries {
    fn emit(&self, json: &str) -> io::Result<()> {
        self.current().emit(json)
    }

    fn table(&self, title: Option<&str>, rows: &[String]) -> io::Result<()> {
        self.current().table(title, rows)
    }

    fn result(&self, json: &str) -> io::Result<()> {
        self.current().result(json)
    }

    /// Ends the entry; one that showed nothing leaves nothing.
    fn finish(&self) -> io::Result<()> {
        let ended = self.lock().take();
        ended.map_or(Ok(()), |output| output.finish())
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entries")
    }
}

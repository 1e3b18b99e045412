//! What a user gets to see of a run: results on stdout in the format asked for, progress and notes on
//! stderr. Everything that reaches stdout arrives here as lossless JSON text; nothing in this
//! module knows what the values mean.

mod csv;
mod json;
mod ndjson;
mod progress;
mod sink;
mod summary;
mod table;
mod text;

use std::fmt;
use std::io;
use std::sync::Arc;

pub use progress::{Progress, Screen, Task};
pub use sink::Sink;
pub use summary::span;

/// Where results go. Every text given is one JSON value; it may be called from any lane.
pub trait Output: Send + Sync + fmt::Debug {
    /// Takes one item of a stream of results.
    fn emit(&self, json: &str) -> io::Result<()>;

    /// Takes a whole table: JSON objects, one per row.
    fn table(&self, title: Option<&str>, rows: &[String]) -> io::Result<()>;

    /// Takes the last value of the script.
    fn result(&self, json: &str) -> io::Result<()>;

    /// Writes whatever is still held back. Must be called once, last.
    fn finish(&self) -> io::Result<()>;
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Tables and lines for people.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON value per line, as they come.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// Returns the output of that format, writing to `sink`; notes about the output itself (such as
/// columns left out) go to `notes`.
pub fn open(format: Format, sink: Sink, notes: Arc<dyn Progress>) -> Arc<dyn Output> {
    match format {
        Format::Table => Arc::new(table::Table::new(sink)),
        Format::Json => Arc::new(json::Json::new(sink)),
        Format::Ndjson => Arc::new(ndjson::Ndjson::new(sink)),
        Format::Csv => Arc::new(csv::Csv::new(sink, notes)),
    }
}

#[cfg(test)]
mod tests;

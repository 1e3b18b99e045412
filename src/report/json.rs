//! One JSON document: held back until the end, because only then is its form known.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Output, Sink};

/// One JSON document.
#[derive(Debug)]
pub(super) struct Json(Mutex<State>);

#[derive(Debug)]
struct State {
    sink: Sink,
    tables: Vec<(Option<String>, Vec<String>)>,
    items: Vec<String>,
    result: Option<String>,
}

impl Json {
    pub(super) fn new(sink: Sink) -> Self {
        Self(Mutex::new(State {
            sink,
            tables: Vec::new(),
            items: Vec::new(),
            result: None,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output for Json {
    fn emit(&self, json: &str) -> io::Result<()> {
        self.state().items.push(json.to_owned());
        Ok(())
    }

    fn table(&self, title: Option<&str>, rows: &[String]) -> io::Result<()> {
        let table = (title.map(str::to_owned), rows.to_vec());
        self.state().tables.push(table);
        Ok(())
    }

    fn result(&self, json: &str) -> io::Result<()> {
        self.state().result = Some(json.to_owned());
        Ok(())
    }

    fn finish(&self) -> io::Result<()> {
        let mut state = self.state();
        state.document()?;
        state.sink.flush()
    }
}

impl State {
    /// One kind of result stands alone; several share an object. Nothing at all is `null`.
    fn document(&mut self) -> io::Result<()> {
        let tables = std::mem::take(&mut self.tables);
        let items = std::mem::take(&mut self.items);
        let sink = &mut self.sink;
        match (tables.as_slice(), items.as_slice(), self.result.take()) {
            ([], [], result) => sink.write(result.as_deref().unwrap_or("null"))?,
            ([], items, None) => list(sink, items, "")?,
            ([(None, rows)], [], None) => list(sink, rows, "")?,
            (tables, items, result) => {
                let mut separator = "{";
                if !tables.is_empty() {
                    sink.write("{\n  \"tables\": ")?;
                    titled(sink, tables)?;
                    separator = ",";
                }
                if !items.is_empty() {
                    sink.write(separator)?;
                    sink.write("\n  \"items\": ")?;
                    list(sink, items, "  ")?;
                    separator = ",";
                }
                if let Some(result) = result {
                    sink.write(separator)?;
                    sink.write("\n  \"result\": ")?;
                    sink.write(&result)?;
                }
                sink.write("\n}")?;
            }
        }
        sink.write("\n")
    }
}

fn titled(sink: &mut Sink, tables: &[(Option<String>, Vec<String>)]) -> io::Result<()> {
    sink.write("[")?;
    for (number, (title, rows)) in tables.iter().enumerate() {
        let title = serde_json::to_string(title)?;
        sink.write(if number == 0 { "\n" } else { ",\n" })?;
        sink.write(&format!("    {{\"title\": {title}, \"rows\": "))?;
        list(sink, rows, "    ")?;
        sink.write("}")?;
    }
    sink.write("\n  ]")
}

/// Writes an array with an item per line, so that documents can be compared line by line.
fn list(sink: &mut Sink, items: &[String], indent: &str) -> io::Result<()> {
    if items.is_empty() {
        return sink.write("[]");
    }
    sink.write("[\n")?;
    for (number, item) in items.iter().enumerate() {
        let end = if number + 1 < items.len() {
            ",\n"
        } else {
            "\n"
        };
        sink.write(indent)?;
        sink.write("  ")?;
        sink.write(item)?;
        sink.write(end)?;
    }
    sink.write(indent)?;
    sink.write("]")
}

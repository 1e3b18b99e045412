//! Comma-separated values: the first row's keys are the header, nested values stand as JSON text,
//! and keys that come later than the header are named once at the end.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::text::{Member, Shape, shape};
use super::{Output, Progress, Sink};

/// Comma-separated values.
#[derive(Debug)]
pub(super) struct Csv(Mutex<State>);

struct State {
    sink: Sink,
    notes: Arc<dyn Progress>,
    header: Option<Vec<String>>,
    late: Vec<String>,
}

impl Csv {
    pub(super) fn new(sink: Sink, notes: Arc<dyn Progress>) -> Self {
        Self(Mutex::new(State {
            sink,
            notes,
            header: None,
            late: Vec::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output for Csv {
    fn emit(&self, json: &str) -> io::Result<()> {
        let mut state = self.state();
        let row = row_of(json);
        if !state.shares_a_column(&row) {
            state.begin_block(&row)?;
        }
        state.row(&row)
    }

    /// A table of other columns than those before begins a new block after an empty line.
    fn table(&self, _title: Option<&str>, rows: &[String]) -> io::Result<()> {
        let mut state = self.state();
        if let Some(first) = rows.first() {
            state.begin_block(&row_of(first))?;
        }
        rows.iter().try_for_each(|row| state.row(&row_of(row)))
    }

    fn result(&self, json: &str) -> io::Result<()> {
        let mut state = self.state();
        let rows = match shape(json) {
            Shape::Null => return Ok(()),
            Shape::Array(items) => items,
            _ => vec![json],
        };
        if let Some(first) = rows.first() {
            state.begin_block(&row_of(first))?;
        }
        rows.into_iter().try_for_each(|row| state.row(&row_of(row)))
    }

    fn finish(&self) -> io::Result<()> {
        let mut state = self.state();
        if !state.late.is_empty() {
            let late = std::mem::take(&mut state.late).join(", ");
            state.notes.say(&format!(
                "csv: left out, because the first row does not have them: {late}"
            ));
        }
        state.sink.flush()
    }
}

impl State {
    fn shares_a_column(&self, row: &[Member<'_>]) -> bool {
        let header = self.header.as_deref().unwrap_or_default();
        row.iter()
            .any(|(key, _)| header.iter().any(|name| name == key))
    }

    fn begin_block(&mut self, first: &[Member<'_>]) -> io::Result<()> {
        let Some(header) = &self.header else {
            return Ok(());
        };
        if header.iter().eq(first.iter().map(|(key, _)| key)) {
            return Ok(());
        }
        self.header = None;
        self.sink.write("\n")
    }

    fn row(&mut self, row: &[Member<'_>]) -> io::Result<()> {
        if self.header.is_none() {
            let header: Vec<String> = row.iter().map(|(key, _)| key.to_string()).collect();
            let names = header.iter().map(|name| Cow::Borrowed(name.as_str()));
            self.sink.line(&record(names))?;
            self.header = Some(header);
        }
        let header = self.header.as_deref().unwrap_or_default();
        let mut values = vec!["null"; header.len()];
        for (key, value) in row {
            match header.iter().position(|name| name == key) {
                Some(at) => values[at] = value,
                None if self.late.iter().any(|name| name == key) => {}
                None => self.late.push(key.to_string()),
            }
        }
        self.sink.line(&record(values.into_iter().map(field)))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State(header {:?})", self.header)
    }
}

/// A value that is no object is a row with the one column `value`.
fn row_of(json: &str) -> Vec<Member<'_>> {
    match shape(json) {
        Shape::Object(members) => members,
        _ => vec![(Cow::Borrowed("value"), json)],
    }
}

fn field(json: &str) -> Cow<'_, str> {
    match shape(json) {
        Shape::Null => Cow::Borrowed(""),
        Shape::Plain(text) => text,
        Shape::Number(text) => Cow::Borrowed(text),
        Shape::Object(_) | Shape::Array(_) => Cow::Borrowed(json),
    }
}

/// Returns a line. A field is quoted where it must be; a line of nothing, so that it is seen.
fn record<'a>(fields: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = String::with_capacity(256);
    for (number, field) in fields.enumerate() {
        if number > 0 {
            line.push(',');
        }
        let special = |byte| matches!(byte, b',' | b'"' | b'\r' | b'\n');
        if field.bytes().any(special) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&field);
        }
    }
    if line.is_empty() {
        line.push_str("\"\"");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let check = |fields: &[&str], expected: &str| {
            assert_eq!(record(fields.iter().map(|field| (*field).into())), expected);
        };
        check(&["a", "b c", ""], "a,b c,");
        check(
            &["a,b", "say \"x\"", "1\n2", "\r"],
            "\"a,b\",\"say \"\"x\"\"\",\"1\n2\",\"\r\"",
        );
        check(&[""], "\"\"");
        check(&[], "\"\"");
        check(&["", ""], ",");
    }
}

//! Tables and lines for people: unicode, numbers to the right, and as wide as the terminal. Where
//! stdout is no terminal nothing is shortened except nested values.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comfy_table::{CellAlignment, Table as Grid, TableStyle, presets};

use super::text::{Member, Shape, cell, members, printable, shape};
use super::{Output, Sink};
use crate::base::text::shorten;

/// Emitted rows that are shown together; the memory of a stream stays flat.
const BATCH: usize = 200;
/// Space between columns.
const GAP: u16 = 2;
/// Columns are shortened to this width before any is left out.
const NARROW: usize = 12;

/// Tables and lines for people.
#[derive(Debug)]
pub(super) struct Table(Mutex<State>);

#[derive(Debug)]
struct State {
    sink: Sink,
    batch: Vec<String>,
    begun: bool,
}

impl Table {
    pub(super) fn new(sink: Sink) -> Self {
        Self(Mutex::new(State {
            sink,
            batch: Vec::new(),
            begun: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output for Table {
    fn emit(&self, json: &str) -> io::Result<()> {
        let mut state = self.state();
        if json.trim_start().starts_with('{') {
            state.batch.push(json.to_owned());
            if state.batch.len() >= BATCH {
                state.show_batch()?;
            }
            return Ok(());
        }
        state.show_batch()?;
        state.sink.line(&cell(json))
    }

    fn table(&self, title: Option<&str>, rows: &[String]) -> io::Result<()> {
        let mut state = self.state();
        state.show_batch()?;
        state.grid(title, rows)
    }

    fn result(&self, json: &str) -> io::Result<()> {
        let mut state = self.state();
        state.show_batch()?;
        let text = show(json, state.sink.columns());
        state.sink.write(&text)
    }

    fn finish(&self) -> io::Result<()> {
        let mut state = self.state();
        state.show_batch()?;
        state.sink.flush()
    }
}

impl State {
    fn show_batch(&mut self) -> io::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        self.grid(None, &batch)
    }

    fn grid(&mut self, title: Option<&str>, rows: &[String]) -> io::Result<()> {
        let mut text = String::new();
        if self.begun {
            text.push('\n');
        }
        self.begun = true;
        if let Some(title) = title {
            text.push_str(&printable(title));
            text.push('\n');
        }
        text.push_str(&grid(rows, self.sink.columns()));
        self.sink.write(&text)
    }
}

/// Returns how one value is shown: a list of objects as a table, one object as lines of names and
/// values, anything else as text. `columns` is the terminal's width, `None` where there is none.
pub(super) fn show(json: &str, columns: Option<usize>) -> String {
    match shape(json) {
        Shape::Null => String::new(),
        Shape::Object(members) => lines(&members, columns),
        Shape::Array(items) if !items.is_empty() && items.iter().all(|item| is_object(item)) => {
            grid(&items, columns)
        }
        Shape::Array(items) => items.iter().map(|item| cell(item) + "\n").collect(),
        // A text that is the whole result keeps its lines.
        Shape::Plain(text) => text.lines().map(|line| printable(line) + "\n").collect(),
        Shape::Number(number) => format!("{number}\n"),
    }
}

fn is_object(json: &str) -> bool {
    json.trim_start().starts_with('{')
}

/// Returns one object as aligned names and values; nested objects are indented below their name.
fn lines(members: &[Member<'_>], columns: Option<usize>) -> String {
    let mut flat = Vec::new();
    flatten(members, 0, &mut flat);
    let width = flat
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (name, value) in flat {
        let line = format!("{name:width$}  {value}");
        let line = columns.map_or(line.clone(), |columns| shorten(&line, columns));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn flatten(members: &[Member<'_>], depth: usize, flat: &mut Vec<(String, String)>) {
    for (key, value) in members {
        let name = format!("{:indent$}{}", "", printable(key), indent = depth * 2);
        match shape(value) {
            Shape::Object(inner) if depth < 3 && !inner.is_empty() => {
                flat.push((name, String::new()));
                flatten(&inner, depth + 1, flat);
            }
            _ => flat.push((name, cell(value))),
        }
    }
}

/// Returns rows (JSON objects) as a table.
fn grid<S: AsRef<str>>(rows: &[S], columns: Option<usize>) -> String {
    if rows.is_empty() {
        return "(none)\n".to_owned();
    }
    let mut content = Content::read(rows);
    let left_out = columns.map_or(Vec::new(), |columns| content.fit(columns));
    let mut grid = Grid::new();
    grid.load_style(style()).set_header(&content.names);
    for row in &content.rows {
        grid.add_row(row);
    }
    for (column, numeric) in grid.column_iter_mut().zip(&content.numeric) {
        column.set_padding((0, GAP));
        if *numeric {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    if let Some(last) = content.names.len().checked_sub(1) {
        grid.column_mut(last)
            .map(|column| column.set_padding((0, 0)));
    }
    let mut text = String::new();
    for line in grid.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if !left_out.is_empty() {
        let (count, names) = (left_out.len(), left_out.join(", "));
        let note = format!("… {count} more columns (--output json shows all): {names}");
        text.push_str(&columns.map_or(note.clone(), |columns| shorten(&note, columns)));
        text.push('\n');
    }
    text
}

/// Names above a line, and nothing else that would be in the way of copying.
fn style() -> TableStyle {
    presets::NOTHING.header_separator(comfy_table::LineStyle::none().fill('─'))
}

/// The cells of a table, column by column where it matters.
struct Content {
    names: Vec<String>,
    numeric: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Content {
    /// Reads rows; the columns are all keys in the order in which they first appear.
    fn read<S: AsRef<str>>(rows: &[S]) -> Self {
        let rows: Vec<Vec<Member<'_>>> = rows
            .iter()
            .map(|row| {
                let row = row.as_ref();
                members(row).unwrap_or_else(|| vec![("value".into(), row)])
            })
            .collect();
        let mut names: Vec<String> = Vec::new();
        for (key, _) in rows.iter().flatten() {
            if !names.iter().any(|name| name == key) {
                names.push(key.to_string());
            }
        }
        let mut numeric = vec![true; names.len()];
        let mut some = vec![false; names.len()];
        let mut cells = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut line = vec![String::new(); names.len()];
            for (key, value) in row {
                let Some(at) = names.iter().position(|name| name == key) else {
                    continue;
                };
                match shape(value) {
                    Shape::Null => {}
                    Shape::Number(_) => some[at] = true,
                    _ => numeric[at] = false,
                }
                line[at] = cell(value);
            }
            cells.push(line);
        }
        Self {
            names: names.iter().map(|name| printable(name)).collect(),
            numeric: numeric.iter().zip(some).map(|(n, s)| *n && s).collect(),
            rows: cells,
        }
    }

    /// Makes the table fit: first the widest columns are shortened, then columns are left out from
    /// the right. Returns the names of those left out.
    fn fit(&mut self, columns: usize) -> Vec<String> {
        let gap = usize::from(GAP);
        let mut widths: Vec<usize> = (0..self.names.len()).map(|at| self.width(at)).collect();
        let least: Vec<usize> = widths.iter().map(|width| (*width).min(NARROW)).collect();
        let total = |widths: &[usize]| widths.iter().map(|width| width + gap).sum::<usize>();
        let mut kept = widths.len();
        while kept > 1 && total(&least[..kept]) > columns + gap {
            kept -= 1;
        }
        widths.truncate(kept);
        while total(&widths) > columns + gap {
            let Some((at, width)) = widths
                .iter()
                .copied()
                .enumerate()
                .rev()
                .max_by_key(|(_, width)| *width)
            else {
                break;
            };
            if width <= NARROW.min(columns) {
                break;
            }
            widths[at] = width - 1;
        }
        let left_out = self.names.split_off(kept);
        self.numeric.truncate(kept);
        for row in &mut self.rows {
            row.truncate(kept);
            for (text, width) in row.iter_mut().zip(&widths) {
                *text = shorten(text, *width);
            }
        }
        for (name, width) in self.names.iter_mut().zip(&widths) {
            *name = shorten(name, *width);
        }
        left_out
    }

    fn width(&self, at: usize) -> usize {
        self.rows
            .iter()
            .map(|row| &row[at])
            .chain([&self.names[at]])
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    }
}

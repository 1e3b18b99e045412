//! The texts that diagnostics quote, by name, with the main script apart; and the one line of them
//! that a diagnostic shows.

use std::collections::BTreeMap;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::error::At;
use crate::script::Source;

/// How many letters of a line are shown; of longer ones those around the place.
const SHOWN: usize = 300;

/// Source texts by name.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    main: Option<String>,
    texts: BTreeMap<String, String>,
}

impl Sources {
    /// Creates an empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a collection with the main script in it.
    pub fn of(main: &Source) -> Self {
        Self {
            main: Some(main.name.clone()),
            texts: BTreeMap::from([(main.name.clone(), main.text.clone())]),
        }
    }

    /// Adds a module or another file; the first text of a name stays.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.texts.entry(name.into()).or_insert_with(|| text.into());
    }

    /// Returns whether there is a text of that name.
    pub fn has(&self, name: &str) -> bool {
        self.texts.contains_key(name)
    }

    /// Returns the name of the script that a place is in.
    pub(super) fn name<'a>(&'a self, at: &'a At) -> &'a str {
        match at.source.as_str() {
            "" => self.main.as_deref().unwrap_or("the script"),
            name => name,
        }
    }

    /// Returns the line that a place is in.
    pub(super) fn quote(&self, at: &At) -> Option<Quote> {
        let name = if at.source.is_empty() {
            self.main.as_deref()?
        } else {
            at.source.as_str()
        };
        let (name, text) = self.texts.get_key_value(name)?;
        Some(Quote::new(name, text, at))
    }
}

/// One line of a source, and the part of it that is meant.
#[derive(Debug)]
pub(super) struct Quote {
    name: String,
    text: String,
    line: usize,
    column: usize,
    /// Offset and length in bytes of the part that is meant.
    pub(super) part: (usize, usize),
}

impl Quote {
    /// A place past the end of the text (a missing brace) is the end of its last line; a place
    /// without a column is the whole line.
    fn new(name: &str, text: &str, at: &At) -> Self {
        let last = text.trim_end().lines().count().max(1);
        let (line, column) = if at.line == 0 || at.line > last {
            (last, usize::MAX)
        } else {
            (at.line, at.column)
        };
        let line_text = text.lines().nth(line - 1).unwrap_or_default();
        let byte = |column: usize| {
            line_text
                .char_indices()
                .nth(column)
                .map_or(line_text.len(), |(offset, _)| offset)
        };
        let (from, to) = match column {
            0 => (
                line_text.len() - line_text.trim_start().len(),
                line_text.trim_end().len(),
            ),
            _ => (
                byte(column - 1),
                byte((column - 1).saturating_add(at.length.max(1))),
            ),
        };
        let column = line_text[..from].chars().count();
        let (text, part) = window(line_text, from, to.max(from));
        Self {
            name: name.to_owned(),
            column,
            text,
            line: line - 1,
            part,
        }
    }
}

/// Returns as much of a line as is worth showing around the bytes `from..to`, and where (offset and
/// length) these bytes stand in it.
fn window(line: &str, from: usize, to: usize) -> (String, (usize, usize)) {
    if line.is_empty() {
        // A line without any text would not be drawn at all.
        return (" ".to_owned(), (0, 0));
    }
    if line.chars().nth(SHOWN).is_none() {
        return (line.to_owned(), (from, to - from));
    }
    let mut before = line[..from].char_indices().rev();
    let start = before.nth(SHOWN / 3).map_or(0, |(offset, _)| offset);
    let mut after = line[start..].char_indices();
    let end = after
        .nth(SHOWN)
        .map_or(line.len(), |(offset, _)| start + offset);
    let cut = if start > 0 { "…" } else { "" };
    let rest = if end < line.len() { "…" } else { "" };
    let offset = from - start + cut.len();
    let length = to.min(end).saturating_sub(from);
    (
        format!("{cut}{}{rest}", &line[start..end]),
        (offset, length),
    )
}

impl SourceCode for Quote {
    /// Gives the whole line, whatever part of it is asked for, so that only it is shown.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.line,
            self.column,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let line = format!("{}foo({}", "ü".repeat(1000), "é".repeat(1000));
        let at = At {
            source: String::new(),
            line: 1,
            column: 1001,
            length: 3,
        };
        let quote = Quote::new("a", &line, &at);
        let (offset, length) = quote.part;
        assert_eq!(&quote.text[offset..offset + length], "foo");
        assert_eq!(quote.text.chars().count(), SHOWN + 2);
        assert_eq!(quote.column, 1000);
    }

    #[test]
    fn places_become_parts_of_lines() {
        let text = "let ä = 1;\n  foo(ü);\n\n";
        let check = |line, column, length, expected: &str, shown_line| {
            let at = At {
                source: String::new(),
                line,
                column,
                length,
            };
            let quote = Quote::new("a", text, &at);
            let (offset, bytes) = quote.part;
            assert_eq!(&quote.text[offset..offset + bytes], expected, "{at:?}");
            assert_eq!(quote.line + 1, shown_line, "{at:?}");
        };
        check(1, 5, 1, "ä", 1);
        check(2, 7, 1, "ü", 2);
        check(2, 3, 3, "foo", 2);
        check(2, 0, 1, "foo(ü);", 2);
        check(2, 90, 4, "", 2);
        check(9, 1, 1, "", 2);
        assert_eq!(
            Quote::new(
                "a",
                "",
                &At {
                    source: String::new(),
                    line: 1,
                    column: 1,
                    length: 1
                }
            )
            .part,
            (0, 0)
        );
    }
}

//! One table of the configuration file, read key by key. What is wrong is noted in the text, so that
//! all problems of a file are told at once.

use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::text::{Parts, Text, names_secret};
use crate::base::text::did_you_mean;

/// A table and where it stands.
#[derive(Clone)]
pub(super) struct Section<'a> {
    text: &'a Text,
    table: &'a dyn TableLike,
    /// The keys that lead to it, such as `profile.contoso`; empty for the whole file.
    name: String,
    span: (usize, usize),
}

/// A value with the bytes it stands in.
#[derive(Debug, Clone)]
pub(super) struct Found<T> {
    /// The value.
    pub(super) value: T,
    /// Where.
    pub(super) span: Option<Range<usize>>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn top(text: &'a Text, table: &'a dyn TableLike) -> Self {
        Self {
            text,
            table,
            name: String::new(),
            span: (0, 0),
        }
    }

    /// Returns every key that is there.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        self.table.iter().map(|(key, _)| key).collect()
    }

    /// Notes every key that is not one of these.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.keys() {
            if known.contains(&key) {
                continue;
            }
            let span = self.key_span(key);
            if names_secret(key) {
                let message =
                    format!("`{key}` is a secret, and the configuration file keeps no secrets");
                let help = "remove the line and keep it with `tenantry profile secret NAME`; \
                            whoever could read the file may know it, so make a new one";
                self.text.problem(span, &message, Parts::help(help));
                continue;
            }
            let place = match self.name.as_str() {
                "" => "the configuration file".to_owned(),
                name => format!("`{name}`"),
            };
            let message = format!("{place} has no key `{key}`");
            let help = match did_you_mean(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the keys are {}", known.join(", ")),
            };
            self.text.problem(span, &message, Parts::help(&help));
        }
    }

    /// Returns a table of this one.
    pub(super) fn section(&self, key: &'a str) -> Option<Section<'a>> {
        let item = self.table.get(key)?;
        let span = item.span().or_else(|| self.key_span(key));
        let Some(table) = item.as_table_like() else {
            self.wrong_type(key, item, "a table");
            return None;
        };
        // A table that is only implied by another's header has no place of its own.
        let span = span.or_else(|| {
            let (_, first) = table.iter().next()?;
            first.span()
        });
        Some(Section {
            text: self.text,
            table,
            name: match self.name.as_str() {
                "" => key.to_owned(),
                name => format!("{name}.{key}"),
            },
            span: span.map_or((0, 0), |span| (span.start, span.end)),
        })
    }

    /// Returns a text that is not empty.
    pub(super) fn string(&self, key: &str) -> Option<Found<&'a str>> {
        let item = self.table.get(key)?;
        let span = item.span();
        match item.as_str() {
            Some(value) if !value.trim().is_empty() => Some(Found { value, span }),
            Some(_) => {
                let message = format!("`{key}` is empty");
                let help = "give it a value, or remove the line";
                self.text.problem(span, &message, Parts::help(help));
                None
            }
            None => {
                self.wrong_type(key, item, "a text in quotes");
                None
            }
        }
    }

    /// Returns a text that `read` understands; otherwise `read` says what it should be.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let found = self.string(key)?;
        match read(found.value) {
            Ok(value) => Some(value),
            Err(should) => {
                self.wrong_value(key, &found, &should);
                None
            }
        }
    }

    /// Returns what a word means.
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let found = self.string(key)?;
        self.meaning(key, &found, words)
    }

    /// Returns what the words of a list mean.
    pub(super) fn words<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let item = self.table.get(key)?;
        let Some(array) = item.as_array() else {
            self.wrong_type(key, item, "a list of texts, such as [\"write\"]");
            return None;
        };
        let mut meant = Vec::new();
        for value in array {
            let span = value.span();
            let Some(value) = value.as_str() else {
                let message = format!("`{key}` is a list of texts");
                let label = Parts::label("this is no text in quotes");
                self.text.problem(span, &message, label);
                return None;
            };
            meant.push(self.meaning(key, &Found { value, span }, words)?);
        }
        Some(meant)
    }

    /// Returns a whole number within bounds.
    pub(super) fn number(&self, key: &str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let item = self.table.get(key)?;
        let Some(value) = item.as_integer() else {
            self.wrong_type(key, item, "a whole number");
            return None;
        };
        if bounds.contains(&value) {
            return Some(value);
        }
        let message = format!("`{key}` is {value}");
        let help = format!("give a number from {} to {}", bounds.start(), bounds.end());
        self.text.problem(item.span(), &message, Parts::help(&help));
        None
    }

    /// Returns whether there is such a key, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Notes that a key is not there that has to be.
    pub(super) fn missing(&self, key: &str, help: &str) {
        let message = format!("`{}` has no `{key}`", self.name);
        let (start, end) = self.span;
        self.text
            .problem(Some(start..end), &message, Parts::help(help));
    }

    /// Notes what is wrong with the table as a whole.
    pub(super) fn wrong_whole(&self, message: &str, help: &str) {
        let (start, end) = self.span;
        self.text
            .problem(Some(start..end), message, Parts::help(help));
    }

    /// Notes what is wrong with a key's value as a whole.
    pub(super) fn wrong(&self, key: &str, message: &str, help: &str) {
        let span = self.key_span(key);
        self.text.problem(span, message, Parts::help(help));
    }

    /// Notes that a value is not what it should be.
    pub(super) fn wrong_value(&self, key: &str, found: &Found<&str>, should: &str) {
        let message = format!("`{key}` cannot be `{}`", found.value);
        self.text
            .problem(found.span.clone(), &message, Parts::help(should));
    }

    fn meaning<T: Copy>(&self, key: &str, found: &Found<&str>, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == found.value) {
            return Some(*meaning);
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let should = match did_you_mean(found.value, all.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("give one of {}", all.join(", ")),
        };
        self.wrong_value(key, found, &should);
        None
    }

    fn wrong_type(&self, key: &str, item: &Item, should: &str) {
        let message = format!("`{key}` has to be {should}");
        let label = format!("this is {}", described(item));
        let span = item.span().or_else(|| self.key_span(key));
        self.text.problem(span, &message, Parts::label(&label));
    }

    fn key_span(&self, key: &str) -> Option<Range<usize>> {
        let (key, item) = self.table.get_key_value(key)?;
        key.span().or_else(|| item.span())
    }
}

fn described(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "a text",
        "integer" => "a number",
        "float" => "a number with a fraction",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        _ => "a table",
    }
}

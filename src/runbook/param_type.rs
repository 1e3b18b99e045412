//! A declared parameter, the types it may have, and how a text becomes a value of its type.

use std::path::PathBuf;

use jiff::civil;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::base::text::did_you_mean;
use crate::error::At;
use crate::script::Value;

/// A parameter as the header declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Name in the script; on the command line `_` and `-` are the same.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// Its value when none is given.
    pub initial: Option<ParamValue>,
    /// One sentence; may be empty.
    pub help: String,
    /// Whether a value must be given.
    pub required: bool,
    /// The texts it may have; empty means any.
    pub choices: Vec<String>,
    /// Where it is declared.
    pub at: At,
}

impl Param {
    /// Returns the flag that sets it, without a value.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// Reads a value; a failure says what was expected, and what was probably meant.
    pub fn read(&self, text: &str) -> Result<ParamValue, (String, Option<String>)> {
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            let meant = did_you_mean(text, self.choices.iter().map(String::as_str));
            return Err((
                format!("one of {}", self.choices.join(", ")),
                meant.map(|meant| format!("did you mean `{meant}`?")),
            ));
        }
        self.ty
            .read(text)
            .ok_or_else(|| (self.ty.expected().to_owned(), None))
    }
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// An exact number.
    Decimal,
    /// `true` or `false`.
    Bool,
    /// A date, with or without a time.
    Date,
    /// Texts.
    List,
    /// A text that is never shown.
    Secret,
    /// A path.
    File,
}

impl ParamType {
    /// All types.
    pub const ALL: [Self; 8] = [
        Self::String,
        Self::Int,
        Self::Decimal,
        Self::Bool,
        Self::Date,
        Self::List,
        Self::Secret,
        Self::File,
    ];

    /// Returns the word used in headers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::List => "list",
            Self::Secret => "secret",
            Self::File => "file",
        }
    }

    /// Returns the type that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.as_str() == word)
    }

    /// Returns what stands for a value in help.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::String => "TEXT",
            Self::Int | Self::Decimal => "NUMBER",
            Self::Bool => "BOOL",
            Self::Date => "DATE",
            Self::List => "A,B,…",
            Self::Secret => "env:NAME|file:PATH",
            Self::File => "PATH",
        }
    }

    /// Returns what a value must look like.
    pub fn expected(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Int => "a whole number",
            Self::Decimal => "a number",
            Self::Bool => "true or false",
            Self::Date => "a date such as 2026-01-31 or 2026-01-31T12:00:00Z",
            Self::List => "texts, separated by commas",
            Self::Secret => "`env:NAME` or `file:PATH`",
            Self::File => "a path",
        }
    }

    /// Reads a value of this type; a secret is the text itself.
    pub fn read(self, text: &str) -> Option<ParamValue> {
        Some(match self {
            Self::String => ParamValue::Text(text.to_owned()),
            Self::Int => ParamValue::Int(text.trim().parse().ok()?),
            Self::Decimal => ParamValue::Decimal(decimal(text.trim())?),
            Self::Bool => ParamValue::Bool(match text {
                "true" | "yes" => true,
                "false" | "no" => false,
                _ => return None,
            }),
            Self::Date => ParamValue::Date(date(text.trim())?),
            Self::List => ParamValue::List(
                text.split(',')
                    .map(|item| item.trim().to_owned())
                    .filter(|item| !item.is_empty())
                    .collect(),
            ),
            Self::Secret => ParamValue::Secret(Secret::new(text.to_owned())),
            Self::File if text.is_empty() => return None,
            Self::File => ParamValue::File(PathBuf::from(text)),
        })
    }
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// An exact number, as decimal digits.
    Decimal(String),
    /// `true` or `false`.
    Bool(bool),
    /// A point in time; a date alone is its beginning in UTC.
    Date(Timestamp),
    /// Texts.
    List(Vec<String>),
    /// A text that is never shown.
    Secret(Secret<String>),
    /// A path.
    File(PathBuf),
}

impl From<&ParamValue> for Value {
    /// The value as scripts see it.
    fn from(value: &ParamValue) -> Self {
        match value {
            ParamValue::Text(text) => Self::Text(text.clone()),
            ParamValue::Int(number) => Self::Int(*number),
            ParamValue::Decimal(digits) => match digits.parse() {
                Ok(number) => Self::Decimal(number),
                Err(_) => Self::Text(digits.clone()),
            },
            ParamValue::Bool(value) => Self::Bool(*value),
            ParamValue::Date(at) => Self::Date(*at),
            ParamValue::List(items) => {
                let items = items.iter().cloned().map(Self::Text);
                Self::List(items.collect())
            }
            ParamValue::Secret(secret) => Self::Secret(secret.clone()),
            ParamValue::File(path) => Self::Text(path.display().to_string()),
        }
    }
}

impl ParamValue {
    /// Returns the value as help shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => "\"\"".to_owned(),
            Self::Text(text) | Self::Decimal(text) => text.clone(),
            Self::Int(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Date(at) => {
                let text = at.to_string();
                text.strip_suffix("T00:00:00Z").unwrap_or(&text).to_owned()
            }
            Self::List(items) if items.is_empty() => "none".to_owned(),
            Self::List(items) => items.join(","),
            Self::Secret(_) => "•••".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

fn decimal(text: &str) -> Option<String> {
    Decimal::from_str_exact(text)
        .ok()
        .map(|value| value.to_string())
}

/// Reads a date: ISO 8601 with or without a time; without an offset it is UTC.
fn date(text: &str) -> Option<Timestamp> {
    let utc = |at: civil::DateTime| TimeZone::UTC.to_timestamp(at).ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| utc(text.parse::<civil::DateTime>().ok()?))
        .or_else(|| utc(text.parse::<civil::Date>().ok()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values_of_their_type() {
        let check = |ty: ParamType, text: &str, expected: Option<&str>| {
            let shown = ty.read(text).map(|value| value.shown());
            assert_eq!(shown.as_deref(), expected, "{text} as {}", ty.as_str());
        };
        check(ParamType::Int, "12", Some("12"));
        check(ParamType::Int, "1e3", None);
        check(ParamType::Int, "9223372036854775808", None);
        check(ParamType::Decimal, "0.10", Some("0.10"));
        check(ParamType::Decimal, "x", None);
        check(ParamType::Bool, "yes", Some("true"));
        check(ParamType::Bool, "1", None);
        check(ParamType::Date, "2026-01-31", Some("2026-01-31"));
        check(
            ParamType::Date,
            "2026-01-31T12:00:00+01:00",
            Some("2026-01-31T11:00:00Z"),
        );
        check(ParamType::Date, "2026-02-30", None);
        check(ParamType::List, "a, b,,c", Some("a,b,c"));
        check(ParamType::File, "", None);
        check(ParamType::Secret, "hush", Some("•••"));
    }
}

//! `$filter` of the lists of Azure Backup: `name eq 'value'`, joined by `and`, and nothing else. Dates
//! are of a 12-hour clock: `'2026-01-31 10:00:00 PM'`. Source: recovery reference §6.2.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::refusal::input;
use crate::base::clock::Timestamp;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Conditions that all must hold: each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter(Vec<(&'static str, String)>);

impl Filter {
    /// Reads the filter of a request, which may use these names; an absent one holds for all.
    pub(super) fn of(request: &Request, names: &[&'static str]) -> Result<Self, Refusal> {
        match request.query("$filter") {
            None => Ok(Self::default()),
            Some(text) if text.trim().is_empty() => Ok(Self::default()),
            Some(text) => Self::parse(text, names),
        }
    }

    /// Reads a filter.
    fn parse(text: &str, names: &[&'static str]) -> Result<Self, Refusal> {
        let mut found: Vec<(&'static str, String)> = Vec::new();
        let mut rest = text.trim();
        loop {
            let (name, value, after) = condition(rest).ok_or_else(|| bad(text, names))?;
            let mut known = names
                .iter()
                .filter(|known| known.eq_ignore_ascii_case(name));
            let name = *known.next().ok_or_else(|| bad(text, names))?;
            if found.iter().any(|(other, _)| *other == name) {
                return Err(bad(text, names));
            }
            found.push((name, value));
            if after.is_empty() {
                return Ok(Self(found));
            }
            let next = word(after, "and").ok_or_else(|| bad(text, names))?;
            rest = next;
        }
    }

    /// Returns what a name must be.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns what a name must be, or refuses a list that cannot be asked for without it.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            let text = format!("The list needs $filter with {name} eq '…'.");
            input("$filter", text)
        })
    }

    /// Returns the moment that a name must be.
    pub(super) fn date(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        date(text).map(Some).ok_or_else(|| {
            let text = format!(
                "'{text}' is not a date of $filter: {name} is written 'yyyy-MM-dd hh:mm:ss tt', with a 12-hour clock and AM or PM."
            );
            input("$filter", text)
        })
    }

    /// Tells whether a value is what a name must be, if it must be anything; casing does not count.
    pub(super) fn fits(&self, name: &str, value: &str) -> bool {
        self.get(name)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    }
}

fn bad(text: &str, names: &[&str]) -> Refusal {
    let text = format!(
        "The filter '{text}' is not supported: it is name eq 'value', joined by and, each name once, of {}.",
        names.join(", ")
    );
    input("$filter", text)
}

/// Takes `name eq 'value'` from the beginning of a text.
fn condition(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once(char::is_whitespace)?;
    let rest = word(rest.trim_start(), "eq")?.strip_prefix('\'')?;
    let mut value = String::new();
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            let after = &rest[at + 1..];
            let apart = after.is_empty() || after.starts_with(char::is_whitespace);
            return apart.then(|| (name, value, after.trim()));
        }
    }
    None
}

/// Takes a word, in any casing, and the spaces after it.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    let apart = rest.starts_with(char::is_whitespace);
    (head.eq_ignore_ascii_case(word) && apart).then(|| rest.trim_start())
}

/// Reads `2026-01-31 10:00:00 PM`, UTC. The published sample writes midnight as `00:00:00 AM`.
fn date(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(' ');
    let (day, time, half) = (parts.next()?, parts.next()?, parts.next()?);
    let is_plain = |text: &str, form: &str| {
        let same = |(letter, form): (char, char)| match form {
            '0' => letter.is_ascii_digit(),
            other => letter == other,
        };
        text.chars().count() == form.len() && text.chars().zip(form.chars()).all(same)
    };
    if parts.next().is_some() || !is_plain(day, "0000-00-00") || !is_plain(time, "00:00:00") {
        return None;
    }
    let number = |range: std::ops::Range<usize>| time.get(range)?.parse::<i8>().ok();
    let hour = number(0..2).filter(|hour| (0..=12).contains(hour))? % 12;
    let hour = match half.to_ascii_uppercase().as_str() {
        "AM" => hour,
        "PM" => hour + 12,
        _ => return None,
    };
    let time = Time::new(hour, number(3..5)?, number(6..8)?, 0).ok()?;
    let moment = DateTime::from_parts(day.parse::<Date>().ok()?, time);
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_of_a_twelve_hour_clock() {
        let check = |text: &str, expected: Option<&str>| {
            let expected = expected.map(|text| text.parse().expect("a time"));
            assert_eq!(date(text), expected, "{text}");
        };
        check("2026-01-01 00:00:00 AM", Some("2026-01-01T00:00:00Z"));
        check("2026-01-01 12:00:00 AM", Some("2026-01-01T00:00:00Z"));
        check("2026-01-01 12:30:00 pm", Some("2026-01-01T12:30:00Z"));
        check("2026-01-31 10:05:09 PM", Some("2026-01-31T22:05:09Z"));
        check("2026-01-31T10:05:09Z", None);
        check("2026-01-31 22:05:09", None);
        check("2026-01-31 13:00:00 PM", None);
        check("2026-02-31 01:00:00 PM", None);
        check("2026-1-31 01:00:00 PM", None);
        check("2026-01-31  01:00:00 PM", None);
        check("2026-01-31", None);
    }

    #[test]
    fn a_filter_is_of_equalities_joined_by_and() {
        const NAMES: &[&str] = &["operation", "status"];
        let check = |text: &str, expected: Option<&[(&'static str, &str)]>| {
            let seen = Filter::parse(text, NAMES).ok();
            let owned = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
            let expected = expected.map(|all| Filter(all.iter().map(owned).collect()));
            assert_eq!(seen, expected, "{text}");
        };
        check("operation eq 'Backup'", Some(&[("operation", "Backup")]));
        check(
            "Operation EQ 'a''b'  AND  status eq 'c and d'",
            Some(&[("operation", "a'b"), ("status", "c and d")]),
        );
        for wrong in [
            "operation eq Backup",
            "operation eq 'Backup",
            "operation ne 'Backup'",
            "operation eq 'a' or status eq 'b'",
            "operation eq 'a' and",
            "operation eq 'a'and status eq 'b'",
            "operation eq 'a' and operation eq 'b'",
            "name eq 'a'",
            "operation eq'a'",
        ] {
            check(wrong, None);
        }
    }
}

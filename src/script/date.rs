//! The date type of scripts. It keeps the text it came from, so that it is written back as it was,
//! and it refuses to be ordered with anything but a date or the text of one.

use std::cmp::Ordering;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, civil};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString};

use super::error::{argument, raise};
use crate::base::clock::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// A point in time.
#[derive(Debug, Clone)]
pub(super) struct Date {
    at: Timestamp,
    text: ImmutableString,
}

impl Date {
    /// Creates a date from a point in time.
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            at,
            text: at.to_string().into(),
        }
    }

    /// Reads a date: ISO 8601 with or without a time; without an offset it is UTC.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let at = trimmed
            .parse::<Timestamp>()
            .ok()
            .or_else(|| in_utc(trimmed.parse::<civil::DateTime>().ok()?))
            .or_else(|| in_utc(trimmed.parse::<civil::Date>().ok()?.into()))?;
        Some(Self {
            at,
            text: trimmed.into(),
        })
    }

    /// Returns the point in time.
    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    /// Returns the text it came from, or its ISO 8601 form.
    pub(super) fn text(&self) -> &ImmutableString {
        &self.text
    }

    fn moved(&self, seconds: i64) -> Result<Self, Box<EvalAltResult>> {
        self.at
            .checked_add(SignedDuration::from_secs(seconds))
            .map(Self::new)
            .map_err(|_| raise(argument("that date is out of range")))
    }

    fn civil(&self) -> civil::DateTime {
        TimeZone::UTC.to_datetime(self.at)
    }
}

fn in_utc(at: civil::DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(at).ok()
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.at.partial_cmp(&other.at)
    }
}

/// Returns the date that a script's value means: a date, or the text of one.
pub(super) fn of(value: &Dynamic) -> Option<Date> {
    if let Some(date) = value.read_lock::<Date>() {
        return Some(date.clone());
    }
    let text = value.as_immutable_string_ref().ok()?;
    Date::parse(&text)
}

fn order(left: &Dynamic, right: &Dynamic) -> Result<Ordering, Box<EvalAltResult>> {
    match (of(left), of(right)) {
        (Some(left), Some(right)) => Ok(left.at.cmp(&right.at)),
        (found, _) => {
            let wrong = if found.is_none() { left } else { right };
            let what = super::error::describe(wrong);
            Err(raise(
                argument(format!("a date cannot be ordered with {what}"))
                    .help("compare with a date, `date(\"2026-01-31\")`, or the text of one; an absent date is `()`: test it first, or give a default with `??`"),
            ))
        }
    }
}

/// Registers the type and its operators.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Date>("Date");
    operators(engine);
    engine.register_get("year", |date: &mut Date| i64::from(date.civil().year()));
    engine.register_get("month", |date: &mut Date| i64::from(date.civil().month()));
    engine.register_get("day", |date: &mut Date| i64::from(date.civil().day()));
    engine.register_fn("add_days", |date: &mut Date, days: i64| {
        date.moved(days.saturating_mul(DAY))
    });
    engine.register_fn("add_hours", |date: &mut Date, hours: i64| {
        date.moved(hours.saturating_mul(60 * 60))
    });
    engine.register_fn("days_until", |date: &mut Date, other: Dynamic| {
        let other = of(&other).ok_or_else(|| raise(argument("`days_until` takes a date")))?;
        let seconds = other.at.duration_since(date.at).as_secs();
        Ok::<_, Box<EvalAltResult>>(seconds.div_euclid(DAY))
    });
    engine.register_fn("format", |date: &mut Date, pattern: &str| {
        jiff::fmt::strtime::format(pattern, date.civil())
            .map_err(|error| raise(argument(format!("the date pattern is wrong: {error}"))))
    });
    engine.register_fn("to_string", |date: &mut Date| date.text.clone());
    engine.register_fn("to_debug", |date: &mut Date| date.text.clone());
}

fn operators(engine: &mut Engine) {
    engine.register_fn("==", |a: Date, b: Dynamic| of(&b).is_some_and(|b| a == b));
    engine.register_fn("!=", |a: Date, b: Dynamic| of(&b).is_none_or(|b| a != b));
    engine.register_fn("==", |a: Dynamic, b: Date| of(&a).is_some_and(|a| a == b));
    engine.register_fn("!=", |a: Dynamic, b: Date| of(&a).is_none_or(|a| a != b));
    macro_rules! ordering {
        ($($operator:literal: $test:ident),*) => {$(
            engine.register_fn($operator, |a: Date, b: Dynamic| {
                order(&Dynamic::from(a), &b).map(Ordering::$test)
            });
            engine.register_fn($operator, |a: Dynamic, b: Date| {
                order(&a, &Dynamic::from(b)).map(Ordering::$test)
            });
            engine.register_fn($operator, |a: Date, b: Date| Ordering::$test(a.at.cmp(&b.at)));
        )*};
    }
    ordering!("<": is_lt, "<=": is_le, ">": is_gt, ">=": is_ge);
    engine.register_fn("==", |a: Date, b: Date| a == b);
    engine.register_fn("!=", |a: Date, b: Date| a != b);
    engine.register_fn("-", |a: Date, b: Date| {
        a.at.duration_since(b.at).as_secs().div_euclid(DAY)
    });
}

/// Returns a number of seconds, whole or not, as a duration.
pub(super) fn seconds(value: &Dynamic) -> Option<Duration> {
    let seconds = if let Ok(whole) = value.as_int() {
        u64::try_from(whole).ok().map(Duration::from_secs)?
    } else {
        let part = super::number::as_float(value)?;
        Duration::try_from_secs_f64(part).ok()?
    };
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_the_services_forms() {
        let second = |text: &str| Date::parse(text).map(|date| date.at.as_second());
        assert_eq!(second("1970-01-02"), Some(DAY));
        assert_eq!(second("1970-01-01T00:00:01Z"), Some(1));
        assert_eq!(second("1970-01-01T00:00:01.6867213Z"), Some(1));
        assert_eq!(second("1970-01-01T00:00:01"), Some(1));
        assert_eq!(second("1970-01-01T01:00:01+01:00"), Some(1));
        assert_eq!(second("soon"), None);
    }
}

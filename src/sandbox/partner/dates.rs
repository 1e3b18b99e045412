//! Dates of Partner Center: what is read (any ISO form, with or without zone), what is written, and
//! the arithmetic of terms.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Reads a moment; without a zone it is UTC, a date alone is its midnight.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(local) = text.parse::<DateTime>() {
        return at_utc(local);
    }
    at_utc(
        text.parse::<Date>()
            .ok()?
            .to_datetime(jiff::civil::Time::midnight()),
    )
}

fn at_utc(local: DateTime) -> Option<Timestamp> {
    local
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Writes a moment with milliseconds, as most answers have it.
pub(crate) fn write(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// Writes a moment with whole seconds.
pub(crate) fn write_seconds(moment: Timestamp) -> String {
    format!("{moment:.0}")
}

/// Returns the midnight that begins the day of `moment`.
pub(crate) fn midnight(moment: Timestamp) -> Timestamp {
    let day = moment.to_zoned(TimeZone::UTC).date();
    at_utc(day.to_datetime(jiff::civil::Time::midnight())).unwrap_or(moment)
}

/// Returns the moment some days later (or earlier).
pub(crate) fn plus_days(moment: Timestamp, days: i64) -> Timestamp {
    moment
        .checked_add(jiff::SignedDuration::from_hours(24 * days))
        .unwrap_or(moment)
}

/// Returns the moment some seconds later.
pub(crate) fn plus_seconds(moment: Timestamp, seconds: i64) -> Timestamp {
    moment
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(moment)
}

/// Returns the last day (inclusive, as new commerce writes it) of a term that begins at `start`.
pub(crate) fn term_end(start: Timestamp, term: &str) -> Option<Timestamp> {
    let span = match term {
        "P1M" => Span::new().months(1),
        "P1Y" => Span::new().years(1),
        "P3Y" => Span::new().years(3),
        _ => return None,
    };
    let end = start.to_zoned(TimeZone::UTC).checked_add(span).ok()?;
    Some(plus_days(midnight(end.timestamp()), -1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_is_read() {
        for (text, expected) in [
            ("2016-05-10T07:30:05.427Z", "2016-05-10T07:30:05.427Z"),
            ("2026-03-02T09:15:04.1203311Z", "2026-03-02T09:15:04.120Z"),
            ("2026-03-02T09:15:04-08:00", "2026-03-02T17:15:04.000Z"),
            ("2026-03-02T09:15:04", "2026-03-02T09:15:04.000Z"),
            ("2026-03-02", "2026-03-02T00:00:00.000Z"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(parse(text).map(write).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn a_term_ends_on_the_day_before_its_anniversary() {
        let start = parse("2026-03-02T09:15:31Z").expect("a date");
        for (term, end) in [
            ("P1Y", Some("2027-03-01T00:00:00Z")),
            ("P1M", Some("2026-04-01T00:00:00Z")),
            ("P3Y", Some("2029-03-01T00:00:00Z")),
            ("", None),
        ] {
            assert_eq!(
                term_end(start, term).map(write_seconds).as_deref(),
                end,
                "{term}"
            );
        }
    }
}

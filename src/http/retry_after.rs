//! How long a service asks to wait: `Retry-After` as seconds or as a date, or one of the headers
//! that name milliseconds. The date is read against the answer's own `Date`, since the two clocks
//! need not agree.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};
use jiff::Timestamp;

/// Headers of Azure that name milliseconds; they stand before `Retry-After`, since they say more.
const MILLISECONDS: [HeaderName; 2] = [
    HeaderName::from_static("retry-after-ms"),
    HeaderName::from_static("x-ms-retry-after-ms"),
];

/// Returns how long the answer asks to wait, if it does.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let milliseconds = || MILLISECONDS.iter().find_map(|name| number(headers, name));
    if let Some(milliseconds) = milliseconds() {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let text = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = date(text)?;
    let now = sent_at(headers).unwrap_or(now);
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// Returns when an answer was sent, by the service's clock.
pub(crate) fn sent_at(headers: &HeaderMap) -> Option<Timestamp> {
    text(headers, &DATE).and_then(date)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<f64> {
    text(headers, name)?.parse().ok()
}

/// Returns a header's text; of a doubled, comma-joined number only the first part. A date has a
/// comma too, but its first part is a word.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let whole = headers.get(name)?.to_str().ok()?.trim();
    Some(match whole.split_once(',') {
        Some((first, _)) if first.starts_with(|c: char| c.is_ascii_digit()) => first.trim(),
        _ => whole,
    })
}

fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        let check = |after: &str, date: Option<&str>, expected: Option<u64>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, after.parse().expect("a value"));
            if let Some(date) = date {
                headers.insert(DATE, date.parse().expect("a value"));
            }
            let found = retry_after(&headers, Timestamp::UNIX_EPOCH);
            assert_eq!(found, expected.map(Duration::from_secs), "{after}");
        };
        check("7", None, Some(7));
        check("7,7", None, Some(7));
        check("1.0", None, Some(1));
        check("-3", None, None);
        check("soon", None, None);
        check("Thu, 01 Jan 1970 00:00:30 GMT", None, Some(30));
        let noon = Some("Sun, 06 Nov 1994 12:00:00 GMT");
        check("Sun, 06 Nov 1994 12:01:00 GMT", noon, Some(60));
        check("Sun, 06 Nov 1994 11:59:00 GMT", noon, Some(0));
        assert_eq!(retry_after(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn milliseconds_are_told_by_headers_of_their_own() {
        for name in MILLISECONDS {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, "7".parse().expect("a value"));
            headers.insert(&name, "1500".parse().expect("a value"));
            let found = retry_after(&headers, Timestamp::UNIX_EPOCH);
            assert_eq!(found, Some(Duration::from_millis(1500)), "{name}");
        }
    }
}

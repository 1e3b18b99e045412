//! Durations as people write them, on the command line and in the configuration file: `90s`, `5m`,
//! `2h`, `1h30m`.

use std::time::Duration;

/// Reads a duration; the units are `s`, `m`, `h` and `d`, whole numbers only.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "give a time such as 90s, 5m, 2h or 1h30m".to_owned();
    let mut rest = text;
    let mut seconds: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let mut units = rest[digits..].chars();
        let unit = match units.next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86400,
            _ => return Err(wrong()),
        };
        rest = units.as_str();
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(wrong)?;
    }
    if seconds == 0 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(seconds))
}

/// Returns the text that [`parse`] reads back: whole seconds in the largest units.
pub fn write(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut text = String::new();
    for (unit, seconds) in [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)] {
        if rest >= seconds {
            text.push_str(&(rest / seconds).to_string());
            text.push_str(unit);
            rest %= seconds;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["1s", "90s", "1h30m", "2d", "1d1s", "3600s"] {
            let duration = parse(text).expect("a duration");
            assert_eq!(parse(&write(duration)), Ok(duration), "{text}");
        }
        assert_eq!(write(Duration::from_secs(5400)), "1h30m");
    }

    #[test]
    fn durations_have_whole_numbers_and_units() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(parse(text).ok().map(|d| d.as_secs()), expected, "{text}");
        };
        check("90s", Some(90));
        check("5m", Some(300));
        check("2h", Some(7200));
        check("1h30m", Some(5400));
        for wrong in [
            "",
            "0s",
            "5",
            "m",
            "-5m",
            "1.5h",
            "5 m",
            "99999999999999999999s",
        ] {
            check(wrong, None);
        }
    }
}

//! Durations on the command line: `90s`, `5m`, `2h`, `1h30m`.

use std::time::Duration;

/// Reads a duration; the units are `s`, `m`, `h` and `d`, whole numbers only.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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

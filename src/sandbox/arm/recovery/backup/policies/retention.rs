//! How long a policy keeps a recovery point: the longest of the rules that the day of the point fits.
//! Source: recovery reference §6.2.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value};

use super::schedule::{day, texts};
use crate::sandbox::arm::body;

const WEEKS: [&str; 4] = ["First", "Second", "Third", "Fourth"];
/// Months, by their names.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A field of a retention, its name, and whether a day fits it.
type Rule = (
    &'static str,
    &'static str,
    fn(&Map<String, Value>, Date) -> bool,
);

/// Returns when a point of that time goes, and by which rule; `None` when no rule keeps it.
pub(in super::super) fn expiry(
    policy: &Map<String, Value>,
    time: Timestamp,
) -> Option<(Timestamp, &'static str)> {
    let retention = policy.get("retentionPolicy")?.as_object()?;
    if retention.contains_key("retentionDuration") {
        return Some((end(retention, time)?, "Daily"));
    }
    let date = time.to_zoned(TimeZone::UTC).date();
    let rules: [Rule; 4] = [
        ("dailySchedule", "Daily", |_, _| true),
        ("weeklySchedule", "Weekly", |rule, date| {
            has_day(rule, "daysOfTheWeek", date)
        }),
        ("monthlySchedule", "Monthly", of_month),
        ("yearlySchedule", "Yearly", of_year),
    ];
    let kept = rules.iter().filter_map(|(field, name, fits)| {
        let rule = retention.get(*field)?.as_object()?;
        let end = end(rule, time).filter(|_| fits(rule, date))?;
        Some((end, *name))
    });
    kept.max_by_key(|(end, _)| *end)
}

/// Adds the duration of a rule.
fn end(rule: &Map<String, Value>, time: Timestamp) -> Option<Timestamp> {
    let count = body::at(rule, "retentionDuration.count")?.as_i64()?;
    let unit = body::at(rule, "retentionDuration.durationType")?.as_str()?;
    let span = match unit.to_ascii_lowercase().as_str() {
        "days" => Span::new().try_days(count),
        "weeks" => Span::new().try_weeks(count),
        "months" => Span::new().try_months(count),
        _ => Span::new().try_years(count),
    };
    let end = time.to_zoned(TimeZone::UTC).checked_add(span.ok()?).ok()?;
    Some(end.timestamp())
}

fn has_day(rule: &Map<String, Value>, path: &str, date: Date) -> bool {
    texts(rule, path).any(|name| day(name) == Some(date.weekday()))
}

fn of_month(rule: &Map<String, Value>, date: Date) -> bool {
    let form = rule.get("retentionScheduleFormatType");
    let form = form.and_then(Value::as_str).unwrap_or_default();
    if form.eq_ignore_ascii_case("Weekly") {
        let weeks = texts(rule, "retentionScheduleWeekly.weeksOfTheMonth");
        return has_day(rule, "retentionScheduleWeekly.daysOfTheWeek", date)
            && weeks.into_iter().any(|week| is_week(week, date));
    }
    let days = body::at(rule, "retentionScheduleDaily.daysOfTheMonth");
    let days = days.and_then(Value::as_array).into_iter().flatten();
    let mut days = days.filter_map(Value::as_object);
    days.any(|day| match day.get("isLast") {
        Some(Value::Bool(true)) => date == date.last_of_month(),
        _ => day.get("date").and_then(Value::as_i64) == Some(i64::from(date.day())),
    })
}

fn of_year(rule: &Map<String, Value>, date: Date) -> bool {
    let month = usize::try_from(date.month() - 1).unwrap_or_default();
    texts(rule, "monthsOfYear").any(|name| name.eq_ignore_ascii_case(MONTHS[month]))
        && of_month(rule, date)
}

fn is_week(week: &str, date: Date) -> bool {
    let number = usize::try_from((date.day() - 1) / 7).unwrap_or_default();
    if week.eq_ignore_ascii_case("Last") {
        return date.day() + 7 > date.days_in_month();
    }
    WEEKS
        .get(number)
        .is_some_and(|name| name.eq_ignore_ascii_case(week))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_longest_rule_that_fits_keeps_a_point() {
        let rule = |count: i64, unit: &str| json!({ "count": count, "durationType": unit });
        let policy = json!({ "retentionPolicy": {
            "retentionPolicyType": "LongTermRetentionPolicy",
            "dailySchedule": { "retentionDuration": rule(30, "Days") },
            "weeklySchedule": { "daysOfTheWeek": ["Sunday"], "retentionDuration": rule(12, "Weeks") },
            "monthlySchedule": {
                "retentionScheduleFormatType": "Weekly",
                "retentionScheduleWeekly": { "daysOfTheWeek": ["Sunday"], "weeksOfTheMonth": ["First"] },
                "retentionDuration": rule(6, "Months"),
            },
            "yearlySchedule": {
                "monthsOfYear": ["January"],
                "retentionScheduleFormatType": "Daily",
                "retentionScheduleDaily": { "daysOfTheMonth": [{ "date": 1, "isLast": false }, { "date": 0, "isLast": true }] },
                "retentionDuration": rule(10, "Years"),
            },
        } });
        let check = |time: &str, expected: (&str, &str)| {
            let time = time.parse().expect("a time");
            let (end, rule) = expiry(policy.as_object().expect("an object"), time).expect("kept");
            assert_eq!((format!("{end:.0}").as_str(), rule), expected, "{time}");
        };
        check("2026-03-02T22:00:00Z", ("2026-04-01T22:00:00Z", "Daily"));
        check("2026-03-15T22:00:00Z", ("2026-06-07T22:00:00Z", "Weekly"));
        check("2026-03-01T22:00:00Z", ("2026-09-01T22:00:00Z", "Monthly"));
        check("2026-01-01T22:00:00Z", ("2036-01-01T22:00:00Z", "Yearly"));
        check("2026-01-31T22:00:00Z", ("2036-01-31T22:00:00Z", "Yearly"));
    }

    #[test]
    fn weeks_of_a_month_are_counted_from_its_first_day() {
        let check = |week: &str, date: &str, expected| {
            let date = date.parse().expect("a date");
            assert_eq!(is_week(week, date), expected, "{week} {date}");
        };
        check("First", "2026-03-07", true);
        check("First", "2026-03-08", false);
        check("Last", "2026-02-22", true);
        check("Last", "2026-02-21", false);
        check("Fourth", "2026-03-28", true);
        check("Fourth", "2026-03-29", false);
        check("Last", "2026-03-29", true);
    }
}

//! When a policy wants backups: pure reckoning over its schedule. Times are UTC, as the reference has
//! them; whether `timeZone` moves them is not confirmed, so here it does not.

use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::body;
use crate::sandbox::partner::dates::midnight;

/// Days of the week, by their names.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

const DAY: u64 = 86_400;

/// The runs of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Schedule {
    /// On which days; on all when there is none.
    pub(super) days: Vec<Weekday>,
    /// Seconds of the day, in order.
    pub(super) times: Vec<u64>,
}

impl Schedule {
    /// Reads the schedule of a policy that was accepted.
    pub(in super::super) fn of(policy: &Map<String, Value>) -> Option<Self> {
        let schedule = policy.get("schedulePolicy")?.as_object()?;
        let frequency = schedule.get("scheduleRunFrequency")?.as_str()?;
        let is_old = schedule.get("schedulePolicyType")?.as_str()? == "SimpleSchedulePolicy";
        let inner = match frequency {
            "Daily" => "dailySchedule",
            "Weekly" => "weeklySchedule",
            _ => return Self::hourly(schedule.get("hourlySchedule")?),
        };
        let part = if is_old {
            schedule
        } else {
            schedule.get(inner)?.as_object()?
        };
        let days = texts(part, "scheduleRunDays");
        let days = days.filter_map(day);
        let days = if frequency == "Weekly" {
            days.collect()
        } else {
            Vec::new()
        };
        let times = texts(part, "scheduleRunTimes").filter_map(second_of_day);
        Some(Self::sorted(days, times.collect()))
    }

    /// From the beginning of a window on, every so many hours until it ends.
    fn hourly(part: &Value) -> Option<Self> {
        let start = second_of_day(part["scheduleWindowStartTime"].as_str()?)?;
        let every = part["interval"].as_u64()?.max(1);
        let hours = part["scheduleWindowDuration"].as_u64()?.min(24);
        let runs = (0..hours.max(1)).step_by(usize::try_from(every).ok()?);
        let times = runs.map(|hour| (start + hour * 3600) % DAY).collect();
        Some(Self::sorted(Vec::new(), times))
    }

    fn sorted(days: Vec<Weekday>, mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        times.dedup();
        Self { days, times }
    }

    /// Returns the first run after a moment.
    pub(in super::super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let first = midnight(after);
        let days = (0..=7).map(|number| later(first, Duration::from_secs(number * DAY)));
        let days = days.filter(|day| {
            let weekday = day.to_zoned(TimeZone::UTC).weekday();
            self.days.is_empty() || self.days.contains(&weekday)
        });
        let mut runs = days.flat_map(|day| {
            let times = self.times.iter();
            times.map(move |second| later(day, Duration::from_secs(*second)))
        });
        runs.find(|run| *run > after)
    }
}

/// Returns the day of a name.
pub(super) fn day(name: &str) -> Option<Weekday> {
    let mut days = DAYS.iter();
    days.find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, day)| *day)
}

/// Returns the second of the day of a time that is written with its date, in UTC.
pub(super) fn second_of_day(text: &str) -> Option<u64> {
    text.strip_suffix(['Z', 'z'])?;
    let moment: Timestamp = text.parse().ok()?;
    let seconds = moment.duration_since(midnight(moment)).as_secs();
    u64::try_from(seconds).ok()
}

/// Returns the texts of a list.
pub(super) fn texts<'a>(
    part: &'a Map<String, Value>,
    path: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let list = body::at(part, path).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn next(schedule: Value, after: &str) -> String {
        let policy = json!({ "schedulePolicy": schedule });
        let schedule = Schedule::of(policy.as_object().expect("an object")).expect("a schedule");
        let run = schedule
            .next(after.parse().expect("a time"))
            .expect("a run");
        format!("{run:.0}")
    }

    #[test]
    fn a_run_is_the_next_of_its_days_and_times() {
        let daily = json!({
            "schedulePolicyType": "SimpleSchedulePolicy", "scheduleRunFrequency": "Daily",
            "scheduleRunTimes": ["2026-03-01T22:00:00Z"],
        });
        let check = |schedule: &Value, after: &str, expected: &str| {
            assert_eq!(next(schedule.clone(), after), expected, "{after}");
        };
        check(&daily, "2026-03-02T09:00:00Z", "2026-03-02T22:00:00Z");
        check(&daily, "2026-03-02T22:00:00Z", "2026-03-03T22:00:00Z");
        check(&daily, "2026-12-31T23:00:00Z", "2027-01-01T22:00:00Z");
        let weekly = json!({
            "schedulePolicyType": "SimpleSchedulePolicyV2", "scheduleRunFrequency": "Weekly",
            "weeklySchedule": {
                "scheduleRunDays": ["Sunday", "Wednesday"],
                "scheduleRunTimes": ["2026-03-01T06:30:00Z"],
            },
        });
        check(&weekly, "2026-03-02T09:00:00Z", "2026-03-04T06:30:00Z");
        check(&weekly, "2026-03-04T06:30:00Z", "2026-03-08T06:30:00Z");
        let hourly = json!({
            "schedulePolicyType": "SimpleSchedulePolicyV2", "scheduleRunFrequency": "Hourly",
            "hourlySchedule": {
                "interval": 4, "scheduleWindowDuration": 12,
                "scheduleWindowStartTime": "2026-03-01T20:00:00Z",
            },
        });
        check(&hourly, "2026-03-02T09:00:00Z", "2026-03-02T20:00:00Z");
        check(&hourly, "2026-03-02T20:00:00Z", "2026-03-03T00:00:00Z");
        check(&hourly, "2026-03-03T00:00:00Z", "2026-03-03T04:00:00Z");
        check(&hourly, "2026-03-03T04:00:00Z", "2026-03-03T20:00:00Z");
    }
}

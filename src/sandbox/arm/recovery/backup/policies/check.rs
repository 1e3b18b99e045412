//! What a policy may be: kinds by their discriminators, times on the hour or half hour, retention
//! that fits the schedule. Source: recovery reference §6.2. The reference names no limits of counts
//! and of hours: those of [`UNITS`] and [`hourly`] are this sandbox's.

use serde_json::{Map, Value};

use super::retention::MONTHS;
use super::schedule::{DAYS, Schedule, second_of_day, texts};
use crate::sandbox::arm::body::{member, text};
use crate::sandbox::arm::recovery::backup::refusal::{input, one_of};
use crate::sandbox::reply::Refusal;

type Members = Map<String, Value>;
type Checked = Result<(), Refusal>;

/// Kinds of policies. Source: recovery reference §6.2.
const KINDS: [&str; 3] = ["AzureIaasVM", "AzureStorage", "AzureWorkload"];
const WEEKS: [&str; 5] = ["First", "Second", "Third", "Fourth", "Last"];

/// A part of a retention: its field, the unit of its duration and the most of them.
const UNITS: [(&str, &str, i64); 4] = [
    ("dailySchedule", "Days", 9999),
    ("weeklySchedule", "Weeks", 5163),
    ("monthlySchedule", "Months", 1188),
    ("yearlySchedule", "Years", 99),
];

/// Checks a policy, and writes its closed words as the service does.
pub(super) fn check(properties: &mut Members) -> Checked {
    let kind = word(properties, "backupManagementType", &KINDS)?;
    for name in ["protectedItemsCount", "resourceGuardOperationRequests"] {
        properties.remove(name);
    }
    match kind {
        "AzureIaasVM" => machine(properties),
        "AzureStorage" => plan(properties, "V1"),
        _ => workload(properties),
    }
}

fn machine(properties: &mut Members) -> Checked {
    let version = match text(properties, "policyType")? {
        None => "V1",
        Some(_) => word(properties, "policyType", &["V1", "V2"])?,
    };
    properties.insert("policyType".to_owned(), version.into());
    plan(properties, version)?;
    let most = if version == "V1" { 5 } else { 30 };
    match properties.get("instantRpRetentionRangeInDays") {
        None | Some(Value::Null) => {
            // The reference names no usual value.
            properties.insert("instantRpRetentionRangeInDays".to_owned(), 2.into());
        }
        Some(days) if days.as_i64().is_some_and(|days| (1..=most).contains(&days)) => {}
        Some(days) => {
            let text = format!(
                "instantRpRetentionRangeInDays is {days}: a policy of type {version} keeps instant recovery points for 1 to {most} days."
            );
            return Err(input("instantRpRetentionRangeInDays", text));
        }
    }
    for (name, tier) in member(properties, "tieringPolicy")? {
        let mode = tier.get("tieringMode").and_then(Value::as_str);
        let known = ["DoNotTier", "TierAfter", "TierRecommended"];
        one_of(
            &format!("tieringPolicy.{name}.tieringMode"),
            mode.unwrap_or_default(),
            &known,
        )?;
    }
    Ok(())
}

/// A policy of a workload has one schedule per kind of backup.
fn workload(properties: &Members) -> Checked {
    let parts = properties.get("subProtectionPolicy");
    let parts = parts
        .and_then(Value::as_array)
        .filter(|all| !all.is_empty());
    let parts = parts.ok_or_else(|| needed("subProtectionPolicy"))?;
    for part in parts {
        let part = part
            .as_object()
            .ok_or_else(|| needed("subProtectionPolicy"))?;
        for (path, known) in [
            ("schedulePolicy.schedulePolicyType", SCHEDULES),
            ("retentionPolicy.retentionPolicyType", RETENTIONS),
        ] {
            let given = text(part, path)?.ok_or_else(|| needed(path))?;
            one_of(path, given, known)?;
        }
    }
    Ok(())
}

const SCHEDULES: &[&str] = &[
    "SimpleSchedulePolicy",
    "SimpleSchedulePolicyV2",
    "LogSchedulePolicy",
];
const RETENTIONS: &[&str] = &["LongTermRetentionPolicy", "SimpleRetentionPolicy"];

/// Schedule, retention and time zone.
fn plan(properties: &mut Members, version: &str) -> Checked {
    zone(properties)?;
    let mut schedule = object(properties, "schedulePolicy")?;
    let kind = word(&mut schedule, "schedulePolicyType", SCHEDULES)?;
    let wanted = match version {
        "V2" => "SimpleSchedulePolicyV2",
        _ => "SimpleSchedulePolicy",
    };
    if kind != wanted {
        let text =
            format!("A policy of type {version} has a schedule of type {wanted}, not {kind}.");
        return Err(input("schedulePolicyType", text));
    }
    let frequencies: &[&'static str] = match version {
        "V2" => &["Daily", "Weekly", "Hourly"],
        _ => &["Daily", "Weekly"],
    };
    let frequency = word(&mut schedule, "scheduleRunFrequency", frequencies)?;
    runs(&schedule, kind, frequency)?;
    properties.insert("schedulePolicy".to_owned(), schedule.into());
    let runs = Schedule::of(properties).ok_or_else(|| needed("schedulePolicy"))?;
    let mut retention = object(properties, "retentionPolicy")?;
    match word(&mut retention, "retentionPolicyType", RETENTIONS)? {
        "SimpleRetentionPolicy" => duration(&retention, "Days", 9999, false)?,
        _ => long_term(&retention, frequency, &runs)?,
    }
    properties.insert("retentionPolicy".to_owned(), retention.into());
    Ok(())
}

/// A Windows zone name: the forms of them, since the reference has no list.
fn zone(properties: &mut Members) -> Checked {
    let Some(name) = text(properties, "timeZone")? else {
        properties.insert("timeZone".to_owned(), "UTC".into());
        return Ok(());
    };
    let offset = |rest: &str| rest.len() == 3 && rest[1..].bytes().all(|one| one.is_ascii_digit());
    let fits = name == "UTC"
        || name.ends_with(" Standard Time")
        || name
            .strip_prefix("UTC")
            .is_some_and(|rest| rest.is_ascii() && rest.starts_with(['+', '-']) && offset(rest));
    if fits {
        return Ok(());
    }
    let text = format!(
        "'{name}' is not the Windows name of a time zone, such as 'UTC' or 'W. Europe Standard Time'."
    );
    Err(input("timeZone", text))
}

/// The times of a schedule, by its form.
fn runs(schedule: &Members, kind: &str, frequency: &str) -> Checked {
    if frequency == "Hourly" {
        return hourly(&object(schedule, "hourlySchedule")?);
    }
    let part = match (kind, frequency) {
        ("SimpleSchedulePolicyV2", "Daily") => object(schedule, "dailySchedule")?,
        ("SimpleSchedulePolicyV2", _) => object(schedule, "weeklySchedule")?,
        _ => schedule.clone(),
    };
    times(&part, "scheduleRunTimes")?;
    if frequency == "Weekly" {
        words(&part, "scheduleRunDays", &DAYS.map(|(name, _)| name))?;
    }
    Ok(())
}

fn hourly(part: &Members) -> Checked {
    let hours = |name: &str| {
        let given = part.get(name).and_then(Value::as_i64);
        given
            .filter(|hours| (1..=24).contains(hours))
            .ok_or_else(|| {
                input(
                    name,
                    format!("'{name}' is a number of hours, from 1 to 24."),
                )
            })
    };
    if hours("interval")? > hours("scheduleWindowDuration")? {
        let text = "The interval of an hourly schedule is longer than its window.";
        return Err(input("interval", text));
    }
    let start = text(part, "scheduleWindowStartTime")?;
    let start = start.ok_or_else(|| needed("scheduleWindowStartTime"))?;
    time(start, "scheduleWindowStartTime").map(drop)
}

/// Retention by day, week, month and year; what there is fits the schedule.
fn long_term(retention: &Members, frequency: &str, runs: &Schedule) -> Checked {
    let first = if frequency == "Weekly" {
        "weeklySchedule"
    } else {
        "dailySchedule"
    };
    if object(retention, first).is_err() {
        let text = format!(
            "A {} schedule needs a retention by its '{first}'.",
            frequency.to_lowercase()
        );
        return Err(input("retentionPolicy", text));
    }
    for (field, unit, most) in UNITS {
        let rule = member(retention, field)?;
        if rule.is_empty() {
            continue;
        }
        if field == "dailySchedule" && frequency == "Weekly" {
            let text = "A weekly schedule has no daily retention.";
            return Err(input("dailySchedule", text));
        }
        duration(&rule, unit, most, true)?;
        same_times(&rule, runs)?;
        match field {
            "weeklySchedule" => days_of(&rule, "daysOfTheWeek", runs)?,
            "monthlySchedule" => form(&rule, runs)?,
            "yearlySchedule" => {
                words(&rule, "monthsOfYear", &MONTHS)?;
                form(&rule, runs)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn duration(rule: &Members, unit: &str, most: i64, exact: bool) -> Checked {
    let duration = object(rule, "retentionDuration")?;
    let known: Vec<&'static str> = UNITS.map(|(_, unit, _)| unit).to_vec();
    let given = text(&duration, "durationType")?.unwrap_or_default();
    let given = one_of("durationType", given, &known)?;
    if exact && given != unit {
        let text = format!("The duration of this retention is in {unit}, not in {given}.");
        return Err(input("durationType", text));
    }
    let count = duration.get("count").and_then(Value::as_i64);
    if count.is_some_and(|count| (1..=most).contains(&count)) {
        return Ok(());
    }
    let text = format!("The count of a retention in {unit} is from 1 to {most}.");
    Err(input("count", text))
}

/// The times of day of a retention are those of the schedule; an hourly one begins there.
fn same_times(rule: &Members, runs: &Schedule) -> Checked {
    let given = times(rule, "retentionTimes")?;
    if given.iter().all(|second| runs.times.contains(second)) {
        return Ok(());
    }
    let text = "The times of day of retentionTimes and of scheduleRunTimes are not the same.";
    Err(input("retentionTimes", text))
}

/// Monthly and yearly rules name days of the month, or of its weeks.
fn form(rule: &Members, runs: &Schedule) -> Checked {
    let given = text(rule, "retentionScheduleFormatType")?.unwrap_or_default();
    let known: &[&'static str] = if runs.days.is_empty() {
        &["Daily", "Weekly"]
    } else {
        &["Weekly"]
    };
    if one_of("retentionScheduleFormatType", given, known)? == "Weekly" {
        let part = object(rule, "retentionScheduleWeekly")?;
        words(&part, "weeksOfTheMonth", &WEEKS)?;
        return days_of(&part, "daysOfTheWeek", runs);
    }
    let part = object(rule, "retentionScheduleDaily")?;
    let days = part.get("daysOfTheMonth").and_then(Value::as_array);
    let days = days.filter(|days| !days.is_empty());
    let days = days.ok_or_else(|| needed("daysOfTheMonth"))?;
    let fits = |day: &Value| {
        let date = day["date"].as_i64();
        day["isLast"] == Value::Bool(true) || date.is_some_and(|date| (1..=31).contains(&date))
    };
    if days.iter().all(fits) {
        return Ok(());
    }
    let text = "A day of the month has a date from 1 to 31, or is the last one (isLast).";
    Err(input("daysOfTheMonth", text))
}

/// Days of a retention, which are days of the schedule.
fn days_of(rule: &Members, field: &str, runs: &Schedule) -> Checked {
    words(rule, field, &DAYS.map(|(name, _)| name))?;
    let mut days = texts(rule, field).filter_map(super::schedule::day);
    if runs.days.is_empty() || days.all(|day| runs.days.contains(&day)) {
        return Ok(());
    }
    let text = format!("'{field}' names a day on which the schedule does not run.");
    Err(input(field, text))
}

/// Reads the times of a list that must not be empty.
fn times(part: &Members, field: &str) -> Result<Vec<u64>, Refusal> {
    let all = list(part, field)?;
    all.iter()
        .map(|one| time(one.as_str().unwrap_or_default(), field))
        .collect()
}

fn time(text: &str, field: &str) -> Result<u64, Refusal> {
    let second = second_of_day(text).ok_or_else(|| {
        let text =
            format!("'{text}' is not a UTC time with its date, such as '2026-03-01T22:00:00Z'.");
        input(field, text)
    })?;
    if second % 1800 == 0 {
        return Ok(second);
    }
    let text = format!("'{text}' is not on the hour or half hour.");
    Err(input(field, text))
}

/// Checks the words of a list that must not be empty.
fn words(part: &Members, field: &str, known: &[&'static str]) -> Checked {
    for one in list(part, field)? {
        one_of(field, one.as_str().unwrap_or_default(), known)?;
    }
    Ok(())
}

fn list<'a>(part: &'a Members, field: &str) -> Result<&'a Vec<Value>, Refusal> {
    let found = part.get(field).and_then(Value::as_array);
    found
        .filter(|all| !all.is_empty())
        .ok_or_else(|| needed(field))
}

/// Returns a member that is an object and not empty.
fn object(part: &Members, field: &str) -> Result<Members, Refusal> {
    let found = member(part, field)?;
    if found.is_empty() {
        return Err(needed(field));
    }
    Ok(found)
}

/// Reads a word of a closed set that must be there, and writes it as the set has it.
fn word(part: &mut Members, field: &str, known: &[&'static str]) -> Result<&'static str, Refusal> {
    let given = text(part, field)?.ok_or_else(|| needed(field))?;
    let found = one_of(field, given, known)?;
    part.insert(field.to_owned(), found.into());
    Ok(found)
}

fn needed(field: &str) -> Refusal {
    input(field, format!("'{field}' is missing or empty."))
}

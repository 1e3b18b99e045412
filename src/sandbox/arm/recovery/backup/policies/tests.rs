//! What a policy may be, one field at a time.

use serde_json::{Value, json};

use super::{check, daily};
use crate::sandbox::arm::testing::with;

const TIME: &str = "2026-03-01T22:00:00Z";

fn checked(policy: &Value) -> Result<Value, String> {
    let mut properties = policy.as_object().cloned().expect("an object");
    match check::check(&mut properties) {
        Ok(()) => Ok(properties.into()),
        Err(refusal) => Err(refusal.text),
    }
}

/// Asserts what is said of a daily policy with another value; nothing where it is taken.
fn says(path: &str, value: Value, expected: &str) {
    match checked(&with(&daily(TIME, 30), path, value.clone())) {
        Ok(_) => assert_eq!(expected, "", "{path} {value}"),
        Err(text) => assert!(
            !expected.is_empty() && text.contains(expected),
            "{path} {value}: {text}"
        ),
    }
}

#[test]
fn kinds_and_small_fields_are_checked() {
    let right = daily(TIME, 30);
    assert_eq!(checked(&right), Ok(right.clone()));
    says("backupManagementType", Value::Null, "missing");
    says("backupManagementType", json!("MAB"), "not known");
    says("instantRpRetentionRangeInDays", json!(1), "");
    says("instantRpRetentionRangeInDays", json!(5), "");
    says("instantRpRetentionRangeInDays", json!(0), "1 to 5");
    says("instantRpRetentionRangeInDays", json!(6), "1 to 5");
    says("instantRpRetentionRangeInDays", json!("2"), "1 to 5");
    says("timeZone", json!("W. Europe Standard Time"), "");
    says("timeZone", json!("UTC-02"), "");
    says("timeZone", json!("Europe/Berlin"), "Windows name");
    says("policyType", json!("V3"), "not known");
}

#[test]
fn a_schedule_is_checked() {
    let says = |field: &str, value: Value, expected: &str| {
        says(&format!("schedulePolicy.{field}"), value, expected);
    };
    says("schedulePolicyType", json!("Other"), "not known");
    says(
        "schedulePolicyType",
        json!("LogSchedulePolicy"),
        "SimpleSchedulePolicy, not",
    );
    says(
        "schedulePolicyType",
        json!("SimpleSchedulePolicyV2"),
        "of type V1",
    );
    says("scheduleRunFrequency", json!("Hourly"), "not known");
    says("scheduleRunTimes", json!([]), "empty");
    says(
        "scheduleRunTimes",
        json!(["2026-03-01T22:15:00Z"]),
        "half hour",
    );
    says(
        "scheduleRunTimes",
        json!(["2026-03-01T22:00:30Z"]),
        "half hour",
    );
    says("scheduleRunTimes", json!(["22:00"]), "not a UTC time");
    says(
        "scheduleRunTimes",
        json!(["2026-03-01T22:00:00+02:00"]),
        "not a UTC time",
    );
    says(
        "scheduleRunTimes",
        json!(["2026-03-01T21:30:00Z"]),
        "not the same",
    );
}

#[test]
fn a_retention_is_checked() {
    let says = |field: &str, value: Value, expected: &str| {
        says(&format!("retentionPolicy.{field}"), value, expected);
    };
    says("retentionPolicyType", json!("Other"), "not known");
    says("dailySchedule", Value::Null, "dailySchedule");
    says(
        "dailySchedule.retentionTimes",
        json!(["2026-01-01T22:00:00Z"]),
        "",
    );
    says(
        "dailySchedule.retentionTimes",
        json!(["2026-01-01T23:00:00Z"]),
        "not the same",
    );
    says(
        "dailySchedule.retentionDuration.count",
        json!(0),
        "from 1 to 9999",
    );
    says(
        "dailySchedule.retentionDuration.count",
        json!("7"),
        "from 1 to 9999",
    );
    says(
        "dailySchedule.retentionDuration.durationType",
        json!("Weeks"),
        "in Days",
    );
}

#[test]
fn long_retention_has_its_forms() {
    let rule = |unit: &str| {
        json!({
            "retentionTimes": [TIME],
            "retentionDuration": { "count": 3, "durationType": unit },
            "retentionScheduleFormatType": "Weekly",
            "retentionScheduleWeekly": { "daysOfTheWeek": ["Sunday"], "weeksOfTheMonth": ["First", "Last"] },
            "daysOfTheWeek": ["Sunday"],
            "monthsOfYear": ["March"],
        })
    };
    let mut right = daily(TIME, 30);
    right["retentionPolicy"]["weeklySchedule"] = rule("Weeks");
    right["retentionPolicy"]["monthlySchedule"] = rule("Months");
    right["retentionPolicy"]["yearlySchedule"] = rule("Years");
    checked(&right).expect("a policy");
    let check = |path: &str, value: Value, expected: &str| {
        let seen = checked(&with(
            &right,
            &format!("retentionPolicy.{path}"),
            value.clone(),
        ));
        let text = seen.expect_err(path);
        assert!(text.contains(expected), "{path} {value}: {text}");
    };
    check(
        "weeklySchedule.daysOfTheWeek",
        json!(["Sonntag"]),
        "not known",
    );
    check(
        "monthlySchedule.retentionScheduleFormatType",
        json!("Invalid"),
        "not known",
    );
    check(
        "monthlySchedule.retentionScheduleFormatType",
        json!("Daily"),
        "retentionScheduleDaily",
    );
    check(
        "monthlySchedule.retentionScheduleWeekly.weeksOfTheMonth",
        json!(["Fifth"]),
        "not known",
    );
    check("yearlySchedule.monthsOfYear", json!([]), "empty");
    check(
        "yearlySchedule.retentionDuration.durationType",
        json!("Months"),
        "in Years",
    );
    let daily = json!({ "daysOfTheMonth": [{ "date": 32, "isLast": false }] });
    let mut wrong = with(
        &right,
        "retentionPolicy.monthlySchedule.retentionScheduleFormatType",
        json!("Daily"),
    );
    wrong["retentionPolicy"]["monthlySchedule"]["retentionScheduleDaily"] = daily;
    assert!(checked(&wrong).expect_err("a day").contains("1 to 31"));
}

#[test]
fn a_weekly_and_an_hourly_policy_fit_their_retention() {
    let mut weekly = daily(TIME, 30);
    weekly["schedulePolicy"]["scheduleRunFrequency"] = "Weekly".into();
    weekly["schedulePolicy"]["scheduleRunDays"] = json!(["Sunday"]);
    assert!(
        checked(&weekly)
            .expect_err("no weeks")
            .contains("weeklySchedule")
    );
    weekly["retentionPolicy"] = json!({
        "retentionPolicyType": "LongTermRetentionPolicy",
        "weeklySchedule": {
            "daysOfTheWeek": ["Sunday"], "retentionTimes": [TIME],
            "retentionDuration": { "count": 4, "durationType": "Weeks" },
        },
    });
    checked(&weekly).expect("a policy");
    weekly["retentionPolicy"]["weeklySchedule"]["daysOfTheWeek"] = json!(["Monday"]);
    assert!(
        checked(&weekly)
            .expect_err("another day")
            .contains("does not run")
    );
    let mut hourly = daily(TIME, 30);
    hourly["policyType"] = "V2".into();
    hourly["schedulePolicy"] = json!({
        "schedulePolicyType": "SimpleSchedulePolicyV2", "scheduleRunFrequency": "Hourly",
        "hourlySchedule": { "interval": 4, "scheduleWindowDuration": 12, "scheduleWindowStartTime": TIME },
    });
    checked(&hourly).expect("a policy");
    hourly["schedulePolicy"]["hourlySchedule"]["interval"] = 13.into();
    assert!(
        checked(&hourly)
            .expect_err("too long")
            .contains("longer than")
    );
}

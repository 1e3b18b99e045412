//! What a budget may be. Source: arm reference §10.12; texts are this sandbox's.

use serde_json::{Map, Value, json};

use crate::base::clock::Timestamp;
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::partner::dates;
use crate::sandbox::reply::Refusal;

/// How many notifications a budget has at most.
const MOST: usize = 5;

const GRAINS: &[&str] = &[
    "Monthly",
    "Quarterly",
    "Annually",
    "BillingMonth",
    "BillingQuarter",
    "BillingAnnual",
];

/// Returns the properties of a budget as they are kept, or refuses them.
pub(super) fn check(body: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let given = body::member(body, "properties")?;
    let amount = given.get("amount").and_then(Value::as_f64);
    let Some(amount) = amount.filter(|amount| *amount > 0.0) else {
        let text = "The amount of a budget is a number greater than 0.";
        return Err(parameter("properties.amount", text));
    };
    let category = one_of(
        "properties.category",
        body::need(&given, "category")?,
        &["Cost"],
    )?;
    let grain = one_of(
        "properties.timeGrain",
        body::need(&given, "timeGrain")?,
        GRAINS,
    )?;
    let mut kept = Map::new();
    kept.insert("category".to_owned(), category.into());
    kept.insert("amount".to_owned(), amount.into());
    kept.insert("timeGrain".to_owned(), grain.into());
    kept.insert("timePeriod".to_owned(), period(&given)?);
    let filter = body::member(&given, "filter")?;
    if !filter.is_empty() {
        kept.insert("filter".to_owned(), filter.into());
    }
    let notifications = body::member(&given, "notifications")?;
    if notifications.len() > MOST {
        let text = format!(
            "A budget has at most {MOST} notifications; {} were given.",
            notifications.len()
        );
        return Err(parameter("properties.notifications", text));
    }
    let mut checked = Map::new();
    for (name, one) in &notifications {
        checked.insert(name.clone(), notification(name, one)?);
    }
    if !checked.is_empty() {
        kept.insert("notifications".to_owned(), checked.into());
    }
    Ok(kept)
}

/// Reads the time of a budget: from the first day of a month on.
fn period(given: &Map<String, Value>) -> Result<Value, Refusal> {
    let field = |name: &str| format!("properties.timePeriod.{name}");
    let date = |name: &str, text: &str| {
        dates::parse(text)
            .ok_or_else(|| parameter(&field(name), format!("The value '{text}' is not a date.")))
    };
    let start = date("startDate", body::need(given, "timePeriod.startDate")?)?;
    if !is_first_of_month(start) {
        let text = "The start date of a budget is the first day of a month.";
        return Err(parameter(&field("startDate"), text));
    }
    let mut period = json!({ "startDate": dates::write_seconds(start) });
    if let Some(end) = body::text(given, "timePeriod.endDate")? {
        let end = date("endDate", end)?;
        if end <= start {
            let text = "The end date of a budget comes after its start date.";
            return Err(parameter(&field("endDate"), text));
        }
        period["endDate"] = dates::write_seconds(end).into();
    }
    Ok(period)
}

fn is_first_of_month(moment: Timestamp) -> bool {
    let date = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
    date.day() == 1
}

fn notification(name: &str, given: &Value) -> Result<Value, Refusal> {
    let field = |part: &str| format!("properties.notifications.{name}.{part}");
    let wrong = |part: &str, text: &str| parameter(&field(part), text);
    let Some(given) = given.as_object() else {
        return Err(wrong("enabled", "A notification is an object."));
    };
    let mut kept = given.clone();
    if !given.get("enabled").is_some_and(Value::is_boolean) {
        return Err(wrong(
            "enabled",
            "Required parameter 'enabled' is missing (null).",
        ));
    }
    let operators = &["EqualTo", "GreaterThan", "GreaterThanOrEqualTo"];
    let operator = one_of(
        &field("operator"),
        body::need(given, "operator")?,
        operators,
    )?;
    kept.insert("operator".to_owned(), operator.into());
    let threshold = given.get("threshold").and_then(Value::as_f64);
    if !threshold.is_some_and(|threshold| (0.0..=1000.0).contains(&threshold)) {
        return Err(wrong(
            "threshold",
            "A threshold is a percentage from 0 to 1000.",
        ));
    }
    if !given.get("contactEmails").is_some_and(Value::is_array) {
        return Err(wrong(
            "contactEmails",
            "Required parameter 'contactEmails' is missing (null).",
        ));
    }
    let kind = body::text(given, "thresholdType")?.unwrap_or("Actual");
    let kind = one_of(&field("thresholdType"), kind, &["Actual", "Forecasted"])?;
    kept.insert("thresholdType".to_owned(), kind.into());
    Ok(kept.into())
}

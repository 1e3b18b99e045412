//! Conditions as the lists of Recovery Services take them: fields that equal a text, joined by `and`,
//! and nothing else. Site Recovery begins its fields with a capital letter, writes times as ISO 8601
//! and takes several values with commas between them; Backup begins them with a small one and writes
//! times by the clock of twelve hours. Sources: Azure REST API reference, Site Recovery (replication
//! jobs, `JobQueryParameter`) and Backup (jobs - list).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::api::dialect::fields::{one, unknown};
use crate::api::dialect::odata;
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::api::model::FilterField;

/// How Backup writes a time: `2026-01-31 11:30:00 PM`.
const OF_BACKUP: &str = "%Y-%m-%d %I:%M:%S %p";

/// Renders a condition, or says what the list can do.
pub(super) fn render(filter: &Filter, fields: &[FilterField]) -> Result<String, String> {
    match filter {
        Filter::And(a, b) => Ok(format!("{} and {}", render(a, fields)?, render(b, fields)?)),
        Filter::Or(..) => Err(
            "Recovery Services know no `or`: ask once for each, or for several values of one field by `one_of` where the list takes it"
                .to_owned(),
        ),
        Filter::Not(_) => Err("Recovery Services know no `not`".to_owned()),
        Filter::Compare { field, op, value } => {
            let name = named(field, op.as_str(), fields)?;
            Ok(format!("{name} eq {}", compared(name, *op, value)?))
        }
    }
}

/// Returns the service's name of a field, if the list can compare it so.
fn named<'a>(name: &'a str, op: &str, fields: &'a [FilterField]) -> Result<&'a str, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("`{name}` is no name of a property"));
    }
    if fields.is_empty() {
        return Ok(name);
    }
    // Scripts may write the property's path (`properties.status`) for the field.
    let last = name.rsplit(['.', '/']).next().unwrap_or(name);
    let mut all = fields.iter();
    let field = all
        .find(|field| field.name.eq_ignore_ascii_case(last))
        .ok_or_else(|| unknown(name, fields))?;
    if !field.ops.contains(&op) {
        return Err(format!(
            "this list cannot compare `{name}` with `{op}`; it can compare {}",
            one(field)
        ));
    }
    Ok(field.name)
}

/// Returns what a field is compared with, in quotes.
fn compared(name: &str, op: FilterOp, value: &FilterValue) -> Result<String, String> {
    let of_backup = name.starts_with(|first: char| first.is_ascii_lowercase());
    let several = |values: &[FilterValue]| {
        let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
        if texts.is_empty() || texts.iter().any(|text| text.contains(',')) {
            return Err("`one_of` needs values, none of them with a comma".to_owned());
        }
        Ok(texts.join(","))
    };
    let text = match (op, value) {
        (FilterOp::OneOf, FilterValue::List(values)) if !of_backup => several(values)?,
        (FilterOp::OneOf, _) => {
            return Err("Backup knows no `one_of`: ask once for each".to_owned());
        }
        (FilterOp::Eq, FilterValue::List(_)) => {
            return Err("`eq` takes one value, not a list".to_owned());
        }
        (FilterOp::Eq, FilterValue::Date(date)) if of_backup => {
            date.strftime(OF_BACKUP).to_string()
        }
        (FilterOp::Eq, FilterValue::Text(text)) if of_backup && is_time(name) => time(name, text)?,
        (FilterOp::Eq, value) => value.to_string(),
        (op, _) => {
            let op = op.as_str();
            return Err(format!(
                "Recovery Services compare by `eq` alone, not by `{op}`"
            ));
        }
    };
    Ok(odata::literal(&FilterValue::Text(text)))
}

fn is_time(name: &str) -> bool {
    name.ends_with("Time") || name.ends_with("Date")
}

/// Returns a time that is given as text as Backup writes it.
fn time(name: &str, text: &str) -> Result<String, String> {
    if is_of_backup(text) {
        return Ok(text.to_owned());
    }
    let time = text.parse::<Timestamp>().ok();
    let time = time.map(|time| time.strftime(OF_BACKUP).to_string());
    let day = || {
        let day: Date = text.parse().ok()?;
        let midnight: DateTime = day.at(0, 0, 0, 0);
        Some(midnight.strftime(OF_BACKUP).to_string())
    };
    time.or_else(day).ok_or_else(|| {
        format!(
            "`{name}` is compared with a date, such as `date(\"2026-01-31\")`, not with {text:?}"
        )
    })
}

/// Returns whether a text is a time as Backup writes it; published ones have a hour `00` as well.
fn is_of_backup(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    ["0000-00-00 00:00:00 AM", "0000-00-00 00:00:00 PM"].contains(&shape.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::List;

    const JOBS: &[FilterField] = &[
        FilterField {
            name: "StartTime",
            ops: List(&["eq"]),
        },
        FilterField {
            name: "JobStatus",
            ops: List(&["eq", "one_of"]),
        },
    ];
    const BACKUPS: &[FilterField] = &[
        FilterField {
            name: "startTime",
            ops: List(&["eq"]),
        },
        FilterField {
            name: "status",
            ops: List(&["eq", "one_of", "ne"]),
        },
    ];

    fn is(field: &str, op: FilterOp, value: FilterValue) -> Filter {
        let field = field.to_owned();
        Filter::Compare { field, op, value }
    }

    fn text(text: &str) -> FilterValue {
        FilterValue::Text(text.to_owned())
    }

    fn date(text: &str) -> FilterValue {
        FilterValue::Date(text.parse().expect("a date"))
    }

    fn both(a: Filter, b: Filter) -> Filter {
        Filter::And(Box::new(a), Box::new(b))
    }

    fn check(filter: &Filter, fields: &[FilterField], expected: Result<&str, &str>) {
        let found = render(filter, fields);
        let found = found.as_deref().map_err(String::as_str);
        match (found, expected) {
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn backup_writes_times_by_the_clock_of_twelve_hours() {
        let start = |value| is("startTime", FilterOp::Eq, value);
        let written = |value, expected: &str| {
            let expected = format!("startTime eq '{expected}'");
            check(&start(value), BACKUPS, Ok(&expected));
        };
        written(date("2026-01-31T00:00:00Z"), "2026-01-31 12:00:00 AM");
        written(date("2026-01-31T12:30:05Z"), "2026-01-31 12:30:05 PM");
        written(date("2026-01-31T23:00:00+02:00"), "2026-01-31 09:00:00 PM");
        written(text("2026-01-31"), "2026-01-31 12:00:00 AM");
        written(text("2026-01-31T08:00:00Z"), "2026-01-31 08:00:00 AM");
        written(text("2026-01-31 00:00:00 AM"), "2026-01-31 00:00:00 AM");
        check(&start(text("soon")), BACKUPS, Err("with a date"));
        let status = is("properties.Status", FilterOp::Eq, text("it's"));
        check(
            &both(start(text("2026-01-31")), status),
            BACKUPS,
            Ok("startTime eq '2026-01-31 12:00:00 AM' and status eq 'it''s'"),
        );
    }

    #[test]
    fn site_recovery_writes_times_as_iso_and_lists_with_commas() {
        let states = FilterValue::List(vec![text("Succeeded"), text("Failed")]);
        let start = is("starttime", FilterOp::Eq, date("2026-01-31T12:30:05Z"));
        check(
            &both(start, is("JobStatus", FilterOp::OneOf, states)),
            JOBS,
            Ok("StartTime eq '2026-01-31T12:30:05Z' and JobStatus eq 'Succeeded,Failed'"),
        );
        let none = is("JobStatus", FilterOp::OneOf, FilterValue::List(Vec::new()));
        check(&none, JOBS, Err("`one_of` needs values"));
        let comma = FilterValue::List(vec![text("a,b")]);
        check(&is("JobStatus", FilterOp::OneOf, comma), JOBS, Err("comma"));
    }

    #[test]
    fn anything_else_is_refused() {
        let one = || is("status", FilterOp::Eq, text("Failed"));
        let or = Filter::Or(Box::new(one()), Box::new(one()));
        check(&or, BACKUPS, Err("know no `or`"));
        check(&Filter::Not(Box::new(one())), BACKUPS, Err("know no `not`"));
        check(&both(one(), or), BACKUPS, Err("know no `or`"));
        let ne = is("status", FilterOp::Ne, text("Failed"));
        check(&ne, BACKUPS, Err("compare by `eq` alone, not by `ne`"));
        check(&ne, &[], Err("compare by `eq` alone"));
        let list = FilterValue::List(vec![text("a")]);
        let several = is("status", FilterOp::OneOf, list.clone());
        check(&several, BACKUPS, Err("Backup knows no `one_of`"));
        check(
            &is("status", FilterOp::Eq, list),
            BACKUPS,
            Err("not a list"),
        );
        let other = is("state", FilterOp::Eq, text("x"));
        check(&other, BACKUPS, Err("cannot be filtered by `state`"));
        let start = is("StartTime", FilterOp::Ge, date("2026-01-31T00:00:00Z"));
        check(&start, JOBS, Err("cannot compare `StartTime` with `ge`"));
        check(&is("a b", FilterOp::Eq, text("x")), &[], Err("no name"));
    }
}

//! Compares the values of an object with those of a filter, and with each other for an order. Texts
//! are compared without casing, as the directory does.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::{Literal, Operator, invalid};
use crate::base::clock::Timestamp;
use crate::sandbox::reply::Refusal;

/// Returns what a path leads to; `$count` is the number of a collection's items.
pub(in super::super) fn at<'v>(row: &'v Value, path: &[String]) -> Cow<'v, Value> {
    let mut value = row;
    for part in path {
        if part == "$count" {
            let count = value.as_array().map_or(0, Vec::len);
            return Cow::Owned(count.into());
        }
        value = &value[part.as_str()];
    }
    Cow::Borrowed(value)
}

/// Tells whether a value stands to the filter's values as an operator says. Values of another type
/// than the property's are refused.
pub(super) fn holds(
    value: &Value,
    operator: Operator,
    literals: &[Literal],
) -> Result<bool, Refusal> {
    if operator == Operator::In {
        for literal in literals {
            if holds(value, Operator::Eq, std::slice::from_ref(literal))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let literal = literals.first().ok_or_else(invalid)?;
    if let Operator::StartsWith | Operator::EndsWith | Operator::Contains = operator {
        return part(value, operator, literal);
    }
    let ordering = compare(value, literal, operator)?;
    Ok(match operator {
        Operator::Eq => ordering == Some(Ordering::Equal),
        Operator::Ne => ordering != Some(Ordering::Equal),
        Operator::Ge => ordering.is_some_and(Ordering::is_ge),
        Operator::Le => ordering.is_some_and(Ordering::is_le),
        Operator::Gt => ordering.is_some_and(Ordering::is_gt),
        _ => ordering.is_some_and(Ordering::is_lt),
    })
}

/// Tells whether a text begins with, ends with or contains another.
fn part(value: &Value, operator: Operator, literal: &Literal) -> Result<bool, Refusal> {
    let Literal::Text(wanted) = literal else {
        return Err(invalid());
    };
    let text = match value {
        Value::Null => return Ok(false),
        Value::String(text) => text.to_lowercase(),
        _ => return Err(invalid()),
    };
    let wanted = wanted.to_lowercase();
    Ok(match operator {
        Operator::StartsWith => text.starts_with(&wanted),
        Operator::EndsWith => text.ends_with(&wanted),
        _ => text.contains(&wanted),
    })
}

/// Compares a value with one of a filter; `None` where only one of them is `null`.
fn compare(
    value: &Value,
    literal: &Literal,
    operator: Operator,
) -> Result<Option<Ordering>, Refusal> {
    let sorts = !matches!(operator, Operator::Eq | Operator::Ne);
    Ok(match (value, literal) {
        (Value::Null, Literal::Null) if !sorts => Some(Ordering::Equal),
        (Value::Null, _) | (_, Literal::Null) => None,
        (Value::Bool(value), Literal::Flag(wanted)) => Some(value.cmp(wanted)),
        (Value::Number(value), Literal::Number(wanted)) => {
            value.as_f64().and_then(|value| value.partial_cmp(wanted))
        }
        (Value::String(text), Literal::Time(wanted)) => {
            let time: Timestamp = text.parse().map_err(|_| invalid())?;
            Some(time.cmp(wanted))
        }
        // A time in quotes is a text, which a time cannot be compared with.
        (Value::String(text), Literal::Text(_)) if sorts && text.parse::<Timestamp>().is_ok() => {
            return Err(invalid());
        }
        (Value::String(text), Literal::Text(wanted)) => {
            Some(text.to_lowercase().cmp(&wanted.to_lowercase()))
        }
        _ => return Err(invalid()),
    })
}

/// Orders two values: nothing first, times by time, texts without casing.
pub(in super::super) fn order(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) | Value::Object(_) => 4,
    };
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => {
            let number = |value: &serde_json::Number| value.as_f64().unwrap_or_default();
            number(left).total_cmp(&number(right))
        }
        (Value::String(left), Value::String(right)) => {
            match (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.to_lowercase().cmp(&right.to_lowercase()),
            }
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

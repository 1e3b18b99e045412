//! When an object that is read again and again has arrived where it was to go.

use std::borrow::Cow;

use serde_json::Value;

use super::said::{at, state};

/// What must hold of the object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The field (dotted path) has this value, compared without regard to case.
    Is {
        field: Cow<'static, str>,
        value: Cow<'static, str>,
    },
    /// The fields that were sent read as they were sent.
    AsSent(Value),
}

impl Condition {
    pub(super) fn is(field: &'static str, value: &'static str) -> Self {
        Self::Is {
            field: field.into(),
            value: value.into(),
        }
    }

    /// Returns whether it holds.
    pub(super) fn holds(&self, object: &Value) -> bool {
        match self {
            Self::Is { field, value } => at(object, field).is_some_and(|found| is(found, value)),
            Self::AsSent(sent) => within(sent, object),
        }
    }

    /// Returns the state that the object tells: that of the field which is waited for.
    pub(super) fn state<'a>(&self, object: &'a Value) -> Option<&'a str> {
        let own = match self {
            Self::Is { field, .. } => at(object, field).and_then(Value::as_str),
            Self::AsSent(_) => None,
        };
        own.or_else(|| state(object))
    }
}

fn is(found: &Value, value: &str) -> bool {
    match found {
        Value::String(text) => text.eq_ignore_ascii_case(value),
        other => other.to_string().eq_ignore_ascii_case(value),
    }
}

/// Returns whether all fields of `sent` stand in `now`, whatever the casing of texts; what only the
/// service sets does not count.
fn within(sent: &Value, now: &Value) -> bool {
    match (sent, now) {
        (Value::Object(sent), Value::Object(now)) => sent
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "attributes" | "links"))
            .all(|(name, value)| match now.get(name) {
                Some(now) => within(value, now),
                None => value.is_null(),
            }),
        (Value::String(sent), now) => is(now, sent),
        _ => sent == now,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_sent_stands_in_the_object_whatever_else_there_is() {
        let sent =
            json!({"quantity": 7, "status": "Active", "gone": null, "attributes": {"etag": "1"}});
        let check = |now: Value, expected| assert_eq!(within(&sent, &now), expected, "{now}");
        check(json!({"quantity": 7, "status": "active", "id": "x"}), true);
        check(json!({"quantity": 5, "status": "active"}), false);
        check(json!({"status": "active"}), false);
    }
}

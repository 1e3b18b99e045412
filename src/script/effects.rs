//! What a call does to the world, decided from its body and the object before it. A rule that
//! cannot be decided makes the gravest effect of the list hold.

use std::cmp::Ordering;

use rhai::Dynamic;

use super::number;
use super::record::Record;
use crate::api::model::{Condition, Effect, Operation, Test, first_name};

/// Returns the effect of a call with that body.
pub(super) fn decide(operation: &Operation, body: &Dynamic, before: Option<&Record>) -> Effect {
    for rule in operation.effects.iter() {
        let holds = match &rule.when {
            None => Some(true),
            Some(condition) => holds(condition, body, before),
        };
        match holds {
            Some(true) => return rule.is,
            Some(false) => {}
            None => return operation.gravest(),
        }
    }
    operation.gravest()
}

/// Returns whether a condition holds; `None` if that cannot be told. A condition over a field that
/// is not given does not hold.
fn holds(condition: &Condition, body: &Dynamic, before: Option<&Record>) -> Option<bool> {
    let Some(value) = at_path(body, condition.field) else {
        return Some(false);
    };
    let other: Dynamic = match condition.with {
        Some(text) => text.to_owned().into(),
        None => before?.at_path(condition.field)?,
    };
    let equal = || value.to_string().eq_ignore_ascii_case(&other.to_string());
    match condition.test {
        Test::Eq => Some(equal()),
        Test::Ne => Some(!equal()),
        Test::Lt => order(&value, &other).map(Ordering::is_lt),
        Test::Gt => order(&value, &other).map(Ordering::is_gt),
    }
}

fn order(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    let decimal = |value: &Dynamic| {
        let text = value.as_immutable_string_ref().ok();
        match text {
            Some(text) => number::exact(&text),
            None => number::as_decimal(value),
        }
    };
    Some(decimal(a)?.cmp(&decimal(b)?))
}

/// Returns the value at a dotted path of a map or record.
pub(super) fn at_path(value: &Dynamic, path: &str) -> Option<Dynamic> {
    if let Some(record) = value.read_lock::<Record>() {
        return record.at_path(path);
    }
    let (first, rest) = first_name(path);
    let inner = value.as_map_ref().ok()?.get(first)?.clone();
    match rest {
        Some(rest) => at_path(&inner, rest),
        None => Some(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::testing;

    #[test]
    fn rules_are_decided_from_the_body_and_the_object_before() {
        let operation = testing::operation("update_subscription");
        let before = testing::record("Subscription", r#"{"quantity":10,"status":"active"}"#);
        let check = |body: &str, before: Option<&Record>, expected: Effect| {
            let body = crate::script::json::plain(body.as_bytes()).expect("JSON");
            assert_eq!(decide(operation, &body, before), expected, "{body}");
        };
        check(r#"{"status":"Deleted"}"#, Some(&before), Effect::Destroy);
        check(r#"{"quantity":11}"#, Some(&before), Effect::Spend);
        check(r#"{"quantity":10}"#, Some(&before), Effect::Write);
        check(r#"{"friendlyName":"x"}"#, None, Effect::Write);
        check(r#"{"quantity":11}"#, None, Effect::Destroy);
    }
}

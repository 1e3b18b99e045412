//! What would change in a resource, property by property, with dotted paths. Source: arm reference
//! §10.5 (`WhatIfPropertyChange`).

use serde_json::{Value, json};

/// What the service writes itself: it never counts as a change.
const OWN: [&str; 3] = ["etag", "provisioningState", "systemData"];

/// Takes away what the service writes itself.
pub(super) fn without_own(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter();
            let kept = members.filter(|(name, _)| !OWN.contains(&name.as_str()));
            Value::Object(
                kept.map(|(name, value)| (name, without_own(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(without_own).collect(),
        other => other,
    }
}

/// Returns the changes that lead from one state of a resource to another.
pub(super) fn delta(before: &Value, after: &Value) -> Vec<Value> {
    let mut changes = Vec::new();
    compare("", before, after, &mut changes);
    changes
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<Value>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, before) in old {
                let path = below(path, name);
                match new.get(name) {
                    Some(after) => compare(&path, before, after, changes),
                    None => changes.push(json!({
                        "path": path, "propertyChangeType": "Delete", "before": before,
                    })),
                }
            }
            let added = new.iter().filter(|(name, _)| !old.contains_key(*name));
            changes.extend(added.map(|(name, after)| {
                json!({ "path": below(path, name), "propertyChangeType": "Create", "after": after })
            }));
        }
        (Value::Array(old), Value::Array(new)) => changes.push(json!({
            "path": path,
            "propertyChangeType": "Array",
            "children": items(old, new),
        })),
        (before, after) => changes.push(json!({
            "path": path, "propertyChangeType": "Modify", "before": before, "after": after,
        })),
    }
}

/// Compares the items of arrays by their place.
fn items(old: &[Value], new: &[Value]) -> Vec<Value> {
    let mut changes = Vec::new();
    for at in 0..old.len().max(new.len()) {
        let path = at.to_string();
        match (old.get(at), new.get(at)) {
            (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) => {
                let children = delta(before, after);
                if !children.is_empty() {
                    changes.push(json!({
                        "path": path, "propertyChangeType": "Modify", "children": children,
                    }));
                }
            }
            (Some(before), Some(after)) => compare(&path, before, after, &mut changes),
            (Some(before), None) => changes.push(json!({
                "path": path, "propertyChangeType": "Delete", "before": before,
            })),
            (None, Some(after)) => changes.push(json!({
                "path": path, "propertyChangeType": "Create", "after": after,
            })),
            (None, None) => {}
        }
    }
    changes
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &Value, after: &Value, expected: &Value) {
        assert_eq!(&Value::from(delta(before, after)), expected);
    }

    #[test]
    fn changes_have_dotted_paths() {
        check(&json!({ "a": 1 }), &json!({ "a": 1 }), &json!([]));
        check(
            &json!({ "tags": { "a": "x", "b": "y" } }),
            &json!({ "tags": { "a": "z", "c": "w" } }),
            &json!([
                { "path": "tags.a", "propertyChangeType": "Modify", "before": "x", "after": "z" },
                { "path": "tags.b", "propertyChangeType": "Delete", "before": "y" },
                { "path": "tags.c", "propertyChangeType": "Create", "after": "w" },
            ]),
        );
        check(
            &json!({ "list": [1, { "n": 1 }, 3] }),
            &json!({ "list": [1, { "n": 2 }] }),
            &json!([{
                "path": "list",
                "propertyChangeType": "Array",
                "children": [
                    { "path": "1", "propertyChangeType": "Modify", "children": [
                        { "path": "n", "propertyChangeType": "Modify", "before": 1, "after": 2 },
                    ] },
                    { "path": "2", "propertyChangeType": "Delete", "before": 3 },
                ],
            }]),
        );
    }

    #[test]
    fn what_the_service_writes_is_no_change() {
        let shown = json!({ "etag": "x", "properties": { "provisioningState": "Succeeded", "a": [{ "etag": 1, "b": 2 }] } });
        let expected = json!({ "properties": { "a": [{ "b": 2 }] } });
        assert_eq!(without_own(shown), expected);
    }
}

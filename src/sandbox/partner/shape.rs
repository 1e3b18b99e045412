//! How answers look: members without a value left out, links, collections, audit values in Pascal
//! case.

use serde_json::{Map, Value, json};

/// Leaves out every member that is null.
pub(crate) fn lean(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, lean(value)))
                .collect(),
        ),
        Value::Array(elements) => Value::Array(elements.into_iter().map(lean).collect()),
        other => other,
    }
}

/// Returns a link to be followed with GET; `uri` is relative and has no `/v1`.
pub(crate) fn link(uri: &str) -> Value {
    json!({ "uri": uri, "method": "GET", "headers": [] })
}

/// Returns `links` with `self` alone.
pub(crate) fn links(uri: &str) -> Value {
    json!({ "self": link(uri) })
}

/// Returns `attributes` with the type of the object.
pub(crate) fn attributes(kind: &str) -> Value {
    json!({ "objectType": kind })
}

/// Returns a collection. The total is that of this page, as in every answer seen.
pub(crate) fn collection(items: Vec<Value>, links: Value) -> Value {
    json!({
        "totalCount": items.len(),
        "items": items,
        "links": links,
        "attributes": attributes("Collection"),
    })
}

/// Returns the value as the audit trail keeps it: JSON text with members in Pascal case.
pub(crate) fn audited(value: &Value) -> String {
    pascal(value).to_string()
}

fn pascal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (capital(name), pascal(value)))
                .collect();
            Value::Object(members)
        }
        Value::Array(elements) => Value::Array(elements.iter().map(pascal).collect()),
        other => other.clone(),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_left_out_at_every_depth() {
        let value = json!({"a": null, "b": {"c": null, "d": [{"e": null}]}});
        assert_eq!(lean(value), json!({"b": {"d": [{}]}}));
    }

    #[test]
    fn audit_values_are_in_pascal_case() {
        let value = json!({"id": "1", "lineItems": [{"offerId": "x"}]});
        assert_eq!(
            audited(&value),
            r#"{"Id":"1","LineItems":[{"OfferId":"x"}]}"#
        );
    }
}

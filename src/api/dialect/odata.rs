//! What Microsoft Graph and Azure Resource Manager share: `OData` filters, the envelope with
//! `value` and a next link, and errors under `error`.

use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::{NextLink, Split, body};
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::error::Fault;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    value: Option<Vec<&'a RawValue>>,
    #[serde(rename = "nextLink", alias = "@odata.nextLink")]
    next: Option<String>,
}

/// Cuts `{ "value": […], "nextLink": … }`, or a bare array.
pub(super) fn page(text: &[u8]) -> Result<Split, String> {
    if body::is_array(text) {
        let items: Vec<&RawValue> = body::parse(text)?;
        return Ok(Split {
            items: body::ranges(text, &items)?,
            next: None,
        });
    }
    let envelope: Envelope<'_> = body::parse(text)?;
    let items = envelope.value.ok_or("the answer has no `value`")?;
    let next = envelope.next.filter(|link| !link.is_empty());
    let next = next.map(|uri| NextLink {
        uri,
        headers: Vec::new(),
    });
    Ok(Split {
        items: body::ranges(text, &items)?,
        next,
    })
}

/// Joins a link to the address of the answer it stands in.
pub(super) fn resolve(base: &Url, link: &str) -> Result<Url, String> {
    base.join(link)
        .map_err(|error| format!("the link `{link}` is no address: {error}"))
}

/// Renders an `OData` filter.
pub(super) fn filter(filter: &Filter) -> Result<String, String> {
    Ok(match filter {
        Filter::And(a, b) => format!("{} and {}", part(a)?, part(b)?),
        Filter::Or(a, b) => format!("{} or {}", part(a)?, part(b)?),
        Filter::Compare { field, op, value } => compare(&field.replace('.', "/"), *op, value)?,
    })
}

/// Renders a part of a joined filter, in parentheses where it is joined itself.
fn part(inner: &Filter) -> Result<String, String> {
    let text = filter(inner)?;
    Ok(match inner {
        Filter::Compare { .. } => text,
        Filter::And(..) | Filter::Or(..) => format!("({text})"),
    })
}

fn compare(field: &str, op: FilterOp, value: &FilterValue) -> Result<String, String> {
    let literal = literal(value);
    Ok(match (op, value) {
        (FilterOp::OneOf, FilterValue::List(values)) if !values.is_empty() => {
            format!("{field} in ({literal})")
        }
        (FilterOp::OneOf, _) => return Err("`one_of` needs a list that is not empty".to_owned()),
        (_, FilterValue::List(_)) => {
            return Err(format!("`{}` takes one value, not a list", op.as_str()));
        }
        (FilterOp::StartsWith, _) => format!("startswith({field},{literal})"),
        (FilterOp::Contains, _) => format!("contains({field},{literal})"),
        _ => format!("{field} {} {literal}", op.as_str()),
    })
}

/// Returns a value as `OData` writes it: text in quotes, quotes in it doubled.
fn literal(value: &FilterValue) -> String {
    match value {
        FilterValue::Text(text) => format!("'{}'", text.replace('\'', "''")),
        FilterValue::List(values) => values.iter().map(literal).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Reads `{ "error": { code, message, target, … } }`, the same without the wrapper, and
/// `odata.error`.
pub(super) fn fault(status: u16, headers: &HeaderMap, text: &[u8]) -> Fault {
    let mut fault = body::bare(status, headers, text);
    let Ok(whole) = body::parse::<Value>(text) else {
        return fault;
    };
    let error = ["error", "odata.error"]
        .iter()
        .find_map(|key| whole.get(key))
        .unwrap_or(&whole);
    let word = |key: &str| {
        error[key]
            .as_str()
            .filter(|found| !found.is_empty())
            .map(str::to_owned)
    };
    fault.code = body::code(&error["code"]);
    let message = word("message").or_else(|| error["message"]["value"].as_str().map(str::to_owned));
    fault.message = message.unwrap_or(fault.message);
    fault.target = word("target");
    fault.possible_causes = word("possibleCauses");
    fault.recommended_action = action(&error["recommendedAction"]);
    fault.activity_id = word("activityId").or_else(|| word("ActivityId"));
    fault
}

/// Returns the recommended action, which some services write as a list.
fn action(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Array(parts) if !parts.is_empty() => {
            let parts: Vec<_> = parts.iter().filter_map(Value::as_str).collect();
            Some(parts.join(" "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(field: &str, op: FilterOp, value: FilterValue) -> Filter {
        Filter::Compare {
            field: field.to_owned(),
            op,
            value,
        }
    }

    #[test]
    fn filters_are_written_as_odata() {
        let text = |text: &str| FilterValue::Text(text.to_owned());
        let name = is("displayName", FilterOp::StartsWith, text("O'Neil"));
        let on = is("accountEnabled", FilterOp::Eq, FilterValue::Bool(true));
        let when = is(
            "signIn.date",
            FilterOp::Ge,
            FilterValue::Date("2026-01-02T00:00:00Z".parse().expect("a date")),
        );
        let any = is(
            "id",
            FilterOp::OneOf,
            FilterValue::List(vec![text("a"), text("b")]),
        );
        let check =
            |given: &Filter, expected: &str| assert_eq!(filter(given).as_deref(), Ok(expected));
        check(&name, "startswith(displayName,'O''Neil')");
        check(&on, "accountEnabled eq true");
        check(&when, "signIn/date ge 2026-01-02T00:00:00Z");
        check(&any, "id in ('a','b')");
        let both = Filter::And(
            Box::new(on),
            Box::new(Filter::Or(Box::new(any), Box::new(name))),
        );
        check(
            &both,
            "accountEnabled eq true and (id in ('a','b') or startswith(displayName,'O''Neil'))",
        );
        assert!(filter(&is("id", FilterOp::OneOf, FilterValue::List(vec![]))).is_err());
        assert!(filter(&is("id", FilterOp::Eq, FilterValue::List(vec![]))).is_err());
    }

    #[test]
    fn pages_are_cut_where_the_items_stand() {
        let text = b"\xEF\xBB\xBF{\"value\": [{\"a\":1}, 2], \"@odata.nextLink\": \"https://x/y\"}";
        let split = page(text).expect("a page");
        let items: Vec<_> = split
            .items
            .iter()
            .map(|r| &text[r.start as usize..r.end as usize])
            .collect();
        assert_eq!(items, [&b"{\"a\":1}"[..], &b"2"[..]]);
        assert_eq!(
            split.next.map(|next| next.uri).as_deref(),
            Some("https://x/y")
        );
        assert_eq!(page(b"[1]").map(|split| split.items.len()), Ok(1));
        assert!(page(b"{}").is_err() && page(b"{\"value\": [").is_err());
    }

    #[test]
    fn refusals_of_all_shapes_are_read() {
        let check = |text: &str, code: &str, message: &str| {
            let found = fault(409, &HeaderMap::new(), text.as_bytes());
            assert_eq!(
                (found.code.as_str(), found.message.as_str()),
                (code, message),
                "{text}"
            );
        };
        check(
            r#"{"error":{"code":"Conflict","message":"Taken."}}"#,
            "Conflict",
            "Taken.",
        );
        check(
            r#"{"code":"Conflict","message":"Taken."}"#,
            "Conflict",
            "Taken.",
        );
        check(
            r#"{"odata.error":{"code":"C","message":{"lang":"en","value":"Taken."}}}"#,
            "C",
            "Taken.",
        );
        check(r#"{"error":{"code":"","message":"Taken."}}"#, "", "Taken.");
        check(r#"{"error":{"code":"0","message":"No."}}"#, "", "No.");
        check(r#"{"error":{"code":12,"message":"No."}}"#, "12", "No.");
        check("", "", "Conflict");
        let whole = fault(400, &HeaderMap::new(), br#"{"error":{"code":"X","message":"m","target":"vm","possibleCauses":"c","recommendedAction":["a","b"]}}"#);
        assert_eq!(whole.target.as_deref(), Some("vm"));
        assert_eq!(whole.possible_causes.as_deref(), Some("c"));
        assert_eq!(whole.recommended_action.as_deref(), Some("a b"));
    }
}

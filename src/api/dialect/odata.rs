//! What Microsoft Graph and Azure Resource Manager share: `OData` filters, the envelope with
//! `value` and a next link, and errors under `error`.

mod filter;

use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::{NextLink, Split, body};
use crate::api::model::Paging;
use crate::error::Fault;

pub(super) use filter::{compare, literal, render as filter, render_with as filter_with};

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    value: Option<Vec<&'a RawValue>>,
    #[serde(rename = "nextLink", alias = "@odata.nextLink")]
    next: Option<String>,
}

/// Cuts `{ "value": […], "nextLink": … }`, or a bare array.
pub(super) fn page(text: &[u8], paging: Paging) -> Result<Split, String> {
    if let Paging::Named { items, link } = paging {
        return body::named(text, items, link);
    }
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
    fault.recommended_action = texts(&error["recommendedAction"]);
    fault.activity_id = word("activityId").or_else(|| word("ActivityId"));
    fault.client_request_id = word("clientRequestId");
    fault
}

/// Returns a text, which some services write as a list: a recommended action.
pub(super) fn texts(value: &Value) -> Option<String> {
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

    #[test]
    fn pages_are_cut_where_the_items_stand() {
        let text = b"\xEF\xBB\xBF{\"value\": [{\"a\":1}, 2], \"@odata.nextLink\": \"https://x/y\"}";
        let split = page(text, Paging::Link).expect("a page");
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
        assert_eq!(
            page(b"[1]", Paging::Link).map(|split| split.items.len()),
            Ok(1)
        );
        assert!(
            page(b"{}", Paging::Link).is_err() && page(b"{\"value\": [", Paging::Link).is_err()
        );
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

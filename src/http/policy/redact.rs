//! What may be shown of a request or an answer. Everything is on a list or reads `<redacted>`: a
//! header, parameter or field that nobody thought of stays hidden.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;
use url::form_urlencoded;

/// What stands for a hidden value.
const REDACTED: &str = "<redacted>";

/// Headers that are shown, in lower case.
const HEADERS: &[&str] = &[
    "accept",
    "cache-control",
    "client-request-id",
    "consistencylevel",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "if-match",
    "ismfacompliant",
    "ms-contract-version",
    "ms-correlationid",
    "ms-cv",
    "ms-partnercenter-application",
    "ms-requestid",
    "ms-serverid",
    "prefer",
    "request-id",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "validatemfa",
    "x-locale",
    "x-ms-client-request-id",
    "x-ms-correlation-request-id",
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-request-id",
];

/// Query and form parameters that are shown.
const PARAMETERS: &[&str] = &[
    "$count",
    "$expand",
    "$filter",
    "$orderby",
    "$select",
    "$top",
    "api-version",
    "client_id",
    "country",
    "currency",
    "filter",
    "grant_type",
    "offset",
    "resource",
    "scope",
    "seekOperation",
    "size",
    "targetView",
];

/// Fields of JSON whose text is shown. Numbers and booleans are shown under any name.
const FIELDS: &[&str] = &[
    "agreementType",
    "autoRenewEnabled",
    "billingCycle",
    "billingType",
    "catalogItemId",
    "code",
    "commitmentEndDate",
    "companyName",
    "correlation_id",
    "correlationId",
    "country",
    "creationDate",
    "culture",
    "description",
    "displayName",
    "domain",
    "effectiveStartDate",
    "error",
    "error_description",
    "expires_in",
    "friendlyName",
    "id",
    "key",
    "message",
    "method",
    "name",
    "objectType",
    "offerId",
    "orderId",
    "productId",
    "relationshipToPartner",
    "request-id",
    "scope",
    "skuId",
    "source",
    "state",
    "status",
    "subscriptionId",
    "suberror",
    "target",
    "termDuration",
    "tenantId",
    "timestamp",
    "title",
    "token_type",
    "trace_id",
    "type",
    "unitType",
    "uri",
    "usageLocation",
];

/// Objects in which any member may be a secret, whatever its name: those of deployments.
const WHOLLY_HIDDEN: &[&str] = &["outputs", "parameters"];

/// Returns an address with unknown parameters hidden.
pub(crate) fn url(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    match url.query() {
        None => shown.into(),
        Some(query) => format!("{shown}?{}", parameters(query.as_bytes())),
    }
}

/// Returns a header's text if it may be shown.
pub(crate) fn header<'a>(name: &HeaderName, value: &'a HeaderValue) -> &'a str {
    let known = !value.is_sensitive() && HEADERS.binary_search(&name.as_str()).is_ok();
    value.to_str().ok().filter(|_| known).unwrap_or(REDACTED)
}

/// Returns a body with everything hidden that is not on the list.
pub(crate) fn body(headers: &HeaderMap, body: &[u8]) -> String {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return parameters(body);
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            hide(&mut value);
            value.to_string()
        }
        Err(_) => format!("<{} bytes that are not JSON>", body.len()),
    }
}

fn parameters(text: &[u8]) -> String {
    let shown = form_urlencoded::parse(text).map(|(name, value)| {
        if PARAMETERS.contains(&&*name) {
            format!("{name}={value}")
        } else {
            format!("{name}={REDACTED}")
        }
    });
    shown.collect::<Vec<_>>().join("&")
}

/// Hides the texts whose field is not on the list; a list hides its texts unless its own name is.
fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => {
            // What a script on a machine says may be anything.
            let is_status = map.contains_key("displayStatus");
            for (name, value) in map {
                match value {
                    Value::Object(_) if WHOLLY_HIDDEN.contains(&name.as_str()) => hide_all(value),
                    Value::String(text) if is_status && name == "message" => {
                        REDACTED.clone_into(text);
                    }
                    Value::String(_) | Value::Array(_) if FIELDS.contains(&name.as_str()) => {
                        show_texts(name, value);
                    }
                    _ => hide(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(hide),
        Value::String(text) => REDACTED.clone_into(text),
        _ => {}
    }
}

/// Hides all that lies in a value; the names of members stay.
fn hide_all(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(hide_all),
        Value::Array(list) => list.iter_mut().for_each(hide_all),
        Value::Null => {}
        other => *other = REDACTED.into(),
    }
}

/// Leaves the texts of a listed field, but hides what lies deeper; an address keeps its path only.
fn show_texts(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if name == "uri" => {
            if let Some((path, query)) = text.split_once('?') {
                *text = format!("{path}?{}", parameters(query.as_bytes()));
            }
        }
        Value::Array(list) => {
            for item in list.iter_mut().filter(|item| !item.is_string()) {
                hide(item);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_headers_are_shown() {
        assert!(HEADERS.is_sorted());
        let (told, kept) = (
            HeaderName::from_static("ismfacompliant"),
            HeaderName::from_static("authorization"),
        );
        let value = HeaderValue::from_static("false");
        assert_eq!(header(&told, &value), "false");
        assert_eq!(header(&kept, &value), REDACTED);
    }

    #[test]
    fn what_is_unknown_is_hidden() {
        let address = Url::parse("https://h/v1/customers?size=5&sig=MARKER").expect("a URL");
        assert_eq!(
            url(&address),
            "https://h/v1/customers?size=5&sig=<redacted>"
        );
        let json = br#"{"id":"7","userCredentials":{"password":"MARKER","n":1},"links":{"next":
            {"uri":"/c?size=2&t=MARKER","headers":[{"key":"MS-ContinuationToken","value":"MARKER"}]}},
            "roles":["MARKER"]}"#;
        let shown = body(&HeaderMap::new(), json);
        assert!(!shown.contains("MARKER"), "{shown}");
        assert!(shown.contains(r#""id":"7""#), "{shown}");
        let deployed = br#"{"properties":{"mode":"Complete","parameters":{"o":{"value":
            {"name":"MARKER","n":[77]}}},"outputs":{"s":{"type":"String","value":"MARKER"}}},
            "value":[{"displayStatus":"ok","code":"c","message":"[stdout] MARKER"}]}"#;
        let shown = body(&HeaderMap::new(), deployed);
        assert!(
            !shown.contains("MARKER") && !shown.contains("77"),
            "{shown}"
        );
        let mut form = HeaderMap::new();
        form.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        assert_eq!(
            body(&form, b"grant_type=refresh_token&refresh_token=MARKER"),
            "grant_type=refresh_token&refresh_token=<redacted>"
        );
        assert_eq!(
            body(&HeaderMap::new(), b"MARKER"),
            "<6 bytes that are not JSON>"
        );
    }
}

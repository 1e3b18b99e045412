//! The body of a request, and what Azure Resource Manager says about a wrong one. Source: arm
//! reference §4; texts are this sandbox's where none was seen.

use serde_json::{Map, Value};

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Refuses the content of a body.
pub(super) fn invalid(text: impl AsRef<str>) -> Refusal {
    let text = format!(
        "The request content was invalid and could not be deserialized: '{}'.",
        text.as_ref()
    );
    Refusal::new(400, "InvalidRequestContent", text)
}

/// Refuses the value of a field: the provider's own check.
pub(super) fn parameter(field: &str, text: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameter", text).target(field)
}

/// Returns the body, which must be a JSON object; without a body an empty one.
pub(super) fn optional(request: &Request) -> Result<Map<String, Value>, Refusal> {
    let bytes = request
        .body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&request.body);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(invalid("the body is not a JSON object")),
        Err(error) => Err(invalid(error.to_string())),
    }
}

/// Returns the body, which must be there and be a JSON object.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Refusal> {
    if request.body.is_empty() {
        return Err(invalid("the body is empty"));
    }
    optional(request)
}

/// Returns a member that is an object; absent and `null` are an empty one.
pub(super) fn member(body: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members.clone()),
        Some(_) => Err(invalid(format!("'{name}' is not an object"))),
    }
}

/// Returns a text at a dotted path of an object; anything but a text is refused.
pub(super) fn text<'a>(
    members: &'a Map<String, Value>,
    path: &str,
) -> Result<Option<&'a str>, Refusal> {
    match at(members, path) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(format!("'{path}' is not a string"))),
    }
}

/// Returns a text at a dotted path that must be there.
pub(super) fn need<'a>(members: &'a Map<String, Value>, path: &str) -> Result<&'a str, Refusal> {
    let found = text(members, path)?.filter(|text| !text.trim().is_empty());
    found.ok_or_else(|| {
        parameter(
            path,
            format!("Required parameter '{path}' is missing (null)."),
        )
    })
}

/// Returns what stands at a dotted path.
pub(super) fn at<'a>(members: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let found = members.get(first)?;
    if rest.is_empty() {
        return Some(found);
    }
    at(found.as_object()?, rest)
}

/// Refuses a text that is none of a closed set; casing does not count, and the set's is kept.
pub(super) fn one_of(
    field: &str,
    given: &str,
    known: &[&'static str],
) -> Result<&'static str, Refusal> {
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(given));
    found.copied().ok_or_else(|| {
        let text = format!(
            "The value '{given}' of parameter '{field}' is not allowed. Allowed values are '{}'.",
            known.join(",")
        );
        parameter(field, text)
    })
}

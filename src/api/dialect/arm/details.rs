//! What the details of an error say that the error itself does not: Site Recovery puts its diagnosis
//! there. Source: Azure REST API reference, Site Recovery, service errors.

use serde_json::Value;

use crate::api::dialect::{body, odata};
use crate::error::Fault;

/// How deep details are followed.
const DEEPEST: usize = 8;

/// Fills what a fault lacks from the first detail that has it.
pub(super) fn complete(fault: &mut Fault, text: &[u8]) {
    let Ok(whole) = body::parse::<Value>(text) else {
        of_contract(fault);
        return;
    };
    let error = whole.get("error").unwrap_or(&whole);
    let mut details = Vec::new();
    collect(error, 0, &mut details);
    let first = |key: &str| {
        let mut all = details.iter().filter_map(|one| odata::texts(&one[key]));
        all.next()
    };
    if fault.code.is_empty() {
        let codes = details.iter().map(|one| body::code(&one["code"]));
        fault.code = codes
            .into_iter()
            .find(|code| !code.is_empty())
            .unwrap_or_default();
    }
    if !error["message"].is_string()
        && let Some(message) = first("message")
    {
        fault.message = message;
    }
    let or_first = |own: &mut Option<String>, key: &str| {
        if own.is_none() {
            *own = first(key);
        }
    };
    or_first(&mut fault.target, "target");
    or_first(&mut fault.possible_causes, "possibleCauses");
    or_first(&mut fault.recommended_action, "recommendedAction");
    or_first(&mut fault.activity_id, "activityId");
    or_first(&mut fault.client_request_id, "clientRequestId");
}

/// Reads the error of the data contract of 2015, which is XML where JSON was not asked for. Source:
/// the reference names its members: `Error{Code,Message,PossibleCauses,RecommendedAction,ActivityId}`.
fn of_contract(fault: &mut Fault) {
    let text = std::mem::take(&mut fault.body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inner, _) = rest.split_once(&format!("</{name}>"))?;
        let inner = body::unescape(inner.trim());
        (!inner.is_empty()).then_some(inner)
    };
    if let Some(code) = element("Code") {
        fault.code = code;
        fault.message = element("Message").unwrap_or_else(|| fault.message.clone());
        fault.possible_causes = element("PossibleCauses");
        fault.recommended_action = element("RecommendedAction");
        fault.activity_id = element("ActivityId");
    }
    fault.body = text;
}

/// Collects details, from the outside in.
fn collect<'a>(error: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
    let details = error["details"].as_array().filter(|_| depth < DEEPEST);
    for detail in details.into_iter().flatten() {
        found.push(detail);
        collect(detail, depth + 1, found);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::super::RECOVERY;
    use super::*;
    use crate::api::dialect::Dialect;

    fn fault(text: &str) -> Fault {
        let mut headers = HeaderMap::new();
        let id = "sent".parse().expect("a header");
        headers.insert("x-ms-client-request-id", id);
        RECOVERY.fault(409, &headers, text.as_bytes())
    }

    /// Checks code, message, causes, action, client request id and activity id.
    fn check(text: &str, expected: [&str; 6]) {
        let found = fault(text);
        let optional = |text: Option<String>| text.unwrap_or_default();
        let six = [
            found.code,
            found.message,
            optional(found.possible_causes),
            optional(found.recommended_action),
            optional(found.client_request_id),
            optional(found.activity_id),
        ];
        assert_eq!(six, expected, "{text}");
    }

    #[test]
    fn all_six_fields_are_kept_wherever_they_stand() {
        check(
            r#"{"error":{"code":"150261","message":"Failed.","target":null,"details":[{"code":"150261","message":"Failed.","possibleCauses":"c","recommendedAction":"r","clientRequestId":"own","activityId":"a","target":null}]}}"#,
            ["150261", "Failed.", "c", "r", "own", "a"],
        );
        // The first detail that has a field.
        check(
            r#"{"error":{"message":"Outer.","details":[{"code":"1","message":"m"},{"code":"2","recommendedAction":"r","details":[{"activityId":"a"}]}]}}"#,
            ["1", "Outer.", "", "r", "sent", "a"],
        );
        check(
            r#"{"error":{"details":[{"code":"1","message":"m"}]}}"#,
            ["1", "m", "", "", "sent", ""],
        );
        // The older guide's shape.
        check(
            r#"{"code":"499","message":"Old.","possibleCauses":"c","recommendedAction":"r","activityId":"a"}"#,
            ["499", "Old.", "c", "r", "sent", "a"],
        );
    }

    #[test]
    fn what_is_no_json_is_told_as_far_as_it_goes() {
        check(
            "The service is busy.",
            ["", "The service is busy.", "", "", "sent", ""],
        );
        check(
            "<html><head><title>409 Conflict</title></head></html>",
            ["", "409 Conflict", "", "", "sent", ""],
        );
        // The data contract of 2015 as XML.
        check(
            "<Error><Code>499</Code><Message>Old.</Message><PossibleCauses>c</PossibleCauses><RecommendedAction>r</RecommendedAction><ActivityId>a</ActivityId></Error>",
            ["499", "Old.", "c", "r", "sent", "a"],
        );
        check("", ["", "Conflict", "", "", "sent", ""]);
        check("[1]", ["", "Conflict", "", "", "sent", ""]);
    }
}

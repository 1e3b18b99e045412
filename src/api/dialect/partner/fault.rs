//! Refusals of Partner Center: several shapes, one fault; and which of our codes its codes mean.
//! Source: Partner Center REST error codes; API throttling guidance.

use http::HeaderMap;
use serde_json::Value;

use super::super::body;
use crate::error::{Code, Fault};

/// Reads a refusal: `{code, description, data, source}` with the code as number or text, the
/// gateway's `{statusCode, message}`, the newer services' `{code, message, errorName, …}`, the
/// second host's `{error: {…}}`, and bodies that are empty or no JSON.
pub(super) fn read(status: u16, headers: &HeaderMap, text: &[u8]) -> Fault {
    let mut fault = body::bare(status, headers, text);
    fault.request_id = body::id(headers, "ms-requestid");
    fault.correlation_id = body::id(headers, "ms-correlationid");
    let Ok(whole) = body::parse::<Value>(text) else {
        return fault;
    };
    let error = whole
        .get("error")
        .filter(|error| error.is_object())
        .unwrap_or(&whole);
    let word = |key: &str| error[key].as_str().filter(|found| !found.is_empty());
    fault.code = code_of(error);
    if let Some(message) = word("description").or_else(|| word("message")) {
        fault.message = body::unescape(message);
    }
    fault.target = word("errorName")
        .or_else(|| word("target"))
        .map(str::to_owned);
    fault.possible_causes = word("errorMessageExtended")
        .map(str::to_owned)
        .or_else(|| causes(&error["data"]));
    fault
}

fn code_of(error: &Value) -> String {
    let code = error.get("code").or_else(|| error.get("statusCode"));
    code.map_or_else(String::new, body::code)
}

/// Returns what stands in `data`: texts, or objects as JSON.
fn causes(data: &Value) -> Option<String> {
    let text = |part: &Value| match part {
        Value::String(text) => body::unescape(text),
        other => other.to_string(),
    };
    let parts: Vec<_> = data.as_array()?.iter().map(text).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Returns the stable code. The service's own code decides before the status, since one status
/// (400, 403) stands for many things.
pub(super) fn code(fault: &Fault) -> Code {
    match fault.code.as_str() {
        "900421" => return Code::AuthMfaMissing,
        "13605" => return Code::PartnerAgreement,
        "2055" => return Code::PartnerChanged,
        // Limits: seats of the offer or the sandbox, customers, subscriptions, licences, inventory.
        "2002" | "27006" | "60012" | "800010" | "800017" | "800018" | "800066" | "800067"
        | "800068" | "800088" | "800089" | "900116" | "900419" => return Code::PartnerLimit,
        // The object's present state: deleted, suspended, ordered, its window over, in progress.
        "1003" | "2001" | "2011" | "27009" | "600041" | "800014" | "800040" | "800060"
        | "800061" | "800063" | "800064" | "800065" | "800090" | "800091" | "900105" | "900115"
        | "900117" | "900278" => return Code::PartnerConflict,
        _ => {}
    }
    match fault.status {
        401 => Code::AuthToken,
        403 => Code::PartnerForbidden,
        404 => Code::PartnerNotFound,
        409 => Code::PartnerConflict,
        412 => Code::PartnerChanged,
        429 => Code::ThrottleExhausted,
        500.. => Code::HttpServer,
        _ => Code::PartnerRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, text: &str) -> Fault {
        read(status, &HeaderMap::new(), text.as_bytes())
    }

    #[test]
    fn refusals_of_all_shapes_are_read() {
        let check = |status, text: &str, code: &str, message: &str| {
            let found = fault(status, text);
            assert_eq!(
                (found.code.as_str(), found.message.as_str()),
                (code, message),
                "{text}"
            );
            assert_eq!(found.status, status);
        };
        check(
            400,
            r#"{"code":2000,"description":"Tenant Id must be a GUID.","data":[],"source":"PartnerFD"}"#,
            "2000",
            "Tenant Id must be a GUID.",
        );
        check(
            400,
            r#"{"code":"2000","description":"It&#39;s wrong."}"#,
            "2000",
            "It's wrong.",
        );
        check(
            429,
            r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}"#,
            "429",
            "Rate limit is exceeded. Try again in 57 seconds.",
        );
        check(
            404,
            r#"{"code":600074,"message":"m","description":"d","errorName":"n","isRetryable":false}"#,
            "600074",
            "d",
        );
        check(
            404,
            r#"{"code":600074,"message":"m","description":""}"#,
            "600074",
            "m",
        );
        check(
            400,
            r#"{"error":{"code":"invalidRequest","message":"m"}}"#,
            "invalidRequest",
            "m",
        );
        check(501, r#"{"code":0,"description":"d"}"#, "", "d");
        check(400, r#"{"code":"0","description":"d"}"#, "", "d");
        check(401, "", "", "Unauthorized");
        check(
            502,
            "<html><title>Bad gateway</title></html>",
            "",
            "Bad gateway",
        );
        check(500, "{\"code\":", "", "Internal Server Error");
        check(400, "\u{feff}{\"code\":1}", "1", "Bad Request");
    }

    #[test]
    fn nothing_the_service_said_is_lost() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("ms-requestid", "r,r"),
            ("ms-correlationid", "c"),
            ("date", "today"),
        ] {
            headers.insert(name, value.parse().expect("a header"));
        }
        let text = r#"{"code":60012,"description":"out","data":["Quota : x",{"sku":1}],"source":"PartnerFD"}"#;
        let found = read(400, &headers, text.as_bytes());
        assert_eq!(found.request_id.as_deref(), Some("r"));
        assert_eq!(found.correlation_id.as_deref(), Some("c"));
        assert_eq!(found.time.as_deref(), Some("today"));
        assert_eq!(
            found.possible_causes.as_deref(),
            Some("Quota : x; {\"sku\":1}")
        );
        assert_eq!(found.body, text);
        let newer = fault(
            404,
            r#"{"code":1,"errorName":"NotThere","errorMessageExtended":"because"}"#,
        );
        assert_eq!(newer.target.as_deref(), Some("NotThere"));
        assert_eq!(newer.possible_causes.as_deref(), Some("because"));
    }

    #[test]
    fn the_service_s_code_decides_before_the_status() {
        let cases = [
            (401, "", Code::AuthToken),
            (401, "900420", Code::AuthToken),
            (401, "900421", Code::AuthMfaMissing),
            (403, "13605", Code::PartnerAgreement),
            (403, "900329", Code::PartnerForbidden),
            (403, "800067", Code::PartnerLimit),
            (400, "800018", Code::PartnerLimit),
            (400, "2055", Code::PartnerChanged),
            (412, "", Code::PartnerChanged),
            (400, "2011", Code::PartnerConflict),
            (409, "1003", Code::PartnerConflict),
            (409, "", Code::PartnerConflict),
            (404, "1000", Code::PartnerNotFound),
            (404, "", Code::PartnerNotFound),
            (429, "429", Code::ThrottleExhausted),
            (501, "", Code::HttpServer),
            (503, "", Code::HttpServer),
            (400, "800002", Code::PartnerRefused),
        ];
        for (status, code_text, expected) in cases {
            let given = Fault {
                status,
                code: code_text.to_owned(),
                ..Fault::default()
            };
            assert_eq!(code(&given), expected, "{status} {code_text}");
        }
    }
}

//! Refusals of Entra ID: each code with its status, OAuth error and sub-error, in one table, and the
//! body with all its fields. Source: identity reference §5.

use serde_json::json;

use crate::sandbox::reply::Reply;
use crate::sandbox::route::Request;
use crate::sandbox::store::Tx;

/// A refusal: its code and what it says after `AADSTS<code>: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aadsts {
    pub(crate) code: u32,
    pub(crate) text: String,
}

impl Aadsts {
    /// Refuses with a code of [`meaning`].
    pub(crate) fn new(code: u32, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    /// Refuses because a parameter is missing.
    pub(crate) fn missing(parameter: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{parameter}'.");
        Self::new(900_144, text)
    }

    /// Writes the refusal down. Every field of the documented body is there; `correlation_id` is
    /// the request's `client-request-id`.
    pub(crate) fn into_reply(self, request: &Request, tx: &mut Tx<'_>) -> Reply {
        let Meaning {
            status,
            error,
            suberror,
        } = meaning(self.code);
        let trace = tx.guid();
        let correlation = match request.header("client-request-id") {
            Some(id) => id.to_owned(),
            None => tx.guid(),
        };
        let time = tx.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            self.code, self.text
        );
        let mut body = json!({
            "error": error,
            "error_description": description,
            "error_codes": [self.code],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("{}/login/error?code={}", request.origin, self.code),
        });
        if let Some(suberror) = suberror {
            body["suberror"] = suberror.into();
        }
        Reply::json(status, body)
    }
}

/// How a code is answered.
struct Meaning {
    status: u16,
    error: &'static str,
    suberror: Option<&'static str>,
}

fn meaning(code: u32) -> Meaning {
    let (status, error, suberror) = match code {
        7_000_215 | 7_000_218 | 7_000_222 => (401, "invalid_client", None),
        700_016 => (400, "unauthorized_client", None),
        70_003 => (400, "unsupported_grant_type", None),
        70_011 | 700_022 | 700_023 => (400, "invalid_scope", None),
        500_011 => (400, "invalid_resource", None),
        65_001 => (400, "invalid_grant", Some("consent_required")),
        50_173 => (400, "invalid_grant", Some("bad_token")),
        50_020 | 70_000 | 90_099 | 700_082 => (400, "invalid_grant", None),
        _ => (400, "invalid_request", None),
    };
    Meaning {
        status,
        error,
        suberror,
    }
}

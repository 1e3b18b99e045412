//! Refusals of Entra ID: a code of the table, its text, and the body with all its fields.
//! Source: identity reference §5.

mod table;

use serde_json::{Value, json};

use crate::base::clock::Timestamp;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::Request;
use crate::sandbox::store::Tx;

/// A refusal: its code and what it says after `AADSTS<code>: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aadsts {
    pub(crate) code: u32,
    pub(crate) text: String,
    /// The OAuth error, where it is another one than the table's.
    error: Option<&'static str>,
    /// What the client must ask for to get further: JSON in text.
    claims: Option<String>,
}

impl Aadsts {
    /// Refuses with a code of the table and a text of its own.
    pub(crate) fn new(code: u32, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            error: None,
            claims: None,
        }
    }

    /// Refuses with a code and the text of the table.
    pub(crate) fn of(code: u32) -> Self {
        Self::new(code, table::meaning(code).text)
    }

    /// Refuses because a parameter is missing.
    pub(crate) fn missing(parameter: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{parameter}'.");
        Self::new(900_144, text)
    }

    /// Refuses because somebody said no on the device page. Another code of the same number says
    /// that the device code has expired.
    pub(crate) fn declined() -> Self {
        Self {
            error: Some("authorization_declined"),
            ..Self::new(70_020, "The end user has denied the authorization request.")
        }
    }

    /// Refuses a device that asks too often. There is no code for it.
    pub(crate) fn slow_down() -> Self {
        Self::of(70_016).saying("slow_down")
    }

    /// Says `error` in place of the table's OAuth error.
    #[must_use]
    pub(crate) fn saying(mut self, error: &'static str) -> Self {
        self.error = Some(error);
        self
    }

    /// Adds what the client must ask for to get further.
    #[must_use]
    pub(crate) fn claims(mut self, claims: &Value) -> Self {
        self.claims = Some(claims.to_string());
        self
    }

    /// Returns the OAuth error as the authorize endpoint words it.
    pub(crate) fn at_authorize(&self) -> &'static str {
        self.error.unwrap_or_else(|| table::at_authorize(self.code))
    }

    /// Returns the sub-error, where the code has one.
    pub(crate) fn suberror(&self) -> Option<&'static str> {
        table::meaning(self.code).suberror
    }

    /// Returns the text with code and ids, as `error_description` has it.
    pub(crate) fn description(&self, trace: &Trace) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            self.code, self.text, trace.id, trace.correlation, trace.time
        )
    }

    /// Writes the refusal down.
    pub(crate) fn into_reply(self, request: &Request, tx: &mut Tx<'_>) -> Reply {
        let trace = Trace::of(request, tx);
        self.reply(&trace)
    }

    /// Writes the refusal down with given ids. Every field of the documented body is there.
    pub(crate) fn reply(&self, trace: &Trace) -> Reply {
        let meaning = table::meaning(self.code);
        let mut body = json!({
            "error": self.error.unwrap_or(meaning.error),
            "error_description": self.description(trace),
            "error_codes": [self.code],
            "timestamp": trace.time,
            "trace_id": trace.id,
            "correlation_id": trace.correlation,
            "error_uri": format!("{}/login/error?code={}", trace.origin, self.code),
        });
        if let Some(suberror) = meaning.suberror {
            body["suberror"] = suberror.into();
        }
        if let Some(claims) = &self.claims {
            body["claims"] = claims.as_str().into();
        }
        Reply::json(table::status(meaning.error), body)
    }
}

/// The ids and the time of a refusal.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    id: String,
    correlation: String,
    time: String,
    origin: String,
}

impl Trace {
    /// Makes the ids of an answer; the correlation id is the request's `client-request-id`.
    pub(crate) fn of(request: &Request, tx: &mut Tx<'_>) -> Self {
        let correlation = match request.header("client-request-id") {
            Some(id) => id.to_owned(),
            None => tx.guid(),
        };
        Self::new(tx.guid(), correlation, tx.now(), &request.origin)
    }

    /// Puts given ids together.
    pub(crate) fn new(id: String, correlation: String, now: Timestamp, origin: &str) -> Self {
        Self {
            id,
            correlation,
            time: now.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            origin: origin.to_owned(),
        }
    }
}

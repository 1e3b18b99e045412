//! What a handler gives back: a reply, or a refusal in the words of the service. How each service
//! writes a refusal down is decided here once.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};

use super::parts::Part;
use super::route::Service;

/// The body of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// Nothing at all.
    Empty,
    /// JSON, written when the reply leaves.
    Json(Value),
    /// Bytes of another kind: content type and content.
    Bytes(&'static str, bytes::Bytes),
    /// The answers of parts, which are yet to be asked for.
    Parts(Vec<Part>),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

impl Reply {
    /// Answers with a status alone.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            content: Content::Empty,
        }
    }

    /// Answers with JSON.
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self {
            content: Content::Json(value),
            ..Self::empty(status)
        }
    }

    /// Answers 200 with anything that can be written as JSON.
    pub(crate) fn ok(value: impl Serialize) -> Self {
        Self::json(200, serde_json::to_value(value).unwrap_or_default())
    }

    /// Answers 200 with bytes of another kind.
    pub(crate) fn bytes(content_type: &'static str, bytes: impl Into<bytes::Bytes>) -> Self {
        Self {
            content: Content::Bytes(content_type, bytes.into()),
            ..Self::empty(200)
        }
    }

    /// Answers with what parts of the request are answered.
    pub(crate) fn parts(parts: Vec<Part>) -> Self {
        Self {
            content: Content::Parts(parts),
            ..Self::empty(200)
        }
    }

    /// Answers 202 with a (relative) `Location` and no body.
    pub(crate) fn accepted(location: &str) -> Self {
        Self::empty(202).header("location", location)
    }

    /// Adds a header. A value that HTTP cannot carry is left out.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(HeaderName::from_static(name), value);
        }
        self
    }
}

/// A refusal: the transaction is undone, unless [`Refusal::keeping_changes`] says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The service's own code: a number for Partner Center, a word for the others.
    pub(crate) code: Value,
    /// The service's own text.
    pub(crate) text: String,
    /// What most refusals do without.
    more: Box<More>,
}

#[derive(Debug, Clone, Default)]
struct More {
    /// Partner Center's `data`, the others' `details`.
    data: Vec<Value>,
    /// What of the request it is about, where the service says that.
    target: Option<String>,
    /// Further headers.
    headers: HeaderMap,
    /// Whether what was changed before stays.
    keeps: bool,
}

impl Refusal {
    /// Refuses with a status, a code and a text.
    pub(crate) fn new(status: u16, code: impl Into<Value>, text: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            text: text.into(),
            more: Box::default(),
        }
    }

    /// Adds an entry to `data` of Partner Center, `details` of the others.
    #[must_use]
    pub(crate) fn data(mut self, entry: impl Into<Value>) -> Self {
        self.more.data.push(entry.into());
        self
    }

    /// Says what of the request it is about: `target`.
    #[must_use]
    pub(crate) fn target(mut self, target: &str) -> Self {
        self.more.target = Some(target.to_owned());
        self
    }

    /// Adds a header. A value that HTTP cannot carry is left out.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.more
                .headers
                .append(HeaderName::from_static(name), value);
        }
        self
    }

    /// Keeps what was changed before the refusal: a failure that is noticed too late.
    #[must_use]
    pub(crate) fn keeping_changes(mut self) -> Self {
        self.more.keeps = true;
        self
    }

    /// Tells whether what was changed before stays.
    pub(crate) fn keeps_changes(&self) -> bool {
        self.more.keeps
    }

    /// Returns what stands under `error` in the answer.
    pub(crate) fn error(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.text });
        if let Some(target) = &self.more.target {
            error["target"] = target.as_str().into();
        }
        if !self.more.data.is_empty() {
            error["details"] = self.more.data.clone().into();
        }
        error
    }

    /// Writes the refusal as `service` does.
    pub(crate) fn into_reply(self, service: Service) -> Reply {
        let body = match service {
            Service::Partner => json!({
                "code": self.code,
                "description": self.text,
                "data": self.more.data,
                "source": "PartnerApiServiceControllers",
            }),
            Service::Login | Service::Graph | Service::Arm => json!({ "error": self.error() }),
        };
        Reply {
            headers: self.more.headers,
            ..Reply::json(self.status, body)
        }
    }
}

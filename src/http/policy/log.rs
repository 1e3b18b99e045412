//! What went over the wire, for people: one attempt at a time, with everything redacted that is not
//! on an allow-list. When it is off, this policy is not in the pipeline at all.

use std::fmt::{self, Write};
use std::sync::Arc;

use http::HeaderMap;

use super::redact;
use crate::base::clock::BoxFuture;
use crate::error::Error;
use crate::http::pipeline::{Next, Policy};
use crate::http::request::Request;
use crate::http::response::Response;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Method, address, status and headers.
    Headers,
    /// Bodies too.
    Full,
}

/// Takes one entry of the log; an entry may have several lines.
pub type LogSink = Arc<dyn Fn(&str) + Send + Sync>;

/// Where the log goes and how much of it.
#[derive(Clone)]
pub struct Log {
    /// How much.
    pub level: LogLevel,
    /// Where.
    pub sink: LogSink,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({:?})", self.level)
    }
}

/// Logs each attempt before it is sent and after it has ended.
#[derive(Debug)]
pub(crate) struct Logging(Log);

impl Logging {
    /// Takes the sink.
    pub(crate) fn new(log: Log) -> Self {
        Self(log)
    }

    async fn send(&self, request: &mut Request, next: Next<'_>) -> Result<Response, Error> {
        let line = line(request);
        let body = request.body.as_deref().unwrap_or_default();
        (self.0.sink)(&self.entry("→", &line, &request.headers, body));
        let result = next.send(request).await;
        match &result {
            Ok(response) => {
                let line = format!("{} {line}", response.status);
                (self.0.sink)(&self.entry("←", &line, &response.headers, &response.body));
            }
            Err(error) => (self.0.sink)(&format!("← {line}: {} ({error})", error.code())),
        }
        result
    }

    /// Logs a part of a batch; its body stands in the batch's own.
    pub(crate) fn part(&self, request: &Request) {
        let line = format!("{} in a batch", line(request));
        (self.0.sink)(&self.entry("→", &line, &request.headers, b""));
    }

    /// Logs the answer to a part of a batch.
    pub(crate) fn answered(&self, request: &Request, response: &Response) {
        let line = format!("{} {} in a batch", response.status, line(request));
        (self.0.sink)(&self.entry("←", &line, &response.headers, b""));
    }

    fn entry(&self, arrow: &str, line: &str, headers: &HeaderMap, body: &[u8]) -> String {
        let mut text = format!("{arrow} {line}");
        for (name, value) in headers {
            let _ = write!(text, "\n  {name}: {}", redact::header(name, value));
        }
        if self.0.level == LogLevel::Full && !body.is_empty() {
            let _ = write!(text, "\n  {}", redact::body(headers, body));
        }
        text
    }
}

fn line(request: &Request) -> String {
    let whom = request
        .ask
        .as_ref()
        .map_or("", |ask| ask.principal.as_str());
    let line = format!("{} {} {whom}", request.method, redact::url(&request.url));
    line.trim_end().to_owned()
}

impl Policy for Logging {
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request, next))
    }
}

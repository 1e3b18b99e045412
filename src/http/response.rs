//! An answer, whole.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::base::text::shorten;
use crate::error::{Code, Error, Sent};

/// UTF-8's byte order mark, which Partner Center puts before some bodies.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// An answer, whole: body decompressed, byte order mark removed.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Where it came from, for relative links.
    pub url: Url,
}

impl Response {
    /// Puts an answer together; drops the body's byte order mark.
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, mut body: Bytes, url: Url) -> Self {
        if body.starts_with(BOM) {
            body = body.slice(BOM.len()..);
        }
        Self {
            status,
            headers,
            body,
            url,
        }
    }

    /// Returns a header's text; of a doubled, comma-joined id only the first part.
    pub fn header(&self, name: &str) -> Option<&str> {
        let text = self.headers.get(name)?.to_str().ok()?;
        Some(match text.split_once(',') {
            Some((first, second)) if first.trim() == second.trim() => first.trim(),
            _ => text,
        })
    }

    /// Fails unless the body is JSON or empty; the text of the error shows how it begins.
    pub(crate) fn promised_json(&self) -> Result<(), Error> {
        if self.body.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.not_as_promised(&error.to_string())),
        }
    }

    /// Returns the error for a body that is not what the documents promise. What looks like JSON is
    /// not shown: it may hold a password or a token.
    pub(crate) fn not_as_promised(&self, why: &str) -> Error {
        let kind = self.header("content-type").unwrap_or("no content type");
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(400)]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let begins = match text.chars().next() {
            None | Some('{' | '[' | '"') => String::new(),
            Some(_) => format!(" that begin `{}`", shorten(&text, 120)),
        };
        let length = self.body.len();
        Error::new(
            Code::HttpAnswer,
            format!("the answer is not the JSON that was promised ({why}): {kind}, {length} bytes{begins}"),
        )
        .help("look whether a proxy or a sign-in page stands between; `--log-http=full` shows more")
        .sent(Sent::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(body: &'static [u8]) -> Response {
        let url = Url::parse("http://localhost/").expect("a URL");
        Response::new(
            StatusCode::OK,
            HeaderMap::new(),
            Bytes::from_static(body),
            url,
        )
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(response(b"\xef\xbb\xbf{}").body, "{}");
        assert!(response(b"\xef\xbb\xbf{}").promised_json().is_ok());
    }

    #[test]
    fn of_a_doubled_header_the_first_part_counts() {
        let mut answer = response(b"");
        let mut header = |text: &'static str| {
            answer
                .headers
                .insert("ms-requestid", http::HeaderValue::from_static(text));
            answer.header("ms-requestid").map(str::to_owned)
        };
        assert_eq!(header("a,a").as_deref(), Some("a"));
        assert_eq!(header("a,b").as_deref(), Some("a,b"));
    }

    #[test]
    fn what_is_not_json_is_shown_shortened() {
        let error = response(b"<html>\n  <body>sign in</body>")
            .promised_json()
            .expect_err("HTML");
        assert_eq!(error.code(), Code::HttpAnswer);
        assert!(
            error.to_string().contains("`<html> <body>sign in</body>`"),
            "{error}"
        );
    }

    #[test]
    fn what_looks_like_json_may_hold_a_secret_and_is_not_shown() {
        let error = response(br#"{"password":"MARKER"#)
            .promised_json()
            .expect_err("truncated");
        assert!(!error.to_string().contains("MARKER"), "{error}");
        assert!(error.to_string().contains("EOF while parsing"), "{error}");
    }
}

//! Repeats that are recognised: Partner Center gives the first answer again to a write with the same
//! `MS-RequestId`. Source: partner-center reference §19.5.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use ring::digest;

use super::reply::{Content, Refusal, Reply};
use super::route::{Request, Service};
use super::store::{Answer, Due, Tx, key};
use crate::base::clock::later;

/// How long an answer is remembered.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A write that carries a request id, and so can be recognised.
#[derive(Debug)]
pub(crate) struct Repeatable {
    key: String,
    digest: String,
}

/// Returns what a request is recognised by; `None` for reads and requests without an id.
pub(crate) fn recognise(service: Service, request: &Request) -> Option<Repeatable> {
    if service != Service::Partner || request.verb.is_safe() {
        return None;
    }
    let id = request.header("ms-requestid")?;
    let tenant = &request.caller.as_ref()?.tenant;
    let path = request.path.trim_matches('/');
    Some(Repeatable {
        key: key(&[tenant, request.verb.as_str(), path, id]),
        digest: BASE64URL.encode(digest::digest(&digest::SHA256, &request.body)),
    })
}

impl Repeatable {
    /// Returns the answer that was given before, or a refusal when the id came with another body.
    pub(crate) fn find(&self, tx: &Tx<'_>) -> Option<Reply> {
        let answer = tx.system.answers.get(&self.key)?;
        if answer.digest != self.digest {
            let text = "Invalid request input: the MS-RequestId was used for another request.";
            return Some(Refusal::new(400, 800_002, text).into_reply(Service::Partner));
        }
        let headers = answer.headers.iter().filter_map(|(name, value)| {
            Some((name.parse().ok()?, HeaderValue::from_str(value).ok()?))
        });
        Some(Reply {
            status: answer.status,
            headers: headers.collect::<HeaderMap>(),
            content: answer.content.clone().map_or(Content::Empty, Content::Json),
        })
    }

    /// Remembers an answer, unless it is one that a repeat may change (429 and 5xx).
    pub(crate) fn remember(&self, tx: &mut Tx<'_>, reply: &Reply) {
        let content = match &reply.content {
            Content::Json(value) => Some(value.clone()),
            Content::Empty => None,
            Content::Bytes(..) | Content::Parts(_) => return,
        };
        if reply.status == 429 || reply.status >= 500 {
            return;
        }
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = value.to_str().unwrap_or_default();
            (name.as_str().to_owned(), value.to_owned())
        };
        let answer = Answer {
            digest: self.digest.clone(),
            status: reply.status,
            headers: reply.headers.iter().map(text).collect(),
            content,
        };
        tx.system.answers.put(&self.key, answer);
        let end = later(tx.now(), KEPT);
        tx.at(end, Due::ForgetAnswer(self.key.clone()));
    }
}

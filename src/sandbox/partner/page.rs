//! Lists in pages (reference §3, §19.17): by a continuation token that is bound to the query and the
//! caller, or by size and offset. The last page has no `links.next`.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest;
use serde_json::{Value, json};

use super::codes::{BAD_SIZE, NOT_SUPPORTED, TOKEN_INVALID, TOKEN_MISSING, UNKNOWN_WORD};
use super::shape::{collection, link};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// What is written as it is in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Where a page of a list begins, and how long it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seek {
    /// Key of the last item that was seen.
    pub(crate) after: Option<String>,
    /// How many items a page has.
    pub(crate) size: usize,
}

/// Reads a number of items; more than `most` is cut, nothing or 0 means `most`.
pub(crate) fn size(request: &Request, most: usize) -> Result<usize, Refusal> {
    Ok(match number(request, "size")? {
        None | Some(0) => most,
        Some(size) => size.min(most),
    })
}

fn number(request: &Request, name: &str) -> Result<Option<usize>, Refusal> {
    request
        .query(name)
        .map(|text| text.parse().map_err(|_| BAD_SIZE.about(&[&text, &name])))
        .transpose()
}

/// Reads where a page of a seek-paged list begins.
pub(crate) fn seek(request: &Request, most: usize) -> Result<Seek, Refusal> {
    let size = size(request, most)?;
    let after = match request.query("seekOperation") {
        None => None,
        Some(word) if word.eq_ignore_ascii_case("First") => None,
        Some(word) if word.eq_ignore_ascii_case("Next") => {
            let token = request.header("ms-continuationtoken");
            Some(open(request, token.ok_or_else(|| TOKEN_MISSING.refuse())?)?)
        }
        Some(word) => {
            let known = ["Previous", "Last", "PageIndex"];
            if known.iter().any(|known| word.eq_ignore_ascii_case(known)) {
                return Err(NOT_SUPPORTED.about(&[&word, &"seekOperation"]));
            }
            return Err(UNKNOWN_WORD.about(&[&word, &"seekOperation"]));
        }
    };
    Ok(Seek { after, size })
}

/// Answers one page out of the items that follow `seek.after`, each with its key.
pub(crate) fn seek_page(
    request: &Request,
    seek: &Seek,
    rest: impl Iterator<Item = (String, Value)>,
) -> Value {
    let mut rest = rest.peekable();
    let mut items = Vec::new();
    let mut last = String::new();
    while items.len() < seek.size {
        let Some((key, item)) = rest.next() else {
            break;
        };
        last = key;
        items.push(item);
    }
    let mut links = json!({ "self": link(&own_uri(request, &[])) });
    if rest.peek().is_some() {
        links["next"] = json!({
            "uri": own_uri(request, &[("seekOperation", "Next")]),
            "method": "GET",
            "headers": [{ "key": "MS-ContinuationToken", "value": seal(request, &last) }],
        });
    }
    collection(items, links)
}

/// Answers one page of a list by size and offset; at most `most` items.
pub(crate) fn offset_page(
    request: &Request,
    most: usize,
    all: Vec<Value>,
) -> Result<Value, Refusal> {
    let size = size(request, most)?;
    let offset = number(request, "offset")?.unwrap_or_default();
    let end = offset.saturating_add(size).min(all.len());
    let more = end < all.len();
    let items = all.into_iter().skip(offset).take(size).collect();
    let mut links = json!({ "self": link(&own_uri(request, &[])) });
    if more {
        let (size, offset) = (size.to_string(), end.to_string());
        links["next"] = link(&own_uri(request, &[("size", &size), ("offset", &offset)]));
    }
    Ok(collection(items, links))
}

/// Returns the request's own uri without `/v1`, with query parameters set or added.
pub(crate) fn own_uri(request: &Request, set: &[(&str, &str)]) -> String {
    let path = request.path.strip_prefix("/v1").unwrap_or(&request.path);
    let is_set = |name: &str| {
        set.iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let kept = request.query.iter().filter(|(name, _)| !is_set(name));
    let pairs: Vec<String> = kept
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(set.iter().copied())
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY)))
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

/// Makes the token of a place in this list for this caller.
fn seal(request: &Request, after: &str) -> String {
    STANDARD.encode(format!("{}{after}", bond(request)))
}

/// Reads a token; one of another list or caller is not valid.
fn open(request: &Request, token: &str) -> Result<String, Refusal> {
    let bytes = STANDARD.decode(token).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    text.strip_prefix(&bond(request))
        .filter(|after| !after.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| TOKEN_INVALID.refuse())
}

/// What a token is bound to: the path, the query without the place in it, and the caller.
fn bond(request: &Request) -> String {
    let mut text = request.path.to_lowercase();
    for (name, value) in &request.query {
        if !name.eq_ignore_ascii_case("seekOperation") {
            let _ = write!(text, "\n{}={value}", name.to_lowercase());
        }
    }
    if let Some(caller) = &request.caller {
        let _ = write!(text, "\n{}\n{}", caller.tenant, caller.object);
    }
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    STANDARD.encode(&digest.as_ref()[..9])
}

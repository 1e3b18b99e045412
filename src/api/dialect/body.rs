//! What the dialects share: bodies with a byte order mark, items by their place, ids out of
//! headers, and refusals that are not JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{NextLink, Split};
use crate::error::Fault;

/// How much of a refusal's body is kept.
const KEPT: usize = 64 * 1024;

/// Returns the body without the UTF-8 byte order mark that some services write.
pub(super) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Parses a body; the error says what is wrong with it.
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(without_mark(body)).map_err(|error| error.to_string())
}

/// Returns whether the body is a JSON array.
pub(super) fn is_array(body: &[u8]) -> bool {
    let first = without_mark(body)
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'[')
}

/// Cuts a page whose items and link stand under names that the operation's document gives; an empty
/// name of the link: there is none.
pub(super) fn named(body: &[u8], items: &str, link: &str) -> Result<Split, String> {
    let members: HashMap<Cow<'_, str>, &RawValue> = parse(body)?;
    let held = members.get(items);
    let held = held.ok_or_else(|| format!("the answer has no `{items}`"))?;
    let held: Vec<&RawValue> =
        serde_json::from_str(held.get()).map_err(|error| error.to_string())?;
    let next = members.get(link).and_then(|text| {
        let uri: Option<String> = serde_json::from_str(text.get()).ok()?;
        uri.filter(|uri| !uri.is_empty())
    });
    Ok(Split {
        items: ranges(body, &held)?,
        next: next.map(|uri| NextLink {
            uri,
            headers: Vec::new(),
        }),
    })
}

/// Returns where items that were borrowed from a body stand in it.
pub(super) fn ranges(body: &[u8], items: &[&RawValue]) -> Result<Vec<Range<u32>>, String> {
    let start = body.as_ptr() as usize;
    let place = |item: &&RawValue| {
        let from = item.get().as_ptr() as usize - start;
        let to = from + item.get().len();
        Some(u32::try_from(from).ok()?..u32::try_from(to).ok()?)
    };
    let all: Option<Vec<_>> = items.iter().map(place).collect();
    all.ok_or_else(|| "the page is larger than 4 GiB".to_owned())
}

/// Returns a header's text; of a doubled, comma-joined value the part before the comma.
pub(super) fn id(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    let first = text.split(',').next().unwrap_or_default().trim();
    (!first.is_empty()).then(|| first.to_owned())
}

/// Returns a service's code, a number or text, as text; 0 stands for none.
pub(super) fn code(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    if text == "0" { String::new() } else { text }
}

/// Returns a fault that holds what every refusal has: status, whole body, time, and the status's
/// own words as the message.
pub(super) fn bare(status: u16, headers: &HeaderMap, body: &[u8]) -> Fault {
    let body = without_mark(body);
    let text = String::from_utf8_lossy(&body[..body.len().min(KEPT)]).into_owned();
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason());
    let said = challenge(headers).unwrap_or_else(|| prose(&text));
    let message = if said.is_empty() {
        reason.unwrap_or("no reason given").to_owned()
    } else {
        said
    };
    let time = headers.get("date").and_then(|date| date.to_str().ok());
    Fault {
        status,
        message,
        time: time.map(str::to_owned),
        body: text,
        ..Fault::default()
    }
}

/// Returns `error_description` of a `WWW-Authenticate` header.
fn challenge(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("www-authenticate")?.to_str().ok()?;
    let (_, rest) = header.split_once("error_description=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

/// Returns what a body that is not JSON says: a page's title, or the beginning of the text. JSON
/// gives nothing here; the dialects read it.
fn prose(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('{') || text.starts_with('[') {
        return String::new();
    }
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|start| {
        let rest = &text[start + "<title>".len()..];
        rest.find("</").map(|end| rest[..end].trim())
    });
    let plain = title.map_or_else(|| without_tags(text), str::to_owned);
    crate::base::text::shorten(&unescape(&plain), 200)
}

/// Returns text without markup, its white space joined.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('<').enumerate() {
        let visible = if index == 0 {
            part
        } else {
            part.split_once('>').map_or("", |(_, after)| after)
        };
        out.push_str(visible);
        out.push(' ');
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Decodes HTML entities, which Partner Center leaves in descriptions (`&#39;`). What is no entity
/// stays as it is.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = rest
            .find(';')
            .and_then(|end| Some((entity(&rest[1..end])?, end + 1)));
        let (letter, length) = found.unwrap_or(('&', 1));
        out.push(letter);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    match name {
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_and_the_rest_stays() {
        let cases = [
            ("it&#39;s &quot;on&quot;", "it's \"on\""),
            ("a &amp;&#x41; b", "a &A b"),
            ("AT&T; &unknown; &", "AT&T; &unknown; &"),
        ];
        for (input, expected) in cases {
            assert_eq!(unescape(input), expected);
        }
    }

    #[test]
    fn a_page_of_a_gateway_is_reduced_to_what_it_says() {
        let check = |body: &str, expected: &str| {
            assert_eq!(
                bare(503, &HeaderMap::new(), body.as_bytes()).message,
                expected
            );
        };
        check(
            "<html><head><title>503 Backend fetch failed</title></head></html>",
            "503 Backend fetch failed",
        );
        check(
            "<html><body><h1>Bad</h1> <p>gateway&#33;</p></body></html>",
            "Bad gateway!",
        );
        check("no healthy upstream", "no healthy upstream");
        check("", "Service Unavailable");
        check("{\"code\":", "Service Unavailable");
    }

    #[test]
    fn a_page_may_name_its_members_as_it_likes() {
        let text = br#"{"rows":[{"a":1},2],"more":"/next","value":[]}"#;
        let page = named(text, "rows", "more").expect("a page");
        let items: Vec<_> = page
            .items
            .iter()
            .map(|at| &text[at.start as usize..at.end as usize])
            .collect();
        assert_eq!(items, [&br#"{"a":1}"#[..], b"2"]);
        assert_eq!(page.next.map(|next| next.uri).as_deref(), Some("/next"));
        assert_eq!(named(text, "rows", "").expect("a page").next, None);
        assert_eq!(
            named(br#"{"rows":[],"more":null}"#, "rows", "more")
                .expect("a page")
                .next,
            None
        );
        assert!(named(text, "items", "more").is_err_and(|why| why.contains("`items`")));
    }

    #[test]
    fn a_doubled_id_is_taken_once() {
        let mut headers = HeaderMap::new();
        headers.insert("ms-requestid", "a1,a1".parse().expect("a header"));
        assert_eq!(id(&headers, "MS-RequestId").as_deref(), Some("a1"));
        assert_eq!(id(&headers, "MS-CorrelationId"), None);
    }
}

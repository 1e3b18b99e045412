//! Pages of lists, and the filters that several lists share. Source: arm reference §5, §12.10.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};

use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tags;

/// Items per page, unless `$top` asks for fewer; the services' own numbers differ.
const SIZE: usize = 25;

/// A list of more pages than this has an empty one among them, the second: clients must not take it
/// for the end.
const LONG: usize = 3;

/// Marks the token of the empty page.
const EMPTY: char = '~';

/// Answers with a page of a list, in the order given.
pub(super) fn list(request: &Request, items: Vec<Value>) -> Outcome {
    of(request, items, |item| item)
}

/// Answers with a page of a list, in the order given; only what is on the page is shown.
pub(super) fn of<T>(request: &Request, rows: Vec<T>, show: impl FnMut(T) -> Value) -> Outcome {
    let token = token(request)?;
    let size = size(request)?;
    if let Some(start) = token.strip_suffix(EMPTY) {
        let next = next(request, start);
        return Ok(Reply::ok(json!({ "value": [], "nextLink": next })));
    }
    let start = token.parse::<usize>().map_err(|_| bad_token())?;
    let total = rows.len();
    let page: Vec<Value> = rows.into_iter().skip(start).take(size).map(show).collect();
    let mut shown = json!({ "value": page });
    let end = start.saturating_add(size);
    if end < total {
        let mut token = end.to_string();
        if start == 0 && total > LONG * size {
            token.push(EMPTY);
        }
        shown["nextLink"] = next(request, &token).into();
    }
    Ok(Reply::ok(shown))
}

fn size(request: &Request) -> Result<usize, Refusal> {
    let Some(top) = request.query("$top") else {
        return Ok(SIZE);
    };
    match top.parse::<usize>() {
        Ok(top) if top > 0 => Ok(top.min(1000)),
        _ => {
            let text = format!("The value '{top}' of $top is not a positive number.");
            Err(Refusal::new(400, "InvalidTopValue", text))
        }
    }
}

/// Returns what stands in the token: the number of the item that the page begins with.
fn token(request: &Request) -> Result<String, Refusal> {
    let Some(token) = request.query("$skiptoken") else {
        return Ok("0".to_owned());
    };
    let bytes = BASE64URL.decode(token).map_err(|_| bad_token())?;
    String::from_utf8(bytes).map_err(|_| bad_token())
}

fn bad_token() -> Refusal {
    Refusal::new(400, "InvalidSkipToken", "The skip token is not valid.")
}

/// Returns the address of the next page: the request's own, with another token.
fn next(request: &Request, token: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in &request.query {
        if !name.eq_ignore_ascii_case("$skiptoken") {
            query.append_pair(name, value);
        }
    }
    query.append_pair("$skiptoken", &BASE64URL.encode(token));
    let query = query.finish();
    format!("{}/arm{}?{query}", request.origin, request.path)
}

/// Reads `tagName eq 'a' and tagValue eq 'b'`, or the first half alone.
pub(super) fn tag_filter(filter: &str) -> Result<(String, Option<String>), Refusal> {
    let bad = || {
        let text = format!("The filter '{filter}' is not supported.");
        Refusal::new(400, "InvalidFilterInQueryString", text)
    };
    let quoted = |part: &str, name: &str| {
        let part = part.trim();
        let (head, rest) = part.split_at_checked(name.len())?;
        let rest = rest.trim_start().strip_prefix("eq")?.trim();
        let inner = rest.strip_prefix('\'')?.strip_suffix('\'')?;
        head.eq_ignore_ascii_case(name)
            .then(|| inner.replace("''", "'"))
    };
    let (name, value) = match filter.split_once(" and ") {
        Some((name, value)) => (name, Some(quoted(value, "tagValue").ok_or_else(bad)?)),
        None => (filter, None),
    };
    Ok((quoted(name, "tagName").ok_or_else(bad)?, value))
}

/// Tells whether there is such a tag; names are compared without casing.
pub(super) fn tagged(tags: &Tags, name: &str, value: Option<&str>) -> bool {
    let mut all = tags.iter();
    all.any(|(known, has)| {
        known.eq_ignore_ascii_case(name) && value.is_none_or(|value| value == has)
    })
}

//! Pages of a list: which one is asked for, and the link to the next. A token holds the tenant and
//! the query that it was made for, so that it fits no other. Source: graph reference §3, §15.5.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{context, unsupported};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Items of a page, unless the caller says otherwise.
const USUAL: usize = 100;

/// A page that is asked for.
#[derive(Debug)]
pub(in super::super) struct Wanted {
    /// How many items it has at most.
    pub(in super::super) top: usize,
    /// Key of the item after which it begins.
    pub(in super::super) after: Option<String>,
}

/// Reads which page is asked for; `most` is the greatest `$top`.
pub(in super::super) fn page(request: &Request, most: usize) -> Result<Wanted, Refusal> {
    sized(request, most, USUAL)
}

/// The same for a list whose pages have `usual` items.
pub(super) fn sized(request: &Request, most: usize, usual: usize) -> Result<Wanted, Refusal> {
    let top = match request.query("$top") {
        None => preferred(request).map_or(usual, |size| size.clamp(1, most)),
        Some(text) => match text.parse() {
            Ok(top) if (1..=most).contains(&top) => top,
            _ => {
                return Err(unsupported(format!(
                    "Invalid page size specified: '{text}'. Must be between 1 and {most} inclusive."
                )));
            }
        },
    };
    let after = request
        .query("$skiptoken")
        .map(|token| open(request, token))
        .transpose()?;
    Ok(Wanted { top, after })
}

/// Returns the page size that the client would like: `Prefer: odata.maxpagesize=50`.
pub(in super::super) fn preferred(request: &Request) -> Option<usize> {
    let preferences = request.header("prefer")?.split([',', ';']);
    preferences
        .filter_map(|one| one.trim().strip_prefix("odata.maxpagesize="))
        .find_map(|size| size.trim().parse().ok())
}

/// Returns what a token of this query holds.
fn open(request: &Request, token: &str) -> Result<String, Refusal> {
    let text = BASE64URL.decode(token).ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let (bound, key) = text
        .as_deref()
        .and_then(|text| text.rsplit_once('\n'))
        .ok_or_else(expired)?;
    if bound == bound_to(request) {
        return Ok(key.to_owned());
    }
    Err(expired())
}

/// Refuses a token that is none, or another query's.
pub(in super::super) fn expired() -> Refusal {
    let text = "The page token is not valid for this request.";
    Refusal::new(400, "Directory_ExpiredPageToken", text)
}

/// Returns what a token is bound to: the tenant, the path and the query.
fn bound_to(request: &Request) -> String {
    let tenant = request.caller.as_ref().map(|caller| &caller.tenant);
    let tenant = tenant.map(String::as_str).unwrap_or_default();
    format!("{tenant}\n{}?{}", request.path, rest(request))
}

/// Returns the query without the token, encoded.
fn rest(request: &Request) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = request.query.iter();
    let pairs = pairs.filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", name.replace('$', "%24"), encoded(value)))
        .collect();
    pairs.join("&")
}

/// Returns a page of a list: `items` are the ones after the token's, with their keys.
pub(in super::super) fn list(
    request: &Request,
    part: &str,
    wanted: &Wanted,
    mut items: impl Iterator<Item = (String, Value)>,
) -> Value {
    let page: Vec<(String, Value)> = items.by_ref().take(wanted.top).collect();
    let more = items.next().is_some();
    let last = page.last().map(|(key, _)| key.clone());
    let values: Vec<Value> = page.into_iter().map(|(_, value)| value).collect();
    let mut answer = json!({ "@odata.context": context(request, part) });
    if let Some(last) = last.filter(|_| more) {
        let query = rest(request);
        let token = BASE64URL.encode(format!("{}\n{last}", bound_to(request)));
        let joint = if query.is_empty() { "" } else { "&" };
        let link = format!(
            "{}/graph{}?{query}{joint}%24skiptoken={token}",
            request.origin, request.path
        );
        answer["@odata.nextLink"] = link.into();
    }
    answer["value"] = values.into();
    answer
}

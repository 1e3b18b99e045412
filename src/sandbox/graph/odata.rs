//! `OData` of the lists and objects served here: which options a resource takes, pages with an opaque
//! token, and `$select`. Source: graph reference §2, §3, §15.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Items of a page, unless the caller says otherwise.
const USUAL: usize = 100;

/// A page that is asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// How many items it has at most.
    pub(super) top: usize,
    /// Key of the item after which it begins.
    pub(super) after: Option<String>,
}

/// Refuses an option of the query.
pub(super) fn unsupported(text: String) -> Refusal {
    Refusal::new(400, "Request_UnsupportedQuery", text)
}

/// Refuses options that the resource does not take.
pub(super) fn only(request: &Request, options: &[&str]) -> Result<(), Refusal> {
    let unknown = request.query.iter().map(|(name, _)| name).find(|name| {
        let known = |option: &&str| option.eq_ignore_ascii_case(name);
        name.starts_with('$') && !options.iter().any(known)
    });
    match unknown {
        None => Ok(()),
        Some(name) => Err(unsupported(format!(
            "The query option '{name}' is not supported for this resource."
        ))),
    }
}

/// Reads which page is asked for; `most` is the greatest `$top`.
pub(super) fn page(request: &Request, most: usize) -> Result<Wanted, Refusal> {
    let top = match request.query("$top") {
        None => USUAL,
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

/// A token holds the query that it was made for, so that it fits no other, and the last key.
fn open(request: &Request, token: &str) -> Result<String, Refusal> {
    let text = BASE64URL.decode(token).ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let (query, key) = text
        .as_deref()
        .and_then(|text| text.rsplit_once('\n'))
        .ok_or_else(expired)?;
    if query == rest(request) {
        return Ok(key.to_owned());
    }
    Err(expired())
}

fn expired() -> Refusal {
    let text = "The page token is not valid for this request.";
    Refusal::new(400, "Directory_ExpiredPageToken", text)
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
pub(super) fn list(
    request: &Request,
    context: &str,
    wanted: &Wanted,
    mut items: impl Iterator<Item = (String, Value)>,
) -> Value {
    let page: Vec<(String, Value)> = items.by_ref().take(wanted.top).collect();
    let more = items.next().is_some();
    let last = page.last().map(|(key, _)| key.clone());
    let values: Vec<Value> = page.into_iter().map(|(_, value)| value).collect();
    let mut answer = json!({ "@odata.context": self::context(request, context) });
    if let Some(last) = last.filter(|_| more) {
        let query = rest(request);
        let token = BASE64URL.encode(format!("{query}\n{last}"));
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

/// Returns the address of a part of the metadata.
pub(super) fn context(request: &Request, part: &str) -> String {
    format!("{}/graph/v1.0/$metadata#{part}", request.origin)
}

/// Keeps the properties that `$select` names, or the usual ones; the id and annotations always stay.
pub(super) fn select(request: &Request, value: Value, usual: &[&str]) -> Result<Value, Refusal> {
    let Value::Object(members) = value else {
        return Ok(value);
    };
    let named: Option<Vec<&str>> = request
        .query("$select")
        .map(|names| names.split(',').map(str::trim).collect());
    let unknown = named
        .iter()
        .flatten()
        .find(|name| !members.contains_key(**name));
    if let Some(name) = unknown {
        let text = format!("Could not find a property named '{name}'.");
        return Err(Refusal::new(400, "Request_BadRequest", text));
    }
    let keep = |name: &str| match &named {
        Some(named) => named.contains(&name),
        None => usual.is_empty() || usual.contains(&name),
    };
    let kept: Map<String, Value> = members
        .into_iter()
        .filter(|(name, _)| name == "id" || name.starts_with('@') || keep(name))
        .collect();
    Ok(Value::Object(kept))
}

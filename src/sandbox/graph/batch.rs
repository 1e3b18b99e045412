//! `$batch`: up to twenty requests in one. What they are is read here; each then goes its own way.
//! Source: graph reference §6. Texts are this sandbox's where none was seen.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::body;
use super::odata::only;
use crate::sandbox::parts::{Call, Part, can_end};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::graph("POST", "/v1.0/$batch", post)];

/// How many requests one batch may hold.
const MOST: usize = 20;

fn post(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    only(request, &[])?;
    let whole = body::read(request)?;
    let requests = whole.get("requests").and_then(Value::as_array);
    let requests = requests.ok_or_else(|| refuse("Invalid batch payload format."))?;
    if requests.len() > MOST {
        let text =
            format!("The number of batch request steps exceeds the maximum value of {MOST}.");
        return Err(refuse(&text));
    }
    let items: Vec<Item<'_>> = requests.iter().map(Item::read).collect::<Result<_, _>>()?;
    let parts = items
        .iter()
        .enumerate()
        .map(|(place, item)| item.part(place, &items))
        .collect::<Result<Vec<Part>, _>>()?;
    if !can_end(&parts) {
        return Err(refuse(
            "The requests of the batch depend on each other in a circle.",
        ));
    }
    Ok(Reply::parts(parts))
}

fn refuse(text: &str) -> Refusal {
    Refusal::new(400, "BadRequest", text)
}

/// One request as it stands in the batch.
struct Item<'b> {
    id: &'b str,
    members: &'b Map<String, Value>,
}

impl<'b> Item<'b> {
    fn read(value: &'b Value) -> Result<Self, Refusal> {
        let members = value
            .as_object()
            .ok_or_else(|| refuse("Invalid batch payload format."))?;
        let id = members.get("id").and_then(Value::as_str);
        let id = id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| refuse("Every request of a batch must have an id."))?;
        Ok(Self { id, members })
    }

    fn text(&self, name: &str) -> Option<&'b str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// Returns the request as a part. What is wrong with the batch refuses all of it.
    fn part(&self, place: usize, all: &[Item<'_>]) -> Result<Part, Refusal> {
        let is_named = |id: &str| {
            all.iter()
                .position(|other| other.id.eq_ignore_ascii_case(id))
        };
        if is_named(self.id) != Some(place) {
            let text = format!(
                "Request Id '{}' has already been used in the batch.",
                self.id
            );
            return Err(refuse(&text));
        }
        let method = self.text("method").map(str::to_uppercase);
        let method = match method.as_deref() {
            Some(known @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE")) => known.parse(),
            _ => Method::from_bytes(b""),
        };
        let method = method.map_err(|_| {
            let text = format!("Request '{}' has no known method.", self.id);
            refuse(&text)
        })?;
        let mut after = Vec::new();
        for id in self
            .members
            .get("dependsOn")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let before = id.as_str().and_then(is_named);
            after.push(before.ok_or_else(|| {
                let text = format!(
                    "Request '{}' depends on {id}, which is not in the batch.",
                    self.id
                );
                refuse(&text)
            })?);
        }
        Ok(Part {
            id: self.id.to_owned(),
            after,
            call: self.call(method),
        })
    }

    /// Returns the request, or why it alone is refused.
    fn call(&self, method: Method) -> Result<Call, String> {
        let url = self.text("url").unwrap_or_default();
        if url.is_empty() || url.contains("://") {
            return Err("The url of a request must be relative to the version.".to_owned());
        }
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let path = path.trim_start_matches('/');
        if path.eq_ignore_ascii_case("$batch") {
            return Err("A batch may not hold another batch.".to_owned());
        }
        let headers = self.headers()?;
        let kind = headers.get("content-type");
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .map(str::to_lowercase);
        let body = match (
            self.members.get("body").filter(|body| !body.is_null()),
            kind,
        ) {
            (None, _) => Bytes::new(),
            (Some(_), None) => {
                return Err("A request with a body must have the header Content-Type.".to_owned());
            }
            (Some(Value::String(text)), Some(kind)) if !kind.contains("json") => {
                let bytes = BASE64_STANDARD.decode(text);
                Bytes::from(bytes.map_err(|_| "The body is not base64.".to_owned())?)
            }
            (Some(value), Some(_)) => Bytes::from(value.to_string()),
        };
        Ok(Call {
            method,
            path: format!("/v1.0/{path}"),
            query: query.to_owned(),
            headers,
            body,
        })
    }

    fn headers(&self) -> Result<HeaderMap, String> {
        let Some(headers) = self.members.get("headers").filter(|value| !value.is_null()) else {
            return Ok(HeaderMap::new());
        };
        let headers = headers.as_object().map(|headers| {
            let pairs = headers.iter().map(|(name, value)| {
                let name: HeaderName = name.parse().ok()?;
                Some((name, HeaderValue::from_str(value.as_str()?).ok()?))
            });
            pairs.collect::<Option<HeaderMap>>()
        });
        headers
            .flatten()
            .ok_or_else(|| "The headers of the request are not valid.".to_owned())
    }
}

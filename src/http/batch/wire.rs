//! How a batch travels: the parts as JSON, and their answers taken apart without copying a body.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Member;
use crate::error::{Code, Error, Sent};
use crate::http::client::header;
use crate::http::response::Response;

/// Splits a path into its version and the rest, which begins with `/`.
pub(super) fn split(target: &str) -> (&str, &str) {
    let beneath = target.strip_prefix('/').unwrap_or(target);
    let end = beneath.find('/').unwrap_or(beneath.len());
    beneath.split_at(end)
}

#[derive(Serialize)]
struct Batch<'a> {
    requests: Vec<Sending<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sending<'a> {
    id: String,
    method: &'a str,
    url: &'a str,
    headers: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
}

/// Returns the body of the batch that carries these members, each with its place.
pub(super) fn body(members: &[(usize, &Member<'_>)]) -> Result<Bytes, Error> {
    let requests = members.iter().map(|(at, member)| {
        let known = |other: &&usize| members.iter().any(|(at, _)| at == *other);
        let after = member.part.after.iter().filter(known);
        let body = member.part.call.body.as_deref().map(serde_json::from_slice);
        Ok(Sending {
            id: at.to_string(),
            method: member.part.call.verb.as_str(),
            url: split(&member.part.call.target).1,
            headers: headers(&member.request.headers),
            depends_on: after.map(ToString::to_string).collect(),
            body: body.transpose()?,
        })
    });
    let requests: Result<Vec<_>, serde_json::Error> = requests.collect();
    let text = requests.and_then(|requests| serde_json::to_vec(&Batch { requests }));
    let text = text.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
    Ok(text.into())
}

/// Returns the headers of a part. What the batch itself accepts is not said for each of them.
fn headers(headers: &HeaderMap) -> BTreeMap<&str, &str> {
    let text = headers
        .iter()
        .filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    text.filter(|(name, value)| **name != ACCEPT || *value != "application/json")
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

#[derive(Deserialize)]
struct Answers<'a> {
    #[serde(borrow)]
    responses: Vec<Answer<'a>>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    id: String,
    status: u16,
    headers: Option<HashMap<String, Value>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Returns the answer to each of these members, out of the answer to their batch.
pub(super) fn answers(
    whole: &Response,
    members: &[(usize, &Member<'_>)],
) -> Vec<Result<Response, Error>> {
    let all: Answers<'_> = match serde_json::from_slice(&whole.body) {
        Ok(all) => all,
        Err(error) => {
            let error = whole.not_as_promised(&error.to_string());
            return vec![Err(error); members.len()];
        }
    };
    let mut by_id: HashMap<&str, &Answer<'_>> = HashMap::new();
    for answer in &all.responses {
        by_id.entry(&answer.id).or_insert(answer);
    }
    let each = members.iter().map(|(at, member)| {
        let answer = by_id.get(at.to_string().as_str());
        let answer = answer.and_then(|answer| response(whole, answer, member));
        answer.ok_or_else(|| unanswered(member))
    });
    each.collect()
}

fn response(whole: &Response, answer: &Answer<'_>, member: &Member<'_>) -> Option<Response> {
    let status = StatusCode::from_u16(answer.status).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers.iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        if let Ok((name, value)) = header(name, &text) {
            headers.insert(name, value);
        }
    }
    let body = answer.body.map(|raw| body_of(whole, raw, &headers));
    let url = member.request.url.clone();
    Some(Response::new(
        status,
        headers,
        body.unwrap_or_default(),
        url,
    ))
}

/// Returns a part's body: what is not JSON travels as a text in base64.
fn body_of(whole: &Response, raw: &RawValue, headers: &HeaderMap) -> Bytes {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_json = kind.is_none_or(|kind| kind.contains("json"));
    let text = serde_json::from_str::<String>(raw.get());
    match text {
        Ok(text) if !is_json => match BASE64_STANDARD.decode(&text) {
            Ok(bytes) => bytes.into(),
            Err(_) => text.into(),
        },
        _ => whole.body.slice_ref(raw.get().as_bytes()),
    }
}

fn unanswered(member: &Member<'_>) -> Error {
    let name = &member.part.name;
    Error::new(
        Code::HttpBroken,
        format!("the answer to the batch says nothing about `{name}`"),
    )
    .sent(Sent::Unknown)
}

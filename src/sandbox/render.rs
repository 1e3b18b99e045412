//! Turns a reply into what goes over the wire: ids echoed, the service's usual headers, and the
//! real-world noise when it is switched on.

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::distort::http_date;
use super::noise;
use super::reply::{Content, Refusal, Reply};
use super::route::Service;
use super::store::Conditions;
use super::wire::Answer;
use crate::base::random::Random;

/// The ids of a request: as the client sent them, or made here.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    request: Id,
    correlation: Id,
}

#[derive(Debug, Clone)]
struct Id {
    text: String,
    valid: bool,
}

impl Ids {
    /// Reads the ids of a request, or makes them.
    pub(crate) fn read(service: Service, headers: &HeaderMap, random: &Random) -> Self {
        let (request, correlation) = match service {
            Service::Partner => ("ms-requestid", "ms-correlationid"),
            Service::Login => ("client-request-id", "client-request-id"),
            // No client names the request itself.
            Service::Graph => ("", "client-request-id"),
            Service::Arm => ("", "x-ms-correlation-request-id"),
        };
        let id = |name: &str| match headers.get(name).and_then(|value| value.to_str().ok()) {
            Some(text) => Id {
                text: text.to_owned(),
                valid: uuid::Uuid::try_parse(text).is_ok(),
            },
            None => Id {
                text: random.guid().to_string(),
                valid: true,
            },
        };
        Self {
            request: id(request),
            correlation: id(correlation),
        }
    }

    /// Returns the request's id.
    pub(crate) fn request(&self) -> &str {
        &self.request.text
    }

    /// Refuses Partner Center's ids when they are no GUIDs (§19.4).
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let ids = [
            ("MS-RequestId", &self.request),
            ("MS-CorrelationId", &self.correlation),
        ];
        match ids.into_iter().find(|(_, id)| !id.valid) {
            None => Ok(()),
            Some((name, _)) => {
                let text = format!("Invalid request input: the header {name} must be a GUID.");
                Err(Refusal::new(400, 800_002, text))
            }
        }
    }
}

/// Writes down a reply of `service` to a request with the headers `asked`.
pub(crate) fn answer(
    service: Service,
    conditions: &Conditions,
    ids: &Ids,
    asked: &HeaderMap,
    reply: Reply,
) -> Answer {
    let noisy = conditions.config.noise && service == Service::Partner;
    let mut headers = reply.headers;
    let body = match reply.content {
        // Parts have become JSON before.
        Content::Empty | Content::Parts(_) => Bytes::new(),
        Content::Json(mut value) => {
            if service == Service::Graph {
                odata(&mut headers, &mut value, conditions, ids);
            } else {
                set(
                    &mut headers,
                    "content-type",
                    "application/json; charset=utf-8",
                );
            }
            let mut bytes = Vec::new();
            if noisy {
                noise::numbers_as_strings(&mut value);
                noise::links_with_version(&mut value);
                noise::mixed_dates(&mut value);
                bytes.extend_from_slice(noise::BOM);
            }
            bytes.extend_from_slice(value.to_string().as_bytes());
            Bytes::from(bytes)
        }
        Content::Bytes(content_type, bytes) => {
            set(&mut headers, "content-type", content_type);
            bytes
        }
    };
    set(&mut headers, "date", &http_date(conditions.now));
    let locale = asked.get("x-locale").and_then(|value| value.to_str().ok());
    for (name, value) in usual(service, ids, locale.unwrap_or("en-US")) {
        if noisy {
            set(&mut headers, name, &format!("{value},{value}"));
        } else if service != Service::Arm || !headers.contains_key(name) {
            // A provider of Azure may name the request itself.
            set(&mut headers, name, value);
        }
    }
    if service == Service::Arm {
        of_arm(&mut headers, conditions, ids, asked);
    }
    Answer {
        status: reply.status,
        headers,
        body,
    }
}

/// Adds what Azure Resource Manager adds to every answer. Source: arm reference §3; the values of
/// the transport's security are not documented.
fn of_arm(headers: &mut HeaderMap, conditions: &Conditions, ids: &Ids, asked: &HeaderMap) {
    let at = conditions.now.strftime("%Y%m%dT%H%M%SZ");
    let routing = format!("WESTEUROPE:{at}:{}", ids.request.text);
    for (name, value) in [
        ("x-ms-routing-request-id", routing.as_str()),
        ("cache-control", "no-cache"),
        ("pragma", "no-cache"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
    ] {
        set(headers, name, value);
    }
    let asked = |name: &str| asked.get(name).and_then(|value| value.to_str().ok());
    let wanted = asked("x-ms-return-client-request-id");
    if wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case("true"))
        && let Some(id) = asked("x-ms-client-request-id")
    {
        set(headers, "x-ms-client-request-id", id);
    }
}

/// Adds what Microsoft Graph adds to JSON: headers, and the ids where it is an error.
fn odata(headers: &mut HeaderMap, value: &mut Value, conditions: &Conditions, ids: &Ids) {
    set(headers, "odata-version", "4.0");
    set(
        headers,
        "content-type",
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    );
    if value["error"].is_object() {
        value["error"]["innerError"] = json!({
            "date": conditions.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": ids.request.text,
            "client-request-id": ids.correlation.text,
        });
    }
}

/// The headers that every answer of a service has.
fn usual<'a>(service: Service, ids: &'a Ids, locale: &'a str) -> Vec<(&'static str, &'a str)> {
    let (request, correlation) = (ids.request.text.as_str(), ids.correlation.text.as_str());
    match service {
        Service::Login => vec![],
        Service::Partner => vec![
            ("ms-requestid", request),
            ("ms-correlationid", correlation),
            ("ms-cv", "SandboxCorrelation.0"),
            ("ms-serverid", "SANDBOX-01"),
            ("x-locale", locale),
        ],
        Service::Graph => vec![("request-id", request), ("client-request-id", correlation)],
        Service::Arm => vec![
            ("x-ms-request-id", request),
            ("x-ms-correlation-request-id", correlation),
        ],
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Answers in plain text.
pub(crate) fn plain(status: u16, text: String) -> Answer {
    let mut headers = HeaderMap::new();
    set(&mut headers, "content-type", "text/plain; charset=utf-8");
    Answer {
        status,
        headers,
        body: Bytes::from(text),
    }
}

/// Answers a path that belongs to no service.
pub(crate) fn no_such_host(path: &str) -> Answer {
    let text = format!(
        "The sandbox serves /login, /partner, /graph, /arm and /sandbox; `{path}` is none of them.\n"
    );
    plain(404, text)
}

/// What Microsoft Graph lets nobody change (graph reference §8, §8.2, §11).
const READ_ONLY: [&str; 3] = [
    "/v1.0/subscribedSkus",
    "/v1.0/directory/subscriptions",
    "/v1.0/contracts",
];

/// Answers a route that the sandbox does not serve: never a made-up success.
pub(crate) fn unserved(service: Service, verb: &Method, path: &str) -> Reply {
    let is_below = |root: &&str| {
        let (head, rest) = path.split_at_checked(root.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(root) && (rest.is_empty() || rest.starts_with('/'))
    };
    if service == Service::Graph && verb != Method::GET && READ_ONLY.iter().any(is_below) {
        let text = "Specified HTTP method is not allowed for the request target.";
        return Refusal::new(405, "Request_BadRequest", text).into_reply(service);
    }
    let text = format!(
        "The sandbox does not serve {verb} {path} of {}.",
        service.as_str()
    );
    Refusal::new(501, 0, text).into_reply(service)
}

//! The controls under `/sandbox`: clock, seed, faults, store, statistics, switches, users. They take
//! JSON and answer JSON (secrets for clients: text), only to callers that name this machine as their
//! host.

mod directory;
mod gdap;

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::{Span, SpanRelativeTo};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::sandbox::arm::{self, Registration, TROUBLES};
use crate::sandbox::config::Config;
use crate::sandbox::credentials::Credentials;
use crate::sandbox::engine::Engine;
use crate::sandbox::fault::Rule;
use crate::sandbox::render::plain;
use crate::sandbox::store::{Ending, Trouble};
use crate::sandbox::wire::{Answer, Incoming};

/// Tells whether a path is a control's.
pub(crate) fn is_one(path: &str) -> bool {
    path == "/sandbox" || path.starts_with("/sandbox/")
}

/// Why a control was not carried out: status and text.
type Refused = (u16, String);

/// Carries out a control.
pub(crate) fn handle(engine: &Engine, incoming: &Incoming) -> Answer {
    let host = incoming.origin.split("//").nth(1).unwrap_or_default();
    if !is_local(host) {
        let text = format!("The controls are for this machine alone, not for `{host}`.\n");
        return plain(403, text);
    }
    if let Some(text) = directory::text(engine, incoming) {
        return text.map_or_else(|error| plain(500, error), |text| plain(200, text));
    }
    match carry_out(engine, incoming) {
        Ok(value) => {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let body = Bytes::from(value.to_string());
            Answer {
                status: 200,
                headers,
                body,
            }
        }
        Err((status, text)) => plain(status, format!("{text}\n")),
    }
}

/// A page of another site may lead a browser here, but not under a name of this machine.
fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

fn carry_out(engine: &Engine, incoming: &Incoming) -> Result<Value, Refused> {
    let control = incoming
        .path
        .trim_start_matches("/sandbox")
        .trim_matches('/');
    match (incoming.method.as_str(), control) {
        ("GET", "clock") => Ok(json!({ "now": engine.clock().now() })),
        ("POST", "clock") => {
            let Advance { advance } = read(incoming)?;
            engine
                .advance(duration(&advance)?)
                .map_err(|error| failed(&error))?;
            Ok(json!({ "now": engine.clock().now() }))
        }
        ("POST", "reset" | "seed") => {
            let Reset { seed, customers } = read(incoming)?;
            engine
                .reset(seed, customers)
                .map_err(|error| failed(&error))?;
            Ok(json!({ "reset": true }))
        }
        ("GET", "faults") => Ok(json!(engine.faults())),
        ("POST", "faults") => {
            engine.add_fault(read::<Rule>(incoming)?);
            Ok(json!(engine.faults()))
        }
        ("DELETE", "faults") => {
            engine.clear_faults();
            Ok(json!([]))
        }
        ("GET", "store") => store(engine, incoming),
        ("GET", "stats") => {
            let (routes, effects) = engine.stats();
            Ok(json!({ "writes": effects, "routes": routes }))
        }
        ("GET", "config") => Ok(json!(engine.config())),
        ("POST", "config") => {
            // Switches that are not named stay as they are.
            let given: Map<String, Value> = read(incoming)?;
            let mut all = json!(engine.config());
            if let Value::Object(all) = &mut all {
                all.extend(given);
            }
            let config: Config = serde_json::from_value(all).map_err(|error| bad(&error))?;
            engine.configure(config);
            Ok(json!(config))
        }
        ("POST", "operations") => {
            // How the next long operations of Azure end.
            let ending: Ending = read(incoming)?;
            if !["Failed", "Canceled", "never"].contains(&ending.end.as_str()) {
                let text = format!("`end` is Failed, Canceled or never, not `{}`", ending.end);
                return Err((400, text));
            }
            let told = engine.change(|tx| {
                let number = tx.count("endings");
                tx.arm.endings.put(&format!("{number:06}"), ending);
                json!(
                    tx.arm
                        .endings
                        .iter()
                        .map(|(_, ending)| ending.clone())
                        .collect::<Vec<_>>()
                )
            });
            told.map_err(|error| failed(&error))
        }
        ("GET" | "POST" | "DELETE", "troubles") => troubles(engine, incoming),
        ("POST", "agents") => agent(engine, &read(incoming)?),
        ("POST", "revoke") => directory::revoke(engine, read(incoming)?),
        ("GET", "users") => directory::user(engine, incoming),
        ("POST", "users") => directory::change(engine, read(incoming)?),
        ("POST", "gdap") => gdap::relationship(engine, read(incoming)?),
        ("POST", "gdap/approve") => gdap::answer(engine, read(incoming)?),
        ("POST", "dns") => directory::publish(engine, &read(incoming)?),
        ("POST", "groups") => gdap::group(engine, read(incoming)?),
        ("GET", "credentials") => Ok(json!(Credentials::at(&incoming.origin))),
        (verb, _) => {
            let text = format!(
                "There is no control `{verb} {}`. There are: GET POST clock, POST reset, POST seed, GET POST DELETE faults, GET store, GET stats, GET POST config, POST operations, GET POST DELETE troubles, POST agents, POST revoke, GET POST users, POST gdap, POST gdap/approve, POST groups, POST dns, GET credentials, GET certificate, GET assertion.",
                incoming.path
            );
            Err((404, text))
        }
    }
}

/// Tells, takes or takes away what is to go wrong in Recovery Services.
fn troubles(engine: &Engine, incoming: &Incoming) -> Result<Value, Refused> {
    let given: Option<Trouble> = match incoming.method.as_str() {
        "POST" => Some(read(incoming)?),
        _ => None,
    };
    if let Some(trouble) = &given
        && !TROUBLES.contains(&trouble.kind.as_str())
    {
        let text = format!(
            "`kind` is one of {}, not `{}`",
            TROUBLES.join(", "),
            trouble.kind
        );
        return Err((400, text));
    }
    let forget = incoming.method == "DELETE";
    let told = engine.change(|tx| {
        if forget {
            tx.recovery.troubles.forget(|_| true);
        }
        if let Some(mut trouble) = given {
            trouble.since = Some(tx.now());
            let number = tx.count("troubles");
            tx.recovery.troubles.put(&format!("{number:06}"), trouble);
        }
        let rows = tx.recovery.troubles.iter();
        json!(rows.map(|(_, trouble)| trouble.clone()).collect::<Vec<_>>())
    });
    told.map_err(|error| failed(&error))
}

/// Registers an agent with a site of Site Recovery, and shows its provider.
fn agent(engine: &Engine, new: &Registration) -> Result<Value, Refused> {
    let shown = engine.change(|tx| arm::register_agent(tx, new));
    shown
        .map_err(|error| failed(&error))?
        .map_err(|text| (404, text))
}

/// Returns how many rows each table has, or the rows of one (`?table=partner.customers`).
fn store(engine: &Engine, incoming: &Incoming) -> Result<Value, Refused> {
    let mut query = url::form_urlencoded::parse(incoming.query.as_bytes());
    let counts = engine.counts().map_err(|error| failed(&error))?;
    let Some((_, table)) = query.find(|(name, _)| name == "table") else {
        let counts = counts
            .into_iter()
            .map(|(table, count)| (table.to_owned(), json!(count)));
        return Ok(Value::Object(counts.collect()));
    };
    if !counts.iter().any(|(known, _)| *known == table) {
        return Err((404, format!("There is no table `{table}`.")));
    }
    let rows = engine.rows(&table).map_err(|error| failed(&error))?;
    Ok(Value::Object(rows.into_iter().collect()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: Value,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Reset {
    seed: Option<u64>,
    customers: Option<usize>,
}

/// Reads the body; an empty one is an empty object.
fn read<T: DeserializeOwned>(incoming: &Incoming) -> Result<T, Refused> {
    let bytes: &[u8] = if incoming.body.is_empty() {
        b"{}"
    } else {
        &incoming.body
    };
    serde_json::from_slice(bytes).map_err(|error| bad(&error))
}

/// Reads a duration: seconds, or text such as `PT90M`, `P91D`, `2h 30m`.
fn duration(value: &Value) -> Result<Duration, Refused> {
    let wrong = || {
        (
            400,
            format!("{value} is no duration: give seconds, or text such as \"PT90M\" or \"91d\"."),
        )
    };
    if let Some(seconds) = value.as_u64() {
        return Ok(Duration::from_secs(seconds));
    }
    let span: Span = value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(wrong)?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(relative).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

fn bad(error: &serde_json::Error) -> Refused {
    (
        400,
        format!("The body is not what this control takes: {error}."),
    )
}

fn failed(error: &dyn std::error::Error) -> Refused {
    (500, format!("The sandbox could not do that: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_text() {
        let seconds = |value: Value| duration(&value).ok().map(|duration| duration.as_secs());
        assert_eq!(seconds(json!(90)), Some(90));
        assert_eq!(seconds(json!("PT90M")), Some(5400));
        assert_eq!(seconds(json!("91d")), Some(91 * 86_400));
        assert_eq!(seconds(json!("soon")), None);
        assert_eq!(seconds(json!(-1)), None);
    }

    #[test]
    fn only_names_of_this_machine_are_local() {
        assert!(is_local("127.0.0.1:80") && is_local("localhost:1") && is_local("[::1]:9"));
        assert!(!is_local("evil.example:80") && !is_local("127.0.0.1.evil.example"));
    }
}

//! Errors on their way between scripts and the rest: thrown as a value that `catch (e)` can read,
//! or as an end that nothing catches.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, Map, Position};

use crate::base::cancel::{Cancel, Reason};
use crate::error::{Code, Error};

/// An error as a script sees it.
#[derive(Debug, Clone)]
pub(super) struct Thrown(pub(super) Arc<Error>);

/// Returns the engine's form of an error; the engine adds the position of the call.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine takes its errors boxed"
)]
pub(super) fn raise(error: Error) -> Box<EvalAltResult> {
    raise_at(error, Position::NONE)
}

/// Returns the engine's form of an error at a position. Errors of access, limits, plans, time and
/// cancellation end the script; no `try` sees them.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine takes its errors boxed"
)]
pub(super) fn raise_at(error: Error, at: Position) -> Box<EvalAltResult> {
    let catchable = error.code().catchable();
    let value = Dynamic::from(Thrown(Arc::new(error)));
    Box::new(if catchable {
        EvalAltResult::ErrorRuntime(value, at)
    } else {
        EvalAltResult::ErrorTerminated(value, at)
    })
}

/// Creates an error about an argument.
pub(super) fn argument(message: impl Into<String>) -> Error {
    Error::new(Code::ScriptArgument, message)
}

/// Returns the error with which a cancelled run ends.
pub(super) fn cancelled(cancel: &Cancel) -> Option<Error> {
    cancel.reason().map(|reason| match reason {
        Reason::Interrupted => Error::new(Code::RunInterrupted, "the run was interrupted"),
        Reason::TimedOut => Error::new(Code::TimeOut, "the time given by `--timeout` is over"),
    })
}

/// Describes a value for a message: its kind, and the value itself where it is short.
pub(super) fn describe(value: &Dynamic) -> String {
    if value.is_unit() {
        return "nothing: `()`".to_owned();
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return format!("the text {:?}", crate::base::text::shorten(&text, 40));
    }
    if value.is_int() || value.is_decimal() || value.is_float() {
        return format!("the number {value}");
    }
    if value.is_bool() {
        return format!("`{value}`");
    }
    if let Some(record) = value.read_lock::<super::record::Record>() {
        return a_record(record.kind());
    }
    let kind = kind_of(value);
    match kind {
        "array" => "an array".to_owned(),
        "Error" => "an error".to_owned(),
        _ => format!("a {kind}"),
    }
}

/// Returns "a Customer record", "an Order record".
pub(super) fn a_record(kind: &str) -> String {
    let vowel = kind.starts_with(['A', 'E', 'I', 'O']);
    format!("a{} {kind} record", if vowel { "n" } else { "" })
}

/// Returns a value as a line says it; a secret is masked.
pub(super) fn said(value: &Dynamic) -> String {
    if let Some(record) = value.read_lock::<super::record::Record>() {
        return record.title();
    }
    if let Some(date) = value.read_lock::<super::date::Date>() {
        return date.text().to_string();
    }
    if value.is::<super::secret::SecretText>() {
        return super::secret::MASK.to_owned();
    }
    value.to_string()
}

/// Returns a word for the kind of a value.
pub(super) fn kind_of(value: &Dynamic) -> &'static str {
    if value.is_array() {
        "array"
    } else if value.is_map() {
        "map"
    } else if value.is_fnptr() {
        "function"
    } else if value.is_blob() {
        "blob"
    } else if value.is::<super::date::Date>() {
        "date"
    } else if value.is::<super::secret::SecretText>() {
        "secret"
    } else if value.is::<super::pager::List>() {
        "list that is still to be read"
    } else if value.is::<std::ops::Range<i64>>() || value.is::<std::ops::RangeInclusive<i64>>() {
        "range"
    } else if value.is::<super::poller::Poller>() {
        "poller"
    } else if value.is::<Thrown>() {
        "Error"
    } else {
        "value of another kind"
    }
}

impl Thrown {
    /// Returns all that a script can ask, as a map.
    pub(super) fn to_map(&self) -> Map {
        let mut map = Map::new();
        for name in PROPERTIES {
            map.insert((*name).into(), self.get(name));
        }
        map
    }

    fn get(&self, name: &str) -> Dynamic {
        let parts = self.0.parts();
        let fault = parts.fault.as_ref();
        let text = |text: Option<&String>| text.map_or(Dynamic::UNIT, |text| text.clone().into());
        match name {
            "code" => parts.code.as_str().into(),
            "message" => parts.message.clone().into(),
            "help" => text(parts.help.as_ref()),
            "status" => fault.map_or(Dynamic::UNIT, |fault| i64::from(fault.status).into()),
            "operation" => text(fault.map(|fault| &fault.operation)),
            "tenant" => text(fault.and_then(|fault| fault.tenant.as_ref())),
            "request_id" => text(fault.and_then(|fault| fault.request_id.as_ref())),
            "possible_causes" => text(fault.and_then(|fault| fault.possible_causes.as_ref())),
            "recommended_action" => text(fault.and_then(|fault| fault.recommended_action.as_ref())),
            "activity_id" => text(fault.and_then(|fault| fault.activity_id.as_ref())),
            "client_request_id" => text(fault.and_then(|fault| fault.client_request_id.as_ref())),
            "sent" => parts.sent.as_str().into(),
            "service" => fault.map_or(Dynamic::UNIT, service),
            "handle" => text(parts.handle.as_ref()),
            _ => Dynamic::UNIT,
        }
    }
}

/// What a script can ask of an error.
const PROPERTIES: &[&str] = &[
    "code",
    "message",
    "help",
    "status",
    "operation",
    "tenant",
    "request_id",
    "possible_causes",
    "recommended_action",
    "activity_id",
    "client_request_id",
    "sent",
    "service",
    "handle",
];

/// Returns the service's own words: its code and message, and the whole error as it was sent.
fn service(fault: &crate::error::Fault) -> Dynamic {
    let mut map = Map::new();
    let optional = |text: Option<&String>| text.map_or(Dynamic::UNIT, |text| text.clone().into());
    map.insert("name".into(), fault.service.clone().into());
    map.insert("code".into(), fault.code.clone().into());
    map.insert("message".into(), fault.message.clone().into());
    map.insert("target".into(), optional(fault.target.as_ref()));
    map.insert(
        "possible_causes".into(),
        optional(fault.possible_causes.as_ref()),
    );
    map.insert(
        "recommended_action".into(),
        optional(fault.recommended_action.as_ref()),
    );
    map.insert(
        "correlation_id".into(),
        optional(fault.correlation_id.as_ref()),
    );
    map.insert("activity_id".into(), optional(fault.activity_id.as_ref()));
    map.insert(
        "client_request_id".into(),
        optional(fault.client_request_id.as_ref()),
    );
    let body = super::json::plain(fault.body.as_bytes());
    map.insert(
        "body".into(),
        body.unwrap_or_else(|| fault.body.clone().into()),
    );
    map.into()
}

/// Registers the type of errors.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Thrown>("Error");
    for name in PROPERTIES {
        engine.register_get(*name, move |error: &mut Thrown| error.get(name));
    }
    engine.register_fn("to_map", |error: &mut Thrown| error.to_map());
    engine.register_fn("to_string", |error: &mut Thrown| {
        format!("{} [{}]", error.0, error.0.code())
    });
    engine.register_fn("to_debug", |error: &mut Thrown| {
        format!("{} [{}]", error.0, error.0.code())
    });
    engine.register_fn("error_of", |value: Dynamic| of_value(&value));
}

/// Returns the error that a caught value means: one of ours, the engine's own map, or whatever was
/// thrown.
pub(super) fn of_value(value: &Dynamic) -> Thrown {
    if let Some(thrown) = value.read_lock::<Thrown>() {
        return thrown.clone();
    }
    let field = |map: &Map, name: &str| {
        map.get(name).and_then(|value| {
            value
                .as_immutable_string_ref()
                .ok()
                .map(|text| text.to_string())
        })
    };
    let error = match value.as_map_ref() {
        Ok(map) => {
            let message = field(&map, "message").unwrap_or_else(|| format!("{value:?}"));
            let code = match field(&map, "code").and_then(|code| Code::parse(&code)) {
                Some(code) if code.catchable() => code,
                _ if map.contains_key("error") => Code::ScriptRuntime,
                _ => Code::ScriptFailed,
            };
            let error = Error::new(code, message);
            match field(&map, "help") {
                Some(help) => error.help(help),
                None => error,
            }
        }
        Err(_) if value.is_unit() => Error::new(Code::ScriptFailed, "the script gave up"),
        Err(_) => Error::new(Code::ScriptFailed, said(value)),
    };
    Thrown(Arc::new(error))
}

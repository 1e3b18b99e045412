//! An error as one JSON object, for `--error-format json`.

use serde_json::{Map, Value, json};

use crate::error::{At, Error, Fault};

/// Returns everything that an error holds. Absent parts are left out.
pub fn to_json(error: &Error) -> Value {
    let parts = error.parts();
    let mut object = Map::new();
    object.insert("code".into(), parts.code.as_str().into());
    object.insert("exit".into(), error.exit().into());
    object.insert("message".into(), parts.message.as_str().into());
    put(&mut object, "help", parts.help.as_deref());
    put(&mut object, "label", parts.label.as_deref());
    if let Some(at) = &parts.at {
        object.insert("at".into(), place(at));
    }
    if !parts.calls.is_empty() {
        object.insert("calls".into(), parts.calls.iter().map(place).collect());
    }
    object.insert("sent".into(), parts.sent.as_str().into());
    if let Some(fault) = &parts.fault {
        object.insert("fault".into(), fault_to_json(fault));
    }
    put(&mut object, "handle", parts.handle.as_deref());
    if !parts.related.is_empty() {
        object.insert(
            "related".into(),
            parts.related.iter().map(to_json).collect(),
        );
    }
    Value::Object(object)
}

fn place(at: &At) -> Value {
    json!({ "source": at.source, "line": at.line, "column": at.column, "length": at.length })
}

/// Returns what the service said; its whole answer stays JSON where it was JSON.
fn fault_to_json(fault: &Fault) -> Value {
    let mut object = Map::new();
    put(&mut object, "service", text(&fault.service));
    put(&mut object, "operation", text(&fault.operation));
    put(&mut object, "tenant", fault.tenant.as_deref());
    object.insert("status".into(), fault.status.into());
    put(&mut object, "code", text(&fault.code));
    put(&mut object, "message", text(&fault.message));
    put(&mut object, "target", fault.target.as_deref());
    put(
        &mut object,
        "possible_causes",
        fault.possible_causes.as_deref(),
    );
    put(
        &mut object,
        "recommended_action",
        fault.recommended_action.as_deref(),
    );
    put(&mut object, "request_id", fault.request_id.as_deref());
    put(
        &mut object,
        "correlation_id",
        fault.correlation_id.as_deref(),
    );
    put(&mut object, "activity_id", fault.activity_id.as_deref());
    put(
        &mut object,
        "client_request_id",
        fault.client_request_id.as_deref(),
    );
    put(&mut object, "time", fault.time.as_deref());
    if !fault.body.is_empty() {
        let body = serde_json::from_str(&fault.body).unwrap_or_else(|_| fault.body.clone().into());
        object.insert("body".into(), body);
    }
    Value::Object(object)
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn put(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

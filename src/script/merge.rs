//! `merge: full`: a service that resets what a body leaves out gets the whole object. It is read,
//! compared with what the script has seen, and the script's fields are laid over it.

use std::sync::Arc;

use rhai::Dynamic;
use serde_json::Value;

use super::args::Parts;
use super::host::{Host, Op};
use super::invoke;
use super::json;
use super::record::Record;
use crate::error::{Code, Error};
use crate::run::lane;

/// Members that change by themselves.
const VOLATILE: [&str; 2] = ["attributes", "links"];

/// Reads the object that is about to be changed: a step of its own.
pub(super) fn read(host: &Arc<Host>, op: Op, parts: &Parts) -> Result<Record, Error> {
    let name = op.operation.before.unwrap_or_default();
    let operation = op.service.operation(name).ok_or_else(|| {
        let message = format!("{} names no read of what it changes", op.full_name());
        Error::new(Code::Internal, message)
    })?;
    let read = Op {
        service: op.service,
        operation,
    };
    let mut keys = Parts {
        keys: parts.keys.clone(),
        tenant: parts.tenant.clone(),
        about: parts.about.clone(),
        principal: parts.principal,
        ..Parts::default()
    };
    keys.versioned(read);
    let mut call = invoke::call(read, &keys, None);
    call.step = lane::next_step(&call.operation);
    let response = host.settings.door.call(&call)?;
    let origin = Arc::new(invoke::origin(read, &keys));
    let value = invoke::value(read, &response, &origin)?;
    value.try_cast::<Record>().ok_or_else(|| {
        let message = format!(
            "{} answered with something that is no object",
            read.full_name()
        );
        Error::new(Code::HttpAnswer, message)
    })
}

/// Checks that what the script has seen of the object still holds.
pub(super) fn unchanged(op: Op, seen: &[Record], now: &Record) -> Result<(), Error> {
    let same_kind = |record: &&Record| record.kind() == now.kind() && record.shape() == now.shape();
    let Some(seen) = seen.iter().rev().find(same_kind) else {
        return Ok(());
    };
    let (Some(Value::Object(seen)), Some(Value::Object(present))) =
        (tree(seen.text()), tree(now.text()))
    else {
        return Ok(());
    };
    let changed: Vec<String> = seen
        .iter()
        .filter(|(name, _)| !VOLATILE.contains(&name.as_str()))
        .filter(|(name, value)| !same(value, present.get(name.as_str()).unwrap_or(&Value::Null)))
        .map(|(name, value)| {
            let now = present.get(name.as_str()).unwrap_or(&Value::Null);
            format!("`{name}` was {} and is {}", short(value), short(now))
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::PartnerChanged,
        format!(
            "the {} has changed since the script read it: {}",
            now.kind(),
            changed.join(", ")
        ),
    )
    .help(format!(
        "read it again, then call `{}` with what you find; nothing was sent",
        op.full_name()
    )))
}

fn short(value: &Value) -> String {
    crate::base::text::shorten(&value.to_string(), 40)
}

fn tree(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Compares two values without what changes by itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names = |map: &serde_json::Map<String, Value>| {
                map.keys()
                    .filter(|name| !VOLATILE.contains(&name.as_str()))
                    .count()
            };
            names(a) == names(b)
                && a.iter()
                    .filter(|(name, _)| !VOLATILE.contains(&name.as_str()))
                    .all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => a == b,
    }
}

/// Lays the script's fields over the object's text; maps are laid over member by member.
pub(super) fn overlay(under: &str, over: &Dynamic) -> Result<String, Error> {
    let mut out = String::new();
    lay(under, over, &mut out)?;
    Ok(out)
}

fn lay(under: &str, over: &Dynamic, out: &mut String) -> Result<(), Error> {
    let Ok(map) = over.as_map_ref() else {
        return json::write(over, json::Purpose::Wire, out);
    };
    if !under.starts_with('{') {
        drop(map);
        return json::write(over, json::Purpose::Wire, out);
    }
    let text = under.as_bytes();
    let part = |at: &std::ops::Range<u32>| {
        under
            .get(at.start as usize..at.end as usize)
            .unwrap_or("null")
    };
    let mut laid = Vec::new();
    out.push('{');
    let mut first = true;
    let mut name = |name: &str, out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        json::string(name, out);
        out.push(':');
    };
    for member in super::scan::members(text, &super::scan::whole(text)) {
        let known = super::scan::named(part(&member.name).as_bytes());
        name(&known, out);
        match map.get(known.as_str()) {
            Some(value) => lay(part(&member.value), value, out)?,
            None => out.push_str(part(&member.value)),
        }
        laid.push(known);
    }
    for (new, value) in map
        .iter()
        .filter(|(key, _)| !laid.iter().any(|name| name == key.as_str()))
    {
        name(new, out);
        json::write(value, json::Purpose::Wire, out)?;
    }
    out.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_laid_over_and_the_rest_stays_as_it_was_sent() {
        let over = json::plain(br#"{"a":2,"n":{"y":3},"new":"x"}"#).expect("JSON");
        let laid = overlay(r#"{ "a": 1.0, "b": 12.3400, "n": {"x":1,"y":2} }"#, &over);
        assert_eq!(
            laid.expect("laid"),
            r#"{"a":2,"b":12.3400,"n":{"x":1,"y":3},"new":"x"}"#
        );
    }

    #[test]
    fn what_changes_by_itself_is_no_change() {
        let value = |text: &str| tree(text).expect("JSON");
        let a = value(r#"{"q":1,"x":{"links":{"a":1},"y":2}}"#);
        assert!(same(
            &a,
            &value(r#"{"x":{"y":2},"q":1,"attributes":{"etag":"2"}}"#)
        ));
        assert!(!same(&a, &value(r#"{"x":{"y":3},"q":1}"#)));
    }
}

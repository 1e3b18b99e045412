//! Arrays, objects, and strings seen as sequences.

use serde_json::{Map, Value, json};

use super::convert::shown;
use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;
use crate::sandbox::arm::template::scope::member;

pub(super) const FUNCTIONS: &[Function] = &[
    function("concat", 0, ANY, concat),
    function("length", 1, 1, length),
    function("empty", 1, 1, empty),
    function("contains", 2, 2, contains),
    function("first", 1, 1, |_, args| end(args, <[Value]>::first)),
    function("last", 1, 1, |_, args| end(args, <[Value]>::last)),
    function("take", 2, 2, |_, args| cut(args, |count, _| 0..count)),
    function("skip", 2, 2, |_, args| cut(args, |count, all| count..all)),
    function("union", 1, ANY, union),
    function("intersection", 2, ANY, intersection),
    function("createArray", 0, ANY, |_, args| {
        Ok(Value::from(args.values.to_vec()))
    }),
    function("createObject", 0, ANY, create_object),
    function("items", 1, 1, |_, args| {
        let mut sorted: Vec<_> = args.object(0)?.iter().collect();
        sorted.sort_by_key(|(name, _)| name.to_lowercase());
        let item = |(key, value)| json!({ "key": key, "value": value });
        Ok(sorted.into_iter().map(item).collect())
    }),
    function("indexOf", 2, 2, |_, args| {
        place(args, |items, item| {
            items.iter().position(|known| known == item)
        })
    }),
    function("lastIndexOf", 2, 2, |_, args| {
        place(args, |items, item| {
            items.iter().rposition(|known| known == item)
        })
    }),
];

fn concat(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    if !args.values.is_empty() && args.values.iter().all(Value::is_array) {
        let lists: Result<Vec<&[Value]>, Fault> =
            (0..args.values.len()).map(|at| args.list(at)).collect();
        return Ok(Value::from(lists?.concat()));
    }
    let mut made = String::new();
    for (at, value) in args.values.iter().enumerate() {
        match value {
            Value::Array(_) | Value::Object(_) | Value::Null => {
                return Err(args.wrong(at, "String"));
            }
            other => made.push_str(&shown(other)),
        }
    }
    Ok(made.into())
}

fn length(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    match args.value(0) {
        Value::String(text) => Ok(text.chars().count().into()),
        Value::Array(items) => Ok(items.len().into()),
        Value::Object(object) => Ok(object.len().into()),
        _ => Err(args.wrong(0, "Array")),
    }
}

fn empty(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    match args.value(0) {
        Value::Null => Ok(true.into()),
        Value::String(text) => Ok(text.is_empty().into()),
        Value::Array(items) => Ok(items.is_empty().into()),
        Value::Object(object) => Ok(object.is_empty().into()),
        _ => Err(args.wrong(0, "Array")),
    }
}

fn contains(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    match args.value(0) {
        Value::String(text) => Ok(text.contains(&shown(args.value(1))).into()),
        Value::Array(items) => Ok(items.contains(args.value(1)).into()),
        Value::Object(object) => Ok(member(object, args.text(1)?).is_some().into()),
        _ => Err(args.wrong(0, "Array")),
    }
}

fn end(args: &Args<'_>, choose: fn(&[Value]) -> Option<&Value>) -> Result<Value, Fault> {
    let items = sequence(args)?;
    Ok(match choose(&items) {
        Some(item) => item.clone(),
        None if args.value(0).is_string() => Value::from(""),
        None => Value::Null,
    })
}

fn cut(
    args: &Args<'_>,
    choose: fn(usize, usize) -> std::ops::Range<usize>,
) -> Result<Value, Fault> {
    let items = sequence(args)?;
    let count = usize::try_from(args.integer(1)?.max(0)).unwrap_or(usize::MAX);
    let part = &items[choose(count.min(items.len()), items.len())];
    Ok(match args.value(0) {
        Value::String(_) => part
            .iter()
            .filter_map(Value::as_str)
            .collect::<String>()
            .into(),
        _ => Value::from(part.to_vec()),
    })
}

/// Returns the items of an array, or the characters of a string.
fn sequence(args: &Args<'_>) -> Result<Vec<Value>, Fault> {
    match args.value(0) {
        Value::Array(items) => Ok(items.clone()),
        Value::String(text) => Ok(text
            .chars()
            .map(|one| Value::from(one.to_string()))
            .collect()),
        _ => Err(args.wrong(0, "Array")),
    }
}

fn union(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    if args.value(0).is_array() {
        let mut made: Vec<Value> = Vec::new();
        for at in 0..args.values.len() {
            for item in args.list(at)? {
                if !made.contains(item) {
                    made.push(item.clone());
                }
            }
        }
        return Ok(made.into());
    }
    let mut made = Map::new();
    for at in 0..args.values.len() {
        merge(&mut made, args.object(at)?);
    }
    Ok(made.into())
}

/// Merges an object into another; objects within them are merged as well.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        let known = member(into, name).map_or_else(|| name.clone(), |(known, _)| known.clone());
        match (into.get_mut(&known), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => merge(inner, value),
            _ => drop(into.insert(known, value.clone())),
        }
    }
}

fn intersection(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    if args.value(0).is_array() {
        let mut made: Vec<Value> = Vec::new();
        for item in args.list(0)? {
            if !made.contains(item) {
                made.push(item.clone());
            }
        }
        for at in 1..args.values.len() {
            let other = args.list(at)?;
            made.retain(|item| other.contains(item));
        }
        return Ok(made.into());
    }
    let mut made = args.object(0)?.clone();
    for at in 1..args.values.len() {
        let other = args.object(at)?;
        made.retain(|name, value| member(other, name).is_some_and(|(_, known)| known == &*value));
    }
    Ok(made.into())
}

fn create_object(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    if args.values.len() % 2 == 1 {
        return Err(args.fault("names and values must come in pairs"));
    }
    let mut made = Map::new();
    for at in (0..args.values.len()).step_by(2) {
        made.insert(args.text(at)?.to_owned(), args.value(at + 1).clone());
    }
    Ok(made.into())
}

/// Finds a text in a text (without regard to casing), or an item in an array; -1 where it is not.
fn place(args: &Args<'_>, choose: fn(&[Value], &Value) -> Option<usize>) -> Result<Value, Fault> {
    let found = match args.value(0) {
        Value::Array(items) => choose(items, args.value(1)),
        Value::String(text) => {
            let (text, part) = (text.to_lowercase(), args.text(1)?.to_lowercase());
            let at = if args.name.to_lowercase().starts_with("last") {
                text.rfind(&part)
            } else {
                text.find(&part)
            };
            at.map(|at| text[..at].chars().count())
        }
        _ => return Err(args.wrong(0, "String")),
    };
    let found = found.and_then(|at| i64::try_from(at).ok());
    Ok(found.unwrap_or(-1).into())
}

//! Strings: casing, parts, search, padding, joining.

use serde_json::Value;

use super::{Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;

pub(super) const FUNCTIONS: &[Function] = &[
    function("toLower", 1, 1, |_, args| {
        Ok(args.text(0)?.to_lowercase().into())
    }),
    function("toUpper", 1, 1, |_, args| {
        Ok(args.text(0)?.to_uppercase().into())
    }),
    function("trim", 1, 1, |_, args| Ok(args.text(0)?.trim().into())),
    function("substring", 2, 3, substring),
    function("replace", 3, 3, |_, args| {
        let (text, old, new) = (args.text(0)?, args.text(1)?, args.text(2)?);
        if old.is_empty() {
            return Err(args.fault("argument 2 must not be empty"));
        }
        Ok(text.replace(old, new).into())
    }),
    function("split", 2, 2, split),
    function("join", 2, 2, join),
    function("startsWith", 2, 2, |_, args| {
        let (text, start) = (args.text(0)?.to_lowercase(), args.text(1)?.to_lowercase());
        Ok(text.starts_with(&start).into())
    }),
    function("endsWith", 2, 2, |_, args| {
        let (text, end) = (args.text(0)?.to_lowercase(), args.text(1)?.to_lowercase());
        Ok(text.ends_with(&end).into())
    }),
    function("padLeft", 2, 3, pad_left),
];

/// The longest padded text.
const LONGEST: i64 = 16_384;

fn substring(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let text: Vec<char> = args.text(0)?.chars().collect();
    let start = usize::try_from(args.integer(1)?).ok();
    let length = match (args.has(2), start) {
        (true, _) => usize::try_from(args.integer(2)?).ok(),
        (false, start) => start.and_then(|start| text.len().checked_sub(start)),
    };
    let part = start
        .zip(length)
        .and_then(|(start, length)| text.get(start..start.checked_add(length)?));
    match part {
        Some(part) => Ok(part.iter().collect::<String>().into()),
        None => Err(args
            .fault("the index and length parameters must refer to a location within the string")),
    }
}

fn split(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let text = args.text(0)?;
    let delimiters: Vec<&str> = match args.value(1) {
        Value::String(one) => vec![one],
        Value::Array(many) => many
            .iter()
            .map(|one| one.as_str().ok_or_else(|| args.wrong(1, "String")))
            .collect::<Result<_, _>>()?,
        _ => return Err(args.wrong(1, "String")),
    };
    let mut parts = vec![text.to_owned()];
    for delimiter in delimiters.into_iter().filter(|one| !one.is_empty()) {
        parts = parts
            .iter()
            .flat_map(|part| part.split(delimiter).map(str::to_owned))
            .collect();
    }
    Ok(parts.into())
}

fn join(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let parts: Vec<String> = args.list(0)?.iter().map(super::convert::shown).collect();
    Ok(parts.join(args.text(1)?).into())
}

fn pad_left(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let text = match args.value(0) {
        value @ (Value::String(_) | Value::Number(_)) => super::convert::shown(value),
        _ => return Err(args.wrong(0, "String")),
    };
    let total = args.integer(1)?;
    if !(0..=LONGEST).contains(&total) {
        return Err(args.fault(&format!("the length must be between 0 and {LONGEST}")));
    }
    let mut pad = args.text_or(2, " ")?.chars();
    let (Some(pad), None) = (pad.next(), pad.next()) else {
        return Err(args.fault("the padding must be one character"));
    };
    let missing = usize::try_from(total).unwrap_or_default();
    let missing = missing.saturating_sub(text.chars().count());
    let padding = std::iter::repeat_n(pad, missing);
    Ok(padding.chain(text.chars()).collect::<String>().into())
}

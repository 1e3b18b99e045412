//! `format`: `{0}`, `{1:D3}`, `{1:000}`; doubled braces stand for themselves. Of the formats of
//! numbers, those with leading zeros are served.

use serde_json::Value;

use super::convert::shown;
use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;

pub(super) const FUNCTIONS: &[Function] = &[function("format", 1, ANY, format)];

/// The most digits of a number.
const MOST_DIGITS: usize = 99;

fn format(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let mut made = String::new();
    let mut rest = args.text(0)?;
    while let Some(at) = rest.find(['{', '}']) {
        made.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            made.push_str(brace);
            rest = after;
            continue;
        }
        let Some((hole, after)) = after.split_once('}').filter(|_| brace == "{") else {
            return Err(args.fault("the format string has a brace that is not closed"));
        };
        made.push_str(&filled(args, hole)?);
        rest = after;
    }
    made.push_str(rest);
    Ok(made.into())
}

fn filled(args: &Args<'_>, hole: &str) -> Result<String, Fault> {
    let (index, style) = match hole.split_once(':') {
        Some((index, style)) => (index, Some(style)),
        None => (hole, None),
    };
    let value = index.trim().parse::<usize>().ok();
    let value = value.and_then(|index| args.values.get(index.checked_add(1)?));
    let Some(value) = value else {
        return Err(args.fault(&format!("there is no argument for '{{{hole}}}'")));
    };
    let Some(style) = style else {
        return Ok(shown(value));
    };
    match (value.as_i64(), digits(style)) {
        (Some(number), Some(digits)) => {
            let sign = if number < 0 { "-" } else { "" };
            Ok(format!("{sign}{:0digits$}", number.unsigned_abs()))
        }
        _ => Err(args.fault(&format!("the format '{style}' is not supported"))),
    }
}

/// Returns how many digits `D3` or `000` ask for.
fn digits(style: &str) -> Option<usize> {
    let digits = match style.strip_prefix(['D', 'd']) {
        Some("") => 1,
        Some(digits) => digits.parse().ok()?,
        None if !style.is_empty() && style.bytes().all(|byte| byte == b'0') => style.len(),
        None => return None,
    };
    (digits <= MOST_DIGITS).then_some(digits)
}

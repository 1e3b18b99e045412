//! Numbers: `add`, `sub`, `mul`, `div`, `mod`, `min`, `max`, `range`, `copyIndex`.

use serde_json::Value;

use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;
use crate::sandbox::arm::template::scope::Loop;

pub(super) const FUNCTIONS: &[Function] = &[
    function("add", 2, 2, |_, args| two(args, i64::checked_add)),
    function("sub", 2, 2, |_, args| two(args, i64::checked_sub)),
    function("mul", 2, 2, |_, args| two(args, i64::checked_mul)),
    function("div", 2, 2, |_, args| two(args, i64::checked_div)),
    function("mod", 2, 2, |_, args| two(args, i64::checked_rem)),
    function("min", 1, ANY, |_, args| extreme(args, Iterator::min)),
    function("max", 1, ANY, |_, args| extreme(args, Iterator::max)),
    function("range", 2, 2, range),
    function("copyIndex", 0, 2, copy_index),
];

/// The most items of a range.
const MOST: i64 = 10_000;

fn two(args: &Args<'_>, compute: fn(i64, i64) -> Option<i64>) -> Result<Value, Fault> {
    let (first, second) = (args.integer(0)?, args.integer(1)?);
    match compute(first, second) {
        Some(result) => Ok(result.into()),
        None if second == 0 => Err(args.fault("the divisor is zero")),
        None => Err(args.fault("the result is no 64 bit integer")),
    }
}

fn extreme(
    args: &Args<'_>,
    choose: fn(std::vec::IntoIter<i64>) -> Option<i64>,
) -> Result<Value, Fault> {
    let numbers: Vec<i64> = if let [Value::Array(items)] = args.values {
        let numbers = items.iter().map(Value::as_i64);
        numbers
            .collect::<Option<_>>()
            .ok_or_else(|| args.fault("all items of the array must be of type 'Integer'"))?
    } else {
        (0..args.values.len())
            .map(|at| args.integer(at))
            .collect::<Result<_, _>>()?
    };
    choose(numbers.into_iter())
        .map(Value::from)
        .ok_or_else(|| args.fault("the array is empty"))
}

fn range(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let (start, count) = (args.integer(0)?, args.integer(1)?);
    if !(0..=MOST).contains(&count) {
        return Err(args.fault(&format!("the count must be between 0 and {MOST}")));
    }
    match start.checked_add(count) {
        Some(end) => Ok((start..end).collect()),
        None => Err(args.fault("the last item is no 64 bit integer")),
    }
}

/// `copyIndex()`, `copyIndex(offset)`, `copyIndex('loop')`, `copyIndex('loop', offset)`.
fn copy_index(frame: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let named = args.value(0).as_str();
    let meant = |one: &&Loop| match named {
        Some(name) => one.name.eq_ignore_ascii_case(name),
        None => one.unnamed,
    };
    let Some(found) = frame.loops.iter().rev().find(meant) else {
        let detail = match named {
            Some(name) => format!("there is no copy loop '{name}' around it"),
            None => "it must stand within a copy loop".to_owned(),
        };
        return Err(args.fault(&detail));
    };
    let at = usize::from(named.is_some());
    let offset = if args.has(at) { args.integer(at)? } else { 0 };
    if named.is_none() && args.has(1) {
        return Err(args.fault("only a loop's name may come before the offset"));
    }
    match found.index.checked_add(offset) {
        Some(index) => Ok(index.into()),
        None => Err(args.fault("the result is no 64 bit integer")),
    }
}

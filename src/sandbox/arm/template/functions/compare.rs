//! Conditions: `and`, `or`, `not`, `bool` constants, `equals`, `less` and its like, `coalesce`.
//! (`if` is the evaluator's own: it leaves one branch alone.)

use std::cmp::Ordering;

use serde_json::Value;

use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::fault::Fault;

pub(super) const FUNCTIONS: &[Function] = &[
    function("and", 2, ANY, |_, args| {
        Ok(flags(args)?.into_iter().all(|flag| flag).into())
    }),
    function("or", 2, ANY, |_, args| {
        Ok(flags(args)?.into_iter().any(|flag| flag).into())
    }),
    function("not", 1, 1, |_, args| Ok((!args.flag(0)?).into())),
    function("true", 0, 0, |_, _| Ok(true.into())),
    function("false", 0, 0, |_, _| Ok(false.into())),
    function("null", 0, 0, |_, _| Ok(Value::Null)),
    function("equals", 2, 2, |_, args| {
        Ok((args.value(0) == args.value(1)).into())
    }),
    function("less", 2, 2, |_, args| Ok(order(args)?.is_lt().into())),
    function("lessOrEquals", 2, 2, |_, args| {
        Ok(order(args)?.is_le().into())
    }),
    function("greater", 2, 2, |_, args| Ok(order(args)?.is_gt().into())),
    function("greaterOrEquals", 2, 2, |_, args| {
        Ok(order(args)?.is_ge().into())
    }),
    function("coalesce", 1, ANY, |_, args| {
        let first = args.values.iter().find(|value| !value.is_null());
        Ok(first.cloned().unwrap_or_default())
    }),
];

fn flags(args: &Args<'_>) -> Result<Vec<bool>, Fault> {
    (0..args.values.len()).map(|at| args.flag(at)).collect()
}

fn order(args: &Args<'_>) -> Result<Ordering, Fault> {
    match (args.value(0), args.value(1)) {
        (Value::Number(_), Value::Number(_)) => Ok(args.integer(0)?.cmp(&args.integer(1)?)),
        (Value::String(first), Value::String(second)) => Ok(first.cmp(second)),
        (Value::Number(_), _) => Err(args.wrong(1, "Integer")),
        (Value::String(_), _) => Err(args.wrong(1, "String")),
        _ => Err(args.wrong(0, "Integer")),
    }
}

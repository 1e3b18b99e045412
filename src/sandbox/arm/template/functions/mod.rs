//! The functions of the template language: one table, one file per group.

mod args;
mod collections;
mod compare;
mod convert;
mod deployment;
mod format;
mod ids;
mod numbers;
mod text;
mod time;

use serde_json::Value;

pub(super) use args::Args;

use super::evaluate::Frame;
use super::fault::{Fault, bad_call, unknown_function};

/// What runs a function.
type Run = fn(&Frame<'_>, &Args<'_>) -> Result<Value, Fault>;

/// A function: its name, how many arguments it takes, what it does.
#[derive(Clone, Copy)]
pub(super) struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    run: Run,
}

/// Any number of arguments.
const ANY: usize = usize::MAX;

/// The longest text that a function makes. The service has such a limit; the reference names none.
const LONGEST: usize = 131_072;

const fn function(name: &'static str, least: usize, most: usize, run: Run) -> Function {
    Function {
        name,
        least,
        most,
        run,
    }
}

const GROUPS: [&[Function]; 9] = [
    collections::FUNCTIONS,
    compare::FUNCTIONS,
    convert::FUNCTIONS,
    deployment::FUNCTIONS,
    format::FUNCTIONS,
    ids::FUNCTIONS,
    numbers::FUNCTIONS,
    text::FUNCTIONS,
    time::FUNCTIONS,
];

/// Finds a function that is called with a number of arguments.
pub(super) fn find(name: &str, count: usize) -> Result<Called, Fault> {
    let mut all = GROUPS.into_iter().flatten().copied();
    let found = all.find(|function| function.name.eq_ignore_ascii_case(name));
    let function = match found {
        Some(function) => function,
        // `listKeys` and its like are the resource types' own.
        None if is_list(name) => deployment::LIST,
        None => return Err(unknown_function(name)),
    };
    if (function.least..=function.most).contains(&count) {
        return Ok(Called {
            function,
            name: name.to_owned(),
        });
    }
    let expected = match (function.least, function.most) {
        (least, most) if least == most => format!("{least}"),
        (least, ANY) => format!("at least {least}"),
        (least, most) => format!("{least} to {most}"),
    };
    let detail = format!("{expected} argument(s) are expected, but {count} are given");
    Err(bad_call(function.name, &detail))
}

fn is_list(name: &str) -> bool {
    let rest = name.get(..4).zip(name.get(4..));
    rest.is_some_and(|(head, rest)| {
        head.eq_ignore_ascii_case("list")
            && rest.starts_with(|next: char| next.is_ascii_uppercase())
    })
}

/// A function under the name by which it is called.
pub(super) struct Called {
    function: Function,
    name: String,
}

impl Called {
    /// Runs the function.
    pub(super) fn run(&self, frame: &Frame<'_>, values: &[Value]) -> Result<Value, Fault> {
        let args = Args {
            name: &self.name,
            values,
        };
        let made = (self.function.run)(frame, &args)?;
        let long = made.as_str().is_some_and(|text| text.len() > LONGEST);
        if long {
            return Err(args.fault(&format!("the text is longer than {LONGEST} bytes")));
        }
        Ok(made)
    }
}

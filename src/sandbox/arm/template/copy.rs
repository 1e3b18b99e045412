//! Loops: `copy` in an object (its properties, the variables), in an output, and on a resource.

use serde_json::{Map, Value};

use super::document::MOST_RESOURCES;
use super::evaluate::Frame;
use super::fault::{Fault, bad_copy, kind};
use super::scope::{Loop, Stage};

/// Returns the loops of an object, if this member of it is its `copy`.
pub(super) fn of_properties<'v>(name: &str, value: &'v Value) -> Option<&'v [Value]> {
    let loops = value.as_array()?;
    let all = loops
        .iter()
        .all(|one| one.get("name").is_some() && one.get("count").is_some());
    (name.eq_ignore_ascii_case("copy") && !loops.is_empty() && all).then_some(loops.as_slice())
}

/// Returns the name of a loop.
pub(super) fn name(one: &Value) -> Result<&str, Fault> {
    one.get("name")
        .and_then(Value::as_str)
        .ok_or_else(|| bad_copy("", "it has no 'name'"))
}

/// Makes the members that the loops of an object stand for.
pub(super) fn properties(
    frame: &Frame<'_>,
    loops: &[Value],
    made: &mut Map<String, Value>,
) -> Result<(), Fault> {
    for one in loops {
        made.insert(name(one)?.to_owned(), array(frame, one)?);
    }
    Ok(())
}

/// Makes the array that a loop with a name stands for.
pub(super) fn array(frame: &Frame<'_>, one: &Value) -> Result<Value, Fault> {
    items(frame, one, name(one)?, false)
}

/// Makes the array of an output's loop, which needs no name.
pub(super) fn output(frame: &Frame<'_>, output: &str, one: &Value) -> Result<Value, Fault> {
    items(frame, one, output, true)
}

fn items(frame: &Frame<'_>, one: &Value, name: &str, unnamed: bool) -> Result<Value, Fault> {
    let count = count(frame, name, one)?;
    let input = one
        .get("input")
        .ok_or_else(|| bad_copy(name, "it has no 'input'"))?;
    let mut loops = frame.loops.to_vec();
    loops.push(Loop {
        name: name.to_owned(),
        index: 0,
        unnamed,
    });
    let mut items = Vec::new();
    for index in 0..count {
        if let Some(innermost) = loops.last_mut() {
            innermost.index = index;
        }
        items.push(frame.within(&loops).value(input)?);
    }
    Ok(Value::Array(items))
}

/// Returns how often a loop runs.
pub(super) fn count(frame: &Frame<'_>, name: &str, one: &Value) -> Result<i64, Fault> {
    let count = one
        .get("count")
        .ok_or_else(|| bad_copy(name, "it has no 'count'"))?;
    // The count must be known beforehand, whenever it is asked for.
    let frame = Frame {
        stage: match frame.stage {
            Stage::Ahead => Stage::Start,
            other => other,
        },
        ..*frame
    };
    let value = frame.value(count)?;
    let Some(count) = value.as_i64() else {
        let detail = format!("the count is of type '{}', not 'Integer'", kind(&value));
        return Err(bad_copy(name, &detail));
    };
    let most = i64::try_from(MOST_RESOURCES).unwrap_or(i64::MAX);
    if (0..=most).contains(&count) {
        return Ok(count);
    }
    let detail = format!("the count '{count}' is not between '0' and '{most}'");
    Err(bad_copy(name, &detail))
}

/// How the copies of a resource are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourceLoop {
    /// Its name.
    pub(super) name: String,
    /// How many.
    pub(super) count: i64,
    /// How many at a time; `None` for all.
    pub(super) batch: Option<usize>,
}

/// Reads the `copy` of a resource.
pub(super) fn of_resource(frame: &Frame<'_>, one: &Value) -> Result<ResourceLoop, Fault> {
    let name = name(one)?;
    let serial = match one.get("mode").and_then(Value::as_str) {
        None => false,
        Some(mode) if mode.eq_ignore_ascii_case("parallel") => false,
        Some(mode) if mode.eq_ignore_ascii_case("serial") => true,
        Some(mode) => {
            let detail = format!("the mode '{mode}' is neither 'Parallel' nor 'Serial'");
            return Err(bad_copy(name, &detail));
        }
    };
    let size = match one
        .get("batchSize")
        .map(|size| frame.value(size))
        .transpose()?
    {
        None => 1,
        Some(size) => match size.as_u64().and_then(|size| usize::try_from(size).ok()) {
            Some(size) if size > 0 => size,
            _ => return Err(bad_copy(name, "the 'batchSize' must be a positive integer")),
        },
    };
    Ok(ResourceLoop {
        name: name.to_owned(),
        count: count(frame, name, one)?,
        batch: serial.then_some(size),
    })
}

//! Variables: evaluated when first asked for. A `copy` among them makes variables that are arrays.

use serde_json::{Map, Value};

use super::copy;
use super::fault::{Fault, unknown_name};
use super::scope::{Scope, Stage, member};

/// Returns the value of one variable.
pub(super) fn value(scope: &Scope<'_>, name: &str) -> Result<Value, Fault> {
    let frame = scope.frame(Stage::Start);
    let declared = &scope.template.variables;
    let found = match member(declared, name) {
        Some((known, value)) if copy::of_properties(known, value).is_none() => frame.value(value),
        _ => match looped(scope, name) {
            Some(one) => copy::array(&frame, one),
            None => return Err(unknown_name("variable", name)),
        },
    };
    found.map_err(|fault| fault.within("variable", name))
}

/// Returns the values of all variables; faults in those that are never asked for are found as well.
pub(super) fn all(scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
    let mut all = Map::new();
    for (name, value) in &scope.template.variables {
        match copy::of_properties(name, value) {
            None => drop(all.insert(name.clone(), scope.variable(name)?)),
            Some(loops) => {
                for one in loops {
                    let name = copy::name(one)?;
                    all.insert(name.to_owned(), scope.variable(name)?);
                }
            }
        }
    }
    Ok(all)
}

fn looped<'s>(scope: &'s Scope<'_>, name: &str) -> Option<&'s Value> {
    let (known, value) = member(&scope.template.variables, "copy")?;
    copy::of_properties(known, value)?
        .iter()
        .find(|one| copy::name(one).is_ok_and(|known| known.eq_ignore_ascii_case(name)))
}

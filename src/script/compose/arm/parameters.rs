//! The parameters of a template in the form that the service wants: values by name, in a frame each.
//! Scripts give plain values, framed ones, or what a parameter file holds. Source: Azure Resource
//! Manager, "Parameters in templates" and "Create parameter file".

use rhai::{Dynamic, Map};

use crate::base::text::did_you_mean;
use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};

/// What frames a value: itself, a secret in a vault, or an expression.
const FRAMES: [&str; 3] = ["value", "reference", "expression"];

/// Returns the values in their frames, checked against what the template declares.
pub(super) fn of(function: &str, template: &Dynamic, given: &Dynamic) -> Result<Map, Error> {
    let values = plain(function, given)?;
    let declared_type = |name: &str| {
        let found = at_path(template, "parameters")?;
        let found = found.as_map_ref().ok()?;
        let mut all = found.iter();
        let (_, declaration) = all.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        at_path(declaration, "type").map(|kind| kind.to_string())
    };
    let framed = values.into_iter().map(|(name, value)| {
        let kind = declared_type(&name).unwrap_or_default();
        (name, frame(value, &kind))
    });
    let framed: Map = framed.collect();
    if let Some(declared) = at_path(template, "parameters") {
        let declared = declared.as_map_ref();
        check(
            function,
            declared.as_deref().unwrap_or(&Map::new()),
            &framed,
        )?;
    } else if let Some(name) = framed.keys().next() {
        let message = format!("{function}: the template has no parameters, and got `{name}`");
        return Err(argument(message));
    }
    Ok(framed)
}

/// Returns the values as they were given; of a parameter file, those in it.
fn plain(function: &str, given: &Dynamic) -> Result<Map, Error> {
    if given.is_unit() {
        return Ok(Map::new());
    }
    let Ok(map) = given.as_map_ref().map(|map| map.clone()) else {
        let what = describe(given);
        return Err(argument(format!(
            "{function}: the parameters are a map or the path of a parameter file, not {what}"
        )));
    };
    let is_file = map.contains_key("$schema") || map.contains_key("contentVersion");
    match map.get("parameters") {
        Some(inner) if is_file => {
            let inner = inner.as_map_ref().map(|inner| inner.clone());
            inner.map_err(|_| {
                argument(format!(
                    "{function}: `parameters` of the parameter file is no object"
                ))
            })
        }
        _ => Ok(map),
    }
}

/// Puts a value into its frame, unless it is in one. An object that is wanted and has a single member
/// `value` is in a frame only if that is an object, too.
fn frame(value: Dynamic, wanted: &str) -> Dynamic {
    let is_object = wanted.to_ascii_lowercase().ends_with("object");
    let framed = value.as_map_ref().is_ok_and(|map| {
        let mut keys = map.keys();
        let inner = map.get("value");
        map.len() == 1
            && keys.all(|key| FRAMES.contains(&key.as_str()))
            && !(is_object && inner.is_some_and(|inner| !inner.is_map()))
    });
    if framed {
        return value;
    }
    super::map([("value", value)]).into()
}

/// Checks that all parameters are declared, and that none is missing.
fn check(function: &str, declared: &Map, given: &Map) -> Result<(), Error> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let mut faults = Vec::new();
    for name in given.keys() {
        if declared.keys().any(|known| same(known, name)) {
            continue;
        }
        let fault = argument(format!(
            "{function}: the template has no parameter `{name}`"
        ));
        let known = declared.keys().map(AsRef::as_ref);
        faults.push(match did_you_mean(name, known) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("nothing was sent"),
        });
    }
    for (name, declaration) in declared {
        let may_be_left_out = declaration.as_map_ref().is_ok_and(|declaration| {
            let nullable = declaration.get("nullable");
            declaration.contains_key("defaultValue")
                || nullable.is_some_and(|nullable| nullable.as_bool() == Ok(true))
        });
        if !may_be_left_out && !given.keys().any(|known| same(known, name)) {
            let kind =
                at_path(declaration, "type").map_or(String::new(), |kind| format!(" ({kind})"));
            let message = format!("{function}: the template's parameter `{name}`{kind} is missing");
            faults.push(argument(message).help("nothing was sent"));
        }
    }
    let mut faults = faults.into_iter();
    match faults.next() {
        None => Ok(()),
        Some(first) => Err(first.related(faults)),
    }
}

//! Outputs: what a deployment tells at its end.

use serde_json::{Map, Value, json};

use super::copy;
use super::expression::is_expression;
use super::fault::{Fault, bad_declaration, wrong_output};
use super::parameters::Type;
use super::scope::{Scope, Stage};

/// Returns the outputs once all resources are there; secure ones without their values.
pub(crate) fn outputs(scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
    let mut told = Map::new();
    for (name, declared) in &scope.template.outputs {
        if let Some((kind, value)) = one(scope, Stage::Run, name, declared)? {
            let entry = if kind.is_secure() {
                json!({ "type": kind.word() })
            } else {
                json!({ "type": kind.word(), "value": value })
            };
            told.insert(name.clone(), entry);
        }
    }
    Ok(told)
}

/// Looks at all outputs beforehand.
pub(super) fn check(scope: &Scope<'_>) -> Result<(), Fault> {
    for (name, declared) in &scope.template.outputs {
        one(scope, Stage::Ahead, name, declared)?;
    }
    Ok(())
}

fn one(
    scope: &Scope<'_>,
    stage: Stage,
    name: &str,
    declared: &Value,
) -> Result<Option<(Type, Value)>, Fault> {
    let kind = Type::of("output", name, declared)?;
    let frame = scope.frame(stage);
    let at = |fault: Fault| fault.within("output", name);
    if let Some(condition) = declared.get("condition") {
        let held = scope.frame(Stage::Start).value(condition).map_err(at)?;
        match held.as_bool() {
            Some(true) => {}
            Some(false) => return Ok(None),
            None => {
                return Err(bad_declaration(
                    "output",
                    name,
                    "the condition is no boolean",
                ));
            }
        }
    }
    let value = match (declared.get("copy"), declared.get("value")) {
        (Some(one), _) => copy::output(&frame, name, one).map_err(at)?,
        (None, Some(value)) => frame.value(value).map_err(at)?,
        (None, None) => return Err(bad_declaration("output", name, "it has no 'value'")),
    };
    let put_off = stage == Stage::Ahead && value.as_str().is_some_and(is_expression);
    if put_off || kind.fits(&value) {
        return Ok(Some((kind, value)));
    }
    Err(wrong_output(name, kind.word(), &value))
}

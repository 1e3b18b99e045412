//! Templates within a template. Unless it asks for a scope of its own, what such a template says is
//! evaluated with the parameters and variables of the template around it.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::parameters;
use super::scope::Scope;
use super::variables;

/// Gives a template within the template the parameters and variables that hold around it, unless it
/// has a scope of its own.
pub(in crate::sandbox::arm) fn adopt(
    scope: &Scope<'_>,
    properties: &mut Map<String, Value>,
) -> Result<(), Fault> {
    let asked = properties.get("expressionEvaluationOptions");
    let asked = asked.and_then(|options| options.get("scope")?.as_str());
    if asked.is_some_and(|asked| asked.eq_ignore_ascii_case("inner")) {
        return Ok(());
    }
    let Some(Value::Object(template)) = properties.get_mut("template") else {
        return Ok(());
    };
    template.insert(
        "parameters".to_owned(),
        scope.template.parameters.clone().into(),
    );
    let around = variables::all(scope)?;
    let around: Map<String, Value> = around
        .into_iter()
        .map(|(name, value)| (name, literal(value)))
        .collect();
    template.insert("variables".to_owned(), around.into());
    let given = parameters::bind(scope)?;
    let given: Map<String, Value> = given
        .into_iter()
        .map(|(name, value)| (name, json!({ "value": value })))
        .collect();
    properties.insert("parameters".to_owned(), given.into());
    Ok(())
}

/// Writes a value so that it is not evaluated once more.
fn literal(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('[') && text.ends_with(']') => {
            Value::from(format!("[{text}"))
        }
        Value::Array(items) => items.into_iter().map(literal).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(
                members
                    .map(|(name, value)| (name, literal(value)))
                    .collect(),
            )
        }
        other => other,
    }
}

//! The runbook's parameters as a script sees them: one read-only map named `params`, visible in
//! functions, closures and imported modules.

use std::sync::{Arc, OnceLock};

use rhai::{Dynamic, Engine, EvalAltResult, Map};

use super::Value;
use super::date::Date;
use super::error::raise;
use super::secret::SecretText;
use crate::error::{Code, Error};

/// Names that are visible everywhere.
pub(super) const PARAMS: &str = "params";
/// The header that a runbook declares; visible in functions too.
pub(super) const RUNBOOK: &str = "RUNBOOK";

/// A runbook's header, once the script has been read.
pub(super) type Header = Arc<OnceLock<Dynamic>>;

/// Returns the parameters as a map.
pub(super) fn map(params: &[(String, Value)]) -> Dynamic {
    let map: Map = params
        .iter()
        .map(|(name, value)| (name.as_str().into(), dynamic(value)))
        .collect();
    map.into()
}

/// Returns a value from outside as a script's value.
fn dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Unit => Dynamic::UNIT,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(whole) => (*whole).into(),
        Value::Decimal(exact) => Dynamic::from_decimal(*exact),
        Value::Text(text) => text.clone().into(),
        Value::Date(at) => Dynamic::from(Date::new(*at)),
        Value::Secret(secret) => Dynamic::from(SecretText::new(secret.clone())),
        Value::List(items) => items.iter().map(dynamic).collect::<rhai::Array>().into(),
    }
}

/// Makes the engine find `params` (and the header, once known) wherever a name stands.
pub(super) fn resolve(engine: &mut Engine, params: Dynamic, header: Header) {
    let nothing = params.as_map_ref().is_ok_and(|map| map.is_empty());
    #[expect(
        deprecated,
        reason = "the resolver is volatile, not deprecated; rhai is pinned"
    )]
    engine.on_var(move |name, _, _| {
        Ok(match name {
            PARAMS if nothing && header.get().is_none() => return Err(raise(without())),
            PARAMS => Some(params.clone()),
            RUNBOOK => header.get().cloned(),
            _ => None,
        })
    });
    #[expect(
        deprecated,
        reason = "the hook is volatile, not deprecated; rhai is pinned"
    )]
    engine.on_def_var(|_, info, _| {
        if info.name() == PARAMS {
            let message = "`params` is the runbook's parameters; choose another name";
            return Err(Box::new(EvalAltResult::ErrorRuntime(
                message.into(),
                rhai::Position::NONE,
            )));
        }
        Ok(true)
    });
}

/// Returns the error for `params` where no header declares any: on the command line, in the REPL.
fn without() -> Error {
    let message = "there are no parameters here: only a runbook's header declares them";
    Error::new(Code::ScriptRuntime, message).help(
        "write the value itself, or declare it in a file, `const RUNBOOK = #{ params: … };`, and `tenantry run` that",
    )
}

/// Returns a scope that makes a strict compilation accept the names that are visible everywhere.
pub(super) fn scope() -> rhai::Scope<'static> {
    let mut scope = rhai::Scope::new();
    scope.push(PARAMS, ());
    scope.push(RUNBOOK, ());
    scope
}

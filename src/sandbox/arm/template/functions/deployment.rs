//! What a template asks of its deployment: parameters, variables, its place, and the resources that
//! exist by then (`reference`, `listKeys`).

use serde_json::Value;

use super::{Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::{Fault, misplaced_function};
use crate::sandbox::arm::template::scope::Stage;

pub(super) const FUNCTIONS: &[Function] = &[
    function("parameters", 1, 1, |frame, args| {
        frame.scope.parameter(args.text(0)?)
    }),
    function("variables", 1, 1, |frame, args| {
        if frame.stage == Stage::Default {
            return Err(misplaced_function(args.name));
        }
        frame.scope.variable(args.text(0)?)
    }),
    function("reference", 1, 3, reference),
    function("resourceGroup", 0, 0, |frame, args| {
        let group = frame.scope.place.group.clone();
        group.ok_or_else(|| misplaced_function(args.name))
    }),
    function("subscription", 0, 0, |frame, _| {
        Ok(frame.scope.place.subscription.clone())
    }),
    function("tenant", 0, 0, |frame, _| {
        Ok(frame.scope.place.tenant.clone())
    }),
    function("deployment", 0, 0, |frame, _| {
        Ok(frame.scope.place.deployment.clone())
    }),
    function("environment", 0, 0, |frame, _| {
        Ok(frame.scope.place.environment.clone())
    }),
];

/// `listKeys(resource, api-version, [values])` and its like.
pub(super) const LIST: Function = function("list*", 2, 3, |frame, args| {
    let target = args.text(0)?;
    let version = args.text(1)?;
    ask(frame, args, target, true)?;
    frame.scope.world.list(args.name, target, version)
});

/// `reference(resource, [api-version], ['Full'])`: the properties, or all of the resource.
fn reference(frame: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let target = args.text(0)?;
    let version = args.text_or(1, "")?;
    let full = match args.text_or(2, "")? {
        "" => false,
        word if word.eq_ignore_ascii_case("Full") => true,
        other => {
            return Err(args.fault(&format!("argument 3 may be 'Full', but is '{other}'")));
        }
    };
    ask(frame, args, target, !version.is_empty())?;
    let whole = frame.scope.world.reference(target, version)?;
    Ok(if full {
        whole
    } else {
        whole.get("properties").cloned().unwrap_or_default()
    })
}

/// Lets a question to the world pass while the deployment runs only.
fn ask(frame: &Frame<'_>, args: &Args<'_>, target: &str, versioned: bool) -> Result<(), Fault> {
    match frame.stage {
        Stage::Run => Ok(()),
        Stage::Ahead => {
            frame.scope.meet(target, versioned);
            Err(Fault::Deferred)
        }
        Stage::Default | Stage::Start => Err(misplaced_function(args.name)),
    }
}

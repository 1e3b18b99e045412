//! Whether a machine runs, and the actions that change it as the clock moves. Source: arm reference
//! §10.8 (states of the instance view).

use serde_json::Value;

use super::super::refusal::{action_not_allowed, not_allowed};
use super::{at_rest, links, long};
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::kind::Links;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{OperationResult, Resource, Tx};

/// An action: what the machine is while it goes on and after it, and how long it takes. The
/// reference names no times.
struct Action {
    name: &'static str,
    during: &'static str,
    after: &'static str,
    seconds: u64,
}

const fn action(
    name: &'static str,
    during: &'static str,
    after: &'static str,
    seconds: u64,
) -> Action {
    Action {
        name,
        during,
        after,
        seconds,
    }
}

const START: Action = action("start", "starting", "running", 30);
const POWER_OFF: Action = action("powerOff", "stopping", "stopped", 25);
const DEALLOCATE: Action = action("deallocate", "deallocating", "deallocated", 40);
const RESTART: Action = action("restart", "starting", "running", 30);
const REDEPLOY: Action = action("redeploy", "starting", "running", 60);

/// Returns how a machine is: `running` and the like.
pub(super) fn of(machine: &Resource) -> &str {
    let power = machine.hidden.get("power").and_then(Value::as_str);
    power.unwrap_or("unknown")
}

/// Tells whether a machine runs.
pub(in crate::sandbox::arm) fn is_running(machine: &Resource) -> bool {
    of(machine) == "running"
}

/// Starts a machine for another provider, whose own work has taken the time.
pub(in crate::sandbox::arm) fn put_into_service(tx: &mut Tx<'_>, key: &str) {
    begin(tx, key, START.during, START.after);
    ended(tx, key, true);
}

/// Deallocates a machine for another provider, whose own work has taken the time.
pub(in crate::sandbox::arm) fn take_out_of_service(tx: &mut Tx<'_>, key: &str) {
    begin(tx, key, DEALLOCATE.during, DEALLOCATE.after);
    ended(tx, key, true);
}

/// Tells whether a machine was made an image of.
pub(super) fn is_generalized(machine: &Resource) -> bool {
    machine.hidden.contains_key("generalized")
}

pub(super) fn start(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    run(request, tx, &START)
}

pub(super) fn power_off(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    flag(request, "skipShutdown")?;
    run(request, tx, &POWER_OFF)
}

pub(super) fn deallocate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    run(request, tx, &DEALLOCATE)
}

pub(super) fn restart(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    run(request, tx, &RESTART)
}

pub(super) fn redeploy(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    run(request, tx, &REDEPLOY)
}

/// Writes the present state again: nothing changes.
pub(super) fn reapply(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = calls::asked(request, tx, "reapply")?;
    at_rest(&asked.resource)?;
    let power = of(&asked.resource).to_owned();
    begin(tx, &asked.id.key(), &power, &power);
    let result = OperationResult::Empty(200);
    Ok(asked.begin(request, tx, long(Links::Both, 20), result))
}

fn run(request: &Request, tx: &mut Tx<'_>, action: &Action) -> Outcome {
    let asked = calls::asked(request, tx, action.name)?;
    let machine = &asked.resource;
    at_rest(machine)?;
    allowed(request, machine, action)?;
    let is_off = of(machine) == "deallocated";
    if is_off && action.name == POWER_OFF.name {
        // It is off already, and stays without cores.
        begin(tx, &asked.id.key(), "deallocated", "deallocated");
    } else {
        begin(tx, &asked.id.key(), action.during, action.after);
    }
    let quick = flag(request, "skipShutdown")? && action.name == POWER_OFF.name;
    let seconds = if quick { 10 } else { action.seconds };
    let result = OperationResult::Empty(200);
    Ok(asked.begin(request, tx, long(Links::Both, seconds), result))
}

/// Refuses an action that does not fit how the machine is.
fn allowed(request: &Request, machine: &Resource, action: &Action) -> Result<(), Refusal> {
    let refused = |why: &str| Err(action_not_allowed(action.name, &machine.name, why));
    let runs = of(machine) == "running";
    match action.name {
        "start" | "restart" | "redeploy" if is_generalized(machine) => refused("generalized"),
        "restart" if !runs => refused("not running"),
        "deallocate" if flag(request, "hibernate")? => {
            let able = body::at(
                &machine.properties,
                "additionalCapabilities.hibernationEnabled",
            );
            if able != Some(&Value::Bool(true)) {
                let text = "The Hibernate-Deallocate Operation cannot be performed on a VM that does not have hibernation capability enabled.";
                return Err(not_allowed(text));
            }
            if runs { Ok(()) } else { refused("not running") }
        }
        _ => Ok(()),
    }
}

/// Reads a switch of the query.
pub(super) fn flag(request: &Request, name: &str) -> Result<bool, Refusal> {
    match request.query(name) {
        None => Ok(false),
        Some(word) if word.eq_ignore_ascii_case("true") => Ok(true),
        Some(word) if word.eq_ignore_ascii_case("false") => Ok(false),
        Some(word) => {
            let text = format!("The value '{word}' of parameter '{name}' is not a boolean.");
            Err(body::parameter(name, text))
        }
    }
}

/// Notes that an action goes on.
pub(super) fn begin(tx: &mut Tx<'_>, key: &str, during: &str, after: &str) {
    if let Some(machine) = tx.arm.resources.edit(key) {
        let was = of(machine).to_owned();
        for (name, value) in [("was", was.as_str()), ("doing", after), ("power", during)] {
            machine.hidden.insert(name.to_owned(), value.into());
        }
    }
}

/// Notes that it has ended, well or badly.
pub(super) fn ended(tx: &mut Tx<'_>, key: &str, well: bool) {
    let Some(machine) = tx.arm.resources.edit(key) else {
        return;
    };
    let after = machine.hidden.remove("doing");
    let was = machine.hidden.remove("was");
    if let Some(power) = if well { after } else { was } {
        machine.hidden.insert("power".to_owned(), power);
    }
    let runs = of(machine) != "deallocated";
    links::power(tx, key, runs);
}

/// A machine that is ready runs.
pub(super) fn settled(tx: &mut Tx<'_>, key: &str) {
    if let Some(machine) = tx.arm.resources.edit(key)
        && of(machine) == "starting"
    {
        let power = Value::from("running");
        machine.hidden.insert("power".to_owned(), power);
    }
}

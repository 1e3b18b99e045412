//! What a deployment would change, without changing it. The deployment is run in a world that is
//! thrown away, so the answer is what would really be. Source: arm reference §10.5.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::draft::{self, Asker};
use super::inside::{self, Call};
use super::simulate::{simulate, steps};
use super::{asked, begin, clear, delta, shown, validate};
use crate::sandbox::arm::{body, group, kind};
use crate::sandbox::reply::{Content, Refusal};
use crate::sandbox::route::{Caller, Outcome, Request};
use crate::sandbox::store::{DeploymentStep, StepState, Tx};

/// How long it takes; the reference names no time.
const TIME: Duration = Duration::from_secs(5);

/// How much is told of each resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Full,
    Ids,
}

/// A resource that the template has: what it would be afterwards.
struct Planned {
    step: DeploymentStep,
    after: Option<Value>,
}

/// Answers 202, and what would change at its `Location`.
pub(super) fn what_if(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = asked(request, tx, "whatIf/action")?;
    let body = body::object(request)?;
    group::open(tx, &asked.id)?;
    let format = format(&body)?;
    let caller = request.caller()?;
    let asker = Asker {
        id: &asked.id,
        azure: &asked.azure,
        caller,
        parent: None,
    };
    let row = draft::read(tx, &asker, &body)?;
    validate::preflight(tx, &asked.azure, &row)?;
    let planned = simulate(tx, &asked.azure, row.clone(), |tx, ended| {
        let wanted = steps(tx, ended).into_iter().filter(shown::is_wanted);
        let wanted: Vec<DeploymentStep> = wanted.collect();
        let seen = wanted.into_iter().map(|step| {
            let made = step.state == StepState::Succeeded;
            let about = (
                step.target.as_str(),
                step.kind.as_str(),
                step.version.as_str(),
            );
            let after = made.then(|| state(tx, caller, about)).flatten();
            Planned { step, after }
        });
        seen.collect::<Vec<_>>()
    });
    let mut changes: Vec<Value> = planned
        .iter()
        .map(|planned| change(tx, caller, planned, format))
        .collect();
    let others: Vec<(String, String)> = clear::left_over(tx, &row)
        .into_iter()
        .filter(|one| {
            let same = |planned: &Planned| planned.step.target.eq_ignore_ascii_case(&one.id);
            !planned.iter().any(same)
        })
        .map(|one| (one.id.clone(), one.kind.clone()))
        .collect();
    let deleted = row.mode == "Complete";
    changes.extend(
        others
            .iter()
            .map(|(id, kind)| other(tx, caller, (id, kind), deleted, format)),
    );
    let result = json!({
        "status": "Succeeded",
        "properties": {
            "changes": changes,
            "potentialChanges": [],
            "diagnostics": planned.iter().filter_map(diagnostic).collect::<Vec<_>>(),
        },
    });
    let about = (&asked.azure, &asked.id);
    Ok(begin::answer_later(request, tx, about, (TIME, result)))
}

fn format(body: &serde_json::Map<String, Value>) -> Result<Format, Refusal> {
    let given = body::at(body, "properties.whatIfSettings.resultFormat");
    let Some(given) = given.filter(|given| !given.is_null()) else {
        return Ok(Format::Full);
    };
    let known = ["FullResourcePayloads", "ResourceIdOnly"];
    let given = given.as_str().unwrap_or_default();
    match body::one_of("resultFormat", given, &known)? {
        "ResourceIdOnly" => Ok(Format::Ids),
        _ => Ok(Format::Full),
    }
}

/// Returns a resource as it is, for comparison.
fn state(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (target, kind, version): (&str, &str, &str),
) -> Option<Value> {
    let call = Call {
        verb: Method::GET,
        path: target,
        kind,
        version,
        body: None,
    };
    let Content::Json(mut shown) = inside::call(tx, caller, &call).ok()?.content else {
        return None;
    };
    shown = delta::without_own(shown);
    shown["apiVersion"] = version.into();
    Some(shown)
}

fn change(tx: &mut Tx<'_>, caller: &Caller, planned: &Planned, format: Format) -> Value {
    let step = &planned.step;
    let before = state(tx, caller, (&step.target, &step.kind, &step.version));
    if format == Format::Ids {
        let kind = if before.is_some() { "Deploy" } else { "Create" };
        return json!({ "resourceId": step.target, "changeType": kind });
    }
    let Some(after) = &planned.after else {
        return unsupported(step, before);
    };
    let Some(before) = before else {
        return json!({ "resourceId": step.target, "changeType": "Create", "after": after });
    };
    let changes = delta::delta(&before, after);
    let kind = if changes.is_empty() {
        "NoChange"
    } else {
        "Modify"
    };
    json!({
        "resourceId": step.target,
        "changeType": kind,
        "before": before,
        "after": after,
        "delta": changes,
    })
}

/// A resource of which nothing can be said, because it or what it depends on would be refused.
fn unsupported(step: &DeploymentStep, before: Option<Value>) -> Value {
    let reason = step
        .error
        .as_ref()
        .and_then(|error| error["message"].as_str());
    let reason = reason.unwrap_or("It depends on a resource that cannot be made.");
    let mut change = json!({
        "resourceId": step.target,
        "changeType": "Unsupported",
        "unsupportedReason": reason,
    });
    if let Some(before) = before {
        change["before"] = before;
    }
    change
}

/// A resource that the template does not have.
fn other(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (id, kind_name): (&str, &str),
    deleted: bool,
    format: Format,
) -> Value {
    let word = if deleted { "Delete" } else { "Ignore" };
    let mut change = json!({ "resourceId": id, "changeType": word });
    if format == Format::Ids {
        return change;
    }
    let versions = kind::find(kind_name).and_then(|kind| kind.versions().last());
    let version = versions.copied().unwrap_or_default();
    if let Some(before) = state(tx, caller, (id, kind_name, version)) {
        if !deleted {
            change["after"] = before.clone();
        }
        change["before"] = before;
    }
    change
}

/// Says what a provider would refuse.
fn diagnostic(planned: &Planned) -> Option<Value> {
    let error = planned.step.error.as_ref()?;
    Some(json!({
        "level": "Warning",
        "code": error["code"],
        "message": error["message"],
        "target": planned.step.target,
    }))
}

//! Operations that take their time: begun by a write, looked at by their status document and their
//! `Location`, ended when the clock has come there. Source: arm reference §7, §12.6, §12.7.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::access::{self, Azure};
use super::id::Id;
use super::kind::{self, Kind, Links, Long};
use super::{deployments, group, moving, resource};
use crate::base::clock::later;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{
    ArmDue, Due, Ending, LongOperation, OperationResult, OperationState, Tx, Work,
};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/providers/{namespace}/locations/{location}/{what}/{operation}",
        look,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}/locations/{location}/{what}/{operation}",
        look,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/operationresults/{operation}",
        look,
    ),
];

/// How long an operation can be looked at after its end; the reference names no time.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long an operation goes on that never ends: ten years.
pub(super) const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// What is begun.
pub(super) struct Begin<'a> {
    pub(super) azure: &'a Azure,
    /// What it is about: a resource or a group.
    pub(super) about: &'a Id,
    /// The region of its addresses; that of the group without it.
    pub(super) location: Option<String>,
    pub(super) long: Long,
    /// The type of the resource; `None` for what Azure Resource Manager does itself, whose address
    /// is `operationresults`.
    pub(super) kind: Option<&'a dyn Kind>,
    pub(super) result: OperationResult,
    pub(super) work: Work,
}

/// Begins an operation and returns its id.
pub(super) fn begin(tx: &mut Tx<'_>, begin: Begin<'_>) -> String {
    let id = match begin.kind {
        Some(kind) => kind.operation_id(tx),
        None => tx.guid(),
    };
    let (status_path, result_path) = paths(tx, &begin, &id);
    let ending = ending(tx, &begin.about.key());
    let time = match &ending {
        Some(ending) if ending.end == "never" => NEVER,
        Some(ending) => ending.after.map_or(begin.long.time, Duration::from_secs),
        None => begin.long.time,
    };
    let now = tx.now();
    let ends = if time == NEVER {
        later(now, NEVER)
    } else {
        later(now, tx.scaled(time))
    };
    let told = ending.filter(|ending| ending.end != "never");
    let operation = LongOperation {
        id: id.clone(),
        subscription: begin.azure.id.clone(),
        about: begin.about.key(),
        status_path,
        result_path,
        started: now,
        ends,
        state: OperationState::InProgress,
        ends_as: match &told {
            Some(told) if told.end == "Canceled" => OperationState::Canceled,
            Some(_) => OperationState::Failed,
            None => OperationState::Succeeded,
        },
        error: told.as_ref().map(access::told_error),
        result: begin.result,
        work: begin.work,
        retry_after: begin.long.retry_after,
        look_after: later(now, tx.scaled(Duration::from_secs(begin.long.retry_after))),
    };
    tx.arm.operations.put(&id, operation);
    tx.at(ends, Due::Arm(ArmDue::Finish(id.clone())));
    id
}

/// Tells whether a control lets an operation never end.
pub(super) fn is_endless(operation: &LongOperation) -> bool {
    operation.ends >= later(operation.started, NEVER)
}

/// Returns the paths of the status document and of the result.
fn paths(tx: &Tx<'_>, begin: &Begin<'_>, id: &str) -> (Option<String>, Option<String>) {
    let root = begin.azure.path();
    let Some(kind) = begin.kind else {
        return (None, Some(format!("{root}/operationresults/{id}")));
    };
    let root = match &begin.about.group {
        Some(group) if kind.operations_in_group() => format!("{root}/resourceGroups/{group}"),
        _ => root,
    };
    let namespace = kind.name().split('/').next().unwrap_or_default();
    let location = begin.location.clone();
    let location = location
        .or_else(|| group::location(tx, begin.about))
        .unwrap_or_else(|| "westeurope".to_owned());
    let (status, result) = kind.operation_segments();
    let place = if kind.operations_below() {
        begin.about.text()
    } else {
        format!("{root}/providers/{namespace}/locations/{location}")
    };
    let path = |what: &str| Some(format!("{place}/{what}/{id}"));
    match begin.long.links {
        Links::Location => (None, path(result)),
        Links::Status => (path(status), None),
        Links::Both => (path(status), path(result)),
    }
}

/// Returns how a control wants the operation to end, and counts it.
pub(super) fn ending(tx: &mut Tx<'_>, about: &str) -> Option<Ending> {
    let fits = |part: &str| about.contains(&part.to_lowercase());
    let (key, ending) = tx
        .arm
        .endings
        .iter()
        .find(|(_, ending)| fits(&ending.part))
        .map(|(key, ending)| (key.to_owned(), ending.clone()))?;
    match ending.times {
        Some(times) if times > 1 => {
            if let Some(row) = tx.arm.endings.edit(&key) {
                row.times = Some(times - 1);
            }
        }
        Some(_) => drop(tx.arm.endings.remove(&key)),
        None => {}
    }
    Some(ending)
}

/// Adds the headers that lead to an operation.
pub(super) fn lead(tx: &Tx<'_>, request: &Request, id: &str, mut reply: Reply) -> Reply {
    let Some(operation) = tx.arm.operations.get(id) else {
        return reply;
    };
    let version = request.query("api-version").unwrap_or_default();
    let url = |path: &str| format!("{}/arm{path}?api-version={version}", request.origin);
    if let Some(path) = &operation.status_path {
        reply = reply.header("azure-asyncoperation", &url(path));
        if path.contains("/providers/Microsoft.Network/") {
            // This provider names the request after the operation.
            reply = reply.header("x-ms-request-id", id);
        }
    }
    if let Some(path) = &operation.result_path {
        reply = reply.header("location", &url(path));
    }
    reply.header("retry-after", &retry_after(tx, operation).to_string())
}

/// Returns whole seconds, at least one, at the sandbox's pace.
fn retry_after(tx: &Tx<'_>, operation: &LongOperation) -> u64 {
    let scaled = tx.scaled(Duration::from_secs(operation.retry_after));
    scaled.as_secs().max(1) + u64::from(scaled.as_secs() > 0 && scaled.subsec_nanos() > 0)
}

/// Answers a look at an operation.
pub(super) fn look(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let about = Id::of_subscription(request.param("subscription"));
    let found = tx.arm.operations.get(request.param("operation")).cloned();
    let path = percent_decode_str(request.path.trim_end_matches('/')).decode_utf8_lossy();
    let is = |known: &Option<String>| {
        known
            .as_deref()
            .is_some_and(|known| known.eq_ignore_ascii_case(&path))
    };
    let found = found.filter(|operation| is(&operation.status_path) || is(&operation.result_path));
    let Some(operation) = found else {
        access::pass(
            request,
            tx,
            &about,
            "Microsoft.Resources/subscriptions/operationresults/read",
        )?;
        let text = format!(
            "The operation '{}' was not found.",
            request.param("operation")
        );
        return Err(Refusal::new(404, "NotFound", text));
    };
    // Reading needs rights on the group or above: the addresses do not lie under the resource.
    let scope = Id::parse(&operation.about).map_or(about, |about| {
        match (&about.subscription, &about.group) {
            (Some(subscription), Some(group)) => Id::of_group(subscription, group),
            _ => Id::of_subscription(&operation.subscription),
        }
    });
    access::pass(
        request,
        tx,
        &scope,
        "Microsoft.Resources/subscriptions/operationresults/read",
    )?;
    if operation.state == OperationState::InProgress {
        early(tx, &operation)?;
    }
    if is(&operation.status_path) {
        return Ok(status(tx, &operation));
    }
    match operation.state {
        OperationState::InProgress => Ok(lead(tx, request, &operation.id, Reply::empty(202))),
        OperationState::Succeeded => Ok(result(tx, &operation)),
        OperationState::Failed | OperationState::Canceled => Err(ended_badly(&operation)),
    }
}

/// Refuses a look that comes before `Retry-After` is over. One second is given for clocks that
/// round.
fn early(tx: &mut Tx<'_>, operation: &LongOperation) -> Result<(), Refusal> {
    let now = tx.now();
    let allowed = later(now, Duration::from_secs(1)) >= operation.look_after;
    let next = later(now, tx.scaled(Duration::from_secs(operation.retry_after)));
    if allowed {
        if let Some(row) = tx.arm.operations.edit(&operation.id) {
            row.look_after = next;
        }
        return Ok(());
    }
    let text = "The request is being throttled as the limit has been reached for operation 'GetOperation': it was looked at before Retry-After was over.";
    let wait = retry_after(tx, operation).to_string();
    Err(Refusal::new(429, "TooManyRequests", text).header("retry-after", &wait))
}

/// The status document, which is 200 for failures, too.
fn status(tx: &Tx<'_>, operation: &LongOperation) -> Reply {
    let mut document = json!({
        "id": operation.status_path,
        "name": operation.id,
        "status": format!("{:?}", operation.state),
        "startTime": write(operation.started),
    });
    match operation.state {
        OperationState::InProgress => {
            document["percentComplete"] = done(tx, operation).into();
            return lead_status(tx, operation, Reply::ok(document));
        }
        OperationState::Succeeded => {
            document["endTime"] = write(operation.ends).into();
            document["percentComplete"] = 100.0.into();
            if let OperationResult::Body(body) = &operation.result {
                document["properties"] = body.clone();
            }
        }
        OperationState::Failed | OperationState::Canceled => {
            document["endTime"] = write(operation.ends).into();
            document["error"] = operation
                .error
                .clone()
                .unwrap_or_else(|| canceled(operation));
        }
    }
    Reply::ok(document)
}

fn lead_status(tx: &Tx<'_>, operation: &LongOperation, reply: Reply) -> Reply {
    reply.header("retry-after", &retry_after(tx, operation).to_string())
}

/// Returns the share that is done, in percent, by the time that has passed.
fn done(tx: &Tx<'_>, operation: &LongOperation) -> f64 {
    let passed = tx.now().duration_since(operation.started).as_secs_f64();
    let all = operation
        .ends
        .duration_since(operation.started)
        .as_secs_f64();
    (passed / all.max(1.0) * 100.0).clamp(0.0, 99.0).floor()
}

/// The answer that the call would have had at once.
fn result(tx: &Tx<'_>, operation: &LongOperation) -> Reply {
    match &operation.result {
        OperationResult::Empty(status) => Reply::empty(*status),
        OperationResult::Body(body) => Reply::ok(body.clone()),
        OperationResult::Resource(key) => match tx.arm.resources.get(key) {
            Some(found) => Reply::ok(resource::shown(tx, found, None)),
            None => Reply::empty(204),
        },
    }
}

fn ended_badly(operation: &LongOperation) -> Refusal {
    let error = operation
        .error
        .clone()
        .unwrap_or_else(|| canceled(operation));
    let text = error["message"].as_str().unwrap_or_default().to_owned();
    let details = error["details"].as_array().cloned().unwrap_or_default();
    // The reference names no status for this answer.
    let refusal = Refusal::new(409, error["code"].clone(), text).keeping_changes();
    details.into_iter().fold(refusal, Refusal::data)
}

fn canceled(operation: &LongOperation) -> Value {
    json!({ "code": "OperationCanceled", "message": format!("The operation '{}' was canceled.", operation.id) })
}

/// Ends an operation, or fails it as it was told; it can be looked at for a while.
pub(super) fn finish(tx: &mut Tx<'_>, id: &str) {
    let Some(operation) = tx.arm.operations.get(id).cloned() else {
        return;
    };
    let is_own = matches!(operation.work, Work::Deployment) && operation.error.is_none();
    if operation.state != OperationState::InProgress || is_own {
        return;
    }
    let error = match &operation.error {
        Some(error) => Some(error.clone()),
        None => work(tx, &operation.work)
            .err()
            .map(|refusal| refusal.error()),
    };
    if error.is_some() {
        undo(tx, &operation.work);
    }
    let state = match &error {
        None => OperationState::Succeeded,
        Some(_) if operation.ends_as == OperationState::Canceled => OperationState::Canceled,
        Some(_) => OperationState::Failed,
    };
    end(tx, id, state, error);
}

/// Notes the end of an operation.
pub(super) fn end(tx: &mut Tx<'_>, id: &str, state: OperationState, error: Option<Value>) {
    let now = tx.now();
    if let Some(row) = tx.arm.operations.edit(id) {
        (row.state, row.error, row.ends) = (state, error, now);
    }
    tx.at(later(now, KEPT), Due::Arm(ArmDue::Forget(id.to_owned())));
}

fn work(tx: &mut Tx<'_>, work: &Work) -> Result<(), Refusal> {
    match work {
        Work::None | Work::Deployment => {}
        Work::Settle(key) => resource::settle(tx, key, "Succeeded"),
        Work::Remove(key) => resource::remove(tx, key),
        Work::RemoveGroup(key) => return group::remove(tx, key),
        Work::Move(source, target, keys) => moving::finish(tx, source, target, keys),
        Work::RemoveDeployment(key) => deployments::remove(tx, key),
        Work::Act(key, action, asked) => {
            if let Some(kind) = kind_of(tx, key) {
                kind.acted(tx, key, action, asked);
            }
        }
    }
    Ok(())
}

/// Leaves things as they are after work that failed.
fn undo(tx: &mut Tx<'_>, work: &Work) {
    match work {
        Work::Settle(key) | Work::Remove(key) => resource::settle(tx, key, "Failed"),
        Work::RemoveGroup(key) => group::stay(tx, key),
        Work::Act(key, action, _) => {
            if let Some(kind) = kind_of(tx, key) {
                kind.undone(tx, key, action);
            }
        }
        Work::Move(source, target, _) => moving::unlock(tx, source, target),
        Work::None | Work::Deployment | Work::RemoveDeployment(_) => {}
    }
}

/// Returns the type of a resource that is there.
fn kind_of(tx: &Tx<'_>, key: &str) -> Option<&'static dyn Kind> {
    kind::find(&tx.arm.resources.get(key)?.kind)
}

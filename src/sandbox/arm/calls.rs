//! What callers ask of resources, whatever their type: read, list, write, change, delete. Source:
//! arm reference §3, §8, §12.5.

use serde_json::{Map, Value};

use super::id::{Collection, Id, Place};
use super::kind::{self, Kind};
use super::operation::{self, Begin};
use super::resource::{self, Wish, hand, missing, shown, write_one};
use super::{access, body, group, page};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{OperationResult, Resource, Tx, Work};

/// The routes of a type: `routes!("Microsoft.Compute/availabilitySets", "name")` for those with a list
/// in the subscription and in the group.
macro_rules! routes {
    ($type:literal, $name:literal) => {
        &[
            crate::sandbox::route::Route::arm(
                "GET",
                concat!("/subscriptions/{subscription}/providers/", $type),
                crate::sandbox::arm::calls::list,
            ),
            crate::sandbox::route::Route::arm(
                "GET",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $type
                ),
                crate::sandbox::arm::calls::list,
            ),
            crate::sandbox::route::Route::arm(
                "GET",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $type,
                    "/{",
                    $name,
                    "}"
                ),
                crate::sandbox::arm::calls::get,
            ),
            crate::sandbox::route::Route::arm(
                "PUT",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $type,
                    "/{",
                    $name,
                    "}"
                ),
                crate::sandbox::arm::calls::put,
            ),
            crate::sandbox::route::Route::arm(
                "PATCH",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $type,
                    "/{",
                    $name,
                    "}"
                ),
                crate::sandbox::arm::calls::patch,
            ),
            crate::sandbox::route::Route::arm(
                "DELETE",
                concat!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/providers/",
                    $type,
                    "/{",
                    $name,
                    "}"
                ),
                crate::sandbox::arm::calls::delete,
            ),
        ]
    };
}
pub(super) use routes;

/// Returns what the path names, with its type; a path that is none was routed to Azure Resource
/// Manager itself, which knows no such version.
pub(super) fn target(request: &Request) -> Result<(Id, &'static dyn Kind), Refusal> {
    let id = Id::parse(&request.path).filter(|id| id.kind().is_some());
    let id = id.ok_or_else(|| access::misrouted(request))?;
    let kind = kind::of(&id.kind().unwrap_or_default())?;
    kind::version(request, kind)?;
    Ok((id, kind))
}

/// Reads a resource.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, kind) = target(request)?;
    access::pass(request, tx, &id, &format!("{}/read", kind.name()))?;
    let resource = found(tx, &id)?;
    let reply = Reply::ok(shown(tx, &resource, Some(request)));
    Ok(tagged(kind, &resource, reply))
}

/// Lists the resources of a type in a subscription, a group or another resource.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let Some(Place::Many(Collection { scope, kind })) = Place::parse(&request.path) else {
        return Err(access::misrouted(request));
    };
    let kind = kind::of(&kind)?;
    kind::version(request, kind)?;
    let view = access::View::of(request, tx, &scope, &format!("{}/read", kind.name()))?;
    if scope.group.is_some() && !tx.arm.groups.has(&scope.group_key().unwrap_or_default()) {
        return Err(group::missing(&scope));
    }
    if !scope.sections.is_empty() && !tx.arm.resources.has(&scope.key()) {
        return Err(missing(&scope));
    }
    let rows = of_kind(tx, &scope, kind);
    let rows = rows.filter(|one| view.shows(&one.id)).collect();
    page::of(request, rows, |one| shown(tx, one, Some(request)))
}

/// Returns the resources of a type below a scope, in the order of their ids.
pub(super) fn of_kind<'a>(
    tx: &'a Tx<'_>,
    scope: &Id,
    kind: &'static dyn Kind,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let below = tx.arm.resources.under(&scope.key());
    below
        .map(|(_, one)| one)
        .filter(move |one| one.kind == kind.name())
}

/// Makes or replaces a resource.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(request, tx, false)
}

/// Changes a resource.
pub(super) fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    write(request, tx, true)
}

fn write(request: &Request, tx: &mut Tx<'_>, patch: bool) -> Outcome {
    let (id, kind) = target(request)?;
    let azure = access::pass(request, tx, &id, &format!("{}/write", kind.name()))?;
    let mut body = body::object(request)?;
    kind.modern(request.query("api-version").unwrap_or_default(), &mut body);
    access::linked(request.caller()?, tx, &id, &body)?;
    if let Some(refusal) = kind.busy(tx, &id) {
        return Err(refusal);
    }
    fits(request, tx.arm.resources.get(&id.key()))?;
    let by = hand(request.caller()?, tx);
    let wish = Wish {
        azure: &azure,
        id: &id,
        body: &body,
        patch,
        by: &by,
    };
    let written = write_one(tx, &wish)?;
    let resource = found(tx, &id)?;
    let Some((long, operation)) = written.work else {
        let status = if written.created { kind.made() } else { 200 };
        let reply = Reply::json(status, shown(tx, &resource, Some(request)));
        return Ok(tagged(kind, &resource, reply));
    };
    let reply = if long.accepted {
        Reply::empty(202)
    } else {
        let status = if written.created { 201 } else { 200 };
        let reply = Reply::json(status, shown(tx, &resource, Some(request)));
        tagged(kind, &resource, reply)
    };
    Ok(operation::lead(tx, request, &operation, reply))
}

/// Deletes a resource: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, kind) = target(request)?;
    let azure = access::pass(request, tx, &id, &format!("{}/delete", kind.name()))?;
    group::open(tx, &id)?;
    let Some(resource) = tx.arm.resources.get(&id.key()).cloned() else {
        return Ok(Reply::empty(204));
    };
    if let Some(refusal) = kind.busy(tx, &id) {
        return Err(refusal);
    }
    fits(request, Some(&resource))?;
    if let Some(refusal) = resource::held(tx, &resource) {
        return Err(refusal);
    }
    let Some(long) = kind.delete(&resource) else {
        resource::remove(tx, &id.key());
        return Ok(Reply::empty(200));
    };
    if let Some(row) = tx.arm.resources.edit(&id.key()) {
        "Deleting".clone_into(&mut row.state);
    }
    let begin = Begin {
        azure: &azure,
        about: &id,
        location: resource.location.clone(),
        long,
        kind: Some(kind),
        result: OperationResult::Empty(kind.gone()),
        work: Work::Remove(id.key()),
    };
    let operation = operation::begin(tx, begin);
    Ok(operation::lead(tx, request, &operation, Reply::empty(202)))
}

/// An action that a caller who may asks of a resource.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) azure: access::Azure,
    pub(super) id: Id,
    pub(super) resource: Resource,
    pub(super) action: &'static str,
    /// What was sent with it; an empty object without a body.
    pub(super) body: Map<String, Value>,
}

/// Returns the action that a request asks for: `start`, or refuses it.
pub(super) fn asked(
    request: &Request,
    tx: &Tx<'_>,
    action: &'static str,
) -> Result<Asked, Refusal> {
    let (id, kind) = place(request)?;
    let azure = access::pass(
        request,
        tx,
        &id,
        &format!("{}/{action}/action", kind.name()),
    )?;
    group::open(tx, &id)?;
    let resource = found(tx, &id)?;
    let body = body::optional(request)?;
    Ok(Asked {
        azure,
        id,
        resource,
        action,
        body,
    })
}

impl Asked {
    /// Begins it, if it takes its time: 202, then what `result` says.
    pub(super) fn begin(
        self,
        request: &Request,
        tx: &mut Tx<'_>,
        long: kind::Long,
        result: OperationResult,
    ) -> Reply {
        let begin = Begin {
            azure: &self.azure,
            about: &self.id,
            location: self.resource.location,
            long,
            kind: kind::find(&self.resource.kind),
            result,
            work: Work::Act(self.id.key(), self.action.to_owned(), self.body.into()),
        };
        let operation = operation::begin(tx, begin);
        operation::lead(tx, request, &operation, Reply::empty(202))
    }
}

/// Reads what hangs on a resource and is none itself: `instanceView`, `vmSizes`.
pub(super) fn view(request: &Request, tx: &Tx<'_>, what: &str) -> Result<Resource, Refusal> {
    let (id, kind) = place(request)?;
    access::pass(request, tx, &id, &format!("{}/{what}/read", kind.name()))?;
    found(tx, &id)
}

/// Returns the resource on which what the path names hangs, with its type.
fn place(request: &Request) -> Result<(Id, &'static dyn Kind), Refusal> {
    let Some(Place::Action(id, _)) = Place::parse(&request.path) else {
        return Err(access::misrouted(request));
    };
    let kind = kind::of(&id.kind().unwrap_or_default())?;
    kind::version(request, kind)?;
    Ok((id, kind))
}

/// Returns a resource, or refuses because it or its group is not there.
pub(super) fn found(tx: &Tx<'_>, id: &Id) -> Result<Resource, Refusal> {
    if let Some(found) = tx.arm.resources.get(&id.key()) {
        return Ok(found.clone());
    }
    match id.group_key() {
        Some(key) if !tx.arm.groups.has(&key) => Err(group::missing(id)),
        _ => Err(missing(id)),
    }
}

fn tagged(kind: &dyn Kind, resource: &Resource, reply: Reply) -> Reply {
    if kind.shows_etag() {
        reply.header("etag", &resource::etag(resource))
    } else {
        reply
    }
}

/// Refuses a write whose entity tag does not fit. Source: arm reference §3 (entity tags).
fn fits(request: &Request, before: Option<&Resource>) -> Result<(), Refusal> {
    let stale = || {
        let text = "The condition specified using HTTP conditional header(s) is not met.";
        Refusal::new(412, "PreconditionFailed", text)
    };
    let is_put = request.verb == http::Method::PUT;
    let wanted = request.header("if-match");
    match (wanted, before) {
        (Some(_), None) if is_put => return Err(stale()),
        (Some(tag), Some(before)) if tag != "*" && tag != resource::etag(before) => {
            return Err(stale());
        }
        _ => {}
    }
    match (request.header("if-none-match"), before) {
        (Some("*"), Some(_)) if is_put => Err(stale()),
        _ => Ok(()),
    }
}

//! What callers ask of the parts of a vault, whatever their type: read, list, and what every change
//! passes. Source: recovery reference §2, §9; arm reference §4.

use serde_json::{Map, Value};

use super::object;
use super::part;
use super::refusal::client_request;
use super::vault;
use crate::sandbox::arm::access;
use crate::sandbox::arm::id::{Id, Place};
use crate::sandbox::arm::{body, calls, page, resource};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Resource, Tx, VaultObject};

/// A change that a caller who may asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// The vault, which is there.
    pub(super) vault: Resource,
    /// What it is about: a part of the vault, which may not be there.
    pub(super) id: Id,
    /// The part as it is, if it is.
    pub(super) object: Option<VaultObject>,
    /// `properties` of what was sent; empty without a body.
    pub(super) properties: Map<String, Value>,
    /// The whole body.
    pub(super) body: Map<String, Value>,
    pub(super) client_request: String,
}

impl Asked {
    /// Returns the object, or refuses because it is not there.
    pub(super) fn found(&self) -> Result<&VaultObject, Refusal> {
        self.object
            .as_ref()
            .ok_or_else(|| resource::missing(&self.id))
    }
}

/// Returns what the path names: a part of a vault, or the vault itself, with the last word where it
/// is a list or an action.
pub(super) fn place(request: &Request) -> Result<(Id, Option<String>), Refusal> {
    match Place::parse(&request.path) {
        Some(Place::One(id)) => Ok((id, None)),
        Some(Place::Action(id, word)) => Ok((id, Some(word))),
        Some(Place::Many(_)) | None => Err(access::misrouted(request)),
    }
}

/// Lets a change pass whose right is `right`: `write`, `delete`, `testFailover/action`.
pub(super) fn ask(
    request: &Request,
    tx: &Tx<'_>,
    versions: &[&str],
    right: &str,
) -> Result<Asked, Refusal> {
    let (id, _) = place(request)?;
    let kind = id.kind().unwrap_or_default();
    access::version_of(request, &kind, versions)?;
    access::pass(request, tx, &id, &format!("{kind}/{right}"))?;
    let vault = calls::found(tx, &object::vault(&id))?;
    vault::not_going(&vault)?;
    let body = body::optional(request)?;
    Ok(Asked {
        vault,
        object: tx.recovery.objects.get(&id.key()).cloned(),
        id,
        properties: body::member(&body, "properties")?,
        body,
        client_request: client_request(request),
    })
}

/// Reads a part of a vault.
pub(super) fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    let kind = id.kind().unwrap_or_default();
    let versions = part::find(&object::kind(&id)).map_or(super::REPLICATION, part::Part::versions);
    access::version_of(request, &kind, versions)?;
    access::pass(request, tx, &id, &format!("{kind}/read"))?;
    calls::found(tx, &object::vault(&id))?;
    let found = tx.recovery.objects.get(&id.key());
    let found = found.ok_or_else(|| resource::missing(&id))?;
    Ok(Reply::ok(object::shown(tx, found, Some(request))))
}

/// Lists the parts of a type: those of the object that the path names; of a vault also those that
/// hang deeper.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let rows = rows(request, tx)?;
    page::of(request, rows, |one| object::shown(tx, &one, Some(request)))
}

/// Returns the rows of a list, whose caller may read them.
pub(super) fn rows(request: &Request, tx: &Tx<'_>) -> Result<Vec<VaultObject>, Refusal> {
    let (scope, Some(word)) = place(request)? else {
        return Err(access::misrouted(request));
    };
    let kind = format!("{}/{word}", scope.kind().unwrap_or_default());
    let inner = object::kind(&scope);
    let own = format!("{inner}/{word}");
    let versions = part::find(own.trim_start_matches('/'));
    access::version_of(
        request,
        &kind,
        versions.map_or(super::REPLICATION, part::Part::versions),
    )?;
    access::pass(request, tx, &scope, &format!("{kind}/read"))?;
    calls::found(tx, &object::vault(&scope))?;
    if !inner.is_empty() && !tx.recovery.objects.has(&scope.key()) {
        return Err(resource::missing(&scope));
    }
    let is_wanted = |one: &VaultObject| {
        let (above, last) = one.kind.rsplit_once('/').unwrap_or(("", &one.kind));
        last.eq_ignore_ascii_case(&word) && (inner.is_empty() || above == inner)
    };
    let below = tx.recovery.objects.under(&scope.key());
    Ok(below
        .map(|(_, one)| one)
        .filter(|one| is_wanted(one))
        .cloned()
        .collect())
}

//! Deleted groups: they can be restored for a while, or deleted for good. Source: graph reference §8,
//! §9.

use serde_json::Value;

use super::shape::is_kept;
use super::{KIND, READ, WRITE, shown};
use crate::sandbox::graph::access::{admit, missing};
use crate::sandbox::graph::objects::{admit_to_change, untyped};
use crate::sandbox::graph::odata::{entity, listed};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Group, Tx, key};

pub(super) const ROUTES: &[Route] = &[Route::graph(
    "GET",
    "/v1.0/directory/deletedItems/microsoft.graph.group",
    list,
)];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let groups = tx.directory.groups.under(&caller.tenant);
    let rows: Vec<Value> = groups
        .filter(|(_, group)| is_kept(group, tx.now()))
        .map(|(_, group)| untyped(shown(tx, group)))
        .collect();
    listed(request, &KIND, "groups", rows)
}

/// Finds a deleted group that can still be restored.
fn find<'t>(request: &Request, tx: &'t Tx<'_>, id: &str) -> Option<&'t Group> {
    let tenant = &request.caller.as_ref()?.tenant;
    let group = tx.directory.groups.get(&key(&[tenant, id]));
    group.filter(|group| is_kept(group, tx.now()))
}

/// Returns a deleted group, whole and with its type.
pub(in crate::sandbox::graph) fn get(request: &Request, tx: &Tx<'_>, id: &str) -> Option<Value> {
    find(request, tx, id).map(|group| shown(tx, group))
}

/// Restores a deleted group, with its members, and answers it.
pub(in crate::sandbox::graph) fn restore(request: &Request, tx: &mut Tx<'_>, id: &str) -> Outcome {
    let group = of(request, tx, id)?;
    let group = Group {
        deleted: None,
        ..group
    };
    let row = shown(tx, &group);
    super::links::put(tx, group);
    entity(request, &KIND, "directoryObjects/$entity", row)
}

/// Deletes a deleted group for good.
pub(in crate::sandbox::graph) fn purge(request: &Request, tx: &mut Tx<'_>, id: &str) -> Outcome {
    let group = of(request, tx, id)?;
    tx.directory
        .groups
        .remove(&key(&[&group.tenant, &group.id]));
    Ok(Reply::empty(204))
}

fn of(request: &Request, tx: &mut Tx<'_>, id: &str) -> Result<Group, Refusal> {
    admit_to_change(request, tx, &WRITE)?;
    let group = find(request, tx, id).cloned();
    group.ok_or_else(|| missing(id))
}

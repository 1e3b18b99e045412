//! The `vCenter` servers of a site of `VMware`. Source: recovery reference §5.6.

mod input;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::calls::{self, Asked, ask};
use super::chore::{self, Chore};
use super::part::Part;
use super::{REPLICATION, below, object, site};
use crate::base::clock::later;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{JobWork, Tx, VaultObject};

pub(super) const PARTS: &[&dyn Part] = &[&VCenters];

const ONE: &str = below!("/replicationFabrics/{fabric}/replicationvCenters/{vcenter}");

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationvCenters"), calls::list),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationvCenters"),
        calls::list,
    ),
    Route::arm("GET", ONE, calls::get),
    Route::arm("PUT", ONE, put),
    Route::arm("PATCH", ONE, patch),
    Route::arm("DELETE", ONE, delete),
];

/// How often a vCenter is heard of; the reference names no time.
const HEARTBEAT: u64 = 300;

#[derive(Debug)]
struct VCenters;

impl Part for VCenters {
    fn kind(&self) -> &'static str {
        "replicationFabrics/replicationvCenters"
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let age = tx.now().duration_since(object.made).as_secs();
        let beats = u64::try_from(age).unwrap_or_default() / HEARTBEAT;
        let last = later(object.made, Duration::from_secs(beats * HEARTBEAT));
        let id = object.id.to_lowercase();
        let fabric = Id::parse(&object.id).map(|id| id.parent());
        let fabric = fabric.as_ref().map_or("", |id| id.name());
        let computed = json!({
            // The only value here: the discovery ends with the job; the others are not confirmed.
            "discoveryStatus": "Completed",
            "fabricArmResourceName": fabric,
            "healthErrors": [],
            "infrastructureId": derived::guid(&["infrastructure", &id]),
            "internalId": derived::guid(&["internal", &id]),
            "lastHeartbeat": write(last),
        });
        properties.extend(computed.as_object().cloned().unwrap_or_default());
    }
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let wish = asked.properties.clone();
    discover(request, tx, &asked, (wish, &chore::ADD_VCENTER))
}

fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let wish = merged(&asked.found()?.properties, asked.properties.clone());
    discover(request, tx, &asked, (wish, &chore::UPDATE_VCENTER))
}

/// Takes a vCenter as it is wished; its machines are discovered by the job.
fn discover(
    request: &Request,
    tx: &mut Tx<'_>,
    asked: &Asked,
    (wish, chore): (Map<String, Value>, &Chore),
) -> Outcome {
    input::on_vmware(request, site::above(request, tx, asked)?.fabric)?;
    let kept = input::accepted(request, &asked.id, &wish)?;
    let draft = object::draft(tx, &asked.id, kept);
    chore::free(tx, request, asked, false)?;
    let failure = site::unreachable(tx, asked);
    let work = JobWork::Put(Box::new(draft));
    chore::begin_to_fail(tx, request, asked, (chore, work), failure)
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    chore::free(tx, request, &asked, true)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, &asked, &chore::REMOVE_VCENTER, work)
}

/// Puts the vCenter of the office.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str) {
    let vault = Id::parse(vault).expect("a seeded id");
    let fabric = vault.child("replicationFabrics", "vmware-office");
    let id = fabric.child("replicationvCenters", "vcenter-office");
    let kept = json!({
        "friendlyName": "vcenter-office",
        "ipAddress": "192.168.30.10",
        "port": "443",
        "processServerId": derived::guid(&["process server", &fabric.key()]),
        "runAsAccountId": "1",
    });
    object::plant(tx, &id, kept, json!({}));
}

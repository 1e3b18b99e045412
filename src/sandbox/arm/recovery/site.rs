//! Where a change happens: the fabric, what it hangs on, what it names in Azure, and whether a job
//! goes on there already. Source: recovery reference §5.1.

use serde_json::Value;

use super::calls::Asked;
use super::{object, trouble};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{body, locations, resource};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, JobState, Resource, Tx, VaultObject};

/// How the recovery side "Azure" is written. Source: recovery reference §5.1.
pub(super) const AZURE: &str = "Microsoft Azure";

/// Returns what the part that is asked for hangs on, or refuses because it is not there.
pub(super) fn above<'a>(tx: &'a Tx<'_>, asked: &Asked) -> Result<&'a VaultObject, Refusal> {
    let parent = asked.id.parent();
    let found = tx.recovery.objects.get(&parent.key());
    found.ok_or_else(|| resource::missing(&parent))
}

/// Returns the fabric below which something lies, or refuses because it is not there.
pub(super) fn fabric<'a>(tx: &'a Tx<'_>, id: &Id) -> Result<&'a VaultObject, Refusal> {
    let mut fabric = id.clone();
    for section in &mut fabric.sections {
        section.parts.truncate(2);
    }
    let found = tx.recovery.objects.get(&fabric.key());
    found.ok_or_else(|| resource::missing(&fabric))
}

/// Returns the fabric of that name in the vault of an id.
pub(super) fn fabric_named<'a>(tx: &'a Tx<'_>, id: &Id, name: &str) -> Option<&'a VaultObject> {
    let id = object::vault(id).child("replicationFabrics", name);
    tx.recovery.objects.get(&id.key())
}

/// Returns what a fabric is: `Azure`, `HyperVSite`; one that does not say it is a Hyper-V site.
pub(super) fn kind(fabric: &VaultObject) -> &str {
    let kind = body::at(&fabric.properties, "customDetails.instanceType");
    kind.and_then(Value::as_str).unwrap_or("HyperVSite")
}

/// Returns the region of a fabric of Azure.
pub(super) fn region(fabric: &VaultObject) -> Option<String> {
    let region = body::at(&fabric.properties, "customDetails.location")?;
    region.as_str().map(locations::normal)
}

/// Returns what people call a part of a vault.
pub(super) fn friendly(object: &VaultObject) -> &str {
    let name = object.properties.get("friendlyName");
    name.and_then(Value::as_str).unwrap_or(&object.name)
}

/// Returns the resource of Azure that a text names: of that type, in the subscription of the vault
/// that names it. Whether the service reaches other subscriptions is not confirmed.
pub(super) fn linked<'a>(
    tx: &'a Tx<'_>,
    from: &Id,
    text: &str,
    kind: &str,
) -> Option<&'a Resource> {
    let id = Id::parse(text).filter(|id| id.subscription == from.subscription)?;
    let found = tx.arm.resources.get(&id.key())?;
    let fits = found.kind.eq_ignore_ascii_case(kind) && found.state != "Deleting";
    fits.then_some(found)
}

/// Refuses a change while a job about the same thing goes on.
pub(super) fn at_rest(request: &Request, tx: &Tx<'_>, asked: &Asked) -> Result<(), Refusal> {
    let key = asked.id.key();
    let mut jobs = tx.recovery.jobs.under(&asked.vault.id);
    let running = jobs.find(|(_, job)| job.state == JobState::InProgress && job.about == key);
    let Some((_, job)) = running else {
        return Ok(());
    };
    let diagnosis = Diagnosis::new(
        "150097",
        format!("Another job is in progress on '{}'.", asked.id.name()),
        format!("The job '{}' ({}) has not ended.", job.id, job.title),
        "Wait until the job has ended, or cancel it, and retry.",
    );
    Err(diagnosis.refuse(request, 409))
}

/// Returns what a job fails with whose agent is told to be unreachable, and in its first task.
pub(super) fn unreachable(tx: &mut Tx<'_>, asked: &Asked) -> Option<(usize, Diagnosis)> {
    trouble::hits(tx, &asked.id.key(), "agent_unreachable").then(|| {
        let diagnosis = Diagnosis::new(
            "150104",
            format!(
                "The agent that serves '{}' cannot be reached.",
                asked.id.name()
            ),
            "The server is turned off, or its service does not run, or the network is down.",
            "See that the server runs and reaches the internet, and retry the operation.",
        );
        (0, diagnosis)
    })
}

//! Where a change happens: what it hangs on, the other fabric that it names, what it names in Azure,
//! and whether its agent can be reached. Source: recovery reference §5.1.

use super::calls::Asked;
use super::refusal::detailed;
use super::{containers, fabrics, object, providers, trouble};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Diagnosis, Resource, Tx, VaultObject};

/// What the part that is asked for hangs on: its fabric, and what is right above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) fabric: &'a VaultObject,
    pub(super) parent: &'a VaultObject,
}

/// Returns what the part that is asked for hangs on, or refuses because it is not there.
pub(super) fn above<'a>(
    request: &Request,
    tx: &'a Tx<'_>,
    asked: &Asked,
) -> Result<Above<'a>, Refusal> {
    let parent = asked.id.parent();
    let fabric = containers::above(tx, asked).map_err(|refusal| detailed(request, refusal))?;
    let found = tx.recovery.objects.get(&parent.key());
    let parent = found.ok_or_else(|| detailed(request, resource::missing(&parent)))?;
    Ok(Above { fabric, parent })
}

/// Returns the fabric of that name in the vault of an id.
pub(super) fn fabric_named<'a>(tx: &'a Tx<'_>, id: &Id, name: &str) -> Option<&'a VaultObject> {
    let id = object::vault(id).child(fabrics::KIND, name);
    tx.recovery.objects.get(&id.key())
}

/// Returns what a fabric is: `Azure`, `HyperVSite`.
pub(super) fn kind(fabric: &VaultObject) -> &'static str {
    fabrics::kind(fabric).map_or("", |kind| kind.name)
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

/// Returns what a job fails with if the agent that it needs is told to be unreachable: what the job
/// is about, or the provider of its fabric.
pub(super) fn unreachable(tx: &mut Tx<'_>, asked: &Asked) -> Option<Diagnosis> {
    let fabric = object::fabric(tx, &asked.id.text()).map(|fabric| fabric.id.to_lowercase());
    let provider = fabric.and_then(|fabric| providers::unreachable(tx, &fabric));
    if provider.is_some() {
        return provider;
    }
    trouble::hits(tx, &asked.id.key(), "agent_unreachable").then(|| {
        Diagnosis::new(
            "150104",
            format!(
                "The agent that serves '{}' cannot be reached.",
                asked.id.name()
            ),
            "The server is turned off, or its service does not run, or the network is down.",
            "See that the server runs and reaches the internet, and retry the operation.",
        )
    })
}

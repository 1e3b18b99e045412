//! A machine that no agent has found is told by its address. Source: recovery reference §5.2; which
//! values it takes is not confirmed.

use std::net::IpAddr;

use super::{Asked, above};
use crate::sandbox::arm::body;
use crate::sandbox::arm::recovery::calls::ask;
use crate::sandbox::arm::recovery::refusal::detailed;
use crate::sandbox::arm::recovery::{REPLICATION, chore, fabrics, protectable_items, providers};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx};

pub(super) const ACTION: &str = "discoverProtectableItem";

/// What `osType` may be.
const SYSTEMS: &[&str] = &["Windows", "Linux"];

/// Adds a machine to those that can be protected.
pub(super) fn discover(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "discoverProtectableItem/action")?;
    let container = asked.found()?.id.clone();
    let fabric = above(tx, &asked)?;
    if !fabrics::kind(fabric).is_some_and(|kind| kind.has_agent) {
        let diagnosis = Diagnosis::new(
            "150046",
            format!(
                "Nothing is discovered in the container '{}'.",
                asked.id.name()
            ),
            "Machines are told by their address where a server of the site is registered.",
            "Use a container of a site with a provider.",
        );
        return Err(diagnosis.refuse(request, 409));
    }
    check(&asked).map_err(|refusal| detailed(request, refusal))?;
    if protectable_items::has(tx, &container, &friendly(&asked)) {
        let diagnosis = Diagnosis::new(
            "150047",
            format!("There is a machine '{}' already.", friendly(&asked)),
            "It was discovered before.",
            "List the protectable items of the container.",
        );
        return Err(diagnosis.refuse(request, 409));
    }
    let fabric = fabric.id.clone();
    let failure = providers::unreachable(tx, &fabric);
    let job = (&chore::DISCOVER_ITEM, JobWork::Act(ACTION.to_owned()));
    chore::begin_to_fail(tx, request, &asked, job, failure)
}

fn friendly(asked: &Asked) -> String {
    let name = asked.properties.get("friendlyName");
    let name = name.and_then(serde_json::Value::as_str);
    name.unwrap_or_default().to_owned()
}

fn check(asked: &Asked) -> Result<(), Refusal> {
    body::need(&asked.properties, "friendlyName")?;
    let address = body::need(&asked.properties, "ipAddress")?;
    if address.parse::<IpAddr>().is_err() {
        let text = format!("'{address}' is no IP address.");
        return Err(body::parameter("ipAddress", text));
    }
    let system = body::need(&asked.properties, "osType")?;
    body::one_of("osType", system, SYSTEMS)?;
    Ok(())
}

/// Adds the machine when the job's time has come.
pub(super) fn found(tx: &mut Tx<'_>, job: &ReplicationJob) {
    let text = |name: &str| {
        let value = job.asked.get(name).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let (name, address, system) = (text("friendlyName"), text("ipAddress"), text("osType"));
    protectable_items::told(tx, &job.about, &name, (&address, &system));
}

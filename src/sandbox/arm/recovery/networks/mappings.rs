//! Network mappings: which network machines get on the other side. Source: recovery reference §5.6.

use serde_json::{Map, Value};

use super::pairing;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::arm::recovery::{REPLICATION, below, object, site};
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{JobWork, Tx};

pub(super) const ONE: &str = below!(
    "/replicationFabrics/{fabric}/replicationNetworks/{network}/replicationNetworkMappings/{mapping}"
);

/// What a job of a mapping does, and how long it takes; the reference names neither.
const TASKS: &[Step] = &[("NetworkMappingTask", "Configuring the network mapping", 30)];

/// The types of a mapping, as they stand in paths.
pub(super) const KIND: &str = "replicationFabrics/replicationNetworks/replicationNetworkMappings";

#[derive(Debug)]
pub(super) struct Mappings;

impl Part for Mappings {
    fn kind(&self) -> &'static str {
        KIND
    }
}

/// Maps a network.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    site::at_rest(request, tx, &asked)?;
    let wish = asked.properties.clone();
    let start = ("AddNetworkMapping", "Create network mapping");
    write(request, tx, &asked, (wish, start))
}

/// Changes a mapping: what the body does not say stays.
pub(super) fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let before = asked.found()?.hidden.clone();
    site::at_rest(request, tx, &asked)?;
    let wish = merged(&before, asked.properties.clone());
    let start = ("UpdateNetworkMapping", "Update network mapping");
    write(request, tx, &asked, (wish, start))
}

type Wish = (Map<String, Value>, (&'static str, &'static str));

fn write(
    request: &Request,
    tx: &mut Tx<'_>,
    asked: &Asked,
    (wish, (scenario, title)): Wish,
) -> Outcome {
    let kept = accepted(request, tx, asked, &wish)?;
    let mut draft = object::draft(tx, &asked.id, kept);
    draft.hidden = wish;
    let start = Start {
        target_kind: "NetworkMapping",
        ..Start::new(scenario, title, TASKS, JobWork::Put(Box::new(draft)))
    };
    Ok(job::begin(tx, request, asked, start).1)
}

fn accepted(
    request: &Request,
    tx: &Tx<'_>,
    asked: &Asked,
    wish: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let fabric = site::fabric(tx, &asked.id)?;
    let network = site::above(tx, asked)?;
    let from = pairing::From {
        id: &asked.id,
        fabric,
        network,
    };
    pairing::accepted(request, tx, from, wish)
}

/// Takes a mapping away: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    site::at_rest(request, tx, &asked)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let start = Start {
        target_kind: "NetworkMapping",
        shows: false,
        ..Start::new(
            "DeleteNetworkMapping",
            "Delete network mapping",
            TASKS,
            JobWork::Remove(asked.id.key()),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

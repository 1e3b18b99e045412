//! Network mappings: which network machines get on the other side. Source: recovery reference §5.6.

use serde_json::{Map, Value};

use super::pairing;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::chore::{self, Chore};
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::arm::recovery::{REPLICATION, below, object, site};
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{JobWork, Tx};

pub(super) const ONE: &str = below!(
    "/replicationFabrics/{fabric}/replicationNetworks/{network}/replicationNetworkMappings/{mapping}"
);

#[derive(Debug)]
pub(super) struct Mappings;

impl Part for Mappings {
    fn kind(&self) -> &'static str {
        "replicationFabrics/replicationNetworks/replicationNetworkMappings"
    }
}

/// Maps a network.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let wish = asked.properties.clone();
    write(request, tx, &asked, (wish, &chore::MAP_NETWORK))
}

/// Changes a mapping: what the body does not say stays.
pub(super) fn patch(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let wish = merged(&asked.found()?.hidden, asked.properties.clone());
    write(request, tx, &asked, (wish, &chore::CHANGE_NETWORK_MAPPING))
}

fn write(
    request: &Request,
    tx: &mut Tx<'_>,
    asked: &Asked,
    (wish, chore): (Map<String, Value>, &Chore),
) -> Outcome {
    let kept = accepted(request, tx, asked, &wish)?;
    let mut draft = object::draft(tx, &asked.id, kept);
    draft.hidden = wish;
    chore::begin(tx, request, asked, chore, JobWork::Put(Box::new(draft)))
}

fn accepted(
    request: &Request,
    tx: &Tx<'_>,
    asked: &Asked,
    wish: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let above = site::above(request, tx, asked)?;
    let from = pairing::From {
        id: &asked.id,
        fabric: above.fabric,
        network: above.parent,
    };
    pairing::accepted(request, tx, from, wish)
}

/// Takes a mapping away: 204 when there is none.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    chore::free(tx, request, &asked, true)?;
    if asked.object.is_none() {
        return Ok(Reply::empty(204));
    }
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, &asked, &chore::UNMAP_NETWORK, work)
}

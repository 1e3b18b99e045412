//! Fabrics: the regions and sites that machines are replicated between. Source: recovery reference
//! §5.2.

mod input;
mod kinds;
#[cfg(test)]
mod tests;

pub(super) use kinds::{A2A, FabricKind, kind, kind_above, location};

use serde_json::{Map, Value, json};

use super::calls::{self, Asked, ask};
use super::chore::{self, Chore};
use super::part::Part;
use super::{REPLICATION, below, containers, networks, object, providers};
use crate::sandbox::arm::id::Id;
use crate::sandbox::derived;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx, VaultObject};

pub(super) const KIND: &str = "replicationFabrics";

pub(super) const PARTS: &[&dyn Part] = &[&Fabrics];

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationFabrics"), calls::list),
    Route::arm("GET", below!("/replicationFabrics/{fabric}"), calls::get),
    Route::arm("PUT", below!("/replicationFabrics/{fabric}"), put),
    Route::arm("DELETE", below!("/replicationFabrics/{fabric}"), purge),
    Route::arm(
        "POST",
        below!("/replicationFabrics/{fabric}/remove"),
        remove,
    ),
    Route::arm(
        "POST",
        below!("/replicationFabrics/{fabric}/checkConsistency"),
        check,
    ),
];

#[derive(Debug)]
struct Fabrics;

impl Part for Fabrics {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn settled(&self, tx: &mut Tx<'_>, _job: &ReplicationJob, key: &str) {
        networks::of_fabric(tx, key);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let errors = providers::errors(tx, object);
        let health = if errors.is_empty() {
            "Normal"
        } else {
            "Critical"
        };
        properties.insert("health".to_owned(), health.into());
        properties.insert("healthErrorDetails".to_owned(), errors.into());
        if let (Some(_), Some(details)) = (location(object), properties.get_mut("customDetails")) {
            let containers = object::of_kind(tx, &object.id, containers::KIND);
            let ids: Vec<&str> = containers.map(|one| one.id.as_str()).collect();
            details["containerIds"] = ids.into();
        }
    }
}

/// Says why a fabric cannot be taken away now.
fn held(tx: &Tx<'_>, request: &Request, object: &VaultObject) -> Option<Refusal> {
    let containers = object::of_kind(tx, &object.id, containers::KIND);
    let providers = object::of_kind(tx, &object.id, providers::KIND);
    let inner: Vec<&str> = containers.chain(providers).map(object::friendly).collect();
    (!inner.is_empty()).then(|| still_has(object, &inner.join(", ")).refuse(request, 409))
}

fn still_has(object: &VaultObject, inner: &str) -> Diagnosis {
    Diagnosis::new(
        "150041",
        format!(
            "The fabric '{}' cannot be deleted.",
            object::friendly(object)
        ),
        format!("It still has containers or providers: {inner}."),
        "Remove the containers and providers of the fabric, and retry.",
    )
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let details = input::details(request, &asked)?;
    let draft = object::draft(tx, &asked.id, properties(&asked.id, details));
    chore::begin(
        tx,
        request,
        &asked,
        &chore::ADD_FABRIC,
        JobWork::Put(Box::new(draft)),
    )
}

/// Returns what is kept of a fabric.
fn properties(id: &Id, details: Value) -> Map<String, Value> {
    Map::from_iter([
        ("friendlyName".to_owned(), id.name().into()),
        (
            "internalIdentifier".to_owned(),
            derived::guid(&["fabric", &id.key()]).into(),
        ),
        ("bcdrState".to_owned(), "Valid".into()),
        ("customDetails".to_owned(), details),
    ])
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "remove/action")?;
    let Some(fabric) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some(refusal) = held(tx, request, fabric) {
        return Err(refusal);
    }
    go(tx, request, &asked)
}

/// Takes a fabric away without asking its agents: they go with what they brought, if nothing is
/// paired or replicates. That a purge goes so far is not confirmed.
fn purge(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "delete")?;
    let Some(fabric) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    let has_agent = kind(fabric).is_some_and(|kind| kind.has_agent);
    let refusal = if has_agent {
        let mut containers = object::of_kind(tx, &fabric.id, containers::KIND);
        containers.find_map(|one| containers::in_use(tx, request, one))
    } else {
        held(tx, request, fabric)
    };
    match refusal {
        Some(refusal) => Err(refusal),
        None => go(tx, request, &asked),
    }
}

fn go(tx: &mut Tx<'_>, request: &Request, asked: &Asked) -> Outcome {
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, asked, &chore::REMOVE_FABRIC, work)
}

fn check(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    act(request, tx, "checkConsistency/action", &chore::CHECK_FABRIC)
}

/// Begins what asks the agents of a fabric.
fn act(request: &Request, tx: &mut Tx<'_>, right: &str, chore: &Chore) -> Outcome {
    let asked = ask(request, tx, REPLICATION, right)?;
    let key = asked.id.key();
    asked.found()?;
    let failure = providers::unreachable(tx, &key);
    chore::begin_to_fail(tx, request, &asked, (chore, JobWork::None), failure)
}

/// Puts a fabric into a fresh sandbox: of a region, or of a kind; returns its id.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str, name: &str, details: Value) -> Id {
    let id = Id::parse(&format!("{vault}/{KIND}/{name}")).expect("a seeded id");
    let kept = Value::Object(properties(&id, details));
    object::plant(tx, &id, kept, json!({}));
    id
}

//! Protection containers: what machines are replicated from and to. Those of a region or of an
//! appliance are made by callers, those of a site come with its provider. Source: recovery reference
//! §5.2.

mod discover;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::calls::{self, Asked, ask};
use super::chore;
use super::part::Part;
use super::refusal::detailed;
use super::{REPLICATION, below, fabrics, mappings, object};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{body, resource};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx, VaultObject};

pub(super) const KIND: &str = "replicationFabrics/replicationProtectionContainers";

/// What replicates from a container.
const ITEMS: [&str; 2] = [
    "replicationFabrics/replicationProtectionContainers/replicationProtectedItems",
    "replicationFabrics/replicationProtectionContainers/replicationMigrationItems",
];

pub(super) const PARTS: &[&dyn Part] = &[&Containers];

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!("/replicationProtectionContainers"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationProtectionContainers"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!("/replicationFabrics/{fabric}/replicationProtectionContainers/{container}"),
        calls::get,
    ),
    Route::arm(
        "PUT",
        below!("/replicationFabrics/{fabric}/replicationProtectionContainers/{container}"),
        put,
    ),
    Route::arm(
        "POST",
        below!("/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/remove"),
        remove,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/discoverProtectableItem"
        ),
        discover::discover,
    ),
];

#[derive(Debug)]
struct Containers;

impl Part for Containers {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn acted(&self, tx: &mut Tx<'_>, job: &ReplicationJob, action: &str) -> Result<(), Diagnosis> {
        if action == discover::ACTION {
            discover::found(tx, job);
        }
        Ok(())
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let status = mappings::pairing(tx, object);
        properties.insert("pairingStatus".to_owned(), status.into());
        let items = items(tx, &object.id);
        properties.insert("protectedItemCount".to_owned(), items.into());
    }
}

/// Counts what replicates from a container.
pub(super) fn items(tx: &Tx<'_>, container: &str) -> usize {
    ITEMS
        .iter()
        .map(|kind| object::of_kind(tx, container, kind).count())
        .sum()
}

/// Says what a container is used for: what replicates from it or to it, and mappings of it.
pub(super) fn in_use(tx: &Tx<'_>, request: &Request, container: &VaultObject) -> Option<Refusal> {
    let key = container.id.to_lowercase();
    let vault = object::vault(&Id::parse(&container.id)?).key();
    let inner = format!("{key}/");
    let uses = |one: &&VaultObject| {
        let is_inner = one.id.to_lowercase().starts_with(&inner)
            && (ITEMS.contains(&one.kind.as_str()) || one.kind == mappings::KIND);
        is_inner
            || object::names(one, "targetProtectionContainerId", &key)
            || object::names(one, "recoveryContainerId", &key)
    };
    let users = chore::there(tx, &vault).filter(uses);
    let mut users: Vec<&str> = users.map(object::friendly).collect();
    users.sort_unstable();
    users.dedup();
    if users.is_empty() {
        return None;
    }
    let name = object::friendly(container);
    let diagnosis = Diagnosis::new(
        "150044",
        format!("The protection container '{name}' is in use."),
        format!("It is used by {}.", users.join(", ")),
        "Disable what replicates, remove the container's mappings, and retry.",
    );
    Some(diagnosis.refuse(request, 409))
}

/// Returns the id of a container of a fabric.
pub(super) fn id(fabric: &Id, name: &str) -> Id {
    fabric.child("replicationProtectionContainers", name)
}

/// Returns what is kept of a container.
pub(super) fn properties(id: &Id, fabric: &VaultObject) -> Map<String, Value> {
    let kind = fabrics::kind(fabric).map(|kind| kind.name);
    Map::from_iter([
        ("friendlyName".to_owned(), id.name().into()),
        ("fabricType".to_owned(), kind.into()),
        (
            "fabricFriendlyName".to_owned(),
            object::friendly(fabric).into(),
        ),
        (
            "fabricSpecificDetails".to_owned(),
            json!({ "instanceType": kind }),
        ),
    ])
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let fabric = above(tx, &asked)?;
    accepts(request, &asked, fabric)?;
    let draft = object::draft(tx, &asked.id, properties(&asked.id, fabric));
    let work = JobWork::Put(Box::new(draft));
    chore::begin(tx, request, &asked, &chore::ADD_CONTAINER, work)
}

/// Returns the fabric of what is asked for, which must be there.
pub(super) fn above<'a>(tx: &'a Tx<'_>, asked: &Asked) -> Result<&'a VaultObject, Refusal> {
    let mut id = asked.id.clone();
    if let Some(section) = id.sections.first_mut() {
        section.parts.truncate(2);
    }
    let found = tx.recovery.objects.get(&id.key());
    found.ok_or_else(|| resource::missing(&id))
}

/// Refuses a container that is not for the fabric.
fn accepts(request: &Request, asked: &Asked, fabric: &VaultObject) -> Result<(), Refusal> {
    let Some(kind) = fabrics::kind(fabric) else {
        return Ok(());
    };
    if kind.has_agent {
        return Err(comes_by_itself(fabric, kind.name).refuse(request, 409));
    }
    let wrong = |text: String| {
        let refusal = body::parameter("providerSpecificInput", text);
        Err(detailed(request, refusal))
    };
    let inputs = match asked.properties.get("providerSpecificInput") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(inputs)) => inputs,
        Some(_) => return wrong("'providerSpecificInput' is a list.".to_owned()),
    };
    for input in inputs {
        let given = input["instanceType"].as_str().unwrap_or_default();
        if !kind.policies.contains(&given) {
            return wrong(format!(
                "The instanceType '{given}' is not for a fabric of kind {}, which takes {}.",
                kind.name,
                kind.policies.join(", ")
            ));
        }
    }
    Ok(())
}

/// Source: recovery reference §9.4: the provider comes before the container.
fn comes_by_itself(fabric: &VaultObject, kind: &str) -> Diagnosis {
    let name = object::friendly(fabric);
    Diagnosis::new(
        "150045",
        format!("The containers of the fabric '{name}' are not made by callers."),
        format!("It is of kind {kind}: its containers come and go with its provider."),
        "Register the provider on a server of the site, then list the containers.",
    )
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "remove/action")?;
    let Some(container) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some(refusal) = in_use(tx, request, container) {
        return Err(refusal);
    }
    if let Some(fabric) = object::fabric(tx, &container.id)
        && let Some(kind) = fabrics::kind(fabric).filter(|kind| kind.has_agent)
    {
        return Err(comes_by_itself(fabric, kind.name).refuse(request, 409));
    }
    let work = JobWork::Remove(asked.id.key());
    chore::begin(tx, request, &asked, &chore::REMOVE_CONTAINER, work)
}

/// Puts a container into a fresh sandbox; returns its id.
pub(super) fn fill(tx: &mut Tx<'_>, fabric: &Id, name: &str) -> Id {
    let id = id(fabric, name);
    if let Some(above) = tx.recovery.objects.get(&fabric.key()) {
        let kept = properties(&id, above);
        object::plant(tx, &id, kept.into(), json!({}));
    }
    id
}

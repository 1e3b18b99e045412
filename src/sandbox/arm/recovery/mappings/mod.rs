//! Container mappings: where a container replicates to, and by which policy. Source: recovery
//! reference §5.2; the values of `state` and `pairingStatus` are not confirmed.

mod input;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::calls::{self, ask};
use super::chore;
use super::part::Part;
use super::refusal::detailed;
use super::{REPLICATION, below, containers, object, providers};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx, VaultObject};

pub(super) const KIND: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectionContainerMappings";

/// The other side where a container replicates to Azure. Source: recovery reference §5.1.
pub(super) const AZURE: &str = "Microsoft Azure";

pub(super) const PARTS: &[&dyn Part] = &[&Mappings];

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        below!("/replicationProtectionContainerMappings"),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectionContainerMappings"
        ),
        calls::list,
    ),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectionContainerMappings/{mapping}"
        ),
        calls::get,
    ),
    Route::arm(
        "PUT",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectionContainerMappings/{mapping}"
        ),
        put,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationProtectionContainerMappings/{mapping}/remove"
        ),
        remove,
    ),
];

#[derive(Debug)]
struct Mappings;

impl Part for Mappings {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let fabric = object::fabric(tx, &object.id);
        let errors = fabric.map_or_else(Vec::new, |fabric| providers::errors(tx, fabric));
        let health = if errors.is_empty() {
            "Normal"
        } else {
            "Critical"
        };
        let source = container(tx, object);
        let target = text(object, "targetProtectionContainerId");
        let key = Id::parse(target).map(|id| id.key()).unwrap_or_default();
        let target = tx.recovery.objects.get(&key);
        let target_fabric = target.and_then(|target| object::fabric(tx, &target.id));
        let policy = Id::parse(text(object, "policyId")).map(|id| id.key());
        let policy = policy.and_then(|key| tx.recovery.objects.get(&key));
        let computed = [
            ("health", health.into()),
            ("healthErrorDetails", errors.into()),
            ("policyFriendlyName", policy.map(object::friendly).into()),
            (
                "sourceFabricFriendlyName",
                fabric.map(object::friendly).into(),
            ),
            (
                "sourceProtectionContainerFriendlyName",
                source.map(object::friendly).into(),
            ),
            (
                "targetFabricFriendlyName",
                target_fabric.map_or(AZURE, object::friendly).into(),
            ),
            (
                "targetProtectionContainerFriendlyName",
                target.map_or(AZURE, object::friendly).into(),
            ),
        ];
        let computed: [(&str, Value); 7] = computed;
        properties.extend(computed.map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Says why a mapping cannot be taken away now.
fn held(tx: &Tx<'_>, request: &Request, object: &VaultObject) -> Option<Refusal> {
    let users = users(tx, object);
    (!users.is_empty()).then(|| {
        let diagnosis = Diagnosis::new(
            "150048",
            format!("The container mapping '{}' is in use.", object.name),
            format!("It replicates {}.", users.join(", ")),
            "Disable the protection of what replicates by the mapping, and retry.",
        );
        diagnosis.refuse(request, 409)
    })
}

fn text<'a>(object: &'a VaultObject, property: &str) -> &'a str {
    let value = object.properties.get(property).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// Returns the container that a mapping is of.
fn container<'a>(tx: &'a Tx<'_>, mapping: &VaultObject) -> Option<&'a VaultObject> {
    let container = Id::parse(&mapping.id)?.parent();
    tx.recovery.objects.get(&container.key())
}

/// Returns what replicates by a mapping: what is in its container by its policy, to its target
/// where that is said.
fn users<'a>(tx: &'a Tx<'_>, mapping: &VaultObject) -> Vec<&'a str> {
    let key = |text: &str| {
        let id = Id::parse(text).filter(|id| !id.sections.is_empty());
        id.map(|id| id.key())
    };
    let Some(id) = Id::parse(&mapping.id) else {
        return Vec::new();
    };
    let container = format!("{}/", id.parent().key());
    let policy = key(text(mapping, "policyId")).unwrap_or_default();
    let target = key(text(mapping, "targetProtectionContainerId"));
    let vault = object::vault(&id).key();
    let users = chore::there(tx, &vault).filter(|one| {
        let other = key(text(one, "recoveryContainerId"));
        one.kind != KIND
            && one.id.to_lowercase().starts_with(&container)
            && object::names(one, "policyId", &policy)
            && (other.is_none() || other == target)
    });
    let mut users: Vec<&str> = users.map(object::friendly).collect();
    users.dedup();
    users
}

/// Returns `pairingStatus` of a container.
pub(super) fn pairing(tx: &Tx<'_>, container: &VaultObject) -> &'static str {
    let Some(id) = Id::parse(&container.id) else {
        return "NotPaired";
    };
    let (key, vault) = (id.key(), object::vault(&id).key());
    let is_of = |id: &str| id.to_lowercase().starts_with(&format!("{key}/"));
    let concerns = |mapping: &VaultObject| {
        mapping.kind == KIND
            && (is_of(&mapping.id) || object::names(mapping, "targetProtectionContainerId", &key))
    };
    if object::of_kind(tx, &vault, KIND).any(concerns) {
        return "Paired";
    }
    let is_made = |job: &ReplicationJob| match &job.work {
        JobWork::Put(draft) => concerns(draft),
        _ => false,
    };
    if chore::running(tx, &vault).any(is_made) {
        "PairingInProgress"
    } else {
        "NotPaired"
    }
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let properties = input::accepted(request, tx, &asked)?;
    let draft = object::draft(tx, &asked.id, properties);
    let fabric = containers::above(tx, &asked)?.id.clone();
    let failure = providers::unreachable(tx, &fabric);
    let job = (&chore::PAIR, JobWork::Put(Box::new(draft)));
    chore::begin_to_fail(tx, request, &asked, job, failure)
}

/// Takes a mapping away. What is sent may name the `instanceType`.
fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "remove/action")?;
    let Some(mapping) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    check_type(mapping, &asked.properties).map_err(|refusal| detailed(request, refusal))?;
    if let Some(refusal) = held(tx, request, mapping) {
        return Err(refusal);
    }
    let fabric = containers::above(tx, &asked)?.id.clone();
    let failure = providers::unreachable(tx, &fabric);
    let job = (&chore::UNPAIR, JobWork::Remove(asked.id.key()));
    chore::begin_to_fail(tx, request, &asked, job, failure)
}

/// Refuses an `instanceType` that is not the mapping's.
fn check_type(mapping: &VaultObject, properties: &Map<String, Value>) -> Result<(), Refusal> {
    let input = body::member(properties, "providerSpecificInput")?;
    let Some(given) = body::text(&input, "instanceType")? else {
        return Ok(());
    };
    let own = body::text(&mapping.properties, "providerSpecificDetails.instanceType")?;
    if own == Some(given) {
        return Ok(());
    }
    let text = format!(
        "The instanceType '{given}' is not the mapping's, which is '{}'.",
        own.unwrap_or_default()
    );
    Err(body::parameter("providerSpecificInput.instanceType", text))
}

/// Puts a mapping into a fresh sandbox: of a container, by a policy, to a target with an input.
pub(super) fn fill(
    tx: &mut Tx<'_>,
    (container, name): (&Id, &str),
    policy: &Id,
    (target, input): (&str, Value),
) {
    let id = container.child("replicationProtectionContainerMappings", name);
    let properties = input::properties(&object::shown_id(policy), target, input);
    object::plant(tx, &id, properties.into(), json!({}));
}

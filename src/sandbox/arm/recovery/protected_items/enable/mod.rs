//! Protection of a machine: what may be protected, by which policy, and the job that does it. Source:
//! recovery reference §5.3, §9.4.

mod azure;
mod disks;
mod lookup;
mod on_premises;

pub(super) use azure::primary;
pub(super) use disks::managed as managed_disk;

use serde_json::{Map, Value, json};

use super::health;
use super::input::{self, need};
use super::item::{self, Item, Provider};
use super::networks::part;
use super::state::{Phase, Side, State};
use super::wrong::Wrong;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::calls::{Asked, ask};
use crate::sandbox::arm::recovery::chore::goes;
use crate::sandbox::arm::recovery::job::{self, Start, Step};
use crate::sandbox::arm::recovery::refusal::not_allowed;
use crate::sandbox::arm::recovery::{REPLICATION, object, trouble};
use crate::sandbox::arm::resource;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobWork, Tx, VaultObject};

const POLICY: &str = "replicationPolicies";
pub(super) const CONTAINER: &str = "replicationFabrics/replicationProtectionContainers";
const MAPPING: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectionContainerMappings";

/// What the job does; the reference names neither tasks nor times.
const TASKS: &[Step] = &[
    (
        "PrerequisitesCheck",
        "Prerequisites check for enabling protection",
        30,
    ),
    ("PrepareStaging", "Preparing the staging account", 30),
    (
        "InstallMobilityService",
        "Installing the mobility service and preparing the target",
        120,
    ),
    ("EnableReplication", "Enabling replication", 60),
    (
        "StartInitialReplication",
        "Starting initial replication",
        30,
    ),
];

/// Which of the tasks needs the staging account, which one the agent.
const STAGING: usize = 1;
const AGENT: usize = 2;

/// What is wanted, read and checked as far as all providers have it.
pub(super) struct Wanted<'a> {
    pub(super) asked: &'a Asked,
    pub(super) provider: Provider,
    /// `providerSpecificDetails`.
    pub(super) details: Map<String, Value>,
    pub(super) container: VaultObject,
    pub(super) fabric: VaultObject,
    /// The mappings of the container that have the policy.
    pub(super) mappings: Vec<VaultObject>,
}

/// What was found for an item: how it begins, and what is shown of it.
pub(super) struct Found {
    pub(super) item: Item,
    pub(super) friendly_name: String,
    /// Further `properties`.
    pub(super) properties: Map<String, Value>,
}

/// Enables protection.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, REPLICATION, "write")?;
    let container = asked.id.parent();
    if !tx.recovery.objects.has(&container.key()) || goes(tx, &asked.vault.id, &container.key()) {
        return Err(resource::missing(&container));
    }
    let (draft, name) = draft(tx, &asked).map_err(|wrong| wrong.refuse(request))?;
    let machine = Item::of(&draft).map(|item| item.vm);
    let meant = format!("{}\n{}", asked.id.key(), machine.unwrap_or_default());
    let start = Start {
        target_kind: "ProtectionEntity",
        target_name: &name,
        failure: failure(tx, &meant),
        ..Start::new(
            "EnableDr",
            "Enable replication",
            TASKS,
            JobWork::Put(Box::new(draft)),
        )
    };
    Ok(job::begin(tx, request, &asked, start).1)
}

/// Returns with what the job fails, and in which task, where a trouble was told.
pub(super) fn failure(tx: &mut Tx<'_>, key: &str) -> Option<(usize, Diagnosis)> {
    if trouble::hits(tx, key, "cache_storage_missing") {
        return Some((STAGING, staging_missing()));
    }
    trouble::hits(tx, key, "agent_unreachable").then(|| (AGENT, health::agent_unreachable()))
}

fn staging_missing() -> Diagnosis {
    Diagnosis::new(
        "150097",
        "Protection could not be enabled: the staging (cache) storage account could not be found.",
        "The staging storage account was deleted, or it lies in another region than the source machine.",
        "Disable the protection, make a storage account in the region of the source machine, and enable it again with that account.",
    )
}

/// Returns the row that the job will put, and what the machine is called.
fn draft(tx: &Tx<'_>, asked: &Asked) -> Result<(VaultObject, String), Wrong> {
    free(tx, asked)?;
    let wanted = wanted(tx, asked)?;
    let found = match wanted.provider {
        Provider::A2A => azure::find(tx, &wanted)?,
        _ => on_premises::find(tx, &wanted)?,
    };
    let mut kept = found.properties;
    kept.insert(
        "friendlyName".to_owned(),
        found.friendly_name.as_str().into(),
    );
    kept.insert(
        "policyId".to_owned(),
        need(&asked.properties, "policyId")?.into(),
    );
    kept.insert("providerSpecificDetails".to_owned(), json!({}));
    let mut draft = object::draft(tx, &asked.id, kept);
    found.item.into(&mut draft);
    Ok((draft, found.friendly_name))
}

/// Refuses an item that there is, unless it failed when it was to be enabled.
fn free(tx: &Tx<'_>, asked: &Asked) -> Result<(), Wrong> {
    let key = asked.id.key();
    let held = match &asked.object {
        Some(object) => {
            Item::of(object).is_none_or(|item| item.state.phase != Phase::EnablingFailed)
        }
        None => false,
    };
    if !held && !item::is_busy(tx, &key) {
        return Ok(());
    }
    let allowed = asked
        .object
        .as_ref()
        .map(|object| item::allowed(tx, &key, object));
    let allowed: Vec<&str> = allowed.iter().flatten().map(|one| one.word()).collect();
    Err(Wrong::conflict(not_allowed(
        asked.id.name(),
        "EnableProtection",
        &allowed,
    )))
}

fn wanted<'a>(tx: &Tx<'_>, asked: &'a Asked) -> Result<Wanted<'a>, Wrong> {
    let details = input::details(&asked.properties)?.unwrap_or_default();
    let provider = input::provider(need(&details, "instanceType")?)?;
    let container = asked.id.parent();
    let row = |id: &Id| tx.recovery.objects.get(&id.key()).cloned();
    let (Some(found), Some(fabric)) = (row(&container), row(&container.parent())) else {
        return Err(Wrong::absent("fabric", &container.text()));
    };
    let wanted = Wanted {
        asked,
        provider,
        details,
        mappings: mappings(tx, asked, provider, &container)?,
        container: found,
        fabric,
    };
    fits(&wanted)?;
    Ok(wanted)
}

/// Returns the mappings of a container that have the policy, of which there is one at least.
fn mappings(
    tx: &Tx<'_>,
    asked: &Asked,
    provider: Provider,
    container: &Id,
) -> Result<Vec<VaultObject>, Wrong> {
    let id = need(&asked.properties, "policyId")?;
    let policy = part(tx, id, POLICY).filter(|policy| {
        policy
            .id
            .to_lowercase()
            .starts_with(&format!("{}/", asked.vault.id.to_lowercase()))
    });
    let policy = policy.ok_or_else(|| Wrong::absent("policyId", id))?;
    let of = body::at(&policy.properties, "providerSpecificDetails.instanceType");
    if of
        .and_then(Value::as_str)
        .is_some_and(|of| !of.eq_ignore_ascii_case(provider.word()))
    {
        let text = format!(
            "The policy '{}' is not one of {}.",
            policy.name,
            provider.word()
        );
        return Err(Wrong::input(
            text,
            "Name a policy of the same instanceType.",
        ));
    }
    let is_mapped = |mapping: &&VaultObject| {
        let of = mapping.properties.get("policyId").and_then(Value::as_str);
        of.is_some_and(|of| of.eq_ignore_ascii_case(id))
    };
    let all = object::of_kind(tx, &container.key(), MAPPING);
    let found: Vec<VaultObject> = all.filter(is_mapped).cloned().collect();
    if found.is_empty() {
        let text = format!(
            "The policy '{}' is not mapped to the protection container '{}'.",
            policy.name,
            container.name()
        );
        return Err(Wrong::input(
            text,
            "Make a protection container mapping first.",
        ));
    }
    Ok(found)
}

/// Refuses a provider that a fabric does not have.
fn fits(wanted: &Wanted<'_>) -> Result<(), Wrong> {
    let fabrics: &[&str] = match wanted.provider {
        Provider::A2A => &["Azure"],
        Provider::HyperVReplicaAzure => &["HyperVSite", "VMM"],
        Provider::InMageAzureV2 => &["VMware"],
        Provider::InMageRcm => &["InMageRcm", "VMwareV2"],
    };
    let kind = body::text(&wanted.fabric.properties, "customDetails.instanceType")?;
    match kind {
        Some(kind) if !fabrics.iter().any(|known| known.eq_ignore_ascii_case(kind)) => {
            let text = format!(
                "The instanceType '{}' does not fit the fabric '{}', which is '{kind}'.",
                wanted.provider.word(),
                wanted.fabric.name
            );
            Err(Wrong::input(
                text,
                format!("Use a fabric of the type {}.", fabrics.join(" or ")),
            ))
        }
        _ => Ok(()),
    }
}

/// The job has come to its end: the first copy begins.
pub(super) fn settled(tx: &mut Tx<'_>, key: &str) {
    let (now, copying) = (tx.now(), tx.scaled(item::SEEDING));
    let Some(row) = tx.recovery.objects.edit(key) else {
        return;
    };
    if let Some(mut item) = Item::of(row).filter(|item| item.state.phase == Phase::EnablingFailed) {
        item.state = State::new(Phase::Seeding, Side::Primary);
        item.failure = None;
        item.replicate(now, copying);
        item.into(row);
    }
}

/// The job has failed half-way: the item is there, and only to be removed.
pub(super) fn failed(tx: &mut Tx<'_>, key: &str, draft: &VaultObject, diagnosis: &Diagnosis) {
    let mut draft = draft.clone();
    if let Some(mut item) = Item::of(&draft) {
        item.failure = Some(diagnosis.clone());
        item.into(&mut draft);
    }
    tx.recovery.objects.put(key, draft);
}

//! A protected item as its row holds it: the state, both sides, and what replication has come to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::state::{Operation, Phase, Side, State};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::store::{Diagnosis, JobState, ReplicationJob, Tx, VaultObject};

/// Type of protected items below a vault.
pub(in crate::sandbox::arm::recovery) const KIND: &str =
    "replicationFabrics/replicationProtectionContainers/replicationProtectedItems";

/// How long the first copy takes; the reference names no time.
pub(super) const SEEDING: Duration = Duration::from_secs(15 * 60);

/// What replicates an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) enum Provider {
    A2A,
    HyperVReplicaAzure,
    InMageAzureV2,
    InMageRcm,
}

impl Provider {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [
        Self::A2A,
        Self::HyperVReplicaAzure,
        Self::InMageAzureV2,
        Self::InMageRcm,
    ];

    /// Returns its `instanceType`.
    pub(in crate::sandbox::arm::recovery) fn word(self) -> &'static str {
        match self {
            Self::A2A => "A2A",
            Self::HyperVReplicaAzure => "HyperVReplicaAzure",
            Self::InMageAzureV2 => "InMageAzureV2",
            Self::InMageRcm => "InMageRcm",
        }
    }
}

/// A disk that is replicated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Disk {
    pub(super) name: String,
    /// Id of the disk in Azure; empty on premises.
    pub(super) id: String,
    pub(super) gib: u64,
    /// `Windows` or `Linux` for the disk of the system, empty for others.
    pub(super) system: String,
    /// Kind of storage of its copy.
    pub(super) storage: String,
    /// Id of the staging (cache) account; empty on premises.
    pub(super) staging: String,
}

/// Where the machine is made or found, on one of the sides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Normal form of the region; empty on premises.
    pub(super) location: String,
    /// Id of the resource group; empty on premises.
    pub(super) group: String,
    pub(super) name: String,
    pub(super) size: String,
    /// Id of the network that was chosen; empty where a mapping decides.
    pub(super) network: String,
    /// Name of the subnet that was chosen.
    pub(super) subnet: String,
    /// Id of the network that was chosen for tests.
    pub(super) test_network: String,
    /// Id of the machine, once there is one.
    pub(super) machine: Option<String>,
}

/// What the row of an item holds in `hidden`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox::arm::recovery) struct Item {
    pub(in crate::sandbox::arm::recovery) provider: Provider,
    pub(in crate::sandbox::arm::recovery) state: State,
    /// Id of the source machine in Azure; empty on premises.
    pub(in crate::sandbox::arm::recovery) vm: String,
    pub(super) primary: Place,
    pub(super) recovery: Place,
    pub(super) disks: Vec<Disk>,
    pub(super) test_machine: Option<String>,
    /// When the copying began, and since when there are recovery points.
    pub(super) begun: Timestamp,
    pub(in crate::sandbox::arm::recovery) since: Timestamp,
    /// When it stopped: a failover, or the job that was to enable it.
    pub(in crate::sandbox::arm::recovery) until: Option<Timestamp>,
    pub(super) tested: Option<Timestamp>,
    pub(super) failed_over: Option<Timestamp>,
    /// Id of the recovery point of the last failover.
    pub(super) point: Option<String>,
    /// What it failed with when it was enabled.
    pub(in crate::sandbox::arm::recovery) failure: Option<Diagnosis>,
}

impl Item {
    /// Returns what a row holds; `None` for rows of other types.
    pub(in crate::sandbox::arm::recovery) fn of(object: &VaultObject) -> Option<Self> {
        serde_json::from_value(Value::Object(object.hidden.clone())).ok()
    }

    /// Writes it into its row.
    pub(super) fn into(self, object: &mut VaultObject) {
        object.hidden = self.hidden();
    }

    /// Returns it as a row holds it.
    pub(super) fn hidden(self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(hidden)) => hidden,
            _ => Map::new(),
        }
    }

    /// Returns its state now: the first copy ends with the clock.
    pub(in crate::sandbox::arm::recovery) fn state(&self, now: Timestamp) -> State {
        match self.state.phase {
            Phase::Seeding if now >= self.since => State::new(Phase::Protected, self.state.active),
            _ => self.state,
        }
    }

    /// Begins to replicate anew, with a first copy of that time.
    pub(super) fn replicate(&mut self, now: Timestamp, copying: Duration) {
        self.begun = now;
        self.since = later(now, copying);
        self.until = None;
    }

    /// Returns a side.
    pub(super) fn place(&self, side: Side) -> &Place {
        match side {
            Side::Primary => &self.primary,
            Side::Recovery => &self.recovery,
        }
    }

    /// Returns a side to be changed.
    pub(super) fn place_mut(&mut self, side: Side) -> &mut Place {
        match side {
            Side::Primary => &mut self.primary,
            Side::Recovery => &mut self.recovery,
        }
    }

    /// Tells whether it is replicated now, the first copy included.
    pub(super) fn replicates(&self) -> bool {
        matches!(self.state.phase, Phase::Seeding | Phase::Protected)
    }
}

/// Returns the job about an item that goes on or waits for somebody; one that goes on before others.
pub(in crate::sandbox::arm::recovery) fn current<'a>(
    tx: &'a Tx<'_>,
    key: &str,
) -> Option<&'a ReplicationJob> {
    let vault = object::vault(&Id::parse(key)?).key();
    let jobs = tx.recovery.jobs.under(&vault).map(|(_, job)| job);
    let mut waiting = None;
    for job in jobs.filter(|job| job.about == key) {
        match job.state {
            JobState::InProgress => return Some(job),
            JobState::Suspended => waiting = Some(job),
            _ => {}
        }
    }
    waiting
}

/// Returns the key of the job about an item that waits for somebody.
pub(super) fn current_waiting(tx: &Tx<'_>, key: &str) -> Option<String> {
    let vault = object::vault(&Id::parse(key)?).key();
    let mut jobs = tx.recovery.jobs.under(&vault);
    let found = jobs.find(|(_, job)| job.about == key && job.state == JobState::Suspended);
    found.map(|(key, _)| key.to_owned())
}

/// Tells whether a job about an item goes on, so that nothing else can be begun.
pub(in crate::sandbox::arm::recovery) fn is_busy(tx: &Tx<'_>, key: &str) -> bool {
    current(tx, key).is_some_and(|job| job.state == JobState::InProgress)
}

/// Returns the operations that an item allows now.
pub(in crate::sandbox::arm::recovery) fn allowed(
    tx: &Tx<'_>,
    key: &str,
    object: &VaultObject,
) -> Vec<Operation> {
    let Some(item) = Item::of(object) else {
        return Vec::new();
    };
    if is_busy(tx, key) {
        return Vec::new();
    }
    let state = item.state(tx.now());
    let mut allowed = state.allowed().to_vec();
    if state == State::new(Phase::Protected, state.active)
        && super::health::needs_repair(tx, object, &item)
    {
        allowed.push(Operation::RepairReplication);
    }
    allowed
}

//! The jobs of what stands before replication: fabrics, providers, containers, policies, networks,
//! storage, and their mappings.
//! One object is changed by one job at a time. The reference names neither their scenarios and
//! targets nor how long they take: they are this sandbox's.

use super::calls::Asked;
use super::job::{self, Start, Step};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Diagnosis, JobState, JobWork, ReplicationJob, Tx, VaultObject};

/// A kind of job.
#[derive(Debug)]
pub(super) struct Chore {
    scenario: &'static str,
    title: &'static str,
    target: &'static str,
    tasks: &'static [Step],
}

macro_rules! chores {
    ($($name:ident = $scenario:literal $title:literal $target:literal $task:literal $seconds:literal;)*) => {
        $(pub(super) const $name: Chore = Chore {
            scenario: $scenario,
            title: $title,
            target: $target,
            tasks: &[($task, $title, $seconds)],
        };)*
    };
}

chores! {
    ADD_FABRIC = "AddFabric" "Create fabric" "Fabric" "FabricTask" 30;
    CHECK_FABRIC = "CheckFabricConsistency" "Check consistency" "Fabric" "ConsistencyTask" 30;
    REMOVE_FABRIC = "RemoveFabric" "Delete fabric" "Fabric" "FabricTask" 30;
    REFRESH_PROVIDER = "RefreshServer" "Refresh server" "RecoveryServicesProvider" "RefreshTask" 30;
    REMOVE_PROVIDER = "RemoveServer" "Delete server" "RecoveryServicesProvider" "ServerTask" 30;
    ADD_CONTAINER = "AddProtectionContainer" "Create protection container" "ProtectionContainer" "ContainerTask" 20;
    REMOVE_CONTAINER = "RemoveProtectionContainer" "Delete protection container" "ProtectionContainer" "ContainerTask" 20;
    DISCOVER_ITEM = "DiscoverProtectableItem" "Discover protectable item" "ProtectionContainer" "DiscoveryTask" 45;
    PAIR = "PairCloud" "Associate replication policy" "ProtectionContainer" "PairingTask" 60;
    UNPAIR = "UnpairCloud" "Dissociate replication policy" "ProtectionContainer" "UnpairingTask" 60;
    ADD_POLICY = "AddProtectionProfile" "Create replication policy" "ProtectionProfile" "ProtectionProfileTask" 20;
    UPDATE_POLICY = "UpdateProtectionProfile" "Update replication policy" "ProtectionProfile" "ProtectionProfileTask" 20;
    MAP_NETWORK = "AddNetworkMapping" "Create network mapping" "NetworkMapping" "NetworkMappingTask" 30;
    CHANGE_NETWORK_MAPPING = "UpdateNetworkMapping" "Update network mapping" "NetworkMapping" "NetworkMappingTask" 30;
    UNMAP_NETWORK = "DeleteNetworkMapping" "Delete network mapping" "NetworkMapping" "NetworkMappingTask" 30;
    MAP_STORAGE = "AddStorageMapping" "Create storage mapping" "StorageClassificationMapping" "StorageMappingTask" 20;
    UNMAP_STORAGE = "DeleteStorageMapping" "Delete storage mapping" "StorageClassificationMapping" "StorageMappingTask" 20;
    ADD_VCENTER = "AddVCenter" "Add vCenter server" "VCenter" "DiscoveryTask" 80;
    UPDATE_VCENTER = "UpdateVCenter" "Update vCenter server" "VCenter" "DiscoveryTask" 80;
    REMOVE_VCENTER = "DeleteVCenter" "Remove vCenter server" "VCenter" "VCenterTask" 20;
    REMOVE_POLICY = "DeleteProtectionProfile" "Delete replication policy" "ProtectionProfile" "ProtectionProfileTask" 20;
}

/// Begins the job of a change, unless another one changes the same.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &Asked,
    chore: &Chore,
    work: JobWork,
) -> Outcome {
    begin_to_fail(tx, request, asked, (chore, work), None)
}

/// Begins a job, which fails at once if there is a reason.
pub(super) fn begin_to_fail(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &Asked,
    (chore, work): (&Chore, JobWork),
    failure: Option<Diagnosis>,
) -> Outcome {
    let removes = matches!(work, JobWork::Remove(_));
    free(tx, request, asked, removes)?;
    let start = Start {
        target_kind: chore.target,
        shows: !removes,
        failure: failure.map(|failure| (0, failure)),
        ..Start::new(chore.scenario, chore.title, chore.tasks, work)
    };
    Ok(job::begin(tx, request, asked, start).1)
}

/// Refuses a change of what another job changes: itself, what it stands in and is being removed,
/// and, where it is to go, what stands in it.
pub(super) fn free(
    tx: &Tx<'_>,
    request: &Request,
    asked: &Asked,
    removes: bool,
) -> Result<(), Refusal> {
    let own = asked.id.key();
    let is_below = |one: &str, other: &str| one.starts_with(&format!("{other}/"));
    let mut jobs = running(tx, &asked.vault.id);
    let other = jobs.find(|job| {
        job.about == own
            || (removes && is_below(&job.about, &own))
            || (is_below(&own, &job.about) && matches!(job.work, JobWork::Remove(_)))
    });
    let Some(other) = other else {
        return Ok(());
    };
    let diagnosis = Diagnosis::new(
        "150026",
        format!(
            "'{}' cannot be changed now: another operation is in progress.",
            asked.id.name()
        ),
        format!(
            "The job '{}' ({}) on '{}' has not ended.",
            other.id, other.title, other.target_name
        ),
        "Wait until the job has ended, and retry.",
    );
    Err(diagnosis.refuse(request, 409))
}

/// Returns the jobs of a vault that go on.
pub(super) fn running<'a>(
    tx: &'a Tx<'_>,
    vault: &str,
) -> impl Iterator<Item = &'a ReplicationJob> + use<'a> {
    let jobs = tx.recovery.jobs.under(vault);
    jobs.map(|(_, job)| job)
        .filter(|job| job.state == JobState::InProgress)
}

/// Returns what there is below a vault, and what jobs that go on will put there.
pub(super) fn there<'a>(
    tx: &'a Tx<'_>,
    vault: &str,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    let drafts = running(tx, vault).filter_map(|job| match &job.work {
        JobWork::Put(draft) => Some(&**draft),
        _ => None,
    });
    let objects = tx.recovery.objects.under(vault);
    objects.map(|(_, one)| one).chain(drafts)
}

/// Tells whether a job of the vault is taking something away.
pub(super) fn goes(tx: &Tx<'_>, vault: &str, key: &str) -> bool {
    running(tx, vault).any(|job| match &job.work {
        JobWork::Remove(gone) => key == gone || key.starts_with(&format!("{gone}/")),
        _ => false,
    })
}

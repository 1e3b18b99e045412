//! Azure Backup: policies, containers, protected items, recovery points, jobs. Source: recovery
//! reference §6.
//!
//! A change is an operation (`operations`), which ends when its job is created; what a job does
//! stands in `work`. Policies run as the clock moves. Machines are what it protects; the other
//! workloads of the service are known and not served.

mod containers;
mod filter;
mod items;
mod jobs;
mod names;
mod operations;
mod points;
mod policies;
mod refusal;
mod restore;
mod routes;
mod seed;
mod soft_delete;
mod status;
#[cfg(test)]
mod tests;
mod usage;
mod work;

pub(super) use routes::ROUTES;
pub(super) use seed::fill;

use super::part::Part;
use super::vault::BACKUP as VERSIONS;
use crate::sandbox::store::{BackupDue, Tx};

pub(super) const PARTS: &[&dyn Part] =
    &[&policies::Policies, &containers::Containers, &items::Items];

/// Does what lay in the queue, as of its time.
pub(super) fn run_due(tx: &mut Tx<'_>, due: &BackupDue) {
    match due {
        BackupDue::Operation(key) => operations::finish(tx, key),
        BackupDue::Forget(key) => drop(tx.recovery.backup_operations.remove(key)),
        BackupDue::Job(key) => jobs::finish(tx, key),
        BackupDue::Cancel(key) => jobs::cancel(tx, key),
        BackupDue::Run(key, turn) => work::scheduled(tx, key, *turn),
        BackupDue::Purge(key, turn) => work::purge(tx, key, *turn),
    }
}

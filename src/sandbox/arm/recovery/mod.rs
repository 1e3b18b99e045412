//! Microsoft.RecoveryServices: vaults, Site Recovery, Backup. Source: recovery reference.
//!
//! A vault is a resource like others (`vault`); what hangs on it are [`VaultObject`]s, whose types
//! say in `part` what they do. Whatever changes Site Recovery is a `job`: the call is accepted, the
//! change is made when the job's time has come.
//!
//! [`VaultObject`]: crate::sandbox::store::VaultObject

mod alerts;
mod backup;
mod calls;
mod chore;
mod containers;
mod events;
mod fabrics;
mod filter;
mod guide;
mod health;
mod infrastructure;
mod input;
mod job;
mod maker;
mod mappings;
mod migration;
mod networks;
mod object;
mod part;
mod plans;
mod policies;
mod protectable_items;
mod protected_items;
mod providers;
mod recovery_points;
mod refusal;
mod site;
mod storage;
#[cfg(test)]
mod testing;
mod trouble;
mod vault;
mod vcenters;

pub(crate) use guide::Era;
pub(crate) use providers::{Registration, register as register_agent};
pub(crate) use trouble::KINDS as TROUBLES;
pub(super) use vault::fill;

use super::kind::Kind;
use crate::sandbox::route::Route;
use crate::sandbox::store::{RecoveryDue, Tx};
use part::Part;

/// The types that are resources.
pub(super) const KINDS: &[&dyn Kind] = &[&vault::Vaults];

/// The types that hang on a vault.
const PARTS: &[&[&dyn Part]] = &[
    backup::PARTS,
    containers::PARTS,
    fabrics::PARTS,
    mappings::PARTS,
    migration::PARTS,
    networks::PARTS,
    plans::PARTS,
    policies::PARTS,
    protectable_items::PARTS,
    protected_items::PARTS,
    providers::PARTS,
    storage::PARTS,
    vcenters::PARTS,
];

/// The routes of the types, and of what a vault has once.
const ROUTES: &[&[Route]] = &[
    alerts::ROUTES,
    backup::ROUTES,
    containers::ROUTES,
    events::ROUTES,
    fabrics::ROUTES,
    health::ROUTES,
    job::ROUTES,
    mappings::ROUTES,
    migration::ROUTES,
    networks::ROUTES,
    plans::ROUTES,
    policies::ROUTES,
    protectable_items::ROUTES,
    protected_items::ROUTES,
    providers::ROUTES,
    recovery_points::ROUTES,
    storage::ROUTES,
    vault::ROUTES,
    vcenters::ROUTES,
];

/// Returns the routes.
pub(super) fn routes() -> impl Iterator<Item = &'static [Route]> {
    let all = ROUTES.iter().chain(job::MORE).chain(vault::MORE);
    all.copied()
}

/// Api-versions of Site Recovery. Source: recovery reference §1.
const REPLICATION: &[&str] = &["2025-02-01", "2025-08-01"];

/// Writes the path of something below a vault.
macro_rules! below {
    ($($rest:literal),+) => {
        concat!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults/{vault}",
            $($rest),+
        )
    };
}
use below;

/// Does what lay in the queue, as of its time.
pub(super) fn run_due(tx: &mut Tx<'_>, due: &RecoveryDue) {
    match due {
        RecoveryDue::Finish(key) => job::finish(tx, key),
        RecoveryDue::Cancel(key) => job::cancel(tx, key),
        RecoveryDue::Backup(due) => backup::run_due(tx, due),
    }
}

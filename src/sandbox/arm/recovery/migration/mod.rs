//! Migration items: machines of a `VMware` site that are copied to Azure, tried there and moved. What
//! is allowed when is `state`'s; jobs make it so. Source: recovery reference §5.6.

mod actions;
mod course;
mod enable;
mod end;
mod list;
mod points;
mod seed;
mod settings;
mod show;
mod state;
mod target;
#[cfg(test)]
mod tests;

pub(super) use seed::fill;

use serde_json::{Map, Value};

use self::course::Course;
use self::state::Doing;
use super::part::Part;
use super::{below, calls};
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Diagnosis, JobWork, ReplicationJob, Tx, VaultObject};

pub(super) const PARTS: &[&dyn Part] = &[&Items];

/// The types of an item, as they stand in paths.
const KIND: &str = "replicationFabrics/replicationProtectionContainers/replicationMigrationItems";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationMigrationItems"), list::list),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems"
        ),
        list::list,
    ),
    Route::arm("GET", ONE, calls::get),
    Route::arm("PUT", ONE, enable::put),
    Route::arm("PATCH", ONE, enable::patch),
    Route::arm("DELETE", ONE, actions::delete),
    Route::arm(
        "GET",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/migrationRecoveryPoints"
        ),
        points::list,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/testMigrate"
        ),
        actions::test_migrate,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/testMigrateCleanup"
        ),
        actions::test_migrate_cleanup,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/migrate"
        ),
        actions::migrate,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/resync"
        ),
        actions::resync,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/pauseReplication"
        ),
        actions::pause,
    ),
    Route::arm(
        "POST",
        below!(
            "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}/resumeReplication"
        ),
        actions::resume,
    ),
];

const ONE: &str = below!(
    "/replicationFabrics/{fabric}/replicationProtectionContainers/{container}/replicationMigrationItems/{item}"
);

#[derive(Debug)]
struct Items;

impl Part for Items {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn settled(&self, tx: &mut Tx<'_>, _job: &ReplicationJob, key: &str) {
        let course = match Course::at(tx, key) {
            Some(mut course) => {
                course.state = course.state.released();
                course.job = None;
                course
            }
            None => Course::begin(tx),
        };
        course.keep(tx, key);
    }

    fn acted(&self, tx: &mut Tx<'_>, job: &ReplicationJob, action: &str) -> Result<(), Diagnosis> {
        match Doing::parse(action) {
            Some(doing) => end::done(tx, job, doing),
            None => Ok(()),
        }
    }

    fn undone(&self, tx: &mut Tx<'_>, job: &ReplicationJob) {
        let doing = match &job.work {
            JobWork::Act(action) => Doing::parse(action),
            JobWork::Remove(_) => Some(Doing::DisableMigration),
            _ => None,
        };
        end::fail(tx, job, doing);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        show::complete(tx, object, properties);
    }
}

//! What comes of a job about a migration: machines that it makes or takes away, where the migration
//! stands then. Source: recovery reference §5.6.

use serde_json::Value;

use super::course::Course;
use super::state::{Doing, State};
use super::target::{self, Target};
use crate::sandbox::arm::body;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{Diagnosis, ReplicationJob, Tx, VaultObject};

/// Ends an action whose time has come.
pub(super) fn done(tx: &mut Tx<'_>, job: &ReplicationJob, doing: Doing) -> Result<(), Diagnosis> {
    let (Some(item), Some(mut course)) = (
        tx.recovery.objects.get(&job.about).cloned(),
        Course::at(tx, &job.about),
    ) else {
        return Ok(());
    };
    match doing {
        Doing::TestMigrate => course.trial = Some(make(tx, &item, job, true)?),
        Doing::Migrate => course.machine = Some(make(tx, &item, job, false)?),
        Doing::TestMigrateCleanup => {
            if let Some(machine) = course.trial.take() {
                target::unmake(tx, &machine);
            }
        }
        _ => {}
    }
    course.done(doing, tx.now());
    course.keep(tx, &job.about);
    note(tx, &job.about, doing, "Succeeded");
    Ok(())
}

/// Makes the machine of the target, or one to try.
fn make(
    tx: &mut Tx<'_>,
    item: &VaultObject,
    job: &ReplicationJob,
    trial: bool,
) -> Result<String, Diagnosis> {
    let settings = body::member(&item.properties, "providerSpecificDetails").unwrap_or_default();
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    let name = text("targetVmName").unwrap_or(&item.name);
    let asked = body::at(&job.asked, "providerSpecificDetails.networkId");
    let (name, network) = if trial {
        let network = asked.and_then(Value::as_str).unwrap_or_default();
        let usual = text("testNetworkId").is_some_and(|one| one.eq_ignore_ascii_case(network));
        let subnet = text("testSubnetName").filter(|_| usual);
        (format!("{name}-test"), (network, subnet))
    } else {
        let network = text("targetNetworkId").unwrap_or_default();
        (name.to_owned(), (network, text("targetSubnetName")))
    };
    let target = Target {
        settings: &settings,
        region: region(item).unwrap_or_default(),
        name,
        network,
        passing: trial,
    };
    target::make(tx, &target)
}

/// Notes that a job has failed or was cancelled; without an operation it was about the settings.
pub(super) fn fail(tx: &mut Tx<'_>, job: &ReplicationJob, doing: Option<Doing>) {
    let Some(mut course) = Course::at(tx, &job.about) else {
        return;
    };
    course.state = doing.map_or_else(
        || course.state.released(),
        |doing| State::failed(course.state, doing),
    );
    course.job = None;
    course.keep(tx, &job.about);
    if let Some(doing) = doing {
        note(tx, &job.about, doing, "Failed");
    }
}

/// Notes when a migration or a test was done last, and how that ended.
fn note(tx: &mut Tx<'_>, key: &str, doing: Doing, status: &str) {
    let names = match doing {
        Doing::Migrate => ["lastMigrationTime", "lastMigrationStatus"],
        Doing::TestMigrate => ["lastTestMigrationTime", "lastTestMigrationStatus"],
        _ => return,
    };
    let now = write(tx.now());
    if let Some(row) = tx.recovery.objects.edit(key) {
        row.properties.insert(names[0].to_owned(), now.into());
        row.properties.insert(names[1].to_owned(), status.into());
    }
}

/// Returns the region that an item is migrated to.
pub(super) fn region(item: &VaultObject) -> Option<&str> {
    item.properties.get("targetLocation")?.as_str()
}

//! What an item shows of its course. The fields of a job and of a health error's end are written as
//! other parts of the service do: the reference does not name them for items; words of descriptions
//! and of `replicationStatus` are not confirmed.

use serde_json::{Map, Value, json};

use super::course::Course;
use super::state::{Stage, Trial};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::{object, trouble};
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{Tx, VaultObject};

/// A time that has not been. Source: recovery reference §5.1.
const NEVER: &str = "1753-01-01T01:01:01Z";

/// Adds what is computed to the properties of an item.
pub(super) fn complete(tx: &Tx<'_>, item: &VaultObject, properties: &mut Map<String, Value>) {
    let Some(course) = Course::of(tx, item) else {
        return;
    };
    // What only the service knows.
    properties.remove("targetLocation");
    let policy = properties.get("policyId").and_then(Value::as_str);
    let policy = policy.and_then(|id| tx.recovery.objects.get(&id.to_lowercase()));
    let policy = policy.map(object::friendly).unwrap_or_default();
    let (health, errors) = health(tx, item);
    let stage = stage(course.state.stage);
    let trial = trial(course.state.trial);
    let computed = json!({
        "allowedOperations": course.state.words(),
        "criticalJobHistory": [],
        "currentJob": current_job(item, &course),
        "eventCorrelationId": derived::guid(&["events", &item.id.to_lowercase()]),
        "health": health,
        "healthErrors": errors,
        "migrationState": stage,
        "migrationStateDescription": spaced(stage),
        "policyFriendlyName": policy,
        "replicationStatus": replication(course.state.stage),
        "testMigrateState": trial,
        "testMigrateStateDescription": spaced(trial),
    });
    for name in ["lastMigrationTime", "lastTestMigrationTime"] {
        properties.entry(name).or_insert_with(|| NEVER.into());
    }
    properties.extend(computed.as_object().cloned().unwrap_or_default());
}

/// The job that goes on; the one called `None` when there is none. Source: recovery reference §5.1.
fn current_job(item: &VaultObject, course: &Course) -> Value {
    let vault = Id::parse(&item.id).map(|id| object::shown_id(&object::vault(&id)));
    let vault = vault.unwrap_or_default();
    match &course.job {
        Some(job) => json!({
            "jobName": job.title,
            "jobId": format!("{vault}/replicationJobs/{}", job.id),
            "startTime": write(job.started),
        }),
        None => json!({
            "jobName": "None",
            "jobId": format!("{vault}/replicationJobs/None"),
            "startTime": NEVER,
        }),
    }
}

fn health(tx: &Tx<'_>, item: &VaultObject) -> (&'static str, Vec<Value>) {
    if !trouble::stands(tx, &item.id, "rpo_exceeded") {
        return ("Normal", Vec::new());
    }
    let error = json!({
        "errorCode": "150176",
        "errorLevel": "Error",
        "errorCategory": "Replication",
        "errorSource": "Agent",
        "summaryMessage": "The recovery point objective is exceeded.",
        "errorMessage": "No recovery point was made for longer than the policy allows.",
        "possibleCauses": "The network is slow, or the machine changes more than can be copied.",
        "recommendedAction": "See that the appliance has enough bandwidth.",
        "creationTimeUtc": write(tx.now()),
    });
    ("Critical", vec![error])
}

/// `migrationState`.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::InitialSeedingInProgress => "InitialSeedingInProgress",
        Stage::Replicating => "Replicating",
        Stage::SuspendingProtection => "SuspendingProtection",
        Stage::ProtectionSuspended => "ProtectionSuspended",
        Stage::ResumeInProgress => "ResumeInProgress",
        Stage::MigrationInProgress => "MigrationInProgress",
        Stage::MigrationSucceeded => "MigrationSucceeded",
        Stage::MigrationFailed => "MigrationFailed",
        Stage::DisableMigrationInProgress => "DisableMigrationInProgress",
        Stage::DisableMigrationFailed => "DisableMigrationFailed",
    }
}

/// `testMigrateState`.
fn trial(trial: Trial) -> &'static str {
    match trial {
        Trial::None => "None",
        Trial::TestMigrationInProgress => "TestMigrationInProgress",
        Trial::TestMigrationSucceeded => "TestMigrationSucceeded",
        Trial::TestMigrationFailed => "TestMigrationFailed",
        Trial::TestMigrationCleanupInProgress => "TestMigrationCleanupInProgress",
    }
}

fn replication(stage: Stage) -> &'static str {
    match stage {
        Stage::InitialSeedingInProgress => "Initial replication",
        Stage::SuspendingProtection | Stage::ProtectionSuspended => "Paused",
        Stage::MigrationSucceeded => "Migrated",
        _ => "Delta replication",
    }
}

/// Writes a word of the service as people read it: `Test migration succeeded`.
fn spaced(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
            text.push(letter.to_ascii_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn descriptions_are_the_words_of_the_state() {
        assert_eq!(spaced("TestMigrationSucceeded"), "Test migration succeeded");
        assert_eq!(spaced("None"), "None");
    }
}

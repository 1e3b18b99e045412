//! Whatever is done in whatever order, an item is in a state of the reference, and what is refused
//! says what is allowed.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LEGACY, body, machine, property};
use crate::sandbox::arm::recovery::testing::Vault;

/// `MigrationState`. Source: recovery reference §5.6.
const STATES: [&str; 17] = [
    "DisableMigrationFailed",
    "DisableMigrationInProgress",
    "EnableMigrationFailed",
    "EnableMigrationInProgress",
    "InitialSeedingFailed",
    "InitialSeedingInProgress",
    "MigrationCompletedWithInformation",
    "MigrationFailed",
    "MigrationInProgress",
    "MigrationPartiallySucceeded",
    "MigrationSucceeded",
    "None",
    "ProtectionSuspended",
    "Replicating",
    "ResumeInProgress",
    "ResumeInitiated",
    "SuspendingProtection",
];

/// `TestMigrationState`.
const TRIALS: [&str; 7] = [
    "None",
    "TestMigrationCleanupInProgress",
    "TestMigrationCompletedWithInformation",
    "TestMigrationFailed",
    "TestMigrationInProgress",
    "TestMigrationPartiallySucceeded",
    "TestMigrationSucceeded",
];

/// Path and name of each operation.
const ACTIONS: [(&str, &str); 7] = [
    ("testMigrate", "TestMigrate"),
    ("testMigrateCleanup", "TestMigrateCleanup"),
    ("migrate", "Migrate"),
    ("resync", "StartResync"),
    ("pauseReplication", "PauseReplication"),
    ("resumeReplication", "ResumeReplication"),
    ("", "DisableMigration"),
];

/// What one step does.
#[derive(Debug, Clone)]
enum Step {
    Act(usize),
    /// The agent is unreachable for the next job.
    Trouble,
    /// The running job is cancelled.
    Cancel,
    Wait(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..ACTIONS.len()).prop_map(Step::Act),
        1 => Just(Step::Trouble),
        1 => Just(Step::Cancel),
        4 => (10_u64..900).prop_map(Step::Wait),
    ]
}

fn take(vault: &Vault, step: &Step) {
    match step {
        Step::Act(at) => act(vault, ACTIONS[*at]),
        Step::Wait(seconds) => vault.shop.bench.advance(Duration::from_secs(*seconds)),
        Step::Trouble => vault.shop.bench.change(|tx| {
            let told = json!({ "match": "vm-legacy", "kind": "agent_unreachable", "times": 1 });
            let told = serde_json::from_value(told).expect("a trouble");
            tx.recovery.troubles.put("1", told);
        }),
        Step::Cancel => vault.shop.bench.change(|tx| {
            let keys = tx.recovery.jobs.under(&vault.path);
            let keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                crate::sandbox::arm::recovery::job::cancel(tx, &key);
            }
        }),
    }
}

/// Asks for something: it is accepted if it is allowed, else refused with what is.
fn act(vault: &Vault, (path, name): (&str, &str)) {
    let seen = vault.call("GET", LEGACY, None);
    if seen.status == 404 {
        return;
    }
    let allowed = seen.json["properties"]["allowedOperations"].as_array();
    let allowed = allowed.into_iter().flatten().filter_map(Value::as_str);
    let allowed: Vec<&str> = allowed.collect();
    let done = if path.is_empty() {
        vault.call("DELETE", LEGACY, None)
    } else {
        let sent = body(vault, LEGACY, path);
        vault.call("POST", &format!("{LEGACY}/{path}"), Some(&sent))
    };
    if allowed.contains(&name) {
        assert_eq!(done.status, 202, "{name}: {}", done.json);
        return;
    }
    assert_eq!(done.status, 409, "{name}: {}", done.json);
    let causes = done.json["error"]["details"][0]["possibleCauses"].to_string();
    for one in allowed {
        assert!(causes.contains(one), "{name}: {causes}");
    }
}

/// Asserts what holds whenever somebody looks.
fn holds(vault: &Vault) {
    let seen = vault.call("GET", LEGACY, None);
    if seen.status == 404 {
        return;
    }
    let item = seen.json;
    let stage = property(&item, "migrationState");
    let trial = property(&item, "testMigrateState");
    assert!(STATES.contains(&stage), "{stage}");
    assert!(TRIALS.contains(&trial), "{trial}");
    let is_tried = machine(vault, "vm-legacy-test").is_some();
    let is_there = machine(vault, "vm-legacy").is_some();
    let may = ["TestMigrationSucceeded", "TestMigrationCleanupInProgress"].contains(&trial);
    assert!(!is_tried || may, "a test machine at {trial}");
    assert!(is_tried || trial != "TestMigrationSucceeded");
    assert!(!is_there || !["Replicating", "ProtectionSuspended"].contains(&stage));
    assert!(is_there || stage != "MigrationSucceeded");
    let runs = item["properties"]["currentJob"]["jobName"] != "None";
    let allowed = item["properties"]["allowedOperations"]
        .as_array()
        .map(Vec::len);
    assert_eq!(allowed == Some(0), runs, "{item}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_order_of_actions_leaves_the_states_of_the_reference(
        steps in prop::collection::vec(any_step(), 1..24),
    ) {
        let vault = Vault::new("rsv-dr");
        for step in &steps {
            take(&vault, step);
            holds(&vault);
        }
    }
}

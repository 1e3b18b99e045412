//! Whatever is done in whatever order: an item only reaches states of the table, and what is refused
//! says what is allowed.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sandbox::arm::recovery::job;
use crate::sandbox::arm::recovery::protected_items::state::{Phase, Side, State, Test};
use crate::sandbox::store::JobState;

/// Something that somebody does, or that happens.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Act(usize),
    Wait(u64),
    /// The next job of the item fails.
    Fail,
    /// The job that goes on, or waits, is cancelled.
    Cancel,
    /// The job that has failed is begun again; the one that waits is resumed.
    GoOn,
    Trouble(usize),
    Calm,
}

const ACTIONS: [&str; 12] = [
    "plannedFailover",
    "unplannedFailover",
    "testFailover",
    "testFailoverCleanup",
    "failoverCommit",
    "failoverCancel",
    "reProtect",
    "applyRecoveryPoint",
    "repairReplication",
    "updateMobilityService",
    "remove",
    "PUT",
];

const TROUBLES: [&str; 3] = ["cache_storage_missing", "agent_unreachable", "rpo_exceeded"];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        10 => (0..ACTIONS.len()).prop_map(Deed::Act),
        6 => (0..40u64).prop_map(Deed::Wait),
        1 => Just(Deed::Fail),
        1 => Just(Deed::Cancel),
        2 => Just(Deed::GoOn),
        1 => (0..TROUBLES.len()).prop_map(Deed::Trouble),
        1 => Just(Deed::Calm),
    ]
}

/// All states, with what each shows.
fn table() -> Vec<([String; 3], Vec<&'static str>)> {
    let mut all = Vec::new();
    for phase in [
        Phase::EnablingFailed,
        Phase::Seeding,
        Phase::Protected,
        Phase::PlannedDone,
        Phase::UnplannedDone,
        Phase::PlannedCommitted,
        Phase::UnplannedCommitted,
    ] {
        for active in [Side::Primary, Side::Recovery] {
            for test in [Test::None, Test::Waiting, Test::Cleaning] {
                if test != Test::None && phase != Phase::Protected {
                    continue;
                }
                let state = State {
                    phase,
                    active,
                    test,
                };
                let words = [state.words().0, active.word(), test.words().0];
                let allowed = state.allowed().iter().map(|one| one.word());
                all.push((words.map(str::to_owned), allowed.collect()));
            }
        }
    }
    all
}

/// What the table says of what is shown: one of its states, with what that allows; nothing while a
/// job goes on.
fn holds(shown: &Value, table: &[([String; 3], Vec<&'static str>)]) -> bool {
    let words = ["protectionState", "activeLocation", "testFailoverState"]
        .map(|name| shown[name].as_str().unwrap_or_default().to_owned());
    let Some((_, allowed)) = table.iter().find(|(known, _)| *known == words) else {
        return false;
    };
    let given = shown["allowedOperations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let given: Vec<&str> = given.iter().filter_map(Value::as_str).collect();
    let bare: Vec<&str> = given
        .iter()
        .copied()
        .filter(|one| *one != "RepairReplication")
        .collect();
    let is_repaired = bare.len() == given.len() || shown["replicationHealth"] != "Normal";
    given.is_empty() || (bare == *allowed && is_repaired)
}

fn send(vault: &Vault, item: &str, action: &str) -> (u16, Value) {
    let active = match vault.call("GET", item, None).json["properties"]["activeLocation"].as_str() {
        Some("Recovery") => "RecoveryToPrimary",
        _ => "PrimaryToRecovery",
    };
    let body = match action {
        "plannedFailover" | "unplannedFailover" => a2a(json!({ "failoverDirection": active })),
        "testFailover" => {
            a2a(json!({ "failoverDirection": active, "networkType": "NoNetworkAttachAsInput" }))
        }
        "PUT" => batch(vault),
        _ => a2a(json!({})),
    };
    let seen = match action {
        "PUT" => vault.call("PUT", item, Some(&body)),
        _ => vault.call("POST", &format!("{item}/{action}"), Some(&body)),
    };
    (seen.status, seen.json)
}

/// Cancels the job about the item, if there is one that can be.
fn cancel(vault: &Vault) {
    vault.shop.bench.change(|tx| {
        let found = tx.recovery.jobs.iter().find(|(_, one)| {
            one.about.ends_with("/vm-batch1")
                && matches!(one.state, JobState::InProgress | JobState::Suspended)
        });
        if let Some(key) = found.map(|(key, _)| key.to_owned()) {
            job::cancel(tx, &key);
        }
    });
}

/// Has the last job about the item begun again, or resumed, by the calls that there are for that.
fn go_on(vault: &Vault) -> Result<(), TestCaseError> {
    let last = vault.shop.bench.change(|tx| {
        let jobs = tx.recovery.jobs.iter().map(|(_, job)| job);
        let own = jobs.filter(|job| job.about.ends_with("/vm-batch1"));
        let last = own.max_by_key(|job| job.started);
        last.map(|job| (job.id.clone(), job.state))
    });
    let (job, word) = match last {
        Some((job, JobState::Failed)) => (job, "restart"),
        Some((job, JobState::Suspended)) => (job, "resume"),
        _ => return Ok(()),
    };
    let seen = vault.call("POST", &format!("/replicationJobs/{job}/{word}"), None);
    prop_assert!([202, 409].contains(&seen.status), "{word}: {}", seen.json);
    Ok(())
}

fn run(deeds: &[Deed]) -> Result<(), TestCaseError> {
    let vault = vault();
    let table = table();
    vault.tell("config", &json!({ "arm_writes": 0, "arm_reads": 0 }));
    let item = format!("{WEST}/replicationProtectedItems/vm-batch1");
    send(&vault, &item, "PUT");
    for deed in deeds {
        match *deed {
            Deed::Act(number) => {
                let action = ACTIONS[number];
                let (status, json) = send(&vault, &item, action);
                prop_assert!(
                    [202, 204, 404, 409].contains(&status),
                    "{action} {status}: {json}"
                );
                if status == 409 {
                    let causes = json["error"]["details"][0]["possibleCauses"].as_str();
                    let says =
                        causes.is_some_and(|text| text.starts_with("Operations allowed now: "));
                    prop_assert!(says, "{action}: {json}");
                }
            }
            Deed::Wait(minutes) => pass(&vault, minutes),
            Deed::Fail => {
                vault.tell("operations", &json!({ "match": "replicationProtectedItems/vm-batch1", "end": "Failed", "times": 1 }));
            }
            Deed::Cancel => cancel(&vault),
            Deed::GoOn => go_on(&vault)?,
            Deed::Trouble(number) => trouble(
                &vault,
                "replicationProtectedItems/vm-batch1",
                TROUBLES[number],
                Some(1),
            ),
            Deed::Calm => drop(vault.control("DELETE", "troubles", &json!({}))),
        }
        let seen = vault.call("GET", &item, None);
        prop_assert!(
            seen.status == 404 || holds(&seen.json["properties"], &table),
            "{deed:?}: {}",
            seen.json
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_item_stays_in_the_table(deeds in prop::collection::vec(deed(), 1..40)) {
        run(&deeds)?;
    }
}

//! Whatever is done in whatever order: an item only reaches states of the table, and what is refused
//! says what is allowed.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sandbox::arm::recovery::job;
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

/// The words that a state shows: `protectionState`, `activeLocation`, `testFailoverState`.
type Words = [String; 3];

/// What may be done in a state. Recovery reference §5.3, word for word but for two choices that it
/// leaves open: a failover can be cancelled while it is not committed, and the way back goes through
/// the same rows.
fn allowed(words: &Words) -> Option<&'static [&'static str]> {
    let allowed: &[&str] = match words.each_ref().map(String::as_str) {
        [
            "EnablingFailed" | "InitialReplicationInProgress",
            "Primary",
            "None",
        ] => &["DisableProtection"],
        ["Protected", "Primary", "None"] => &[
            "PlannedFailover",
            "UnplannedFailover",
            "DisableProtection",
            "TestFailover",
        ],
        ["Protected", "Recovery", "None"] => {
            &["PlannedFailover", "TestFailover", "DisableProtection"]
        }
        ["Protected", _, "WaitingForCompletion" | "MarkedForDeletion"] => &["TestFailoverCleanup"],
        ["PlannedFailoverCommitRequired", _, "None"] => &[
            "CompleteMigration",
            "Commit",
            "DisableProtection",
            "ChangePit",
        ],
        ["UnplannedFailoverCommitRequired", _, "None"] => {
            &["Commit", "ChangePit", "DisableProtection", "CancelFailover"]
        }
        [
            "PlannedFailoverCommitted" | "UnplannedFailoverCommitted",
            _,
            "None",
        ] => &["ReverseReplicate", "DisableProtection"],
        _ => return None,
    };
    Some(allowed)
}

/// Whether a state may follow another: by an operation that the other allows, by the end of the
/// first replication or of a clean-up.
fn follows(before: &Words, after: &Words) -> bool {
    let [was, side, test] = before.each_ref().map(String::as_str);
    let [is, now, tested] = after.each_ref().map(String::as_str);
    let stays = side == now;
    match (was, is) {
        _ if before == after => true,
        ("Protected", "Protected") => stays && [test, tested] != ["None", "MarkedForDeletion"],
        (_, "InitialReplicationInProgress" | "EnablingFailed") => now == "Primary",
        ("Protected", "PlannedFailoverCommitRequired") => !stays && test == "None",
        ("Protected", "UnplannedFailoverCommitRequired") => {
            test == "None" && side == "Primary" && !stays
        }
        ("PlannedFailoverCommitRequired", "PlannedFailoverCommitted")
        | ("UnplannedFailoverCommitRequired", "UnplannedFailoverCommitted")
        | (
            "InitialReplicationInProgress"
            | "EnablingFailed"
            | "PlannedFailoverCommitted"
            | "UnplannedFailoverCommitted",
            "Protected",
        ) => stays,
        ("UnplannedFailoverCommitRequired", "Protected") => !stays,
        _ => false,
    }
}

fn words(shown: &Value) -> Words {
    ["protectionState", "activeLocation", "testFailoverState"]
        .map(|name| shown[name].as_str().unwrap_or_default().to_owned())
}

fn operations(shown: &Value) -> Vec<String> {
    let given = shown["allowedOperations"].as_array();
    let given = given.into_iter().flatten().filter_map(Value::as_str);
    given.map(str::to_owned).collect()
}

/// What the table says of what is shown: one of its states, with what that allows; nothing while a
/// job goes on.
fn holds(shown: &Value) -> bool {
    let Some(allowed) = allowed(&words(shown)) else {
        return false;
    };
    let given = operations(shown);
    let repair = |one: &&String| *one != "RepairReplication";
    let bare: Vec<&String> = given.iter().filter(repair).collect();
    let is_repaired = bare.len() == given.len() || shown["replicationHealth"] != "Normal";
    given.is_empty() || (bare == allowed && is_repaired)
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
    vault.tell("config", &json!({ "arm_writes": 0, "arm_reads": 0 }));
    let item = format!("{WEST}/replicationProtectedItems/vm-batch1");
    send(&vault, &item, "PUT");
    let mut before = vault.call("GET", &item, None).json["properties"].take();
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
                    let now = match operations(&before) {
                        now if now.is_empty() => "none".to_owned(),
                        now => now.join(", "),
                    };
                    let told = format!("Operations allowed now: {now}.");
                    prop_assert_eq!(causes, Some(told.as_str()), "{}: {}", action, json);
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
        let seen = vault.call("GET", &item, None).json["properties"].take();
        prop_assert!(seen.is_null() || holds(&seen), "{deed:?}: {seen}");
        let known = before.is_null() || seen.is_null();
        let follows = known || follows(&words(&before), &words(&seen));
        prop_assert!(follows, "{deed:?}: {before} then {seen}");
        before = seen;
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

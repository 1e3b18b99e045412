//! Random ways of an item: whatever is asked, whatever fails, however far the clock moves, the item
//! never stands where the reference does not allow it, and each refusal says truly what is allowed.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{item, look, machine, protection, trouble, wait};
use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::arm::testing::with;
use crate::sandbox::testing::Seen;

const MACHINE: &str = "vm-batch1";

/// What may be asked, in the words of the refusals.
const ACTIONS: [&str; 8] = [
    "protect",
    "change policy",
    "stop protection",
    "resume protection",
    "undelete",
    "delete",
    "backup",
    "restore",
];

#[derive(Debug, Clone)]
enum Step {
    Ask(&'static str),
    Wait(u64),
    /// The next backup fails.
    Trouble(&'static str),
    /// The next job fails or is cancelled.
    End(&'static str),
    /// The job that runs is cancelled.
    Cancel,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => prop::sample::select(&ACTIONS[..]).prop_map(Step::Ask),
        6 => prop::sample::select(vec![5, 12, 45, 400, 86_400, 16 * 86_400, 50 * 86_400])
            .prop_map(Step::Wait),
        1 => prop::sample::select(vec!["backup_failed", "agent_unreachable"])
            .prop_map(Step::Trouble),
        1 => prop::sample::select(vec!["Failed", "Canceled"]).prop_map(Step::End),
        1 => Just(Step::Cancel),
    ]
}

/// What can be seen of the item.
#[derive(Debug, Clone, PartialEq)]
struct Sight {
    /// `absent`, `deleted`, or the protection state.
    state: String,
    points: usize,
    last: Value,
    /// What goes on: operations of jobs.
    running: Vec<String>,
}

struct Walk {
    vault: Vault,
    /// The changes that were accepted and have no job yet, and what those will do.
    pending: Vec<(Seen, &'static str)>,
    ends: u64,
}

impl Walk {
    fn new() -> Self {
        Self {
            vault: Vault::new("rsv-backup"),
            pending: Vec::new(),
            ends: 0,
        }
    }

    fn body(&self, action: &str) -> Value {
        let put = protection(&self.vault, MACHINE, "daily22");
        match action {
            "stop protection" => with(
                &put,
                "properties.protectionState",
                json!("ProtectionStopped"),
            ),
            "undelete" => with(&put, "properties.isRehydrate", json!(true)),
            "backup" => json!({ "properties": { "objectType": "IaasVMBackupRequest" } }),
            "restore" => json!({ "properties": {
                "objectType": "IaasVMRestoreRequest",
                "recoveryType": "RestoreDisks",
                "recoveryPointId": self.point(),
                "sourceResourceId": machine(&self.vault, MACHINE),
                "storageAccountId": format!("{}/resourceGroups/rg-recovery/providers/Microsoft.Storage/storageAccounts/stfabcache01", self.vault.shop.root),
                "region": "westeurope",
            } }),
            _ => put,
        }
    }

    /// Returns the latest point; some name where there is none.
    fn point(&self) -> String {
        let seen = self
            .vault
            .call("GET", &format!("{}/recoveryPoints", item(MACHINE)), None);
        let name = seen.json["value"][0]["name"].as_str();
        name.unwrap_or("none").to_owned()
    }

    fn ask(&self, action: &str) -> Seen {
        let path = item(MACHINE);
        let (verb, path) = match action {
            "delete" => ("DELETE", path),
            "backup" => ("POST", format!("{path}/backup")),
            "restore" => (
                "POST",
                format!("{path}/recoveryPoints/{}/restore", self.point()),
            ),
            _ => ("PUT", path),
        };
        let body = self.body(action);
        self.vault
            .call(verb, &path, Some(&body).filter(|_| verb != "DELETE"))
    }

    fn see(&mut self) -> Sight {
        let seen = self.vault.call("GET", &item(MACHINE), None);
        let shown = &seen.json["properties"];
        let state = match (seen.status, &shown["isScheduledForDeferredDelete"]) {
            (404, _) => "absent",
            (_, Value::Bool(true)) => "deleted",
            _ => shown["protectionState"].as_str().expect("a state"),
        };
        let path = format!("{}/recoveryPoints?$top=500", item(MACHINE));
        let points = self.vault.call("GET", &path, None).json;
        let jobs = self.vault.get("/backupJobs?$top=500");
        let jobs = jobs["value"].as_array().expect("a list").iter();
        let running = jobs.map(|job| &job["properties"]).filter(|job| {
            let goes_on = job["status"] == "InProgress" || job["status"] == "Cancelling";
            goes_on && job["entityFriendlyName"] == MACHINE
        });
        let mut running: Vec<String> = running
            .map(|job| job["operation"].as_str().expect("a word").to_owned())
            .collect();
        let vault = &self.vault;
        self.pending.retain(|(seen, _)| {
            look(vault, seen, "azure-asyncoperation").json["status"] == "InProgress"
        });
        running.extend(self.pending.iter().map(|(_, word)| (*word).to_owned()));
        Sight {
            state: state.to_owned(),
            points: points["value"].as_array().map_or(0, Vec::len),
            last: shown["lastBackupTime"].clone(),
            running,
        }
    }

    fn go(&mut self, step: &Step) {
        match step {
            Step::Ask(action) => self.try_one(action),
            Step::Wait(seconds) => wait(&self.vault, *seconds),
            Step::Trouble(kind) => trouble(&self.vault, MACHINE, kind, Some(1)),
            Step::End(end) => {
                self.ends += 1;
                let key = self.ends.to_string();
                let ending = json!({ "match": "vm;iaasvmcontainerv2;rg-shop;vm-batch1", "end": end, "times": 1 });
                let ending = serde_json::from_value(ending).expect("an ending");
                self.vault
                    .shop
                    .bench
                    .change(|tx| tx.arm.endings.put(&key, ending));
            }
            Step::Cancel => self.cancel(),
        }
    }

    /// Asks, and holds the answer against what the reference lets one expect.
    fn try_one(&mut self, action: &'static str) {
        let before = self.see();
        let seen = self.ask(action);
        let wanted = meant(action, &before.state);
        let fits = expected(wanted, &before);
        match seen.status {
            202 => {
                assert!(fits, "{action} was accepted: {before:?}");
                let status = look(&self.vault, &seen, "location").status;
                assert_eq!(status, 202, "{action} took effect at once");
                self.pending.push((seen, word(wanted)));
            }
            204 => assert_eq!((action, before.state.as_str()), ("delete", "absent")),
            404 => {
                let is_absent = before.state == "absent" || before.points == 0;
                assert!(is_absent, "{action} found nothing: {before:?}");
            }
            409 => {
                assert!(!fits, "{action} was refused: {before:?} {}", seen.json);
                told(&before, wanted, &seen);
            }
            other => panic!("{action}: {other} {}", seen.json),
        }
    }

    fn cancel(&self) {
        let jobs = self.vault.get("/backupJobs?$filter=status eq 'InProgress'");
        for job in jobs["value"].as_array().expect("a list") {
            let can = job["properties"]["actionsInfo"] == json!(["Cancellable"]);
            let path = format!(
                "/backupJobs/{}/cancel",
                job["name"].as_str().expect("a name")
            );
            let expected = if can { 202 } else { 409 };
            assert_eq!(
                self.vault.call("POST", &path, None).status,
                expected,
                "{job}"
            );
        }
    }
}

/// What a refusal says to be allowed is what is.
fn told(before: &Sight, wanted: &str, seen: &Seen) {
    let text = seen.json["error"]["message"].as_str().expect("a text");
    let told = text.split("allowed now: ").nth(1).expect("what is allowed");
    let told = told.trim_end_matches('.');
    let mut told: Vec<&str> = told.split(", ").filter(|one| *one != "none").collect();
    assert!(!told.contains(&wanted), "{text}");
    let allowed = ACTIONS.iter().copied().filter(|one| expected(one, before));
    let mut allowed: Vec<&str> = allowed.collect();
    // A restore is asked of a point: without one it is not found rather than refused.
    let apart = |all: &mut Vec<&str>| {
        all.retain(|one| *one != "restore" || before.points > 0);
        all.sort_unstable();
    };
    apart(&mut told);
    apart(&mut allowed);
    assert_eq!(told, allowed, "{before:?} {text}");
}

/// Returns which action a request means where the item stands: one PUT serves for several.
fn meant(action: &'static str, state: &str) -> &'static str {
    match (action, state) {
        ("protect" | "change policy" | "resume protection", "absent") => "protect",
        ("protect" | "change policy" | "resume protection", "deleted" | "ProtectionStopped") => {
            "resume protection"
        }
        ("protect" | "change policy" | "resume protection", _) => "change policy",
        (other, _) => other,
    }
}

/// Returns the operation of the job that an action begins.
fn word(action: &str) -> &'static str {
    match action {
        "stop protection" => "DisableBackup",
        "undelete" => "UndeleteBackupData",
        "delete" => "DeleteBackupData",
        "backup" => "Backup",
        "restore" => "Restore",
        _ => "ConfigureBackup",
    }
}

/// What the reference lets one expect: by the state, and by what goes on.
fn expected(action: &str, sight: &Sight) -> bool {
    let by_state = match sight.state.as_str() {
        "absent" => action == "protect",
        "deleted" => action == "undelete",
        "ProtectionStopped" => ["resume protection", "restore", "delete"].contains(&action),
        "Protected" => !["protect", "resume protection", "undelete"].contains(&action),
        "IRPending" | "ProtectionError" => {
            ["backup", "change policy", "stop protection", "delete"].contains(&action)
        }
        other => panic!("the reference has no such state here: {other}"),
    };
    let own = word(action);
    let beside = |other: &String| {
        let moves = |word: &str| word == "Backup" || word == "Restore";
        moves(own) && moves(other) && own != other
    };
    by_state && sight.running.iter().all(beside)
}

/// What holds wherever an item stands, and from one look to the next.
fn sound(before: &Sight, now: &Sight) {
    match now.state.as_str() {
        "absent" | "IRPending" | "ProtectionError" => assert_eq!(now.points, 0, "{now:?}"),
        "Protected" => assert!(now.points > 0, "{now:?}"),
        "ProtectionStopped" | "deleted" => {}
        other => panic!("the reference has no such state here: {other}"),
    }
    let rests = |sight: &Sight| ["ProtectionStopped", "deleted"].contains(&sight.state.as_str());
    if rests(before) && rests(now) {
        assert_eq!(before.last, now.last, "a backup of what is not protected");
        assert!(now.points <= before.points, "{before:?} {now:?}");
    }
    let count = |word: &str| now.running.iter().filter(|one| *one == word).count();
    let (saves, restores) = (count("Backup"), count("Restore"));
    assert!(saves <= 1 && restores <= 1, "{now:?}");
    let changes = now.running.len() - saves - restores;
    assert!(changes == 0 || now.running.len() == 1, "{now:?}");
}

/// Few ways usually, many where there is time (`TENANTRY_SLOW`).
fn config() -> ProptestConfig {
    let is_slow = std::env::var_os("TENANTRY_SLOW").is_some();
    ProptestConfig {
        cases: if is_slow { 300 } else { 8 },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn an_item_never_stands_where_it_must_not(steps in prop::collection::vec(step(), 6..22)) {
        let mut walk = Walk::new();
        let mut before = walk.see();
        for step in &steps {
            walk.go(step);
            let now = walk.see();
            sound(&before, &now);
            before = now;
        }
    }
}

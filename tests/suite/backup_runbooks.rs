//! The runbooks about vaults and backups, by what they find and leave behind.

use serde_json::Value;

use tenantry::error::Code;

use crate::stage::Stage;
use crate::stage_book::{Played, say_what_they_take, texts};

const FABRIKAM: &str = "fabrikam.onmicrosoft.com";
const NAMES: [&str; 3] = ["backup_gaps", "backup_now", "vault_report"];

/// A sandbox, and sessions that know it.
struct World(Stage);

impl World {
    fn new() -> Self {
        Self(Stage::new(0))
    }

    fn run(&self, script: &str, args: &[&str]) -> Played {
        self.0.book(script, args)
    }

    /// Backs up machines of the vault `rsv-backup`.
    fn back_up(&self, more: &[&str]) -> Played {
        let args = ["--tenant", FABRIKAM, "--vault", "rsv-backup"];
        self.run("backup_now", &[&args[..], more].concat())
    }

    /// Evaluates an expression in which `vault` is Fabrikam's vault for backups.
    #[track_caller]
    fn eval(&self, expression: &str) -> Value {
        let vault = format!(
            "let sub = arm::subscriptions(\"{FABRIKAM}\").first(); let vault = recovery::vault(sub, \"rg-recovery\", \"rsv-backup\");"
        );
        self.0.json(&format!("{vault} {expression}"))
    }

    /// Returns how many recovery points a machine has.
    #[track_caller]
    fn points(&self, machine: &str) -> i64 {
        let item = format!(
            "vault.backup_items().find(|item| item.properties.friendlyName == \"{machine}\")"
        );
        let count = self.eval(&format!("{item}.recovery_points().count()"));
        count.as_i64().expect("a number")
    }

    /// Puts the machine that nobody backs up under the policy.
    fn protect(&self) {
        self.eval(
            "let machine = arm::vm(sub, \"rg-shop\", \"vm-batch1\");
             let container = recovery::backup_container_name(\"rg-shop\", \"vm-batch1\");
             let name = recovery::backup_item_name(\"rg-shop\", \"vm-batch1\");
             recovery::protect_backup_item(vault, container, name, #{ properties: #{
                 protectedItemType: machine.type, sourceResourceId: machine.id, policyId: recovery::backup_policy(vault, \"daily22\").id,
             } }).name",
        );
    }
}

/// Returns properties of rows, as one text each, in order.
fn sorted(rows: &[Value], properties: &[&str]) -> Vec<String> {
    let mut all = texts(rows, properties);
    all.sort();
    all
}

#[test]
fn the_runbooks_about_backups_say_what_they_take() {
    say_what_they_take(&NAMES);
}

#[test]
fn backup_gaps_lists_machines_without_a_good_backup() {
    let world = World::new();
    let fabrikam = ["--company", "Fab"];
    let found = world
        .run("backup_gaps", &fabrikam)
        .refused(Code::ScriptFailed);
    let columns = ["group", "machine", "vault", "state"];
    let batch = "rg-shop vm-batch1 null not protected";
    assert_eq!(sorted(found.rows("gaps"), &columns), [batch]);
    assert_eq!(found.rows("skipped"), [] as [Value; 0]);
    // A backup of last night is too old where none may be.
    let strict = [&fabrikam[..], &["--days", "0", "--report", "true"]].concat();
    let found = world.run("backup_gaps", &strict).well();
    let web = "rg-shop vm-web1 rsv-backup Protected";
    assert_eq!(sorted(found.rows("gaps"), &columns), [batch, web]);

    world.protect();
    world.back_up(&["--vm", "vm-batch1"]).well();
    let none = world.run("backup_gaps", &fabrikam).well();
    assert_eq!(none.rows("gaps"), [] as [Value; 0]);
}

#[test]
fn customers_without_azure_are_skipped_and_those_out_of_reach_are_told() {
    let world = World::new();
    for name in ["backup_gaps", "vault_report"] {
        let before = world.0.writes();
        let found = world.run(name, &[]).refused(Code::ItemsFailed);
        let skipped = sorted(found.rows("skipped"), &["company", "why"]);
        let tailspin = "Tailspin Toys no Azure subscription".to_owned();
        assert!(skipped.contains(&tailspin), "{skipped:?}");
        let failed = format!("{:?}", found.ended);
        assert!(failed.contains("Adventure Works"), "{failed}");
        // Looking at a subscription registers nothing.
        assert_eq!(world.0.writes(), before);
    }
}

#[test]
fn backup_now_asks_and_waits_until_the_backups_are_made() {
    let world = World::new();
    let before = world.points("vm-web1");
    let args = [
        "--tenant",
        FABRIKAM,
        "--vault",
        "rsv-backup",
        "--vm",
        "VM-WEB1",
    ];
    let asked = world.0.book_asking("backup_now", &args, false);
    asked.refused(Code::ScriptFailed);
    assert_eq!(world.points("vm-web1"), before);

    let made = world.back_up(&["--vm", "VM-WEB1"]).well();
    let rows = sorted(made.rows(""), &["machine", "status"]);
    assert_eq!(rows, ["vm-web1 Completed"]);
    assert_eq!(world.points("vm-web1"), before + 1);
}

#[test]
fn backup_now_begins_nothing_when_a_machine_is_not_backed_up() {
    let world = World::new();
    let writes = world.0.writes();
    let refused = world.back_up(&["--vm", "vm-web1,vm-batch1"]);
    let error = refused.ended.expect_err("one is not protected");
    assert!(error.to_string().contains("vm-batch1"), "{error}");
    for more in [&[][..], &["--vm", "vm-web1", "--all", "true"]] {
        world.back_up(more).refused(Code::ScriptFailed);
    }
    assert_eq!(world.0.writes(), writes);

    // All of a vault, and the rows of a file.
    world.protect();
    let folder = tempfile::tempdir().expect("a folder");
    let machines = folder.path().join("machines.csv");
    std::fs::write(&machines, "vm\nvm-batch1\n").expect("a file");
    let listed = machines.display().to_string();
    let made = world.back_up(&["--file", &listed]).well();
    let rows = sorted(made.rows(""), &["machine", "status"]);
    assert_eq!(rows, ["vm-batch1 Completed"]);
    let made = world.back_up(&["--all", "true"]).well();
    let rows = sorted(made.rows(""), &["machine", "status"]);
    assert_eq!(rows, ["vm-batch1 Completed", "vm-web1 Completed"]);
}

#[test]
fn vault_report_says_what_vaults_hold_and_how_well() {
    let world = World::new();
    let ended = world.run("vault_report", &["--company", "Fab"]).well();
    let rows = ended.rows("vaults");
    let columns = [
        "vault",
        "location",
        "backedUp",
        "backupHealth",
        "replicated",
        "replicationHealth",
        "redundancy",
        "softDelete",
    ];
    assert_eq!(
        sorted(rows, &columns),
        [
            "rsv-backup westeurope 1 Passed 1 0  GeoRedundant Enabled",
            "rsv-dr northeurope 0  1 Normal 1 GeoRedundant Enabled",
            "rsv-empty westeurope 0  0  GeoRedundant Enabled",
        ]
    );
    let backup = rows.iter().find(|row| row["vault"] == "rsv-backup");
    let last = backup.map(|row| row["lastBackup"].clone());
    let last = last.and_then(|last| last.as_str().map(str::to_owned));
    let night = last.expect("a time");
    assert!(night.starts_with("2025-12-31T22:"), "{night}");
}

#[test]
fn a_backup_that_fails_is_told_in_the_service_s_words_and_the_others_are_made() {
    let world = World::new();
    world.protect();
    let trouble = r#"{ "match": "vm-batch1", "kind": "backup_failed", "times": 1 }"#;
    world.0.control("POST", "troubles", trouble);
    let made = world.back_up(&["--all", "true"]);
    let made = made.refused(Code::ScriptFailed);
    let rows = sorted(made.rows(""), &["machine", "status"]);
    assert_eq!(rows, ["vm-batch1 Failed", "vm-web1 Completed"]);
    let failed = made.rows("").iter().find(|row| row["status"] == "Failed");
    let failed = failed.expect("a row");
    for (column, words) in [("why", "400103"), ("todo", "")] {
        let said = failed[column].as_str().expect("a text");
        assert!(!said.is_empty() && said.contains(words), "{failed}");
    }
    // A backup that failed is none.
    let found = world.run("backup_gaps", &["--company", "Fab"]);
    let found = found.refused(Code::ScriptFailed);
    let gaps = sorted(found.rows("gaps"), &["machine", "vault", "lastBackup"]);
    assert_eq!(gaps, ["vm-batch1 rsv-backup null"]);
    world.back_up(&["--vm", "vm-batch1"]).well();
    world.run("backup_gaps", &["--company", "Fab"]).well();
}

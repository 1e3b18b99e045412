//! The runbooks about Site Recovery, by what they find and leave behind.

use serde_json::{Value, json};

use tenantry::error::Code;

use crate::program::{Program, file};
use crate::stage::Stage;
use crate::stage_book::{Played, say_what_they_take, texts};

const FABRIKAM: &str = "fabrikam.onmicrosoft.com";

/// A sandbox with a vault that protects a machine.
struct World(Stage);

impl World {
    fn new() -> Self {
        Self(Stage::new(0))
    }

    /// Evaluates an expression in which `vault` and `item` are what the sandbox has.
    #[track_caller]
    fn eval(&self, expression: &str) -> Value {
        let script = format!(
            "let sub = arm::subscriptions(\"{FABRIKAM}\").first();
             let vault = recovery::vault(sub, \"rg-recovery\", \"rsv-dr\");
             let item = recovery::protected_items(vault).find(|one| one.name == \"vm-web1\");
             {expression}"
        );
        self.0.json(&script)
    }

    /// Runs a runbook on that vault.
    fn run(&self, script: &str, args: &[&str]) -> Played {
        self.0.book(script, &of_vault("rsv-dr", args))
    }

    /// Returns whether the machine of a test failover is there, and what the item says of it.
    fn test_left(&self) -> Value {
        self.eval(
            "#{ machines: arm::vms(sub).map(|vm| vm.name).filter(|name| name.contains(\"test\")),
                state: item.properties.testFailoverState }",
        )
    }
}

fn of_vault<'a>(vault: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [&["--tenant", FABRIKAM, "--vault", vault][..], args].concat()
}

#[test]
fn the_runbooks_about_site_recovery_say_what_they_take() {
    say_what_they_take(&["protect_vms", "dr_drill", "failover"]);
}

const DRILL: [&str; 4] = ["--plan", "shop-plan", "--network", "vnet-dr"];

#[test]
fn dr_drill_shows_that_the_copies_run_and_leaves_nothing() {
    let world = World::new();
    let ended = world.run("dr_drill", &DRILL).well();
    let evidence = texts(ended.rows("evidence"), &["step", "object", "result"]);
    let expected = [
        "recovery point vm-web1 ok",
        "test failover shop-plan ok",
        "machine vm-web1 ok",
        "network vm-web1 ok",
        "clean-up shop-plan ok",
    ];
    assert_eq!(evidence, expected, "{:#?}", ended.rows("evidence"));
    assert_eq!(
        world.test_left(),
        json!({ "machines": [], "state": "None" })
    );
}

#[test]
fn dr_drill_cleans_up_when_a_check_fails() {
    let world = World::new();
    let args = [&DRILL[..], &["--rpo=-1"]].concat();
    let ended = world.run("dr_drill", &args).refused(Code::ScriptFailed);
    let evidence = texts(ended.rows("evidence"), &["step", "result"]);
    assert!(
        evidence.contains(&"recovery point failed".to_owned()),
        "{evidence:?}"
    );
    assert_eq!(evidence.last().map(String::as_str), Some("clean-up ok"));
    assert_eq!(
        world.test_left(),
        json!({ "machines": [], "state": "None" })
    );
}

#[test]
fn dr_drill_cleans_up_after_ctrl_c_whenever_it_comes() {
    // Before anything is sent, while copies are being made, and when they are looked at.
    let cases = [
        ("starting copies", "nothing to clean up"),
        ("InProgress", "test machines deleted"),
        ("checking vm-web1", "test machines deleted"),
    ];
    for (at, done) in cases {
        let world = World::new();
        let args = of_vault("rsv-dr", &DRILL);
        let ended = world.0.book_interrupted("dr_drill", &args, at);
        let ended = ended.refused(Code::RunInterrupted);
        let evidence = texts(ended.rows("evidence"), &["step", "result", "detail"]);
        let last = evidence.last().map(String::as_str);
        assert_eq!(last, Some(format!("clean-up ok {done}").as_str()), "{at}");
        let none = json!({ "machines": [], "state": "None" });
        assert_eq!(world.test_left(), none, "{at}");
    }
}

#[test]
fn dr_drill_gives_its_evidence_as_a_file() {
    let script = file("scripts/dr_drill.rhai");
    let args = of_vault("rsv-dr", &DRILL);
    let run = [&["--output", "csv", "run", &script][..], &args].concat();
    let csv = Program::new().run(&run).exit(0).stdout;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("time,step,object,result,detail"));
    assert_eq!(lines.count(), 5, "{csv}");
}

#[test]
fn dr_drill_says_what_a_plan_can_do_instead() {
    let world = World::new();
    world.eval(
        "recovery::unplanned_failover(item, #{ properties: #{ failoverDirection: \"PrimaryToRecovery\", sourceSiteOperations: \"NotRequired\", providerSpecificDetails: #{ instanceType: \"A2A\" } } }).name",
    );
    let before = world.0.writes();
    let ended = world.run("dr_drill", &DRILL).refused(Code::ScriptFailed);
    let error = ended.ended.expect_err("it failed");
    assert_eq!(error.to_string(), "shop-plan cannot do TestFailover now");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("Commit"), "{help}");
    assert_eq!(world.0.writes(), before);
}

const TO_NORTH: [&str; 8] = [
    "--location",
    "northeurope",
    "--target-group",
    "rg-dr",
    "--network",
    "vnet-dr",
    "--cache",
    "stfabcache01",
];

/// Writes a list of machines, and returns where.
fn list(folder: &tempfile::TempDir, lines: &[&str]) -> String {
    let path = folder.path().join("machines.csv");
    std::fs::write(&path, lines.join("\n")).expect("a file");
    path.display().to_string()
}

#[test]
fn protect_vms_reports_a_bad_row_protects_the_others_and_does_it_once() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let lines = [
        "machine,group",
        "vm-web1,rg-shop",
        "vm-lost,rg-shop",
        "vm-batch1,",
        ",rg-shop",
    ];
    let file = list(&folder, &lines);
    let args = [&["--file", &file, "--wait", "600"][..], &TO_NORTH].concat();
    let ended = world.run("protect_vms", &args).refused(Code::ItemsFailed);
    let found = texts(
        ended.rows("machines"),
        &["line", "machine", "what", "state"],
    );
    let expected = [
        "2 vm-web1 was protected Protected",
        "3 vm-lost failed null",
        "4 vm-batch1 protected Protected",
        "5  failed null",
    ];
    assert_eq!(found, expected, "{}", ended.said);
    let error = ended.ended.expect_err("rows failed");
    assert!(format!("{error:?}").contains("line 3"), "{error:?}");

    let before = world.0.writes();
    let again = world.run("protect_vms", &args).refused(Code::ItemsFailed);
    let found = texts(again.rows("machines"), &["machine", "what"]);
    assert!(
        found.contains(&"vm-batch1 was protected".to_owned()),
        "{found:?}"
    );
    assert_eq!(world.0.writes(), before);
}

#[test]
fn protect_vms_makes_all_that_an_empty_vault_lacks() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = list(&folder, &["machine", "vm-batch1"]);
    let args = [&["--file", &file, "--wait", "600"][..], &TO_NORTH].concat();
    let args = of_vault("rsv-empty", &args);
    let ended = world.0.book("protect_vms", &args).well();
    let found = texts(
        ended.rows("machines"),
        &["machine", "from", "to", "what", "state"],
    );
    assert_eq!(
        found,
        ["vm-batch1 westeurope northeurope protected Protected"]
    );
    let made = world.eval(
        "let made = recovery::vault(sub, \"rg-recovery\", \"rsv-empty\");
         #{ fabrics: recovery::fabrics(made).map(|one| one.name).sort_by(|one| one),
            policies: recovery::replication_policies(made).map(|one| one.name),
            mappings: recovery::container_mappings(made).count(),
            networks: recovery::network_mappings(made).map(|one| one.name).sort_by(|one| one) }",
    );
    let expected = json!({
        "fabrics": ["northeurope", "westeurope"],
        "policies": ["24-hours"],
        "mappings": 2,
        "networks": ["vnet-dr-to-vnet-shop", "vnet-shop-to-vnet-dr"],
    });
    assert_eq!(made, expected);
    let before = world.0.writes();
    world.0.book("protect_vms", &args).well();
    assert_eq!(world.0.writes(), before);
}

/// Returns where the machine runs, and the state of its protection.
fn stand(world: &World) -> Value {
    world.eval("[item.properties.activeLocation, item.properties.protectionState]")
}

#[test]
fn failover_asks_moves_commits_and_goes_back() {
    let world = World::new();
    let machine = ["--machine", "vm-web1"];
    let before = world.0.writes();
    world
        .0
        .book_asking("failover", &of_vault("rsv-dr", &machine), false)
        .refused(Code::ScriptFailed);
    assert_eq!(world.0.writes(), before, "who is asked said no");

    let ended = world.run("failover", &machine).well();
    assert_eq!(
        texts(ended.rows("done"), &["step", "state"]),
        ["failover Succeeded"]
    );
    let moved = json!(["Recovery", "UnplannedFailoverCommitRequired"]);
    assert_eq!(stand(&world), moved);

    // The run goes on where the other one ended.
    let on = [
        "--machine",
        "vm-web1",
        "--commit",
        "true",
        "--reprotect",
        "true",
    ];
    let ended = world.run("failover", &on).well();
    let steps = ["commit Succeeded", "reprotect Succeeded"];
    assert_eq!(texts(ended.rows("done"), &["step", "state"]), steps);
    assert_eq!(stand(&world), json!(["Recovery", "Protected"]));

    let back = [
        &on[..],
        &["--way", "planned", "--direction", "RecoveryToPrimary"],
    ]
    .concat();
    let ended = world.run("failover", &back).well();
    let steps = [
        "failover Succeeded",
        "commit Succeeded",
        "reprotect Succeeded",
    ];
    assert_eq!(texts(ended.rows("done"), &["step", "state"]), steps);
    assert_eq!(stand(&world), json!(["Primary", "Protected"]));
}

#[test]
fn failover_moves_a_plan_and_refuses_what_does_not_fit() {
    let world = World::new();
    let plan = ["--plan", "shop-plan", "--commit", "true"];
    let ended = world.run("failover", &plan).well();
    let steps = ["failover Succeeded", "commit Succeeded"];
    assert_eq!(texts(ended.rows("done"), &["step", "state"]), steps);
    assert_eq!(
        stand(&world),
        json!(["Recovery", "UnplannedFailoverCommitted"])
    );
    for args in [
        &["--plan", "shop-plan", "--machine", "vm-web1"][..],
        &["--plan", "shop-plan", "--reprotect", "true"],
        &["--machine", "vm-lost"],
        &[],
    ] {
        let before = world.0.writes();
        world.run("failover", args).refused(Code::ScriptFailed);
        assert_eq!(world.0.writes(), before, "{args:?}");
    }
}

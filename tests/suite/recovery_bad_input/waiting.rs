//! What a call waits for: a job where people mean the job, else the operation; what is shown meanwhile;
//! and that a test failover is cleaned up whatever happens.

use std::sync::{Arc, Mutex};

use serde_json::json;

use tenantry::base::cancel::{Cancel, Reason};
use tenantry::error::{Code, Error};
use tenantry::report::{Progress, Task};
use tenantry::script::{Session, Source};

use super::cases::NAMES;
use crate::stage::Stage;

#[test]
fn actions_wait_for_their_job_and_changes_for_their_operation() {
    const BACKUP: &str = "recovery::backup_now(bk, container, machine, #{ properties: #{ objectType: \"IaasVMBackupRequest\" } }";
    const FABRIC: &str =
        "#{ properties: #{ customDetails: #{ instanceType: \"Azure\", location: \"uksouth\" } } }";
    let stage = Stage::new(0);
    let is = |script: &str, expected: serde_json::Value| {
        assert_eq!(
            stage.json(&format!("{NAMES}{script}")),
            expected,
            "{script}"
        );
    };
    let cleanup = "item.test_failover_cleanup(#{ properties: #{ comments: \"done\" } })";
    is(
        "let job = item.test_failover(over(#{})); [kind(job), job.properties.state]",
        json!(["Job", "Suspended"]),
    );
    is(
        &format!("let job = {cleanup}; [kind(job), job.properties.state]"),
        json!(["Job", "Succeeded"]),
    );
    is(
        "kind(item.test_failover(over(#{}), #{ wait: \"lro\" }))",
        json!("ProtectedItem"),
    );
    is(&format!("kind({cleanup})"), json!("Job"));
    is(
        &format!("kind(recovery::create_fabric(dr, \"uk\", {FABRIC}))"),
        json!("Fabric"),
    );
    is(
        &format!(
            "let job = recovery::create_fabric(dr, \"uk2\", {FABRIC}, #{{ wait: \"job\" }}); [kind(job), job.properties.targetObjectName]"
        ),
        json!(["Job", "uk2"]),
    );
    is(
        &format!("let job = {BACKUP}); [kind(job), job.properties.status]"),
        json!(["BackupJob", "Completed"]),
    );
    // The operation of Backup ends when its job begins.
    is(
        &format!(
            "{BACKUP}, #{{ wait: \"lro\" }}); recovery::backup_jobs(bk).first().properties.status"
        ),
        json!("InProgress"),
    );
    is(
        "let job = item.planned_failover(over(#{})); [kind(job), job.properties.state]",
        json!(["Job", "Succeeded"]),
    );
    is("kind(item.commit_failover())", json!("Job"));
}

/// Notes what is shown; at certain words it presses Ctrl-C.
#[derive(Debug, Clone)]
struct Watcher {
    notes: Arc<Mutex<Vec<String>>>,
    stop: Option<(&'static str, Cancel)>,
}

impl Watcher {
    fn see(&self, words: &str) {
        self.notes.lock().expect("no panic").push(words.to_owned());
        if let Some((at, cancel)) = &self.stop
            && words.contains(at)
            && cancel.reason().is_none()
        {
            cancel.cancel(Reason::Interrupted);
        }
    }
}

impl Progress for Watcher {
    fn say(&self, line: &str) {
        self.see(line);
    }
    fn start(&self, label: &str) -> Box<dyn Task> {
        self.see(label);
        Box::new(self.clone())
    }
}

impl Task for Watcher {
    fn set(&self, _done: u64, _of: Option<u64>) {}
    fn note(&self, words: &str) {
        self.see(words);
    }
}

/// Runs a script that is watched, with Ctrl-C at certain words; returns how it ended and what was shown.
fn watched(
    stage: &Stage,
    script: &str,
    stop: Option<&'static str>,
) -> (Result<Option<String>, Error>, String) {
    let mut settings = stage.settings();
    let cancel = settings.cancel.clone();
    let watcher = Watcher {
        notes: Arc::default(),
        stop: stop.map(|at| (at, cancel.clone())),
    };
    settings.progress = Arc::new(watcher.clone());
    let ended = Session::new(settings).run(&Source::new("test.rhai", format!("{NAMES}{script}")));
    cancel.renew();
    let notes = watcher.notes.lock().expect("no panic").join("\n");
    (ended, notes)
}

#[test]
fn the_tasks_of_a_job_are_shown_while_it_runs() {
    let stage = Stage::new(0);
    let (ended, shown) = watched(&stage, "item.planned_failover(over(#{})); ()", None);
    assert!(ended.is_ok(), "{ended:?}");
    for part in [
        "recovery::planned_failover",
        "InProgress, Shut down the source machine (2 of 4)",
        "Start the replica machine (4 of 4)",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let script = "recovery::backup_now(bk, container, machine, #{ properties: #{ objectType: \"IaasVMBackupRequest\" } }); ()";
    let (ended, shown) = watched(&stage, script, None);
    assert!(ended.is_ok(), "{ended:?}");
    assert!(shown.contains("Transfer data to vault (2 of 2)"), "{shown}");
}

/// Asserts that nothing is left of a test failover.
#[track_caller]
fn clean(stage: &Stage) {
    let left = stage.json(&format!(
        "{NAMES}#{{ machines: arm::vms(sub).map(|vm| vm.name).filter(|name| name.contains(\"test\")),
            state: item.properties.testFailoverState }}"
    ));
    assert_eq!(left, json!({ "machines": [], "state": "None" }));
}

const DRILL: &str = "
defer(|| item.test_failover_cleanup(#{ properties: #{ comments: \"drill\" } }));
item.test_failover(over(#{}));
print(\"looking at the copy\");
";

#[test]
fn a_test_failover_is_cleaned_up_after_an_error() {
    let stage = Stage::new(0);
    let (ended, _) = watched(
        &stage,
        &format!("{DRILL} throw \"the shop does not answer\""),
        None,
    );
    let error = ended.expect_err("it threw");
    assert_eq!(error.code(), Code::ScriptFailed, "{error}");
    clean(&stage);
    // An error of the service, too.
    let (ended, _) = watched(&stage, &format!("{DRILL} item.commit_failover()"), None);
    let error = ended.expect_err("it is refused");
    assert_eq!(error.code(), Code::RecoveryRefused, "{error}");
    clean(&stage);
}

#[test]
fn a_test_failover_is_cleaned_up_after_ctrl_c() {
    for at in ["looking at the copy", "for the shop"] {
        let stage = Stage::new(0);
        let script = format!("{DRILL} print(\"waiting for the shop\"); sleep(3600);");
        let (ended, shown) = watched(&stage, &script, Some(at));
        let error = ended.expect_err("it was stopped");
        assert_eq!(error.code(), Code::RunInterrupted, "{error}\n{shown}");
        clean(&stage);
    }
}

#[test]
fn a_clean_up_that_fails_is_told_beside_the_error() {
    let stage = Stage::new(0);
    let script = DRILL.replace("item.test_failover(over(#{}));", "throw \"too early\";");
    let (ended, shown) = watched(&stage, &script, None);
    let error = ended.expect_err("it threw");
    assert!(error.to_string().contains("too early"), "{error}");
    assert!(
        shown.contains("a deferred function failed") && shown.contains("150025"),
        "{shown}"
    );
}

//! What Site Recovery and Backup say of a failure: six fields, which stand in the diagnostic, in
//! `catch`, and in the error as JSON, whether a call was refused or its job has failed.

use serde_json::{Value, json};

use super::cases::NAMES;
use super::{advice, failed, flat, lacks};
use crate::program::{Ended, Program};
use crate::served::Served;
use crate::stage::Stage;

/// How a job is to fail.
fn half_way() -> Value {
    json!({ "match": "vm-web1", "end": "Failed", "after": 60, "error": {
        "code": "150999", "message": "The agent gave up.",
        "possibleCauses": "Its disk is full.", "recommendedAction": "Free some space." } })
}

const FAILOVER: &str = "item.planned_failover(over(#{}))";
const BACKUP: &str = "recovery::backup_now(bk, container, machine, #{ properties: #{ objectType: \"IaasVMBackupRequest\" } })";

#[test]
fn a_job_that_fails_half_way_is_told_whole_and_can_be_restarted() {
    let stage = Stage::new(0);
    stage.control("POST", "operations", &half_way().to_string());
    let error = failed(&stage, FAILOVER);
    assert_eq!(
        (error.code().as_str(), error.exit()),
        ("recovery.job_failed", 5)
    );
    assert!(
        error.to_string().contains("150999 (The agent gave up.)"),
        "{error}"
    );
    assert_eq!(lacks(&error), Vec::<&str>::new());
    let told = advice(&error);
    for part in [
        "Its disk is full.",
        "Free some space.",
        "recovery::restart_job(job)",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let job = stage.json(&format!(
        "{NAMES}let job = recovery::jobs(dr, #{{ filter: where(\"JobStatus\").eq(\"Failed\") }}).first();
        #{{ states: job.properties.tasks.map(|task| task.state), allowed: job.properties.allowedActions,
            now: item.properties.protectionState }}"
    ));
    let states = job["states"].as_array().expect("tasks");
    assert_eq!(
        states.iter().filter(|state| *state == "Failed").count(),
        1,
        "{job}"
    );
    assert_eq!(states.first(), Some(&json!("Succeeded")), "{job}");
    assert_eq!(states.last(), Some(&json!("NotStarted")), "{job}");
    assert_eq!(job["allowed"], json!(["Restart"]));
    assert_eq!(job["now"], "Protected");
}

#[test]
fn a_machine_that_cannot_be_reached_fails_its_job() {
    for (kind, script, says) in [
        ("agent_unreachable", FAILOVER, "150154"),
        ("backup_failed", BACKUP, "400103"),
    ] {
        let stage = Stage::new(0);
        let trouble = json!({ "match": "vm-web1", "kind": kind, "times": 1 });
        stage.control("POST", "troubles", &trouble.to_string());
        let error = failed(&stage, script);
        assert_eq!(error.code().as_str(), "recovery.job_failed", "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(advice(&error).len() > 20, "{error:?}");
        stage.value(&format!("{NAMES}{script}; ()"));
    }
}

#[test]
fn what_is_waited_for_as_an_operation_fails_with_the_same_fields() {
    let stage = Stage::new(0);
    stage.control("POST", "operations", &half_way().to_string());
    let error = failed(
        &stage,
        "item.planned_failover(over(#{}), #{ wait: \"lro\" })",
    );
    assert_eq!(
        (error.code().as_str(), error.exit()),
        ("operation.failed", 9)
    );
    assert_eq!(lacks(&error), Vec::<&str>::new());
}

/// Asserts that the six fields stand in the diagnostic, in `catch` and in JSON.
fn shown(program: &Program, call: &str, code: &str, fields: [(&str, &str); 4]) {
    let run = |script: &str, more: &[&str], exit| -> Ended {
        let script = format!("{NAMES}{script}");
        let args = ["--allow", "write,spend,destroy"];
        program.script(&script, &[&args, more].concat()).exit(exit)
    };
    let text = run(call, &[], 5).stderr;
    let flat = flat(&text);
    for (_, part) in fields {
        assert!(flat.contains(part), "{part}: {text}");
    }
    for part in [
        "activity id ",
        "client request id ",
        code,
        "script.rhai:11:",
        "──",
    ] {
        assert!(flat.contains(part), "{part}: {text}");
    }
    let error = format!("let found = (); try {{ {call} }} catch (e) {{ found = e }} emit(found)");
    let caught = run(&error, &["--output", "json"], 0).json()[0].clone();
    let ended = run(call, &["--error-format", "json"], 5);
    let mut lines = ended.stderr.lines();
    let object = lines
        .find_map(|line| serde_json::from_str::<Value>(line).ok())
        .unwrap_or_else(|| panic!("{}", ended.stderr));
    assert_eq!(
        (&object["code"], &caught["code"]),
        (&json!(code), &json!(code))
    );
    for (name, part) in fields {
        assert_eq!(object["fault"][name], part, "{name}: {object}");
        assert_eq!(caught["service"][name], part, "{name}: {caught}");
    }
    for name in [
        "possible_causes",
        "recommended_action",
        "activity_id",
        "client_request_id",
    ] {
        assert!(
            caught[name].as_str().is_some_and(|text| !text.is_empty()),
            "{name}: {caught}"
        );
        assert!(
            object["fault"][name]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{name}: {object}"
        );
    }
}

#[test]
fn six_fields_stand_in_the_diagnostic_in_catch_and_in_json() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = sandbox.program();
    let refused = [
        ("code", "150025"),
        (
            "message",
            "The operation 'Commit' is not allowed on 'vm-web1' in its current state.",
        ),
        (
            "possible_causes",
            "Operations allowed now: PlannedFailover, UnplannedFailover, DisableProtection, TestFailover.",
        ),
        (
            "recommended_action",
            "Do one of the operations allowed now, or wait until the running job has ended.",
        ),
    ];
    shown(
        &program,
        "item.commit_failover()",
        "recovery.refused",
        refused,
    );
    sandbox.control("POST", "operations", &half_way().to_string());
    let ended = [
        ("code", "150999"),
        ("message", "The agent gave up."),
        ("possible_causes", "Its disk is full."),
        ("recommended_action", "Free some space."),
    ];
    shown(&program, FAILOVER, "recovery.job_failed", ended);
}

#[test]
fn an_export_can_be_had_for_a_while_only() {
    let stage = Stage::new(0);
    let before = stage.writes();
    let error = failed(
        &stage,
        "let begun = recovery::begin_export_backup_jobs(bk); sleep(25 * 3600); begun.wait()",
    );
    assert_eq!(error.code().as_str(), "operation.unknown", "{error:?}");
    assert!(error.parts().at.is_some());
    assert!(stage.writes() - before <= 1);
    let again = stage.json(&format!(
        "{NAMES}recovery::export_backup_jobs(bk).properties.blobUrl"
    ));
    assert!(
        again
            .as_str()
            .is_some_and(|url| url.starts_with("https://")),
        "{again}"
    );
}

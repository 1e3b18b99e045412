//! The composite functions of Recovery Services over canned answers.

use crate::api::testing::services;
use crate::script::testing::{self, Stage};
use crate::script::{Session, Source};

const V: &str = "/subscriptions/5b5b5b5b-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/rsv";

fn stage(answers: &[(u16, &str, &str)]) -> Stage {
    let mut stage = testing::with_headers(answers);
    stage.settings.services = services();
    let alone = &stage.door.alone;
    alone.store(true, std::sync::atomic::Ordering::Relaxed);
    stage
}

fn run(stage: &Stage, script: &str) -> Result<String, crate::error::Error> {
    let session = Session::new(stage.settings.clone());
    let value = session.run(&Source::new("test.rhai", script));
    value.map(Option::unwrap_or_default)
}

fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &crate::http::Call| format!("{} {}", call.verb.as_str(), call.target);
    sent.iter().map(line).collect()
}

#[test]
fn a_job_is_waited_for_by_its_id_or_as_a_record() {
    let job = |state: &str| {
        format!(r#"{{"id":"{V}/replicationJobs/j1","properties":{{"state":"{state}"}}}}"#)
    };
    let (running, done) = (job("InProgress"), job("Suspended"));
    let answers = [
        (404, "", ""),
        (200, "", &*running),
        (200, "", &done),
        (200, "", &done),
    ];
    let stage = stage(&answers);
    let script = format!(
        r#"let job = recovery::wait_job("{V}", "j1", #{{ timeout: "2h" }}); [job.properties.state, kind(job), recovery::wait_job(job).id == job.id]"#
    );
    assert_eq!(
        run(&stage, &script).expect("a value"),
        r#"["Suspended","Job",true]"#
    );
    let read = format!("GET {V}/replicationJobs/j1?api-version=2025-08-01");
    assert_eq!(sent(&stage), [&*read; 4]);
}

#[test]
fn a_job_of_backup_that_failed_is_an_error() {
    let failed = r#"{"properties":{"status":"Failed","operation":"Backup","activityId":"act","errorDetails":[{"errorCode":400239,"errorTitle":"NoAgent","errorString":"No answer.","recommendations":["Start it."]}]}}"#;
    let stage = stage(&[(200, "", failed)]);
    let script = format!(
        r#"let e = (); try {{ recovery::wait_backup_job("{V}", "b1") }} catch (err) {{ e = err }} [e.code, e.service.code, e.recommended_action, e.activity_id, e.message]"#
    );
    assert_eq!(
        run(&stage, &script).expect("a value"),
        r#"["recovery.job_failed","400239","Start it.","act","`recovery::backup_job`: the job b1 (Backup) has failed: 400239 (NoAgent: No answer.)"]"#
    );
    let read = format!("GET {V}/backupJobs/b1?api-version=2025-08-01");
    assert_eq!(sent(&stage), [read]);
}

#[test]
fn the_id_of_a_job_is_cut_out_of_its_location() {
    let check = |url: &str, expected: Result<&str, &str>| {
        let script = format!("recovery::job_id_from_location({url:?})");
        let found = run(&stage(&[]), &script).map_err(|error| error.to_string());
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, format!("{expected:?}")),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, _) => panic!("{url}: {found:?}"),
        }
    };
    let at = "https://management.azure.com/subscriptions/s/vaults/v/operationresults";
    check(&format!("{at}/2f6e-1?api-version=2015-08-10"), Ok("2f6e-1"));
    check("/v/operationresults/2f6e", Ok("2f6e"));
    check("2f6e", Err("takes an address, not the text"));
    check("/v/operationresults/?a=b", Err("takes an address"));
}

#[test]
fn options_that_there_are_not_are_told() {
    let script = format!(r#"recovery::wait_job("{V}", "j1", #{{ timout: 5 }})"#);
    let error = run(&stage(&[]), &script).expect_err("an error");
    assert_eq!(
        error.to_string(),
        "`recovery::wait_job` has no option `timout`"
    );
}

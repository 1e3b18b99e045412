//! The composite functions of Recovery Services over canned answers.

use crate::api::testing::services;
use crate::error::Code;
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
    assert_eq!(error.to_string(), "`wait_job` has no option `timout`");
}

#[test]
fn names_of_backup_are_made_of_four_parts() {
    let machine =
        "/subscriptions/s/resourceGroups/rg-erp/providers/Microsoft.Compute/virtualMachines/vm1";
    let check = |call: &str, expected: Result<&str, &str>| {
        let found = run(&stage(&[]), &format!("recovery::{call}"));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, format!("{expected:?}"), "{call}"),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, _) => panic!("{call}: {found:?}"),
        }
    };
    let container = "IaasVMContainer;iaasvmcontainerv2;rg-erp;vm1";
    check(r#"backup_container_name("rg-erp", "vm1")"#, Ok(container));
    check(
        &format!("backup_container_name({machine:?})"),
        Ok(container),
    );
    check(
        &format!(r#"backup_container_name("/subscriptions/s/resourceGroups/rg-erp", {machine:?})"#),
        Ok(container),
    );
    let item = "VM;iaasvmcontainerv2;rg-erp;vm1";
    check(r#"backup_item_name(#{ name: "rg-erp" }, "vm1")"#, Ok(item));
    check(
        r#"backup_item_name("vm1")"#,
        Err("needs a machine of Azure"),
    );
    check(
        r#"backup_item_name("/subscriptions/s/resourceGroups/rg-erp")"#,
        Err("needs a machine of Azure"),
    );
    check(
        r#"backup_item_name("rg", "a;b")"#,
        Err("`vm` of recovery::backup_item_name"),
    );
    check(r#"backup_item_name("", "a")"#, Err("`resource_group` of"));
    check("backup_item_name(5, \"a\")", Err("not the number 5"));
}

#[test]
fn an_operation_of_backup_is_looked_at_by_its_address() {
    let running = r#"{"status":"InProgress","properties":{"jobId":"b1"}}"#;
    let answers = [
        (200, "", running),
        (202, "", ""),
        (204, "", ""),
        (200, "", r#"{"name":"vm"}"#),
    ];
    let stage = stage(&answers);
    let script = format!(
        r#"let status = recovery::backup_operation_status("http://127.0.0.1:1/pc{V}/backupOperations/o1?api-version=2016-06-01");
        let all = [status.status, status.properties.jobId];
        let first = recovery::backup_operation_result("{V}/backupOperationResults/o1");
        let second = recovery::backup_operation_result("{V}/x;y/operationResults/o1?api-version=1");
        let third = recovery::backup_operation_result("{V}/backupOperationResults/o1");
        all + [first.done, first.value, second.done, second.value, third.value.name]"#
    );
    let found = run(&stage, &script).expect("a value");
    assert_eq!(found, r#"["InProgress","b1",false,null,true,null,"vm"]"#);
    assert_eq!(
        sent(&stage),
        [
            format!("GET {V}/backupOperations/o1?api-version=2016-06-01"),
            format!("GET {V}/backupOperationResults/o1?api-version=2025-08-01"),
            format!("GET {V}/x;y/operationResults/o1?api-version=1"),
            format!("GET {V}/backupOperationResults/o1?api-version=2025-08-01"),
        ]
    );
}

#[test]
fn no_token_goes_to_an_address_elsewhere() {
    let check = |url: &str, code: Code, text: &str| {
        let script = format!("recovery::backup_operation_status({url:?})");
        let error = run(&stage(&[]), &script).expect_err(url);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    };
    check(
        "https://example.org/x",
        Code::HttpForeignLink,
        "example.org",
    );
    check(
        "http://127.0.0.1:2/pc/x",
        Code::HttpForeignLink,
        "127.0.0.1",
    );
    check(
        "//example.org/x",
        Code::ScriptArgument,
        "begin with one `/`",
    );
    check("/a/../b", Code::ScriptArgument, "`.` and `..`");
    check("hello", Code::ScriptArgument, "it is no address");
}

#[test]
fn beta_access_is_the_feature_first_and_then_the_provider() {
    let feature = |state: &str| format!(r#"{{"properties":{{"state":"{state}"}}}}"#);
    let provider = |state: &str| format!(r#"{{"registrationState":"{state}"}}"#);
    let check = |answers: &[String], expected: &[&str]| {
        let answers: Vec<_> = answers.iter().map(|body| (200, "", &**body)).collect();
        let mut stage = stage(&answers);
        stage.settings.services = crate::api::services().to_vec();
        let script = "recovery::register_beta_access(\"/subscriptions/s\").registrationState";
        let found = run(&stage, script).expect("a value");
        assert_eq!(found, r#""Registered""#);
        let short = |line: &String| {
            let line = line.split('?').next().unwrap_or_default();
            line.replace("/subscriptions/s/providers/Microsoft.", "")
        };
        let found: Vec<String> = sent(&stage).iter().map(short).collect();
        assert_eq!(found, expected);
    };
    let of_feature = "Features/providers/Microsoft.RecoveryServices/features/betaAccess";
    let read = format!("GET {of_feature}");
    let register = format!("POST {of_feature}/register");
    check(
        &[feature("registered"), provider("Registered")],
        &[&read, "GET RecoveryServices"],
    );
    check(
        &[
            feature("NotRegistered"),
            feature("Registering"),
            feature("Registering"),
            feature("Registered"),
            provider("Registered"),
            provider("Registering"),
            provider("Registered"),
        ],
        &[
            &read,
            &register,
            &read,
            &read,
            "GET RecoveryServices",
            "POST RecoveryServices/register",
            "GET RecoveryServices",
        ],
    );
}

#[test]
fn what_an_agent_wants_is_a_secret() {
    let check = |call: &str, expected: &str| {
        let script = format!("let h = recovery::agent_authentication({call}); [kind(h), `${{h}}`]");
        assert_eq!(
            run(&stage(&[]), &script).expect("a value"),
            expected,
            "{call}"
        );
    };
    check("\"key\"", r#"["secret","•••"]"#);
    check("new_password(), \"id-1\"", r#"["secret","•••"]"#);
    let wrong = |call: &str, expected: &str| {
        let script = format!("recovery::agent_authentication({call})");
        let error = run(&stage(&[]), &script).expect_err(call);
        assert_eq!(error.code(), Code::ScriptArgument);
        assert!(error.to_string().contains(expected), "{error}");
    };
    wrong("5", "needs the key");
    wrong("\"\"", "needs the key");
    wrong("\"key\", \"é\"", "cannot be the text");
    wrong("\"key\", 5", "cannot be the number 5");
}

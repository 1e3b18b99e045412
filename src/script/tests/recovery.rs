//! Calls of Recovery Services, over a small description: vaults and what is in them.

use super::*;
use crate::api::testing::services;
use crate::http::{Call, Tenant};

const T: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const S: &str = "5b5b5b5b-0000-4000-8000-000000000001";
const V: &str =
    "/subscriptions/S/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/rsv";
const AT: &str = "api-version=2025-08-01";

/// What answers after a script has read subscription, group and vault, each with headers.
fn stage(answers: &[(u16, &str, &str)]) -> Stage {
    let subscription =
        format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}","tenantId":"{T}"}}"#);
    let group = format!(r#"{{"id":"/subscriptions/{S}/resourceGroups/rg","name":"rg"}}"#);
    let vault = format!(r#"{{"id":"{}","name":"rsv"}}"#, whole(V));
    let mut all = vec![
        (200, "", &*subscription),
        (200, "", &group),
        (200, "", &vault),
    ];
    all.extend(answers);
    let mut stage = testing::with_headers(&all);
    stage.settings.services = services();
    stage
}

/// A path with the subscription's id in it.
fn whole(path: &str) -> String {
    path.replace("ubscriptions/S/", &format!("ubscriptions/{S}/"))
}

fn begin(script: &str) -> String {
    format!(
        r#"let sub = arm::subscription("{T}", "{S}"); let group = arm::resource_group(sub, "rg"); let vault = recovery::vault(group, "rsv"); {script}"#
    )
}

/// The requests behind those that the beginning makes: verb and target.
fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &Call| format!("{} {}", call.verb.as_str(), call.target).replace(S, "S");
    sent.iter().skip(3).map(line).collect()
}

/// Checks the request of a script.
fn check_call(script: &str, expected: &str) {
    let stage = stage(&[(200, "", r#"{"value":[]}"#)]);
    value(&stage, &begin(&format!("{script}; 0")));
    assert_eq!(sent(&stage), [expected], "{script}");
    let calls = stage.door.sent.lock().expect("no panic");
    let tenants = calls.iter().map(|call| &call.tenant);
    assert!(
        tenants
            .into_iter()
            .all(|one| *one == Tenant::Of(T.to_owned()))
    );
}

#[test]
fn records_of_azure_and_ids_lead_to_vaults() {
    let vault = format!("GET {V}?{AT}");
    check_call(r#"recovery::vault(sub, "rg", "rsv")"#, &vault);
    check_call("recovery::vault(vault.id)", &vault);
    check_call("vault.refresh()", &vault);
    let all = "GET /subscriptions/S/providers/Microsoft.RecoveryServices/vaults";
    check_call("recovery::vaults(sub).count()", &format!("{all}?{AT}"));
    let name = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.RecoveryServices/locations/westeurope/checkNameAvailability";
    check_call(
        r#"recovery::check_vault_name(group, "westeurope")"#,
        &format!("POST {name}?{AT}"),
    );
    let old = r#"recovery::vault(vault, #{ api_version: "2015-08-10" })"#;
    check_call(old, &format!("GET {V}?api-version=2015-08-10"));
}

#[test]
fn a_region_of_azure_stands_for_its_name() {
    let locations =
        r#"{"value":[{"id":"/subscriptions/s/locations/westeurope","name":"westeurope"}]}"#;
    let stage = stage(&[(200, "", locations), (200, "", "{}")]);
    let script =
        "let there = arm::locations(sub).first(); recovery::check_vault_name(group, there); 0";
    value(&stage, &begin(script));
    assert!(sent(&stage)[1].contains("/locations/westeurope/checkName"));
}

#[test]
fn names_with_semicolons_are_sent_as_they_are_and_ids_in_any_casing_are_walked() {
    let names =
        "IaasVMContainer;iaasvmcontainerv2;rg;vm 1/protectedItems/VM;iaasvmcontainerv2;rg;vm 1";
    let item = format!("{V}/backupFabrics/Azure/protectionContainers/{names}");
    let expected = format!("GET {}?{AT}", item.replace(' ', "%20"));
    check_call(
        r#"recovery::backup_item(vault, "IaasVMContainer;iaasvmcontainerv2;rg;vm 1", "VM;iaasvmcontainerv2;rg;vm 1")"#,
        &expected,
    );
    let shown = whole(&item).replace("/subscriptions/", "/Subscriptions/");
    check_call(&format!("recovery::backup_item({shown:?})"), &expected);
    let answer = format!(r#"{{"id":"{shown}"}}"#);
    let stage = stage(&[(200, "", &answer), (200, "", &answer)]);
    let script = format!("recovery::backup_item({shown:?}).refresh(); 0");
    value(&stage, &begin(&script));
    assert_eq!(sent(&stage), [expected.clone(), expected]);
}

#[test]
fn a_secret_travels_in_its_header() {
    let check = |secret: &str, expected: &str| {
        let stage = stage(&[(200, "", "{}")]);
        let script = format!(
            r#"recovery::create_vault(group, "rsv", #{{}}, #{{ x_ms_authorization_auxiliary: {secret} }}); 0"#
        );
        value(&stage, &begin(&script));
        let calls = stage.door.sent.lock().expect("no panic");
        let mut headers = calls[3].headers.iter();
        let own = headers.find(|(name, _)| name == "x-ms-authorization-auxiliary");
        let own = own.map(|(_, value)| value.as_str()).unwrap_or_default();
        assert!(own.starts_with(expected) && !own.contains('•'), "{own}");
    };
    check(r#""Bearer abc""#, "Bearer abc");
    check("new_password()", "");
    let stage = stage(&[]);
    let script =
        begin(r#"recovery::create_vault(group, "rsv", #{}, #{ x_ms_authorization_auxiliary: 5 })"#);
    assert_eq!(failed(&stage, &script).code(), Code::ScriptArgument);
}

#[test]
fn the_provider_is_registered_when_it_is_first_needed() {
    let refusal = r#"{"error":{"code":"MissingSubscriptionRegistration","message":"The subscription is not registered to use namespace 'Microsoft.RecoveryServices'. See https://aka.ms/rps-not-found for how to register subscriptions."}}"#;
    let provider = r#"{"registrationState":"Registered"}"#;
    let stage = stage(&[
        (409, "", refusal),
        (200, "", "{}"),
        (200, "", provider),
        (200, "", "{}"),
    ]);
    value(
        &stage,
        &begin(r#"recovery::create_vault(group, "rsv", #{}); 0"#),
    );
    let at = "/subscriptions/S/providers/Microsoft.RecoveryServices";
    assert_eq!(
        sent(&stage),
        [
            format!("PUT {V}?{AT}"),
            format!("POST {at}/register?api-version=2025-04-01"),
            format!("GET {at}?api-version=2025-04-01"),
            format!("PUT {V}?{AT}"),
        ]
    );
}

const MADE: &str = "location: /v/operationresults/j1?api-version=2015-08-10\nazure-asyncoperation: /op\nretry-after: 30";
const JOB: &str = r#"{"id":"/Subscriptions/S/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/rsv/replicationJobs/j1","name":"j1","properties":{"state":"STATE"}}"#;

fn job(state: &str) -> String {
    whole(JOB).replace("STATE", state)
}

fn item() -> String {
    format!("{V}/replicationFabrics/f/replicationProtectedItems/i")
}

#[test]
fn a_failover_waits_for_its_job_and_gives_it() {
    let (runs, done) = (job("InProgress"), job("Suspended"));
    let stage = stage(&[
        (202, MADE, ""),
        (200, "", &runs),
        (200, "", &done),
        (200, "", &done),
    ]);
    let script = begin(&format!(
        r#"let job = recovery::test_failover("{}", #{{}}); [kind(job), job.properties.state, job.refresh().name]"#,
        whole(&item())
    ));
    assert_eq!(value(&stage, &script), r#"["Job","Suspended","j1"]"#);
    let read = format!("GET {V}/replicationJobs/j1?{AT}");
    assert_eq!(
        sent(&stage),
        [
            &*format!("POST {}/testFailover?{AT}", item()),
            &read,
            &read,
            &read
        ]
    );
}

#[test]
fn the_option_says_what_is_waited_for() {
    let done = job("Succeeded");
    let check = |call: &str, answers: &[(u16, &str, &str)], expected: &str, last: &str| {
        let stage = stage(answers);
        let script = begin(&format!(
            r#"let r = recovery::{call}; if r == () {{ "nothing" }} else {{ kind(r) }}"#
        ))
        .replace("ID", &whole(&item()));
        assert_eq!(value(&stage, &script), format!("{expected:?}"), "{call}");
        assert_eq!(
            sent(&stage).last().map(String::as_str),
            Some(last),
            "{call}"
        );
    };
    let read = format!("GET {V}/replicationJobs/j1?{AT}");
    let own = format!("GET {}?{AT}", item());
    let status = (200, "", r#"{"status":"Succeeded"}"#);
    check(
        r#"test_failover("ID", #{}, #{ wait: "lro" })"#,
        &[(202, MADE, ""), status, (200, "", "{}")],
        "ProtectedItem",
        "GET /v/operationresults/j1?api-version=2015-08-10",
    );
    check(
        r#"enable_protection("ID", #{})"#,
        &[(202, MADE, ""), status, (200, "", "{}")],
        "ProtectedItem",
        &own,
    );
    check(
        r#"enable_protection("ID", #{}, #{ wait: "job" })"#,
        &[(202, MADE, ""), (200, "", &done)],
        "Job",
        &read,
    );
    // The job is read in the version of the call.
    check(
        r#"test_failover("ID", #{}, #{ api_version: "2015-08-10" })"#,
        &[(202, MADE, ""), (200, "", &done)],
        "Job",
        &read.replace("2025-08-01", "2015-08-10"),
    );
    // What made no job gives what the operation gives.
    let done = format!("POST {}/testFailover?{AT}", item());
    check(
        r#"test_failover("ID", #{})"#,
        &[(200, "", "{}")],
        "ProtectedItem",
        &done,
    );
    check(
        r#"test_failover("ID", #{})"#,
        &[(204, "", "")],
        "nothing",
        &done,
    );
    let stage = stage(&[]);
    let script = begin(&format!(
        r#"recovery::test_failover("{}", #{{}}, #{{ wait: "later" }})"#,
        whole(&item())
    ));
    let error = failed(&stage, &script);
    assert_eq!(
        error.to_string(),
        "recovery::test_failover: `wait` is \"lro\" or \"job\", not the text \"later\""
    );
    let error = failed(
        &self::stage(&[]),
        &begin("vault.refresh(#{ wait: \"job\" })"),
    );
    assert_eq!(error.to_string(), "recovery::vault has no option `wait`");
}

#[test]
fn a_backup_waits_for_the_job_that_its_operation_names() {
    let name = "iaasvmcontainerv2;rg;vm1";
    let item = format!(
        "{V}/backupFabrics/Azure/protectionContainers/IaasVMContainer;{name}/protectedItems/VM;{name}"
    );
    let status = format!(
        "azure-asyncoperation: {}/operationsStatus/o1?api-version=2016-06-01\nretry-after: 60",
        whole(&item)
    );
    let named = r#"{"status":"Succeeded","properties":{"jobId":"b1"}}"#;
    let job = |word: &str| format!(r#"{{"name":"b1","properties":{{"status":"{word}"}}}}"#);
    let (runs, done) = (job("InProgress"), job("CompletedWithWarnings"));
    let stage = stage(&[
        (202, &*status, ""),
        (200, "", named),
        (200, "", &runs),
        (202, "", ""),
        (200, "", &done),
    ]);
    let script = begin(&format!(
        r#"let p = recovery::begin_backup_now("{}", #{{}});
        let all = [p.status];
        try {{ p.cancel() }} catch (e) {{ all += e.message }}
        p.refresh(); all += p.status;
        p.refresh(); all += p.status;
        p.cancel();
        let job = p.wait();
        all + [kind(job), job.properties.status, p.status, p.operation]"#,
        whole(&item)
    ));
    assert_eq!(
        value(&stage, &script),
        r#"["InProgress","`recovery::backup_now` has not told its job yet, which alone can be cancelled","InProgress","InProgress","BackupJob","CompletedWithWarnings","CompletedWithWarnings","recovery::backup_now"]"#
    );
    let read = format!("{V}/backupJobs/b1");
    assert_eq!(
        sent(&stage),
        [
            format!("POST {item}/backup?{AT}"),
            format!("GET {item}/operationsStatus/o1?api-version=2016-06-01"),
            format!("GET {read}?{AT}"),
            format!("POST {read}/cancel?{AT}"),
            format!("GET {read}?{AT}"),
        ]
    );
}

#[test]
fn a_job_that_failed_is_caught_with_all_that_it_says() {
    let failed = r#"{"properties":{"state":"Failed","errors":[{"serviceErrorDetails":{"code":"150097","message":"No network.","possibleCauses":"It was deleted.","recommendedAction":"Make it.","activityId":"act"}}]}}"#;
    let stage = stage(&[(202, MADE, ""), (200, "", failed)]);
    let script = begin(&format!(
        r#"let e = (); try {{ recovery::test_failover("{}", #{{}}) }} catch (err) {{ e = err }}
        [e.code, e.service.code, e.service.message, e.possible_causes, e.recommended_action, e.activity_id, e.client_request_id != (), e.to_map().activity_id, e.service.client_request_id == e.client_request_id]"#,
        whole(&item())
    ));
    assert_eq!(
        value(&stage, &script),
        r#"["recovery.job_failed","150097","No network.","It was deleted.","Make it.","act",true,"act",true]"#
    );
}

#[test]
fn another_process_goes_on_with_a_job_and_all_are_waited_for() {
    let runs = job("InProgress");
    let first = stage(&[(202, MADE, ""), (200, "", &runs)]);
    let script = begin(&format!(
        r#"let p = recovery::begin_test_failover("{}", #{{}}); p.refresh(); p.handle()"#,
        whole(&item())
    ));
    let handle = value(&first, &script);
    let done = job("Succeeded");
    let second = stage(&[(200, "", &done), (200, "", &done), (202, "", "")]);
    let script = begin(&format!(
        r"let p = recovery::resume({handle}); let other = arm::resume({handle}); let kept = p.status;
        let all = wait_all([p, other]);
        let job = p.wait();
        [kept, kind(job), job.properties.state, all.values()[1].name]"
    ));
    assert_eq!(
        value(&second, &script),
        r#"["InProgress","Job","Succeeded","j1"]"#
    );
    let read = format!("GET {V}/replicationJobs/j1?{AT}");
    assert_eq!(sent(&second), [&*read; 2]);
    let calls = second.door.sent.lock().expect("no panic");
    assert_eq!(calls[3].tenant, Tenant::Of(T.to_owned()));
}

#[test]
fn conditions_are_written_as_each_surface_wants_them() {
    let decoded = |call: &str| {
        let stage = stage(&[(200, "", r#"{"value":[]}"#)]);
        value(&stage, &begin(&format!("{call}.count()")));
        let line = sent(&stage).remove(0);
        let query = line.split_once("filter=").map(|(_, text)| text.to_owned());
        let query = query.and_then(|text| Some(text.split('&').next()?.replace("%20", " ")));
        query.unwrap_or_default()
    };
    let check = |call: &str, expected: &str| assert_eq!(decoded(call), expected, "{call}");
    // What a list wants always is said, unless the script says it.
    let kind = "backupManagementType eq 'AzureIaasVM'";
    check("vault.backup_jobs()", kind);
    check(
        r#"vault.backup_jobs(#{ filter: where("status").eq("Failed").and(where("startTime").eq(date("2026-01-31"))) })"#,
        &format!("{kind} and status eq 'Failed' and startTime eq '2026-01-31 12:00:00 AM'"),
    );
    check(
        r#"vault.backup_jobs(#{ filter: where("BackupManagementType").eq("AzureStorage") })"#,
        "backupManagementType eq 'AzureStorage'",
    );
    check("vault.jobs()", "");
    check(
        r#"vault.jobs(#{ filter: where("JobStatus").one_of(["Succeeded", "Failed"]) })"#,
        "JobStatus eq 'Succeeded,Failed'",
    );
    let error = failed(
        &stage(&[]),
        &begin(
            r#"vault.jobs(#{ filter: where("JobStatus").eq("a").or(where("JobStatus").eq("b")) })"#,
        ),
    );
    assert!(
        error
            .to_string()
            .starts_with("recovery::jobs: Recovery Services know no `or`")
    );
    assert_eq!(error.code(), Code::ScriptArgument);
    assert!(error.parts().at.is_some(), "the place is told");
}

//! Bad input to Azure Resource Manager, as a user's script meets it: every mistake has its code, the
//! service's own code where the service was asked, a place in the script, words that say what to do,
//! and leaves everything as it was.

mod cases;
mod operations;
mod scripted;

use tenantry::api::model::Effect;
use tenantry::error::{Code, Error, Sent};
use tenantry::sandbox::Config;

use cases::{NAMES, PREPARED, SCOPES, STATES, TEMPLATES, VERSIONS};

use crate::program::Program;
use crate::refused_case::Case;
use crate::served::Served;
use crate::stage::Stage;

/// Runs a script that must fail.
#[track_caller]
fn failed(stage: &Stage, script: &str) -> Error {
    match stage.run(&format!("{NAMES}{script}")) {
        Err(error) => error,
        Ok(value) => panic!("{script}\nhas come to {value:?}"),
    }
}

/// Returns how an error differs from what is expected.
fn differs(case: &Case, error: &Error, wrote: u64) -> Option<String> {
    let parts = error.parts();
    let fault = parts.fault.as_ref();
    let service = fault.map_or("", |fault| fault.code.as_str());
    let help = parts.help.clone().unwrap_or_default();
    let exit = match case.code.split('.').next() {
        Some("arm") => 5,
        Some("auth") => 4,
        _ => 1,
    };
    // The place is that of the call, which stands behind what all scripts begin with.
    let line = NAMES.lines().count() + 1;
    let fits = error.code().as_str() == case.code
        && error.exit() == exit
        && service == case.service
        && (parts.sent != Sent::No) != case.service.is_empty()
        && error.to_string().contains(case.says)
        && help.contains(case.helps)
        && parts.at.as_ref().is_some_and(|at| at.line == line)
        && wrote == 0;
    let found = format!(
        "{error} [{}] {service} | {help} | {:?}, {} writes",
        error.code(),
        parts.at,
        wrote
    );
    (!fits).then(|| format!("{}\n  {found}", case.script))
}

#[track_caller]
fn check(stage: &Stage, cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let (_, before) = stage.sandbox.stats();
        let error = failed(stage, case.script);
        let (_, after) = stage.sandbox.stats();
        wrong.extend(differs(case, &error, after - before));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_mistake_is_told_with_what_to_do() {
    let stage = Stage::new(0);
    stage.value(&format!("{NAMES}{PREPARED}"));
    for cases in [SCOPES, VERSIONS, STATES, TEMPLATES] {
        check(&stage, cases);
    }
}

#[test]
fn a_machine_over_the_quota_is_not_made() {
    let stage = Stage::new(0);
    let cores = |azure_cores| {
        stage.sandbox.configure(Config {
            azure_cores,
            ..Config::default()
        });
    };
    let rows = || {
        let tables = ["arm.resources", "arm.operations"];
        tables.map(|table| stage.sandbox.rows(table).expect("rows"))
    };
    let before = rows();
    // A family may have half of what a region has; two machines of two cores are there.
    cores(5);
    for (size, service) in [
        ("Standard_D2s_v5", "QuotaExceeded"),
        ("Standard_F2s_v2", "OperationNotAllowed"),
    ] {
        let error = failed(&stage, &format!("make_vm(shop, \"vm-more\", \"{size}\")"));
        let fault = error.parts().fault.clone().unwrap_or_default();
        assert_eq!(error.code(), Code::ArmQuota, "{error}");
        assert_eq!(fault.code, service, "{error}");
        assert!(fault.message.contains("Cores quota"), "{error}");
    }
    assert_eq!(rows(), before);
}

const BARE: &str = r#"
let customer = partner::customers().find(|one| one.companyProfile.companyName.starts_with("Tailspin"));
let plan = partner::find_catalog_item(#{ country: "US", title: "Azure plan", view: "MicrosoftAzure", term: "" });
partner::buy(customer, [#{ item: plan, quantity: 1 }]);
arm::subscriptions(customer).first().create_resource_group("rg", #{ location: "westeurope" });
"#;

#[test]
fn a_provider_is_registered_for_a_write_and_never_without_leave() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = sandbox.program();
    let allow = ["--allow", "write,spend"];
    let _ = program.script(BARE, &allow).exit(0);
    let state = |program: &Program| {
        let script = "
            let sub = arm::subscriptions(\"tailspintoys.onmicrosoft.com\").first();
            emit(arm::provider(sub, \"Microsoft.Network\").registrationState)";
        let told = program.script(script, &["--output", "json"]);
        told.exit(0).json()[0].clone()
    };
    let vnet = "
        let sub = arm::subscriptions(\"tailspintoys.onmicrosoft.com\").first();
        let body = #{ location: \"westeurope\", properties: #{ addressSpace: #{ addressPrefixes: [\"10.1.0.0/16\"] } } };
        emit(arm::create_vnet(sub, \"rg\", \"v\", body).name)";
    let ended = program.script(vnet, &[]).exit(6);
    assert!(ended.stderr.contains("[access.effect]"), "{}", ended.stderr);
    assert_eq!(state(&program), "NotRegistered");
    let made = program.script(vnet, &["--allow", "write", "--output", "json"]);
    assert_eq!(made.exit(0).json()[0], "v");
    assert_eq!(state(&program), "Registered");

    let stage = Stage::granted(Vec::new());
    let error = failed(&stage, "arm::register_provider(sub, \"Microsoft.Web\")");
    assert_eq!((error.code(), error.exit()), (Code::AccessEffect, 6));
    let stage = Stage::granted(vec![Effect::Write]);
    let error = failed(&stage, "arm::delete_resource_group(empty)");
    assert_eq!((error.code(), error.exit()), (Code::AccessEffect, 6));
}

#[test]
fn a_template_file_that_is_no_json_is_not_sent() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = sandbox.program();
    let writes = || {
        let stats = sandbox.control("GET", "stats", "");
        let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
        stats["writes"].clone()
    };
    program.write("broken.json", "{\n  \"resources\": [ }\n");
    program.write("list.json", "[]");
    let before = writes();
    for (file, says) in [
        ("broken.json", "line 2"),
        ("list.json", "list.json"),
        ("none.json", "none.json"),
    ] {
        let script = format!(
            "arm::deploy(arm::resource_group(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first(), \"rg-empty\"), \"d\", \"{file}\")"
        );
        let ended = program.run(&["eval", "--allow", "write", &script]).exit(1);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        assert!(ended.stderr.contains("[script."), "{}", ended.stderr);
        assert!(ended.stderr.contains("──"), "{}", ended.stderr);
    }
    assert_eq!(writes(), before);
}

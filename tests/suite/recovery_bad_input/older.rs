//! The older guide's way: the feature before the provider, the versions of 2015 with errors that are
//! flat, and calls that are signed for the agents.

use serde_json::{Value, json};

use tenantry::error::Code;

use crate::program::{Ended, Program};
use crate::served::Served;
use crate::stage::Stage;

const PLAN: &str = r#"
let customer = partner::customers().find(|one| one.companyProfile.companyName.starts_with("Tailspin"));
let plan = partner::find_catalog_item(#{ country: "US", title: "Azure plan", view: "MicrosoftAzure", term: "" });
partner::buy(customer, [#{ item: plan, quantity: 1 }]);
arm::subscriptions(customer).first().create_resource_group("rg", #{ location: "westeurope" });
"#;
const OTHER: &str = "let sub = arm::subscriptions(\"tailspintoys.onmicrosoft.com\").first();";
const VAULT: &str = "recovery::create_vault(sub, \"rg\", \"rsv\", #{ location: \"westeurope\", sku: #{ name: \"Standard\" }, properties: #{} })";

fn run(program: &Program, script: &str, more: &[&str]) -> Ended {
    let allow = ["--allow", "write,spend,destroy"];
    program.script(script, &[&allow, more].concat())
}

/// Returns the error of a run as JSON.
fn error(program: &Program, script: &str, exit: i32) -> Value {
    let ended = run(program, script, &["--error-format", "json"]).exit(exit);
    let mut lines = ended.stderr.lines();
    let found = lines.find_map(|line| serde_json::from_str::<Value>(line).ok());
    found.unwrap_or_else(|| panic!("{}", ended.stderr))
}

#[test]
fn a_provider_is_registered_for_a_first_vault_and_never_without_leave() {
    let stage = Stage::granted(Vec::new());
    let script =
        format!("let sub = arm::subscriptions(\"fabrikam.onmicrosoft.com\").first(); {VAULT}");
    assert_eq!(stage.refusal(&script).0, Code::AccessEffect);
    assert_eq!(stage.writes(), 0);

    let stage = Stage::new(0);
    stage.value(PLAN);
    let state = "arm::provider(sub, \"Microsoft.RecoveryServices\").registrationState";
    let state = || stage.json(&format!("{OTHER} {state}"));
    assert_eq!(state(), "NotRegistered");
    // Another customer's vault is not found by its name, nor by its id.
    let script = format!("{OTHER} recovery::vault(sub, \"rg-recovery\", \"rsv-dr\")");
    assert_eq!(stage.refusal(&script).0, Code::ArmNotFound);
    let script = "recovery::jobs(\"/subscriptions/31de0b1d-0002-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v\").count()";
    assert_eq!(stage.refusal(script).0, Code::ScopeTenantUnknown);
    let script = format!("{OTHER} {VAULT}.properties.provisioningState");
    assert_eq!(stage.json(&script), "Succeeded");
    assert_eq!(state(), "Registered");
}

#[test]
fn in_2015_the_feature_comes_before_the_provider() {
    let stage = Stage::of_2015();
    stage.value(PLAN);
    for call in [
        "arm::register_provider(sub, \"Microsoft.RecoveryServices\")",
        VAULT,
    ] {
        let told = stage.run(&format!("{OTHER} {call}")).expect_err(call);
        let fault = told.parts().fault.as_ref().expect("what the service said");
        assert_eq!(fault.code, "FeatureNotRegistered", "{told}");
        let says = told.to_string();
        assert!(
            says.contains("Microsoft.RecoveryServices/betaAccess"),
            "{says}"
        );
        assert_eq!(told.parts().at.as_ref().map(|at| at.line), Some(1));
    }
    let script = format!(
        "{OTHER} [recovery::register_beta_access(sub).registrationState, {VAULT}.properties.provisioningState]"
    );
    assert_eq!(stage.json(&script), json!(["Registered", "Succeeded"]));
}

const ITEM: &str = "let dr = recovery::vault(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first(), \"rg-recovery\", \"rsv-dr\"); let item = recovery::protected_items(dr).first();";

#[test]
fn an_error_of_2015_is_flat_and_keeps_its_fields() {
    let sandbox = Served::start(&Program::new(), &["--limits", "guide2015"]);
    let program = sandbox.program();
    let script = format!("{ITEM} item.commit_failover(#{{ api_version: \"2015-08-10\" }})");
    let told = error(&program, &script, 5);
    let fault = &told["fault"];
    assert_eq!(told["code"], "recovery.refused", "{told}");
    // The body itself is the error.
    assert_eq!(fault["body"]["code"], "150025", "{told}");
    assert!(fault["body"]["error"].is_null(), "{told}");
    for (name, part) in [
        ("code", "150025"),
        ("message", "'Commit' is not allowed"),
        ("possible_causes", "Operations allowed now: PlannedFailover"),
        ("recommended_action", "Do one of the operations"),
        ("activity_id", "-"),
        ("client_request_id", "-"),
    ] {
        let text = fault[name].as_str().unwrap_or_default();
        assert!(text.contains(part), "{name}: {told}");
    }
    let script = format!("{ITEM} item.commit_failover(#{{ api_version: \"2015-09-10\" }})");
    let told = error(&program, &script, 5);
    assert_eq!(told["code"], "arm.api_version", "{told}");
    let says = told["message"].as_str().unwrap_or_default();
    assert!(says.contains("2015-08-10, 2015-11-10"), "{says}");
    // Today those versions are gone.
    let today = Program::new();
    let script = format!("{ITEM} recovery::jobs(dr, #{{ api_version: \"2015-08-10\" }}).count()");
    assert_eq!(error(&today, &script, 5)["code"], "arm.api_version");
}

#[test]
fn a_signed_call_is_taken_and_a_badly_signed_one_says_so() {
    let sandbox = Served::start(&Program::new(), &["--limits", "guide2015"]);
    let program = sandbox.program();
    // What is refused for the item's state was let in.
    for signed in [
        "",
        "#{ agent_authentication: recovery::agent_authentication(\"the key of the vault\") }",
    ] {
        let told = error(
            &program,
            &format!("{ITEM} item.commit_failover({signed})"),
            5,
        );
        assert_eq!(told["fault"]["code"], "150025", "{told}");
    }
    let script = format!("{ITEM} item.commit_failover(#{{ agent_authentication: \"nonsense\" }})");
    let told = error(&program, &script, 5);
    assert_eq!(told["code"], "recovery.refused", "{told}");
    let fault = told["fault"].to_string();
    assert!(
        fault.contains("Agent-Authentication is malformed"),
        "{fault}"
    );
    assert!(fault.contains("Make the header anew"), "{fault}");
    let help = told["help"].as_str().unwrap_or_default();
    assert!(!help.contains("cloud"), "{help}");
    let script =
        format!("{ITEM} let none = \"\"; item.commit_failover(#{{ agent_authentication: none }})");
    let told = error(&program, &script, 1);
    assert_eq!(told["code"], "script.argument", "{told}");
}

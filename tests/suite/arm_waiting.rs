//! Long operations of Azure in the sandbox: begun, waited for together, put off, handed to another
//! run and cancelled.

use serde_json::{Value, json};

use crate::stage::Stage;

const BEGIN: &str = r#"
let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
fn template(name) {
    let account = #{ type: "Microsoft.Storage/storageAccounts", apiVersion: "2025-06-01", name: name,
        location: "westeurope", sku: #{ name: "Standard_LRS" }, kind: "StorageV2", properties: #{} };
    #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        contentVersion: "1.0.0.0", resources: [account] }
}
fn content(name) { #{ properties: #{ mode: "Incremental", template: template(name) } } }
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{BEGIN}{script}"))
}

#[test]
fn what_is_begun_together_takes_no_longer_than_the_slowest() {
    let stage = Stage::new(0);
    let seconds = || stage.clock.now().as_second();
    let began = seconds();
    let alone = r#"arm::create_deployment(sub, "rg-empty", "alone", content("stalone")).name"#;
    assert_eq!(found(&stage, alone), "alone");
    let alone = seconds() - began;
    let script = r#"
        let all = [];
        for n in 0..40 {
            all.push(arm::begin_create_deployment(sub, "rg-empty", `d${n}`, content(`stdeployed${n}`)));
        }
        let outcomes = wait_all(all);
        let made = outcomes.values().filter(|one| one.properties.provisioningState == "Succeeded");
        [outcomes.failures().len(), made.len(), all.filter(|one| one.done).len(),
            outcomes[39].key.ends_with("/deployments/d39")]"#;
    let began = seconds();
    assert_eq!(found(&stage, script), json!([0, 40, 40, true]));
    let together = seconds() - began;
    assert!(
        alone > 0 && together <= 2 * alone,
        "{together} s, {alone} s"
    );
}

#[test]
fn what_has_not_ended_in_time_goes_on_in_another_run() {
    let stage = Stage::new(0);
    let script = r#"
        let e = ();
        try { arm::create_deployment(sub, "rg-empty", "slow", content("stslow"), #{ timeout: 1 }) } catch (err) { e = err }
        [e.code, e.sent, e.handle]"#;
    let error = found(&stage, script);
    assert_eq!(error[0], "operation.pending");
    assert_eq!(error[1], "yes");
    let handle = error[2].as_str().expect("a handle");
    let script = format!(
        r#"let p = arm::resume("{handle}"); let d = p.wait(); [p.operation, p.status, d.name, kind(d)]"#
    );
    let expected = json!(["arm::create_deployment", "Succeeded", "slow", "Deployment"]);
    assert_eq!(stage.json(&script), expected);
}

#[test]
fn a_deployment_can_be_cancelled_and_a_machine_cannot() {
    let stage = Stage::new(0);
    let script = r#"
        let p = arm::begin_create_deployment(sub, "rg-empty", "stop", content("ststop"));
        p.cancel();
        let e = (); try { p.wait() } catch (err) { e = err }
        let vm = arm::vm(sub, "rg-shop", "vm-web1").begin_power_off();
        let other = (); try { vm.cancel() } catch (err) { other = err.message }
        [e.code, p.status, e.service.code, other, vm.wait()]"#;
    let expected = json!([
        "operation.failed",
        "Canceled",
        "DeploymentCanceled",
        "`arm::power_off_vm` cannot be cancelled",
        null
    ]);
    assert_eq!(found(&stage, script), expected);
}

#[test]
fn a_group_is_gone_when_its_deletion_has_ended() {
    let stage = Stage::new(0);
    let script = r#"
        let group = arm::create_resource_group(sub, "rg-gone", #{ location: "westeurope" });
        let p = group.begin_delete();
        let first = p.done;
        p.wait();
        [first, p.done, arm::resource_group_exists(sub, "rg-gone"),
            arm::register_provider(sub, "Microsoft.Web").registrationState]"#;
    let expected = json!([false, true, false, "Registered"]);
    assert_eq!(found(&stage, script), expected);
}

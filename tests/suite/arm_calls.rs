//! Calls of Azure Resource Manager by a user's scripts: ids are paths, the tenant follows from the
//! subscription, a provider is registered when it is first needed, refusals say what to do.

use serde_json::{Value, json};
use tenantry::error::Code;

use crate::program::Program;
use crate::stage::Stage;

const BEGIN: &str = r#"
const FABRIKAM = "fabrikam.onmicrosoft.com";
let sub = arm::subscriptions(FABRIKAM).first();
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{BEGIN}{script}"))
}

#[track_caller]
fn refused(stage: &Stage, script: &str) -> (Code, String) {
    stage.refusal(&format!("{BEGIN}{script}"))
}

#[test]
fn a_record_an_id_and_the_parts_are_the_same_call() {
    let stage = Stage::new(0);
    let script = r#"
        let group = arm::resource_group(sub, "rg-shop");
        let vm = arm::vm(group, "vm-web1");
        let other = vm.id.to_upper();
        [arm::vm(sub.subscriptionId, "rg-shop", "VM-WEB1"), arm::vm(vm), arm::vm(vm.id), arm::vm(other),
            arm::vm(group.id, "vm-web1"), vm.refresh(), arm::resource(vm), arm::get(sub, vm.id),
            arm::get(vm.id, vm.id + "?api-version=2024-07-01"), arm::request(sub, "get", vm.id)]
            .map(|one| one.name)"#;
    assert_eq!(found(&stage, script), json!(vec!["vm-web1"; 10]));
    let script = r#"
        let vnet = arm::vnet(sub, "rg-shop", "vnet-shop");
        let made = vnet.create_subnet("extra", #{ properties: #{ addressPrefix: "10.10.9.0/24" } });
        let names = arm::subnets(vnet).map(|subnet| subnet.name);
        arm::delete_subnet(made);
        [names, arm::subnets(made.id.split("/subnets/")[0]).count()]"#;
    assert_eq!(found(&stage, script), json!([["data", "extra", "web"], 2]));
}

#[test]
fn what_is_said_about_a_resource_is_told_by_any_of_its_ids() {
    let stage = Stage::new(0);
    let script = r#"
        let group = arm::resource_group(sub, "rg-empty");
        arm::create_lock(group, "keep", #{ properties: #{ level: "CanNotDelete" } });
        let lock = arm::lock(group.id, "keep");
        let found = arm::locks(group).map(|lock| lock.name);
        lock.delete();
        [found, arm::locks(group).count()]"#;
    assert_eq!(found(&stage, script), json!([["keep"], 0]));
}

#[test]
fn the_tenant_follows_from_the_subscription() {
    let stage = Stage::new(0);
    let (code, text) = stage.refusal(r#"arm::vms("e79a03e5-c0cb-48e1-331e-8646b0518f43").count()"#);
    assert_eq!(code, Code::ScopeTenantUnknown, "{text}");
    assert_eq!(
        found(
            &stage,
            "let id = sub.subscriptionId; arm::vms(id).count() > 0"
        ),
        json!(true)
    );
    let (code, text) = refused(&stage, "arm::get(partner::home(), sub.id)");
    assert_eq!(code, Code::AuthWrongTenant);
    for tenant in [
        "6a1c7b62-3f0e-4c55-9d4a-0b7c1f2e3d40",
        "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b",
    ] {
        assert!(text.contains(tenant), "{text}");
    }
    let sold = r"
        let customer = partner::customers().find(|one| one.companyProfile.domain == FABRIKAM);
        let sold = partner::subscriptions(customer).first();
        let id = sold.id;";
    let (code, text) = refused(&stage, &format!("{sold} arm::vms(sold).count()"));
    assert_eq!(code, Code::ScopeWrongKind, "{text}");
    let (code, text) = refused(&stage, &format!("{sold} arm::vms(id).count()"));
    assert_eq!(code, Code::ScopeWrongKind, "{text}");
}

/// An Azure plan is ordered for a customer who has nothing yet.
const ORDERED: &str = r#"
let customer = partner::customers().find(|one| one.companyProfile.companyName.starts_with("Tailspin"));
let plan = partner::find_catalog_item(#{ country: "US", title: "Azure plan", view: "MicrosoftAzure", term: "" });
partner::buy(customer, [#{ item: plan, quantity: 1 }]);
let sub = arm::subscriptions(customer).first();
"#;

#[test]
fn a_new_subscription_gets_its_providers_as_they_are_needed() {
    let stage = Stage::new(0);
    let script = format!(
        r#"{ORDERED}
        let group = sub.create_resource_group("rg", #{{ location: "westeurope" }});
        let before = arm::provider(sub, "Microsoft.Network").registrationState;
        let made = group.create_vnet("v", #{{ location: "westeurope", properties: #{{ addressSpace: #{{ addressPrefixes: ["10.1.0.0/16"] }} }} }});
        [before, made.name, arm::provider(sub, "Microsoft.Network").registrationState,
            arm::ensure_registered(sub, "Microsoft.Sql").registrationState]"#
    );
    let expected = json!(["NotRegistered", "v", "Registered", "Registered"]);
    assert_eq!(stage.json(&script), expected);
    let heard = stage.ears.heard();
    assert_eq!(
        heard
            .matches("registering Microsoft.Network in subscription")
            .count(),
        1,
        "{heard}"
    );
}

#[test]
fn a_role_is_there_once_also_of_somebody_new() {
    let stage = Stage::new(0);
    let script = r#"
        let app = graph::create_application(FABRIKAM, #{ displayName: "deployer" });
        let deployer = graph::create_service_principal(FABRIKAM, #{ appId: app.appId });
        let group = arm::resource_group(sub, "rg-empty");
        let one = arm::ensure_role(group, deployer, "Contributor");
        let again = arm::ensure_role(group.id, deployer.id, "contributor", #{ type: "ServicePrincipal" });
        [one.id == again.id, one.properties.principalType, arm::ensure_owner(sub, deployer).properties.scope == sub.id]"#;
    assert_eq!(
        found(&stage, script),
        json!([true, "ServicePrincipal", true])
    );
}

#[test]
fn refusals_have_codes_of_their_own_and_say_what_to_do() {
    let stage = Stage::new(0);
    let check = |script: &str, code: Code, helps: &str| {
        let script = format!("{BEGIN}{script}");
        let error = stage.run(&script).expect_err("a refusal");
        let help = error.parts().help.clone().unwrap_or_default();
        assert_eq!(error.code(), code, "{script}: {error}");
        assert!(help.contains(helps), "{script}: {help}");
    };
    check(
        r#"arm::vm(sub, "rg-shop", "none")"#,
        Code::ArmNotFound,
        "arm::group_resources",
    );
    check(
        r#"arm::vm(sub, "rg-none", "none")"#,
        Code::ArmNotFound,
        "arm::resource_groups",
    );
    check(
        r#"arm::create_lock(sub, "x", #{ properties: #{ level: "CanNotDelete" } }); arm::delete_resource_group(sub, "rg-empty")"#,
        Code::ArmLocked,
        "arm::delete_lock",
    );
    check(
        r#"arm::resource_groups(sub, #{ api_version: "1999-01-01" }).count()"#,
        Code::ArmVersion,
        "api_version",
    );
    check(
        r#"arm::resource(sub.id + "/resourceGroups/rg-shop/providers/Microsoft.Odd/things/x")"#,
        Code::ScriptArgument,
        "arm::provider_resource_types",
    );
    check(
        r#"arm::create_role_assignment(sub, "0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c11", #{ properties: #{ principalId: "0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c12",
            roleDefinitionId: sub.id + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7" } })"#,
        Code::ArmPrincipal,
        "arm::ensure_role",
    );
}

#[test]
fn a_whole_id_has_the_effect_of_what_it_names() {
    let script = r#"const RUNBOOK = #{ summary: "Empties a group", effects: ["arm.read", "arm.write"] };
let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let template = #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", contentVersion: "1.0.0.0", resources: [] };
let body = #{ properties: #{ mode: "MODE", template: template } };
arm::create_resource(`${sub.id}/resourceGroups/rg-empty/providers/Microsoft.Resources/deployments/d1`, body).name"#;
    let run = |mode: &str| Program::new().script(&script.replace("MODE", mode), &[]);
    let refused = run("Complete").exit(6);
    assert!(refused.stderr.contains("destroy"), "{}", refused.stderr);
    run("Incremental").exit(0);
}

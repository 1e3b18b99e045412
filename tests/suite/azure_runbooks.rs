//! The runbooks about Azure, by what they find and leave behind.

use serde_json::{Value, json};

use tenantry::error::Code;

use crate::stage::Stage;
use crate::stage_book::{Played, say_what_they_take, texts};

const FABRIKAM: &str = "fabrikam.onmicrosoft.com";
const NAMES: [&str; 6] = [
    "azure_inventory",
    "deploy_template",
    "nsg_copy",
    "onboard_azure",
    "role_audit",
    "stop_idle_vms",
];

/// A sandbox, and sessions that know it.
struct World(Stage);

impl World {
    fn new() -> Self {
        Self(Stage::new(0))
    }

    fn run(&self, script: &str, args: &[&str]) -> Played {
        self.0.book(script, args)
    }

    /// Evaluates an expression in which `sub` is Fabrikam's subscription.
    #[track_caller]
    fn eval(&self, expression: &str) -> Value {
        let script = format!("let sub = arm::subscriptions(\"{FABRIKAM}\").first(); {expression}");
        self.0.json(&script)
    }

    /// Returns how many writes have taken effect so far.
    fn writes(&self) -> u64 {
        self.0.writes()
    }
}

#[test]
fn the_runbooks_about_azure_say_what_they_take() {
    say_what_they_take(&NAMES);
}

#[test]
fn onboard_azure_builds_all_and_a_second_run_nothing() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = folder.path().join("onboarding-secrets");
    let args = ["--secrets", secrets.to_str().expect("a path")];
    let first = world.run("onboard_azure", &args).well();
    assert_eq!(
        first.rows("subscription")[0]["domain"],
        "tailspinhotels.onmicrosoft.com"
    );
    let built = texts(first.rows("built"), &["type", "name"]);
    for wanted in [
        "Microsoft.Compute/virtualMachines vm-web1",
        "Microsoft.Network/networkInterfaces nic-web1",
        "Microsoft.Network/networkSecurityGroups nsg-web",
        "Microsoft.Network/publicIPAddresses pip-web1",
        "Microsoft.Network/virtualNetworks vnet-main",
        "Microsoft.Sql/servers sql-tailspinhotels",
        "Microsoft.Sql/servers/databases orders",
        "Microsoft.Storage/storageAccounts sttailspinhotels01",
    ] {
        assert!(built.iter().any(|one| one == wanted), "{wanted}: {built:?}");
    }
    let found = world.eval(
        "let mine = arm::subscriptions(\"tailspinhotels.onmicrosoft.com\").first();
         let vm = arm::vm(mine, \"rg-main\", \"vm-web1\");
         let server = arm::sql_server(mine, \"rg-main\", \"sql-tailspinhotels\");
         #{ runs: arm::vm_instance_view(vm).statuses.map(|s| s.code), databases: server.databases().map(|d| d.name),
            roles: arm::subscription_role_assignments(mine).map(|a| a.properties.principalType),
            nsg: arm::subnet(mine, \"rg-main\", \"vnet-main\", \"web\").properties.networkSecurityGroup.id.split(\"/\")[-1] }",
    );
    let holds = |list: &Value, wanted: &str| {
        let mut all = list.as_array().expect("a list").iter();
        assert!(all.any(|one| one == wanted), "{wanted}: {list}");
    };
    holds(&found["runs"], "PowerState/running");
    holds(&found["databases"], "orders");
    holds(&found["roles"], "ServicePrincipal");
    holds(&found["roles"], "User");
    assert_eq!(found["nsg"], "nsg-web");
    let kept = || std::fs::read_dir(&secrets).expect("a folder").count();
    assert_eq!(kept(), 5, "administrator, user, application, machine, SQL");

    let before = world.writes();
    let second = world.run("onboard_azure", &args).well();
    assert_eq!(second.rows("built"), first.rows("built"));
    assert_eq!((world.writes(), kept()), (before, 5));
    assert!(!second.said.contains("creating"), "{}", second.said);
}

#[test]
fn onboard_azure_goes_on_where_a_run_broke() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = folder.path().join("secrets");
    let args = ["--secrets", secrets.to_str().expect("a path")];
    let broken = json!({
        "match": "storageAccounts/sttailspinhotels01", "end": "Failed", "times": 1,
        "error": { "code": "StorageAccountOperationInProgress", "message": "Try again." },
    });
    world.0.control("POST", "operations", &broken.to_string());
    let first = world.run("onboard_azure", &args);
    first.ended.expect_err("the account has failed");
    let state = "let mine = arm::subscriptions(\"tailspinhotels.onmicrosoft.com\").first();
        arm::storage_account(mine, \"rg-main\", \"sttailspinhotels01\").properties.provisioningState";
    assert_eq!(world.eval(state), "Failed");
    world.run("onboard_azure", &args).well();
    assert_eq!(world.eval(state), "Succeeded");
}

#[test]
fn azure_inventory_lists_what_every_customer_has() {
    let world = World::new();
    let ended = world.run("azure_inventory", &["--company", "Fab"]).well();
    let found = texts(ended.rows(""), &["company", "group", "type", "name"]);
    let vm = "Fabrikam, Inc. rg-shop Microsoft.Compute/virtualMachines vm-web1";
    assert!(found.iter().any(|row| row == vm), "{found:?}");
    let machines = [
        "--company",
        "Fab",
        "--type",
        "Microsoft.Compute/virtualMachines",
    ];
    let ended = world.run("azure_inventory", &machines).well();
    let mut found = texts(ended.rows(""), &["name", "tags"]);
    found.sort();
    assert_eq!(found, ["vm-batch1 idle=yes", "vm-web1 idle=no"]);
    // Who has no consent is named, and the others are listed all the same.
    let ended = world.run("azure_inventory", &[]).refused(Code::ItemsFailed);
    let failed = format!("{:?}", ended.ended);
    assert!(failed.contains("Adventure Works"), "{failed}");
    assert!(ended.rows("").iter().any(|row| row["name"] == "vm-web1"));
}

#[test]
fn nsg_copy_sends_only_what_differs_and_keeps_what_is_not_rules() {
    let world = World::new();
    world.eval(
        "arm::create_nsg(sub, \"rg-empty\", \"nsg-copy\", #{
             location: \"westeurope\", tags: #{ team: \"web\" },
             properties: #{ securityRules: [
                 #{ name: \"own\", properties: #{ access: \"Deny\", direction: \"Outbound\", priority: 300, protocol: \"*\", sourceAddressPrefix: \"*\", sourcePortRange: \"*\", destinationAddressPrefix: \"*\", destinationPortRange: \"25\" } },
                 #{ name: \"allow-http\", properties: #{ access: \"Deny\", direction: \"Inbound\", priority: 110, protocol: \"Tcp\", sourceAddressPrefix: \"*\", sourcePortRange: \"*\", destinationAddressPrefix: \"*\", destinationPortRange: \"80\" } },
             ] },
         }).name",
    );
    let id = |group: &str, name: &str| {
        let id = format!(
            "sub.id + \"/resourceGroups/{group}/providers/Microsoft.Network/networkSecurityGroups/{name}\""
        );
        world.eval(&id).as_str().expect("an id").to_owned()
    };
    let (from, to) = (id("rg-shop", "nsg-web"), id("rg-empty", "nsg-copy"));
    let args = ["--tenant", FABRIKAM, "--from", &from, "--to", &to];
    let plan = ["change allow-http", "add allow-ssh", "leave own"];
    let before = world.writes();
    let shown = world.run("nsg_copy", &args).well();
    assert_eq!(texts(shown.rows(""), &["what", "rule"]), plan);
    assert_eq!(world.writes(), before);

    let apply = [&args[..], &["--apply", "true"]].concat();
    world.run("nsg_copy", &apply).well();
    let rules = |group: &str, name: &str| {
        world.eval(&format!(
            "arm::nsg_rules(sub, \"{group}\", \"{name}\").map(|r| `${{r.name}} ${{r.properties.access}} ${{r.properties.priority}}`).sort_by(|r| r)"
        ))
    };
    let copied = ["allow-http Allow 100", "allow-ssh Allow 110"];
    assert_eq!(rules("rg-shop", "nsg-web"), json!(copied));
    let kept = [copied[0], copied[1], "own Deny 300"];
    assert_eq!(rules("rg-empty", "nsg-copy"), json!(kept));
    let tags = world.eval("arm::nsg(sub, \"rg-empty\", \"nsg-copy\").tags.team");
    assert_eq!(tags, "web");

    let before = world.writes();
    let again = world.run("nsg_copy", &apply).well();
    assert!(again.said.contains("nothing differs"), "{}", again.said);
    assert_eq!(world.writes(), before);
    world
        .run("nsg_copy", &[&apply[..], &["--remove", "true"]].concat())
        .well();
    assert_eq!(rules("rg-empty", "nsg-copy"), json!(copied));
}

#[test]
fn nsg_copy_makes_a_target_that_is_not_there() {
    let world = World::new();
    let root = world.eval("sub.id");
    let root = root.as_str().expect("an id");
    let id = |group: &str, name: &str| {
        format!(
            "{root}/resourceGroups/{group}/providers/Microsoft.Network/networkSecurityGroups/{name}"
        )
    };
    let (from, to) = (id("rg-shop", "nsg-web"), id("rg-empty", "nsg-new"));
    let args = [
        "--tenant", FABRIKAM, "--from", &from, "--to", &to, "--apply", "true",
    ];
    world.run("nsg_copy", &args).well();
    let found =
        world.eval("arm::nsg(sub, \"rg-empty\", \"nsg-new\").properties.securityRules.len()");
    assert_eq!(found, 2);
}

#[test]
fn stop_idle_vms_asks_and_deallocates_what_is_tagged() {
    let world = World::new();
    let state = |vm: &str| {
        let view = format!("arm::vm_instance_view(sub, \"rg-shop\", \"{vm}\").statuses");
        world.eval(&format!(
            "{view}.find(|s| s.code.starts_with(\"PowerState\")).code"
        ))
    };
    let args = ["--company", "Fab"];
    // Who is asked says no, so nothing happens.
    world
        .0
        .book_asking("stop_idle_vms", &args, false)
        .refused(Code::ScriptFailed);
    assert_eq!(state("vm-batch1"), "PowerState/running");

    let yes = [&args[..], &["--yes", "true"]].concat();
    let ended = world.run("stop_idle_vms", &yes).well();
    let stopped = texts(ended.rows("stopped"), &["machine", "state"]);
    assert_eq!(stopped, ["vm-batch1 deallocated"]);
    assert_eq!(state("vm-batch1"), "PowerState/deallocated");
    assert_eq!(state("vm-web1"), "PowerState/running");

    let before = world.writes();
    let again = world.run("stop_idle_vms", &yes).well();
    assert!(again.said.contains("nothing to stop"), "{}", again.said);
    assert_eq!(world.writes(), before);
}

const TEMPLATE: &str = r#"{
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": { "account": { "type": "string" } },
    "resources": [{
        "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2025-06-01", "name": "[parameters('account')]",
        "location": "[resourceGroup().location]", "sku": { "name": "Standard_LRS" }, "kind": "StorageV2", "properties": {}
    }],
    "outputs": { "account": { "type": "string", "value": "[parameters('account')]" } }
}"#;

#[test]
fn deploy_template_shows_asks_deploys_and_does_it_once() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let keep = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    };
    let template = keep("template.json", TEMPLATE);
    let values = keep("values.json", r#"{ "account": "stfabdeployed01" }"#);
    let args = [
        "--tenant",
        FABRIKAM,
        "--group",
        "rg-deployed",
        "--location",
        "westeurope",
        "--template",
        &template,
        "--parameters",
        &values,
    ];
    let missing: Vec<&str> = args
        .iter()
        .copied()
        .filter(|arg| *arg != "--location" && *arg != "westeurope")
        .collect();
    let refused = world.run("deploy_template", &missing);
    let refused = refused.ended.expect_err("no group").parts().help.clone();
    assert!(refused.is_some_and(|help| help.contains("--location")));

    // Who is asked says no, so nothing is made.
    world
        .0
        .book_asking("deploy_template", &args, false)
        .refused(Code::ScriptFailed);
    let there = world.eval("arm::resource_group_exists(sub, \"rg-deployed\")");
    assert_eq!(there, false);
    let accounts = || world.eval("arm::group_storage_accounts(sub, \"rg-deployed\").count()");

    let yes = [&args[..], &["--yes", "true"]].concat();
    let done = world.run("deploy_template", &yes).well();
    let changes = texts(done.rows("what would change"), &["change", "resource"]);
    assert_eq!(
        changes,
        ["Create Microsoft.Storage/storageAccounts/stfabdeployed01"]
    );
    let outputs = texts(done.rows("outputs"), &["output", "value"]);
    assert_eq!(outputs, ["account stfabdeployed01"]);
    assert_eq!(accounts(), 1);

    let deployed = || {
        world.eval("arm::deployment(sub, \"rg-deployed\", \"tenantry\").properties.correlationId")
    };
    let before = deployed();
    let again = world.run("deploy_template", &yes).well();
    assert!(
        again.said.contains("nothing would change"),
        "{}",
        again.said
    );
    assert_eq!(deployed(), before);
}

#[test]
fn role_audit_flags_owners_that_are_not_the_partner_s() {
    let world = World::new();
    let audit = |more: &[&str]| {
        let args = [&["--company", "Fab"], more].concat();
        let ended = world.run("role_audit", &args).well();
        let mut found = texts(ended.rows(""), &["on", "role", "principal", "type", "flag"]);
        found.sort();
        found
    };
    assert!(
        audit(&[]).contains(&"(subscription) Owner AdminAgents ForeignGroup null".to_owned()),
        "{:?}",
        audit(&[])
    );
    assert_eq!(audit(&["--flagged", "true"]), [""; 0]);
    world.eval(&format!(
        "arm::ensure_role(sub, graph::user(\"{FABRIKAM}\", \"kim@{FABRIKAM}\").id, \"Owner\", #{{ type: \"User\" }}).name"
    ));
    let flagged = ["(subscription) Owner Kim Abe User owner outside AdminAgents"];
    assert_eq!(audit(&["--flagged", "true"]), flagged);
}

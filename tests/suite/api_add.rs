//! APIs that a user adds: an Azure document that this project does not contain becomes a module.

mod azure;
mod refused;
mod sandbox;
mod starts;

use std::path::PathBuf;

use tenantry::api::added::{About, Sources, Store};
use tenantry::api::model::Service;
use tenantry::base::clock::Timestamp;

use crate::program::{Program, file};
use crate::stage::Stage;
use azure::{Azure, SUBSCRIPTION};

/// The document, as a path from the project's folder.
const DOCUMENT: &str = "tests/suite/api_add/nat.json";
const OVERLAY: &str = "tests/suite/api_add/nat.yaml";
const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

/// Returns what was said, without the ends of its lines and the marks beside them.
fn flat(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a program to which the API was added as `nat`.
fn added() -> Program {
    let program = Program::new();
    let (document, overlay) = (file(DOCUMENT), file(OVERLAY));
    let words = ["api", "add", &document, "--as", "nat", "--on", "arm"];
    let words = [&words[..], &["--overlay", &overlay]].concat();
    program.run(&words).exit(0);
    program
}

/// Returns the module as it comes back from where it was kept.
fn module() -> &'static Service {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::at(folder.path());
    let (document, overlay) = (PathBuf::from(file(DOCUMENT)), PathBuf::from(file(OVERLAY)));
    let sources = Sources::read(&document, Some(&overlay)).expect("documents");
    let service = sources.compile("nat", "arm").expect("no problems");
    let about = About::new(&sources, &service, Timestamp::UNIX_EPOCH);
    store.save(&about, &service, &sources).expect("it is kept");
    store.load("nat").expect("it comes back")
}

/// Returns a stage whose scripts reach a service in Azure's manner, and know of Fabrikam's
/// subscription there.
fn stage(azure: &Azure) -> Stage {
    let mut services = tenantry::api::services().to_vec();
    services.push(module());
    Stage::reaching(&azure.address, services)
}

/// Begins a script that knows the subscription and `group`, the id of a resource group in it.
fn knowing(script: &str) -> String {
    format!(
        "let subscription = arm::subscription(\"{FABRIKAM}\", \"{SUBSCRIPTION}\"); \
         let group = subscription.id + \"/resourceGroups/shop\"; {script}"
    )
}

/// Runs such a script; returns its value and what it asked for, the subscription called `S`.
fn value(stage: &Stage, azure: &Azure, script: &str) -> (String, Vec<String>) {
    azure.requests();
    let value = stage.value(&knowing(script));
    let requests = azure.requests().into_iter();
    (
        value,
        requests.map(|it| it.replace(SUBSCRIPTION, "S")).collect(),
    )
}

#[test]
fn an_azure_document_can_be_added_and_called() {
    let azure = Azure::start();
    let stage = stage(&azure);
    let at = "/subscriptions/S/resourceGroups/shop/providers/Microsoft.Network/natGateways";
    let version = "?api-version=2025-05-01";
    let check = |script: &str, expected: &str, requests: &[String]| {
        let (value, asked) = value(&stage, &azure, script);
        assert_eq!(value, expected, "{script}");
        // The first tells whose subscription it is.
        assert_eq!(&asked[1..], requests, "{script}");
    };
    let put = |name: &str| {
        vec![
            format!("PUT {at}/{name}{version} {{\"location\":\"westeurope\"}}"),
            "GET /subscriptions/S/providers/Microsoft.Network/locations/westeurope/operations/1"
                .to_owned(),
            format!("GET {at}/{name}{version}"),
        ]
    };
    let create = |name: &str| {
        format!(
            "nat::nat_gateways_create_or_update(group, \"{name}\", #{{ location: \"westeurope\" }}).name"
        )
    };
    check(&create("a"), "\"a\"", &put("a"));
    check(&create("b"), "\"b\"", &put("b"));
    check(
        "nat::nat_gateways_list(group).map(|gateway| gateway.name)",
        r#"["a","b"]"#,
        &[format!("GET {at}{version}"), format!("GET {at}?skip=1")],
    );
    let search = "/subscriptions/S/providers/Microsoft.Network/natGateways/search";
    check(
        "nat::nat_gateways_search(subscription, #{ tags: #{} }).map(|gateway| gateway.name)",
        r#"["a","b"]"#,
        &[
            format!("POST {search}{version} {{\"tags\":{{}}}}"),
            format!("GET {search}?skip=1"),
        ],
    );
    check(
        "nat::nat_gateways_get(group, \"a\").properties.provisioningState",
        "\"Succeeded\"",
        &[format!("GET {at}/a{version}")],
    );
    check(
        "let a = nat::nat_gateways_get(group, \"a\"); a.update_tags(#{ tags: #{ x: \"1\" } }).tags.x",
        "\"1\"",
        &[
            format!("GET {at}/a{version}"),
            format!("PATCH {at}/a{version} {{\"tags\":{{\"x\":\"1\"}}}}"),
        ],
    );
    check(
        "[nat::nat_gateways_check_existence(group, \"b\"), nat::nat_gateways_check_existence(group, \"c\")]",
        "[true,false]",
        &[
            format!("HEAD {at}/b{version}"),
            format!("HEAD {at}/c{version}"),
        ],
    );
    check(
        "let key = nat::nat_gateways_get(group, \"a\").rotate_key(); `${key.issued} ${kind(key)}`",
        "\"2026-01-02T03:04:05Z NatGatewayKey\"",
        &[
            format!("GET {at}/a{version}"),
            format!("POST {at}/a/rotateKey{version}"),
        ],
    );
    check(
        "nat::nat_gateway_usages_list(subscription, \"west europe\").map(|usage| usage.currentValue)",
        "[2]",
        &[format!(
            "GET /subscriptions/S/providers/Microsoft.Network/locations/west%20europe/natGatewayUsages{version}"
        )],
    );
    check(
        "nat::nat_gateway_hints_list(nat::nat_gateways_get(group, \"a\")).first().seen.year",
        "2026",
        &[
            format!("GET {at}/a{version}"),
            format!("GET {at}/a/providers/Microsoft.Network/natGatewayHints{version}"),
        ],
    );
    let results =
        "/subscriptions/S/providers/Microsoft.Network/locations/westeurope/operationResults/2";
    check(
        "nat::nat_gateways_get(group, \"a\").delete(); nat::nat_gateways_list_all(subscription, #{ api_version: \"2026-01-01\" }).count()",
        "1",
        &[
            format!("GET {at}/a{version}"),
            format!("DELETE {at}/a{version}"),
            format!("GET {results}"),
            format!("GET {results}"),
            "GET /subscriptions/S/providers/Microsoft.Network/natGateways?api-version=2026-01-01"
                .to_owned(),
        ],
    );
}

#[test]
fn a_secret_of_an_added_api_is_not_shown() {
    let azure = Azure::start();
    let stage = stage(&azure);
    let create = "nat::nat_gateways_create_or_update(group, \"a\", #{ location: \"westeurope\" })";
    let script = format!("{create}.rotate_key().primaryKey");
    let shown = format!("{:?}", stage.run(&knowing(&script)));
    assert!(!shown.contains("k3y"), "{shown}");
}

#[test]
fn what_was_added_is_known_wherever_scripts_are_written() {
    let program = added();
    let check = |script: &str, code: &str, message: &str, help: &str| {
        program.write("a.rhai", script);
        let ended = program.run(&["check", "a.rhai"]).exit(3);
        for expected in [code, message, help] {
            assert!(
                flat(&ended.stderr).contains(expected),
                "{script}\n{}",
                ended.stderr
            );
        }
    };
    let get = "let g = nat::nat_gateways_get(\"S\", \"shop\", \"a\");";
    check(
        "nat::nat_gateway_get(\"S\")",
        "check.name",
        "no function",
        "did you mean `nat::nat_gateways_get`?",
    );
    check(
        "nats::nat_gateways_get(\"S\")",
        "check.name",
        "no module `nats`",
        "did you mean `nat`?",
    );
    check(
        "gateways::get(\"S\")",
        "check.name",
        "no module `gateways`",
        "tenantry api add FILE --as",
    );
    check(
        &format!("{get} g.propertis"),
        "check.property",
        "not a property of NatGateway",
        "did you mean `properties`?",
    );
    check(
        &format!("{get} g.delete(1, 2)"),
        "check.argument",
        "takes 0 or 1 arguments",
        "use `.delete()`",
    );
    check(
        "nat::nat_gateways_create_or_update(\"S\", \"shop\", \"a\", #{ zone: [] })",
        "check.key",
        "`zone` is not a field of NatGateway",
        "did you mean `zones`?",
    );
    check(
        "const RUNBOOK = #{ effects: [\"arm.read\"] };\nnat::nat_gateways_delete(\"S\", \"shop\", \"a\")",
        "check.header",
        "the header does not list `arm.destroy`, which `nat::nat_gateways_delete` needs",
        "add \"arm.destroy\"",
    );
    program.write(
        "a.rhai",
        "let kind = #{ name: \"StandardV3\" }; let p = #{ policy: #{ kind: \"Drop\", afterMinutes: 4 } };\n\
         nat::nat_gateways_create_or_update(\"S\", \"shop\", \"a\", #{ location: \"x\", sku: #{ name: \"V9\" }, properties: p })",
    );
    program.run(&["check", "a.rhai"]).exit(0);
}

#[test]
fn the_manual_tells_of_an_added_api() {
    let program = added();
    let page = program.run(&["doc", "nat::nat_gateways_create_or_update"]);
    insta::assert_snapshot!("doc_added", page.exit(0).stdout);
    let policy = program.run(&["doc", "Policy"]).exit(0).stdout;
    for field in ["kind", "afterMinutes", "target"] {
        assert!(policy.contains(field), "{policy}");
    }
    let listed = program.run(&["api", "list", "nat", "--output", "json"]);
    let listed = listed.exit(0).json();
    let effects = |name: &str| {
        let mut rows = listed.as_array().expect("rows").iter();
        let row = rows.find(|row| row["function"] == name).expect("a row");
        row["effect"].as_str().expect("an effect").to_owned()
    };
    assert_eq!(effects("nat_gateways_rotate_key"), "write");
    assert_eq!(effects("nat_gateways_delete"), "destroy");
    assert_eq!(effects("nat_gateways_check_existence"), "read");
    let about = program.run(&["api", "list", "--added", "--output", "json"]);
    let about = &about.exit(0).json()[0];
    assert_eq!(about["module"], "nat");
    assert_eq!(
        (&about["operations"], &about["on"]),
        (&11.into(), &"arm".into())
    );
    assert_eq!(about["sha256"].as_str().map(str::len), Some(64));
    let completed = program.type_in(&["repl"], ":doc nat::nat_gateways_delete\n");
    assert!(
        completed.stdout.contains("Deletes a NAT gateway."),
        "{completed:?}"
    );
}

#[test]
fn a_post_may_destroy_unless_the_overlay_says_otherwise() {
    let program = Program::new();
    let document = file(DOCUMENT);
    let words = ["api", "add", &document, "--as", "nat", "--on", "arm"];
    program.run(&words).exit(0);
    let page = program.run(&["doc", "nat::nat_gateways_rotate_key"]);
    assert!(page.exit(0).stdout.contains("destroy"));
}

#[test]
fn the_overlay_of_the_readme_is_read() {
    let readme = std::fs::read_to_string(file("README.md")).expect("the README");
    let overlay = readme
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let program = Program::new();
    program.write("nat.yaml", overlay.expect("a block of YAML"));
    let document = file(DOCUMENT);
    let words = ["api", "add", &document, "--as", "nat", "--on", "arm"];
    program
        .run(&[&words[..], &["--overlay", "nat.yaml"]].concat())
        .exit(0);
    program.run(&["doc", "NatGateway.rotate"]).exit(0);
    program.run(&["doc", "nat::nat_gateway_hints_list"]).exit(2);
}

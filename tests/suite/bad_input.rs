//! Bad input: every diagnostic whole, with its place, its code and its exit code.

use crate::program::{Ended, Program, project};

/// Fabrikam, from the sandbox's seed.
const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

/// Compares all that went to stderr; what varies between runs is named.
#[track_caller]
pub(crate) fn snapshot(name: &str, ended: &Ended, program: &Program) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(
        &regex_of(&program.folder().display().to_string()),
        "<folder>",
    );
    settings.add_filter(&regex_of(&project().display().to_string()), "<project>");
    settings.add_filter(
        r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "<guid>",
    );
    settings.add_filter(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z", "<time>");
    settings.add_filter(r"127\.0\.0\.1:\d+", "<host>");
    settings.bind(|| {
        insta::assert_snapshot!(
            name,
            format!("exit {}\n{}{}", ended.code, ended.stdout, ended.stderr)
        );
    });
}

fn regex_of(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_string()
            } else {
                format!("\\{c}")
            }
        })
        .collect()
}

/// Runs a script that must fail, and compares the diagnostic.
#[track_caller]
fn fails(name: &str, script: &str, code: i32) {
    let program = Program::new();
    let ended = program.script(script, &[]).exit(code);
    snapshot(name, &ended, &program);
}

#[test]
fn a_missing_script() {
    let program = Program::new();
    snapshot(
        "script_missing",
        &program.run(&["run", "absent.rhai"]).exit(2),
        &program,
    );
}

#[test]
fn a_folder_for_a_script() {
    let program = Program::new();
    std::fs::create_dir(program.folder().join("folder.rhai")).expect("a folder");
    snapshot(
        "script_folder",
        &program.run(&["run", "folder.rhai"]).exit(2),
        &program,
    );
}

#[test]
fn an_empty_script() {
    fails("script_empty", "", 1);
}

#[test]
fn a_binary_script() {
    let program = Program::new();
    program.write("script.rhai", b"let a = 1;\0\x01\x02");
    snapshot(
        "script_binary",
        &program.run(&["run", "script.rhai"]).exit(1),
        &program,
    );
}

#[test]
fn a_script_that_is_not_utf8() {
    let program = Program::new();
    program.write("script.rhai", b"let name = \"H\xe4user\";");
    snapshot(
        "script_not_utf8",
        &program.run(&["run", "script.rhai"]).exit(1),
        &program,
    );
}

#[test]
fn a_syntax_error() {
    fails("syntax", "let a = 1\nlet b = 2;", 3);
}

#[test]
fn misspelt_names() {
    fails(
        "typo_function",
        "for c in partner::custmers() { emit(c); }",
        3,
    );
    fails("typo_module", "partnr::customers()", 3);
    fails(
        "typo_method",
        "let c = partner::customers().first();\nc.subscritions()",
        3,
    );
    fails(
        "typo_property",
        "let c = partner::customers().first();\nc.companyProfile.domian",
        3,
    );
    fails(
        "typo_key",
        &format!(
            "partner::set_subscription_quantity(\"{FABRIKAM}\", \"x\", 1, #{{ prinicpal: \"app\" }})"
        ),
        3,
    );
    fails("typo_variable", "let customer = 1;\nprint(custmer);", 3);
}

#[test]
fn all_faults_of_a_body_at_once() {
    let script = "let wanted = #{ companyProfle: #{ domain: \"x.onmicrosoft.com\" }, billingProfile: #{ email: 5, culture: \"en-US\",\n    language: \"en\", companyName: \"X\", defaultAddress: #{ city: \"Seattle\" } } };\npartner::create_customer(wanted)";
    fails("body", script, 1);
}

#[test]
fn parameters_of_a_runbook() {
    let script = "const RUNBOOK = #{ summary: \"s\", params: #{ days: #{ type: \"int\", initial: 3, help: \"window\" } } };\nparams.days";
    let program = Program::new();
    for (name, args) in [
        ("parameter_unknown", &["--dais", "4"][..]),
        ("parameter_type", &["--days", "four"][..]),
        ("parameter_value_missing", &["--days"][..]),
    ] {
        snapshot(name, &program.script(script, args).exit(2), &program);
    }
}

#[test]
fn a_customer_that_is_none() {
    fails(
        "customer_unit",
        "let none = [].find(|c| true);\npartner::subscriptions(none)",
        1,
    );
    fails(
        "customer_empty",
        "let id = \"\";\npartner::subscriptions(id)",
        1,
    );
    fails(
        "customer_not_a_guid",
        "let id = \"fabrikam\" + \"!\";\npartner::customer(id)",
        1,
    );
    fails(
        "customer_unknown",
        "partner::customer(\"00000000-1111-4222-8333-444444444444\")",
        5,
    );
}

#[test]
fn a_domain_that_is_taken() {
    let script = r#"
partner::create_customer(#{
    companyProfile: #{ domain: "fabrikam.onmicrosoft.com" },
    billingProfile: #{ email: "a@b.example", culture: "en-US", language: "en", companyName: "X",
        defaultAddress: #{ firstName: "A", lastName: "B", addressLine1: "1 Way", city: "Seattle", state: "WA", postalCode: "98101", country: "US" } },
})"#;
    fails("domain_taken", script, 5);
}

#[test]
fn more_seats_than_allowed() {
    let script = format!(
        "let s = partner::subscriptions(\"{FABRIKAM}\").find(|s| s.status == \"active\" && s.unitType == \"Licenses\");\npartner::set_subscription_quantity(\"{FABRIKAM}\", s, 5000)"
    );
    fails("quantity", &script, 5);
}

#[test]
fn ordering_before_the_agreement() {
    let script = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Adventure Works");
let item = partner::find_catalog_item(#{ country: "GB", title: "Microsoft 365 Business Basic", term: "P1Y", cycle: "monthly" });
partner::buy(customer, [#{ id: 0, catalogItemId: item.catalogItemId, quantity: 1, billingCycle: "monthly", termDuration: "P1Y" }])"#;
    fails("agreement", script, 5);
}

#[test]
fn a_stale_etag() {
    let changed = format!(
        "let old = partner::subscriptions(\"{FABRIKAM}\").find(|s| s.unitType == \"Licenses\");\nold.rename(\"Front desk\");\nold.rename(\"Back office\")"
    );
    fails("changed_meanwhile", &changed, 5);
    let script = format!(
        "let path = \"/v1/customers/{FABRIKAM}/profiles/billing\";\nlet profile = partner::get(path).to_map();\npartner::put(path, profile, #{{ headers: #{{ \"If-Match\": \"\\\"1\\\"\" }} }})"
    );
    fails("stale_etag", &script, 5);
}

#[test]
fn an_application_where_a_user_is_needed() {
    fails(
        "app_only",
        &format!("partner::users(\"{FABRIKAM}\", #{{ principal: \"app\" }}).count()"),
        4,
    );
}

#[test]
fn records_do_not_change() {
    fails(
        "read_only",
        "let c = partner::customers().first();\nc.id = \"x\";",
        3,
    );
}

#[test]
fn an_effect_that_the_header_does_not_list() {
    fails(
        "header_effect",
        &format!(
            "const RUNBOOK = #{{ summary: \"s\", effects: [\"partner.read\"] }};\npartner::delete_user(\"{FABRIKAM}\", \"fab71ca0-0001-4000-8000-000000000004\")"
        ),
        3,
    );
    fails(
        "header_effect_raw",
        &format!(
            "const RUNBOOK = #{{ summary: \"s\", effects: [\"partner.read\"] }};\npartner::delete(\"/v1/customers/{FABRIKAM}/users/fab71ca0-0001-4000-8000-000000000004\")"
        ),
        6,
    );
}

#[test]
fn a_module_that_imports_itself() {
    let program = Program::new();
    program.write("again.rhai", "import \"again\" as again;\nfn one() { 1 }");
    snapshot(
        "import_cycle",
        &program
            .script("import \"again\" as again;\nagain::one()", &[])
            .exit(3),
        &program,
    );
}

#[test]
fn an_environment_set_in_part() {
    let program = Program::new().var("TENANTRY_TENANT_ID", "contoso.onmicrosoft.com");
    snapshot(
        "environment_in_part",
        &program
            .run(&["eval", "partner::customers().count()"])
            .exit(2),
        &program,
    );
}

#[test]
fn an_endpoint_that_refuses_connections() {
    let program = Program::new()
        .var("TENANTRY_TENANT_ID", "contoso.onmicrosoft.com")
        .var("TENANTRY_CLIENT_ID", "c")
        .var("TENANTRY_CLIENT_SECRET", "s")
        .var("TENANTRY_ENDPOINT_LOGIN", "http://127.0.0.1:1/login")
        .var("TENANTRY_ENDPOINT_PARTNER", "http://127.0.0.1:1/partner")
        .var("TENANTRY_ENDPOINT_GRAPH", "http://127.0.0.1:1/graph")
        .var("TENANTRY_ENDPOINT_ARM", "http://127.0.0.1:1/arm");
    snapshot(
        "refused_connection",
        &program
            .run(&["eval", "partner::customers().count()"])
            .exit(5),
        &program,
    );
}

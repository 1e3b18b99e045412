//! Queries of Microsoft Graph by a user's scripts: options as typed parameters, conditions that lose
//! no clause, what was not selected, and whose directory is asked.

use serde_json::{Value, json};
use tenantry::error::Code;
use tenantry::script::Source;
use tenantry::script::check::{Input, NoImports, check};

use crate::stage::Stage;

const NAMES: &str = r#"
const FABRIKAM = "fabrikam.onmicrosoft.com";
const KIM = "fab71ca0-0001-4000-8000-000000000002";
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{NAMES}{script}"))
}

#[track_caller]
fn refused(stage: &Stage, script: &str) -> (Code, String) {
    stage.refusal(&format!("{NAMES}{script}"))
}

#[test]
fn options_say_what_comes() {
    let stage = Stage::new(0);
    let check = |options: &str, shown: &str, expected: Value| {
        let script = format!("graph::users(FABRIKAM, #{{ {options} }}).map(|u| {shown})");
        assert_eq!(found(&stage, &script), expected, "{options}");
    };
    let name = "u.displayName";
    check(
        "select: [\"displayName\", \"usageLocation\"], filter: where(\"displayName\").starts_with(\"Sam\")",
        "[u.displayName, u.usageLocation]",
        json!([["Sam Holt", null]]),
    );
    check(
        "orderby: \"displayName desc\", top: 2",
        name,
        json!([
            "Sam Holt",
            "Nora Vale",
            "Lee Gu",
            "Kim Abe",
            "Fabrikam Admin"
        ]),
    );
    check(
        "filter: where(\"displayName\").starts_with(\"Kim\").or(where(\"displayName\").eq(\"Lee Gu\")).and(where(\"accountEnabled\").eq(true)), orderby: \"displayName\"",
        name,
        json!(["Kim Abe", "Lee Gu"]),
    );
    check(
        "filter: where(\"displayName\").ne(\"Kim Abe\").and(where(\"userType\").eq(\"Member\")), orderby: [\"displayName\"]",
        name,
        json!(["Fabrikam Admin", "Lee Gu", "Sam Holt"]),
    );
    check(
        "filter: where(\"userPrincipalName\").ends_with(\"#EXT#@fabrikam.onmicrosoft.com\")",
        name,
        json!(["Nora Vale"]),
    );
    check("search: \"displayName:Kim\"", name, json!(["Kim Abe"]));
    check(
        "filter: where(\"displayName\").eq(\"Kim Abe\"), expand: \"manager\"",
        "u.manager.displayName",
        json!(["Lee Gu"]),
    );
    let count = "graph::users(FABRIKAM, #{ count: true, top: 2 }).count()";
    assert_eq!(
        found(&stage, count),
        found(&stage, "graph::users(FABRIKAM).to_array().len()")
    );
}

#[test]
fn a_query_written_by_hand_gets_its_marks_too() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"[
            graph::get(FABRIKAM, "/v1.0/users?$search=\"displayName:Kim\"").value.len(),
            graph::list(FABRIKAM, "/v1.0/users?$filter=displayName ne 'Kim Abe' and userType eq 'Member'&$top=1").count(),
            graph::get(FABRIKAM, "/v1.0/groups?$filter=startsWith(displayName,'All')&$orderby=displayName").value.len(),
            graph::get(FABRIKAM, "/v1.0/users?$filter=displayName eq 'no ne'").value.len(),
        ]"#,
    );
    assert_eq!(told, json!([1, 3, 1, 0]));
}

#[test]
fn what_cannot_be_asked_is_said_before_it_is_sent() {
    let stage = Stage::new(0);
    let check = |script: &str, says: &str| {
        let (code, said) = refused(&stage, script);
        assert_eq!(code, Code::ScriptArgument, "{script}: {said}");
        assert!(said.contains(says), "{script}: {said}");
    };
    check(
        "graph::users(FABRIKAM, #{ select: [\"dispalyName\"] }).first()",
        "did you mean `displayName`?",
    );
    check(
        "graph::users(FABRIKAM, #{ filter: where(\"city\").contains(\"Ber\") }).first()",
        "city",
    );
    check(
        "graph::users(FABRIKAM, #{ expand: \"manager\", count: true }).first()",
        "`expand` cannot stand beside",
    );
    assert_eq!(stage.calls("/v1.0/users"), 0);
}

#[test]
fn what_was_not_selected_is_not_nothing() {
    let stage = Stage::new(0);
    let check = |script: &str, option: &str| {
        let (code, said) = refused(&stage, script);
        assert_eq!(code, Code::RecordNotAsked, "{script}: {said}");
        assert!(said.contains(option), "{script}: {said}");
        let source = Source::new("test.rhai", format!("{NAMES}{script}"));
        let known = stage.interface();
        let input = Input {
            services: tenantry::api::services(),
            known: &known,
            imports: &NoImports,
            params: None,
            effects: None,
            names: &[],
        };
        let codes: Vec<Code> = check_codes(&source, input);
        assert!(codes.contains(&Code::CheckProperty), "{script}: {codes:?}");
    };
    let select = "accountEnabled";
    check("graph::users(FABRIKAM).first().accountEnabled", select);
    check("graph::user(FABRIKAM, KIM).accountEnabled", select);
    check(
        "graph::users(FABRIKAM, #{ select: [\"id\"] }).first().displayName",
        "displayName",
    );
    check("graph::user(FABRIKAM, KIM).manager", "manager");
    let seen = "graph::user(FABRIKAM, KIM, #{ select: [\"accountEnabled\"], expand: \"manager\" })";
    let seen = format!("let kim = {seen}; [kim.accountEnabled, kim.manager.displayName]");
    assert_eq!(found(&stage, &seen), json!([true, "Lee Gu"]));
    let part =
        "graph::batch(FABRIKAM, [#{ path: `/users/${KIM}?$select=id` }])[0].value.displayName";
    assert_eq!(refused(&stage, part).0, Code::RecordNotAsked);
}

fn check_codes(source: &Source, input: Input<'_>) -> Vec<Code> {
    let found = check(source, input);
    found.findings.iter().map(|one| one.error.code()).collect()
}

#[test]
fn exactly_the_customer_that_is_named_is_asked() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let named = [
            partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys"),
            "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d", "7A115B10-9C4E-4A2B-B5D6-0E1F2A3B4C5D",
            "tailspintoys.onmicrosoft.com",
            graph::organization("tailspintoys.onmicrosoft.com"),
            graph::contracts().find(|c| c.displayName == "Tailspin Toys"),
            graph::gdap_customers().find(|c| c.displayName == "Tailspin Toys"),
            graph::gdap_relationships(#{ filter: where("customer.tenantId").eq("7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d") }).first(),
            graph::find_tenant("tailspintoys.onmicrosoft.com"),
            graph::users("tailspintoys.onmicrosoft.com").first(),
        ];
        let seen = [];
        for tenant in named { seen.push([graph::organization(tenant).displayName, graph::organization(tenant).id]); }
        seen
        "#,
    );
    let rows = told.as_array().expect("rows");
    let tailspin = json!(["Tailspin Toys", "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d"]);
    assert!(
        rows.len() == 10 && rows.iter().all(|row| *row == tailspin),
        "{told}"
    );
    let both = found(
        &stage,
        r#"parallel(["fabrikam.onmicrosoft.com", "tailspintoys.onmicrosoft.com", partner::home()], |t| graph::organization(t).displayName).values()"#,
    );
    assert_eq!(both, json!(["Fabrikam, Inc.", "Tailspin Toys", "Contoso"]));
}

#[test]
fn why_a_tenant_is_out_of_reach_is_told_apart() {
    let stage = Stage::new(0);
    let check = |script: &str, code: Code, says: &str| {
        let (found, said) = refused(&stage, script);
        assert_eq!(found, code, "{script}: {said}");
        assert!(said.contains(says), "{script}: {said}");
    };
    check(
        "graph::users(\"adventureworks.onmicrosoft.com\").first()",
        Code::AuthConsentMissing,
        "User.Read.All",
    );
    check(
        "graph::users(\"wideworldimporters.onmicrosoft.com\").first()",
        Code::AuthTenant,
        "GDAP",
    );
    let readers = r#"
        let own = graph::gdap_relationships(#{ filter: where("customer.tenantId").eq("fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b") }).first();
        let readers = #{ unifiedRoles: [#{ roleDefinitionId: "88d8e3e3-8f55-4a1e-953a-9b9898b8876b" }] };
        graph::update_gdap_assignment(own, graph::gdap_assignments(own).first(), #{ accessDetails: readers });
        "done"
    "#;
    assert_eq!(found(&stage, readers), "done");
    check(
        "graph::create_domain(FABRIKAM, #{ id: \"x.example\" }, #{ principal: \"user\" })",
        Code::GraphGdapRole,
        "Domain Name Administrator",
    );
    check(
        "graph::users(()).first()",
        Code::ScopeMissing,
        "give a Customer record",
    );
    check(
        "graph::users(\"Fabrikam\").first()",
        Code::ScopeTenantUnknown,
        "neither a GUID nor a domain",
    );
    check(
        "graph::users(5).first()",
        Code::ScopeWrongKind,
        "the number 5",
    );
    check(
        "graph::users(partner::agreement_metadata().first()).first()",
        Code::ScopeWrongKind,
        "names no tenant",
    );
}

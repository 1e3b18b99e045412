//! Who may do what in a customer's directory: 30 operations as 9 callers, from delegated
//! administration to consent. Each cell is allowed, or refused with a code that says what is missing
//! and words that name what would be enough.

use serde_json::Value;
use tenantry::api::model::Operation;
use tenantry::identity::Guide;
use tenantry::sandbox::PUBLIC_CLIENT_ID;

use crate::login::{MEGAN, Person};
use crate::login_command::{Waiting, program};
use crate::program::Program;
use crate::served::Served;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const ADVENTURE_WORKS: &str = "ad7e0b2e-3d5f-4c6a-9b8e-1a2b3c4d5e6f";

/// Letters of the grid, and the codes they stand for.
const CODES: [(char, &str); 6] = [
    ('+', "allowed"),
    ('d', "graph.directory_role"),
    ('g', "graph.gdap_role"),
    ('t', "auth.tenant"),
    ('c', "auth.consent_missing"),
    ('p', "graph.permission"),
];

/// Columns: Global Administrator and plain member of the customer; the partner's user by GDAP as
/// Global Reader, User Administrator, License Administrator and without access; the application with
/// consent and without; the partner's user through an application that may only read users.
const GRID: &str = "
+++++t+c+ users
+++++t+c+ user
+dg+gt+cp create_user
+dg+gt+cp update_user
+++++t+c+ deleted_users
+dg+gt+cp revoke_sessions
+++++t+cp skus
+++++t+c+ user_licenses
+dg++t+cp change_licenses
+++++t+cp company_subscriptions
+++++t+cp groups
+dg+gt+cp create_group
+++++t+cp group_members
+++++t+cp organization
+d+ggt+cp domains
+dgggt+cp create_domain
+++++t+cp role_definitions
+++++t+cp role_assignments
+dgggt+cp assign_role
+++++t+cp applications
+dgggt+cp create_application
+++++t+cp service_principals
+++++t+cp permission_grants
+d+ggt+cp directory_audits
+d+ggt+cp mfa_registrations
+d+ggt+cp security_alerts
+d+ggt+cp ca_policies
+d+ggt+cp auth_methods
+++ggt+cp devices
+d+ggt+cp managed_devices
";

/// Runs the calls of the grid; returns code and words per operation.
fn tried(program: &Program, profile: &[&str], caller: usize, customer: &str) -> Vec<Value> {
    let script = include_str!("grid.rhai")
        .replace("CUSTOMER", &format!("\"{customer}\""))
        .replace("CALLER", &caller.to_string());
    program.write("grid.rhai", script);
    let args = ["--output", "ndjson", "run", "--allow", "write", "grid.rhai"];
    let ended = program.run(&[profile, &args].concat()).exit(0);
    let rows = ended.stdout.lines();
    rows.map(|row| serde_json::from_str(row).expect("JSON"))
        .collect()
}

/// Signs a person in with the browser, to a profile of that role and tenant.
fn signed_in(sandbox: &Served, role: &str, tenant: &str, who: &'static str) -> Program {
    let program = program(sandbox, role);
    let path = program.folder().join("config.toml");
    let text = std::fs::read_to_string(&path).expect("the file");
    program.write(
        "config.toml",
        text.replace(&sandbox.get("tenant_id"), tenant),
    );
    let waiting = Waiting::of(&program, "contoso");
    Person::new(who).visit(&waiting.told);
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
    program
}

/// Leaves one role in the access assignment of the partner's group in Fabrikam.
fn assigned(sandbox: &Served, role: &str) {
    let script = format!(
        "let relationship = graph::gdap_relationships(#{{ filter: where(\"customer.tenantId\").eq(\"{FABRIKAM}\") }}).first();
         let assignment = graph::gdap_assignments(relationship).first();
         let role = graph::role_definitions(partner::home()).find(|r| r.displayName == \"{role}\");
         graph::update_gdap_assignment(relationship, assignment, #{{ accessDetails: #{{ unifiedRoles: [#{{ roleDefinitionId: role.id }}] }} }});"
    );
    let program = sandbox.program();
    program.write("assign.rhai", script);
    program
        .run(&["run", "--allow", "write", "assign.rhai"])
        .exit(0);
}

/// Consents in Adventure Works to the application that signs users in, to read users and no more.
fn consented(program: &Program) {
    let script = format!(
        "partner::consent_application(\"{ADVENTURE_WORKS}\", #{{
             applicationId: \"{PUBLIC_CLIENT_ID}\", displayName: \"Tenantry CLI\",
             applicationGrants: [#{{ enterpriseApplicationId: \"00000003-0000-0000-c000-000000000000\", scope: \"User.Read.All\" }}],
         }});"
    );
    program.write("consent.rhai", script);
    program
        .run(&[
            "--profile",
            "contoso",
            "run",
            "--allow",
            "write",
            "consent.rhai",
        ])
        .exit(0);
}

#[test]
fn every_refusal_says_what_would_be_enough() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let home = sandbox.get("tenant_id");
    let user = &["--profile", "contoso"][..];
    let mut columns = Vec::new();
    for who in [
        "admin@fabrikam.onmicrosoft.com",
        "kim@fabrikam.onmicrosoft.com",
    ] {
        let program = signed_in(&sandbox, "customer", FABRIKAM, who);
        columns.push(tried(&program, user, columns.len(), FABRIKAM));
    }
    for role in [
        "Global Reader",
        "User Administrator",
        "License Administrator",
    ] {
        assigned(&sandbox, role);
        let program = signed_in(&sandbox, "admin", &home, MEGAN);
        columns.push(tried(&program, user, columns.len(), FABRIKAM));
    }
    sandbox.control(
        "POST",
        "gdap",
        &format!("{{\"customer\": \"{FABRIKAM}\", \"assignments\": \"pending\"}}"),
    );
    let program = signed_in(&sandbox, "admin", &home, MEGAN);
    columns.push(tried(&program, user, columns.len(), FABRIKAM));
    let megan = program;
    let program = sandbox.program();
    columns.push(tried(&program, &[], columns.len(), FABRIKAM));
    columns.push(tried(&program, &[], columns.len(), ADVENTURE_WORKS));
    consented(&megan);
    columns.push(tried(&megan, user, columns.len(), ADVENTURE_WORKS));

    assert_eq!(grid(&columns), GRID.trim(), "codes: {CODES:?}");
    for row in &columns[0] {
        assert_eq!(row["said"], "", "the calls are in order");
    }
    columns.iter().flatten().for_each(advised);
}

/// Draws what was found: a line per operation, a letter per caller.
fn grid(columns: &[Vec<Value>]) -> String {
    let letter = |row: &Value| {
        let code = row["code"].as_str().expect("a code");
        let known = CODES.iter().find(|(_, known)| *known == code);
        known.unwrap_or_else(|| panic!("{row}")).0
    };
    let lines = (0..columns[0].len()).map(|at| {
        let letters: String = columns.iter().map(|column| letter(&column[at])).collect();
        format!(
            "{letters} {}",
            columns[0][at]["operation"].as_str().expect("a name")
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Asserts that a refusal names a role or permission that the operation's description lists.
fn advised(row: &Value) {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let graph = tenantry::api::service("graph").expect("a built-in service");
    let operation: &Operation = graph.operation(&text("operation")).expect("an operation");
    let said = text("said");
    let enough = match text("code").as_str() {
        "allowed" => return,
        "auth.tenant" => {
            assert!(said.contains("an active GDAP relationship"), "{row}");
            return;
        }
        "auth.consent_missing" | "graph.permission" => operation.permissions,
        _ => operation.roles,
    };
    assert!(
        !enough.is_empty() && enough.iter().all(|one| said.contains(one)),
        "{row}"
    );
}

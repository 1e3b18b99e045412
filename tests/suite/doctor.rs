//! `doctor`: what it finds in the embedded sandbox, and in a served one where something is wrong.

use std::net::TcpListener;

use serde_json::{Value, json};
use tenantry::sandbox::{EXPIRED_CLIENT_SECRET, REFRESH_TOKEN_WITHOUT_MFA};

use crate::bad_input::snapshot;
use crate::program::{Ended, Program};
use crate::served::Served;

/// The checks of one run.
struct Found(Vec<Value>);

impl Found {
    #[track_caller]
    fn of(program: &Program, args: &[&str], code: i32) -> Self {
        let args = [&["--output", "json", "doctor"], args].concat();
        let ended: Ended = program.run(&args).exit(code);
        let checks = ended.json();
        Self(checks.as_array().expect("an array").clone())
    }

    #[track_caller]
    fn check(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|check| check["check"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {:#?}", self.0))
    }

    /// Asserts how a check ended, and returns what it says.
    #[track_caller]
    fn is(&self, name: &str, status: &str) -> String {
        let check = self.check(name);
        assert_eq!(check["status"], status, "{:#?}", self.0);
        let fails = ["fail", "warn"].contains(&status);
        assert_eq!(check["mend"].is_string(), fails, "{check:#?}");
        format!("{} {}", check["detail"], check["mend"])
    }

    /// Asserts that these failed and no others.
    #[track_caller]
    fn fails(&self, names: &[&str]) {
        let failed: Vec<&Value> = self
            .0
            .iter()
            .filter(|check| check["status"] == "fail")
            .map(|check| &check["check"])
            .collect();
        assert_eq!(json!(failed), json!(names), "{:#?}", self.0);
    }
}

#[test]
fn the_embedded_sandbox_is_well() {
    let program = Program::new();
    let found = Found::of(&program, &["--customer", "Fabrikam.onmicrosoft.com"], 0);
    assert_eq!(found.0.len(), 16);
    for check in &found.0 {
        assert!(
            check["code"].is_null() && check["mend"].is_null(),
            "{check:#?}"
        );
    }
    for name in [
        "configuration",
        "clock",
        "user_token",
        "mfa",
        "partner_mfa",
        "consent",
    ] {
        found.is(name, "pass");
    }
    assert_eq!(Found::of(&program, &[], 0).0.len(), 11);
}

#[test]
fn every_check_passes_in_the_embedded_sandbox() {
    let program = Program::new();
    let found = Found::of(&program, &["--customer", "fabrikam.onmicrosoft.com"], 0);
    for check in &found.0 {
        assert_eq!(check["status"], "pass", "{check:#?}");
    }
    let args = ["doctor", "--customer", "fabrikam.onmicrosoft.com"];
    snapshot("doctor", &program.run(&args).exit(0), &program);
    let json = [&["--output", "json"], &args[..]].concat();
    snapshot("doctor_json", &program.run(&json).exit(0), &program);
    let sandbox = Served::start(&program, &[]);
    let program = sandbox.program().var("TENANTRY_CLIENT_SECRET", "wrong");
    let ended = program.run(&["doctor"]).exit(4);
    snapshot("doctor_wrong_secret", &ended, &program);
}

#[test]
fn relationships_and_groups_of_the_user() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let look = |customer: &str| Found::of(&program, &["--customer", customer], 4);
    let found = look("adventureworks.onmicrosoft.com");
    found.is("gdap", "pass");
    found.is("gdap_roles", "pass");
    let found = look("wideworldimporters.onmicrosoft.com");
    found.fails(&["gdap"]);
    found.is("gdap_roles", "skip");
    let sam = program.var("TENANTRY_REFRESH_TOKEN", REFRESH_TOKEN_WITHOUT_MFA);
    let found = Found::of(&sam, &["--customer", "fabrikam.onmicrosoft.com"], 4);
    assert!(found.is("partner_role", "warn").contains("SalesAgent"));
    assert!(found.is("gdap", "fail").contains("admin agents"));
    found.is("gdap_roles", "skip");
}

#[test]
fn a_secret_that_is_wrong_expired_or_missing() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    for secret in ["wrong", EXPIRED_CLIENT_SECRET] {
        let program = sandbox.program().var("TENANTRY_CLIENT_SECRET", secret);
        let found = Found::of(&program, &["--customer", "fabrikam.onmicrosoft.com"], 4);
        found.fails(&["app_token", "user_token"]);
        assert_eq!(found.check("app_token")["code"], "auth.client");
        found.is("consent", "skip");
    }
    let program = sandbox.program().var("TENANTRY_TENANT_ID", "");
    let found = Found::of(&program, &[], 4);
    found.fails(&["configuration"]);
    found.is("app_token", "skip");
}

#[test]
fn a_customer_without_consent_or_relationship() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let look = |customer: &str, code| Found::of(&program, &["--customer", customer], code);

    let found = look("adventureworks.onmicrosoft.com", 4);
    found.fails(&["consent"]);
    let said = found.is("consent", "fail");
    assert!(
        said.contains("adminconsent") && said.contains("consent_customers"),
        "{said}"
    );
    found.is("arm_role", "skip");

    let args = [
        "--customer",
        "wideworldimporters.onmicrosoft.com",
        "--output",
        "json",
    ];
    let ended = program.run(&[&["doctor"], &args[..]].concat());
    let found = Found(ended.json().as_array().expect("an array").clone());
    assert!(found.is("consent", "skip").contains("AADSTS50020"));
    found.is("gdap_roles", "skip");

    let found = look("nobody.example", 4);
    found.fails(&["customer"]);
    found.is("gdap", "skip");
}

#[test]
fn a_user_without_mfa() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox
        .program()
        .var("TENANTRY_REFRESH_TOKEN", REFRESH_TOKEN_WITHOUT_MFA);
    let found = Found::of(&program, &["--customer", "fabrikam.onmicrosoft.com"], 4);
    let said = found.is("mfa", "fail");
    assert!(said.contains("TENANTRY_REFRESH_TOKEN"), "{said}");
    assert_eq!(found.check("partner_mfa")["code"], "auth.mfa_missing");
}

#[test]
fn a_profile_without_a_user() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program().var("TENANTRY_REFRESH_TOKEN", "");
    let found = Found::of(&program, &["--customer", "fabrikam.onmicrosoft.com"], 0);
    let said = found.is("user_token", "skip");
    assert!(said.contains("no user"), "{said}");
    found.is("mfa", "skip");
    found.is("gdap", "skip");
    found.is("partner_role", "pass");
    found.is("consent", "pass");
}

#[test]
fn a_clock_that_is_wrong() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let advance = |by: &str| {
        sandbox.control("POST", "clock", &json!({ "advance": by }).to_string());
    };
    advance("2m");
    Found::of(&sandbox.program(), &[], 0).is("clock", "warn");
    advance("8m");
    let found = Found::of(&sandbox.program(), &[], 4);
    found.fails(&["clock"]);
    assert!(found.is("clock", "fail").contains("w32tm"));
}

#[test]
fn addresses_where_nobody_or_somebody_else_answers() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let program = sandbox.program().var("TENANTRY_ENDPOINT_LOGIN", &nobody);
    let found = Found::of(&program, &[], 4);
    found.fails(&["login_endpoint"]);
    assert_eq!(found.check("login_endpoint")["code"], "http.connect");
    found.is("app_token", "skip");

    let program = sandbox.program().var("TENANTRY_ENDPOINT_GRAPH", &nobody);
    let found = Found::of(&program, &[], 4);
    found.fails(&["graph_endpoint"]);
    found.is("partner_role", "skip");

    let page = json!({ "service": "partner", "times": 0, "fault": { "kind": "html" } });
    sandbox.control("POST", "faults", &page.to_string());
    let found = Found::of(&sandbox.program(), &[], 4);
    found.fails(&["partner_endpoint"]);
    let said = found.is("partner_endpoint", "fail");
    assert!(
        said.contains("text/html") && said.contains("proxy"),
        "{said}"
    );
    found.is("partner_role", "skip");
}

#[test]
fn nothing_is_written_and_no_token_is_shown() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let args = [
        "-v",
        "--log-http=full",
        "doctor",
        "--customer",
        "fabrikam.onmicrosoft.com",
    ];
    let ended = sandbox.program().run(&args).exit(0);
    assert!(!ended.stderr.contains("eyJ") && !ended.stdout.contains("eyJ"));
    for secret in ["client_secret", "refresh_token"] {
        let secret = sandbox.get(secret);
        assert!(!ended.stderr.contains(&secret) && !ended.stdout.contains(&secret));
    }
    let stats: Value = serde_json::from_str(&sandbox.control("GET", "stats", "")).expect("JSON");
    let effects = stats.to_string();
    assert!(
        !effects.contains("\"PATCH\"") && !effects.contains("\"DELETE\""),
        "{effects}"
    );
}

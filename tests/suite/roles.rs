//! Profiles of a customer's user and of automation, from the configuration file to a run.

use serde_json::Value;
use tenantry::identity::Guide;
use tenantry::sandbox::PUBLIC_CLIENT_ID;

use crate::login::{MEGAN, Person};
use crate::login_command::{Waiting, program, run};
use crate::program::Program;
use crate::served::Served;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const AS_USER: [&str; 2] = ["eval", "partner::agreement_metadata().count() > 0"];

/// Changes the program's configuration.
fn configure(program: &Program, change: impl FnOnce(String) -> String) {
    let path = program.folder().join("config.toml");
    let text = std::fs::read_to_string(&path).expect("the file");
    program.write("config.toml", change(text));
}

fn sign_in(program: &Program, profile: &str, who: &'static str) {
    let waiting = Waiting::of(program, profile);
    Person::new(who).visit(&waiting.told);
    let (code, said) = waiting.end();
    assert_eq!(code, 0, "{said}");
}

/// Returns the checks of a `doctor`, by their ends.
fn checks(program: &Program, args: &[&str], code: i32) -> Vec<(String, String)> {
    let ended = run(program, &[&["--output", "json", "doctor"], args].concat()).exit(code);
    let checks = ended.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = checks.as_array().expect("an array").iter();
    checks
        .map(|check| (text(&check["check"]), text(&check["status"])))
        .collect()
}

fn is(checks: &[(String, String)], name: &str, status: &str) {
    let found = checks.iter().find(|(check, _)| check == name);
    let found = found.map(|(_, status)| status.as_str());
    assert_eq!(found, Some(status), "{name}: {checks:?}");
}

#[test]
fn a_customer_s_users_manage_their_own_tenant_alone() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let home = sandbox.get("tenant_id");
    for (who, tenant) in [
        ("admin@fabrikam.onmicrosoft.com", FABRIKAM),
        ("kim@fabrikam.onmicrosoft.com", "fabrikam.onmicrosoft.com"),
    ] {
        let program = program(&sandbox, "customer");
        configure(&program, |text| text.replace(&home, tenant));
        sign_in(&program, "contoso", who);
        let me = format!("graph::get(\"{FABRIKAM}\", \"/v1.0/me\").userPrincipalName");
        assert_eq!(run(&program, &["eval", &me]).exit(0).stdout.trim(), who);
        let found = run(&program, &["--output", "json", "whoami"])
            .exit(0)
            .json();
        assert!(found.to_string().contains(FABRIKAM), "{found}");
        for script in [
            "partner::customers().count()".to_owned(),
            format!("partner::subscriptions(\"{FABRIKAM}\").count()"),
            format!("graph::get(\"{home}\", \"/v1.0/organization\")"),
            "graph::get(\"tailspintoys.onmicrosoft.com\", \"/v1.0/organization\")".to_owned(),
            "auth::whoami(\"tailspintoys.onmicrosoft.com\")".to_owned(),
        ] {
            let refused = run(&program, &["eval", &script]).exit(4);
            assert_eq!(refused.error(), "auth.role", "{script}");
        }
        let found = checks(&program, &[], 0);
        is(&found, "user_token", "pass");
        is(&found, "partner_role", "skip");
        let other = ["--customer", "tailspintoys.onmicrosoft.com"];
        is(&checks(&program, &other, 4), "customer", "fail");
    }
    let stats = sandbox.control("GET", "stats", "");
    assert!(!stats.contains("/v1/customers"), "was sent: {stats}");
}

#[test]
fn automation_never_asks_and_may_take_the_sign_in_of_another_profile() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = program(&sandbox, "automation");
    let boss = |text: String| {
        let profile = text.replace("secrets = \"file\"\n", "");
        let boss = profile.replace("profile.contoso", "profile.boss");
        let boss = boss.replace("automation", "admin");
        let other = boss.replace("profile.boss", "profile.other");
        let other = other.replace(PUBLIC_CLIENT_ID, "11111111-2222-4333-8444-555555555555");
        format!("{text}{boss}{other}")
    };
    configure(&program, boss);
    let refused = run(&program, &AS_USER).exit(4);
    assert_eq!(refused.error(), "auth.interaction");
    let command = "tenantry login --partner-consent --profile contoso";
    assert!(refused.stderr.contains(command), "{}", refused.stderr);
    assert!(!refused.stderr.contains("login --profile contoso"));
    let doctor = run(&program, &["doctor"]).exit(4);
    assert!(doctor.stdout.contains(command), "{}", doctor.stdout);
    assert!(!doctor.stdout.contains("login --profile contoso"));

    let take = |from| {
        run(
            &program,
            &[
                "profile",
                "secret",
                "contoso",
                "refresh_token",
                "--from",
                from,
            ],
        )
    };
    assert_eq!(take("other").exit(2).error(), "usage.argument");
    let nothing = take("boss").exit(2);
    assert!(
        nothing
            .stderr
            .contains("login --partner-consent --profile boss")
    );
    sign_in(&program, "boss", MEGAN);
    take("boss").exit(0);
    run(&program, &AS_USER).exit(0);
    is(&checks(&program, &[], 0), "mfa", "pass");
    let asked = run(&program, &["eval", "approve(\"Go?\")"]).exit(4);
    assert_eq!(asked.error(), "auth.interaction");

    // Signing out ends the sessions of the user, wherever its token went.
    let out = run(&program, &["logout"]).exit(0);
    assert!(out.stderr.contains("all sessions"), "{}", out.stderr);
    let args = ["--profile", "boss", "--error-format", "json"];
    let revoked = program.run(&[&args[..], &AS_USER].concat()).exit(4);
    assert_eq!(revoked.error(), "auth.revoked");
}

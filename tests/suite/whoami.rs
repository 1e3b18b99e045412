//! Who calls are made as: `auth::` in scripts, and what never leaves with it.

use serde_json::Value;

use crate::bad_input::snapshot;
use crate::program::Program;
use crate::served::Served;
use crate::stage::Stage;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

fn value(stage: &Stage, script: &str) -> Value {
    serde_json::from_str(&stage.value(script)).expect("a JSON value")
}

#[test]
fn a_script_learns_who_it_is_in_each_tenant() {
    let stage = Stage::new(0);
    let home = value(
        &stage,
        "auth::whoami(partner::home(), #{ principal: \"user\" })",
    );
    assert_eq!(home["user"]["upn"], "megan@contoso-partner.onmicrosoft.com");
    assert_eq!(
        (&home["principal"], &home["mfa"]),
        (&"user".into(), &true.into())
    );
    let script = format!("auth::whoami(\"{FABRIKAM}\", #{{ principal: \"user\" }})");
    let there = value(&stage, &script);
    assert_eq!(there["tenant"], FABRIKAM);
    assert_eq!(there["user"]["upn"], home["user"]["upn"]);
    assert_ne!(there["object_id"], home["object_id"]);
    let app = value(
        &stage,
        "auth::whoami(partner::home(), #{ principal: \"app\" })",
    );
    assert_eq!(
        (&app["principal"], &app["user"]),
        (&"app".into(), &Value::Null)
    );
    assert_eq!(app["application"]["id"], home["application"]["id"]);
}

#[test]
fn claims_are_of_the_service_and_hold_nothing_that_can_be_replayed() {
    let stage = Stage::new(0);
    for (service, audience) in [
        ("partner", "https://api.partnercenter.microsoft.com"),
        ("graph", "https://graph.microsoft.com"),
        ("arm", "https://management.azure.com"),
    ] {
        let script = format!("auth::claims(partner::home(), \"{service}\")");
        let text = stage.value(&script);
        assert!(!text.contains("eyJ"), "{text}");
        let claims: Value = serde_json::from_str(&text).expect("a JSON value");
        assert_eq!(claims["aud"], audience);
        assert!(
            claims["exp"].is_i64() && claims["tid"].is_string(),
            "{text}"
        );
    }
    stage.value("auth::check_mfa()");
}

#[test]
fn the_module_is_checked_and_explained_like_any_other() {
    let program = Program::new();
    program.write(
        "a.rhai",
        "auth::whom();\nauth::claims(1);\nprint(auth::whoami().expire);\n",
    );
    let checked = program.run(&["check", "a.rhai"]).exit(3);
    insta::assert_snapshot!("check_auth", checked.stderr);
    let doc = program.run(&["doc", "auth"]).exit(0);
    insta::assert_snapshot!("doc_auth", doc.stdout);
    let doc = program.run(&["doc", "auth::whoami"]).exit(0);
    insta::assert_snapshot!("doc_auth_whoami", doc.stdout);
}

#[test]
fn the_command_tells_each_principal() {
    let program = Program::new();
    let ended = program.run(&["whoami"]).exit(0);
    snapshot("whoami", &ended, &program);
    let args = ["--output", "json", "whoami", "--tenant", FABRIKAM];
    let found = program.run(&args).exit(0).json();
    assert_eq!(
        (&found["profile"], &found["role"]),
        (&"sandbox".into(), &"admin".into())
    );
    assert_eq!(found["tenant"], FABRIKAM);
    let principals = found["principals"].as_array().expect("an array");
    let names: Vec<&Value> = principals.iter().map(|one| &one["principal"]).collect();
    assert_eq!(names, ["app", "user"]);
    assert!(principals.iter().all(|one| one["expires"].is_string()));
}

#[test]
fn without_a_token_the_command_ends_with_the_identity_s_error() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program().var("TENANTRY_CLIENT_SECRET", "wrong");
    let args = ["--error-format", "json", "whoami"];
    assert_eq!(program.run(&args).exit(4).error(), "auth.client");
    let program = sandbox.program();
    let args = [
        "--error-format",
        "json",
        "whoami",
        "--tenant",
        "nobody.example",
    ];
    assert_eq!(program.run(&args).exit(4).error(), "auth.tenant");
}

//! Signing in: what can be wrong with a credential, and that no secret is ever shown.

use serde_json::json;
use tenantry::sandbox::{EXPIRED_CLIENT_SECRET, REFRESH_TOKEN_WITHOUT_MFA};

use crate::program::{Ended, Program};
use crate::served::Served;

const USER_ONLY: &str = "partner::agreement_metadata().count()";

fn eval(program: &Program, script: &str) -> Ended {
    program.run(&["--error-format", "json", "--quiet", "eval", script])
}

#[test]
fn a_secret_that_is_wrong_or_has_expired() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    for secret in ["wrong", EXPIRED_CLIENT_SECRET] {
        let program = sandbox.program().var("TENANTRY_CLIENT_SECRET", secret);
        assert_eq!(
            eval(&program, "partner::customers().count()")
                .exit(4)
                .error(),
            "auth.client"
        );
    }
}

#[test]
fn a_refresh_token_that_has_expired_or_was_revoked() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    eval(&sandbox.program(), USER_ONLY).exit(0);
    sandbox.control("POST", "clock", &json!({ "advance": "91d" }).to_string());
    assert_eq!(
        eval(&sandbox.program(), USER_ONLY).exit(4).error(),
        "auth.expired"
    );

    let sandbox = Served::start(&host, &[]);
    sandbox.control("POST", "revoke", "");
    assert_eq!(
        eval(&sandbox.program(), USER_ONLY).exit(4).error(),
        "auth.revoked"
    );
}

#[test]
fn a_sign_in_without_mfa() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox
        .program()
        .var("TENANTRY_REFRESH_TOKEN", REFRESH_TOKEN_WITHOUT_MFA);
    assert_eq!(
        eval(&program, USER_ONLY).exit(4).error(),
        "auth.mfa_missing"
    );
}

#[test]
fn a_profile_without_a_user() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program().var("TENANTRY_REFRESH_TOKEN", "");
    assert_eq!(
        eval(&program, USER_ONLY).exit(4).error(),
        "auth.principal_missing"
    );
}

#[test]
fn the_partners_own_tenant_is_an_id_however_the_profile_names_it() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let resolved = || {
        sandbox
            .control("GET", "stats", "")
            .contains("openid-configuration")
    };
    let own = sandbox.get("tenant_id");
    let script = "[partner::home(), partner::home()]";
    let args = ["--quiet", "--output", "json", "eval", script];
    let by_id = sandbox.program().run(&args).exit(0).json();
    assert_eq!(by_id, json!([own, own]));
    assert!(!resolved(), "an id is taken as it is");
    let domain = "contoso-partner.onmicrosoft.com";
    let program = sandbox.program().var("TENANTRY_TENANT_ID", domain);
    assert_eq!(program.run(&args).exit(0).json(), by_id);
    assert!(resolved(), "a domain has to be asked for");
}

#[test]
fn what_is_not_granted_asks_for_no_token() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let id = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
    for script in [
        format!("partner::delete_customer(\"{id}\")"),
        format!("partner::update_subscription(\"{id}\", \"{id}\", #{{ quantity: 1 }})"),
        format!("partner::set_subscription_quantity(\"{id}\", \"{id}\", 3)"),
        "partner::post(\"/v1/unknown\", #{})".to_owned(),
    ] {
        let ended = eval(&sandbox.program(), &script).exit(6);
        assert_eq!(ended.error(), "access.effect", "{script}");
    }
    let stats = sandbox.control("GET", "stats", "");
    assert!(!stats.contains("oauth2"), "{stats}");
}

#[test]
fn no_secret_is_shown_anywhere() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = crate::program::file("scripts/onboard_customer.rhai");
    let args = [
        "-v",
        "--log-http=full",
        "--output",
        "json",
        "run",
        "--allow",
        "write,spend",
        &script,
    ];
    let ended = program.run(&args).exit(0);
    assert!(ended.stderr.contains("POST"), "the log is on");
    let mut secrets: Vec<String> = ["client_secret", "refresh_token"]
        .iter()
        .map(|name| sandbox.get(name))
        .collect();
    for entry in std::fs::read_dir(program.folder().join("onboarding-secrets"))
        .expect("the folder of secrets")
    {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a password");
        secrets.push(text.trim().to_owned());
    }
    assert_eq!(secrets.len(), 4);
    for secret in secrets {
        assert!(
            !ended.stdout.contains(&secret) && !ended.stderr.contains(&secret),
            "{secret} was shown"
        );
    }
    assert!(!ended.stderr.contains("eyJ"), "a token was shown");
}

#[test]
fn a_password_cannot_leave_a_record_by_accident() {
    let create = r#"let c = partner::create_customer(#{
    companyProfile: #{ domain: "litware.onmicrosoft.com" },
    billingProfile: #{ email: "a@litware.example", culture: "en-US", language: "en", companyName: "Litware",
        defaultAddress: #{ firstName: "A", lastName: "B", addressLine1: "1 Harbor Street", city: "Seattle", state: "WA", postalCode: "98101", country: "US" } },
});
"#;
    for way in [
        "print(c); print(c.userCredentials.password); 1",
        "emit(c); 1",
        "`is ${c.userCredentials.password}`",
        "c",
        "log::info(c.userCredentials); 1",
    ] {
        let program = Program::new();
        let header = "const RUNBOOK = #{ summary: \"s\", params: #{ to: #{ type: \"file\", initial: \"kept\", help: \"h\" } } };";
        let script =
            format!("{header}\n{create}secret_file(params.to, c.userCredentials.password);\n{way}");
        let ended = program.script(&script, &[]).exit(0);
        let kept = std::fs::read_to_string(program.folder().join("kept")).expect("the password");
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        assert!(
            kept.len() >= 8 && !shown.contains(kept.trim()),
            "{way}: {shown}"
        );
    }
}

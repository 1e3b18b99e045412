//! Profiles of the configuration file: which one is taken, and what is said about a wrong one.

use crate::program::Program;
use crate::served::Served;

/// Returns the lines of a profile that reaches the served sandbox.
fn profile(sandbox: &Served, name: &str, lines: &str) -> String {
    let of = |field: &str| sandbox.get(field);
    format!(
        "[profile.{name}]\ncloud = \"custom\"\ntenant = \"{}\"\nclient_id = \"{}\"\n{lines}\n\
         [profile.{name}.endpoints]\nlogin = \"{}\"\npartner = \"{}\"\ngraph = \"{}\"\narm = \"{}\"\n",
        of("tenant_id"),
        of("client_id"),
        of("login_url"),
        of("partner_url"),
        of("graph_url"),
        of("arm_url"),
    )
}

const COUNT: &str = "partner::customers().count()";

#[test]
fn the_named_profile_comes_before_the_environment_and_the_current_one() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = Program::new().var("TENANTRY_CLIENT_SECRET", sandbox.get("client_secret"));
    let config = format!(
        "current = \"sandbox\"\n{}",
        profile(&sandbox, "contoso", "app = \"secret\"")
    );
    program.write("config.toml", config);
    let named = program
        .run(&["--profile", "contoso", "eval", COUNT])
        .exit(0);
    assert!(
        named.stderr.contains("(profile contoso: admin, as app)"),
        "{}",
        named.stderr
    );
    let program = program.var("TENANTRY_PROFILE", "contoso");
    let by_variable = program.run(&["eval", COUNT]).exit(0);
    assert_eq!(by_variable.stderr, named.stderr);
    let embedded = program
        .run(&["eval", "--profile", "sandbox", COUNT])
        .exit(0);
    assert_eq!(embedded.stderr, "using the embedded sandbox\n");
    // The environment's own profile may be named, too.
    let served = sandbox
        .program()
        .run(&["eval", "--profile=environment", COUNT]);
    assert!(served.exit(0).stderr.contains("profile environment"));
}

#[test]
fn a_wrong_choice_says_what_to_do() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = Program::new().var("TENANTRY_CLIENT_SECRET", "x");
    program.write(
        "config.toml",
        profile(&sandbox, "contoso", "app = \"secret\""),
    );
    let refused = |program: &Program, args: &[&str], code: &str, says: &str| {
        let ended = program.run(&[args, &["eval", "1"]].concat()).exit(2);
        assert!(ended.stderr.contains(code), "{}", ended.stderr);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
    };
    let config = "usage.config";
    refused(
        &program,
        &["--profile", "contos"],
        config,
        "did you mean `contoso`?",
    );
    refused(
        &program,
        &["--profile", "nobody"],
        config,
        "tenantry profile list",
    );
    let environment = "usage.environment";
    refused(
        &program,
        &["--profile", "environment"],
        environment,
        "TENANTRY_TENANT_ID",
    );
    refused(&program, &[], environment, "only in part");
    let both = sandbox.program().var(
        "TENANTRY_CONFIG",
        program.folder().join("config.toml").display().to_string(),
    );
    refused(
        &both,
        &["--profile", "contoso"],
        environment,
        "unset TENANTRY_TENANT_ID",
    );
}

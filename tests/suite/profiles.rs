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

/// Returns a program whose profiles keep their secrets in a file.
fn with_file(config: &str) -> Program {
    let program = Program::new().var("TENANTRY_PASSPHRASE", "a passphrase");
    program.write("config.toml", format!("secrets = \"file\"\n{config}"));
    program
}

/// Returns the flags that describe the served sandbox.
fn flags(sandbox: &Served) -> Vec<String> {
    let flags = [
        ("--tenant", "tenant_id"),
        ("--client-id", "client_id"),
        ("--login-url", "login_url"),
        ("--partner-url", "partner_url"),
        ("--graph-url", "graph_url"),
        ("--arm-url", "arm_url"),
    ];
    let given = flags.map(|(flag, field)| format!("{flag}={}", sandbox.get(field)));
    given
        .into_iter()
        .chain(["--cloud=custom".to_owned()])
        .collect()
}

#[test]
fn a_profile_is_added_used_shown_exported_and_removed_without_its_secrets_being_shown() {
    let sandbox = Served::start(&Program::new(), &[]);
    let program = with_file("# Mine; keep this.\n");
    let described = flags(&sandbox);
    let mut args: Vec<&str> = vec!["profile", "add", "contoso", "--app=secret", "--user=given"];
    args.extend(described.iter().map(String::as_str));
    args.extend([
        "--secret-stdin",
        "--use",
        "--allow=write,spend",
        "--default-output=json",
    ]);
    let secrets = [sandbox.get("client_secret"), sandbox.get("refresh_token")];
    let mut shown = String::new();
    let mut note = |ended: crate::program::Ended| {
        shown.push_str(&ended.stdout);
        shown.push_str(&ended.stderr);
        ended
    };
    let added = program.type_in(&args, &format!("{}\n{}\n", secrets[0], secrets[1]));
    let added = note(added).exit(0);
    assert!(added.stderr.contains("secrets.age"), "{}", added.stderr);
    let config = std::fs::read_to_string(program.folder().join("config.toml")).expect("a file");
    assert!(config.contains("# Mine; keep this."), "{config}");
    // The profile's own default decides the format, unless a flag does.
    let found = note(program.run(&["eval", "partner::customers().to_array()[0]"])).exit(0);
    assert!(found.json().is_object());
    let table = note(program.run(&["eval", "--output", "table", COUNT])).exit(0);
    assert_eq!(table.stdout, "5\n");
    let user = "partner::customers(#{ principal: \"user\" }).count()";
    note(program.run(&["eval", user])).exit(0);
    let list = note(program.run(&["profile", "list", "--output", "json"])).exit(0);
    assert_eq!(list.json()[0]["name"], "contoso");
    assert_eq!(list.json()[0]["current"], true);
    let show = note(program.run(&["profile", "show", "--output", "json"])).exit(0);
    let place = show.json()["secrets"]["client_secret"].to_string();
    assert!(place.contains("secrets.age"), "{place}");
    for format in ["env", "toml", "json"] {
        let ended = note(program.run(&["profile", "export", "--format", format])).exit(0);
        assert!(ended.stdout.contains(&sandbox.get("tenant_id")));
        assert!(
            ended
                .stderr
                .contains("TENANTRY_CLIENT_SECRET and TENANTRY_REFRESH_TOKEN")
        );
    }
    let sealed = std::fs::read(program.folder().join("secrets.age")).expect("a file");
    shown.push_str(&String::from_utf8_lossy(&sealed));
    shown.push_str(&config);
    for secret in &secrets {
        assert!(!shown.contains(secret), "{secret} was shown");
    }
    program.run(&["profile", "remove", "contoso"]).exit(2);
    program
        .run(&["profile", "remove", "contoso", "--yes"])
        .exit(0);
    let config = std::fs::read_to_string(program.folder().join("config.toml")).expect("a file");
    assert_eq!(config, "secrets = \"file\"\n# Mine; keep this.\n");
    let embedded = program.run(&["eval", "1"]).exit(0);
    assert_eq!(embedded.stderr, "using the embedded sandbox\n");
}

#[test]
fn wrong_flags_of_add_change_nothing() {
    let program = with_file("");
    let base = [
        "profile",
        "add",
        "--tenant=contoso.onmicrosoft.com",
        "--client-id=0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17",
    ];
    let cases: &[(&[&str], i32)] = &[
        (&["a"], 2),
        (&["sandbox", "--app=secret"], 2),
        (&["a b", "--app=secret"], 2),
        (&["a", "--app=sekret"], 2),
        (&["a", "--app=certificate"], 2),
        (&["a", "--app=federated"], 2),
        (&["a", "--app=secret", "--certificate=x.pem"], 2),
        (&["a", "--certificate=absent.pem"], 2),
        (&["a", "--certificate=."], 2),
        (&["a", "--app=secret", "--role=customer"], 2),
        (&["a", "--app=secret", "--prefers=user"], 2),
        (&["a", "--app=secret", "--cloud=custom"], 2),
        (&["a", "--app=secret", "--arm-url=https://arm.example"], 2),
        (&["a", "--app=secret", "--allow=all"], 2),
        (&["a", "--app=secret", "--default-lanes=0"], 2),
        (&["a", "--app=secret", "--ca-file=absent.pem"], 2),
        (&["a", "--app=secret", "--client-secret=x"], 2),
    ];
    for (args, exit) in cases {
        let ended = program.run(&[&base, *args].concat());
        assert_eq!(ended.code, *exit, "{args:?}: {}", ended.stderr);
    }
    program
        .run(&["profile", "add", "a", "--tenant=common", "--app=secret"])
        .exit(2);
    let config = std::fs::read_to_string(program.folder().join("config.toml")).expect("a file");
    assert_eq!(config, "secrets = \"file\"\n");
    assert!(!program.folder().join("secrets.age").exists());
}

#[test]
fn a_damaged_or_locked_store_is_told_and_left_alone() {
    let sandbox = Served::start(&Program::new(), &[]);
    let contoso = profile(
        &sandbox,
        "contoso",
        "app = \"secret\"\nrole = \"automation\"",
    );
    let program = with_file(&contoso);
    let damaged = program.write("secrets.age", "not what it was");
    let secret = [
        "profile",
        "secret",
        "contoso",
        "--stdin",
        "--error-format=json",
    ];
    let run = ["--profile", "contoso", "--error-format=json", "eval", COUNT];
    assert_eq!(program.run(&run).exit(4).error(), "auth.secrets");
    let kept = program.type_in(&secret, "Marker~1\n").exit(4);
    assert_eq!(kept.error(), "auth.secrets");
    let bytes = std::fs::read_to_string(&damaged).expect("a file");
    assert_eq!(bytes, "not what it was");
    std::fs::remove_file(&damaged).expect("removed");
    program
        .type_in(&secret, &sandbox.get("client_secret"))
        .exit(0);
    program.run(&run).exit(0);
    let program = program.var("TENANTRY_PASSPHRASE", "");
    let locked = program.run(&run).exit(4);
    assert_eq!(locked.error(), "auth.secrets");
    assert!(locked.stderr.contains("TENANTRY_PASSPHRASE"));
    // Nothing is opened for what needs no secret.
    program.run(&["--profile", "contoso", "eval", "1"]).exit(0);
    let asked = program.run(&[
        "--profile=contoso",
        "--error-format=json",
        "eval",
        "approve(\"Go?\")",
    ]);
    assert_eq!(asked.exit(4).error(), "auth.interaction");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_keyring_secrets_go_to_the_file_or_the_keyring_is_named() {
    let sandbox = Served::start(&Program::new(), &[]);
    let contoso = profile(&sandbox, "contoso", "app = \"secret\"");
    let program = Program::new().var("TENANTRY_PASSPHRASE", "a passphrase");
    program.write("config.toml", &contoso);
    let secret = [
        "profile",
        "secret",
        "contoso",
        "--stdin",
        "--error-format=json",
    ];
    let kept = program.type_in(&secret, "value\n").exit(0);
    assert!(kept.stderr.contains("secrets.age"), "{}", kept.stderr);
    program.write("config.toml", format!("secrets = \"keyring\"\n{contoso}"));
    let refused = program.type_in(&secret, "value\n").exit(4);
    assert_eq!(refused.error(), "auth.secrets");
    assert!(
        refused.stderr.contains("secrets = \\\"file\\\""),
        "{}",
        refused.stderr
    );
}

#[test]
fn two_processes_that_keep_secrets_at_once_lose_none() {
    let sandbox = Served::start(&Program::new(), &[]);
    let names: Vec<String> = (0..4).map(|n| format!("p{n}")).collect();
    let all: String = names
        .iter()
        .map(|name| profile(&sandbox, name, "app = \"secret\""))
        .collect();
    let program = with_file(&all);
    std::thread::scope(|scope| {
        for name in &names {
            let program = &program;
            scope.spawn(move || {
                let args = ["profile", "secret", name, "--stdin"];
                program.type_in(&args, &format!("{name}\n")).exit(0);
            });
        }
    });
    for name in &names {
        let shown = program
            .run(&["profile", "show", name, "--output", "json"])
            .exit(0);
        let place = shown.json()["secrets"]["client_secret"].to_string();
        assert!(place.contains("secrets.age"), "{name}: {place}");
    }
}

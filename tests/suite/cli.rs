//! The command line: what is written where, and how it ends.

#[cfg(unix)]
use std::io::{BufRead, BufReader, Read};
#[cfg(unix)]
use std::process::{Command, Stdio};

use crate::program::Program;

const RUNBOOK: &str = r#"const RUNBOOK = #{
    summary: "Counts customers",
    params: #{
        least: #{ type: "int", initial: 1, help: "as few as this are enough" },
        out: #{ type: "file", help: "where the names go", required: false },
    },
    effects: ["partner.read"],
};
let names = partner::customers().map(|c| c.companyProfile.companyName);
if params.out != () { write_text(params.out, names[0]); }
table([#{ count: names.len(), enough: names.len() >= params.least }]);
"#;

#[test]
fn results_go_to_stdout_and_everything_else_to_stderr() {
    let program = Program::new();
    for format in ["table", "json", "ndjson", "csv"] {
        let ended = program.run(&["eval", "--output", format, "1 + 1"]).exit(0);
        assert_eq!(
            ended.stdout,
            if format == "csv" { "value\n2\n" } else { "2\n" }
        );
        assert_eq!(ended.stderr, "using the embedded sandbox\n");
    }
    let quiet = program
        .run(&["eval", "-q", "print(1); sleep(90); 2"])
        .exit(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("2\n", ""));
    let loud = program.run(&["eval", "print(1); sleep(90); 2"]).exit(0);
    assert_eq!(
        loud.stderr,
        "using the embedded sandbox\n1\nsandbox time +1 min 30 s\n"
    );
}

#[test]
fn a_runbook_takes_its_parameters_and_our_flags_in_any_order() {
    let program = Program::new();
    program.write("count.rhai", RUNBOOK);
    let few = program
        .run(&["run", "count.rhai", "--least", "99", "--output", "json"])
        .exit(0);
    assert_eq!(few.json()[0]["enough"], false);
    let enough = program
        .run(&["--output=json", "run", "-q", "count.rhai", "--out=n.txt"])
        .exit(0);
    assert_eq!(enough.json()[0]["enough"], true);
    let name = std::fs::read_to_string(program.folder().join("n.txt")).expect("the file");
    assert_eq!(name, "Wide World Importers");
}

#[test]
fn every_refusal_has_a_code_and_an_exit_code_and_leaves_stdout_empty() {
    let program = Program::new();
    program.write("count.rhai", RUNBOOK);
    program.write("loop.rhai", "loop {}");
    program.write("deep.rhai", "fn deep(n) { deep(n + 1) }\ndeep(0)");
    let cases: &[(&[&str], &str, i32)] = &[
        (&["check", "count.rhai", "absent.rhai"], "usage.file", 2),
        (&["run", "loop.rhai", "--timeout", "1s"], "time.out", 8),
        (&["run", "deep.rhai"], "script.runtime", 1),
        (&["eval", ""], "usage.argument", 2),
        (&["eval", "1", "--lanes", "0"], "usage.argument", 2),
        (&["eval", "1", "--timeout", "soon"], "usage.argument", 2),
        (&["eval", "1", "--allow", "everything"], "usage.argument", 2),
        (&["evil", "1"], "usage.argument", 2),
        (&["explain", "no.code"], "usage.argument", 2),
        (&["doc", "partner::custmers"], "usage.argument", 2),
        (&["api", "list", "partnr"], "usage.argument", 2),
        (&["eval", "fail(\"no\")"], "script.failed", 1),
        // The result is never shown: the user would be left with a password that nobody knows.
        (
            &[
                "eval",
                "graph::reset_password(\"fabrikam.onmicrosoft.com\", \"kim@fabrikam.onmicrosoft.com\");",
            ],
            "check.argument",
            3,
        ),
        (&["eval", "1 / 0"], "script.runtime", 1),
        (
            &["eval", "partner::get(\"/v1/no/such/thing\")"],
            "http.server",
            5,
        ),
        (
            &[
                "eval",
                "graph::get(\"fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b\", \"/v1.0/no/such/thing\")",
            ],
            "http.server",
            5,
        ),
    ];
    for (args, code, exit) in cases {
        let ended = program
            .run(&[&["--error-format", "json"], *args].concat())
            .exit(*exit);
        assert_eq!(ended.error(), *code, "{args:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{args:?}");
    }
}

#[test]
fn a_family_of_codes_is_listed() {
    let program = Program::new();
    let listed = |args: &[&str]| program.run(args).exit(0).stdout;
    let family = listed(&["explain", "script", "--output", "ndjson"]);
    assert_eq!(
        listed(&["explain", "script.", "--output", "ndjson"]),
        family
    );
    let all = listed(&["explain", "--output", "ndjson"]);
    let expected = all.lines().filter(|line| line.contains("\"script."));
    assert_eq!(
        family.lines().collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    assert!(family.lines().count() > 4, "{family}");
}

#[test]
fn a_piped_session_keeps_its_state_and_fails_as_its_first_error() {
    let entries = "let n = partner::customers().count()
n + nothing
fn twice(a) {
  a * 2
}
twice(n)
_ + 1
:type partner::customers().first()
:wrong
partner::customers().map(|c| #{ name: c.companyProfile.companyName })
";
    let ended = Program::new().type_in(&["repl", "-q"], entries).exit(3);
    assert_eq!(
        ended.stdout,
        "10\n11\nCustomer\nname\n────────────────────\nWide World Importers\nNorthwind Traders\n\
         Tailspin Toys\nAdventure Works\nFabrikam, Inc.\n"
    );
    assert!(
        ended.stderr.contains("nothing") && ended.stderr.contains("there is no command `:wrong`")
    );
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_gone_ends_the_run_quietly() {
    let script = "for i in 0..10000000 { emit(i) }";
    let program = env!("CARGO_BIN_EXE_tenantry");
    let line = format!(
        "'{program}' eval --quiet --output ndjson '{script}' | head -n 1; exit ${{PIPESTATUS[0]}}"
    );
    let output = std::process::Command::new("bash")
        .args(["-c", &line])
        .output()
        .expect("bash");
    assert_eq!(
        (output.status.code(), output.stdout, output.stderr),
        (Some(0), b"0\n".to_vec(), vec![])
    );
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_an_endless_loop_at_once_and_deferred_functions_still_run() {
    let program = Program::new();
    program.write(
        "loop.rhai",
        "defer(|| print(\"cleaned up\"));\nprint(\"begun\");\nloop {}",
    );
    let mut command = program.command(&["run", "loop.rhai"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while line.trim() != "begun" {
        line.clear();
        assert_ne!(said.read_line(&mut line).expect("text"), 0, "it ended");
    }
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill").success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains("cleaned up"), "{rest}");
    assert!(rest.contains("run.interrupted"), "{rest}");
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = Program::new().run(&["completions", shell]).exit(0);
        assert!(ended.stdout.contains("tenantry"), "{shell}");
    }
}

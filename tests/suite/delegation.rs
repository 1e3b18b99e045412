//! The runbooks about delegated access (GDAP), by what they leave behind.

use serde_json::Value;

use crate::program::{Program, file};
use crate::runbooks::rows;
use crate::served::Served;

/// Returns how many requests have changed something in a sandbox.
fn writes(sandbox: &Served) -> u64 {
    let stats: Value = serde_json::from_str(&sandbox.control("GET", "stats", "")).expect("JSON");
    stats["writes"].as_u64().expect("a number")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn every_relationship_that_may_extends_itself_afterwards() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = file("scripts/gdap_auto_extend.rhai");
    let args = ["--output", "json", "run", "--allow", "write", &script];
    let results = |more: &[&str]| {
        let document = program.run(&[&args[..], more].concat()).exit(0).json();
        let rows = document.as_array().expect("rows").clone();
        let of = |name: &str| {
            let row = rows.iter().find(|row| row["relationship"] == name);
            text(&row.unwrap_or_else(|| panic!("no {name} in {rows:?}"))["result"])
        };
        let full = of("Tailspin full");
        assert_eq!(full, "skipped: has Global Administrator");
        let others = rows.iter().filter(|row| row["result"] != "extends already");
        (of("Northwind support"), others.count())
    };
    let before = writes(&sandbox);
    assert_eq!(results(&["--dry-run", "true"]), ("would extend".into(), 2));
    assert_eq!(writes(&sandbox), before);
    assert_eq!(results(&[]), ("extends now".into(), 2));
    let after = writes(&sandbox);
    assert_eq!(after, before + 1);
    assert_eq!(results(&[]), ("extends already".into(), 1));
    assert_eq!(writes(&sandbox), after);
}

/// Returns (relationship, what, group) of every row of a table, in order.
fn steps(document: &Value, title: &str) -> Vec<[String; 3]> {
    let names = ["relationship", "what", "group"];
    let mut found: Vec<_> = rows(document, title)
        .iter()
        .map(|row| names.map(|name| text(&row[name])))
        .collect();
    found.sort();
    found
}

#[test]
fn assignments_become_what_the_file_says() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = file("scripts/gdap_assign.rhai");
    let run = |more: &[&str]| {
        let allow = "write,destroy";
        let first = ["--output", "json", "run", "--allow", allow, &script];
        program.run(&[&first[..], more].concat()).exit(0).json()
    };
    let wanted = r#"[{ "group": "HelpdeskAgents", "roles": ["Helpdesk Administrator", "Directory Readers", "Billing Administrator"] }]"#;
    program.write("wanted.json", wanted);
    let only = ["--file", "wanted.json", "--company", "Fabrikam"];
    let before = writes(&sandbox);
    let plan = run(&only);
    let operators = "6a1c7b62-0009-4000-8000-000000000004";
    let whats = |document: &Value, title: &str| -> Vec<(String, String)> {
        let steps = steps(document, title).into_iter();
        steps.map(|[_, what, group]| (what, group)).collect()
    };
    let step = |what: &str, group: &str| (what.to_owned(), group.to_owned());
    let planned = [step("add", "HelpdeskAgents"), step("leave", operators)];
    assert_eq!(whats(&plan, "plan"), planned);
    assert_eq!(rows(&plan, "plan")[0]["lacks"], "Billing Administrator");
    assert_eq!(writes(&sandbox), before, "a plan writes nothing");

    let apply = [&only[..], &["--apply", "true"]].concat();
    assert_eq!(whats(&run(&apply), "done"), [step("add", "HelpdeskAgents")]);
    let kept = [step("keep", "HelpdeskAgents"), step("leave", operators)];
    let after = writes(&sandbox);
    let again = run(&apply);
    assert_eq!(whats(&again, "plan"), kept);
    assert_eq!(
        writes(&sandbox),
        after,
        "the second run finds nothing to do"
    );

    let fewer = "group,role\nHelpdeskAgents,729827e3-9c14-49f7-bb1b-9608f156bbb8\n";
    program.write("wanted.csv", fewer);
    let fewer = [
        "--file",
        "wanted.csv",
        "--company",
        "Fabrikam",
        "--remove",
        "true",
        "--apply",
        "true",
    ];
    let done = [step("change", "HelpdeskAgents"), step("remove", operators)];
    assert_eq!(whats(&run(&fewer), "done"), done);
    let kept = run(&fewer);
    assert_eq!(whats(&kept, "plan"), [step("keep", "HelpdeskAgents")]);
}

#[test]
fn a_file_that_says_nothing_useful_is_refused_before_anything_is_asked() {
    let program = Program::new();
    let script = file("scripts/gdap_assign.rhai");
    let run = |content: &str| {
        program.write("wanted.json", content);
        program
            .run(&["run", &script, "--file", "wanted.json"])
            .exit(1)
            .stderr
    };
    let entry = run(r#"[{ "group": "HelpdeskAgents", "roles": [] }]"#);
    assert!(entry.contains("an entry without group or role"), "{entry}");
    let group = run(r#"[{ "group": "Nobody", "roles": ["Directory Readers"] }]"#);
    assert!(group.contains("there is no group called Nobody"), "{group}");
    let role = run(r#"[{ "group": "HelpdeskAgents", "roles": ["King"] }]"#);
    assert!(
        role.contains("there is no directory role called King"),
        "{role}"
    );
}

#[test]
fn a_name_that_two_groups_share_is_refused() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let twin = "graph::create_group(partner::home(), #{ displayName: \"helpdeskagents\", mailNickname: \"twin\", mailEnabled: false, securityEnabled: true }).id";
    program.write("twin.rhai", twin);
    program
        .run(&["run", "--allow", "write", "twin.rhai"])
        .exit(0);
    program.write(
        "wanted.json",
        r#"[{ "group": "HelpdeskAgents", "roles": ["Directory Readers"] }]"#,
    );
    let script = file("scripts/gdap_assign.rhai");
    let allow = ["run", "--allow", "write,destroy"];
    let ended = program
        .run(&[&allow[..], &[&script, "--file", "wanted.json"]].concat())
        .exit(1);
    let note = "2 groups are called HelpdeskAgents";
    assert!(ended.stderr.contains(note), "{}", ended.stderr);
}

//! The runbooks about people of customers' directories, by what they find and leave behind.

use serde_json::Value;

use crate::program::{Ended, Program, file};
use crate::served::Served;

const KIM: &str = "kim@fabrikam.onmicrosoft.com";
const LEE: &str = "lee@fabrikam.onmicrosoft.com";
const FABRIKAM: &str = "fabrikam.onmicrosoft.com";
const TAILSPIN: &str = "tailspintoys.onmicrosoft.com";

fn run(program: &Program, script: &str, args: &[&str]) -> Ended {
    let script = file(&format!("scripts/{script}.rhai"));
    let run = [
        "--output",
        "json",
        "run",
        "--allow",
        "write,destroy",
        &script,
    ];
    program.run(&[&run, args].concat())
}

/// Evaluates an expression, and returns its value.
fn eval(program: &Program, script: &str) -> Value {
    let args = ["--output", "json", "eval", "--allow", "write", script];
    program.run(&args).exit(0).json()
}

/// Returns properties of the rows, as one text each.
fn rows(ended: &Ended, properties: &[&str]) -> Vec<String> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let row = |row: &Value| {
        let texts: Vec<String> = properties.iter().map(|name| text(&row[*name])).collect();
        texts.join(" ")
    };
    ended
        .json()
        .as_array()
        .expect("rows")
        .iter()
        .map(row)
        .collect()
}

#[test]
fn mfa_gaps_tells_customers_that_are_not_licensed_from_those_that_fail() {
    let program = Program::new();
    let ended = run(&program, "mfa_gaps", &[]).exit(7);
    let mut found = rows(&ended, &["company", "result", "user"]);
    found.sort();
    assert_eq!(
        found,
        [
            "Adventure Works failed null",
            "Fabrikam, Inc. no MFA admin@fabrikam.onmicrosoft.com",
            "Fabrikam, Inc. no MFA lee@fabrikam.onmicrosoft.com",
            "Fabrikam, Inc. no MFA sam@fabrikam.onmicrosoft.com",
            "Northwind Traders not licensed null",
            "Tailspin Toys no MFA ada@tailspintoys.onmicrosoft.com",
            "Wide World Importers failed null",
        ]
    );
    let csv = std::fs::read_to_string(program.folder().join("mfa_gaps.csv")).expect("the file");
    assert_eq!(csv.lines().count(), 1 + found.len());
    run(&program, "mfa_gaps", &["--company", "Northwind"]).exit(0);
    let guests = run(
        &program,
        "mfa_gaps",
        &["--company", "Fab", "--guests", "true"],
    )
    .exit(0);
    assert_eq!(
        rows(&guests, &["type"]),
        ["member", "member", "member", "guest"]
    );
}

#[test]
fn whoever_is_blocked_is_no_gap_unless_asked_for() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    eval(
        &program,
        &format!("graph::disable_user(\"{FABRIKAM}\", \"{LEE}\"); true"),
    );
    let fabrikam = ["--company", "Fab"];
    let users = rows(&run(&program, "mfa_gaps", &fabrikam).exit(0), &["user"]);
    assert!(
        users.len() == 2 && !users.contains(&LEE.to_owned()),
        "{users:?}"
    );
    let all = run(
        &program,
        "mfa_gaps",
        &[&fabrikam[..], &["--blocked", "true"]].concat(),
    );
    assert!(rows(&all.exit(0), &["user"]).contains(&LEE.to_owned()));
}

#[test]
fn administrators_are_found_through_groups_too() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let group = format!(
        "let group = graph::create_group(\"{FABRIKAM}\", #{{ displayName: \"Readers\", mailEnabled: false, mailNickname: \"readers\", securityEnabled: true, isAssignableToRole: true }});
         graph::add_member(\"{FABRIKAM}\", group, graph::user(\"{FABRIKAM}\", \"{LEE}\"));
         graph::add_member(\"{FABRIKAM}\", group, graph::user(\"{FABRIKAM}\", \"{KIM}\"));
         graph::assign_role(\"{FABRIKAM}\", #{{ roleDefinitionId: \"f2ef992c-3afb-46b9-b7cf-a126ee74c451\", principalId: group.id, directoryScopeId: \"/\" }}).id"
    );
    eval(&program, &group);
    let ended = run(&program, "admins_without_mfa", &[]).exit(7);
    let mut found = rows(&ended, &["company", "mfa", "user", "roles"]);
    found.sort();
    assert_eq!(
        found,
        [
            "Adventure Works failed null null",
            "Fabrikam, Inc. none admin@fabrikam.onmicrosoft.com Global Administrator",
            "Fabrikam, Inc. none lee@fabrikam.onmicrosoft.com Global Reader",
            "Northwind Traders unknown admin@northwindtraders.onmicrosoft.com Global Administrator",
            "Wide World Importers failed null null",
        ]
    );
}

#[test]
fn guests_are_listed_and_removed_only_when_told() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let removed = || {
        eval(
            &program,
            &format!(
                "graph::deleted_users(\"{FABRIKAM}\").filter(|u| u.mail == \"nora@litware.example\").len()"
            ),
        )
    };
    let args = ["--company", "Fab"];
    let clean = |more: &[&str]| run(&program, "guest_cleanup", &[&args[..], more].concat()).exit(0);
    assert_eq!(
        rows(&clean(&[]), &["result", "guest"]),
        ["unused nora@litware.example"]
    );
    assert!(rows(&clean(&["--days", "365"]), &["guest"]).is_empty());
    assert_eq!(removed(), 0);
    let script = file("scripts/guest_cleanup.rhai");
    let ungranted = [&["run", &script][..], &args, &["--remove", "true"]].concat();
    assert_ne!(program.run(&ungranted).code, 0);
    assert_eq!(removed(), 0);
    assert_eq!(
        rows(&clean(&["--remove", "true"]), &["result"]),
        ["removed"]
    );
    assert_eq!(removed(), 1);
    assert!(rows(&clean(&[]), &["guest"]).is_empty());
}

/// Returns the records of a folder, by file name.
fn records(program: &Program) -> Vec<Value> {
    let folder = program.folder().join("offboarded");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("a record");
    files
        .iter()
        .map(|path| serde_json::from_str(&read(path)).expect("JSON"))
        .collect()
}

#[test]
fn who_leaves_loses_everything_and_a_record_keeps_it() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let reader = format!(
        "graph::assign_role(\"{FABRIKAM}\", #{{ roleDefinitionId: \"f2ef992c-3afb-46b9-b7cf-a126ee74c451\", principalId: graph::user(\"{FABRIKAM}\", \"{LEE}\").id, directoryScopeId: \"/\" }}).principalId"
    );
    let lee = eval(&program, &reader);
    let own = run(&program, "offboard_user", &["--users", LEE, "--heir", LEE]).exit(7);
    assert!(own.stderr.contains("their own heir"), "{}", own.stderr);

    let ended = run(&program, "offboard_user", &["--users", LEE, "--heir", KIM]).exit(0);
    assert_eq!(
        rows(
            &ended,
            &["user", "groups", "roles", "licences", "handedOver", "kept"]
        ),
        [format!("{LEE} 1 1 1 1 0")]
    );
    let roles = format!(
        "graph::role_assignments(\"{FABRIKAM}\", #{{ filter: where(\"principalId\").eq({lee}) }}).count()"
    );
    assert_eq!(eval(&program, &roles), 0);
    let user = eval(
        &program,
        &format!(
            "graph::user(\"{FABRIKAM}\", \"{LEE}\", #{{ select: [\"accountEnabled\", \"assignedLicenses\"] }}).to_map()"
        ),
    );
    assert_eq!(user["accountEnabled"], false);
    assert_eq!(user["assignedLicenses"].as_array().map(Vec::len), Some(0));
    let sales = "fab71ca0-0009-4000-8000-000000000001";
    let left = eval(
        &program,
        &format!(
            "[graph::group_members(\"{FABRIKAM}\", \"{sales}\").map(|m| m.displayName), graph::group_owners(\"{FABRIKAM}\", \"{sales}\").map(|m| m.displayName)]"
        ),
    );
    assert_eq!(left, serde_json::json!([["Kim Abe"], ["Kim Abe"]]));

    let records = records(&program);
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["user"]["accountEnabled"], true);
    assert_eq!(record["groups"][0]["name"], "Sales");
    assert_eq!(
        record["licences"][0]["skuId"],
        "3b555118-da6a-4418-894f-7df1e2096870"
    );
    assert_eq!(record["roles"][0]["name"], "Global Reader");
    assert_eq!(record["owned"][0]["name"], "Sales");
    assert!(
        record["done"]
            .as_array()
            .is_some_and(|done| done.len() == 5),
        "{record}"
    );
    assert!(record["finished"].is_string());
}

#[test]
fn a_user_of_two_tenants_is_left_alone_until_the_tenant_is_named() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    eval(
        &program,
        &format!(
            "graph::invite_guest(\"{TAILSPIN}\", #{{ invitedUserEmailAddress: \"{KIM}\", inviteRedirectUrl: \"https://myapps.microsoft.com\" }}).status"
        ),
    );
    let refused = run(&program, "offboard_user", &["--users", KIM]).exit(7);
    assert!(
        refused.stderr.contains("is a user of 2 tenants"),
        "{}",
        refused.stderr
    );
    let enabled = || {
        let of = |tenant: &str| {
            format!(
                "graph::users(\"{tenant}\", #{{ select: [\"mail\", \"userPrincipalName\", \"accountEnabled\"] }}).find(|u| u.userPrincipalName == \"{KIM}\" || u.mail == \"{KIM}\").accountEnabled"
            )
        };
        eval(&program, &format!("[{}, {}]", of(FABRIKAM), of(TAILSPIN)))
    };
    assert_eq!(enabled(), serde_json::json!([true, true]));
    program.write("leavers.csv", format!("user,tenant\n{KIM},{TAILSPIN}\n"));
    run(&program, "offboard_user", &["--file", "leavers.csv"]).exit(0);
    assert_eq!(enabled(), serde_json::json!([true, false]));
    program.write(
        "leavers.csv",
        format!(
            "user,tenant\n{KIM},{FABRIKAM}\n{KIM},{TAILSPIN}\nnobody@fabrikam.onmicrosoft.com,\n"
        ),
    );
    let ended = run(&program, "offboard_user", &["--file", "leavers.csv"]).exit(7);
    assert!(
        ended.stderr.contains("no customer has a user nobody@"),
        "{}",
        ended.stderr
    );
    assert_eq!(rows(&ended, &["user"]).len(), 2);
    assert_eq!(enabled(), serde_json::json!([false, false]));
}

//! The runbooks that the project ships, by what they leave behind.

use serde_json::Value;

use crate::bad_input::snapshot;
use crate::program::{Program, file};
use crate::served::Served;

const HEADER: &str = "company,domain,email,street,city,postal,seats";

/// Returns the rows of one table of a JSON document.
pub(crate) fn rows<'a>(document: &'a Value, title: &str) -> &'a Vec<Value> {
    let tables = document["tables"]
        .as_array()
        .unwrap_or_else(|| panic!("no tables in {document}"));
    let table = tables.iter().find(|table| table["title"] == title);
    table
        .and_then(|table| table["rows"].as_array())
        .unwrap_or_else(|| panic!("no table {title} in {document}"))
}

#[test]
fn onboard_customer_shows_what_it_built() {
    let program = Program::new();
    let document = program
        .run(&[
            "--output",
            "json",
            "run",
            &file("scripts/onboard_customer.rhai"),
        ])
        .exit(0)
        .json();
    assert_eq!(
        rows(&document, "customer")[0]["domain"],
        "tailspinhotels.onmicrosoft.com"
    );
    assert_eq!(rows(&document, "order")[0]["status"], "completed");
    let subscription = &rows(&document, "subscription")[0];
    assert_eq!(
        (&subscription["status"], &subscription["quantity"]),
        (&"active".into(), &5.into())
    );
    assert_eq!(
        rows(&document, "user")[0]["userPrincipalName"],
        "kim@tailspinhotels.onmicrosoft.com"
    );
    assert_eq!(
        rows(&document, "licence")[0]["sku"],
        "O365_BUSINESS_ESSENTIALS"
    );

    let secrets = program.folder().join("onboarding-secrets");
    let kept: Vec<String> = std::fs::read_dir(secrets)
        .expect("the folder of secrets")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a password"))
        .collect();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|password| password.trim().len() >= 8));
}

#[test]
fn onboard_customer_looks_the_same_every_time() {
    let program = Program::new();
    let script = file("scripts/onboard_customer.rhai");
    snapshot(
        "onboard_customer",
        &program.run(&["run", &script]).exit(0),
        &program,
    );
    snapshot(
        "onboard_customer_help",
        &program.run(&["run", &script, "--help"]).exit(0),
        &program,
    );
}

#[test]
fn parameters_change_what_is_bought() {
    let program = Program::new();
    let script = file("scripts/onboard_customer.rhai");
    let args = [
        "--output",
        "json",
        "run",
        &script,
        "--company",
        "Litware",
        "--domain",
        "litware.onmicrosoft.com",
        "--seats=7",
    ];
    let document = program.run(&args).exit(0).json();
    assert_eq!(rows(&document, "customer")[0]["company"], "Litware");
    assert_eq!(rows(&document, "subscription")[0]["quantity"], 7);
}

#[test]
fn list_customers_streams_customers_with_their_subscriptions() {
    let program = Program::new();
    let script = file("scripts/list_customers.rhai");
    snapshot(
        "list_customers",
        &program
            .run(&["--output", "csv", "run", &script, "--company", "Fab"])
            .exit(0),
        &program,
    );
    let all = program
        .run(&["--output", "ndjson", "run", &script])
        .exit(0)
        .stdout;
    assert_eq!(all.lines().count(), 7);
}

#[test]
fn a_bad_row_is_reported_and_the_others_go_on() {
    let program = Program::new();
    let list = [
        HEADER,
        "Litware,litware.onmicrosoft.com,a@litware.example,1 Harbor Street,Seattle,98101,3",
        "Fabrikam again,fabrikam.onmicrosoft.com,a@fabrikam.example,1 Harbor Street,Seattle,98101,3",
        "Proseware,proseware.onmicrosoft.com,a@proseware.example,1 Harbor Street,Seattle,98101,three",
        "Lucerne,lucerne.onmicrosoft.com,a@lucerne.example,1 Harbor Street,Seattle,98101,",
    ];
    program.write("list.csv", list.join("\n"));
    let ended = program
        .run(&[
            "--quiet",
            "--output",
            "json",
            "run",
            &file("scripts/onboard_many.rhai"),
            "--file",
            "list.csv",
        ])
        .exit(7);
    let document = ended.json();
    let done: Vec<(&Value, &Value)> = rows(&document, "onboarded")
        .iter()
        .map(|row| (&row["line"], &row["seats"]))
        .collect();
    assert_eq!(done, [(&2.into(), &3.into()), (&5.into(), &5.into())]);
    snapshot("onboard_many_failed", &ended, &program);
}

#[test]
fn the_same_runbooks_run_against_a_served_sandbox_with_a_memory() {
    let host = Program::new();
    let state = host.folder().join("sandbox.state").display().to_string();
    let script = file("scripts/onboard_customer.rhai");
    let args = ["--output", "json", "run", "--allow", "write,spend", &script];
    let first = {
        let sandbox = Served::start(&host, &["--state", &state]);
        sandbox.program().run(&args).exit(0).json()
    };
    let sandbox = Served::start(&host, &["--state", &state]);
    let program = sandbox.program();
    let again = program
        .run(&["run", "--allow", "write,spend", &script])
        .exit(5);
    assert!(again.stderr.contains("1003"), "{}", again.stderr);
    let listed = program
        .run(&[
            "--output",
            "ndjson",
            "run",
            &file("scripts/list_customers.rhai"),
            "--company",
            "Tailspin H",
        ])
        .exit(0);
    let row: Value = serde_json::from_str(&listed.stdout).expect("one row");
    assert_eq!(row["domain"], rows(&first, "customer")[0]["domain"]);
    assert_eq!(row["seats"], 5);
    program.write(
        "list.csv",
        format!(
            "{HEADER}\nLitware,litware.onmicrosoft.com,a@litware.example,1 Way,Seattle,98101,2"
        ),
    );
    program
        .run(&[
            "run",
            "--allow",
            "write,spend",
            &file("scripts/onboard_many.rhai"),
            "--file",
            "list.csv",
        ])
        .exit(0);
}

#[test]
fn without_the_grant_nothing_is_sent() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let ended = program
        .run(&["run", &file("scripts/onboard_customer.rhai")])
        .exit(6);
    let note = "the header lists partner.write, partner.spend, not granted by --allow";
    assert!(ended.stderr.contains(note), "{}", ended.stderr);
    let stats: Value = serde_json::from_str(&sandbox.control("GET", "stats", "")).expect("JSON");
    assert_eq!(stats["writes"], 0, "{stats}");
}

#[test]
fn consent_customers_consents_where_consent_is_missing() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = file("scripts/consent_customers.rhai");
    let args = ["--output", "json", "run", "--allow", "write", &script];
    let found = |ended: &crate::program::Ended| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        ended
            .json()
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (text(&row["company"]), text(&row["result"])))
            .collect()
    };
    let one = |company: &str, result: &str| (company.to_owned(), result.to_owned());
    let of = |adventure: &str| {
        vec![
            one("Wide World Importers", "failed"),
            one("Northwind Traders", "had it"),
            one("Tailspin Toys", "had it"),
            one("Adventure Works", adventure),
            one("Fabrikam, Inc.", "had it"),
        ]
    };
    let consents = || {
        let rows = sandbox.control("GET", "store?table=entra.consents", "");
        serde_json::from_str::<Value>(&rows)
            .expect("JSON")
            .as_object()
            .expect("rows by key")
            .clone()
    };
    let before = consents();
    assert_eq!(found(&program.run(&args).exit(7)), of("consented"));
    let after = consents();
    assert_eq!(after.len(), before.len() + 1);
    assert!(
        before.iter().all(|(key, row)| after.get(key) == Some(row)),
        "nothing that was there has changed"
    );
    let csv = std::fs::read_to_string(program.folder().join("consents.csv")).expect("results");
    assert!(
        csv.starts_with("company,customer,domain,result,why\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 6);
    assert_eq!(found(&program.run(&args).exit(7)), of("had it"));
    let some = [&args[..], &["--company", "Adv"]].concat();
    assert_eq!(found(&program.run(&some).exit(0)).len(), 1);
    assert_eq!(consents(), after);
}

#[test]
fn consent_customers_explains_itself() {
    let program = Program::new();
    let script = file("scripts/consent_customers.rhai");
    snapshot(
        "consent_customers_help",
        &program.run(&["run", &script, "--help"]).exit(0),
        &program,
    );
    program.run(&["check", &script]).exit(0);
    let empty = ["run", &script, "--graph", "", "--arm", ""];
    let ended = program.run(&empty).exit(1);
    assert!(
        ended.stderr.contains("there is nothing to grant"),
        "{}",
        ended.stderr
    );
}

//! The runbooks about licences, and the module behind them, by what they show.

use serde_json::{Value, json};

use crate::program::{Program, file};
use crate::runbooks::rows;
use crate::served::Served;

/// Returns some properties of every row of a list.
fn picked(rows: &[Value], names: &[&str]) -> Vec<Value> {
    let row = |row: &Value| names.iter().map(|name| row[name].clone()).collect();
    rows.iter().map(row).map(Value::Array).collect()
}

#[test]
fn seats_compares_what_is_bought_with_what_is_assigned() {
    let program = Program::new();
    let script = file("scripts/seats.rhai");
    let args = ["--output", "json", "run", &script, "--company", "Fab"];
    let document = program.run(&args).exit(0).json();
    let mut found = picked(
        document.as_array().expect("rows"),
        &["sku", "bought", "usable", "assigned", "idle", "note"],
    );
    found.sort_by_key(Value::to_string);
    assert_eq!(
        found,
        [
            json!(["O365_BUSINESS_ESSENTIALS", 10, 10, 2, 8, null]),
            json!(["O365_BUSINESS_PREMIUM", 3, 3, 0, 3, null]),
        ]
    );
    let some = [&args[..], &["--idle", "4"]].concat();
    let document = program.run(&some).exit(0).json();
    assert_eq!(document.as_array().expect("rows").len(), 1);
}

#[test]
fn seats_says_which_customers_it_could_not_see() {
    let program = Program::new();
    let script = file("scripts/seats.rhai");
    let ended = program.run(&["--output", "json", "run", &script]).exit(7);
    let document = ended.json();
    let found = picked(
        document.as_array().expect("rows"),
        &["company", "suspended"],
    );
    let seen = [
        json!(["Northwind Traders", 12]),
        json!(["Tailspin Toys", 0]),
        json!(["Fabrikam, Inc.", 0]),
        json!(["Fabrikam, Inc.", 0]),
    ];
    assert_eq!(found, seen);
    for name in [
        "2 of 5 items failed",
        "Wide World Importers",
        "Adventure Works",
    ] {
        assert!(ended.stderr.contains(name), "{}", ended.stderr);
    }
}

#[test]
fn a_seat_that_is_assigned_is_no_longer_idle() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = "
        import \"std/licensing\" as licensing;
        let fabrikam = partner::customers(#{ filter: where(\"CompanyName\").starts_with(\"Fabrikam\") }).first();
        let basic = |rows| rows.find(|row| row.sku == \"O365_BUSINESS_ESSENTIALS\");
        let before = basic.call(licensing::seats(fabrikam));
        graph::change_licenses(fabrikam, \"admin@fabrikam.onmicrosoft.com\", #{ addLicenses: [#{ skuId: before.skuId }], removeLicenses: [] });
        let after = basic.call(licensing::seats(fabrikam));
        [before.idle - after.idle, after.assigned - before.assigned, after.bought - before.bought]
    ";
    program.write("script.rhai", script);
    let args = ["--output", "json", "run", "--allow", "write", "script.rhai"];
    assert_eq!(program.run(&args).exit(0).json(), json!([1, 1, 0]));
}

#[test]
fn licence_report_names_the_holders() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let program = sandbox.program();
    let script = file("scripts/licence_report.rhai");
    let args = ["--output", "json", "run", &script, "--company", "Fab"];
    let holders = |args: &[&str]| {
        let document = program.run(args).exit(0).json();
        picked(rows(&document, "licences"), &["user", "licence", "enabled"])
    };
    let kim = json!([
        "kim@fabrikam.onmicrosoft.com",
        "O365_BUSINESS_ESSENTIALS",
        true
    ]);
    let lee = json!([
        "lee@fabrikam.onmicrosoft.com",
        "O365_BUSINESS_ESSENTIALS",
        true
    ]);
    assert_eq!(holders(&args), [kim, lee.clone()]);
    let blocked = [&args[..], &["--blocked"]].concat();
    assert_eq!(holders(&blocked), [] as [Value; 0]);

    program.write(
        "block.rhai",
        "graph::disable_user(\"fabrikam.onmicrosoft.com\", \"kim@fabrikam.onmicrosoft.com\")",
    );
    program
        .run(&["run", "--allow", "write", "block.rhai"])
        .exit(0);
    let kim = json!([
        "kim@fabrikam.onmicrosoft.com",
        "O365_BUSINESS_ESSENTIALS",
        false
    ]);
    assert_eq!(holders(&blocked), std::slice::from_ref(&kim));
    assert_eq!(holders(&args), [kim, lee]);
}

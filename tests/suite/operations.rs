//! The operations as a user sees them: every one is served by the sandbox, listed and explained.

use serde_json::Value;

use crate::bad_input::snapshot;
use crate::program::Program;

fn operations() -> Vec<Value> {
    let listed = Program::new()
        .run(&["--output", "json", "api", "list"])
        .exit(0)
        .json();
    listed.as_array().expect("a list").clone()
}

#[test]
fn every_operation_is_served_by_the_sandbox() {
    let missing: Vec<String> = operations()
        .iter()
        .filter(|row| row["sandbox"] != "served")
        .map(|row| format!("{}::{}", row["module"], row["function"]))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_row_of_the_list_is_whole() {
    let rows = operations();
    assert!(rows.len() > 50, "only {} operations", rows.len());
    for row in rows {
        for field in [
            "module", "function", "effect", "method", "path", "needs", "auth", "source", "sandbox",
        ] {
            assert!(
                row[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field} of {row}"
            );
        }
    }
}

#[test]
fn help_and_doc_are_whole() {
    let program = Program::new();
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_run", &["run", "--help"][..]),
        ("help_sandbox_serve", &["sandbox", "serve", "--help"][..]),
        (
            "doc_create_customer",
            &["doc", "partner::create_customer"][..],
        ),
        (
            "doc_set_subscription_quantity",
            &["doc", "partner::set_subscription_quantity"][..],
        ),
        ("doc_cart", &["doc", "Cart"][..]),
        ("doc_parallel", &["doc", "parallel"][..]),
        ("explain", &["explain", "partner.changed_meanwhile"][..]),
    ] {
        snapshot(name, &program.run(args).exit(0), &program);
    }
}

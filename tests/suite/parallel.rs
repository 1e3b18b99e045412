//! Fan-out: every answer once, in order.

use crate::program::Program;
use crate::served::Served;
use crate::stage::Stage;

#[test]
fn sixty_four_lanes_give_every_answer_once_and_in_order() {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--customers", "245"]);
    let script = r"
let home = partner::customers().first();
let customers = partner::customers().to_array();
let outcomes = parallel(customers, |customer| {
    let subscriptions = partner::subscriptions(customer).to_array();
    #{ id: customer.id, first: home.id, seats: subscriptions.sum_by(|s| s.quantity) }
}, #{ lanes: 64 });
let expected = customers.map(|customer| customer.id);
let rows = outcomes.values();
#{ count: rows.len(), in_order: rows.map(|row| row.id) == expected, captured: rows.all(|row| row.first == customers[0].id), failures: outcomes.failures().len() }
";
    let program = sandbox.program();
    program.write("script.rhai", script);
    let found = program
        .run(&["--output", "json", "run", "--lanes", "64", "script.rhai"])
        .exit(0)
        .json();
    assert_eq!(
        found,
        serde_json::json!({ "count": 250, "in_order": true, "captured": true, "failures": 0 })
    );
}

#[test]
fn one_failure_does_not_hide_the_rest() {
    let script = r#"
let outcomes = parallel([1, 2, 3, 4], |n| if n == 3 { throw "three" } else { n * 10 }, #{ lanes: 2 });
#{ values: outcomes.values(), failed: outcomes.failures().len(), third: outcomes[2].ok }
"#;
    let program = Program::new();
    program.write("script.rhai", script);
    let found = program
        .run(&["--output", "json", "run", "script.rhai"])
        .exit(0)
        .json();
    assert_eq!(
        found,
        serde_json::json!({ "values": [10, 20, 40], "failed": 1, "third": false })
    );
}

#[test]
fn failures_that_nobody_looks_at_end_the_run_with_7() {
    let program = Program::new();
    let script = "let outcomes = parallel([1, 2, 3], |n| if n == 2 { throw \"two\" } else { n });\noutcomes.values()";
    let ended = program.script(script, &[]).exit(7);
    assert_eq!(ended.stdout, "1\n3\n");
    assert!(
        ended.stderr.contains("1 of 3 items failed"),
        "{}",
        ended.stderr
    );
    program
        .script(&format!("{script};\noutcomes.failures().len()"), &[])
        .exit(0);
}

#[test]
fn each_tenant_costs_one_token_request_and_a_second_pass_none() {
    let stage = Stage::new(100);
    let tokens = || {
        let (counts, _) = stage.sandbox.stats();
        let issued = counts
            .iter()
            .filter(|count| count.template.ends_with("/token"));
        issued.map(|count| count.tally.requests).sum::<u64>()
    };
    let ask = r#"
let reached = partner::customers().to_array().filter(|c| !["Adventure Works", "Wide World Importers"].contains(c.companyProfile.companyName));
let ids = parallel(reached, |c| auth::claims(c, "graph").tid, #{ lanes: 32 }).values();
if ids != reached.map(|c| c.id) { fail("a token of another tenant") }
ids.len()
"#;
    let reached = stage.value(ask);
    assert_eq!(reached, "103");
    assert_eq!(tokens(), 1 + 103, "one for the list, and one each");
    assert_eq!(stage.value(ask), reached);
    assert_eq!(tokens(), 1 + 103, "all are still good");
}

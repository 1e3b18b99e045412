//! What goes wrong on the way: every fault of the sandbox against a read and against a write that
//! costs money, in virtual time. The promise: a write is never sent twice so that it takes effect
//! twice, nothing hangs, and every end has its code.

use serde_json::{Value, json};
use tenantry::sandbox::{Config, Rule};

use crate::program::Program;
use crate::served::Served;
use crate::stage::Stage;

const READ: &str = "partner::customers().count()";
const BUY: &str = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys");
let item = partner::find_catalog_item(#{ country: "US", title: "Power BI Pro", term: "P1Y", cycle: "monthly" });
let cart = partner::create_cart(customer, #{ lineItems: [#{ id: 0, catalogItemId: item.catalogItemId, quantity: 2, billingCycle: "monthly", termDuration: "P1Y" }] });
partner::checkout_cart(customer, cart).orders.len()
"#;

/// Starts a sandbox in which a call goes wrong so many times (0 for always).
fn stage(verb: &str, path: &str, times: u32, fault: &Value) -> Stage {
    let stage = Stage::new(0);
    let rule =
        json!({ "service": "partner", "verb": verb, "path": path, "times": times, "fault": fault });
    let rule: Rule = serde_json::from_value(rule).expect("a rule");
    stage.sandbox.add_fault(rule);
    stage
}

/// Runs a script and compares its value, or the code of its error.
#[track_caller]
fn ends(stage: &Stage, script: &str, expected: &str, what: &Value) {
    let ended = match stage.run(script) {
        Ok(value) => value.unwrap_or_default(),
        Err(error) => error.code().to_string(),
    };
    assert_eq!(ended, expected, "{what}");
}

/// Returns how many orders Tailspin Toys has.
fn orders(stage: &Stage) -> usize {
    let rows = stage.sandbox.rows("partner.orders").expect("the orders");
    let of_tailspin = |(key, _): &&(String, Value)| key.starts_with("7a115b10");
    rows.iter().filter(of_tailspin).count()
}

#[test]
fn a_read_survives_what_can_be_survived_and_says_what_cannot() {
    let cases = [
        (json!({ "kind": "throttle", "retry_after": 1 }), 1, "5"),
        (
            json!({ "kind": "throttle", "retry_after": 90, "date": true }),
            1,
            "5",
        ),
        (json!({ "kind": "throttle" }), 1, "5"),
        (json!({ "kind": "throttle" }), 0, "throttle.exhausted"),
        (json!({ "kind": "server_error", "status": 503 }), 1, "5"),
        (
            json!({ "kind": "server_error", "status": 503 }),
            0,
            "http.server",
        ),
        (json!({ "kind": "empty" }), 1, "5"),
        (json!({ "kind": "empty" }), 0, "http.server"),
        (json!({ "kind": "drop" }), 1, "5"),
        (json!({ "kind": "drop" }), 0, "http.broken"),
        (json!({ "kind": "cut" }), 1, "5"),
        (json!({ "kind": "bom" }), 0, "5"),
        (json!({ "kind": "numbers_as_strings" }), 0, "5"),
        (json!({ "kind": "token_expired" }), 1, "5"),
        (json!({ "kind": "token_expired" }), 0, "auth.token"),
        (json!({ "kind": "html" }), 0, "http.answer"),
        (json!({ "kind": "truncated" }), 0, "http.answer"),
        (
            json!({ "kind": "next_link", "link": "foreign" }),
            0,
            "http.foreign_link",
        ),
        (
            json!({ "kind": "next_link", "link": "loop" }),
            0,
            "http.loop",
        ),
        (
            json!({ "kind": "next_link", "link": "malformed" }),
            0,
            "http.answer",
        ),
    ];
    for (fault, times, expected) in cases {
        ends(
            &stage("GET", "/v1/customers", times, &fault),
            READ,
            expected,
            &fault,
        );
    }
}

#[test]
fn an_order_is_placed_once_or_not_at_all_whatever_happens() {
    let cases = [
        (json!({ "kind": "throttle", "retry_after": 1 }), 1, 1, "1"),
        (json!({ "kind": "throttle" }), 0, 0, "throttle.exhausted"),
        (
            json!({ "kind": "server_error", "status": 503, "when": "before" }),
            1,
            1,
            "1",
        ),
        (
            json!({ "kind": "server_error", "status": 500, "when": "after" }),
            1,
            1,
            "1",
        ),
        (
            json!({ "kind": "server_error", "status": 500, "when": "after" }),
            0,
            1,
            "operation.unknown",
        ),
        (json!({ "kind": "drop", "when": "before" }), 1, 1, "1"),
        (
            json!({ "kind": "drop", "when": "before" }),
            0,
            0,
            "operation.unknown",
        ),
        (json!({ "kind": "drop", "when": "after" }), 1, 1, "1"),
        (
            json!({ "kind": "drop", "when": "after" }),
            0,
            1,
            "operation.unknown",
        ),
        (json!({ "kind": "cut" }), 1, 1, "1"),
        (json!({ "kind": "truncated" }), 1, 1, "http.answer"),
    ];
    for (fault, times, placed, expected) in cases {
        let stage = stage("POST", "/v1/customers/*/carts/*/checkout", times, &fault);
        let before = orders(&stage);
        ends(&stage, BUY, expected, &fault);
        assert_eq!(orders(&stage) - before, placed, "{fault}");
    }
}

#[test]
fn a_change_whose_answer_is_lost_happens_once() {
    let drop = json!({ "kind": "drop", "when": "after" });
    let stage = stage("PATCH", "/v1/customers/*/subscriptions/*", 1, &drop);
    let script = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys");
partner::rename_subscription(customer, partner::subscriptions(customer).first(), "Front desk").friendlyName
"#;
    ends(&stage, script, "\"Front desk\"", &drop);
    let (_, effects) = stage.sandbox.stats();
    assert_eq!(effects, 1);
}

#[test]
fn a_slow_change_is_waited_for() {
    let stage = Stage::new(0);
    stage.sandbox.configure(Config {
        slow_patches: true,
        ..Config::default()
    });
    let script = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys");
partner::rename_subscription(customer, partner::subscriptions(customer).first(), "Front desk").friendlyName
"#;
    assert_eq!(stage.value(script), "\"Front desk\"");
}

#[test]
fn the_service_s_noise_changes_nothing() {
    let stage = Stage::new(1200);
    let script = "let rows = partner::customers(#{ size: 500 }).map(|c| c.companyProfile.domain);\n#{ count: rows.len(), last: rows[rows.len() - 1] }";
    let quiet = stage.value(script);
    stage.sandbox.configure(Config {
        noise: true,
        ..Config::default()
    });
    assert_eq!(stage.value(script), quiet);
    assert_eq!(stage.value(BUY), "1");
}

#[test]
fn a_service_that_hangs_ends_with_the_run_s_own_time() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let rule = json!({ "path": "/v1/customers", "times": 0, "fault": { "kind": "hang" } });
    sandbox.control("POST", "faults", &rule.to_string());
    let args = ["--error-format", "json", "eval", "--timeout", "1s", READ];
    assert_eq!(sandbox.program().run(&args).exit(8).error(), "time.out");
}

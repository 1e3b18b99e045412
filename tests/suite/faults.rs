//! What goes wrong on the way: every fault of the sandbox against a read and against a write that
//! costs money. The promise: a write is never sent twice so that it takes effect twice, nothing hangs,
//! and every end has its code.

use serde_json::{Value, json};

use crate::program::{Ended, Program};
use crate::served::Served;

const READ: &str = "partner::customers().count()";
const BUY: &str = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys");
let item = partner::find_catalog_item(#{ country: "US", title: "Power BI Pro", term: "P1Y", cycle: "monthly" });
let cart = partner::create_cart(customer, #{ lineItems: [#{ id: 0, catalogItemId: item.catalogItemId, quantity: 2, billingCycle: "monthly", termDuration: "P1Y" }] });
partner::checkout_cart(customer, cart).orders.len()
"#;

/// A served sandbox with one fault, and a program that uses it.
struct Bench {
    sandbox: Served,
    program: Program,
    _host: Program,
}

impl Bench {
    fn new(args: &[&str]) -> Self {
        let host = Program::new();
        let sandbox = Served::start(&host, args);
        let program = sandbox.program();
        Self {
            sandbox,
            program,
            _host: host,
        }
    }

    fn fault(&self, verb: &str, path: &str, times: u32, fault: &Value) {
        let rule = json!({ "service": "partner", "verb": verb, "path": path, "times": times, "fault": fault });
        self.sandbox.control("POST", "faults", &rule.to_string());
    }

    fn run(&self, script: &str) -> Ended {
        self.program.write("script.rhai", script);
        self.program.run(&[
            "--error-format",
            "json",
            "run",
            "--allow",
            "write,spend",
            "--timeout",
            "60s",
            "script.rhai",
        ])
    }

    /// Returns how many orders Tailspin Toys has.
    fn orders(&self) -> u64 {
        let rows: Value = serde_json::from_str(&self.sandbox.control(
            "GET",
            "store?table=partner.orders",
            "",
        ))
        .expect("JSON");
        let all = rows.as_object().expect("rows");
        all.keys().filter(|key| key.starts_with("7a115b10")).count() as u64
    }
}

#[test]
fn a_read_survives_what_can_be_survived_and_says_what_cannot() {
    let cases: &[(Value, u32, &str)] = &[
        (json!({ "kind": "throttle", "retry_after": 1 }), 1, ""),
        (
            json!({ "kind": "throttle", "retry_after": 1, "date": true }),
            1,
            "",
        ),
        (json!({ "kind": "throttle" }), 1, ""),
        (json!({ "kind": "server_error", "status": 503 }), 1, ""),
        (json!({ "kind": "empty" }), 1, ""),
        (json!({ "kind": "drop" }), 1, ""),
        (json!({ "kind": "cut" }), 1, ""),
        (json!({ "kind": "bom" }), 0, ""),
        (json!({ "kind": "numbers_as_strings" }), 0, ""),
        (json!({ "kind": "token_expired" }), 1, ""),
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
        (json!({ "kind": "token_expired" }), 0, "auth.token"),
    ];
    for (fault, times, expected) in cases {
        let bench = Bench::new(&[]);
        bench.fault("GET", "/v1/customers", *times, fault);
        let ended = bench.run(READ);
        match *expected {
            "" => assert_eq!(ended.exit(0).stdout.trim(), "5", "{fault}"),
            _ => assert_eq!(ended.error(), *expected, "{fault}: {}", ended.stderr),
        }
    }
}

#[test]
fn an_order_is_placed_once_or_not_at_all_whatever_happens() {
    let cases: &[(Value, u64, &str)] = &[
        (json!({ "kind": "throttle", "retry_after": 1 }), 1, ""),
        (
            json!({ "kind": "server_error", "status": 503, "when": "before" }),
            1,
            "",
        ),
        (
            json!({ "kind": "server_error", "status": 500, "when": "after" }),
            1,
            "",
        ),
        (json!({ "kind": "drop", "when": "before" }), 1, ""),
        (json!({ "kind": "drop", "when": "after" }), 1, ""),
        (json!({ "kind": "cut" }), 1, ""),
        (json!({ "kind": "truncated" }), 1, "http.answer"),
    ];
    for (fault, orders, expected) in cases {
        let bench = Bench::new(&[]);
        let before = bench.orders();
        bench.fault("POST", "/v1/customers/*/carts/*/checkout", 1, fault);
        let ended = bench.run(BUY);
        assert_eq!(
            bench.orders() - before,
            *orders,
            "{fault}: {}",
            ended.stderr
        );
        match *expected {
            "" => assert_eq!(ended.exit(0).stdout.trim(), "1", "{fault}"),
            _ => assert_eq!(ended.error(), *expected, "{fault}: {}", ended.stderr),
        }
    }
}

#[test]
fn a_write_that_the_service_does_not_recognise_is_not_repeated() {
    let bench = Bench::new(&[]);
    let drop = json!({ "kind": "drop", "when": "after" });
    bench.fault("PATCH", "/v1/customers/*/subscriptions/*", 1, &drop);
    let script = r#"
let customer = partner::customers().find(|c| c.companyProfile.companyName == "Tailspin Toys");
partner::rename_subscription(customer, partner::subscriptions(customer).first(), "Front desk").friendlyName
"#;
    let ended = bench.run(script);
    // Recognised by its request id, or not repeated: in both cases it happened once.
    let stats: Value =
        serde_json::from_str(&bench.sandbox.control("GET", "stats", "")).expect("JSON");
    assert_eq!(stats["writes"], 1, "{stats}\n{}", ended.stderr);
}

#[test]
fn a_service_that_hangs_ends_with_the_run_s_own_time() {
    let bench = Bench::new(&[]);
    bench.fault("GET", "/v1/customers", 0, &json!({ "kind": "hang" }));
    bench.program.write("script.rhai", READ);
    let ended = bench
        .program
        .run(&[
            "--error-format",
            "json",
            "run",
            "--timeout",
            "2s",
            "script.rhai",
        ])
        .exit(8);
    assert_eq!(ended.error(), "time.out");
}

#[test]
fn the_service_s_noise_changes_nothing() {
    let bench = Bench::new(&["--customers", "1200"]);
    let script = "let rows = partner::customers(#{ size: 500 }).map(|c| c.companyProfile.domain);\n#{ count: rows.len(), last: rows[rows.len() - 1] }";
    let quiet = bench.run(script).exit(0).stdout;
    bench
        .sandbox
        .control("POST", "config", &json!({ "noise": true }).to_string());
    assert_eq!(bench.run(script).exit(0).stdout, quiet);
}

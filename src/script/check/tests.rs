//! The checker against the real descriptions and a small table of host functions.

mod azure;
mod pollers;
mod recovery;
mod table;

use std::fmt::Write;
use std::time::{Duration, Instant};

use rhai::Engine;

use super::known::{Known, Type};
use super::{Checked, Imports, Input, NoImports, check};
use crate::api::model::Service;
use crate::script::Source;
use crate::script::diagnostic::Severity;

/// Modules for the tests.
struct Modules(&'static [(&'static str, &'static str)]);

impl Imports for Modules {
    fn source(&self, path: &str, _: &str) -> Result<Source, String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found
            .map(|(name, text)| Source::new(*name, *text))
            .ok_or_else(|| format!("there is no file `{path}`"))
    }
}

fn checked(text: &str, imports: &dyn Imports, params: Option<&[(String, Type)]>) -> Checked {
    checked_with(&table::known(), text, imports, params)
}

fn checked_with(
    known: &Known,
    text: &str,
    imports: &dyn Imports,
    params: Option<&[(String, Type)]>,
) -> Checked {
    checked_among(crate::api::services(), known, text, (imports, params))
}

fn checked_among(
    services: &[&'static Service],
    known: &Known,
    text: &str,
    (imports, params): (&dyn Imports, Option<&[(String, Type)]>),
) -> Checked {
    let input = Input {
        services,
        known,
        imports,
        params,
        effects: None,
        names: &[],
    };
    check(&Source::new("main.rhai", text), input)
}

/// Returns the findings, one per line: place, severity, code, message, help.
fn shown(checked: &Checked) -> String {
    let mut text = String::new();
    for finding in &checked.findings {
        let parts = finding.error.parts();
        let at = parts.at.as_ref().expect("a place");
        let severity = match finding.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        let source = if at.source.is_empty() {
            String::new()
        } else {
            format!("{}:", at.source)
        };
        let help = parts
            .help
            .as_ref()
            .map_or(String::new(), |help| format!(" | {help}"));
        let _ = writeln!(
            text,
            "{source}{}:{}+{} {severity}{} {}{help}",
            at.line, at.column, at.length, parts.code, parts.message
        );
    }
    text
}

fn findings(text: &str) -> String {
    shown(&checked(text, &NoImports, None))
}

#[test]
fn every_example_of_the_descriptions_is_fine() {
    let mut all = String::new();
    let known = crate::script::interface::known(crate::api::services());
    for service in crate::api::services() {
        for operation in service.operations.iter() {
            let found = shown(&checked_with(&known, operation.example, &NoImports, None));
            if !found.is_empty() {
                let _ = writeln!(all, "{}: {}\n{found}", operation.name, operation.example);
            }
        }
    }
    assert!(all.is_empty(), "{all}");
}

#[test]
fn valid_scripts_have_no_findings() {
    for (name, text) in [
        ("renewals", include_str!("tests/renewals.rhai")),
        ("onboard", include_str!("tests/onboard.rhai")),
        ("language", include_str!("tests/language.rhai")),
    ] {
        let found = shown(&checked(text, &NoImports, None));
        assert!(found.is_empty(), "{name}\n{found}");
    }
}

#[test]
fn misspelt_names_are_found_everywhere() {
    insta::assert_snapshot!(findings(include_str!("tests/names.rhai")));
}

#[test]
fn types_are_followed_through_lists_closures_and_functions() {
    insta::assert_snapshot!(findings(include_str!("tests/types.rhai")));
}

#[test]
fn what_a_call_of_graph_does_not_ask_for_is_found() {
    let default = "2:14+14 check.property `accountEnabled` was not asked for: `graph::users` leaves it out | ask for it: `#{ select: [\"accountEnabled\"] }`\n";
    let check = |text: &str, expected: &str| {
        let text = format!("let t = partner::customers().first();\n{text}");
        assert_eq!(findings(&text), expected, "{text}");
    };
    let users = "for u in graph::users(t";
    check("let u = 1; graph::users(t).map(|u| u.displayName);", "");
    check(
        "let a = graph::users(t).first(); a.accountEnabled;",
        &default.replace("2:14", "2:36"),
    );
    check(
        &format!("{users}, #{{ select: [\"displayName\"] }}) {{ u.id; u.mail; }}"),
        "2:66+4 check.property `mail` was not asked for: `graph::users` leaves it out | ask for it: `#{ select: [\"displayName\", \"mail\"] }`\n",
    );
    // What is asked for, or cannot be told, is fine.
    for fine in [
        "#{ select: [\"accountEnabled\"] }",
        "#{ select: [\"displayName,accountEnabled\"] }",
        "#{ select: fields }",
        "options",
    ] {
        check(
            &format!(
                "let fields = [\"accountEnabled\"]; let options = #{{ select: fields }};\n{users}, {fine}) {{ u.accountEnabled; }}"
            ),
            "",
        );
    }
    check(
        "let u = graph::users(t).first(); if t == () { u = #{ accountEnabled: 1 }; } u.accountEnabled;",
        "",
    );
    check(
        "graph::users(t, #{ select: [\"acountEnabled\"] });",
        "2:29+15 check.key `select` of `graph::users` names `acountEnabled`, which is no property of what it lists | did you mean `accountEnabled`?\n",
    );
}

#[test]
fn arguments_and_bodies_are_checked_key_by_key() {
    insta::assert_snapshot!(findings(include_str!("tests/arguments.rhai")));
}

#[test]
fn captures_that_fail_are_found_with_the_line_that_works() {
    insta::assert_snapshot!(findings(include_str!("tests/captures.rhai")));
}

#[test]
fn parameters_are_known_by_the_header() {
    let params = [
        ("seats".to_owned(), Type::Int),
        ("company".to_owned(), Type::Text),
    ];
    let text = "fn f() { params.seets }\nparams.company + f();\n[1].map(|x| params.zone);\nlet c = partner::customer(params.seats);\n";
    insta::assert_snapshot!(shown(&checked(text, &NoImports, Some(&params))));
}

#[test]
fn imports_are_followed() {
    let modules = Modules(&[
        (
            "a",
            "import \"b\" as b;\nfn twice(c) { c.nmae + b::one() }\nprivate fn hidden() { 1 }\nfn maker() { |x| x + 1 }\nexport const K = 1;\n",
        ),
        ("b", "fn one() { partner::custmers() }\n"),
        ("round", "import \"trip\" as t;\n"),
        ("trip", "import \"round\" as r;\n"),
        ("broken", "fn (\n"),
    ]);
    let text = r#"import "a" as a;
import "lost" as lost;
import "round" as round;
import "broken" as broken;
import "b" as partner;
import params.path as any;
any::thing(1);
broken::thing(1);
a::twice(1);
a::twise(1);
a::hidden();
a::twice();
a::K + a::L;
let f = a::maker();
fn g() { a::twice(2) }
"#;
    let found = checked(text, &modules, None);
    assert_eq!(found.modules.len(), 5);
    insta::assert_snapshot!(shown(&found));
}

#[test]
fn a_module_importing_itself_is_an_error() {
    struct Main;
    impl Imports for Main {
        fn source(&self, _: &str, _: &str) -> Result<Source, String> {
            Ok(Source::new("main.rhai", "import \"main\" as me;"))
        }
    }
    insta::assert_snapshot!(shown(&checked("import \"main\" as me;", &Main, None)));
}

#[test]
fn invalid_syntax_is_explained() {
    let mut all = String::new();
    for text in [
        "let x = 1\nlet y = 2;",
        "f(",
        "let s = \"open",
        "#{ default: 1 }",
        "o.default",
        "#{ a: 1, a: 2 }",
        "const K = 1; K = 2;",
        "",
        "let x = ;",
    ] {
        let _ = write!(all, "{text:?}\n{}", findings(text));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn two_thousand_lines_are_checked_at_once() {
    let script = include_str!("tests/onboard.rhai");
    let source = Source::new("long.rhai", script.repeat(2_000 / script.lines().count()));
    let ast = super::parse(&super::engine(), &source, true).expect("valid syntax");
    let known = table::known();
    let input = Input {
        services: crate::api::services(),
        known: &known,
        imports: &NoImports,
        params: None,
        effects: None,
        names: &[],
    };
    let start = Instant::now();
    assert!(super::check_ast(&source, &ast, input).findings.is_empty());
    let took = start.elapsed();
    // An unoptimised build takes some 20 ms; whatever grows with the square takes seconds.
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_function_in_a_variable_cannot_be_called_like_a_function() {
    let error = Engine::new()
        .run("let f = |x| x; f(1);")
        .expect_err("not found");
    assert!(error.to_string().contains("Function not found"), "{error}");
}

#[test]
fn chains_fail_just_where_the_checker_says() {
    let run = |text: &str| Engine::new().run(text).map_err(|error| error.to_string());
    assert!(
        run("let a = [1]; a.filter(|x| a.len() > 0);")
            .is_err_and(|error| error.contains("ata race"))
    );
    assert_eq!(
        run("let a = [1]; let it = a; it.filter(|x| a.len() > 0);"),
        Ok(())
    );
}

#[test]
fn a_script_cannot_make_the_checker_run_for_ever() {
    let mut text = String::from(
        "fn f(x) { f([x]); f(#{ a: x, b: x, c: x }); g(x, x) }\nfn g(x, y) { f(|| x); g([x], y); g(x, #{ y: y }) }\nf(1);\nlet v0 = 1;\n",
    );
    for number in 1..60 {
        let before = number - 1;
        let _ = writeln!(
            text,
            "let v{number} = #{{ a: v{before}, b: v{before}, c: || v{before} }};"
        );
    }
    text.push_str("f(v59);\n");
    assert_eq!(findings(&text), "");
}

#[test]
fn what_begins_a_long_operation_is_known() {
    let known = crate::script::interface::known(crate::api::services());
    let check = |text: &str, expected: &str| {
        let text = format!("let c = partner::customers().first();\n{text}");
        let found = shown(&checked_with(&known, &text, &NoImports, None));
        assert_eq!(found, expected, "{text}");
    };
    let begin = "let p = partner::begin_update_subscription(c, \"s\", #{ autoRenewEnabled: true }";
    check(
        &format!("{begin}, #{{ timeout: \"30m\" }}); p.wait(#{{ timeout: 60 }}); p.done;"),
        "",
    );
    check(
        &format!("{begin}); wait_all([p]).values(); p.refresh().status.len();"),
        "",
    );
    check(
        "let p = partner::subscriptions(c).first().begin_update(#{ quantity: 5 }); p.cancel();",
        "",
    );
    check(
        &format!("{begin}); p.wiat();"),
        "2:84+4 check.name a Poller has no method `wiat` | did you mean `wait`?\n",
    );
    check(
        "partner::begin_update_subscripton(c);",
        "2:10+24 check.name there is no function `begin_update_subscripton` in `partner` | did you mean `partner::begin_update_subscription`?\n",
    );
    check(
        "partner::begin_customer(c);",
        "2:10+14 check.name there is no function `begin_customer` in `partner` | `partner::customer` does not go on after its answer: call it as it is\n",
    );
    check(
        &format!("{begin}, #{{ timout: 5 }});"),
        "2:84+6 check.key `partner::update_subscription` has no option `timout` | did you mean `timeout`?\n",
    );
}

use super::*;
use crate::script::Source;
use crate::script::check::{engine, parse};
use crate::script::diagnostic::{Sources, Style, render};

pub(in crate::runbook) const GOOD: &str = r#"
const RUNBOOK = #{
    summary: "Onboards one customer",
    params: #{
        company: #{ type: "string", initial: "Wingtip Toys", help: "name of the company" },
        domain: #{ type: "string", help: "prefix before .onmicrosoft.com" },
        seats: #{ type: "int", initial: 5, help: "how many seats" },
        discount: #{ type: "decimal", initial: -0.5 },
        trial: #{ type: "bool", initial: false, help: "buy a trial" },
        start: #{ type: "date", initial: "2026-01-31", required: false },
        term: #{ initial: "P1Y", choices: ["P1M", "P1Y"], help: "commitment" },
        tags: #{ type: "list", initial: ["a", "b"] },
        password: #{ type: "secret", required: false, help: "first password" },
        rows: #{ type: "file" },
    },
    effects: ["partner.read", "partner.write", "spend"],
    limits: #{ orders: 3 },
};
"#;

pub(in crate::runbook) fn header_of(text: &str) -> (Header, Vec<Finding>) {
    let source = Source::new("a.rhai", text);
    let ast = parse(&engine(), &source, true).expect("valid syntax");
    read(&ast, &Places::new(&source, true))
}

#[test]
fn a_good_header_is_read_whole() {
    let (header, findings) = header_of(GOOD);
    assert!(findings.is_empty(), "{findings:?}");
    let initial = |name: &str| {
        let param = header.params.iter().find(|param| param.name == name);
        param
            .and_then(|param| param.initial.as_ref())
            .map(ParamValue::shown)
    };
    assert_eq!(header.params.len(), 10);
    assert_eq!(
        header.params[0].name, "company",
        "in the order of the header"
    );
    assert_eq!(initial("discount").as_deref(), Some("-0.5"));
    assert_eq!(initial("start").as_deref(), Some("2026-01-31"));
    assert_eq!(initial("tags").as_deref(), Some("a,b"));
    assert_eq!(
        header.allowed(),
        Some(vec![Effect::Read, Effect::Write, Effect::Spend])
    );
    assert_eq!(header.limits, [("orders".to_owned(), 3)]);
}

#[test]
fn a_script_without_header_has_none() {
    assert_eq!(header_of("let x = 1;").0, Header::default());
}

#[test]
fn everything_wrong_is_reported_with_its_place() {
    let text = r#"let RUNBOOK = #{
    sumary: "x",
    summary: 5,
    params: #{
        lanes: #{ type: "int", initial: 3 },
        Name: #{ type: "strng" },
        when: #{ type: "date", initial: "soon" },
        seats: #{ type: "int", initial: 2.5, hlp: "seats" },
        term: #{ initial: "P1W", choices: ["P1M", "P1Y"] },
        key: #{ type: "secret", initial: "hush" },
        many: #{ type: "list", initial: "a" },
        odd: 5,
    },
    effects: ["partnr.read", "partner.reed", 5],
    limits: #{ orders: "many" },
};
"#;
    let (_, findings) = header_of(text);
    let error = Finding::errors(Finding::in_order(findings)).expect("errors");
    let sources = Sources::of(&Source::new("a.rhai", text));
    insta::assert_snapshot!(render(&error, &sources, Style::PLAIN));
}

//! Completion and hints over the built-in description of Partner Center and a small host table.

use super::complete::Place;
use super::manual::Manual;
use super::shape::Shape;
use crate::api;
use crate::script::check::known::{HostFunction, HostMethod, HostParam, Known, Receiver, Type};

fn known() -> Known {
    const FILTER: &[HostParam] = &[HostParam::required("f", Type::Function(&[Type::Item]))];
    const INFO: &[HostParam] = &[HostParam::required("text", Type::Text)];
    const PARALLEL: &[HostParam] = &[
        HostParam::required("items", Type::Items),
        HostParam::required("f", Type::Function(&[Type::Item])),
        HostParam::optional(
            "options",
            Type::Keys(&[HostParam::optional("lanes", Type::Int)]),
        ),
    ];
    let method = |of, name, params, returns| HostMethod {
        of,
        name,
        property: false,
        params,
        returns,
        doc: "",
    };
    Known {
        functions: vec![
            HostFunction {
                module: None,
                name: "parallel",
                params: PARALLEL,
                returns: Type::ResultOutcomes,
                effects: &[],
                doc: "",
                example: "",
            },
            HostFunction {
                module: Some("log"),
                name: "info",
                params: INFO,
                returns: Type::Unit,
                effects: &[],
                doc: "",
                example: "",
            },
        ],
        methods: vec![
            method(Receiver::Pager, "filter", FILTER, Type::ItemArray),
            method(Receiver::Pager, "first", &[], Type::Item),
            method(Receiver::Array, "len", &[], Type::Int),
            method(Receiver::Record, "to_map", &[], Type::Map),
        ],
        ..Known::default()
    }
}

fn with_place<T>(f: impl FnOnce(&Place<'_>) -> T) -> T {
    let partner = api::service("partner").expect("a built-in service");
    let (customer, _) = partner.schema("Customer").expect("a record type");
    let variables = [
        ("customer".to_owned(), Shape::Record(partner, customer)),
        (
            "row".to_owned(),
            Shape::Map(vec![("owner".to_owned(), Shape::Record(partner, customer))]),
        ),
    ];
    let functions = [("renew".to_owned(), vec!["a".to_owned(), "b".to_owned()])];
    let known = known();
    f(&Place {
        manual: Manual {
            services: api::services(),
            known: &known,
        },
        variables: &variables,
        functions: &functions,
    })
}

#[track_caller]
fn check(line: &str, expected: &[&str]) {
    let found = with_place(|place| place.complete(line, line.len()).1);
    let texts: Vec<&str> = found
        .iter()
        .map(|candidate| candidate.text.as_str())
        .collect();
    for text in expected {
        assert!(texts.contains(text), "{line}: {text} is not in {texts:?}");
    }
    assert_eq!(expected.is_empty(), texts.is_empty(), "{line}: {texts:?}");
}

#[test]
fn names_modules_and_members_are_completed() {
    check("par", &["partner::", "parallel("]);
    check("re", &["renew(", "return"]);
    check("lo", &["log::"]);
    check("log::", &["info("]);
    check("partner::cust", &["customers(", "customer("]);
    check("let x = customer.", &["id", "companyProfile", "to_map("]);
    check("customer.companyProfile.", &["domain", "companyName"]);
    check("row.", &["owner"]);
    check("row.owner.companyProfile.do", &["domain"]);
    check("partner::customers().", &["filter(", "first("]);
    check("partner::customers().first().comp", &["companyProfile"]);
    check(
        "partner::customers().filter(|c| c.comp",
        &["companyProfile"],
    );
    check("parallel(partner::customers(), |c| c.", &["id"]);
    check(
        "for c in partner::customers() {\n  c.companyProfile.",
        &["domain"],
    );
    check("let c = customer; c.comp", &["companyProfile"]);
    check("partner::customers().filter(|c| true).le", &["len("]);
    check(
        "partner::customers().filter(|c| true)[0].comp",
        &["companyProfile"],
    );
    check("\"partner::", &[]);
    check("nobody.", &[]);
    check(":he", &["help"]);
    check(":doc partner::custom", &["customers"]);
    check(":doc Custom", &["Customer"]);
}

#[test]
fn a_signature_is_shown_and_hinted() {
    let shown = with_place(|place| place.complete("parall", 6).1[0].shown.clone());
    assert_eq!(
        shown,
        "parallel(items: array | list | range, f: function[, #{ lanes }]) -> outcomes"
    );
    let hint = |line: &str| with_place(|place| place.hint(line, line.len()));
    assert_eq!(hint("renew(").as_deref(), Some("a, b)"));
    assert_eq!(hint("log::info(").as_deref(), Some("text: string)"));
    assert_eq!(hint("log::info(1"), None);
    assert_eq!(hint("nothing("), None);
}

#[test]
fn the_type_of_a_chain_is_known_without_calling_it() {
    let check = |text: &str, expected: &str| {
        let found = with_place(|place| place.ends(text).to_string());
        assert_eq!(found, expected, "{text}");
    };
    check("customer", "Customer");
    check("partner::customers()", "list of Customer");
    check("partner::customers().filter(|c| true)", "array of Customer");
    check("row", "map with the keys owner");
    check("unknown", "any");
}

#[test]
fn what_host_functions_return_is_completed_too() {
    let known = crate::script::interface::known(api::services());
    let place = Place {
        manual: Manual {
            services: api::services(),
            known: &known,
        },
        variables: &[],
        functions: &[],
    };
    let check = |line: &str, expected: &str| {
        let found = place.complete(line, line.len()).1;
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts.join(" "), expected, "{line}");
    };
    check("aut", "auth::");
    check("auth::", "admin_consent_url( check_mfa( claims( whoami(");
    check("auth::whoami().us", "user");
    check("auth::whoami().user.", "id name to_json( upn");
    check("let who = auth::whoami(); who.exp", "expires");
    check("partner::begin_upd", "begin_update_subscription(");
    check(
        "partner::subscriptions(x).first().begin_up",
        "begin_update(",
    );
    let begun = "partner::begin_update_subscription(x)";
    check(&format!("{begun}.wa"), "wait(");
    check(&format!("{begun}.d"), "done");
    check(
        "partner::subscriptions(x).first().begin_update(#{}).sta",
        "status",
    );
    check("wait_", "wait_all(");
}

#[test]
fn an_operation_that_makes_a_job_says_what_is_waited_for() {
    let service = api::testing::recovery();
    let operation = service.operation("test_failover").expect("described");
    let call = super::manual::words::function(service, operation);
    assert_eq!(
        call,
        "recovery::test_failover(protected_item: ProtectedItem | string, body: any[, #{ agent_authentication, api_version, timeout, wait }]) -> Job"
    );
    let known = known();
    let manual = Manual {
        services: &[service],
        known: &known,
    };
    let page = |name: &str| format!("{:?}", manual.find(name).expect("a page"));
    let text = page("recovery::test_failover");
    assert!(
        text.contains("waits for the job that it makes and returns it"),
        "{text}"
    );
    assert!(
        text.contains("(default job)") && text.contains("scenarioName")
            || text.contains("JobProperties")
    );
    assert!(page("recovery::enable_protection").contains("(default lro)"));
    assert!(!page("recovery::vault").contains("waits for the job"));
    let shape = Shape::of_operation(service, operation);
    assert!(
        matches!(shape, Shape::Record(of, index) if of.schemas[usize::from(index)].name == "Job")
    );
}

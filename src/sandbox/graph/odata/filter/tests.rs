//! Filters: what holds, what is refused, and what needs an advanced query.

use serde_json::{Value, json};

use super::*;

const KIND: Kind = Kind {
    name: "User",
    filter: &[
        ("id", "eq"),
        ("displayName", "eq ge le startsWith; ne not contains"),
        ("mail", "eq startsWith endsWith; ne not"),
        ("accountEnabled", "eq; ne"),
        ("createdDateTime", "eq ge le gt lt"),
        ("seats", "eq ge gt lt; ne"),
        ("groupTypes", "eq not"),
        ("assignedLicenses/skuId", "eq; not"),
        ("assignedLicenses/$count", "eq ne"),
        ("customer/tenantId", "eq"),
    ],
    directory: true,
    ..Kind::PLAIN
};

fn row() -> Value {
    json!({
        "id": "1", "displayName": "Ines O'Neil", "mail": null, "accountEnabled": true,
        "createdDateTime": "2026-03-02T09:00:00.5Z", "seats": 5, "groupTypes": ["Unified"],
        "assignedLicenses": [{ "skuId": "b4f1d6f0-77a1-4d0b-9f3e-0c2a6a1d9e55" }],
        "customer": { "tenantId": "C0DE0000-0000-4000-8000-000000000007" },
    })
}

#[track_caller]
fn check(text: &str, expected: Result<bool, &str>) {
    let seen = Filter::read(text, &KIND).and_then(|filter| filter.holds(&row()));
    let seen = seen.map_err(|refusal| refusal.code.as_str().unwrap_or_default().to_owned());
    assert_eq!(seen, expected.map_err(str::to_owned), "{text}");
}

#[test]
fn a_condition_holds_or_not() {
    check("displayName eq 'INES o''neil'", Ok(true));
    check("displayName ne 'Ines'", Ok(true));
    check("startswith(displayName,'ines')", Ok(true));
    check("startsWith(displayName, 'neil') eq false", Ok(true));
    check("contains(displayName,'NEIL')", Ok(true));
    check("endsWith(mail,'x')", Ok(false));
    check(
        "mail eq null and not(accountEnabled eq false)",
        Err("Request_UnsupportedQuery"),
    );
    check("mail eq null and accountEnabled eq true", Ok(true));
    check("mail ne null or (seats ge 5 and seats lt 6)", Ok(true));
    check("not (mail eq null) or displayName eq 'x'", Ok(false));
    check("displayName in ('a', 'ines o''neil')", Ok(true));
    check("createdDateTime ge 2026-03-02T09:00:00Z", Ok(true));
    check("createdDateTime lt 2026-03-02", Ok(false));
    check("groupTypes/any(c:c eq 'Unified')", Ok(true));
    check("not groupTypes/any(c:c eq 'Unified')", Ok(false));
    check("groupTypes/all(c:c eq 'DynamicMembership')", Ok(false));
    let license = "assignedLicenses/any(s:s/skuId eq b4f1d6f0-77a1-4d0b-9f3e-0c2a6a1d9e55)";
    check(license, Ok(true));
    check("assignedLicenses/$count eq 0", Ok(false));
    check(
        "customer/tenantId eq 'c0de0000-0000-4000-8000-000000000007'",
        Ok(true),
    );
}

#[test]
fn what_is_no_filter_is_refused() {
    for text in [
        "",
        "displayName",
        "displayName eq",
        "displayName eq ines",
        "displayName eq 'x",
        "displayName eq 'x' or",
        "displayName eq 'x') or (id eq '1'",
        "displayName like 'x'",
        "displayName startsWith 'x'",
        "tolower(displayName) eq 'x'",
        "groupTypes/any(c:d eq 'x')",
        "accountEnabled eq 'true'",
        "seats eq '5'",
        "createdDateTime ge 2026-03-02T09:00:00",
        "createdDateTime ge '2026-03-02T09:00:00Z'",
    ] {
        check(text, Err("BadRequest"));
    }
    check(&"(".repeat(5000), Err("BadRequest"));
    check(
        &format!("{}accountEnabled eq true", "not ".repeat(5000)),
        Err("Request_UnsupportedQuery"),
    );
}

#[test]
fn what_the_kind_does_not_take_is_refused_by_name() {
    check("surname eq 'x'", Err("Request_UnsupportedQuery"));
    check("startsWith(id,'x')", Err("Request_UnsupportedQuery"));
    let refusal = Filter::read("surname eq 'x'", &KIND).expect_err("not taken");
    assert_eq!(
        refusal.text,
        "Unsupported or invalid query filter clause specified for property 'surname' of resource 'User'."
    );
}

#[test]
fn some_conditions_need_an_advanced_query() {
    let gate = |text: &str, advanced| {
        let filter = Filter::read(text, &KIND).expect("a filter");
        filter.gate(&KIND, advanced).is_ok()
    };
    for plain in ["displayName eq 'x'", "id in ('1','2')", "mail eq null"] {
        assert!(gate(plain, false) && gate(plain, true), "{plain}");
    }
    for text in [
        "displayName ne 'x'",
        "not(groupTypes/any(c:c eq 'Unified'))",
        "endsWith(mail,'x')",
        "contains(displayName,'x')",
        "assignedLicenses/$count eq 0",
        "id eq '1' and accountEnabled ne true",
    ] {
        assert!(!gate(text, false) && gate(text, true), "{text}");
    }
}

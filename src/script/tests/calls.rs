//! Calls: their arguments and bodies, merging, composites, raw calls, filters.

use super::*;

#[test]
fn names_and_arguments_are_told_with_a_way_out() {
    let stage = testing::session(&[]);
    fault(
        &stage,
        "partner::custmers()",
        "script.function 1:10+8 there is no function `partner::custmers` | did you mean `partner::customers`?",
    );
    fault(
        &stage,
        "partner::customer()",
        "script.function 1:10+8 `partner::customer` takes 1 to 2 arguments, and got 0 | use partner::customer(customer)",
    );
    fault(
        &stage,
        "partner::buy()",
        "script.function 1:10+3 `partner::buy` does not take 0 argument(s) of these kinds | use `partner::buy(customer, items, [options])`",
    );
    fault(
        &stage,
        "retry(|| 1)",
        "script.function 1:1+5 there is no function `retry(function)` | use `retry(times, f)`",
    );
    fault(
        &stage,
        "lenght(\"a\")",
        "script.function 1:1+6 there is no function `lenght(text)` | did you mean `len`?",
    );
    fault(
        &stage,
        "partner::customer(())",
        "scope.missing 1:10+8 partner::customer got nothing: `()` as `customer` | give a Customer record or its id; there is no default",
    );
    fault(
        &stage,
        "partner::customer(\"\")",
        "scope.missing 1:10+8 partner::customer got an empty text as `customer` | give a Customer record or its id; there is no default",
    );
    fault(
        &stage,
        "partner::customer(\"abc\")",
        "scope.tenant_unknown 1:10+8 `customer` of partner::customer: expected a GUID, got the text \"abc\" | give a Customer record or its id",
    );
    fault(
        &stage,
        "partner::customers(#{ sise: 5 })",
        "script.argument 1:10+9 partner::customers has no option `sise` | did you mean `size`?",
    );
}

#[test]
fn bodies_are_checked_whole_before_anything_is_sent() {
    let stage = testing::session(&[]);
    let error = failed(
        &stage,
        r#"partner::create_customer(#{ companyProfle: 1, billingProfile: #{ email: 5 }, relationshipToPartner: "resller" })"#,
    );
    let mut all = vec![error.to_string()];
    all.extend(error.parts().related.iter().map(ToString::to_string));
    let all = all.join("\n");
    for part in [
        "`companyProfile` is required",
        "`companyProfle` is not a field of Customer; did you mean `companyProfile`?",
        "`billingProfile.email` expected a text, got the number 5",
        "`billingProfile.culture` is required",
        "did you mean `reseller`?",
    ] {
        assert!(all.contains(part), "{part} in:\n{all}");
    }
    assert!(stage.door.sent.lock().expect("no panic").is_empty());
}

#[test]
fn a_full_merge_reads_compares_and_sends_everything() {
    let now = r#"{"id":"33333333-aaaa-4aaa-8aaa-333333333333","quantity":10,"status":"active","price":1.50,"attributes":{"etag":"E2"}}"#;
    let list = format!(r#"{{"totalCount":1,"items":[{now}]}}"#);
    let after = r#"{"id":"33333333-aaaa-4aaa-8aaa-333333333333","quantity":12,"status":"active","attributes":{"etag":"E3"}}"#;
    let answers = [(200, list.as_str()), (200, now), (200, after)];
    let stage = testing::session(&answers);
    let script =
        format!("let s = partner::subscriptions(\"{A}\").first(); s.set_quantity(12).quantity");
    assert_eq!(value(&stage, &script), "12");
    let sent = stage.door.sent.lock().expect("no panic");
    let body = sent[2].body.clone().expect("a body");
    assert_eq!(
        body,
        r#"{"id":"33333333-aaaa-4aaa-8aaa-333333333333","quantity":12,"status":"active","price":1.50,"attributes":{"etag":"E2"}}"#
    );
    assert_eq!(sent[2].effect, crate::api::model::Effect::Spend);
}

#[test]
fn what_changed_meanwhile_is_not_overwritten() {
    let list = r#"{"totalCount":1,"items":[{"id":"33333333-aaaa-4aaa-8aaa-333333333333","quantity":10,"status":"active"}]}"#;
    let now = r#"{"id":"33333333-aaaa-4aaa-8aaa-333333333333","quantity":11,"status":"active"}"#;
    let stage = testing::session(&[(200, list), (200, now)]);
    let error = failed(
        &stage,
        &format!("partner::subscriptions(\"{A}\").first().set_quantity(12)"),
    );
    assert_eq!(error.code(), Code::PartnerChanged);
    assert!(error.to_string().contains("`quantity` was 10 and is 11"));
}

#[test]
fn composites_take_their_steps_one_by_one() {
    let cart = r#"{"id":"c1","lineItems":[{"id":0,"catalogItemId":"P:1:A","quantity":5}]}"#;
    let checkout = r#"{"orders":[{"id":"o1","status":"pending"}],"orderErrors":null}"#;
    let pending = r#"{"totalCount":1,"items":[{"lineItemNumber":0,"status":"Unfulfilled"}]}"#;
    let done = r#"{"totalCount":1,"items":[{"lineItemNumber":0,"status":"fulfilled"}]}"#;
    let order = r#"{"id":"o1","status":"completed","lineItems":[{"lineItemNumber":0,"subscriptionId":"s1"}]}"#;
    let stage = testing::session(&[
        (201, cart),
        (201, checkout),
        (200, pending),
        (200, done),
        (200, order),
    ]);
    let script = format!(
        "partner::buy(\"{A}\", #{{ catalogItemId: \"P:1:A\", quantity: 5, billingCycle: \"monthly\", termDuration: \"P1Y\" }})[0].lineItems[0].subscriptionId"
    );
    assert_eq!(value(&stage, &script), r#""s1""#);
    let sent = stage.door.sent.lock().expect("no panic");
    let targets: Vec<&str> = sent.iter().map(|call| call.target.as_str()).collect();
    assert!(targets[1].ends_with("/carts/c1/checkout"), "{targets:?}");
    assert!(
        targets[2].ends_with("/orders/o1/provisioningstatus"),
        "{targets:?}"
    );
    assert_eq!(sent[1].effect, crate::api::model::Effect::Spend);
}

#[test]
fn raw_calls_have_the_effect_of_what_they_match() {
    use crate::api::model::Effect;
    let stage = testing::session(&[(200, "{\"a\":1.50}"), (200, "{}"), (200, "{}")]);
    let script = format!(
        "partner::patch(\"/v1/customers/{A}/subscriptions/s1\", #{{ status: \"suspended\" }}); partner::post(\"/v1/unknown\", #{{}}); partner::get(\"/v1/unknown\");"
    );
    run(&stage, &script).expect("runs");
    let sent = stage.door.sent.lock().expect("no panic");
    assert_eq!(sent[0].effect, Effect::Write);
    assert_eq!(sent[1].effect, Effect::Destroy);
    assert_eq!(sent[2].effect, Effect::Read);
}

#[test]
fn an_id_is_no_way_to_another_path() {
    let error = fails(&format!("partner::cart(\"{A}\", \"..\")"));
    assert_eq!(error.code(), Code::ScriptArgument);
    let error = fails(&format!("partner::delete(\"/v1/customers/{A}/users/..\")"));
    assert_eq!(error.code(), Code::ScriptArgument);
}

#[test]
fn filters_are_rendered_by_the_services_dialect() {
    let page = customers();
    let stage = testing::session(&[(200, &page)]);
    run(&stage, "partner::customers(#{ filter: where(\"CompanyName\").starts_with(\"Fab\"), size: 5 }).first()").expect("runs");
    let target = stage.door.sent.lock().expect("no panic")[0].target.clone();
    assert!(
        target.contains("filter=%7B") && target.contains("size=5"),
        "{target}"
    );
    let error = failed(
        &stage,
        "partner::customers(#{ filter: where(\"Nmae\").eq(\"Fab\") })",
    );
    assert_eq!(error.code(), Code::ScriptArgument);
}

//! Records and lists as scripts see them.

use super::*;

#[test]
fn records_are_read_through_functions_and_methods() {
    let page = customers();
    let answers = [
        (200, page.as_str()),
        (
            200,
            r#"{"totalCount":1,"items":[{"id":"s1","quantity":10,"friendlyName":"Seats","commitmentEndDate":"2026-03-01T00:00:00Z"}]}"#,
        ),
    ];
    let stage = testing::session(&answers);
    let script = r"
        let customer = partner::customers().first();
        let s = customer.subscriptions().first();
        [customer.companyProfile.companyName, customer.extra, s.quantity + 1, s.commitmentEndDate > now(), s.orderId]
    ";
    assert_eq!(
        value(&stage, script),
        r#"["Fabrikam",12.3400,11,true,null]"#
    );
    let sent = stage.door.sent.lock().expect("no panic");
    assert_eq!(sent[0].target, "/v1/customers");
    assert_eq!(sent[1].target, format!("/v1/customers/{A}/subscriptions"));
    assert_eq!(sent[1].about.as_deref(), Some(A));
    assert_eq!(sent[1].step.0, "main/2/partner::subscriptions");
}

#[test]
fn lists_are_lazy_in_loops_and_emitted_as_they_came() {
    let page = customers();
    let stage = testing::session(&[(200, &page), (200, &page), (200, &page)]);
    let script =
        "let n = 0; for c in partner::customers() { n += c.companyProfile.companyName.len(); } n";
    assert_eq!(value(&stage, script), "17");
    run(
        &stage,
        "emit(partner::customers()); partner::customers().map(|c| c.id)",
    )
    .expect("runs");
    assert!(stage.ears.heard().contains(r#""extra":12.3400"#));
}

#[test]
fn misspelt_properties_are_told_at_their_place() {
    let page = customers();
    let stage = testing::session(&[(200, &page), (200, &page), (200, &page), (200, &page)]);
    fault(
        &stage,
        "let c = partner::customers().first();\nc.companyProfile.domian",
        "record.property 2:18+6 CustomerCompanyProfile has no property `domian` | did you mean `domain`?",
    );
    fault(
        &stage,
        "let c = partner::customers().first();\nc.billingProfile",
        "record.not_asked 2:3+14 `billingProfile` was not asked for: `partner::customers` leaves it out | read the whole Customer with `.refresh()`",
    );
    fault(
        &stage,
        "let c = partner::customers().first();\nc.companyProfile.address.city",
        "script.runtime 2:26+4 `city` cannot be read: `c.companyProfile.address` is absent here, `()` | use `?.city`, and `??` for a value to take instead",
    );
    fault(
        &stage,
        "let c = partner::customers().first();\nc.id = \"x\"",
        "record.read_only 2:3+2 records do not change: `id` cannot be set | use the record's method: `record.update(#{ id: … })`, which returns the new record",
    );
}

#[test]
fn numbers_dates_and_collections_work_together() {
    check("decimal(\"12.34\") * 2.0", "24.68");
    check("[3, 1, 2].sort_by(|n| 0 - n)", "[3,2,1]");
    check(
        "[#{ a: 1, k: \"x\" }, #{ a: 2, k: \"x\" }].sum_by(\"a\")",
        "3",
    );
    check(
        "[#{ a: 1, k: \"x\" }, #{ a: 2, k: \"y\" }].group_by(|r| r.k).keys()",
        r#"["x","y"]"#,
    );
    check("[[1], [2, 3], 4].flatten()", "[1,2,3,4]");
    check("[1, 2].join(\"-\")", r#""1-2""#);
    check("date(\"2026-01-31\") < \"2026-02-01\"", "true");
    check("date(\"2026-03-01\") - date(\"2026-02-01\")", "28");
    check("date(\"2026-01-31\").add_days(1).day", "1");
    check("same_id(\"/A/b/\", \"/a/B\")", "true");
    assert_eq!(
        fails("date(\"2026-01-31\") < 5").code(),
        Code::ScriptArgument
    );
    assert_eq!(fails("() < now()").code(), Code::ScriptArgument);
}

#[test]
fn what_a_list_may_not_say_is_told_with_its_place() {
    let stage = testing::session(&[]);
    fault(
        &stage,
        "let x = 1 1",
        "check.syntax 1:11+1 expecting ';' to terminate this statement | ",
    );
    fault(
        &stage,
        "fn f() { y }\nf()",
        "check.name 1:10+1 there is no variable `y` | ",
    );
}

#[test]
fn secrets_are_masked_and_leave_by_file_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let created =
        format!(r#"{{"id":"{A}","userCredentials":{{"userName":"admin","password":"hunter2"}}}}"#);
    let mut stage = testing::session(&[(200, &created), (200, &created), (200, &created)]);
    stage.settings.files = vec![folder.path().to_owned()];
    let path = folder.path().join("pw.txt").display().to_string();
    let script = format!(
        "let c = partner::customer(\"{A}\"); print(c.userCredentials.password); secret_file(\"{path}\", c.userCredentials.password); emit(c);"
    );
    run(&stage, &script).unwrap_or_else(|error| panic!("{error:?}"));
    assert!(
        !stage.ears.heard().contains("hunter2"),
        "{}",
        stage.ears.heard()
    );
    assert!(stage.ears.heard().contains("•••"));
    assert_eq!(std::fs::read_to_string(path).expect("written"), "hunter2");
    let error = failed(
        &stage,
        &format!("emit(partner::customer(\"{A}\").userCredentials.password)"),
    );
    assert_eq!(error.code(), Code::ScriptArgument);
    assert_eq!(
        failed(&stage, "write_text(\"/etc/x\", \"a\")").code(),
        Code::ScriptFile
    );
}

#[test]
fn the_wrong_kind_of_record_is_told() {
    let page = customers();
    let stage = testing::session(&[(200, &page), (200, r#"{"items":[{"id":"o1"}]}"#)]);
    let script =
        "let c = partner::customers().first();\npartner::subscriptions(partner::orders(c).first())";
    fault(
        &stage,
        script,
        "scope.wrong_kind 2:10+13 `customer` of partner::subscriptions must be a Customer record, and is an Order record | give a Customer record or its `id`",
    );
}

#[test]
fn a_text_where_a_number_is_promised_is_an_error() {
    let list = r#"{"items":[{"id":"o1","quantity":"5"}]}"#;
    let stage = testing::session(&[(200, list)]);
    let error = failed(
        &stage,
        &format!("partner::subscriptions(\"{A}\").first().quantity"),
    );
    assert_eq!(error.code(), Code::HttpAnswer);
    assert!(
        error.to_string().contains("`Subscription.quantity`"),
        "{error}"
    );
}

//! Whole scripts against canned answers.

use super::testing::{self, Stage};
use super::{Session, Source, Value};
use crate::error::{Code, Error};

const A: &str = "11111111-aaaa-4aaa-8aaa-111111111111";
const B: &str = "22222222-aaaa-4aaa-8aaa-222222222222";

fn customers() -> String {
    format!(
        r#"{{"totalCount":2,"items":[
            {{"id":"{A}","companyProfile":{{"companyName":"Fabrikam","domain":"fabrikam.onmicrosoft.com"}},"extra":12.3400}},
            {{"id":"{B}","companyProfile":{{"companyName":"Northwind"}}}}]}}"#
    )
}

fn run(stage: &Stage, script: &str) -> Result<Option<String>, Error> {
    Session::new(stage.settings.clone()).run(&Source::new("test.rhai", script))
}

fn value(stage: &Stage, script: &str) -> String {
    let value = run(stage, script).unwrap_or_else(|error| panic!("{script}\n{error:#?}"));
    value.unwrap_or_default()
}

fn check(script: &str, expected: &str) {
    assert_eq!(value(&testing::session(&[]), script), expected, "{script}");
}

fn fails(script: &str) -> Error {
    failed(&testing::session(&[]), script)
}

fn failed(stage: &Stage, script: &str) -> Error {
    match run(stage, script) {
        Ok(value) => panic!("{script} gave {value:?}"),
        Err(error) => error,
    }
}

/// Checks code, place, message and help of an error.
fn fault(stage: &Stage, script: &str, expected: &str) {
    let error = failed(stage, script);
    let parts = error.parts();
    let at = parts.at.as_ref().map_or("nowhere".to_owned(), |at| {
        format!("{}{}:{}+{}", at.source, at.line, at.column, at.length)
    });
    let help = parts.help.clone().unwrap_or_default();
    assert_eq!(
        format!("{} {at} {error} | {help}", error.code()),
        expected,
        "{script}"
    );
}

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
fn parallel_keeps_order_and_turns_failures_into_data() {
    let script = r#"
        let factor = 10;
        let rows = parallel([1, 2, 3, 4], |n| {
            if n == 3 { fail("three is bad"); }
            n * factor
        });
        [rows.values(), rows.len(), rows[2].ok, rows[2].error.message, rows[2].error.code]
    "#;
    check(
        script,
        r#"[[10,20,40],4,false,"three is bad","script.failed"]"#,
    );
    let error = fails("parallel([1, 2], |n| fail(`no ${n}`)).check()");
    assert_eq!((error.code(), error.exit()), (Code::ItemsFailed, 7));
    assert_eq!(error.parts().related[1].to_string(), "2: no 2");
}

#[test]
fn lanes_sleep_in_virtual_time() {
    let stage = testing::session(&[]);
    let script = "
        let all = [];
        for n in 0..250 { all.push(n); }
        let began = now();
        let rows = parallel(all, |n| { sleep(60 * (n % 7)); sleep(0.5); n }, #{ lanes: 64 });
        [rows.values() == all, now() > began.add_hours(0)]";
    assert_eq!(value(&stage, script), "[true,true]");
}

#[test]
fn parallel_takes_ranges() {
    check("parallel(0..3, |n| n * 2).values()", "[0,2,4]");
    check("parallel(1..=3, |n| n, #{ lanes: 2 }).values()", "[1,2,3]");
    check("parallel(3..3, |n| n).len()", "0");
    check("let r = 2..4; parallel(r, |n| n)[1].key", "\"3\"");
    let error = fails("parallel(5, |n| n)");
    let message = "`parallel` takes an array, a list or a range, not the number 5";
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_list_may_not_leave_parallel() {
    let script = format!("parallel([1], |n| partner::subscriptions(\"{A}\"))[0].error.message");
    check(
        &script,
        r#""a list that is still to be read may not leave `parallel`""#,
    );
}

#[test]
fn errors_can_be_caught_and_read() {
    let script = r#"
        let seen = ();
        try { partner::customer("") } catch (e) { seen = [e.code, e.sent, e.status]; }
        seen
    "#;
    check(script, r#"["scope.missing","no",null]"#);
    check(
        "let c = (); try { [1][5] } catch (e) { c = error_of(e).code; } c",
        r#""script.runtime""#,
    );
}

#[test]
fn params_are_seen_everywhere() {
    let mut stage = testing::session(&[]);
    stage.settings.params = vec![("days".to_owned(), Value::Int(5))];
    let script = r#"
        const RUNBOOK = #{ summary: "x" };
        fn days() { params.days + RUNBOOK.summary.len() }
        [params.days, days(), [1].map(|n| n + params.days)[0], parallel([1], |n| params.days)[0].value]
    "#;
    assert_eq!(value(&stage, script), "[5,6,6,5]");
}

#[test]
fn params_without_a_header_are_an_error() {
    let stage = testing::session(&[]);
    let help = "write the value itself, or declare it in a file, `const RUNBOOK = #{ params: … };`, and `tenantry run` that";
    let message = "there are no parameters here: only a runbook's header declares them";
    let check = |script: &str, place: &str| {
        fault(
            &stage,
            script,
            &format!("script.runtime {place}+6 {message} | {help}"),
        );
    };
    check("params.x", "1:1");
    check("let n = 1;\nn + params.x", "2:5");
    assert_eq!(
        value(&stage, "const RUNBOOK = #{ summary: \"x\" }; params.x"),
        ""
    );
    let session = Session::new(stage.settings.clone());
    let error = session.repl().eval("params.x").expect_err("no parameters");
    assert_eq!(error.to_string(), message);
}

#[test]
fn deferred_functions_run_newest_first_also_after_errors() {
    let stage = testing::session(&[]);
    let error = failed(
        &stage,
        r#"defer(|| print("a")); defer(|| print("b")); fail("no")"#,
    );
    assert_eq!(error.to_string(), "no");
    assert_eq!(stage.ears.heard(), "say b\nsay a");
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
fn a_chain_that_uses_its_own_start_is_explained() {
    let error = fails("let a = [1, 2]; a.map(|x| x + a.len())");
    assert_eq!(error.code(), Code::ScriptCapturedRoot, "{error}");
}

#[test]
fn cancelled_scripts_end_at_once() {
    #[derive(Debug)]
    struct Interrupts(crate::base::cancel::Cancel);
    impl super::Prompt for Interrupts {
        fn approve(&self, _text: &str) -> Result<bool, Error> {
            self.0.cancel(crate::base::cancel::Reason::Interrupted);
            Ok(true)
        }
    }
    let mut stage = testing::session(&[]);
    stage.settings.prompt = std::sync::Arc::new(Interrupts(stage.settings.cancel.clone()));
    let error = failed(
        &stage,
        "defer(|| print(\"cleaned\")); approve(\"x\"); try { loop {} } catch {}",
    );
    assert_eq!(error.code(), Code::RunInterrupted);
    assert_eq!(stage.ears.heard(), "say cleaned");
    let within = "try { [1].map(|x| { approve(`${x}`); loop {} }) } catch {} print(\"caught\");";
    assert_eq!(failed(&stage, within).code(), Code::RunInterrupted);
    assert_eq!(stage.ears.heard(), "say cleaned");
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
fn the_built_in_modules_are_there_and_cycles_are_named() {
    check(
        "import \"std/summary\" as s; s::count_by([#{ k: 1 }, #{ k: 1 }], \"k\")",
        r#"[{"count":2,"key":"1"}]"#,
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.rhai"), "import \"b\" as b;").expect("written");
    std::fs::write(path("b.rhai"), "import \"a\" as a;").expect("written");
    let stage = testing::session(&[]);
    let source = Source::new(
        path("main.rhai").display().to_string(),
        "import \"a\" as a;",
    );
    let error = Session::new(stage.settings)
        .run(&source)
        .expect_err("a cycle");
    assert_eq!(error.code(), Code::ScriptImport, "{error}");
    assert!(
        error.to_string().contains("a.rhai → ") && error.to_string().contains("b.rhai → "),
        "{error}"
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
fn failures_that_nobody_looks_at_end_the_run() {
    let check = |script: &str, ends: bool| {
        let stage = testing::session(&[]);
        let error = run(&stage, script).err();
        let code = error.map(|error| error.code());
        assert_eq!(code, ends.then_some(Code::ItemsFailed), "{script}");
    };
    check("parallel([1, 0], |x| 10 / x).values()", true);
    check("let all = parallel([1, 0], |x| 10 / x); all.len()", true);
    check(
        "let all = parallel([1, 0], |x| 10 / x); all.failures().len()",
        false,
    );
    check(
        "let all = parallel([1, 0], |x| 10 / x); try { all.check() } catch { }",
        false,
    );
    check(
        "let n = 0; for one in parallel([1, 0], |x| 10 / x) { n += 1; } n",
        false,
    );
    check("parallel([1, 0], |x| 10 / x)", false);
    check("parallel([1, 2], |x| 10 / x).values()", false);
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

#[test]
fn a_repl_keeps_what_was_there() {
    let stage = testing::session(&[]);
    let session = Session::new(stage.settings.clone());
    let mut repl = session.repl();
    let mut eval = |text: &str| repl.eval(text);
    eval("import \"std/summary\" as s").expect("imports");
    eval("let x = 20").expect("runs");
    eval("fn twice(n) { n * 2 }").expect("defines");
    assert_eq!(
        eval("twice(x) + 2").expect("runs"),
        super::Shown::Value("42".to_owned())
    );
    assert_eq!(
        eval("last + 1").expect("runs"),
        super::Shown::Value("43".to_owned())
    );
    let error = eval("x + y").expect_err("no y");
    assert_eq!(
        error.parts().at.as_ref().map(|at| at.column),
        Some(5),
        "{error:?}"
    );
    eval("s::count_by([], \"k\"); x").expect("survives");
}

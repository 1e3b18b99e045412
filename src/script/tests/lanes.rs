//! `parallel`: order, failures, time.

use super::*;

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
fn a_lane_that_computes_lets_the_others_work() {
    let stage = testing::session(&[]);
    let script = "
        parallel([1, 2], |n| {
            if n == 1 { for step in 0..5000 { let square = step * step; } }
            print(n);
        }).len()";
    assert_eq!(value(&stage, script), "2");
    assert_eq!(stage.ears.heard(), "say 2\nsay 1");
}

#[test]
fn lanes_have_lanes_and_deep_stacks() {
    let script = "
        fn deep(n) { if n == 0 { 0 } else { 1 + deep(n - 1) } }
        parallel(1..=3, |n| parallel(1..=3, |m| { sleep(m); n * m + deep(40) }).values()).values()";
    check(script, "[[41,42,43],[42,44,46],[43,46,49]]");
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

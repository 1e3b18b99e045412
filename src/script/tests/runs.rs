//! A run as a whole: errors, parameters, deferred functions, modules, the prompt.

use super::*;

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
fn a_chain_that_uses_its_own_start_is_explained() {
    let error = fails("let a = [1, 2]; a.map(|x| x + a.len())");
    assert_eq!(error.code(), Code::ScriptCapturedRoot, "{error}");
}

#[test]
fn cancelled_scripts_end_at_once() {
    #[derive(Debug)]
    struct Interrupts(crate::base::cancel::Cancel);
    impl crate::script::Prompt for Interrupts {
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
        crate::script::Shown::Value("42".to_owned())
    );
    assert_eq!(
        eval("last + 1").expect("runs"),
        crate::script::Shown::Value("43".to_owned())
    );
    let error = eval("x + y").expect_err("no y");
    assert_eq!(
        error.parts().at.as_ref().map(|at| at.column),
        Some(5),
        "{error:?}"
    );
    eval("s::count_by([], \"k\"); x").expect("survives");
}

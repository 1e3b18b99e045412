//! Calls of Recovery Services that make a job, and the functions around them.

use super::{NoImports, checked_among, shown};
use crate::api::testing::services;
use crate::script::interface;

const BEGIN: &str = r#"let sub = arm::subscription("a.example", "s"); let group = arm::resource_group(sub, "rg"); let vault = recovery::vault(group, "rsv"); let item = recovery::protected_item(vault, "f", "i");"#;

/// Checks what is found in a line behind the beginning; empty: nothing.
fn check(line: &str, expected: &str) {
    let services = services();
    let known = interface::known(&services);
    let text = format!("{BEGIN}\n{line}");
    let found = shown(&checked_among(&services, &known, &text, (&NoImports, None)));
    assert_eq!(found.trim_end(), expected, "{line}");
}

#[test]
fn a_call_gives_the_job_or_what_the_operation_gives() {
    let of = |at: &str, kind: &str| {
        format!("{at} check.property `nmae` is not a property of {kind} | did you mean `name`?")
    };
    check("item.test_failover(#{}).nmae", &of("2:25+4", "Job"));
    check(
        "recovery::test_failover(item, #{}, #{ wait: \"job\" }).nmae",
        &of("2:54+4", "Job"),
    );
    check(
        "recovery::test_failover(item, #{}, #{ wait: \"lro\" }).nmae",
        &of("2:54+4", "ProtectedItem"),
    );
    check(
        "recovery::enable_protection(item, #{}).nmae",
        &of("2:40+4", "ProtectedItem"),
    );
    check(
        "recovery::enable_protection(item, #{}, #{ wait: \"job\", timeout: \"2h\" }).nmae",
        &of("2:73+4", "Job"),
    );
    check(
        "item.begin_test_failover(#{}).wait().nmae",
        &of("2:38+4", "Job"),
    );
    // What only the run can tell.
    check(
        "let how = \"lro\"; item.test_failover(#{}, #{ wait: how }).nmae",
        "",
    );
    check(
        "let options = #{ wait: \"lro\" }; item.test_failover(#{}, options).nmae",
        "",
    );
}

#[test]
fn a_wrong_word_is_told_where_it_stands() {
    check(
        "item.test_failover(#{}, #{ wait: \"later\" });",
        "2:34+7 check.argument `wait` of `test_failover` cannot be \"later\" | it is one of lro, job",
    );
    check(
        "vault.refresh(#{ wait: \"job\" });",
        "2:18+4 check.key `refresh` has no option `wait` | there are api_version, principal",
    );
    check(
        "item.test_failover(#{}, #{ wiat: \"job\" });",
        "2:28+4 check.key `test_failover` has no option `wiat` | did you mean `wait`?",
    );
}

#[test]
fn the_functions_around_jobs_are_known() {
    for line in [
        "recovery::wait_job(vault, \"j\", #{ timeout: \"2h\" }).anything;",
        "for job in vault.jobs() { recovery::wait_job(job); }",
        "recovery::wait_backup_job(vault, \"j\");",
        "recovery::resume(\"h\").wait().anything;",
        "recovery::backup_item(vault, recovery::backup_container_name(\"rg\", \"vm\"), recovery::backup_item_name(\"rg\", \"vm\"));",
        "recovery::backup_operation_result(\"/x\", vault).done;",
        "item.test_failover(#{}, #{ agent_authentication: recovery::agent_authentication(\"k\") });",
        "recovery::register_beta_access(sub).registrationState;",
        "try { item.test_failover(#{}) } catch (e) { print(e.possible_causes); }",
    ] {
        check(line, "");
    }
    check(
        "recovery::wait_jb(vault, \"j\");",
        "2:11+7 check.name there is no function `wait_jb` in `recovery` | did you mean `recovery::wait_job`?",
    );
    check(
        "recovery::wait_job(vault, \"j\", #{ timout: 5 });",
        "2:35+6 check.key `recovery::wait_job` has no option `timout` | did you mean `timeout`?",
    );
}

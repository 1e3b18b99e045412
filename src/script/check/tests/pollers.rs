//! What pollers give in the end.

use super::{NoImports, checked_with, shown};
use crate::script::interface;

const BEGIN: &str = r#"let sub = arm::subscription("a.example", "s"); let vm = arm::vm(sub, "rg", "web1"); let p = arm::begin_create_vm(sub, "rg", "web2", #{ location: "x" });"#;

/// Checks what is found in a line behind the beginning; empty: nothing.
fn check(line: &str, expected: &str) {
    let known = interface::known(crate::api::services());
    let text = format!("{BEGIN}\n{line}");
    let found = shown(&checked_with(&known, &text, &NoImports, None));
    assert_eq!(found.trim_end(), expected, "{line}");
}

#[test]
fn a_poller_gives_what_its_operation_gives() {
    let slip = |at: &str| {
        format!(
            "{at} check.property `nmae` is not a property of VirtualMachine | did you mean `name`?"
        )
    };
    check("p.wait().nmae", &slip("2:10+4"));
    check("p.refresh().wait().nmae", &slip("2:20+4"));
    check("wait_all([p]).values()[0].nmae", &slip("2:27+4"));
    check("wait_all([p]).values().map(|vm| vm.nmae)", &slip("2:36+4"));
    for line in [
        "p.wait(#{ timeout: 60 }).name",
        "p.status + p.percent + p.done",
        "vm.begin_start().wait()",
        "let all = [p, vm.begin_start()]; wait_all(all).values()[0].anything",
        "wait_all([p]).failures()",
        "arm::resume(p.handle()).wait().anything",
        "let q = if sub.id == vm.id { p } else { arm::resume(\"h\") }; q.wait().anything",
        "fn f(p) { p.wait().name } f(p)",
        "print(p); `${p}`; p.to_string()",
    ] {
        check(line, "");
    }
    check(
        "p.wiat()",
        "2:3+4 check.name a Poller has no method `wiat` | did you mean `wait`?",
    );
    check(
        "p.sttus",
        "2:3+5 check.property a Poller has no property `sttus`",
    );
}

//! What has changed in a directory since the last time, by a user's scripts: rounds of change
//! tracking, each from the link of the one before.

use std::time::Duration;

use serde_json::{Value, json};
use tenantry::error::Code;

use crate::stage::Stage;

const NAMES: &str = r#"
const FABRIKAM = "fabrikam.onmicrosoft.com";
const KIM = "fab71ca0-0001-4000-8000-000000000002";
const LEE = "fab71ca0-0001-4000-8000-000000000003";
const SAM = "fab71ca0-0001-4000-8000-000000000004";
const SALES = "fab71ca0-0009-4000-8000-000000000001";
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{NAMES}{script}"))
}

#[test]
fn the_first_round_tells_all_and_the_next_what_is_new() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let all = graph::delta(FABRIKAM, "users", #{ select: ["displayName", "department"] });
        let still = graph::delta(FABRIKAM, "users", all.link);
        graph::update_user(FABRIKAM, SAM, #{ department: "Sales" });
        graph::delete_user(FABRIKAM, LEE);
        let next = graph::delta(FABRIKAM, "users", still.link);
        graph::restore_user(FABRIKAM, LEE);
        let last = graph::delta(FABRIKAM, "users", next.link);
        #{
            all: [all.changes.len() == graph::users(FABRIKAM).count(), all.removed],
            still: [still.changes, still.removed],
            next: [next.changes.map(|u| [u.id, u.department]), next.removed],
            last: [last.changes.map(|u| [u.id, u.displayName]), last.removed],
            moved: all.link != still.link && still.link != next.link && next.link != last.link,
        }
        "#,
    );
    let (lee, sam) = (
        "fab71ca0-0001-4000-8000-000000000003",
        "fab71ca0-0001-4000-8000-000000000004",
    );
    let removed = json!([{ "id": lee, "reason": "changed" }]);
    let expected = json!({
        "all": [true, []],
        "still": [[], []],
        "next": [[[sam, "Sales"]], removed],
        "last": [[[lee, "Lee Gu"]], []],
        "moved": true,
    });
    assert_eq!(told, expected);
}

#[test]
fn who_is_gone_for_good_is_told_so() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let now = graph::delta(FABRIKAM, "users", #{ latest: true });
        graph::delete_user(FABRIKAM, SAM);
        graph::purge_user(FABRIKAM, SAM);
        let next = graph::delta(FABRIKAM, "users", now.link);
        [now.changes, now.removed, next.changes, next.removed.map(|gone| gone.reason)]
        "#,
    );
    assert_eq!(told, json!([[], [], [], ["deleted"]]));
}

#[test]
fn members_come_and_go() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let all = graph::delta(FABRIKAM, "groups", #{ select: ["displayName", "members"] });
        let sales = all.changes.find(|g| g.id == SALES);
        graph::remove_member(FABRIKAM, SALES, KIM);
        graph::add_member(FABRIKAM, SALES, SAM);
        let next = graph::delta(FABRIKAM, "groups", all.link);
        let shown = |members| members.map(|m| [m.id, "@removed" in m]);
        [shown.call(sales["members@delta"]), next.changes.map(|g| [g.displayName, shown.call(g["members@delta"])])]
        "#,
    );
    let id = |number: u8| format!("fab71ca0-0001-4000-8000-00000000000{number}");
    let expected = json!([
        [[id(2), false], [id(3), false]],
        [["Sales", [[id(4), false], [id(2), true]]]],
    ]);
    assert_eq!(told, expected);
}

#[test]
fn all_pages_of_a_round_are_read() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let requests = [];
        for n in 0..240 {
            requests.push(#{ method: "POST", path: "/users", body: #{
                userPrincipalName: `u${n}@fabrikam.onmicrosoft.com`, mailNickname: `u${n}`, displayName: `User ${n}`, accountEnabled: true,
                passwordProfile: #{ password: "Brisk-Otter-4182" },
            } });
        }
        let now = graph::delta(FABRIKAM, "users", #{ latest: true });
        graph::batch(FABRIKAM, requests).check();
        let next = graph::delta(FABRIKAM, "users", now.link);
        [next.changes.len(), next.changes.filter(|u| u.displayName.starts_with("User ")).len()]
        "#,
    );
    assert_eq!(told, json!([240, 240]));
    assert_eq!(stage.calls("/v1.0/users/delta"), 1 + 3);
}

#[test]
fn a_link_that_is_too_old_says_to_start_anew() {
    let stage = Stage::new(0);
    let link = stage.value(&format!(
        "{NAMES}graph::delta(FABRIKAM, \"users\", #{{ latest: true }}).link"
    ));
    let week = Duration::from_secs(8 * 86_400);
    stage.sandbox.advance(week).expect("a clock to move");
    let error = stage
        .run(&format!("{NAMES}graph::delta(FABRIKAM, \"users\", {link})"))
        .expect_err("too old");
    assert_eq!(error.code(), Code::GraphDeltaExpired, "{error:#?}");
    let help = error.parts().help.clone().unwrap_or_default();
    assert_eq!(
        help,
        "read all of it again: `graph::delta(tenant, \"users\")`"
    );
    let fault = error.parts().fault.clone().expect("the service's words");
    assert_eq!(
        (fault.status, fault.code.as_str()),
        (410, "syncStateNotFound")
    );
}

#[test]
fn a_link_is_followed_for_its_own_tenant_and_collection_alone() {
    let stage = Stage::new(0);
    let check = |script: &str, code: Code| {
        let error = stage.run(&format!("{NAMES}{script}")).expect_err("refused");
        assert_eq!(error.code(), code, "{script}: {error:#?}");
    };
    let link = "graph::delta(FABRIKAM, \"users\", #{ latest: true }).link";
    check(
        &format!("graph::delta(FABRIKAM, \"groups\", {link})"),
        Code::ScriptArgument,
    );
    check(
        "graph::delta(FABRIKAM, \"users\", \"https://elsewhere.example/v1.0/users/delta?$deltatoken=x\")",
        Code::ScriptArgument,
    );
    check("graph::delta(FABRIKAM, \"usres\")", Code::ScriptArgument);
    check(
        &format!("graph::delta(\"tailspintoys.onmicrosoft.com\", \"users\", {link})"),
        Code::GraphRefused,
    );
}

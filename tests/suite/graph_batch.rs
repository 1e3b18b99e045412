//! Many calls to Microsoft Graph in few requests, by a user's scripts: each part is paced, repeated,
//! judged and told as if it were made alone.

use serde_json::{Value, json};
use tenantry::api::model::Effect;
use tenantry::error::Code;
use tenantry::sandbox::Rule;

use crate::stage::Stage;

const BATCH: &str = "/v1.0/$batch";
const USER: &str = "/v1.0/users/{user}";

/// A script's constants: the customer and three of its users.
const NAMES: &str = r#"
const FABRIKAM = "fabrikam.onmicrosoft.com";
const KIM = "fab71ca0-0001-4000-8000-000000000002";
const LEE = "fab71ca0-0001-4000-8000-000000000003";
const SAM = "fab71ca0-0001-4000-8000-000000000004";
"#;

/// Runs a script about Fabrikam and returns its value.
#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{NAMES}{script}"))
}

/// Makes calls of Microsoft Graph go wrong.
fn fault(stage: &Stage, verb: &str, path: &str, times: u32, fault: &Value) {
    let rule =
        json!({ "service": "graph", "verb": verb, "path": path, "times": times, "fault": fault });
    let rule: Rule = serde_json::from_value(rule).expect("a rule");
    stage.sandbox.add_fault(rule);
}

#[test]
fn a_thousand_reads_are_fifty_requests() {
    let stage = Stage::new(0);
    let names = found(
        &stage,
        r"
        let ids = [KIM, LEE, SAM];
        let requests = [];
        for n in 0..1000 { requests.push(#{ path: `/users/${ids[n % 3]}?$select=displayName` }); }
        let outcomes = graph::batch(FABRIKAM, requests);
        let names = outcomes.values().map(|user| user.displayName);
        [names.len(), names[0], names[1], names[2], names[999], outcomes.failures().len()]
        ",
    );
    let expected = json!([1000, "Kim Abe", "Lee Gu", "Sam Holt", "Kim Abe", 0]);
    assert_eq!(names, expected);
    assert_eq!(stage.calls(BATCH), 50);
    assert_eq!(stage.calls(USER), 1000, "each of them is counted");
}

#[test]
fn reads_and_writes_are_answered_in_the_order_of_the_script() {
    let stage = Stage::new(0);
    let outcomes = found(
        &stage,
        r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ id: "after", path: `/users/${SAM}?$select=department`, depends_on: "write" },
            #{ id: "write", method: "PATCH", path: `/v1.0/users/${SAM}`, body: #{ department: "Sales" } },
            #{ path: "/organization" },
            #{ path: `/users/${OTHER}` },
            #{ method: "POST", path: `/groups/${SALES}/members/$ref`, body: #{ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${SAM}` } },
            #{ path: `/groups/${SALES}/members/$count`, headers: #{ ConsistencyLevel: "eventual" } },
        ]);
        outcomes.to_array().map(|one| [one.key, if one.ok { one.value } else { one.error.code }])
        "#
        .replace("${OTHER}", "fab71ca0-0001-4000-8000-00000000ffff")
        .replace("${SALES}", "fab71ca0-0009-4000-8000-000000000001")
        .as_str(),
    );
    let keys: Vec<&Value> = outcomes
        .as_array()
        .expect("outcomes")
        .iter()
        .map(|one| &one[0])
        .collect();
    assert_eq!(keys, ["after", "write", "3", "4", "5", "6"]);
    assert_eq!(outcomes[0][1]["department"], "Sales", "{outcomes}");
    assert_eq!(outcomes[1][1], Value::Null);
    assert_eq!(outcomes[2][1]["displayName"], "Fabrikam, Inc.");
    assert_eq!(outcomes[3][1], "graph.not_found");
    assert_eq!(outcomes[4][1], Value::Null);
    assert_eq!(stage.calls(BATCH), 1);
}

#[test]
fn what_depends_on_a_failure_is_not_made() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ id: "block", method: "PATCH", path: "/users/nobody@fabrikam.onmicrosoft.com", body: #{ accountEnabled: false } },
            #{ id: "then", method: "DELETE", path: `/users/${SAM}`, depends_on: ["block"] },
            #{ id: "last", path: `/users/${SAM}`, depends_on: "then" },
            #{ id: "apart", path: `/users/${SAM}` },
        ]);
        outcomes.to_array().map(|one| if one.ok { one.value.displayName } else { [one.error.code, one.error.message] })
        "#,
    );
    assert_eq!(told[0][0], "graph.not_found", "{told}");
    let left_out = |name: &str, call: &str, because: &str| {
        let why =
            format!("`{name}` (`{call}`) was not made: `{because}`, on which it depends, failed");
        json!(["graph.dependency", why])
    };
    assert_eq!(told[1], left_out("then", "graph::delete_user", "block"));
    assert_eq!(told[2], left_out("last", "graph::user", "then"));
    assert_eq!(told[3], "Sam Holt");
}

#[test]
fn dependencies_hold_across_requests() {
    let stage = Stage::new(0);
    let last = found(
        &stage,
        r#"
        let requests = [];
        for n in 0..50 {
            let one = #{ id: `step ${n}`, method: "PATCH", path: `/users/${SAM}`, body: #{ jobTitle: `Title ${n}` } };
            if n > 0 { one.depends_on = `Step ${n - 1}`; }
            requests.push(one);
        }
        requests.reverse();
        graph::batch(FABRIKAM, requests).check();
        graph::user(FABRIKAM, SAM, #{ select: ["jobTitle"] }).jobTitle
        "#,
    );
    assert_eq!(last, "Title 49");
    assert_eq!(stage.calls(BATCH), 3);
}

#[test]
fn a_part_that_is_throttled_is_repeated_alone_after_its_own_time() {
    let stage = Stage::new(0);
    let throttle = json!({ "kind": "throttle", "retry_after": 17 });
    fault(&stage, "PATCH", "/v1.0/users/*0004", 1, &throttle);
    let before = stage.clock.now();
    let outcomes = found(
        &stage,
        r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ path: `/users/${KIM}` },
            #{ id: "write", method: "PATCH", path: `/users/${SAM}`, body: #{ department: "Sales" } },
            #{ path: `/users/${SAM}?$select=department`, depends_on: "write" },
            #{ path: `/users/${LEE}` },
        ]);
        outcomes.check();
        [outcomes[0].value.displayName, outcomes[2].value.department, outcomes[3].value.displayName]
        "#,
    );
    assert_eq!(outcomes, json!(["Kim Abe", "Sales", "Lee Gu"]));
    let waited = stage.clock.now().duration_since(before);
    assert!((17..30).contains(&waited.as_secs()), "{waited:?}");
    assert_eq!(stage.calls(BATCH), 2);
    let requests = stage.calls(USER);
    assert_eq!(requests, 5, "what went well is not asked again");
}

#[test]
fn a_part_that_is_lost_is_repeated_only_if_it_may_be() {
    let stage = Stage::new(0);
    let lost = json!({ "kind": "server_error", "status": 503 });
    fault(&stage, "GET", "/v1.0/users/*0002", 1, &lost);
    let after = json!({ "kind": "server_error", "status": 503, "when": "after" });
    fault(&stage, "POST", "/v1.0/groups", 1, &after);
    let script = r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ path: `/users/${KIM}` },
            #{ method: "POST", path: "/groups", body: #{ displayName: "New", mailNickname: "new", mailEnabled: false, securityEnabled: true } },
        ]);
        outcomes.to_array().map(|one| if one.ok { one.value.displayName } else { one.error.code })
    "#;
    let told = found(&stage, script);
    assert_eq!(told, json!(["Kim Abe", "operation.unknown"]));
    let groups = stage.sandbox.rows("directory.groups").expect("the groups");
    let made = groups
        .iter()
        .filter(|(_, group)| group.to_string().contains("\"New\""));
    assert_eq!(made.count(), 1, "never twice");
    assert_eq!(stage.calls(BATCH), 2);
}

#[test]
fn a_batch_that_is_lost_is_sent_again_without_what_may_not_be_repeated() {
    let script = r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ path: `/users/${KIM}` },
            #{ method: "PATCH", path: `/users/${SAM}`, body: #{ department: "Sales" } },
            #{ method: "POST", path: "/groups", body: #{ displayName: "New", mailNickname: "new", mailEnabled: false, securityEnabled: true } },
        ]);
        outcomes.to_array().map(|one| if one.ok { one.value?.displayName } else { one.error.code })
    "#;
    let lost = json!(["Kim Abe", null, "operation.unknown"]);
    let well = json!(["Kim Abe", null, "New"]);
    let check = |what: Value, expected: &Value, groups: usize| {
        let stage = Stage::new(0);
        fault(&stage, "POST", BATCH, 1, &what);
        assert_eq!(found(&stage, script), *expected, "{what}");
        assert_eq!(stage.calls(BATCH), 2, "{what}");
        let rows = stage.sandbox.rows("directory.groups").expect("the groups");
        let made = rows
            .iter()
            .filter(|(_, group)| group.to_string().contains("\"New\""));
        assert_eq!(made.count(), groups, "{what}");
    };
    check(json!({ "kind": "server_error", "status": 503 }), &lost, 0);
    check(json!({ "kind": "drop", "when": "after" }), &lost, 1);
    check(json!({ "kind": "throttle", "retry_after": 5 }), &well, 1);
    check(json!({ "kind": "token_expired" }), &well, 1);
}

#[test]
fn nothing_is_sent_that_the_run_may_not_do() {
    let stage = Stage::granted(vec![Effect::Write]);
    let script = r#"
        graph::batch(FABRIKAM, [
            #{ method: "PATCH", path: `/users/${KIM}`, body: #{ department: "Sales" } },
            #{ method: "DELETE", path: `/users/${SAM}` },
        ])
    "#;
    let error = stage.run(&format!("{NAMES}{script}"));
    let error = error.expect_err("a refusal");
    assert_eq!(error.code(), Code::AccessEffect, "{error:#?}");
    assert!(error.to_string().contains("delete_user"), "{error}");
    assert_eq!(stage.calls(BATCH), 0);
}

#[test]
fn a_refused_part_gets_the_advice_of_the_call_alone() {
    let stage = Stage::new(0);
    let both = found(
        &stage,
        r#"
        let own = graph::gdap_relationships(#{ filter: where("customer.tenantId").eq("fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b") }).first();
        let readers = #{ unifiedRoles: [#{ roleDefinitionId: "88d8e3e3-8f55-4a1e-953a-9b9898b8876b" }] };
        graph::update_gdap_assignment(own, graph::gdap_assignments(own).first(), #{ accessDetails: readers });
        let alone = ();
        try { graph::create_domain(FABRIKAM, #{ id: "x.example" }, #{ principal: "user" }); } catch (e) { alone = e; }
        let part = graph::batch(FABRIKAM, [#{ method: "POST", path: "/domains", body: #{ id: "x.example" } }], #{ principal: "user" })[0].error;
        [alone, part].map(|e| [e.code, e.message, e.help])
        "#,
    );
    assert_eq!(both[0][0], "graph.gdap_role", "{both}");
    assert_eq!(both[0], both[1]);
}

#[test]
fn a_list_goes_on_over_its_pages_and_a_query_gets_its_mark() {
    let stage = Stage::new(0);
    let seen = found(
        &stage,
        r#"
        let outcomes = graph::batch(FABRIKAM, [
            #{ path: "/users?$top=2&$select=displayName,accountEnabled" },
            #{ path: "/users?$filter=displayName ne 'Kim Abe'&$count=true" },
            #{ path: "/users?$search=\"displayName:Kim\"" },
            #{ path: "/groups?$filter=displayName eq 'Sales'" },
        ]);
        outcomes.check();
        outcomes.values().map(|list| [list.count(), list.first().displayName])
        "#,
    );
    let whole = found(&stage, "graph::users(FABRIKAM).count()");
    assert_eq!(seen[0][0], whole, "{seen}");
    assert_eq!(seen[1][0], whole.as_u64().expect("a number") - 1, "{seen}");
    assert_eq!(seen[2], json!([1, "Kim Abe"]));
    assert_eq!(seen[3], json!([1, "Sales"]));
}

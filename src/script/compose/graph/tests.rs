//! The composite functions of Microsoft Graph, as scripts call them, against canned answers.

use crate::api::model::Effect;
use crate::error::{Code, Error};
use crate::script::testing::{self, Stage};
use crate::script::{Session, Source};

const T: &str = "fab71ca0-0000-4000-8000-000000000000";
const G: &str = "fab71ca0-0009-4000-8000-000000000001";
const U: &str = "fab71ca0-0001-4000-8000-000000000002";
const OTHER: &str = "fab71ca0-0001-4000-8000-000000000009";
const SKU: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
const PLAN: &str = "113feb6c-3fe4-4440-bddc-54d774bf0318";

const REFUSED: &str = r#"{"error":{"code":"Request_BadRequest","message":"no"}}"#;
const MISSING: &str = r#"{"error":{"code":"Request_ResourceNotFound","message":"no"}}"#;

fn run(stage: &Stage, script: &str) -> Result<String, Error> {
    let consts = format!(
        "const T = \"{T}\"; const G = \"{G}\"; const U = \"{U}\"; const SKU = \"{SKU}\";\n"
    );
    let source = Source::new("test.rhai", format!("{consts}{script}"));
    let value = Session::new(stage.settings.clone()).run(&source)?;
    Ok(value.unwrap_or_default())
}

fn value(answers: &[(u16, &str)], script: &str) -> (String, Stage) {
    let stage = testing::session(answers);
    let value = run(&stage, script).unwrap_or_else(|error| panic!("{script}\n{error:#?}"));
    (value, stage)
}

fn failed(answers: &[(u16, &str)], script: &str) -> (Error, Stage) {
    let stage = testing::session(answers);
    match run(&stage, script) {
        Ok(value) => panic!("{script} gave {value}"),
        Err(error) => (error, stage),
    }
}

/// Returns what was sent: verb, path and body.
fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &crate::http::Call| {
        let body = String::from_utf8_lossy(call.body.as_deref().unwrap_or_default());
        format!("{} {} {body}", call.verb.as_str(), call.target)
            .trim_end()
            .to_owned()
    };
    sent.iter().map(line).collect()
}

fn list(ids: &[&str]) -> String {
    let items: Vec<String> = ids
        .iter()
        .map(|id| format!("{{\"id\":\"{id}\"}}"))
        .collect();
    format!("{{\"value\":[{}]}}", items.join(","))
}

#[test]
fn functions_have_the_effects_of_their_steps() {
    let graph = crate::api::service("graph").expect("described");
    let check = |name: &str, step: &str| {
        let operation = graph.operation(step);
        let operation = operation.unwrap_or_else(|| panic!("{step} is described"));
        let one = super::ALL.iter().find(|one| one.shape.name == name);
        let effects = one.expect("a function").shape.effects;
        assert_eq!(effects, [operation.gravest()], "{name}");
    };
    check("add_member", "add_group_member_ref");
    check("remove_member", "remove_group_member_ref");
    check("add_owner", "add_group_owner_ref");
    check("remove_owner", "remove_group_owner_ref");
    check("set_manager", "set_manager_ref");
    check("assign_license", "change_licenses");
    check("remove_license", "change_licenses");
    check("reset_password", "update_user");
}

#[test]
fn a_member_is_added_by_its_address_at_the_service() {
    let (changed, stage) = value(&[(204, "")], "graph::add_member(T, G, U)");
    assert_eq!(changed, "true");
    let body = format!("{{\"@odata.id\":\"http://127.0.0.1:1/pc/v1.0/directoryObjects/{U}\"}}");
    let expected = format!("POST /v1.0/groups/{G}/members/$ref {body}");
    assert_eq!(sent(&stage), [expected]);
}

#[test]
fn what_is_so_already_is_no_failure() {
    let (there, gone) = (list(&[OTHER, U]), list(&[OTHER]));
    let check = |script: &str, refusal: (u16, &str), now: &str| {
        let (changed, stage) = value(&[refusal, (200, now)], script);
        assert_eq!(changed, "false", "{script}");
        let look = &sent(&stage)[1];
        assert!(look.starts_with("GET /v1.0/groups/"), "{look}");
    };
    check("graph::add_member(T, G, U)", (400, REFUSED), &there);
    check("graph::add_owner(T, G, U)", (400, REFUSED), &there);
    check("graph::remove_member(T, G, U)", (404, MISSING), &gone);
    check("graph::remove_owner(T, G, U)", (404, MISSING), &gone);
}

#[test]
fn other_refusals_stay_what_they_are() {
    let check = |script: &str, answers: &[(u16, &str)], status: u16| {
        let (error, stage) = failed(answers, script);
        let fault = error.parts().fault.as_ref().expect("a fault");
        assert_eq!(fault.status, status, "{script}");
        assert_eq!(sent(&stage).len(), answers.len(), "{script}");
    };
    let (there, gone) = (list(&[U]), list(&[OTHER]));
    let other = r#"{"error":{"code":"BadRequest","message":"one or more added object references already exist"}}"#;
    check("graph::add_member(T, G, U)", &[(400, other)], 400);
    check("graph::add_member(T, G, U)", &[(404, MISSING)], 404);
    let add = [(400, REFUSED), (200, gone.as_str())];
    check("graph::add_member(T, G, U)", &add, 400);
    let add = [(400, REFUSED), (403, REFUSED)];
    check("graph::add_member(T, G, U)", &add, 400);
    let remove = [(404, MISSING), (404, MISSING)];
    check("graph::remove_member(T, G, U)", &remove, 404);
    let remove = [(404, MISSING), (200, there.as_str())];
    check("graph::remove_member(T, G, U)", &remove, 404);
    check("graph::remove_member(T, G, U)", &[(400, REFUSED)], 400);
    let (error, stage) = failed(&[], "graph::add_member(T, G, 5)");
    assert_eq!(error.code(), Code::ScriptArgument);
    assert!(sent(&stage).is_empty());
}

#[test]
fn a_manager_is_named_by_an_address() {
    let (_, stage) = value(&[(204, "")], "graph::set_manager(T, U, \"a#b@x.example\")");
    let body = "{\"@odata.id\":\"http://127.0.0.1:1/pc/v1.0/users/a%23b@x.example\"}";
    let expected = format!("PUT /v1.0/users/{U}/manager/$ref {body}");
    assert_eq!(sent(&stage), [expected]);
}

#[test]
fn a_licence_is_named_by_id_record_or_part_number() {
    let skus = format!(
        r#"{{"value":[{{"skuId":"{SKU}","skuPartNumber":"SPE_E3","servicePlans":[{{"servicePlanId":"{PLAN}","servicePlanName":"EXCHANGE"}}]}}]}}"#
    );
    let skus = skus.as_str();
    let user = format!("{{\"id\":\"{U}\"}}");
    let check = |script: &str, answers: &[(u16, &str)], add: &str, remove: &str| {
        let (_, stage) = value(answers, script);
        let expected = format!(
            "POST /v1.0/users/{U}/assignLicense {{\"addLicenses\":[{add}],\"removeLicenses\":[{remove}]}}"
        );
        assert_eq!(sent(&stage).last(), Some(&expected), "{script}");
    };
    let (plain, id) = (
        format!("{{\"disabledPlans\":[],\"skuId\":\"{SKU}\"}}"),
        format!("\"{SKU}\""),
    );
    let one = [(200, user.as_str())];
    check("graph::assign_license(T, U, SKU); ()", &one, &plain, "");
    check(
        "graph::remove_license(T, U, SKU.to_upper()); ()",
        &one,
        "",
        &id,
    );
    let two = [(200, skus), (200, user.as_str())];
    check(
        "graph::assign_license(T, U, \"spe_e3\"); ()",
        &two,
        &plain,
        "",
    );
    check(
        "graph::remove_license(T, U, graph::skus(T).first()); ()",
        &two,
        "",
        &id,
    );
    let less = format!("{{\"disabledPlans\":[\"{PLAN}\"],\"skuId\":\"{SKU}\"}}");
    for disabled in ["\"exchange\"", "[\"EXCHANGE\"]"] {
        let script = format!("graph::assign_license(T, U, SKU, #{{ disabled: {disabled} }}); ()");
        check(&script, &two, &less, "");
    }
    let (error, stage) = failed(&[(200, skus)], "graph::assign_license(T, U, \"SPE_E5\")");
    assert_eq!(error.to_string(), "there is no SKU called \"SPE_E5\"");
    assert_eq!(
        error.parts().help.as_deref(),
        Some("did you mean \"SPE_E3\"?")
    );
    assert_eq!(sent(&stage).len(), 1);
}

#[test]
fn a_new_password_is_strong_and_a_secret() {
    let (shown, stage) = value(&[(204, "")], "graph::reset_password(T, U).to_string()");
    assert_eq!(shown, "\"•••\"");
    let line = &sent(&stage)[0];
    let head = format!("PATCH /v1.0/users/{U} {{\"passwordProfile\":");
    assert!(line.starts_with(&head), "{line}");
    assert!(
        line.contains("\"forceChangePasswordNextSignIn\":true"),
        "{line}"
    );
    let (_, password) = line.split_once("\"password\":\"").expect("a password");
    assert_eq!(password.find('"'), Some(16));
    let script = "graph::reset_password(T, U, \"Brisk-Otter-4182\").to_string()";
    let (shown, stage) = value(&[(204, "")], script);
    assert_eq!(shown, "\"•••\"");
    assert!(sent(&stage)[0].contains("\"Brisk-Otter-4182\""));
    let (error, _) = failed(&[], "graph::reset_password(T, U, 4182)");
    assert!(!error.to_string().contains("4182"), "{error}");
}

#[test]
fn the_address_of_approval_needs_no_request() {
    let (url, stage) = value(&[], "graph::gdap_approval_url(\"a-b\")");
    assert_eq!(
        url,
        "\"https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/a-b\""
    );
    assert!(sent(&stage).is_empty());
}

#[test]
fn changes_are_read_to_their_end_and_sorted() {
    let link = "http://127.0.0.1:1/pc/v1.0/users/delta?$deltatoken=d1";
    let first = format!(
        r#"{{"@odata.nextLink":"x","value":[{{"id":"{U}","displayName":"Kim"}},{{"id":"{OTHER}","displayName":"Lee"}}]}}"#
    );
    let last = format!(
        r#"{{"@odata.deltaLink":"{link}","value":[{{"id":"{OTHER}","@removed":{{"reason":"changed"}}}}]}}"#
    );
    let answers = [(200, first.as_str()), (200, last.as_str())];
    let script = "let d = graph::delta(T, \"users\", #{ select: [\"displayName\"] }); [d.changes.map(|u| u.displayName), d.removed, d.link]";
    let (found, stage) = value(&answers, script);
    assert_eq!(
        found,
        format!(r#"[["Kim"],[{{"id":"{OTHER}","reason":"changed"}}],"{link}"]"#)
    );
    assert_eq!(sent(&stage)[0], "GET /v1.0/users/delta?$select=displayName");
    let (error, _) = failed(&answers, "graph::delta(T, \"users\").changes[0].mail");
    assert_eq!(error.code(), Code::RecordNotAsked);

    let script = format!("graph::delta(T, \"users\", \"{link}\").link");
    let (_, stage) = value(&[(200, &last)], &script);
    assert_eq!(sent(&stage), ["GET /v1.0/users/delta?$deltatoken=d1"]);
    let (_, stage) = value(
        &[(200, &last)],
        "graph::delta(T, \"users\", #{ latest: true }).link",
    );
    assert_eq!(sent(&stage), ["GET /v1.0/users/delta?$deltatoken=latest"]);
}

#[test]
fn a_link_that_is_too_old_says_what_to_do() {
    let gone = r#"{"error":{"code":"syncStateNotFound","message":"no"}}"#;
    let (error, _) = failed(&[(410, gone)], "graph::delta(T, \"users\")");
    assert_eq!(error.code(), Code::GraphDeltaExpired);
    let help = error.parts().help.as_deref();
    assert_eq!(
        help,
        Some("read all of it again: `graph::delta(tenant, \"users\")`")
    );
}

#[test]
fn a_link_is_followed_only_to_the_changes_it_is_of() {
    let check = |of: &str, link: &str, says: &str| {
        let script = format!("graph::delta(T, \"{of}\", \"{link}\")");
        let (error, stage) = failed(&[], &script);
        assert_eq!(error.code(), Code::ScriptArgument);
        assert!(error.to_string().ends_with(says), "{error}");
        assert!(sent(&stage).is_empty());
    };
    let own = "http://127.0.0.1:1/pc/v1.0";
    check(
        "users",
        "x",
        "it is no address (relative URL without a base)",
    );
    check(
        "users",
        "https://evil.example/pc/v1.0/users/delta?$deltatoken=d",
        "it leads to evil.example, which is not Microsoft Graph",
    );
    check(
        "groups",
        &format!("{own}/users/delta?$deltatoken=d"),
        "it is not of the changes of `groups`",
    );
    check(
        "users",
        &format!("{own}/users?$skiptoken=d"),
        "it is not of the changes of `users`",
    );
    check(
        "users",
        &format!("{own}/users/delta/../x?$skiptoken=d"),
        "it is not of the changes of `users`",
    );
    check("users", &format!("{own}/users/delta"), "it has no token");
    let (error, _) = failed(&[], "graph::delta(T, \"user\")");
    assert_eq!(
        error.parts().help.as_deref(),
        Some("did you mean \"users\"?")
    );
}

#[test]
fn a_batch_gives_what_each_call_alone_would_give() {
    let users = list(&[U, OTHER]);
    let user = format!("{{\"id\":\"{U}\",\"displayName\":\"Kim\"}}");
    let answers = [
        (200, user.as_str()),
        (404, MISSING),
        (200, users.as_str()),
        (204, ""),
        (200, "{\"a\":1.50}"),
    ];
    let script = "let all = graph::batch(T, [
            #{ path: `/users/${U}`, id: \"kim\" },
            #{ path: \"/v1.0/users/none\" },
            #{ path: \"/users?$top=2\" },
            #{ method: \"delete\", path: `/users/${U}`, depends_on: \"kim\" },
            #{ path: \"/beta/anything\", headers: #{ Prefer: \"x\" } },
        ]);
        [all[0].key, all[0].value.displayName, all[1].error.status, all[2].value.map(|u| u.id),
         all[3].ok, all[4].key, all[4].value.a, all.failures().len()]";
    let (found, stage) = value(&answers, script);
    let expected = format!(r#"["kim","Kim",404,["{U}","{OTHER}"],true,"5",1.50,1]"#);
    assert_eq!(found, expected);
    let sent = stage.door.sent.lock().expect("no panic");
    let effects: Vec<Effect> = sent.iter().map(|call| call.effect).collect();
    let read = Effect::Read;
    assert_eq!(effects, [read, read, read, Effect::Destroy, read]);
    assert_eq!(sent[2].target, "/v1.0/users?$top=2");
    assert_eq!(sent[0].operation, "graph::user");
    let steps: Vec<&str> = sent.iter().map(|call| call.step.0.as_str()).collect();
    assert!(steps.windows(2).all(|two| two[0] != two[1]), "{steps:?}");
}

#[test]
fn records_of_a_batch_know_where_they_came_from() {
    let user = format!("{{\"id\":\"{U}\",\"displayName\":\"Kim\"}}");
    let script = "let kim = graph::batch(T, [#{ path: `/users/${U}` }]).values()[0]; kim.update(#{ department: \"IT\" })";
    let (_, stage) = value(&[(200, &user), (204, "")], script);
    let sent = stage.door.sent.lock().expect("no panic");
    assert_eq!(sent[1].target, format!("/v1.0/users/{U}"));
    assert_eq!(sent[1].tenant, crate::http::Tenant::Of(T.to_owned()));
    drop(sent);
    let script = "graph::batch(T, [#{ path: `/users/${U}` }]).values()[0].department";
    let (error, _) = failed(&[(200, &user)], script);
    assert_eq!(error.code(), Code::RecordNotAsked);
}

#[test]
fn a_batch_that_is_not_fit_is_not_sent() {
    let check = |requests: &str, says: &str| {
        let (error, stage) = failed(&[], &format!("graph::batch(T, {requests})"));
        assert_eq!(error.code(), Code::ScriptArgument, "{requests}");
        let help = error.parts().help.clone().unwrap_or_default();
        assert_eq!(format!("{error} | {help}"), says, "{requests}");
        assert!(sent(&stage).is_empty());
    };
    check(
        "5",
        "graph::batch takes an array of requests, not the number 5 | ",
    );
    check(
        "[5]",
        "request 1 of graph::batch must be a map, not the number 5 | ",
    );
    check(
        "[#{ path: \"/users\", dependson: \"a\" }]",
        "request 1 of graph::batch has a key `dependson` that is unknown | did you mean `depends_on`?",
    );
    check(
        "[#{ method: \"GTE\", path: \"/users\" }]",
        "request 1 of graph::batch has the text \"GTE\" as `method`, which is one of GET, POST, PUT, PATCH, DELETE | ",
    );
    let example = "give a path such as \"/users\" or \"/v1.0/users?$top=5\"";
    check(
        "[#{}]",
        &format!("request 1 of graph::batch needs a `path` | {example}"),
    );
    check(
        "[#{ path: \"https://x.example/v1.0/users\" }]",
        &format!(
            "request 1 of graph::batch cannot call the text \"https://x.example/v1.0/users\": it must begin with one `/` | {example}"
        ),
    );
    for path in ["/$batch", "/v1.0/%24Batch"] {
        check(
            &format!("[#{{ method: \"POST\", path: \"{path}\" }}]"),
            &format!(
                "request 1 of graph::batch is a batch itself, which the service does not take | {example}"
            ),
        );
    }
    check(
        "[#{ path: \"/users\", body: #{} }]",
        "request 1 of graph::batch reads, and takes no body | ",
    );
    check(
        "[#{ path: \"/users\", id: \"a\" }, #{ path: \"/users\", id: \"A\" }]",
        "two requests of graph::batch have the id `A` | ids are compared without regard to case",
    );
    check(
        "[#{ path: \"/users\", id: \"first\" }, #{ path: \"/users\", depends_on: [\"frist\"] }]",
        "request `2` depends on `frist`, which is not there | did you mean `first`?",
    );
}

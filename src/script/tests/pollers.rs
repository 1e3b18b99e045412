//! Long operations: begun, waited for, looked at, cancelled and handed over.

use serde_json::json;

use super::*;
use crate::api::document::{Document, read};
use crate::api::model::Service;

const OP: &str = "azure-asyncoperation: /op?t=1\nretry-after: 10";
const RUNNING: &str = r#"{"status":"Running","percentComplete":40}"#;
const SUCCEEDED: &str = r#"{"status":"Succeeded"}"#;

/// Things of Azure: made, started and deleted in their own time.
fn things() -> &'static Service {
    let path = |name: &str| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    let tenant = json!({ "name": "tenant", "in": "query", "required": true, "schema": { "type": "string" },
        "x-tenantry": { "scope": "tenant", "carried_by": "token" } });
    let both = json!([tenant, path("group"), path("thing")]);
    let thing = json!({ "200": { "description": "It.", "content": { "application/json": {
        "schema": { "$ref": "#/components/schemas/Thing" } } } } });
    let nothing = json!({ "202": { "description": "Accepted." } });
    let body = json!({ "content": { "application/json": {
        "schema": { "$ref": "#/components/schemas/Thing" } } } });
    let long = |id: &str, of: Option<&str>, responses: &serde_json::Value| {
        let mut words = json!({ "effect": "write" });
        if let Some(name) = of {
            words["method_of"] = json!("Thing");
            words["function_as"] = json!(name);
        }
        json!({ "operationId": id, "summary": "Does it.", "x-ms-long-running-operation": true,
            "responses": responses, "x-tenantry": words })
    };
    let mut create = long("create_thing", None, &thing);
    create["requestBody"] = body;
    create["x-tenantry"]["cancel"] = json!("cancel_thing");
    let plain = |id: &str, responses: &serde_json::Value| json!({ "operationId": id, "summary": "Does it.", "responses": responses });
    let mut register = plain("register_thing", &thing);
    register["x-tenantry"] =
        json!({ "waiting": { "read": "thing", "until": "state = Registered" } });
    let at = "/groups/{group}/things/{thing}";
    let mut document = json!({ "openapi": "3.1.0", "info": { "title": "Things", "version": "2024-01-01" },
        "x-tenantry": { "module": "arm", "source": "Things" },
        "components": { "schemas": { "Thing": { "type": "object", "description": "A thing.", "properties": {
            "id": { "type": "string", "description": "Id." }, "name": { "type": "string", "description": "Name." },
            "state": { "type": "string", "description": "State." } } } } },
        "paths": {} });
    document["paths"][at] = json!({ "parameters": both, "get": plain("thing", &thing), "put": create,
        "delete": long("delete_thing", Some("delete"), &nothing) });
    document["paths"][format!("{at}/start")] =
        json!({ "parameters": both, "post": long("start_thing", Some("start"), &nothing) });
    document["paths"][format!("{at}/cancel")] =
        json!({ "parameters": both, "post": plain("cancel_thing", &nothing) });
    document["paths"][format!("{at}/register")] = json!({ "parameters": both, "post": register });
    let document = Document {
        name: "things.yaml",
        value: &document,
    };
    let service = read("arm", &[document]).unwrap_or_else(|problems| panic!("{problems:?}"));
    Box::leak(Box::new(service))
}

fn stage(answers: &[(u16, &str, &str)]) -> Stage {
    let mut stage = testing::with_headers(answers);
    stage.settings.services = vec![things()];
    stage
}

fn targets(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &crate::http::Call| format!("{} {}", call.verb.as_str(), call.target);
    sent.iter().map(line).collect()
}

const MADE: &str = r#"{"id":"/groups/g/things/t","name":"t"}"#;

#[test]
fn a_long_operation_waits_and_gives_what_it_made() {
    let stage = stage(&[
        (201, OP, "{}"),
        (200, "", RUNNING),
        (200, "", SUCCEEDED),
        (200, "", MADE),
    ]);
    let script = r#"let began = now(); let t = arm::create_thing("contoso.com", "g", "t", #{}); [t.name, now() > began.add_hours(0)]"#;
    assert_eq!(value(&stage, script), r#"["t",true]"#);
    let own = "/groups/g/things/t?api-version=2024-01-01";
    assert_eq!(
        targets(&stage),
        [
            &format!("PUT {own}"),
            "GET /op?t=1",
            "GET /op?t=1",
            &format!("GET {own}")
        ]
    );
    let sent = stage.door.sent.lock().expect("no panic");
    let ids: Vec<_> = sent.iter().map(|call| call.headers[0].clone()).collect();
    assert_eq!(ids[0].0, "x-ms-client-request-id");
    assert!(
        ids.iter().all(|id| *id == ids[0]),
        "all looks carry the call's id"
    );
}

#[test]
fn what_was_begun_is_looked_at_and_waited_for() {
    let stage = stage(&[
        (201, OP, "{}"),
        (200, "", RUNNING),
        (200, "", SUCCEEDED),
        (200, "", MADE),
    ]);
    let script = r#"
        let p = arm::begin_create_thing("contoso.com", "g", "t", #{});
        let all = [p.operation, p.status, p.done, p.percent, `${p}`];
        p.refresh();
        all += [p.status, p.done, p.percent];
        let t = p.wait();
        all += [t.name, p.status, p.done, p.wait().name, p.refresh().status, kind(t)];
        all
    "#;
    assert_eq!(
        value(&stage, script),
        r#"["arm::create_thing","InProgress",false,null,"arm::create_thing: InProgress","Running",false,40.0,"t","Succeeded",true,"t","Succeeded","Thing"]"#
    );
}

#[test]
fn methods_of_records_begin_as_well() {
    let there = (202, "location: /place", "");
    let stage = stage(&[(200, "", MADE), there, (200, "", ""), there, (204, "", "")]);
    let script = r#"
        let t = arm::thing("contoso.com", "g", "t");
        let p = t.begin_start();
        [p.operation, p.wait(), t.begin_delete().wait()]
    "#;
    assert_eq!(value(&stage, script), r#"["arm::start_thing",null,null]"#);
}

#[test]
fn a_failure_is_raised_by_who_waits() {
    let failed = r#"{"status":"Failed","error":{"code":"Quota","message":"No cores."}}"#;
    let script = r#"
        let p = arm::begin_create_thing("contoso.com", "g", "t", #{});
        p.refresh();
        let e = (); try { p.wait() } catch (err) { e = err }
        [p.done, p.status, e.code, e.service.code, e.sent]
    "#;
    let stage = stage(&[(201, OP, "{}"), (200, "", failed)]);
    assert_eq!(
        value(&stage, script),
        r#"[true,"Failed","operation.failed","Quota","yes"]"#
    );
}

#[test]
fn all_are_waited_for_and_come_back_in_order() {
    let there = (202, "location: /place\nretry-after: 5", "");
    let failed = r#"{"status":"Failed","error":{"code":"Quota","message":"No cores."}}"#;
    let stage = stage(&[there, (201, OP, "{}"), (204, "", ""), (200, "", failed)]);
    let script = r#"
        let d = arm::begin_delete_thing("contoso.com", "g", "old");
        let c = arm::begin_create_thing("contoso.com", "g", "new", #{});
        let all = wait_all([d, c, d]);
        [all.len(), all[0].ok, all[1].key, all[1].error.code, all[2].ok, all[2].key, all.failures().len(), all[1].item.status]
    "#;
    assert_eq!(
        value(&stage, script),
        r#"[3,true,"/groups/g/things/new","operation.failed",true,"/groups/g/things/old~2",1,"Failed"]"#
    );
    check("wait_all([]).len()", "0");
    let help = "a poller is what `begin_…` returns";
    let wrong = |script: &str, message: &str| {
        let error = fails(script);
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            (Code::ScriptArgument, message)
        );
        assert_eq!(error.parts().help.as_deref(), Some(help));
    };
    wrong(
        "wait_all(5)",
        "`wait_all` takes an array of pollers, not the number 5",
    );
    wrong(
        "wait_all([\"a\"])",
        "`wait_all` takes an array of pollers, and item 0 is the text \"a\"",
    );
}

#[test]
fn another_process_goes_on_by_the_handle() {
    let first = stage(&[(201, OP, "{}"), (200, "", RUNNING)]);
    let script =
        r#"let p = arm::begin_create_thing("contoso.com", "g", "t", #{}); p.refresh(); p.handle()"#;
    let handle = value(&first, script);
    let handle = handle.trim_matches('"');
    assert!(handle.starts_with("tenantry-operation:1:"), "{handle}");
    let second = stage(&[(200, "", SUCCEEDED), (200, "", MADE)]);
    let script = format!(
        r#"let p = arm::resume("{handle}"); let s = p.status; let t = p.wait(); [s, p.operation, t.name, kind(t)]"#
    );
    assert_eq!(
        value(&second, &script),
        r#"["Running","arm::create_thing","t","Thing"]"#
    );
    let own = "GET /groups/g/things/t?api-version=2024-01-01";
    assert_eq!(targets(&second), ["GET /op?t=1", own]);
    let error = failed(&stage(&[]), "arm::resume(\"abc\")");
    assert!(
        error
            .to_string()
            .contains("this is no handle of an operation"),
        "{error}"
    );
    let error = failed(&stage(&[]), "arm::resume(5)");
    assert!(
        error
            .to_string()
            .contains("takes the handle of an operation"),
        "{error}"
    );
    let mut none = stage(&[]);
    none.settings.services = crate::api::services().to_vec();
    let error = failed(&none, &format!("arm::resume(\"{handle}\")"));
    assert!(
        error.to_string().contains("which is not described here"),
        "{error}"
    );
    let ended = stage(&[(200, "", MADE)]);
    let error = failed(
        &ended,
        r#"arm::begin_create_thing("contoso.com", "g", "t", #{}).handle()"#,
    );
    assert!(error.to_string().contains("has ended"), "{error}");
}

#[test]
fn cancelling_is_possible_where_the_description_says_how() {
    let cancelled = r#"{"status":"Canceled"}"#;
    let stage = stage(&[
        (201, OP, "{}"),
        (204, "", ""),
        (200, "", cancelled),
        (202, "location: /p", ""),
    ]);
    let script = r#"
        let p = arm::begin_create_thing("contoso.com", "g", "a b", #{});
        p.cancel();
        let code = (); try { p.wait() } catch (e) { code = e.code }
        let again = (); try { p.cancel() } catch (e) { again = e.message }
        let other = (); try { arm::begin_delete_thing("contoso.com", "g", "t").cancel() } catch (e) { other = e.message }
        [code, again, other]
    "#;
    assert_eq!(
        value(&stage, script),
        r#"["operation.failed","`arm::create_thing` has ended already (Canceled): nothing is left to cancel","`arm::delete_thing` cannot be cancelled"]"#
    );
    assert_eq!(
        targets(&stage)[1],
        "POST /groups/g/things/a%20b/cancel?api-version=2024-01-01"
    );
}

#[test]
fn another_operation_is_read_until_it_says_so() {
    let state = |word: &str| format!(r#"{{"name":"t","state":"{word}"}}"#);
    let (registering, registered) = (state("Registering"), state("registered"));
    let stage = stage(&[
        (200, "", &registering),
        (200, "", &registering),
        (200, "", &registered),
    ]);
    let script = r#"let began = now(); let t = arm::register_thing("contoso.com", "g", "t"); [t.state, now() == began.add_hours(0)]"#;
    assert_eq!(value(&stage, script), r#"["registered",false]"#);
    let read = "GET /groups/g/things/t?api-version=2024-01-01";
    assert_eq!(targets(&stage)[1..], [read, read]);
}

#[test]
fn mistakes_are_told_with_a_way_out() {
    let stage = stage(&[]);
    fault(
        &stage,
        "arm::begin_create_thin()",
        "script.function 1:6+17 there is no function `arm::begin_create_thin` | did you mean `arm::begin_create_thing`?",
    );
    let error = failed(&stage, "arm::begin_create_thing()");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(
        help.starts_with("use arm::begin_create_thing(tenant, group, thing"),
        "{help}"
    );
    let error = failed(
        &stage,
        r#"arm::begin_delete_thing("contoso.com", "g", "t", #{ timeout: "soon" })"#,
    );
    assert_eq!(
        error.to_string(),
        "arm::delete_thing: `timeout` is a time such as \"30m\", or a number of seconds, not the text \"soon\""
    );
    let error = failed(&stage, r#"arm::begin_thing("contoso.com", "g", "t")"#);
    assert_eq!(error.code(), Code::ScriptFunction, "{error}");
}

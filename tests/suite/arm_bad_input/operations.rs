//! Long operations that end badly, late or never, and what tells of them misleading: the error says
//! what is known, how to go on, and no token goes elsewhere.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use tenantry::error::{Code, Error};
use tenantry::sandbox::Rule;

use super::failed;
use super::scripted::{Line, SUBSCRIPTION, Scripted};
use crate::program::{Ended, Program};
use crate::served::Served;
use crate::stage::Stage;

/// Nested as Azure nests it.
fn nested() -> Value {
    let inner = json!({ "error": { "code": "NicInUse", "message": "The NIC is in use.", "target": "nic1" } });
    json!({ "code": "DeploymentFailed", "message": "At least one resource failed.", "target": "d", "details": [
        { "code": "Conflict", "message": inner.to_string() },
        { "code": "Forbidden", "message": "A policy forbids it.", "target": "web", "details": [
            { "code": "RequestDisallowedByPolicy", "message": "Tag cust is missing.",
                "additionalInfo": [{ "type": "PolicyViolation", "info": { "policyAssignmentName": "tags" } }] } ] } ] })
}

const POWER_OFF: &str = "arm::vm(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first(), \"rg-shop\", \"vm-web1\").power_off()";

/// Tells the sandbox of a stage how operations end.
fn will_end(stage: &Stage, ending: &Value) {
    let root = &stage.sandbox.credentials().partner_url;
    let host = root
        .trim_start_matches("http://")
        .split('/')
        .next()
        .expect("a host");
    let body = ending.to_string();
    let length = body.len();
    let mut socket = TcpStream::connect(host).expect("the sandbox listens");
    let request = format!(
        "POST /sandbox/operations HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn what_fails_after_ten_minutes_is_told_whole() {
    let stage = Stage::new(0);
    let ending = json!({ "match": "vm-web1", "end": "Failed", "after": 600, "error": nested() });
    will_end(&stage, &ending);
    let began = stage.clock.now().as_second();
    let caught = format!(
        "let e = (); try {{ {POWER_OFF} }} catch (err) {{ e = err }} [e.code, e.sent, e.service.code, e.service.body, e.help]"
    );
    let caught = stage.json(&caught);
    assert!(stage.clock.now().as_second() - began >= 600);
    assert_eq!(caught[0], "operation.failed");
    assert_eq!(
        (&caught[1], &caught[2]),
        (&json!("yes"), &json!("DeploymentFailed"))
    );
    let body = caught[3].to_string();
    for part in [
        "NicInUse",
        "RequestDisallowedByPolicy",
        "policyAssignmentName",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    let help = caught[4].as_str().expect("help");
    assert!(help.contains("Tag cust is missing."), "{help}");

    let error = failed(&stage, POWER_OFF);
    assert_eq!((error.code(), error.exit()), (Code::OperationFailed, 9));
    assert!(error.parts().at.is_some());
    let told: Vec<String> = error.parts().related.iter().map(Error::to_string).collect();
    let expected = [
        "Conflict",
        "NicInUse (The NIC is in use.), target nic1",
        "Forbidden (A policy forbids it.), target web",
        "RequestDisallowedByPolicy (Tag cust is missing.)",
    ];
    assert_eq!(told, expected);
    let running = "arm::vm_instance_view(shop, \"vm-web1\").statuses.map(|one| one.code)";
    let states = stage.json(&format!("{}{running}", super::NAMES));
    assert!(
        states.to_string().contains("PowerState/running"),
        "{states}"
    );
}

#[test]
fn the_program_shows_every_detail_in_both_forms() {
    let sandbox = Served::start(&Program::new(), &[]);
    let ending = json!({ "match": "vm-web1", "end": "Failed", "error": nested() });
    sandbox.control("POST", "operations", &ending.to_string());
    let program = sandbox.program();
    let run = |more: &[&str]| -> Ended {
        let args = ["--allow", "write"];
        program.script(POWER_OFF, &[&args, more].concat()).exit(9)
    };
    let text = run(&[]).stderr;
    for part in [
        "[operation.failed]",
        "script.rhai:1:",
        "DeploymentFailed",
        "NicInUse",
        "Tag cust is missing.",
        "───",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let ended = run(&["--error-format", "json"]);
    let lines = ended.stderr.lines();
    let object = lines
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|object| object["code"] == "operation.failed")
        .unwrap_or_else(|| panic!("{}", ended.stderr));
    assert_eq!(object["exit"], 9);
    assert_eq!(object["at"]["line"], 1);
    assert_eq!(object["related"].as_array().map(Vec::len), Some(4));
    let body = object["fault"].to_string();
    assert!(body.contains("policyAssignmentName"), "{body}");
}

const CREATE: &str = r#"
let group = arm::resource_group(arm::subscriptions("fabrikam.onmicrosoft.com").first(), "rg-empty");
let set = #{ type: "Microsoft.Compute/availabilitySets", apiVersion: "2025-04-01", name: "as-late",
    location: "westeurope", sku: #{ name: "Aligned" }, properties: #{ platformFaultDomainCount: 2 } };
let template = #{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0", resources: [set] };
"#;

#[test]
fn what_never_ends_gives_a_handle_with_which_another_process_goes_on() {
    let owner = Program::new();
    let state = owner.folder().join("sandbox.state");
    let state = state.to_str().expect("a path");
    let sandbox = Served::start(&owner, &["--state", state, "--pace", "real"]);
    let port = sandbox
        .host()
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    let never = json!({ "match": "vm-web1", "end": "never" });
    sandbox.control("POST", "operations", &never.to_string());
    let pending = |sandbox: &Served, script: &str| -> (String, String) {
        let args = ["--allow", "write", "--error-format", "json"];
        let ended = sandbox.program().script(script, &args).exit(9);
        assert_eq!(ended.error(), "operation.pending");
        let mut lines = ended.stderr.lines();
        let object = lines
            .find_map(|line| {
                serde_json::from_str::<Value>(line)
                    .ok()
                    .filter(|it| it["handle"].is_string())
            })
            .unwrap_or_else(|| panic!("{}", ended.stderr));
        let part = |name: &str| object[name].as_str().expect("a text").to_owned();
        (part("handle"), part("help"))
    };
    let endless = POWER_OFF.replace("power_off()", "power_off(#{ timeout: 1 })");
    let (handle, help) = pending(&sandbox, &endless);
    assert!(
        help.contains(&format!("arm::resume(\"{handle}\").wait()")),
        "{help}"
    );
    let again = format!("arm::resume(\"{handle}\").wait(#{{ timeout: 1 }})");
    let (handle, _) = pending(&sandbox, &again);
    let deploy =
        format!("{CREATE} arm::deploy(group, \"late\", template, #{{}}, #{{ timeout: 1 }})");
    let (late, _) = pending(&sandbox, &deploy);

    drop(sandbox);
    let sandbox = Served::start(
        &owner,
        &["--state", state, "--pace", "real", "--port", &port],
    );
    sandbox.control("POST", "clock", "{\"advance\": 3600}");
    let script = format!("emit(arm::resume(\"{late}\").wait().properties.provisioningState)");
    let args = ["--output", "json"];
    let ended = sandbox.program().script(&script, &args).exit(0);
    assert_eq!(ended.json()[0], "Succeeded");
    let script = format!("let p = arm::resume(\"{handle}\"); p.refresh(); emit(p.done)");
    let ended = sandbox.program().script(&script, &args).exit(0);
    assert_eq!(ended.json()[0], false);
}

#[test]
fn a_poll_that_is_throttled_waits_and_goes_on() {
    let stage = Stage::new(0);
    let throttle = |times: u32| {
        let fault = json!({ "kind": "throttle", "retry_after": 90 });
        let rule = json!({ "service": "arm", "verb": "GET", "path": "*/operations/*", "times": times, "fault": fault });
        let rule: Rule = serde_json::from_value(rule).expect("a rule");
        stage.sandbox.add_fault(rule);
    };
    throttle(2);
    let began = stage.clock.now().as_second();
    stage.value(&format!("{POWER_OFF}; ()"));
    assert!(stage.clock.now().as_second() - began >= 180);
    stage.sandbox.clear_faults();
    throttle(0);
    let error = failed(&stage, &POWER_OFF.replace("power_off", "start"));
    assert_eq!(error.code(), Code::ThrottleExhausted, "{error}");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(error.parts().handle.is_some(), "{error} | {help}");
    assert!(help.contains("arm::resume("), "{help}");
}

/// Runs a script against answers that are written down.
fn against(lines: Vec<Line>, script: &str) -> (Result<Option<String>, Error>, Vec<String>) {
    let service = Scripted::start(lines);
    let stage = Stage::reaching(&service.address, tenantry::api::services().to_vec());
    let script = format!(
        "let sub = arm::subscription(\"fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b\", \"{SUBSCRIPTION}\"); {script}"
    );
    (stage.run(&script), service.heard())
}

const DELETE: &str = "arm::delete_resource_group(sub, \"rg\")";
const PUT: &str = "arm::create_vnet(sub, \"rg\", \"v\", #{ location: \"westeurope\" })";

#[test]
fn what_is_gone_while_it_is_polled_is_deleted_or_not_known() {
    let location = "Location: /gone\r\nRetry-After: 10\r\n".to_owned();
    let (ended, heard) = against(vec![("DELETE", "/rg", 202, location, "")], DELETE);
    assert!(ended.is_ok(), "{ended:?}");
    assert!(
        heard.contains(&"GET /gone with a token".to_owned()),
        "{heard:?}"
    );
    let status = "Azure-AsyncOperation: /gone\r\nRetry-After: 10\r\n".to_owned();
    let (ended, heard) = against(vec![("PUT", "/v", 201, status, "{}")], PUT);
    let error = ended.expect_err("it is not known");
    assert_eq!((error.code(), error.exit()), (Code::OperationUnknown, 9));
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("do not repeat the call"), "{help}");
    assert!(error.parts().at.is_some());
    let puts = heard.iter().filter(|one| one.starts_with("PUT")).count();
    assert_eq!(puts, 1, "{heard:?}");
}

#[test]
fn a_poll_address_on_another_host_is_not_even_connected_to() {
    for (script, method, end, header) in [
        (DELETE, "DELETE", "/rg", "Location"),
        (PUT, "PUT", "/v", "Azure-AsyncOperation"),
        (PUT, "PUT", "/v", "Location"),
    ] {
        let foreign = Scripted::start(Vec::new());
        let link = format!("{header}: {}/op\r\n", foreign.address);
        let (ended, _) = against(vec![(method, end, 202, link, "")], script);
        let error = ended.expect_err("the link is foreign");
        assert_eq!(error.code(), Code::HttpForeignLink, "{error}");
        assert_eq!(error.exit(), 5, "{error}");
        let help = error.parts().help.clone().unwrap_or_default();
        assert!(help.contains("do not repeat the call"), "{help}");
        assert!(error.parts().at.is_some());
        assert_eq!(foreign.heard(), Vec::<String>::new(), "{header}");
    }
    // At the second look, too.
    let foreign = Scripted::start(Vec::new());
    let first = "Location: /here\r\n".to_owned();
    let later = format!("Location: {}/op\r\n", foreign.address);
    let lines = vec![
        ("DELETE", "/rg", 202, first, ""),
        ("GET", "/here", 202, later, ""),
    ];
    let (ended, heard) = against(lines, DELETE);
    let error = ended.expect_err("the link is foreign");
    assert_eq!(error.code(), Code::HttpForeignLink, "{error}");
    assert!(
        heard.contains(&"GET /here with a token".to_owned()),
        "{heard:?}"
    );
    assert_eq!(foreign.heard(), Vec::<String>::new());
}

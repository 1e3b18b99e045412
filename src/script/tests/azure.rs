//! Calls of Azure: ids are paths, whose subscription it is, versions, registration; over a small
//! description.

use super::*;
use crate::api::model::Effect::{self, Destroy, Read, Write};
use crate::api::testing::services;
use crate::http::{Call, Tenant};

const T: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const S: &str = "5b5b5b5b-0000-4000-8000-000000000001";

fn stage(answers: &[(u16, &str)]) -> Stage {
    let mut stage = testing::session(answers);
    stage.settings.services = services();
    stage
}

fn subscription() -> String {
    format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}","tenantId":"{T}"}}"#)
}

fn group() -> String {
    format!(r#"{{"id":"/subscriptions/{S}/resourceGroups/rg","name":"rg"}}"#)
}

fn vm() -> String {
    format!(
        r#"{{"id":"/Subscriptions/{S}/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/web1","name":"web1"}}"#
    )
}

/// The requests that a script makes: verb and target.
fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &Call| format!("{} {}", call.verb.as_str(), call.target);
    sent.iter().map(line).collect()
}

/// Checks the last request of a script that begins by reading subscription, group and machine.
fn check_last(script: &str, expected: &str) {
    let (subscription, group, vm) = (subscription(), group(), vm());
    let answers = [
        (200, &*subscription),
        (200, &group),
        (200, &vm),
        (200, r#"{"value":[]}"#),
    ];
    let stage = stage(&answers);
    let begin = format!(
        r#"let sub = arm::subscription("{T}", "{S}"); let group = arm::resource_group(sub, "rg"); let vm = arm::vm(group, "web1"); "#
    );
    value(&stage, &format!("{begin}{script}; 0"));
    let sent = sent(&stage);
    assert_eq!(sent.len(), 4, "{script}");
    assert_eq!(sent[3].replace(S, "S"), expected, "{script}");
    let calls = stage.door.sent.lock().expect("no panic");
    assert!(
        calls
            .iter()
            .all(|call| call.tenant == Tenant::Of(T.to_owned())),
        "{script}"
    );
}

const VM: &str =
    "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web1";
const AT: &str = "api-version=2025-04-02";

#[test]
fn a_record_an_id_and_the_parts_are_the_same_call() {
    let get = format!("GET {VM}?{AT}");
    let id = VM.replace("/S/", &format!("/{S}/"));
    check_last(r#"arm::vm(sub, "rg", "web1")"#, &get);
    check_last(r#"arm::vm(group, "web1")"#, &get);
    check_last("arm::vm(vm)", &get);
    check_last(&format!(r#"arm::vm("{id}")"#), &get);
    check_last(&format!(r#"arm::vm("{S}", "rg", "web1")"#), &get);
    check_last(r#"arm::vm(group.id, "web1")"#, &get);
    check_last(&format!(r#"arm::vm("{S}", group, "web1")"#), &get);
    check_last("vm.refresh()", &get);
    check_last("arm::start_vm(vm)", &format!("POST {VM}/start?{AT}"));
    check_last("vm.start()", &format!("POST {VM}/start?{AT}"));
    let put = format!("PUT {VM}?{AT}");
    check_last(
        r#"arm::create_vm(group, "web1", #{ location: "we" })"#,
        &put,
    );
    check_last(r#"group.create_vm("web1", #{ location: "we" })"#, &put);
    check_last(r#"arm::create_vm(vm, #{ location: "we" })"#, &put);
    check_last("vm.delete()", &format!("DELETE {VM}?{AT}"));
    let sizes = "GET /subscriptions/S/providers/Microsoft.Compute/locations/westeurope/vmSizes";
    check_last(
        r#"arm::vm_sizes(sub, "westeurope").count()"#,
        &format!("{sizes}?{AT}"),
    );
}

#[test]
fn a_whole_id_keeps_its_slashes() {
    let group = "/subscriptions/S/resourceGroups/rg";
    let lock = format!("{group}/providers/Microsoft.Authorization/locks");
    let at = "api-version=2025-04-01";
    check_last(
        r#"arm::lock(group, "a/b")"#,
        &format!("GET {lock}/a%2Fb?{at}"),
    );
    check_last("group.locks().count()", &format!("GET {lock}?{at}"));
    check_last(
        r#"arm::delete_lock(group.id + "/providers/Microsoft.Authorization/locks/keep")"#,
        &format!("DELETE {lock}/keep?{at}"),
    );
    check_last(
        &format!(r#"arm::create_lock("subscriptions/{S}", "keep", #{{ properties: #{{}} }})"#),
        &format!("PUT /subscriptions/S/providers/Microsoft.Authorization/locks/keep?{at}"),
    );
}

#[test]
fn versions_follow_the_option_the_document_or_the_type() {
    check_last(
        r#"arm::vm(vm, #{ api_version: "2020-06-01" })"#,
        &format!("GET {VM}?api-version=2020-06-01"),
    );
    let read = VM
        .replace("/S/", &format!("/{S}/"))
        .replace("virtualMachines", "VIRTUALMACHINES");
    check_last(
        &format!(r#"arm::resource("{read}")"#),
        &format!(
            "GET {}?{AT}",
            VM.replace("virtualMachines", "VIRTUALMACHINES")
        ),
    );
    let group = "GET /subscriptions/S/resourceGroups/rg?api-version=2025-04-01";
    check_last("arm::resource(group)", group);
    let disk = VM.replace("virtualMachines/web1", "disks/d");
    let id = disk.replace("/S/", &format!("/{S}/"));
    check_last(
        &format!(r#"arm::resource("{id}", #{{ api_version: "2025-01-02" }})"#),
        &format!("GET {disk}?api-version=2025-01-02"),
    );
    let stage = stage(&[(200, &subscription())]);
    let script = format!(r#"arm::subscription("{T}", "{S}"); arm::resource("{id}")"#);
    let error = failed(&stage, &script);
    assert_eq!(error.code(), Code::ScriptArgument);
    assert!(
        error
            .to_string()
            .contains("does not know the type Microsoft.Compute/disks"),
        "{error}"
    );
    assert_eq!(sent(&stage).len(), 1, "nothing was sent");
}

#[test]
fn the_tenant_is_that_of_the_subscription_seen() {
    let id = format!("/subscriptions/{S}/resourceGroups/rg");
    let listed = format!(r#"{{"value":[{}]}}"#, subscription());
    let stage_of = |listed: &str| stage(&[(200, listed), (200, &group())]);
    let stage = stage_of(&listed);
    value(
        &stage,
        &format!(r#"arm::subscriptions("{T}").first(); arm::resource_group("{id}"); 0"#),
    );
    let calls = stage.door.sent.lock().expect("no panic");
    assert_eq!(calls[1].tenant, Tenant::Of(T.to_owned()));
    drop(calls);

    let stage = self::stage(&[]);
    let error = failed(
        &stage,
        &format!(r#"arm::resource_group("{}")"#, id.to_uppercase()),
    );
    assert_eq!(error.code(), Code::ScopeTenantUnknown, "{error}");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("arm::subscription(tenant, id)"), "{help}");

    let stage = self::stage(&[(200, &group())]);
    stage
        .door
        .alone
        .store(true, std::sync::atomic::Ordering::Relaxed);
    value(&stage, &format!(r#"arm::resource_group("{id}"); 0"#));
    let calls = stage.door.sent.lock().expect("no panic");
    assert_eq!(calls[0].tenant, Tenant::Home);
}

#[test]
fn what_partner_center_sold_is_no_subscription_of_azure() {
    let sold = format!(r#"{{"id":"{S}","status":"active"}}"#);
    let check = |script: &str, begins: &str| {
        let stage = stage(&[(200, &sold)]);
        let script = format!(r#"let s = partner::subscription("{A}", "{S}"); {script}"#);
        let error = failed(&stage, &script);
        assert_eq!(error.code(), Code::ScopeWrongKind, "{error}");
        assert!(error.to_string().starts_with(begins), "{error}");
        let help = error.parts().help.clone().unwrap_or_default();
        assert!(help.contains("arm::subscriptions(customer)"), "{help}");
    };
    check(
        "arm::resource_groups(s)",
        "`subscription` of arm::resource_groups must be of Azure",
    );
    check("arm::vms(s.id)", "arm::vms got 5b5b5b5b");
    check(
        &format!(
            r#"arm::vm("/subscriptions/{S}/resourceGroups/x/providers/Microsoft.Compute/virtualMachines/y")"#
        ),
        "arm::vm got",
    );
}

#[test]
fn what_cannot_stand_for_a_parameter_is_told() {
    let check = |call: &str, expected: &str| {
        let (subscription, group, vm) = (subscription(), group(), vm());
        let stage = stage(&[(200, &subscription), (200, &group), (200, &vm)]);
        let begin = format!(
            r#"let sub = arm::subscription("{T}", "{S}"); let group = arm::resource_group(sub, "rg"); let vm = arm::vm(group, "web1");"#
        );
        let error = failed(&stage, &format!("{begin} {call}"));
        let help = error.parts().help.clone().unwrap_or_default();
        let found = format!("{} {error} | {help}", error.code());
        assert_eq!(found, expected, "{call}");
    };
    let at = "/subscriptions/{subscription}/resourceGroups/{resource_group}/providers/Microsoft.Compute/virtualMachines/{vm}";
    check(
        "arm::resource_groups(vm)",
        "scope.wrong_kind `subscription` of arm::resource_groups cannot be a VirtualMachine record: what the call is about is at `/subscriptions/{subscription}/resourceGroups` | give a Subscription record or its id",
    );
    check(
        "arm::vm(sub, sub, \"web1\")",
        &format!(
            "scope.wrong_kind `resource_group` of arm::vm cannot be a Subscription record: what the call is about is at `{at}` | give a ResourceGroup record or its id"
        ),
    );
    check(
        "arm::vm(group)",
        "script.argument arm::vm got 1 argument(s), and no `vm` | use arm::vm(resource_group, vm, [#{ api_version }])",
    );
    check(
        "arm::create_vm(group, #{ location: \"x\" })",
        "script.argument arm::create_vm got 2 argument(s), and no `vm` | use arm::create_vm(resource_group, vm, body, [#{ api_version }])",
    );
    check(
        "arm::vm(\"other\", group, \"web1\")",
        &format!(
            "script.argument arm::vm got two values of `subscription`: \"other\", and {S:?} by an id | an id says it alone: leave the first out"
        ),
    );
    check(
        "arm::vm(group, \"..\")",
        "script.argument `vm` of arm::vm cannot be \"..\" | give an id",
    );
    check(
        "arm::locks(\"/subscriptions/x/resourceGroup/rg\")",
        "script.argument `scope` of arm::locks is no id of Azure: \"/subscriptions/x/resourceGroup/rg\": `resourceGroup` cannot stand where it does | an id reads like `/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/…`",
    );
    check(
        "arm::vm(\"/subscriptions/x/resourceGroups/rg/providers/Microsoft.Sql/servers/y\")",
        &format!(
            "scope.wrong_kind `subscription` of arm::vm cannot be an id of Microsoft.Sql/servers: what the call is about is at `{at}` | give a ResourceGroup record or its id, or a Subscription record and the rest by name"
        ),
    );
}

const UNREGISTERED: &str = r#"{"error":{"code":"MissingSubscriptionRegistration","message":"The subscription is not registered to use namespace 'Microsoft.Compute'. See https://aka.ms/rps-not-found."}}"#;

#[test]
fn a_provider_is_registered_when_it_is_first_needed() {
    let (subscription, vm) = (subscription(), vm());
    let answers = [
        (200, &*subscription),
        (409, UNREGISTERED),
        (200, r#"{"registrationState":"Registering"}"#),
        (200, r#"{"registrationState":"Registering"}"#),
        (200, r#"{"registrationState":"Registered"}"#),
        (201, &vm),
    ];
    let stage = stage(&answers);
    let script = format!(
        r#"let sub = arm::subscription("{T}", "{S}"); let begin = now(); arm::create_vm(sub, "rg", "web1", #{{ location: "we" }}); (now() - begin).to_string()"#
    );
    value(&stage, &script);
    let provider = "/subscriptions/S/providers/Microsoft.Compute";
    let at = "api-version=2025-04-01";
    let expected = [
        format!("GET /subscriptions/S?{at}"),
        format!("PUT {VM}?{AT}"),
        format!("POST {provider}/register?{at}"),
        format!("GET {provider}?{at}"),
        format!("GET {provider}?{at}"),
        format!("PUT {VM}?{AT}"),
    ];
    let sent: Vec<String> = sent(&stage)
        .iter()
        .map(|line| line.replace(S, "S"))
        .collect();
    assert_eq!(sent, expected);
    let calls = stage.door.sent.lock().expect("no panic");
    assert!(
        calls
            .iter()
            .all(|call| call.tenant == Tenant::Of(T.to_owned()))
    );
    assert_ne!(
        calls[1].step, calls[5].step,
        "the repeat is a step of its own"
    );
    assert!(
        stage
            .ears
            .heard()
            .contains("say registering Microsoft.Compute in subscription")
    );
}

#[test]
fn what_goes_on_after_a_registration_is_looked_for_by_the_id_of_the_repeat() {
    let subscription = subscription();
    let operation = format!(
        "azure-asyncoperation: /subscriptions/{S}/operations/1?api-version=1\nretry-after: 5"
    );
    let mut stage = testing::with_headers(&[
        (200, "", &*subscription),
        (409, "", UNREGISTERED),
        (200, "", "{}"),
        (200, "", r#"{"registrationState":"Registered"}"#),
        (202, &*operation, ""),
        (200, "", r#"{"status":"Running"}"#),
        (200, "", r#"{"status":"Succeeded"}"#),
    ]);
    stage.settings.services = crate::api::services().to_vec();
    let script =
        format!(r#"let sub = arm::subscription("{T}", "{S}"); arm::start_vm(sub, "rg", "web1")"#);
    value(&stage, &script);
    let calls = stage.door.sent.lock().expect("no panic");
    let ids: Vec<Option<&str>> = calls
        .iter()
        .map(|call| {
            let mut headers = call.headers.iter();
            let own = headers.find(|(name, _)| name == "x-ms-client-request-id");
            own.map(|(_, id)| id.as_str())
        })
        .collect();
    let (refused, repeated) = (ids[1].expect("an id"), ids[4].expect("an id"));
    assert_ne!(refused, repeated);
    assert_eq!(ids[5..], [Some(repeated); 2]);
}

#[test]
fn a_registration_that_does_not_end_is_given_up() {
    let subscription = subscription();
    let mut answers = vec![(200, &*subscription), (409, UNREGISTERED), (200, "{}")];
    answers.extend([(200, r#"{"registrationState":"Registering"}"#); 180]);
    let stage = stage(&answers);
    let script = format!(
        r#"let sub = arm::subscription("{T}", "{S}"); arm::create_vm(sub, "rg", "web1", #{{ location: "we" }})"#
    );
    let error = failed(&stage, &script);
    assert_eq!(error.code(), Code::OperationPending, "{error}");
    assert_eq!(sent(&stage).len(), 183);
}

#[test]
fn a_raw_call_is_the_operation_that_its_path_is() {
    let raw = |call: &str, expected: &str, effect: Effect| {
        let subscription = subscription();
        let stage = stage(&[(200, &subscription), (200, "{}")]);
        let script = format!(r#"let sub = arm::subscription("{T}", "{S}"); {call}; 0"#);
        value(&stage, &script.replace("/S/", &format!("/{S}/")));
        assert_eq!(sent(&stage)[1].replace(S, "S"), expected, "{call}");
        let calls = stage.door.sent.lock().expect("no panic");
        assert_eq!(calls[1].effect, effect, "{call}");
        assert_eq!(calls[1].tenant, Tenant::Of(T.to_owned()), "{call}");
    };
    raw(
        &format!("arm::get(sub, \"{VM}\")"),
        &format!("GET {VM}?{AT}"),
        Read,
    );
    raw(
        &format!("arm::get(\"{S}\", \"{VM}?api-version=2020-06-01\")"),
        &format!("GET {VM}?api-version=2020-06-01"),
        Read,
    );
    raw(
        &format!("arm::get(\"{VM}\", \"{VM}?$expand=x\")"),
        &format!("GET {VM}?$expand=x&{AT}"),
        Read,
    );
    raw(
        &format!("arm::put(sub, \"{VM}\", #{{}})"),
        &format!("PUT {VM}?{AT}"),
        Write,
    );
    let lock = format!("{VM}/providers/Microsoft.Authorization/locks/keep");
    raw(
        &format!("arm::delete(sub, \"{lock}\")"),
        &format!("DELETE {lock}?api-version=2025-04-01"),
        Destroy,
    );
    raw(
        &format!("arm::request(sub, \"post\", \"{VM}/start\")"),
        &format!("POST {VM}/start?{AT}"),
        Write,
    );
    raw(
        &format!(
            "arm::request(sub, \"POST\", \"{VM}/reapply?api-version=1\", (), #{{ principal: \"app\" }})"
        ),
        &format!("POST {VM}/reapply?api-version=1"),
        Destroy,
    );
    let error = fails(&format!("arm::request(\"{T}\", \"TRACE\", \"/x\")"));
    assert_eq!(
        error.to_string(),
        "arm::request needs a method, and got the text \"TRACE\""
    );
}

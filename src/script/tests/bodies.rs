//! Bodies that replace an object: what was read of it may be sent back.

use super::*;

const S: &str = "5b5b5b5b-0000-4000-8000-000000000001";

#[test]
fn what_was_read_may_be_changed_and_put_back() {
    let subscription =
        format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}","tenantId":"{A}"}}"#);
    let group = format!(
        r#"{{"id":"/subscriptions/{S}/resourceGroups/rg","name":"rg","type":"Microsoft.Resources/resourceGroups","location":"westeurope","properties":{{"provisioningState":"Succeeded"}}}}"#
    );
    let answers = [(200, &*subscription), (200, &group), (200, &group)];
    let stage = testing::session(&answers);
    let script = format!(
        r#"let group = arm::resource_group(arm::subscription("{A}", "{S}"), "rg");
           let body = to_plain(group);
           body.tags = #{{ env: "test" }};
           arm::create_resource_group(group, body).name"#
    );
    assert_eq!(value(&stage, &script), "\"rg\"");
    let sent = stage.door.sent.lock().expect("no panic");
    let body = sent[2].body.as_deref().expect("a body");
    let body = String::from_utf8_lossy(body);
    for part in ["\"type\"", "provisioningState", "\"env\":\"test\""] {
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[test]
fn a_replacement_must_still_be_whole() {
    let subscription =
        format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}","tenantId":"{A}"}}"#);
    let stage = testing::session(&[(200, &*subscription)]);
    let script = format!(
        r#"arm::create_resource_group(arm::subscription("{A}", "{S}"), "rg", #{{ name: "rg" }})"#
    );
    let error = failed(&stage, &script);
    assert!(
        error.to_string().contains("`location` is required"),
        "{error}"
    );
}

#[test]
fn what_is_created_under_no_name_takes_no_id() {
    let error = fails(&format!(
        r#"graph::create_group("{A}", #{{ id: "{B}", displayName: "a", mailEnabled: false, mailNickname: "a", securityEnabled: true }})"#
    ));
    assert!(
        error.to_string().contains("`id` is set by the service"),
        "{error}"
    );
}

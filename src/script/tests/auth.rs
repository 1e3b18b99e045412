//! `auth`: who a script is.

use super::*;
use crate::api::{Principal, ServiceName};
use crate::http::Tenant;

const USER: &str = r#"{"tid":"t","oid":"o","appid":"a","upn":"kim@example","name":"Kim","scp":"User.Read X","amr":["pwd","mfa"],"exp":1750003600}"#;
const APP: &str = r#"{"tid":"t","oid":"o","appid":"a","roles":["User.Read.All"],"exp":1750003600}"#;

#[test]
fn a_script_learns_who_it_is() {
    let stage = testing::session(&[(200, USER), (200, APP)]);
    let script = r#"
        let who = auth::whoami();
        let app = auth::whoami("Fabrikam.onmicrosoft.com", #{ principal: "app" });
        [who.user.upn, who.mfa, who.scopes, who.expires > now(), app.user == (), app.mfa == (), app.roles]"#;
    assert_eq!(
        value(&stage, script),
        r#"["kim@example",true,["User.Read","X"],true,true,true,["User.Read.All"]]"#
    );
    let sent = stage.door.sent.lock().expect("no panic");
    let asked = |number: usize| (sent[number].tenant.clone(), sent[number].principal);
    assert_eq!(asked(0), (Tenant::Home, None));
    let fabrikam = Tenant::Of("fabrikam.onmicrosoft.com".to_owned());
    assert_eq!(asked(1), (fabrikam, Some(Principal::App)));
}

#[test]
fn claims_are_of_one_tenant_and_service() {
    let stage = testing::session(&[(200, APP)]);
    let script = format!("let c = auth::claims(\"{A}\", \"arm\"); [c.tid, c.exp, c.upn]");
    assert_eq!(value(&stage, &script), r#"["t",1750003600,null]"#);
    let sent = stage.door.sent.lock().expect("no panic");
    assert_eq!(sent[0].service, ServiceName::Arm);
    assert_eq!(sent[0].tenant, Tenant::Of(A.to_owned()));
}

#[test]
fn an_administrators_address_is_made_without_a_call() {
    let script = "auth::admin_consent_url(\"fabrikam.example\").contains(\"fabrikam.example\")";
    check(script, "true");
}

#[test]
fn without_mfa_the_check_fails() {
    let stage = testing::session(&[(200, USER)]);
    assert_eq!(value(&stage, "auth::check_mfa(); 1"), "1");
    let stage = testing::session(&[(200, r#"{"upn":"sam@example","scp":"X","amr":["pwd"]}"#)]);
    fault(
        &stage,
        "auth::check_mfa()",
        "auth.mfa_missing 1:7+9 sam@example signed in without multi-factor authentication | sign in again with multi-factor authentication, by `tenantry login` or by a new TENANTRY_REFRESH_TOKEN; refreshing the old token does not help",
    );
}

#[test]
fn wrong_arguments_are_told_before_anything_is_asked() {
    let stage = testing::session(&[]);
    fault(
        &stage,
        "auth::whoami(())",
        "scope.missing 1:7+6 auth::whoami needs a tenant, and got nothing: `()` | give a Customer record, a GUID or a domain",
    );
    fault(
        &stage,
        "auth::claims(\"t.example\", \"grph\")",
        "script.argument 1:7+6 auth::claims knows no service the text \"grph\" | did you mean \"graph\"?",
    );
    fault(
        &stage,
        "auth::whoami(\"t.example\", #{ principal: \"me\" })",
        "script.argument 1:7+6 auth::whoami: `principal` is \"app\" or \"user\" | ",
    );
    fault(
        &stage,
        "auth::whoami(\"t.example\", #{ who: 1 })",
        "script.argument 1:7+6 auth::whoami: there is no option `who` | there is `principal`: \"app\" or \"user\"",
    );
    fault(
        &stage,
        "auth::whom()",
        "script.function 1:7+4 there is no function `auth::whom` | did you mean `auth::whoami`?",
    );
    fault(
        &stage,
        "auth::claims(\"t.example\")",
        "script.function 1:7+6 `auth::claims` does not take 1 argument(s) of these kinds | use `auth::claims(tenant, resource, [options])`",
    );
}

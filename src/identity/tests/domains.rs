//! Tenants that are named by a domain, and tokens of the wrong tenant.

use std::sync::Arc;

use super::{HOME, account, customer, in_lanes, is_token, issue, lane, refusal, tenant};
use crate::error::Code;
use crate::http::testing::{Lane, Received, Reply, Service, get, json, settings};
use crate::http::{Call, Tenant};
use crate::identity::Identity;

/// A service that knows the tenants of two domains and answers every call with its token's tenant.
fn resolving() -> Service {
    Service::new(|_, request| {
        if is_token(request) {
            return issue(&format!("token-of-{}", tenant(request)));
        }
        if !request.line.contains("openid-configuration") {
            return json(200, "{}");
        }
        let id = match tenant(request).as_str() {
            "contoso.example" => HOME.to_owned(),
            "fabrikam.example" => customer(1),
            "proxied.example" => return Reply::Answer(200, vec![], b"<html>".to_vec()),
            "moved.example" => return json(404, ""),
            _ => return refusal(90_002),
        };
        json(
            200,
            &format!(r#"{{"issuer":"https://login.example/{id}/v2.0"}}"#),
        )
    })
}

fn of(name: &str) -> Call {
    Call {
        tenant: Tenant::Of(name.to_owned()),
        ..get("/v1/x")
    }
}

fn questions(service: &Service) -> usize {
    let received = service.received();
    let asked = |r: &&Received| r.line.contains("openid-configuration");
    received.iter().filter(asked).count()
}

#[test]
fn a_domain_is_resolved_once_and_shares_its_tenant_s_token() {
    let service = resolving();
    let lane = lane(&service);
    let names = [
        "fabrikam.example".to_owned(),
        "Fabrikam.Example".to_owned(),
        customer(1),
    ];
    in_lanes(&lane, 48, |number| of(&names[number % 3]));
    assert_eq!(questions(&service), 1);
    let received = service.received();
    let tokens: Vec<String> = received
        .iter()
        .filter(|r| is_token(r))
        .map(tenant)
        .collect();
    assert_eq!(tokens, [customer(1)]);
    assert_eq!(received.len(), 1 + 1 + 48);
}

#[test]
fn a_profile_s_own_domain_is_resolved_like_any_other() {
    let service = resolving();
    let mut settings = settings(&service.url);
    let mut account = account(service.url.as_str());
    account.profile.tenant = "Contoso.example".to_owned();
    settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    let lane = Lane::new(settings);
    for call in [get("/v1/x"), of("contoso.example"), of(HOME), get("/v1/x")] {
        lane.client.call(&call).expect("an answer");
    }
    assert_eq!(questions(&service), 1);
    let received = service.received();
    assert_eq!(received.iter().filter(|r| is_token(r)).count(), 1);
}

#[test]
fn a_tenant_s_id_is_taken_as_it_is() {
    let service = resolving();
    let lane = lane(&service);
    lane.client.call(&of(&customer(7))).expect("an answer");
    lane.client.call(&get("/v1/x")).expect("an answer");
    assert_eq!(questions(&service), 0);
}

#[test]
fn a_domain_that_cannot_be_resolved_gets_no_token() {
    let check = |name: &str, code, says: &str| {
        let service = resolving();
        let error = lane(&service)
            .client
            .call(&of(name))
            .expect_err("no tenant");
        assert_eq!(error.code(), code, "{name}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.parts().help.is_some());
        assert!(!service.received().iter().any(is_token));
    };
    check(
        "nowhere.example",
        Code::AuthTenant,
        "`nowhere.example`: AADSTS90002 (No.)",
    );
    check(
        "moved.example",
        Code::AuthTenant,
        "which tenant `moved.example` is",
    );
    check(
        "proxied.example",
        Code::HttpAnswer,
        "/proxied.example/v2.0/",
    );
    check(
        "a/b",
        Code::AuthTenant,
        "neither a tenant's GUID nor a domain",
    );
}

#[test]
fn where_there_is_no_metadata_the_profile_s_own_domain_is_taken_as_given() {
    for status in [404, 501] {
        let service = Service::new(move |_, request| match request.line.as_str() {
            line if line.contains("openid-configuration") => json(status, ""),
            _ if is_token(request) => issue("t"),
            _ => json(200, "{}"),
        });
        let mut settings = settings(&service.url);
        let mut account = account(service.url.as_str());
        account.profile.tenant = "contoso.example".to_owned();
        settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
        let lane = Lane::new(settings);
        for _ in 0..2 {
            lane.client.call(&get("/v1/x")).expect("an answer");
        }
        assert_eq!(questions(&service), 1);
        let received = service.received();
        let tokens: Vec<String> = received
            .iter()
            .filter(|r| is_token(r))
            .map(tenant)
            .collect();
        assert_eq!(tokens, ["contoso.example"]);
        assert!(lane.client.call(&of("fabrikam.example")).is_err());
    }
}

#[test]
fn a_token_of_the_wrong_tenant_is_not_replaced_and_both_tenants_are_named() {
    let other = customer(2);
    let challenge = format!(r#"Bearer authorization_uri="https://login.windows.net/{other}""#);
    let service = Service::new(move |_, request| {
        if is_token(request) {
            return issue("t");
        }
        json(401, "{}").with("www-authenticate", &challenge)
    });
    let error = lane(&service)
        .client
        .call(&of(&customer(1)))
        .expect_err("401");
    for tenant in [customer(1), customer(2)] {
        assert!(error.to_string().contains(&tenant), "{error}");
    }
    let received = service.received();
    assert_eq!(received.len(), 2, "one token, one call");
    assert_eq!(tenant(&received[0]), customer(1));
}

#[test]
fn an_application_that_another_tenant_does_not_know_lacks_consent() {
    let check = |own: &str, call: &Call, code, says: &str, requests| {
        let service = Service::new(|_, request| {
            if is_token(request) {
                return refusal(700_016);
            }
            let body = format!(r#"{{"issuer":"https://login.example/{HOME}/v2.0"}}"#);
            json(200, &body)
        });
        let mut settings = settings(&service.url);
        let mut account = account(service.url.as_str());
        account.profile.tenant = own.to_owned();
        account.profile.name = "environment".to_owned();
        settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
        let error = Lane::new(settings).client.call(call).expect_err("unknown");
        assert_eq!(error.code(), code);
        let help = error.parts().help.as_deref().unwrap_or_default();
        assert!(help.contains(says), "{help}");
        assert_eq!(service.received().len(), requests);
    };
    let (client, consent) = (Code::AuthClient, Code::AuthConsentMissing);
    check(HOME, &get("/v1/x"), client, "TENANTRY_CLIENT_ID", 1);
    check(HOME, &of(HOME), client, "TENANTRY_CLIENT_ID", 1);
    check(HOME, &of(&customer(1)), consent, "consent", 1);
    let domain = "contoso.example";
    check(domain, &of(&customer(1)), consent, "consent", 2);
    check(domain, &of(HOME), client, "TENANTRY_CLIENT_ID", 2);
}

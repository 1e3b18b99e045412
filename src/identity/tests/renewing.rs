//! Refresh tokens that are renewed, claims that are demanded, roles that forbid.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::vault::Shared;
use super::{HOME, account, as_user, customer, is_token, issue, lane, profile, refusal};
use crate::api::ServiceName;
use crate::api::model::Paging;
use crate::config::{Account, Role, SecretName, UserFlow};
use crate::error::Code;
use crate::http::testing::{Lane, Received, Reply, Service, get, json, settings};
use crate::http::{Call, Tenant};
use crate::identity::Identity;

fn form(request: &Received, name: &str) -> String {
    let mut fields = url::form_urlencoded::parse(request.body.as_bytes());
    let found = fields.find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn renewed(refresh: &str) -> Reply {
    let body = format!(
        r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"t","refresh_token":"{refresh}"}}"#
    );
    json(200, &body)
}

/// A service that takes each refresh token once, and gives the next one for it.
fn strict() -> Service {
    let good = Mutex::new("refresh-0".to_owned());
    Service::new(move |number, request| {
        if !is_token(request) {
            return json(200, "{}");
        }
        let mut good = good.lock().expect("no panic");
        if form(request, "refresh_token") != *good {
            return refusal(50_173);
        }
        *good = format!("refresh-{}", number + 1);
        renewed(&good)
    })
}

/// What another process would be: an identity of its own over the same vault.
fn process(service: &Service, vault: &Arc<Shared>) -> (Lane, Arc<Mutex<Vec<String>>>) {
    let mut settings = settings(&service.url);
    let mut profile = profile(service.url.as_str());
    profile.app = None;
    profile.user = Some(UserFlow::Browser);
    let account = Account {
        profile,
        vault: Arc::clone(vault) as _,
    };
    let said = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&said);
    let identity = Identity::new(account, Arc::clone(&settings.clock)).telling(move |line| {
        ears.lock().expect("no panic").push(line.to_owned());
    });
    settings.tokens = Arc::new(identity);
    (Lane::new(settings), said)
}

#[test]
fn of_processes_that_renew_at_once_none_loses_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Arc::new(Shared::with_lock_file(folder.path().join("contoso.lock")));
    vault.put(SecretName::RefreshToken, "refresh-0");
    let service = strict();
    let lanes: Vec<Lane> = (0..8).map(|_| process(&service, &vault).0).collect();
    thread::scope(|scope| {
        for lane in &lanes {
            scope.spawn(move || {
                for service in [ServiceName::Partner, ServiceName::Graph, ServiceName::Arm] {
                    let call = Call {
                        service,
                        ..as_user(get("/v1/x"))
                    };
                    lane.client.call(&call).expect("a token");
                }
            });
        }
    });
    let received = service.received();
    let used: Vec<String> = received
        .iter()
        .filter(|r| is_token(r))
        .map(|r| form(r, "refresh_token"))
        .collect();
    assert_eq!(used.len(), 24);
    assert_eq!(
        used.iter().collect::<HashSet<_>>().len(),
        24,
        "each was used once"
    );
    let (last, _) = process(&service, &vault);
    last.client
        .call(&as_user(get("/v1/x")))
        .expect("the newest was kept");
}

#[test]
fn a_token_that_cannot_be_stored_is_not_lost_to_this_process() {
    let vault = Arc::new(Shared::default());
    vault.put(SecretName::RefreshToken, "refresh-0");
    vault.lock_up();
    let service = strict();
    let (lane, said) = process(&service, &vault);
    for service in [ServiceName::Partner, ServiceName::Graph, ServiceName::Arm] {
        let call = Call {
            service,
            ..as_user(get("/v1/x"))
        };
        lane.client.call(&call).expect("a token");
    }
    let said = said.lock().expect("no panic").clone();
    assert_eq!(said.len(), 1, "it is said once: {said:?}");
    assert!(said[0].contains("the keyring is locked"), "{said:?}");
    assert!(!said[0].contains("refresh-"), "{said:?}");
}

#[test]
fn a_customer_s_token_is_asked_for_with_the_newest_refresh_token() {
    let vault = Arc::new(Shared::default());
    vault.put(SecretName::RefreshToken, "refresh-0");
    let service = Service::new(|_, request| match form(request, "refresh_token").as_str() {
        _ if !is_token(request) => json(200, "{}"),
        "refresh-1" => issue("t"),
        _ => refusal(50_173),
    });
    let (lane, _) = process(&service, &vault);
    let of = |number| {
        as_user(Call {
            tenant: Tenant::Of(customer(number)),
            ..get("/v1/x")
        })
    };
    let error = lane.client.call(&of(1)).expect_err("revoked");
    assert_eq!(error.code(), Code::AuthRevoked);
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("tenantry login --profile test"), "{help}");
    // Somebody else renews it meanwhile.
    vault.put(SecretName::RefreshToken, "refresh-1");
    lane.client.call(&of(1)).expect("an answer");
    assert_eq!(service.received().len(), 4);
}

#[test]
fn nobody_signed_in_says_what_to_do() {
    let check = |role, says: &str| {
        let service = strict();
        let mut settings = settings(&service.url);
        let mut profile = profile(service.url.as_str());
        profile.user = Some(UserFlow::Browser);
        profile.role = role;
        let vault = Arc::new(Shared::default());
        let account = Account { profile, vault };
        settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
        let error = Lane::new(settings).client.call(&as_user(get("/v1/x")));
        let error = error.expect_err("nobody");
        assert_eq!(error.code(), Code::AuthInteraction);
        let help = error.parts().help.clone().unwrap_or_default();
        assert!(help.contains(says), "{help}");
        assert!(service.received().is_empty());
    };
    check(Role::Admin, "tenantry login --profile test");
    check(
        Role::Automation,
        "tenantry login --partner-consent --profile test",
    );
}

/// A service that wants claims with the first token it sees.
fn demanding(then: fn(&Received) -> Reply) -> Service {
    let challenge = STANDARD.encode(r#"{"access_token":{"nbf":{"essential":true,"value":"7"}}}"#);
    let challenge =
        format!(r#"Bearer realm="", error="insufficient_claims", claims="{challenge}""#);
    Service::new(move |number, request| match number {
        0 => issue("first"),
        _ if is_token(request) => then(request),
        _ if request.headers["authorization"] == "Bearer first" => {
            json(401, "{}").with("www-authenticate", &challenge)
        }
        _ => json(200, "{}"),
    })
}

#[test]
fn a_claims_challenge_is_answered_once_with_what_is_demanded() {
    let service = demanding(|_| issue("second"));
    let lane = lane(&service);
    lane.client.call(&get("/v1/x")).expect("an answer");
    let received = service.received();
    assert_eq!(received.len(), 4);
    let capable = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
    assert_eq!(form(&received[0], "claims"), capable);
    assert_eq!(
        form(&received[2], "claims"),
        r#"{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"7"}}}"#
    );
    assert_eq!(received[3].headers["authorization"], "Bearer second");

    let stubborn = demanding(|_| issue("first"));
    let error = self::lane(&stubborn).client.call(&get("/v1/x"));
    assert_eq!(error.expect_err("401").code(), Code::AuthToken);
    assert_eq!(stubborn.received().len(), 4, "it is tried once");
}

#[test]
fn a_challenge_that_needs_somebody_says_what_to_do() {
    let check = |then: fn(&Received) -> Reply, code| {
        let service = demanding(then);
        let error = lane(&service).client.call(&as_user(get("/v1/x")));
        let error = error.expect_err("somebody is needed");
        assert_eq!(error.code(), code, "{error}");
        let help = error.parts().help.clone().unwrap_or_default();
        assert!(help.contains("tenantry login --profile test"), "{help}");
    };
    check(
        |_| {
            json(
                400,
                r#"{"error":"interaction_required","error_codes":[50079],"suberror":"basic_action"}"#,
            )
        },
        Code::AuthMfaMissing,
    );
    check(
        |_| {
            json(
                400,
                r#"{"error":"interaction_required","error_codes":[1],"claims":"{}"}"#,
            )
        },
        Code::AuthInteraction,
    );
}

#[test]
fn a_token_that_expires_in_the_middle_of_a_list_is_renewed() {
    let tokens = Mutex::new(0);
    let service = Service::new(move |_, request| {
        let mut tokens = tokens.lock().expect("no panic");
        if is_token(request) {
            *tokens += 1;
            return issue(&format!("token-{tokens}"));
        }
        // The first token is good for the first page alone.
        let second = request.line.contains("page=2");
        if second && request.headers["authorization"] == "Bearer token-1" {
            return json(401, "{}");
        }
        let next = r#","links":{"next":{"uri":"/customers?page=2","method":"GET","headers":[]}}"#;
        let next = if second { "" } else { next };
        json(200, &format!(r#"{{"totalCount":2,"items":[1]{next}}}"#))
    });
    let lane = lane(&service);
    let mut pager = lane.client.pages(get("/v1/customers"), Paging::Link);
    let mut items = 0;
    while let Some(page) = pager.next_page().expect("a page") {
        items += page.items.len();
    }
    assert_eq!(items, 2);
    let asked = service.received().iter().filter(|r| is_token(r)).count();
    assert_eq!(asked, 2);
}

#[test]
fn a_customer_s_user_gets_no_token_of_another_tenant() {
    let service = Service::new(|_, request| {
        if is_token(request) {
            return issue("t");
        }
        let body = format!(
            r#"{{"issuer":"https://login.example/{}/v2.0"}}"#,
            customer(9)
        );
        json(200, &body)
    });
    let mut settings = settings(&service.url);
    let mut account = account(service.url.as_str());
    account.profile.role = Role::Customer;
    settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    let lane = Lane::new(settings);
    let call = |tenant: &str| Call {
        service: ServiceName::Graph,
        tenant: Tenant::Of(tenant.to_owned()),
        ..get("/v1/x")
    };
    let refused = |call: &Call| {
        let error = lane.client.call(call).expect_err("refused");
        assert_eq!(error.code(), Code::AuthRole, "{error}");
    };
    refused(&get("/v1/customers"));
    refused(&call(&customer(1)));
    assert!(service.received().is_empty(), "nothing was asked");
    lane.client.call(&call(HOME)).expect("the own tenant");
    refused(&call("fabrikam.example"));
    let asked = service.received().iter().filter(|r| is_token(r)).count();
    assert_eq!(asked, 1, "a domain is resolved, but no token is asked for");
    lane.client
        .pause(Duration::from_secs(1))
        .expect("time passes");
}

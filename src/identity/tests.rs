//! Signing in against a scripted identity service.

mod credentials;
mod crossing;
mod domains;
mod renewing;
mod sessions;
mod vault;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use url::Url;

use super::Identity;
use crate::api::model::Auth;
use crate::base::clock::Work;
use crate::base::secret::Secret;
use crate::config::{
    Account, AppCredential, Defaults, Endpoints, Given, Profile, Role, SecretName, UserFlow,
};
use crate::error::Code;
use crate::http::testing::{Lane, Received, Reply, Service, get, json, settings};
use crate::http::{Call, Log, LogLevel, Tenant};

/// The profile's own tenant.
const HOME: &str = "c0000000-0000-4000-8000-000000000000";
const SECRET: &str = "MARKER-secret";
const REFRESH: &str = "MARKER-refresh";

/// Returns a profile whose services all live beneath one address.
pub(crate) fn profile(root: &str) -> Profile {
    let url = Url::parse(root).expect("a URL");
    Profile {
        name: "test".to_owned(),
        endpoints: Endpoints {
            login: url.clone(),
            partner: url.clone(),
            graph: url.clone(),
            arm: url,
        },
        tenant: HOME.to_uppercase(),
        client_id: "client-1".to_owned(),
        role: Role::Admin,
        app: Some(AppCredential::Secret),
        user: Some(UserFlow::Given),
        prefers: None,
        ca_file: None,
        grants: Vec::new(),
        defaults: Defaults::default(),
    }
}

/// Returns an account of [`profile`] with both secrets.
fn account(root: &str) -> Account {
    let given = [
        (SecretName::ClientSecret, SECRET),
        (SecretName::RefreshToken, REFRESH),
    ];
    let given = given.map(|(name, value)| (name, Secret::new(value.to_owned())));
    Account {
        profile: profile(root),
        vault: Arc::new(Given::new(given)),
    }
}

fn lane(service: &Service) -> Lane {
    let mut settings = settings(&service.url);
    let account = account(service.url.as_str());
    settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    Lane::new(settings)
}

/// Returns the id of a customer's tenant.
fn customer(number: usize) -> String {
    format!("c0000000-0000-4000-8000-{number:012}")
}

fn is_token(request: &Received) -> bool {
    request.line.contains("/oauth2/v2.0/token")
}

/// Returns the tenant in the path of a token request.
fn tenant(request: &Received) -> String {
    let path = request.line.split(' ').nth(1).unwrap_or_default();
    path.split('/').nth(2).unwrap_or_default().to_owned()
}

fn issue(token: &str) -> Reply {
    let body = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{token}"}}"#);
    json(200, &body)
}

/// A service that issues one token and answers every call.
fn issuing(token: &'static str) -> Service {
    Service::new(move |_, request| {
        if is_token(request) {
            issue(token)
        } else {
            json(200, "{}")
        }
    })
}

fn as_user(call: Call) -> Call {
    Call {
        auth: Auth::User,
        ..call
    }
}

fn refusal(number: u32) -> Reply {
    let body = format!(
        r#"{{"error":"invalid_grant","error_description":"AADSTS{number}: No. Trace ID: t","error_codes":[{number}],"trace_id":"t"}}"#
    );
    json(400, &body)
}

#[test]
fn an_application_signs_in_with_its_secret_and_the_token_is_kept() {
    let service = issuing("app-token");
    let lane = lane(&service);
    for _ in 0..3 {
        lane.client.call(&get("/v1/x")).expect("an answer");
    }
    let received = service.received();
    assert_eq!(received.len(), 4);
    assert_eq!(
        received[0].line,
        format!("POST /pc/{HOME}/oauth2/v2.0/token HTTP/1.1")
    );
    let scope = "scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default";
    for part in [
        "grant_type=client_credentials",
        "client_id=client-1",
        "client_secret=MARKER-secret",
        scope,
    ] {
        assert!(received[0].body.contains(part), "{}", received[0].body);
    }
    assert_eq!(received[1].headers["authorization"], "Bearer app-token");
    lane.client
        .pause(std::time::Duration::from_secs(3300))
        .expect("time passes");
    lane.client.call(&get("/v1/x")).expect("an answer");
    assert_eq!(service.received().len(), 6, "renewed before it expires");
}

#[test]
fn a_user_signs_in_and_the_refresh_token_rotates_at_home_only() {
    let service = Service::new(|number, request| {
        if !is_token(request) {
            return json(200, "{}");
        }
        let body = format!(
            r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"t","refresh_token":"newer-{number}"}}"#
        );
        json(200, &body)
    });
    let lane = lane(&service);
    let at = |tenant: Tenant| {
        as_user(Call {
            tenant,
            ..get("/v1/x")
        })
    };
    for number in [1, 2] {
        lane.client
            .call(&at(Tenant::Of(customer(number))))
            .expect("an answer");
    }
    lane.client.call(&at(Tenant::Home)).expect("an answer");
    lane.client
        .call(&at(Tenant::Of(customer(3))))
        .expect("an answer");
    let received = service.received();
    let used: Vec<bool> = received
        .iter()
        .filter(|r| is_token(r))
        .map(|r| r.body.contains(REFRESH))
        .collect();
    assert_eq!(used, [true, true, true, false]);
    assert!(
        received[6].body.contains("refresh_token=newer-4"),
        "{}",
        received[6].body
    );
}

#[test]
fn many_lanes_ask_for_one_token() {
    let service = issuing("shared");
    let lane = lane(&service);
    in_lanes(&lane, 64, |_| get("/v1/x"));
    let tokens = service.received().iter().filter(|r| is_token(r)).count();
    assert_eq!((tokens, service.received().len()), (1, 65));
}

/// Makes a call in each of many lanes at once.
fn in_lanes(lane: &Lane, lanes: usize, call: impl Fn(usize) -> Call + Sync) {
    thread::scope(|scope| {
        let call = &call;
        for number in 0..lanes {
            let work = Work::begin(lane.client.clock());
            scope.spawn(move || {
                let _work = work;
                lane.client.call(&call(number)).expect("an answer");
            });
        }
    });
}

#[test]
fn no_token_of_one_tenant_reaches_another() {
    let wrong = Arc::new(Mutex::new(HashSet::new()));
    let seen = Arc::clone(&wrong);
    let service = Service::new(move |_, request| {
        if is_token(request) {
            return issue(&format!(
                "token-of-{}-{}",
                tenant(request),
                request.body.contains("refresh")
            ));
        }
        // The path says for whom the call is: /pc/tenant/principal
        let mut path = request
            .line
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .split('/')
            .skip(2);
        let tenant = path.next().unwrap_or_default();
        let user = path.next() == Some("user");
        if request.headers["authorization"] != format!("Bearer token-of-{tenant}-{user}") {
            seen.lock().expect("no panic").insert(request.line.clone());
        }
        json(200, "{}")
    });
    let lane = lane(&service);
    for _ in 0..4 {
        in_lanes(&lane, 48, |number| {
            let (tenant, user) = (number % 8, number % 2 == 0);
            let target = format!(
                "/{}/{}",
                customer(tenant),
                if user { "user" } else { "app" }
            );
            Call {
                tenant: Tenant::Of(customer(tenant)),
                auth: if user { Auth::User } else { Auth::App },
                ..get(&target)
            }
        });
    }
    assert!(wrong.lock().expect("no panic").is_empty());
}

#[test]
fn refusals_have_codes_and_helps_and_are_not_repeated() {
    let check = |number, expected| {
        let service = Service::new(move |_, _| refusal(number));
        let error = lane(&service)
            .client
            .call(&as_user(get("/v1/x")))
            .expect_err("refused");
        assert_eq!(error.code(), expected);
        assert!(error.parts().help.is_some());
        assert_eq!(service.received().len(), 1, "a refusal is not repeated");
    };
    check(7_000_215, Code::AuthClient);
    check(700_082, Code::AuthExpired);
    check(50_173, Code::AuthRevoked);
    check(90_099, Code::AuthConsentMissing);
    check(50_020, Code::AuthTenant);
    check(90_002, Code::AuthTenant);
}

#[test]
fn a_failing_identity_service_is_tried_again() {
    let mut replies = vec![
        json(503, "<html>busy</html>"),
        json(429, "").with("retry-after", "2"),
    ];
    replies.extend([issue("t"), json(200, "{}")]);
    let service = Service::scripted(replies);
    let lane = lane(&service);
    lane.client.call(&get("/v1/x")).expect("an answer");
    assert!(lane.seconds() >= 2);

    let service = Service::new(|_, _| Reply::Answer(200, vec![], b"<html>".to_vec()));
    let error = self::lane(&service)
        .client
        .call(&get("/v1/x"))
        .expect_err("HTML");
    assert_eq!(error.code(), Code::HttpAnswer);
    let address = format!("{}/{HOME}/oauth2/v2.0/token", service.url);
    assert!(error.to_string().contains(&address), "{error}");
    let help = error.parts().help.as_deref().unwrap_or_default();
    assert!(help.contains("TENANTRY_ENDPOINT_LOGIN"), "{help}");
}

#[test]
fn an_identity_service_that_refuses_hangs_or_counts_in_text() {
    let text = r#"{"token_type":"Bearer","expires_in":"3599","access_token":"t"}"#;
    let replies = [
        json(429, ""),
        json(429, ""),
        json(200, text),
        json(200, "{}"),
    ];
    let service = Service::scripted(replies);
    let lane = lane(&service);
    lane.client.call(&get("/v1/x")).expect("an answer");
    assert!(lane.seconds() >= 1, "it backed off unasked");

    let service = Service::new(|_, _| json(429, ""));
    let error = self::lane(&service).client.call(&get("/v1/x"));
    assert_eq!(error.expect_err("429").code(), Code::ThrottleExhausted);

    let service = Service::new(|_, _| Reply::Hang);
    let mut settings = settings(&service.url);
    settings.timeouts.request = Duration::from_millis(30);
    let account = account(service.url.as_str());
    settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    let error = Lane::new(settings).client.call(&get("/v1/x"));
    let error = error.expect_err("it hangs");
    assert_eq!(error.code(), Code::HttpTimeout);
    assert!(error.parts().help.is_some());
}

#[test]
fn no_secret_is_shown_anywhere() {
    let service = Service::scripted([issue("MARKER-token"), json(200, "{}"), refusal(50_173)]);
    let log = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&log);
    let mut settings = settings(&service.url);
    let account = account(service.url.as_str());
    let identity = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    settings.tokens = Arc::clone(&identity) as _;
    settings.log = Some(Log {
        level: LogLevel::Full,
        sink: Arc::new(move |entry| sink.lock().expect("no panic").push_str(entry)),
    });
    let lane = Lane::new(settings);
    lane.client.call(&get("/v1/x")).expect("an answer");
    let error = lane
        .client
        .call(&as_user(get("/v1/x")))
        .expect_err("revoked");
    let shown = format!(
        "{identity:?} {:?} {error:?} {}",
        lane.client,
        log.lock().expect("no panic")
    );
    assert!(!shown.contains("MARKER"), "{shown}");
    assert!(shown.contains("client_secret=<redacted>"), "{shown}");
}

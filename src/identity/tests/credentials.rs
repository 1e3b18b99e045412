//! How the application proves that it is itself, on the wire.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{HOME, account, as_user, customer, is_token, issue, tenant};
use crate::base::clock::{Clock, VirtualClock};
use crate::base::secret::Secret;
use crate::config::{AppCredential, Assertion, Given, SecretName};
use crate::error::{Code, Error};
use crate::http::testing::{Lane, Received, Reply, Service, get, json, settings};
use crate::http::{Call, Tenant};
use crate::identity::Identity;
use crate::identity::surroundings::Surroundings;

const KEY: &[u8] = include_bytes!("../proof/test_key.der");

/// A certificate with its key as a PEM file, valid from 2020 to 2040.
fn certificate(folder: &tempfile::TempDir) -> PathBuf {
    let der = rustls::pki_types::PrivatePkcs8KeyDer::from(KEY);
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256);
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("names");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let certificate = params
        .self_signed(&key.expect("a key"))
        .expect("a certificate");
    let key = STANDARD.encode(KEY);
    let text = format!(
        "-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n{}",
        certificate.pem()
    );
    let path = folder.path().join("app.pem");
    std::fs::write(&path, text).expect("a file");
    path
}

/// A lane of an application with this credential, in 2026.
fn lane(service: &Service, app: AppCredential, surroundings: Surroundings) -> Lane {
    let mut settings = settings(&service.url);
    let start = "2026-11-22T12:00:00Z".parse().expect("a time");
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(start));
    settings.clock = Arc::clone(&clock);
    let mut account = account(service.url.as_str());
    account.profile.app = Some(app);
    let identity = Identity::new(account, clock).surrounded_by(surroundings);
    settings.tokens = Arc::new(identity);
    Lane::new(settings)
}

fn nothing() -> Surroundings {
    Surroundings::of(|_| None)
}

fn of(number: usize) -> Call {
    Call {
        tenant: Tenant::Of(customer(number)),
        ..get("/v1/x")
    }
}

fn field(request: &Received, name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(request.body.as_bytes());
    let (_, value) = fields.find(|(known, _)| known == name)?;
    Some(value.into_owned())
}

fn claims(request: &Received) -> Value {
    let assertion = field(request, "client_assertion").expect("an assertion");
    let payload = assertion.split('.').nth(1).expect("a payload").to_owned();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON")
}

fn refused(call: Result<crate::http::Response, Error>, code: Code) -> Error {
    let error = call.expect_err("refused");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.parts().help.is_some(), "{error}");
    error
}

#[test]
fn a_certificate_signs_an_assertion_for_each_token_and_is_read_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = certificate(&folder);
    let service = super::issuing("t");
    let lane = lane(
        &service,
        AppCredential::Certificate(path.clone()),
        nothing(),
    );
    lane.client.call(&of(1)).expect("an answer");
    std::fs::remove_file(path).expect("removed");
    lane.client.call(&of(2)).expect("an answer");
    lane.client.call(&as_user(get("/v1/x"))).expect("an answer");
    let received = service.received();
    let tokens: Vec<&Received> = received.iter().filter(|r| is_token(r)).collect();
    assert_eq!(tokens.len(), 3);
    for request in &tokens {
        assert_eq!(
            field(request, "client_assertion_type").as_deref(),
            Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        );
        assert_eq!(field(request, "client_secret"), None);
        assert_eq!(field(request, "client_id").as_deref(), Some("client-1"));
        let audience = format!("{}/{}/oauth2/v2.0/token", service.url, tenant(request));
        assert_eq!(claims(request)["aud"], audience);
    }
    assert_ne!(claims(tokens[0])["jti"], claims(tokens[1])["jti"]);
}

#[test]
fn a_certificate_that_cannot_be_used_is_found_before_anything_is_sent() {
    let service = super::issuing("t");
    let missing = AppCredential::Certificate("no-such-file".into());
    let lane = lane(&service, missing, nothing());
    for call in [get("/v1/x"), as_user(get("/v1/x"))] {
        refused(lane.client.call(&call), Code::AuthCertificate);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let app = AppCredential::Certificate(certificate(&folder));
    let lane = self::lane(&service, app, nothing());
    let years = std::time::Duration::from_secs(20 * 366 * 86_400);
    lane.client.pause(years).expect("time passes");
    let error = refused(lane.client.call(&get("/v1/x")), Code::AuthCertificate);
    assert!(error.to_string().contains("expired"), "{error}");
    assert!(service.received().is_empty());
}

#[test]
fn an_assertion_dated_by_a_wrong_clock_is_made_again_by_the_service_s_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = AppCredential::Certificate(certificate(&folder));
    let service = Service::new(|number, request| {
        let date = "Sun, 22 Nov 2026 12:10:00 GMT";
        if !is_token(request) {
            return json(200, "{}");
        }
        if number == 0 {
            let body = r#"{"error":"invalid_client","error_description":"AADSTS700024: Not within its valid time range.","error_codes":[700024]}"#;
            return json(401, body).with("date", date);
        }
        issue("t").with("date", date)
    });
    let lane = lane(&service, app, nothing());
    lane.client.call(&get("/v1/x")).expect("an answer");
    let received = service.received();
    assert_eq!(received.len(), 3);
    let nbf = |number: usize| claims(&received[number])["nbf"].as_i64().expect("a time");
    assert_eq!(nbf(1) - nbf(0), 600);
}

#[test]
fn a_secret_that_is_the_id_of_one_is_told() {
    let body = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215]}"#;
    let service = Service::new(move |_, _| json(401, body));
    let mut settings = settings(&service.url);
    let mut account = account(service.url.as_str());
    let id = Secret::new("5b8e1f70-3d2c-4a96-b4e7-0c9d8a7f6e52".to_owned());
    account.vault = Arc::new(Given::new([(SecretName::ClientSecret, id)]));
    settings.tokens = Arc::new(Identity::new(account, Arc::clone(&settings.clock)));
    let error = refused(
        Lane::new(settings).client.call(&get("/v1/x")),
        Code::AuthClient,
    );
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("looks like the secret's id"), "{help}");
    assert!(!format!("{error:?}").contains("5b8e1f70"), "{error:?}");
}

#[test]
fn a_federated_assertion_is_read_anew_from_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "first.assertion.x\n").expect("a file");
    let service = super::issuing("t");
    let source = Assertion::File(path.clone());
    let lane = lane(&service, AppCredential::Federated(source), nothing());
    lane.client.call(&of(1)).expect("an answer");
    std::fs::write(&path, "second.assertion.x").expect("a file");
    lane.client.call(&of(2)).expect("an answer");
    let received = service.received();
    let assertion = |number: usize| field(&received[number], "client_assertion");
    assert_eq!(assertion(0).as_deref(), Some("first.assertion.x"));
    assert_eq!(assertion(2).as_deref(), Some("second.assertion.x"));
    for wrong in [Some(" \n"), None] {
        match wrong {
            Some(text) => std::fs::write(&path, text).expect("a file"),
            None => std::fs::remove_file(&path).expect("removed"),
        }
        refused(lane.client.call(&of(3)), Code::AuthClient);
    }
    assert_eq!(service.received().len(), 4);
}

#[test]
fn github_gives_an_assertion_until_it_expires() {
    let expires = 1_795_349_600; // 2026-11-22T12:13:20Z
    let service = Service::new(move |number, request| {
        if request.line.starts_with("GET /pc/github") {
            let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{expires}}}"#));
            return json(200, &format!(r#"{{"value":"h.{payload}.{number}"}}"#));
        }
        if is_token(request) {
            return issue("t");
        }
        json(200, "{}")
    });
    let url = format!("{}/github/token?api=1", service.url);
    let surroundings = Surroundings::of(move |name| match name {
        "ACTIONS_ID_TOKEN_REQUEST_URL" => Some(url.clone()),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" => Some("MARKER-github".to_owned()),
        _ => None,
    });
    let app = || AppCredential::Federated(Assertion::GitHub);
    let lane = lane(&service, app(), surroundings);
    lane.client.call(&of(1)).expect("an answer");
    lane.client.call(&of(2)).expect("an answer");
    let received = service.received();
    assert_eq!(
        received[0].line,
        "GET /pc/github/token?api=1&audience=api%3A%2F%2FAzureADTokenExchange HTTP/1.1"
    );
    assert_eq!(received[0].headers["authorization"], "Bearer MARKER-github");
    assert_eq!(received.len(), 5, "one assertion serves both tokens");
    lane.client
        .pause(std::time::Duration::from_secs(3600))
        .expect("time passes");
    lane.client.call(&of(2)).expect("an answer");
    assert_eq!(
        service.received().len(),
        8,
        "a new assertion for a new token"
    );
    let lane = self::lane(&service, app(), nothing());
    let error = refused(lane.client.call(&of(1)), Code::AuthClient);
    assert!(error.to_string().contains("ACTIONS_ID_TOKEN_REQUEST_URL"));
}

/// An answer of a machine's identity service: all numbers are text.
fn machine() -> Reply {
    json(
        200,
        r#"{"access_token":"machine-token","client_id":"c","expires_in":"86399","expires_on":"1795455000","ext_expires_in":"86399","not_before":"1795368300","resource":"r","token_type":"Bearer"}"#,
    )
}

#[test]
fn a_machine_has_an_identity_of_its_own_tenant() {
    let tries = AtomicUsize::new(0);
    let service = Service::new(move |_, request| {
        if !request.line.contains("/metadata/identity/") {
            return json(200, "{}");
        }
        match tries.fetch_add(1, Ordering::Relaxed) {
            0 => json(404, ""),
            1 => json(500, ""),
            _ => machine(),
        }
    });
    let host = service.url.to_string();
    let surroundings = Surroundings::of(move |name| {
        (name == "AZURE_POD_IDENTITY_AUTHORITY_HOST").then(|| host.clone())
    });
    let app = AppCredential::ManagedIdentity(Some("id-1".to_owned()));
    let lane = lane(&service, app, surroundings);
    let begun = lane.seconds();
    lane.client.call(&get("/v1/x")).expect("an answer");
    assert_eq!(lane.seconds() - begun, 2, "the first repetition is at once");
    let received = service.received();
    assert_eq!(received.len(), 4);
    let asked = "GET /pc/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fapi.partnercenter.microsoft.com&client_id=id-1 HTTP/1.1";
    assert_eq!(received[2].line, asked);
    assert_eq!(received[2].headers["metadata"], "true");
    assert_eq!(received[3].headers["authorization"], "Bearer machine-token");
    refused(lane.client.call(&of(1)), Code::AuthTenant);
    assert_eq!(
        service.received().len(),
        4,
        "nothing was asked for a customer"
    );
    let home = Tenant::Of(HOME.to_owned());
    let call = Call {
        tenant: home,
        ..get("/v1/x")
    };
    lane.client.call(&call).expect("an answer");
}

#[test]
fn app_service_has_an_address_and_a_secret_of_its_own() {
    let service = Service::new(|_, request| {
        if !request.line.contains("/msi") {
            return json(200, "{}");
        }
        if request.headers.get("x-identity-header").map(String::as_str) != Some("MARKER-app") {
            return json(401, r#"{"error":"unauthorized","error_description":"no"}"#);
        }
        json(
            200,
            r#"{"access_token":"t","expires_on":"1795352400","token_type":"Bearer"}"#,
        )
    });
    let lane = |header: &'static str| {
        let endpoint = format!("{}/msi", service.url);
        let surroundings = Surroundings::of(move |name| match name {
            "IDENTITY_ENDPOINT" => Some(endpoint.clone()),
            "IDENTITY_HEADER" => Some(header.to_owned()),
            _ => None,
        });
        self::lane(&service, AppCredential::ManagedIdentity(None), surroundings)
    };
    let right = lane("MARKER-app");
    right.client.call(&get("/v1/x")).expect("an answer");
    let asked = "GET /pc/msi?api-version=2019-08-01&resource=https%3A%2F%2Fapi.partnercenter.microsoft.com HTTP/1.1";
    assert_eq!(service.received()[0].line, asked);
    // It says only when the token ends: an hour from now; it is renewed at half its life.
    right
        .client
        .pause(std::time::Duration::from_secs(1799))
        .expect("time passes");
    right.client.call(&get("/v1/x")).expect("an answer");
    assert_eq!(service.received().len(), 3);
    right
        .client
        .pause(std::time::Duration::from_secs(1))
        .expect("time passes");
    right.client.call(&get("/v1/x")).expect("an answer");
    assert_eq!(service.received().len(), 5);
    refused(lane("wrong").client.call(&get("/v1/x")), Code::AuthRefused);
}

#[test]
fn a_machine_without_an_identity_says_so() {
    let service = super::issuing("t");
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let surroundings = Surroundings::of(move |name| {
        (name == "AZURE_POD_IDENTITY_AUTHORITY_HOST").then(|| host.clone())
    });
    let lane = lane(&service, AppCredential::ManagedIdentity(None), surroundings);
    let error = refused(lane.client.call(&get("/v1/x")), Code::HttpConnect);
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("Azure machines only"), "{help}");
}

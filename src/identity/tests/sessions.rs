//! Signing a user in against a scripted identity service, as `login` does.

mod device;
mod metadata;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json as value};
use url::Url;

use super::vault::Shared;
use super::{HOME, is_token, profile};
use crate::base::cancel::{Cancel, Reason};
use crate::base::clock::Work;
use crate::config::{Account, AppCredential, Profile, SecretName};
use crate::error::{Code, Error};
use crate::http::TokenWire;
use crate::http::testing::{Received, Reply, Service, json, settings};
use crate::identity::{Guide, Login, SignedIn, Way};

/// The challenge of a verifier, as RFC 7636 has it.
fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(
        &ring::digest::SHA256,
        verifier.as_bytes(),
    ))
}

/// Somebody who does with the address what a function says.
struct Person(Box<dyn Fn(Url) + Send + Sync>, Mutex<Vec<String>>);

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person")
    }
}

impl Guide for Person {
    fn visit(&self, url: &str) {
        (self.0)(Url::parse(url).expect("an address"));
    }

    fn enter(&self, message: &str) {
        self.1.lock().expect("no panic").push(message.to_owned());
    }
}

fn person(act: impl Fn(Url) + Send + Sync + 'static) -> Person {
    Person(Box::new(act), Mutex::default())
}

fn nobody() -> Person {
    person(|_| {})
}

/// Sends bytes to the listener and returns the whole answer.
fn send(redirect: &str, text: &str) -> String {
    let host = redirect.trim_start_matches("http://");
    let port = host.rsplit(':').next().expect("a port");
    let mut socket = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
    socket.write_all(text.as_bytes()).expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}

fn visit(redirect: &str, target: &str) -> String {
    send(
        redirect,
        &format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    )
}

fn query(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn form(request: &Received, name: &str) -> String {
    let mut fields = url::form_urlencoded::parse(request.body.as_bytes());
    let found = fields.find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn jwt(claims: &Value) -> String {
    format!("e30.{}.s", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// What the service says about Megan; `change` is laid over it.
fn tokens(nonce: Option<&str>, change: &Value) -> Reply {
    let mut id = value!({
        "aud": "client-1", "iss": format!("https://login.example/{HOME}/v2.0"), "tid": HOME,
        "exp": 3600, "preferred_username": "megan@contoso.example", "nonce": nonce,
    });
    let mut access = value!({ "amr": ["pwd", "mfa"] });
    let mut body = value!({
        "token_type": "Bearer", "expires_in": 3599, "refresh_token": "MARKER-new",
    });
    for (into, name) in [
        (&mut id, "id"),
        (&mut access, "access"),
        (&mut body, "body"),
    ] {
        for (name, value) in change[name].as_object().into_iter().flatten() {
            into[name] = value.clone();
        }
    }
    body["id_token"] = jwt(&id).into();
    body["access_token"] = jwt(&access).into();
    json(200, &body.to_string())
}

/// Where the nonce of the sign-in in progress is kept for the service.
type Nonce = Arc<Mutex<String>>;

/// An identity service whose tokens are changed so.
fn service(nonce: &Nonce, change: Value) -> Service {
    let nonce = Arc::clone(nonce);
    Service::new(move |_, request| {
        if is_token(request) {
            return tokens(Some(&nonce.lock().expect("no panic")), &change);
        }
        let issuer = format!("https://login.example/{HOME}/v2.0");
        json(200, &value!({ "issuer": issuer }).to_string())
    })
}

struct Stage {
    login: Login,
    vault: Arc<Shared>,
    cancel: Cancel,
    _work: Work,
}

fn stage(service: &Service, change: impl FnOnce(&mut Profile)) -> Stage {
    let mut profile = profile(service.url.as_str());
    profile.app = None;
    change(&mut profile);
    let vault = Arc::new(Shared::default());
    let account = Account {
        profile,
        vault: Arc::clone(&vault) as _,
    };
    let settings = settings(&service.url);
    let clock = Arc::clone(&settings.clock);
    let work = Work::begin(&clock);
    Stage {
        login: Login::new(account, clock, TokenWire::new(&settings)),
        vault,
        cancel: settings.cancel,
        _work: work,
    }
}

impl Stage {
    fn sign_in(
        &self,
        way: Way,
        patience: Option<Duration>,
        person: &Person,
    ) -> Result<SignedIn, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(self.login.sign_in(way, patience, person))
    }

    fn kept(&self) -> Option<String> {
        self.vault.kept(SecretName::RefreshToken)
    }
}

/// Signs in as the service wants it, having noted the nonce.
fn obedient(nonce: &Nonce) -> Person {
    let nonce = Arc::clone(nonce);
    person(move |url| {
        *nonce.lock().expect("no panic") = query(&url, "nonce");
        let (redirect, state) = (query(&url, "redirect_uri"), query(&url, "state"));
        thread::spawn(move || visit(&redirect, &format!("/?code=MARKER-code&state={state}")));
    })
}

#[test]
fn a_user_signs_in_with_the_browser_and_the_refresh_token_is_kept() {
    let (nonce, asked) = (Nonce::default(), Arc::new(Mutex::new(None::<Url>)));
    let service = service(&nonce, Value::Null);
    let stage = stage(&service, |_| {});
    let (show, pages) = std::sync::mpsc::channel();
    let (seen, note) = (Arc::clone(&asked), Arc::clone(&nonce));
    let person = person(move |url| {
        *note.lock().expect("no panic") = query(&url, "nonce");
        *seen.lock().expect("no panic") = Some(url.clone());
        let show = show.clone();
        thread::spawn(move || {
            let (redirect, state) = (query(&url, "redirect_uri"), query(&url, "state"));
            // A browser asks for more than it is sent to, and none of it disturbs.
            let mut pages = vec![
                visit(&redirect, "/favicon.ico"),
                visit(&redirect, "/"),
                send(
                    &redirect,
                    "PUT /?code=1 HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n",
                ),
            ];
            pages.push(visit(
                &redirect,
                &format!("/?code=MARKER-code&state={state}"),
            ));
            show.send(pages).expect("the test waits");
        });
    });
    let done = stage
        .sign_in(Way::Browser, None, &person)
        .expect("signed in");
    assert_eq!(done.name, "megan@contoso.example");
    assert_eq!((done.tenant.as_str(), done.mfa), (HOME, Some(true)));
    assert_eq!(stage.kept().as_deref(), Some("MARKER-new"));

    let url = asked.lock().expect("no panic").clone().expect("an address");
    assert_eq!(url.path(), format!("/pc/{HOME}/oauth2/v2.0/authorize"));
    assert_eq!(query(&url, "response_type"), "code");
    assert_eq!(query(&url, "code_challenge_method"), "S256");
    assert_eq!(
        query(&url, "scope"),
        "https://graph.microsoft.com/.default openid profile offline_access"
    );
    assert!(query(&url, "claims").contains("cp1"));
    let received = service.received();
    let redeemed = received
        .iter()
        .find(|r| is_token(r))
        .expect("a token request");
    assert_eq!(form(redeemed, "code"), "MARKER-code");
    assert_eq!(form(redeemed, "redirect_uri"), query(&url, "redirect_uri"));
    assert_eq!(
        s256(&form(redeemed, "code_verifier")),
        query(&url, "code_challenge")
    );
    assert_eq!(form(redeemed, "client_secret"), "");
    let pages = pages.recv().expect("pages");
    let starts = |number: usize, status: &str| {
        assert!(
            pages[number].starts_with(&format!("HTTP/1.1 {status}")),
            "{}",
            pages[number]
        );
    };
    starts(0, "404");
    starts(1, "404");
    starts(2, "405");
    starts(3, "200");
    assert!(pages[3].contains("You are signed in"), "{}", pages[3]);
    assert!(!pages[3].contains("MARKER"), "{}", pages[3]);
    let redirect = query(&url, "redirect_uri");
    let port = redirect.rsplit(':').next().expect("a port");
    assert!(
        TcpStream::connect(format!("127.0.0.1:{port}")).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn the_browser_may_come_back_with_a_form_and_by_either_family() {
    let nonce = Nonce::default();
    let service = service(&nonce, Value::Null);
    let stage = stage(&service, |profile| {
        profile.app = Some(AppCredential::Secret);
    });
    stage.vault.put(SecretName::ClientSecret, "MARKER-secret");
    let note = Arc::clone(&nonce);
    let person = person(move |url| {
        *note.lock().expect("no panic") = query(&url, "nonce");
        let (redirect, state) = (query(&url, "redirect_uri"), query(&url, "state"));
        thread::spawn(move || {
            let body = format!("code=MARKER-code&state={state}");
            send(
                &redirect,
                &format!(
                    "POST / HTTP/1.1\r\nHost: l\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                ),
            );
        });
    });
    stage
        .sign_in(Way::Browser, None, &person)
        .expect("signed in");
    let received = service.received();
    let redeemed = received
        .iter()
        .find(|r| is_token(r))
        .expect("a token request");
    assert_eq!(form(redeemed, "client_secret"), "MARKER-secret");
}

#[test]
fn what_comes_back_wrongly_is_not_redeemed() {
    let check = |target: fn(&str) -> String, says: &str| {
        let nonce = Nonce::default();
        let service = service(&nonce, Value::Null);
        let stage = stage(&service, |_| {});
        let (show, page) = std::sync::mpsc::channel();
        let person = person(move |url| {
            let (redirect, state) = (query(&url, "redirect_uri"), query(&url, "state"));
            let show = show.clone();
            thread::spawn(move || show.send(visit(&redirect, &target(&state))));
        });
        let error = stage.sign_in(Way::Browser, None, &person).expect_err(says);
        assert_eq!(error.code(), Code::AuthDeclined, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.parts().help.is_some());
        assert!(
            !service.received().iter().any(is_token),
            "nothing was redeemed"
        );
        assert_eq!(stage.kept(), None);
        let page = page.recv().expect("a page");
        assert!(page.contains("The sign-in failed"), "{page}");
        assert!(
            !page.contains("<b>"),
            "what the service says is no markup: {page}"
        );
    };
    check(
        |_| "/?code=MARKER-code&state=another".to_owned(),
        "does not match",
    );
    check(|_| "/?code=MARKER-code".to_owned(), "does not match");
    check(
        |state| {
            format!(
                "/?error=access_denied&error_description=AADSTS65004%3A+%3Cb%3Edeclined&state={state}"
            )
        },
        "AADSTS65004: <b>declined",
    );
}

#[test]
fn a_sign_in_that_does_not_fit_the_profile_is_not_kept() {
    let check = |way, change: Value, code, says: &str| {
        let nonce = Nonce::default();
        let service = service(&nonce, change);
        let stage = stage(&service, |profile| {
            profile.app = Some(AppCredential::Secret);
        });
        stage.vault.put(SecretName::ClientSecret, "MARKER-secret");
        let person = obedient(&nonce);
        let error = stage.sign_in(way, None, &person).expect_err(says);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.parts().help.is_some(), "{error}");
        assert_eq!(stage.kept(), None);
    };
    let other = "c0000000-0000-4000-8000-000000000009";
    let browser = Way::Browser;
    check(
        browser,
        value!({ "id": { "tid": other } }),
        Code::AuthTenant,
        other,
    );
    check(
        browser,
        value!({ "id": { "nonce": "x" } }),
        Code::AuthRefused,
        "nonce",
    );
    check(
        browser,
        value!({ "id": { "aud": "x" } }),
        Code::AuthRefused,
        "aud",
    );
    check(
        browser,
        value!({ "id": { "iss": "x" } }),
        Code::AuthRefused,
        "iss",
    );
    let bare = value!({ "body": { "refresh_token": null } });
    check(browser, bare, Code::AuthRefused, "no refresh token");
    let weak = value!({ "access": { "amr": ["pwd"] } });
    check(
        Way::PartnerConsent,
        weak,
        Code::AuthMfaMissing,
        "without multi-factor",
    );
}

#[test]
fn a_partner_s_consent_needs_an_application_that_proves_itself() {
    let nonce = Nonce::default();
    let service = service(&nonce, Value::Null);
    let public = stage(&service, |_| {});
    let error = public.sign_in(Way::PartnerConsent, None, &nobody());
    assert_eq!(error.expect_err("public").code(), Code::AuthClient);
    let missing = stage(&service, |profile| {
        profile.app = Some(AppCredential::Certificate("no-such-file".into()));
    });
    let error = missing.sign_in(Way::Browser, None, &nobody());
    assert_eq!(error.expect_err("missing").code(), Code::AuthCertificate);
}

#[test]
fn a_store_that_fails_is_no_success() {
    let nonce = Nonce::default();
    let service = service(&nonce, Value::Null);
    let stage = stage(&service, |_| {});
    stage.vault.lock_up();
    let person = obedient(&nonce);
    let error = stage
        .sign_in(Way::Browser, None, &person)
        .expect_err("locked");
    assert_eq!(error.code(), Code::AuthSecrets);
}

#[test]
fn nobody_is_waited_for_longer_than_told_and_ctrl_c_leaves_no_listener() {
    let nonce = Nonce::default();
    let service = service(&nonce, Value::Null);
    let stage = stage(&service, |_| {});
    let error = stage
        .sign_in(Way::Browser, Some(Duration::from_millis(1)), &nobody())
        .expect_err("nobody came");
    assert_eq!(error.code(), Code::AuthUnfinished);
    let port = Arc::new(Mutex::new(String::new()));
    let (seen, cancel) = (Arc::clone(&port), stage.cancel.clone());
    let person = person(move |url| {
        *seen.lock().expect("no panic") = query(&url, "redirect_uri");
        cancel.cancel(Reason::Interrupted);
    });
    let error = stage
        .sign_in(Way::Browser, None, &person)
        .expect_err("stopped");
    assert_eq!(error.code(), Code::RunInterrupted);
    let redirect = port.lock().expect("no panic").clone();
    let port = redirect.rsplit(':').next().expect("a port");
    assert!(TcpStream::connect(format!("127.0.0.1:{port}")).is_err());
}

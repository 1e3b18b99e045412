//! Signing in by authorization code, from the page to the tokens.

use std::time::Duration;

use serde_json::json;

use super::browser::{Browser, CHALLENGE, VERIFIER, encode, page, redirected};
use super::{KIM, MEGAN, SAM, claims, refuses};
use crate::sandbox::config::{ConditionalAccess, Config};
use crate::sandbox::entra::jwt::verify;
use crate::sandbox::entra::roles::GLOBAL_ADMINISTRATOR;
use crate::sandbox::entra::seed::*;
use crate::sandbox::store::{Redirect, RedirectKind, SignInState};
use crate::sandbox::testing::{Bench, Seen};

const ALL: &str = "https://api.partnercenter.microsoft.com/.default offline_access openid profile";

fn browser<'a>(bench: &'a Bench, client: &str) -> Browser<'a> {
    Browser::new(bench, HOME, client, ALL)
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256")
        .with("nonce", "n-1")
}

/// The form that redeems a code, with changes: an empty value takes a field away.
fn redeem(bench: &Bench, tenant: &str, code: &str, changes: &[(&str, &str)]) -> Seen {
    let mut fields = vec![
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", "http://localhost:53123"),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    bench.token(tenant, &encode(&fields))
}

#[test]
fn a_user_signs_in_and_the_code_gives_every_token() {
    let bench = Bench::new();
    let browser = browser(&bench, CLIENT)
        .with("login_hint", MEGAN)
        .with("client_info", "1");
    let text = page(&browser.open(), 200);
    assert!(text.contains(&format!("value=\"{MEGAN}\"")) && text.contains("<b>Tenantry</b>"));
    let seen = browser.decide("accept");
    assert!(
        seen.header("location")
            .starts_with("http://localhost:53123/?")
    );
    let back = redirected(&seen);
    assert_eq!(back["state"], "some state");
    assert!(back.contains_key("session_state") && back.contains_key("client_info"));
    let seen = redeem(&bench, HOME, &back["code"], &[("client_info", "1")]);
    let access = claims(&seen);
    assert_eq!(
        (&access["amr"], &access["appidacr"]),
        (&json!(["pwd", "mfa"]), &json!("1"))
    );
    assert_eq!(access["wids"], json!([GLOBAL_ADMINISTRATOR]));
    let id = verify(seen.json["id_token"].as_str().expect("an id token")).expect("signed");
    assert_eq!((&id["nonce"], &id["aud"]), (&json!("n-1"), &json!(CLIENT)));
    assert_eq!(id["iss"], format!("http://127.0.0.1:1/login/{HOME}/v2.0"));
    assert_eq!(id["preferred_username"], MEGAN);
    let refresh = seen.json["refresh_token"]
        .as_str()
        .expect("a refresh token");
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={refresh}&scope=https://management.azure.com/.default"
    );
    assert_eq!(bench.token(HOME, &form).status, 200);
}

#[test]
fn a_code_is_bound_and_used_once() {
    let bench = Bench::new();
    let code = || browser(&bench, CLIENT).code();
    let first = code();
    for (changes, code) in [
        (("redirect_uri", "http://localhost:53124"), 500_112),
        (
            (
                "code_verifier",
                "another-verifier-that-is-long-enough-for-the-rule",
            ),
            501_481,
        ),
        (("code_verifier", ""), 900_144),
        (("client_secret", ""), 7_000_218),
        (("client_secret", "wrong"), 7_000_215),
        (("code", "nonsense"), 70_000),
        (("scope", " "), 28_003),
    ] {
        let seen = redeem(&bench, HOME, &first, &[changes]);
        assert_eq!(
            seen.json["error_codes"][0], code,
            "{changes:?} {}",
            seen.json
        );
    }
    refuses(
        &redeem(&bench, "organizations", &first, &[]),
        400,
        "invalid_grant",
        700_005,
    );
    let other = [
        ("client_id", UNCONSENTED_CLIENT),
        ("client_secret", UNCONSENTED_SECRET),
    ];
    refuses(
        &redeem(&bench, HOME, &first, &other),
        400,
        "invalid_grant",
        70_000,
    );
    assert_eq!(
        redeem(&bench, HOME_DOMAIN, &first, &[]).status,
        200,
        "a domain is the tenant too"
    );
    refuses(
        &redeem(&bench, HOME, &first, &[]),
        400,
        "invalid_grant",
        54_005,
    );
    let late = code();
    bench.advance(Duration::from_secs(600));
    refuses(
        &redeem(&bench, HOME, &late, &[]),
        400,
        "invalid_grant",
        70_008,
    );
}

#[test]
fn a_public_client_has_no_credential() {
    let bench = Bench::new();
    let code = browser(&bench, PUBLIC_CLIENT).code();
    let id = ("client_id", PUBLIC_CLIENT);
    let with_secret = redeem(&bench, HOME, &code, &[id]);
    refuses(&with_secret, 401, "invalid_client", 700_025);
    let seen = redeem(&bench, HOME, &code, &[id, ("client_secret", "")]);
    assert_eq!(claims(&seen)["appidacr"], "0");
    let form = format!(
        "grant_type=client_credentials&client_id={PUBLIC_CLIENT}&scope=https://graph.microsoft.com/.default"
    );
    refuses(&bench.token(HOME, &form), 401, "invalid_client", 7_000_218);
}

#[test]
fn a_page_in_a_browser_calls_from_its_origin_and_stays_a_day() {
    let bench = Bench::new();
    bench.change(|tx| {
        let app = tx.entra.apps.edit(PUBLIC_CLIENT).expect("seeded");
        app.redirects = vec![Redirect {
            kind: RedirectKind::Spa,
            uri: "https://app.example".into(),
        }];
    });
    let browser = browser(&bench, PUBLIC_CLIENT)
        .with("redirect_uri", "https://app.example")
        .with("response_mode", "fragment");
    let seen = browser.decide("accept");
    let (_, fragment) = seen.header("location").split_once('#').expect("a fragment");
    let code = url::form_urlencoded::parse(fragment.as_bytes())
        .next()
        .expect("a code")
        .1
        .into_owned();
    let form = encode(&[
        ("client_id", PUBLIC_CLIENT),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://app.example"),
        ("code_verifier", VERIFIER),
    ]);
    refuses(&bench.token(HOME, &form), 400, "invalid_request", 9_002_327);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://app.example"),
    ];
    let path = format!("/login/{HOME}/oauth2/v2.0/token");
    let seen = bench.send("POST", &path, &headers, form.into());
    let refresh = seen.json["refresh_token"]
        .as_str()
        .expect("a refresh token")
        .to_owned();
    bench.advance(Duration::from_secs(86_400));
    let form = format!(
        "grant_type=refresh_token&client_id={PUBLIC_CLIENT}&refresh_token={refresh}&scope={ALL}"
    );
    refuses(&bench.token(HOME, &form), 400, "invalid_grant", 700_084);
}

#[test]
fn an_unknown_address_gets_a_page_and_never_a_redirect() {
    let bench = Bench::new();
    let browser = || browser(&bench, CLIENT);
    for (name, value, code) in [
        ("redirect_uri", "http://127.0.0.1:53123", "AADSTS50011"),
        (
            "redirect_uri",
            "http://localhost:53123/other",
            "AADSTS50011",
        ),
        ("redirect_uri", "https://localhost", "AADSTS50011"),
        ("redirect_uri", "", "AADSTS900144"),
        ("client_id", HOME, "AADSTS700016"),
    ] {
        let text = page(&browser().with(name, value).open(), 400);
        assert!(text.contains(code), "{name}={value}: {text}");
    }
    let elsewhere = Browser::new(&bench, "nowhere.example", CLIENT, ALL);
    assert!(page(&elsewhere.open(), 400).contains("AADSTS90002"));
    bench.change(|tx| tx.entra.apps.edit(CLIENT).expect("seeded").disabled = true);
    assert!(page(&browser().open(), 400).contains("AADSTS7000112"));
}

#[test]
fn what_is_wrong_with_a_request_is_told_to_the_application() {
    let bench = Bench::new();
    let check = |name, value: &str, error: &str, code: &str| {
        let back = redirected(&browser(&bench, CLIENT).with(name, value).open());
        assert_eq!(back["error"], error, "{name}={value}");
        assert!(
            back["error_description"].starts_with(&format!("AADSTS{code}: ")),
            "{back:?}"
        );
        assert_eq!(back["state"], "some state");
    };
    check("prompt", "none", "login_required", "50058");
    check("prompt", "sometimes", "invalid_request", "90023");
    check(
        "response_type",
        "token",
        "unsupported_response_type",
        "70005",
    );
    check("response_type", "", "invalid_request", "900144");
    check("scope", "", "invalid_request", "900144");
    check(
        "scope",
        "https://nobody.example/.default",
        "invalid_resource",
        "500011",
    );
    check(
        "resource",
        "https://graph.microsoft.com",
        "invalid_request",
        "901002",
    );
    check("code_challenge", "short", "invalid_request", "50147");
    check("code_challenge_method", "S512", "invalid_request", "501491");
    check("claims", "no json", "invalid_request", "90023");
    for prompt in ["login", "consent", "select_account"] {
        page(&browser(&bench, CLIENT).with("prompt", prompt).open(), 200);
    }
}

#[test]
fn an_answer_travels_as_it_was_asked() {
    let bench = Bench::new();
    let posted = browser(&bench, CLIENT)
        .with("response_mode", "form_post")
        .decide("accept");
    let text = page(&posted, 200);
    assert!(text.contains("action=\"http://localhost:53123\"") && text.contains("name=\"code\""));
    let declined = redirected(&browser(&bench, CLIENT).decide("deny"));
    assert_eq!(
        (&*declined["error"], &*declined["error_subcode"]),
        ("access_denied", "cancel")
    );
    assert!(declined["error_description"].starts_with("AADSTS65004: "));
}

#[test]
fn users_are_checked_and_stay_on_the_page() {
    let bench = Bench::new();
    let told = |browser: &Browser<'_>| page(&browser.decide("accept"), 200);
    let signs = |username: &str| browser(&bench, CLIENT).user(username);
    assert!(told(&signs(&format!("nobody@{HOME_DOMAIN}"))).contains("AADSTS50034"));
    let mut wrong = signs(MEGAN);
    wrong.password = "wrong".to_owned();
    assert!(told(&wrong).contains("AADSTS50126"));
    let states = [
        (SignInState::Locked, "AADSTS50053"),
        (SignInState::Disabled, "AADSTS50057"),
        (SignInState::PasswordExpired, "AADSTS50055"),
    ];
    for (state, code) in states {
        bench.change(|tx| {
            let mut row = crate::sandbox::entra::sign_in(tx, ADMIN);
            row.state = state;
            tx.entra.sign_ins.put(ADMIN, row);
        });
        assert!(told(&signs(MEGAN)).contains(code));
    }
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={REFRESH}&scope={ALL}"
    );
    assert_eq!(bench.token(HOME, &form).status, 200);
    bench.change(|tx| tx.entra.sign_ins.edit(ADMIN).expect("put").state = SignInState::Disabled);
    refuses(&bench.token(HOME, &form), 400, "invalid_grant", 50_057);
}

#[test]
fn conditional_access_is_asked_at_every_sign_in() {
    let bench = Bench::new();
    let set = |conditional_access| {
        bench.engine.configure(Config {
            conditional_access,
            ..Config::default()
        });
    };
    set(ConditionalAccess::Mfa);
    let mut without = browser(&bench, CLIENT);
    without.mfa = false;
    assert!(page(&without.decide("accept"), 200).contains("AADSTS50076"));
    assert!(page(&browser(&bench, CLIENT).user(SAM).decide("accept"), 200).contains("AADSTS50079"));
    let refresh = |token: &str| {
        let form = format!(
            "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={token}&scope={ALL}"
        );
        bench.token(HOME, &form)
    };
    assert_eq!(refresh(REFRESH).status, 200);
    let seen = refresh(REFRESH_WITHOUT_MFA);
    refuses(&seen, 400, "interaction_required", 50_079);
    assert_eq!(seen.json["suberror"], "basic_action");
    assert!(
        seen.json["claims"]
            .as_str()
            .expect("claims")
            .contains("capolids")
    );
    set(ConditionalAccess::Block);
    let back = redirected(&browser(&bench, CLIENT).decide("accept"));
    assert_eq!(back["error"], "access_denied");
    refuses(&refresh(REFRESH), 400, "interaction_required", 53_003);
    set(ConditionalAccess::BlockServiceProviders);
    assert_eq!(refresh(REFRESH).status, 200);
}

#[test]
fn a_capability_is_declared_once_and_kept() {
    let bench = Bench::new();
    let claims_request = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
    let code = browser(&bench, CLIENT)
        .with("claims", claims_request)
        .code();
    assert_eq!(
        claims(&redeem(&bench, HOME, &code, &[]))["xms_cc"],
        json!(["cp1"])
    );
    let code = browser(&bench, CLIENT).code();
    assert!(claims(&redeem(&bench, HOME, &code, &[]))["xms_cc"].is_null());
}

#[test]
fn the_first_version_of_the_endpoints_signs_in_too() {
    let bench = Bench::new();
    let mut browser = browser(&bench, CLIENT)
        .with("scope", "")
        .with("resource", "https://api.partnercenter.microsoft.com");
    browser.path = format!("/login/{HOME}/oauth2/authorize");
    let form = encode(&[
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("grant_type", "authorization_code"),
        ("code", &browser.code()),
        ("redirect_uri", "http://localhost:53123"),
        ("code_verifier", VERIFIER),
    ]);
    let seen = bench.form(&format!("/login/{HOME}/oauth2/token"), &form);
    assert_eq!(claims(&seen)["scp"], "user_impersonation");
    assert!(
        seen.json["refresh_token"].is_string(),
        "without any scope for it"
    );
    let id = verify(seen.json["id_token"].as_str().expect("an id token")).expect("signed");
    assert_eq!(
        (&id["ver"], &id["iss"]),
        (
            &json!("1.0"),
            &json!(format!("https://sts.windows.net/{HOME}/"))
        )
    );
}

#[test]
fn scopes_decide_which_tokens_there_are() {
    let bench = Bench::new();
    let tokens = |scope: &str| {
        let code = browser(&bench, CLIENT).with("scope", scope).code();
        let seen = redeem(&bench, HOME, &code, &[]);
        assert_eq!(seen.status, 200, "{scope}: {}", seen.json);
        seen.json
    };
    let bare = tokens("https://management.azure.com/user_impersonation");
    assert!(bare["refresh_token"].is_null() && bare["id_token"].is_null());
    assert!(bare["client_info"].is_null());
    let identity = tokens("openid profile");
    assert_eq!(identity["scope"], "openid profile");
    let several =
        tokens("https://management.azure.com/.default https://graph.microsoft.com/.default");
    let access = verify(several["access_token"].as_str().expect("a token")).expect("signed");
    assert_eq!(
        access["aud"], "https://management.azure.com",
        "the first of them"
    );
}

#[test]
fn a_customers_user_signs_in_at_home() {
    let bench = Bench::new();
    let browser = Browser::new(&bench, "organizations", PUBLIC_CLIENT, ALL).user(KIM);
    let back = redirected(&browser.decide("accept"));
    let form = encode(&[
        ("client_id", PUBLIC_CLIENT),
        ("grant_type", "authorization_code"),
        ("code", &back["code"]),
        ("redirect_uri", "http://localhost:53123"),
    ]);
    let seen = bench.token("organizations", &form);
    let access = claims(&seen);
    assert_eq!(access["upn"], KIM);
    assert_eq!(access["tid"], "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b");
    let stranger = Browser::new(&bench, HOME, PUBLIC_CLIENT, ALL).user(KIM);
    assert!(page(&stranger.decide("accept"), 200).contains("AADSTS50020"));
}

//! What stands around the tokens: metadata, signing out, user realm, user info, faults, passwords.

use serde_json::{Value, json};

use super::browser::{Browser, encode, page, redirected};
use super::{FABRIKAM, KIM, MEGAN, claims, refuses};
use crate::sandbox::entra::seed::*;
use crate::sandbox::fault::{Fault, Rule};
use crate::sandbox::testing::{Bench, Seen};

fn get(bench: &Bench, path: &str) -> Seen {
    bench.send("GET", path, &[], "".into())
}

fn refresh(bench: &Bench) -> Seen {
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={REFRESH}&scope=https://graph.microsoft.com/.default"
    );
    bench.token(HOME, &form)
}

#[test]
fn the_key_set_shows_the_certificate_that_the_header_names() {
    use base64::Engine as _;
    let bench = Bench::new();
    let key = get(&bench, &format!("/login/{HOME}/discovery/v2.0/keys")).json["keys"][0].clone();
    let token = refresh(&bench).json["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let header = token.split('.').next().expect("a header");
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(header)
        .expect("Base64");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    assert_eq!((&header["kid"], &header["x5t"]), (&key["kid"], &key["x5t"]));
    assert!(
        key["x5c"][0]
            .as_str()
            .expect("a certificate")
            .starts_with("MII")
    );
}

#[test]
fn shared_authorities_and_instances_are_described() {
    let bench = Bench::new();
    let issuer = |segment: &str| {
        let path = format!("/login/{segment}/v2.0/.well-known/openid-configuration");
        get(&bench, &path).json["issuer"]
            .as_str()
            .expect("an issuer")
            .to_owned()
    };
    assert!(issuer("organizations").ends_with("/login/{tenantid}/v2.0"));
    assert!(issuer("consumers").ends_with("/login/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"));
    let instance = |host: &str| {
        let endpoint = format!("{host}/login/{HOME}/oauth2/v2.0/authorize");
        let query = encode(&[
            ("api-version", "1.1"),
            ("authorization_endpoint", &endpoint),
        ]);
        get(&bench, &format!("/login/common/discovery/instance?{query}"))
    };
    let known = instance("http://127.0.0.1:1");
    assert_eq!(known.json["metadata"][0]["aliases"], json!(["127.0.0.1:1"]));
    refuses(
        &instance("http://elsewhere.example"),
        400,
        "invalid_instance",
        50_049,
    );
}

#[test]
fn names_have_realms_and_users_sign_out() {
    let bench = Bench::new();
    let realm = |upn: &str| {
        get(
            &bench,
            &format!("/login/common/userrealm/{upn}?api-version=1.0"),
        )
        .json
    };
    assert_eq!(realm(MEGAN)["account_type"], "Managed");
    assert_eq!(realm("someone@nowhere.example")["account_type"], "Unknown");
    let logout = |back: &str| {
        get(
            &bench,
            &format!(
                "/login/{HOME}/oauth2/v2.0/logout?{}",
                encode(&[("post_logout_redirect_uri", back), ("state", "s")])
            ),
        )
    };
    page(&logout("https://elsewhere.example"), 200);
    assert_eq!(redirected(&logout("http://localhost:1"))["state"], "s");
}

#[test]
fn user_info_has_the_subject_of_the_id_token() {
    let bench = Bench::new();
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={REFRESH}&scope=https://graph.microsoft.com/.default openid"
    );
    let seen = bench.token(HOME, &form);
    let id =
        crate::sandbox::entra::jwt::verify(seen.json["id_token"].as_str().expect("an id token"))
            .expect("signed");
    let bearer = format!(
        "Bearer {}",
        seen.json["access_token"].as_str().expect("a token")
    );
    let seen = bench.send(
        "GET",
        "/graph/oidc/userinfo",
        &[("authorization", &bearer)],
        "".into(),
    );
    assert_eq!(
        (&seen.json["sub"], &seen.json["email"]),
        (&id["sub"], &MEGAN.into())
    );
}

#[test]
fn faults_speak_as_the_service_does() {
    let bench = Bench::new();
    let strike = |fault| {
        bench
            .engine
            .add_fault(Rule::once("*/oauth2/v2.0/token", fault));
        refresh(&bench)
    };
    let seen = strike(Fault::Throttle {
        retry_after: Some(7),
        date: false,
    });
    refuses(&seen, 429, "temporarily_unavailable", 90_055);
    assert_eq!(seen.header("retry-after"), "7");
    let seen = strike(Fault::Aadsts { code: 50_078 });
    refuses(&seen, 400, "interaction_required", 50_078);
    assert_eq!(seen.json["suberror"], "basic_action");
    let seen = strike(Fault::Html);
    assert!(seen.header("content-type").starts_with("text/html"));
    assert_eq!(refresh(&bench).status, 200);
}

#[test]
fn a_user_made_by_the_partner_signs_in_with_its_password() {
    let bench = Bench::new();
    let body = json!({
        "userPrincipalName": "new@fabrikam.onmicrosoft.com",
        "displayName": "New One",
        "usageLocation": "US",
        "passwordProfile": { "password": "First#Password1", "forceChangePassword": true },
    });
    let users = format!("/v1/customers/{FABRIKAM}/users");
    let made = bench.user().post(&users, body);
    assert_eq!(made.status, 200, "{}", made.json);
    let path = "/login/organizations/oauth2/v2.0/authorize";
    let browser = || {
        let scope = "https://graph.microsoft.com/.default offline_access";
        Browser::new(&bench, "organizations", PUBLIC_CLIENT, scope)
            .user("new@fabrikam.onmicrosoft.com")
    };
    assert!(page(&browser().decide("accept"), 200).contains("AADSTS50126"));
    let mut browser = browser();
    browser.password = "First#Password1".to_owned();
    let text = page(&browser.decide("accept"), 200);
    assert!(
        text.contains("AADSTS50055") && text.contains("new_password"),
        "{text}"
    );
    let query: Vec<_> = browser
        .fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let form = encode(&[
        ("username", "new@fabrikam.onmicrosoft.com"),
        ("password", "First#Password1"),
        ("new_password", "Second#Password1"),
        ("decision", "accept"),
    ]);
    redirected(&bench.form(&format!("{path}?{}", encode(&query)), &form));
    browser.password = "Second#Password1".to_owned();
    let code = browser.code();
    let form = encode(&[
        ("client_id", PUBLIC_CLIENT),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://localhost:53123"),
    ]);
    let seen = bench.token("organizations", &form);
    claims(&seen);
    let refresh = seen.json["refresh_token"]
        .as_str()
        .expect("a refresh token");
    let user = made.json["id"].as_str().expect("an id");
    let reset = json!({ "passwordProfile": { "password": "Third#Password1" } });
    let patched = bench
        .user()
        .send("PATCH", &format!("{users}/{user}"), &[], Some(reset));
    assert_eq!(patched.status, 200, "{}", patched.json);
    let form = format!(
        "grant_type=refresh_token&client_id={PUBLIC_CLIENT}&refresh_token={refresh}&scope=https://graph.microsoft.com/.default"
    );
    refuses(
        &bench.token("organizations", &form),
        400,
        "invalid_grant",
        50_173,
    );
}

#[test]
fn revoking_one_user_leaves_the_others() {
    let bench = Bench::new();
    let revoked = bench.change(|tx| crate::sandbox::entra::revoke(tx, Some(SELLER)));
    assert_eq!(revoked, 1);
    assert_eq!(refresh(&bench).status, 200);
    let kim = bench
        .change(|tx| crate::sandbox::entra::user_by_name(tx, KIM))
        .expect("Kim");
    assert_eq!(kim.tenant, FABRIKAM);
}

//! Consent by a user for itself, and by an administrator for all.

use super::browser::{Browser, encode, page, redirected};
use super::{MEGAN, PASSWORD, SAM, claims, refuses};
use crate::sandbox::entra::seed::*;
use crate::sandbox::testing::{Bench, Seen};

fn redeem(bench: &Bench, code: &str) -> Seen {
    let form = encode(&[
        ("client_id", UNCONSENTED_CLIENT),
        ("client_secret", UNCONSENTED_SECRET),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", "http://localhost:53123"),
    ]);
    bench.token(HOME, &form)
}

#[test]
fn a_user_consents_for_itself() {
    let bench = Bench::new();
    let scope = "User.Read offline_access";
    let browser = Browser::new(&bench, HOME, UNCONSENTED_CLIENT, scope).user(SAM);
    let seen = redeem(&bench, &browser.code());
    assert_eq!(claims(&seen)["scp"], "User.Read");
    let refresh = seen.json["refresh_token"]
        .as_str()
        .expect("a refresh token");
    let form = format!(
        "grant_type=refresh_token&client_id={UNCONSENTED_CLIENT}&client_secret={UNCONSENTED_SECRET}&refresh_token={refresh}"
    );
    let other = bench.token(HOME, &format!("{form}&scope=Mail.Read"));
    refuses(&other, 400, "invalid_grant", 65_001);
    assert_eq!(other.json["suberror"], "consent_required");
    assert_eq!(
        bench.token(HOME, &format!("{form}&scope=User.Read")).status,
        200
    );
}

#[test]
fn only_an_administrator_consents_to_what_reaches_everybody() {
    let bench = Bench::new();
    let scope = "Directory.Read.All";
    let browser = |user: &str| Browser::new(&bench, HOME, UNCONSENTED_CLIENT, scope).user(user);
    let back = redirected(&browser(SAM).decide("accept"));
    assert_eq!(back["error"], "consent_required");
    assert!(back["error_description"].starts_with("AADSTS90094: "));
    let seen = redeem(&bench, &browser(MEGAN).code());
    assert_eq!(claims(&seen)["scp"], "Directory.Read.All");
    let unlisted = "https://api.partnercenter.microsoft.com/.default";
    let back =
        redirected(&Browser::new(&bench, HOME, UNCONSENTED_CLIENT, unlisted).decide("accept"));
    assert!(
        back["error_description"].starts_with("AADSTS650057: "),
        "{back:?}"
    );
}

fn admin_consent(bench: &Bench, path: &str, user: &str, decision: &str) -> Seen {
    let query = encode(&[
        ("client_id", UNCONSENTED_CLIENT),
        ("scope", "https://graph.microsoft.com/.default"),
        ("redirect_uri", "http://localhost"),
        ("state", "s"),
    ]);
    let path = format!("/login/{path}?{query}");
    page(&bench.send("GET", &path, &[], "".into()), 200);
    let form = encode(&[
        ("username", user),
        ("password", PASSWORD),
        ("decision", decision),
    ]);
    bench.form(&path, &form)
}

#[test]
fn an_administrator_consents_for_the_tenant() {
    let bench = Bench::new();
    let alone = || {
        let form = format!(
            "grant_type=client_credentials&client_id={UNCONSENTED_CLIENT}&client_secret={UNCONSENTED_SECRET}&scope=https://graph.microsoft.com/.default"
        );
        bench.token(HOME, &form)
    };
    assert!(claims(&alone())["roles"].is_null());
    let path = format!("{HOME}/v2.0/adminconsent");
    let back = redirected(&admin_consent(&bench, &path, SAM, "accept"));
    assert_eq!(
        (&*back["error"], &*back["admin_consent"]),
        ("consent_required", "True")
    );
    let back = redirected(&admin_consent(&bench, &path, MEGAN, "deny"));
    assert_eq!((&*back["error"], &*back["state"]), ("access_denied", "s"));
    let back = redirected(&admin_consent(&bench, &path, MEGAN, "accept"));
    assert_eq!((&*back["admin_consent"], &*back["tenant"]), ("True", HOME));
    assert_eq!(back["scope"], "https://graph.microsoft.com/.default");
    assert_eq!(
        claims(&alone())["roles"],
        serde_json::json!(["Directory.Read.All"])
    );
}

#[test]
fn a_customers_administrator_lets_an_application_in() {
    let bench = Bench::new();
    let admin = "admin@wideworldimporters.onmicrosoft.com";
    let tenant = "31de0b1d-4e6f-4a7b-8c9d-2b3c4d5e6f70";
    let form = format!(
        "grant_type=client_credentials&client_id={UNCONSENTED_CLIENT}&client_secret={UNCONSENTED_SECRET}&scope=https://graph.microsoft.com/.default"
    );
    refuses(
        &bench.token(tenant, &form),
        400,
        "unauthorized_client",
        700_016,
    );
    let back = redirected(&admin_consent(
        &bench,
        "organizations/adminconsent",
        admin,
        "accept",
    ));
    assert_eq!(back["tenant"], tenant);
    assert_eq!(bench.token(tenant, &form).status, 200);
    let path = format!(
        "/login/common/adminconsent?client_id={UNCONSENTED_CLIENT}&redirect_uri=http://localhost"
    );
    let seen = bench.send("GET", &path, &[], "".into());
    assert!(page(&seen, 400).contains("AADSTS90019"));
}

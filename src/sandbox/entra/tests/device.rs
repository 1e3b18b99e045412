//! The device flow, on both devices.

use std::time::Duration;

use super::browser::{encode, page};
use super::{MEGAN, PASSWORD, claims, refuses};
use crate::sandbox::config::{ConditionalAccess, Config};
use crate::sandbox::entra::seed::*;
use crate::sandbox::fault::{Fault, Rule};
use crate::sandbox::testing::{Bench, Seen};

const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default offline_access";

fn begin(bench: &Bench) -> (String, String) {
    let form = encode(&[("client_id", PUBLIC_CLIENT), ("scope", SCOPE)]);
    let seen = bench.form("/login/organizations/oauth2/v2.0/devicecode", &form);
    assert_eq!(
        seen.json["verification_uri"],
        "http://127.0.0.1:1/login/device"
    );
    assert_eq!(
        (&seen.json["expires_in"], &seen.json["interval"]),
        (&900.into(), &5.into())
    );
    let text = |name: &str| seen.json[name].as_str().expect("a text").to_owned();
    assert!(text("message").contains(&text("user_code")));
    (text("device_code"), text("user_code"))
}

fn poll(bench: &Bench, extra: &[(&str, &str)]) -> Seen {
    let mut fields = vec![
        ("client_id", PUBLIC_CLIENT),
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
    ];
    fields.extend_from_slice(extra);
    bench.token("organizations", &encode(&fields))
}

fn enter(bench: &Bench, code: &str, decision: &str) -> String {
    let fields = [
        ("user_code", code),
        ("username", MEGAN),
        ("password", PASSWORD),
        ("mfa", "on"),
        ("decision", decision),
    ];
    page(&bench.form("/login/device", &encode(&fields)), 200)
}

#[test]
fn the_device_waits_until_somebody_signs_in() {
    let bench = Bench::new();
    let (device, user) = begin(&bench);
    let poll = || poll(&bench, &[("device_code", &device)]);
    refuses(&poll(), 400, "authorization_pending", 70_016);
    bench
        .engine
        .add_fault(Rule::once("*/token", Fault::SlowDown));
    assert_eq!(poll().json["error"], "slow_down");
    page(&bench.send("GET", "/login/device", &[], "".into()), 200);
    assert!(enter(&bench, "WRONG", "accept").contains("AADSTS70018"));
    assert!(enter(&bench, &user.to_lowercase(), "accept").contains("Signed in"));
    let seen = poll();
    assert_eq!(claims(&seen)["amr"], serde_json::json!(["pwd", "mfa"]));
    assert!(seen.json["refresh_token"].is_string());
    refuses(&poll(), 400, "bad_verification_code", 70_018);
}

#[test]
fn both_spellings_of_other_libraries_are_understood() {
    let bench = Bench::new();
    let (device, user) = begin(&bench);
    enter(&bench, &user, "accept");
    let seen = poll(&bench, &[("code", &device)]);
    assert_eq!(seen.status, 200, "{}", seen.json);
    let (device, user) = begin(&bench);
    enter(&bench, &user, "accept");
    let form = encode(&[
        ("client_id", PUBLIC_CLIENT),
        ("grant_type", "device_code"),
        ("device_code", &device),
        ("scope", SCOPE),
    ]);
    assert_eq!(bench.token("organizations", &form).status, 200);
}

#[test]
fn a_device_code_is_declined_blocked_or_expires() {
    let bench = Bench::new();
    let (device, user) = begin(&bench);
    assert!(enter(&bench, &user, "deny").contains("declined"));
    refuses(
        &poll(&bench, &[("device_code", &device)]),
        400,
        "authorization_declined",
        70_020,
    );
    let (device, user) = begin(&bench);
    bench.engine.configure(Config {
        conditional_access: ConditionalAccess::BlockDeviceCode,
        ..Config::default()
    });
    assert!(enter(&bench, &user, "accept").contains("AADSTS53003"));
    refuses(
        &poll(&bench, &[("device_code", &device)]),
        400,
        "interaction_required",
        53_003,
    );
    let (device, user) = begin(&bench);
    bench.advance(Duration::from_secs(900));
    refuses(
        &poll(&bench, &[("device_code", &device)]),
        400,
        "expired_token",
        70_020,
    );
    assert!(enter(&bench, &user, "accept").contains("AADSTS70018"));
    refuses(
        &poll(&bench, &[("device_code", "nonsense")]),
        400,
        "bad_verification_code",
        70_018,
    );
    refuses(&poll(&bench, &[]), 400, "invalid_request", 900_144);
}

#[test]
fn the_first_version_writes_strings() {
    let bench = Bench::new();
    let form = encode(&[
        ("client_id", PUBLIC_CLIENT),
        ("resource", "https://graph.microsoft.com"),
    ]);
    let seen = bench.form(&format!("/login/{HOME}/oauth2/devicecode"), &form);
    assert_eq!(seen.json["expires_in"], "900");
    assert_eq!(
        seen.json["verification_url"],
        "http://127.0.0.1:1/login/device"
    );
}

#[test]
fn codes_are_forgotten_when_they_have_long_expired() {
    let bench = Bench::new();
    let kept = |bench: &Bench| bench.change(|tx| tx.entra.device_codes.len());
    begin(&bench);
    bench.advance(Duration::from_secs(1800));
    begin(&bench);
    assert_eq!(
        kept(&bench),
        2,
        "an expired one is known as that for a while"
    );
    bench.advance(Duration::from_secs(3600));
    begin(&bench);
    assert_eq!(kept(&bench), 2);
}

//! Client assertions: by certificate, and by another issuer's token.

use base64::Engine as _;
use base64::prelude::{
    BASE64_STANDARD, BASE64_URL_SAFE as PADDED, BASE64_URL_SAFE_NO_PAD as BASE64URL,
};
use ring::digest;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use serde_json::{Value, json};

use super::browser::encode;
use super::{claims, refuses};
use crate::sandbox::entra::client::of_pem;
use crate::sandbox::entra::seed::*;
use crate::sandbox::testing::{Bench, Seen};

const GRAPH: &str = "https://graph.microsoft.com/.default";
/// Seconds since 1970 at which a bench begins.
const NOW: i64 = 1_772_442_000;

fn der(pem: &str) -> Vec<u8> {
    BASE64_STANDARD
        .decode(of_pem(pem).expect("a certificate"))
        .expect("Base64")
}

fn sign(pem: &str, header: &Value, claims: &Value) -> String {
    let (_, key) = pem
        .split_once("-----BEGIN PRIVATE KEY-----")
        .expect("a key");
    let (key, _) = key.split_once("-----END").expect("its end");
    let key: String = key.split_whitespace().collect();
    let key = KeyPair::from_pkcs8(&BASE64_STANDARD.decode(key).expect("Base64")).expect("a key");
    let algorithm: &dyn RsaEncoding = match header["alg"].as_str() {
        Some("PS256") => &RSA_PSS_SHA256,
        _ => &RSA_PKCS1_SHA256,
    };
    let text = format!(
        "{}.{}",
        BASE64URL.encode(header.to_string()),
        BASE64URL.encode(claims.to_string())
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        algorithm,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("signed");
    format!("{text}.{}", BASE64URL.encode(signature))
}

fn header(pem: &str) -> Value {
    let thumbprint = digest::digest(&digest::SHA256, &der(pem));
    json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": BASE64URL.encode(thumbprint) })
}

fn body(id: &str) -> Value {
    json!({
        "aud": format!("http://127.0.0.1:1/login/{HOME}/oauth2/v2.0/token"),
        "iss": CLIENT, "sub": CLIENT, "jti": id,
        "nbf": NOW, "iat": NOW, "exp": NOW + 600,
    })
}

fn token(bench: &Bench, assertion: &str) -> Seen {
    let form = encode(&[
        ("client_id", CLIENT),
        ("grant_type", "client_credentials"),
        ("scope", GRAPH),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ]);
    bench.token(HOME, &form)
}

#[test]
fn a_certificate_proves_the_application_once() {
    let bench = Bench::new();
    let assertion = sign(CERTIFICATE, &header(CERTIFICATE), &body("1"));
    assert_eq!(claims(&token(&bench, &assertion))["appidacr"], "2");
    refuses(&token(&bench, &assertion), 401, "invalid_client", 50_012);
    let other = sign(CERTIFICATE, &header(CERTIFICATE), &body("2"));
    assert_eq!(token(&bench, &other).status, 200);
}

#[test]
fn the_older_form_is_understood_with_padding_and_fractions() {
    let bench = Bench::new();
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der(CERTIFICATE));
    let header = json!({ "alg": "RS256", "typ": "JWT", "x5t": PADDED.encode(sha1) });
    let mut claims = body("1");
    claims["exp"] = json!(1_772_442_600.25);
    claims["iat"] = json!(1_772_442_000.75);
    claims["aud"] = format!("http://127.0.0.1:1/login/{HOME_DOMAIN}/oauth2/token").into();
    let seen = token(&bench, &sign(CERTIFICATE, &header, &claims));
    assert_eq!(seen.status, 200, "{}", seen.json);
}

#[test]
fn a_wrong_assertion_is_refused() {
    let bench = Bench::new();
    let check = |change: &dyn Fn(&mut Value), status, error, code| {
        let mut claims = body("x");
        change(&mut claims);
        let seen = token(&bench, &sign(CERTIFICATE, &header(CERTIFICATE), &claims));
        refuses(&seen, status, error, code);
    };
    check(
        &|claims| claims["sub"] = HOME.into(),
        401,
        "invalid_client",
        700_021,
    );
    check(
        &|claims| claims["aud"] = "https://elsewhere.example".into(),
        401,
        "invalid_client",
        50_012,
    );
    check(
        &|claims| claims["exp"] = (NOW - 301).into(),
        401,
        "invalid_client",
        700_024,
    );
    check(
        &|claims| claims["exp"] = Value::Null,
        401,
        "invalid_client",
        700_024,
    );
    check(
        &|claims| claims["nbf"] = (NOW + 301).into(),
        401,
        "invalid_client",
        700_024,
    );
    let by_other_key = sign(EXPIRED_CERTIFICATE, &header(CERTIFICATE), &body("y"));
    refuses(&token(&bench, &by_other_key), 401, "invalid_client", 50_012);
    let expired = sign(
        EXPIRED_CERTIFICATE,
        &header(EXPIRED_CERTIFICATE),
        &body("z"),
    );
    let seen = token(&bench, &expired);
    refuses(&seen, 401, "invalid_client", 700_027);
    assert!(
        seen.json["error_description"]
            .as_str()
            .expect("a text")
            .contains("expired")
    );
    let mut unknown = header(CERTIFICATE);
    unknown["x5t#S256"] = "AAAA".into();
    refuses(
        &token(&bench, &sign(CERTIFICATE, &unknown, &body("u"))),
        401,
        "invalid_client",
        700_027,
    );
    refuses(&token(&bench, "nonsense"), 400, "invalid_request", 50_027);
    let untyped = encode(&[
        ("client_id", CLIENT),
        ("grant_type", "client_credentials"),
        ("scope", GRAPH),
        ("client_assertion", "x.y.z"),
    ]);
    refuses(
        &bench.token(HOME, &untyped),
        400,
        "invalid_request",
        900_144,
    );
}

fn github(bench: &Bench, audience: &str, bearer: &str) -> Seen {
    let path = format!(
        "/github/token?api-version=2.0&{}",
        encode(&[("audience", audience)])
    );
    bench.send("GET", &path, &[("authorization", bearer)], "".into())
}

#[test]
fn tokens_of_other_issuers_prove_the_application() {
    let bench = Bench::new();
    let bearer = format!("Bearer {REQUEST_TOKEN}");
    assert_eq!(github(&bench, TOKEN_EXCHANGE, "Bearer x").status, 401);
    let value = |audience: &str| {
        let seen = github(&bench, audience, &bearer);
        seen.json["value"].as_str().expect("a token").to_owned()
    };
    let good = value(TOKEN_EXCHANGE);
    for _ in 0..2 {
        assert_eq!(claims(&token(&bench, &good))["appidacr"], "2");
    }
    refuses(
        &token(&bench, &value("https://elsewhere.example")),
        400,
        "invalid_request",
        70_021,
    );
    let workload = bench.change(|tx| crate::sandbox::entra::assertion(tx, "http://127.0.0.1:1"));
    assert_eq!(token(&bench, &workload).status, 200);
    let moved = bench.change(|tx| crate::sandbox::entra::assertion(tx, "http://127.0.0.1:2"));
    refuses(&token(&bench, &moved), 400, "invalid_request", 70_021);
    let (signed, _) = good.rsplit_once('.').expect("a signature");
    let forged = format!("{signed}.{}", "A".repeat(342));
    refuses(&token(&bench, &forged), 401, "invalid_client", 50_012);
    let user = bench.user();
    refuses(&token(&bench, user.token()), 401, "invalid_client", 700_229);
    bench.advance(std::time::Duration::from_secs(2 * 3600));
    refuses(&token(&bench, &good), 401, "invalid_client", 700_024);
}

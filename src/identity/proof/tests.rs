//! Certificates that fit and those that do not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p12_keystore::{Certificate as P12, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::Certificate;
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::error::{Code, Error};

const KEY: &[u8] = include_bytes!("test_key.der");

/// A certificate of [`KEY`], valid from 2020 to 2040.
fn certificate() -> Vec<u8> {
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(KEY);
    let pair =
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key, &rcgen::PKCS_RSA_SHA256).expect("a key");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("names");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    params
        .self_signed(&pair)
        .expect("a certificate")
        .der()
        .to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

fn pfx(password: &str) -> Vec<u8> {
    let key = PrivateKey::from_der(KEY).expect("a key");
    let certificate = P12::from_der(&certificate()).expect("a certificate");
    let chain = PrivateKeyChain::new([1u8, 2, 3].as_slice(), key, [certificate]);
    let mut store = KeyStore::new();
    store.add_entry("app", KeyStoreEntry::PrivateKeyChain(chain));
    store.writer(password).write().expect("a PFX file")
}

fn read(content: &[u8], password: Option<&str>) -> Result<Certificate, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.pem");
    std::fs::write(&path, content).expect("a file");
    let password = password.map(|text| Secret::new(text.to_owned()));
    Certificate::read(&path, password.as_ref())
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn an_assertion_is_signed_and_says_what_the_service_asks_for() {
    let both = [pem("PRIVATE KEY", KEY), pem("CERTIFICATE", &certificate())].concat();
    let files = [(both.into_bytes(), None), (pfx("pass"), Some("pass"))];
    for (file, password) in files {
        let certificate = read(&file, password).expect("a certificate");
        let now = at("2026-11-22T12:00:00Z");
        let assertion = certificate
            .assertion("client-1", "https://login/t/token", now)
            .expect("an assertion");
        let parts: Vec<&str> = assertion.expose().split('.').collect();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64");
        let header: Value = serde_json::from_slice(&decode(parts[0])).expect("JSON");
        let claims: Value = serde_json::from_slice(&decode(parts[1])).expect("JSON");
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &self::certificate()));
        assert_eq!(header["alg"], "PS256");
        assert_eq!(header["x5t#S256"], thumbprint);
        assert_eq!(claims["aud"], "https://login/t/token");
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&"client-1".into(), &"client-1".into())
        );
        assert_eq!(claims["nbf"], now.as_second());
        assert_eq!(claims["exp"], now.as_second() + 600);
        assert_eq!(claims["jti"].as_str().map(str::len), Some(36));
        let signed = format!("{}.{}", parts[0], parts[1]);
        let public = UnparsedPublicKey::new(
            &RSA_PSS_2048_8192_SHA256,
            ring::signature::KeyPair::public_key(&certificate.key),
        );
        let checked = public.verify(signed.as_bytes(), &decode(parts[2]));
        assert!(checked.is_ok(), "the signature is right");
        assert!(!format!("{certificate:?} {assertion:?}").contains(parts[2]));
    }
}

#[test]
fn a_certificate_that_cannot_be_used_says_why() {
    let check = |content: &[u8], password: Option<&str>, why: &str| {
        let error = read(content, password).expect_err(why);
        assert_eq!(error.code(), Code::AuthCertificate, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.parts().help.is_some(), "{error}");
    };
    let certificate = certificate();
    let alone = pem("CERTIFICATE", &certificate);
    check(alone.as_bytes(), None, "no private key");
    check(
        pem("PRIVATE KEY", KEY).as_bytes(),
        None,
        "none of its certificates",
    );
    let other = rcgen::generate_simple_self_signed(Vec::new()).expect("a certificate");
    let ec = [
        pem("PRIVATE KEY", &other.signing_key.serialize_der()),
        alone.clone(),
    ]
    .concat();
    check(ec.as_bytes(), None, "no RSA key");
    let foreign = [
        pem("PRIVATE KEY", KEY),
        pem("CERTIFICATE", other.cert.der()),
    ]
    .concat();
    check(foreign.as_bytes(), None, "none of its certificates");
    let locked = [pem("ENCRYPTED PRIVATE KEY", KEY), alone.clone()].concat();
    check(locked.as_bytes(), None, "encrypted");
    check(&pfx("pass"), Some("wrong"), "password is wrong");
    check(&pfx("pass"), None, "has a password");
    check(b"no certificate", None, "neither PEM nor PFX");
    check(b"", None, "neither PEM nor PFX");
    let gone = Certificate::read(std::path::Path::new("no-such-file"), None).expect_err("gone");
    assert_eq!(gone.code(), Code::AuthCertificate);
}

#[test]
fn a_certificate_is_used_only_while_it_is_in_force() {
    let certificate = read(&pfx("pass"), Some("pass")).expect("a certificate");
    for (now, why) in [
        ("2040-01-01T00:00:00Z", "expired"),
        ("2019-12-31T23:59:59Z", "not valid before"),
    ] {
        let error = certificate.assertion("c", "a", at(now)).expect_err(why);
        assert_eq!(error.code(), Code::AuthCertificate);
        assert!(error.to_string().contains(why), "{error}");
    }
}

//! Signs and verifies the sandbox's tokens (RS256). The key in `files` is embedded in every copy of
//! the program: it is public and worth nothing, and nothing but the sandbox accepts it.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64URL};
use ring::digest;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

/// Returns the pair of keys, read when it is first needed.
fn keys() -> &'static KeyPair {
    static KEYS: OnceLock<KeyPair> = OnceLock::new();
    KEYS.get_or_init(|| {
        KeyPair::from_pkcs8(include_bytes!("files/signing_key.der"))
            .expect("the embedded key is a valid PKCS#8 document")
    })
}

/// Returns the public key as it stands in the key set: modulus and exponent.
fn public() -> RsaPublicKeyComponents<Vec<u8>> {
    RsaPublicKeyComponents::from(keys().public_key())
}

/// The certificate of the key, as the key set shows it.
const CERTIFICATE: &[u8] = include_bytes!("files/signing_certificate.der");

/// Returns the id of the key: the SHA-1 thumbprint of its certificate.
fn key_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        BASE64URL.encode(digest::digest(
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            CERTIFICATE,
        ))
    })
}

/// Returns the key as an entry of the JSON Web Key Set.
pub(crate) fn jwk() -> Value {
    let public = public();
    json!({
        "kty": "RSA",
        "use": "sig",
        "kid": key_id(),
        "x5t": key_id(),
        "n": BASE64URL.encode(&public.n),
        "e": BASE64URL.encode(&public.e),
        "x5c": [BASE64_STANDARD.encode(CERTIFICATE)],
    })
}

/// Signs the claims of an access token, or of an id token of version 1.
pub(crate) fn sign(claims: &Value) -> String {
    sign_with(
        &json!({ "typ": "JWT", "alg": "RS256", "x5t": key_id(), "kid": key_id() }),
        claims,
    )
}

/// Signs the claims of a token of version 2 or of another issuer, whose header names the key once.
pub(crate) fn sign_v2(claims: &Value) -> String {
    sign_with(
        &json!({ "typ": "JWT", "alg": "RS256", "kid": key_id() }),
        claims,
    )
}

fn sign_with(header: &Value, claims: &Value) -> String {
    let mut token = BASE64URL.encode(header.to_string());
    token.push('.');
    token.push_str(&BASE64URL.encode(claims.to_string()));
    let mut signature = vec![0; keys().public().modulus_len()];
    keys()
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            token.as_bytes(),
            &mut signature,
        )
        .expect("signing with a valid key into a buffer of its size cannot fail");
    token.push('.');
    token.push_str(&BASE64URL.encode(signature));
    token
}

/// Returns the claims of a token that this sandbox signed.
pub(crate) fn verify(token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = BASE64URL.decode(signature).ok()?;
    public()
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()?;
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&BASE64URL.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_accepted_as_signed_and_not_otherwise() {
        let claims = json!({ "aud": "x", "exp": 1 });
        let token = sign(&claims);
        assert_eq!(verify(&token), Some(claims));
        let forged = token.replacen('.', ".e30", 1);
        assert_eq!(verify(&forged), None);
        assert_eq!(verify("no token"), None);
    }
}

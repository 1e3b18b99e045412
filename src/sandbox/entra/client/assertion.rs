//! Client assertions: a JWT that the application has signed with its certificate, or the token of
//! another issuer whom the registration trusts. Source: identity reference §8, §18.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use serde_json::Value;

use super::certificate::{self, Certificate};
use crate::base::clock::Timestamp;
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::jwt;
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::route::Request;
use crate::sandbox::store::{App, SpentAssertion, Tx, key};

/// Seconds by which clocks may differ.
const SKEW: f64 = 300.0;

/// An assertion that can be read; nothing about it is checked yet.
struct Assertion<'a> {
    text: &'a str,
    header: Value,
    claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Assertion<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice(&BASE64URL.decode(text).ok()?).ok();
        Some(Self {
            text,
            header: part(header)?,
            claims: part(claims)?,
            signed,
            signature: BASE64URL.decode(signature).ok()?,
        })
    }

    fn claim(&self, name: &str) -> &str {
        self.claims[name].as_str().unwrap_or_default()
    }

    /// Returns the time at which it ends.
    fn check_time(&self, now: Timestamp) -> Result<Timestamp, Aadsts> {
        #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^52")]
        let now = now.as_second() as f64;
        let ends = self.claims["exp"].as_f64();
        let begins = self.claims["nbf"].as_f64();
        let is_over = ends.is_none_or(|ends| now >= ends + SKEW);
        let is_ahead = begins.is_some_and(|begins| now < begins - SKEW);
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds are enough")]
        let end = |ends: f64| Timestamp::from_second((ends + SKEW) as i64).ok();
        match ends.and_then(end) {
            Some(end) if !is_over && !is_ahead => Ok(end),
            _ => {
                let text = format!(
                    "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {}, expiry time of assertion {}.",
                    self.claims["nbf"], self.claims["exp"]
                );
                Err(Aadsts::new(700_024, text))
            }
        }
    }
}

/// Checks the assertion by which an application proves itself in a tenant.
pub(super) fn check(
    request: &Request,
    tx: &mut Tx<'_>,
    app: &App,
    tenant: Option<&str>,
    text: &str,
) -> Result<(), Aadsts> {
    let assertion = Assertion::read(text).ok_or_else(|| Aadsts::of(50_027))?;
    if assertion.claim("iss").eq_ignore_ascii_case(&app.id) || app.federated.is_empty() {
        return check_own(request, tx, app, tenant, &assertion);
    }
    check_federated(request, tx, app, &assertion)
}

/// Checks an assertion that the application has signed itself.
fn check_own(
    request: &Request,
    tx: &mut Tx<'_>,
    app: &App,
    tenant: Option<&str>,
    assertion: &Assertion<'_>,
) -> Result<(), Aadsts> {
    let named = |claim| assertion.claim(claim).eq_ignore_ascii_case(&app.id);
    if !named("iss") || !named("sub") {
        return Err(Aadsts::of(700_021));
    }
    let certificate = certificate_of(app, assertion)?;
    let algorithm: &'static RsaParameters = match assertion.header["alg"].as_str() {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Aadsts::of(50_027)),
    };
    UnparsedPublicKey::new(algorithm, &certificate.key)
        .verify(assertion.signed.as_bytes(), &assertion.signature)
        .map_err(|_| Aadsts::of(50_012))?;
    let now = tx.now();
    if now < certificate.begins || now >= certificate.ends {
        let text = format!(
            "The certificate with identifier used to sign the client assertion is expired on application. It was valid from {} to {}.",
            certificate.begins, certificate.ends
        );
        return Err(Aadsts::new(700_027, text));
    }
    let ends = assertion.check_time(now)?;
    check_audience(request, tx, tenant, assertion)?;
    spend(tx, app, assertion, ends)
}

/// Finds the certificate that the header names, by either thumbprint; some pad it.
fn certificate_of(app: &App, assertion: &Assertion<'_>) -> Result<Certificate, Aadsts> {
    let thumbprint = |name: &str| {
        let text = assertion.header[name].as_str().unwrap_or_default();
        text.trim_end_matches('=').to_owned()
    };
    let (sha1, sha256) = (thumbprint("x5t"), thumbprint("x5t#S256"));
    let certificates = app.certificates.iter();
    certificates
        .filter_map(|registered| certificate::read(&registered.der))
        .find(|known| known.sha256 == sha256 || known.sha1 == sha1)
        .ok_or_else(|| {
            let text = format!(
                "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{}', Please visit the Azure Portal, and check the keys of app Id '{}'.]",
                if sha256.is_empty() { sha1 } else { sha256 },
                app.id
            );
            Aadsts::new(700_027, text)
        })
}

/// An assertion is for one tenant's token endpoint, of either version.
fn check_audience(
    request: &Request,
    tx: &Tx<'_>,
    tenant: Option<&str>,
    assertion: &Assertion<'_>,
) -> Result<(), Aadsts> {
    let named = tenant.and_then(|id| tx.entra.tenants.get(id));
    let mut segments = vec![request.param("tenant")];
    segments.extend(tenant);
    segments.extend(
        named
            .iter()
            .flat_map(|tenant| &tenant.domains)
            .map(String::as_str),
    );
    let given = assertion.claim("aud");
    let meant = segments.iter().any(|segment| {
        ["oauth2/v2.0/token", "oauth2/token"].iter().any(|end| {
            given.eq_ignore_ascii_case(&format!("{}/login/{segment}/{end}", request.origin))
        })
    });
    if meant {
        return Ok(());
    }
    let text = format!(
        "Client assertion audience claim '{given}' does not match the token endpoint of the tenant."
    );
    Err(Aadsts::new(50_012, text))
}

/// Notes that an assertion was used; one that was used before is refused.
fn spend(
    tx: &mut Tx<'_>,
    app: &App,
    assertion: &Assertion<'_>,
    ends: Timestamp,
) -> Result<(), Aadsts> {
    let now = tx.now();
    tx.entra.spent_assertions.forget(|spent| spent.ends <= now);
    let id = match assertion.claim("jti") {
        "" => assertion.text,
        id => id,
    };
    let key = key(&[&app.id, &digest_of(id)]);
    if tx.entra.spent_assertions.has(&key) {
        let text = "Client assertion was used before: its 'jti' has been seen.";
        return Err(Aadsts::new(50_012, text));
    }
    tx.entra.spent_assertions.put(&key, SpentAssertion { ends });
    Ok(())
}

/// Checks the token of another issuer. The issuers of the sandbox all sign with its one key, so the
/// issuer's name is what tells them apart.
fn check_federated(
    request: &Request,
    tx: &Tx<'_>,
    app: &App,
    assertion: &Assertion<'_>,
) -> Result<(), Aadsts> {
    jwt::verify(assertion.text).ok_or_else(|| Aadsts::of(50_012))?;
    assertion.check_time(tx.now())?;
    let (issuer, subject) = (assertion.claim("iss"), assertion.claim("sub"));
    let ours = format!("{}/login/", request.origin);
    let by_entra = issuer.starts_with("https://sts.windows.net/") || issuer.starts_with(&ours);
    if by_entra && assertion.claims.get("scp").is_some() {
        return Err(Aadsts::of(700_229));
    }
    let known = app.federated.iter().any(|credential| {
        credential.issuer.replace("{origin}", &request.origin) == issuer
            && credential.subject == subject
            && credential.audience == assertion.claim("aud")
    });
    if known {
        return Ok(());
    }
    let text = format!(
        "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{}'.",
        assertion.claim("aud")
    );
    Err(Aadsts::new(70_021, text))
}

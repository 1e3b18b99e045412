//! Authorization codes: single use, ten minutes, for the client, tenant and redirect address they
//! were issued to, and for whoever knows the verifier. Source: identity reference §6, §18.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::digest;
use serde_json::Value;

use super::{Call, Session, for_user, fresh_token};
use crate::base::clock::later;
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::client::Must;
use crate::sandbox::entra::directory::user;
use crate::sandbox::entra::form::Version;
use crate::sandbox::entra::scope::{Grant, Wanted, of_resource, of_scope};
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::store::{AuthorizationCode, Challenge, RedirectKind, Tx};

/// How long a code lives.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long a single-page application stays signed in, in whole.
const SPA_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Issues the tokens of a code.
pub(super) fn issue(call: &Call<'_>, tx: &mut Tx<'_>) -> Result<Value, Aadsts> {
    let tenant = call.tenant(tx)?;
    call.form.need("client_id")?;
    let place = digest_of(call.form.need("code")?);
    call.form.need("redirect_uri")?;
    let row = tx.entra.codes.get(&place).cloned();
    let must = row
        .as_ref()
        .map_or(Must::AsRegistered, |row| Must::As(row.kind));
    let (app, proof) = call.client(tx, tenant.as_deref(), must)?;
    let row = row
        .filter(|row| row.asked.app == app.id)
        .ok_or_else(|| Aadsts::of(70_000))?;
    check(call, tx, &row, tenant.as_deref())?;
    let wanted = wanted(call, &row)?;
    let signed = &row.signed;
    let user = user(tx, &signed.home, &signed.user).ok_or_else(|| Aadsts::of(50_034))?;
    let session = Session {
        capable: call.is_capable(row.claims.as_deref()),
        nonce: row.nonce.as_deref(),
        ..Session::new(&app, proof, &user, signed, &wanted)
    };
    let mut answer = for_user(call, tx, &session)?;
    if let Some(row) = tx.entra.codes.edit(&place) {
        row.redeemed = true;
    }
    if is_offline(&row) {
        let ends = (row.kind == RedirectKind::Spa).then(|| later(tx.now(), SPA_LIFETIME));
        answer["refresh_token"] = fresh_token(tx, &app, signed, ends).into();
    }
    Ok(answer)
}

/// Checks that a code may be redeemed by this request.
fn check(
    call: &Call<'_>,
    tx: &Tx<'_>,
    row: &AuthorizationCode,
    tenant: Option<&str>,
) -> Result<(), Aadsts> {
    if row.redeemed {
        return Err(Aadsts::of(54_005));
    }
    if later(row.signed.at, LIFETIME) <= tx.now() {
        return Err(Aadsts::of(70_008));
    }
    if row.asked.tenant.as_deref() != tenant {
        let text = format!(
            "Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for ({}).",
            row.asked
                .tenant
                .as_deref()
                .unwrap_or("common or organizations")
        );
        return Err(Aadsts::new(700_005, text));
    }
    if call.form.get("redirect_uri") != Some(&row.redirect) {
        return Err(Aadsts::of(500_112));
    }
    if row.kind == RedirectKind::Spa && call.request.header("origin").is_none() {
        return Err(Aadsts::of(9_002_327));
    }
    let given = call.form.filled("code_verifier");
    match (&row.challenge, given) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Aadsts::missing("code_verifier")),
        (Some(challenge), Some(given)) if meets(challenge, given) => Ok(()),
        (_, Some(_)) => Err(Aadsts::of(501_481)),
    }
}

/// Tells whether a verifier is the one that a challenge was made from.
fn meets(challenge: &Challenge, verifier: &str) -> bool {
    let known = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
    (43..=128).contains(&verifier.len())
        && verifier.chars().all(known)
        && match challenge {
            Challenge::Plain(text) => text == verifier,
            Challenge::S256(text) => {
                let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
                *text == BASE64URL.encode(digest)
            }
        }
}

/// Returns what is wanted: by this request, or else by the one that led to the code, whose first
/// resource counts.
fn wanted(call: &Call<'_>, row: &AuthorizationCode) -> Result<Wanted, Aadsts> {
    let (scope, resource) = match call.version {
        Version::V2 => (call.form.get("scope"), None),
        Version::V1 => (None, call.form.filled("resource")),
    };
    let mut wanted = match (scope, resource) {
        (Some(scope), _) if scope.trim().is_empty() => return Err(Aadsts::of(28_003)),
        (Some(scope), _) => of_scope(scope, Grant::SignIn)?,
        (None, Some(resource)) => of_resource(resource)?,
        (None, None) => return of_code(row),
    };
    // What the user signed in for stays, whatever is said now.
    if let Ok(before) = of_code(row) {
        for scope in before.oidc {
            if !wanted.oidc.contains(&scope) {
                wanted.oidc.push(scope);
            }
        }
    }
    Ok(wanted)
}

fn of_code(row: &AuthorizationCode) -> Result<Wanted, Aadsts> {
    match (&row.asked.scope, &row.asked.resource) {
        (Some(scope), _) => of_scope(&first_resource(scope), Grant::SignIn),
        (None, Some(resource)) => of_resource(resource),
        (None, None) => Err(Aadsts::of(70_000)),
    }
}

/// Returns a scope without the `.default` of all resources but the first: each was consented, and
/// one is redeemed.
fn first_resource(scope: &str) -> String {
    let mut seen = false;
    let kept = scope.split_whitespace().filter(|one| {
        let default = one.ends_with("/.default");
        let keep = !default || !seen;
        seen |= default;
        keep
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// A refresh token is for those who asked for offline access; the v1 endpoint has no such scope.
fn is_offline(row: &AuthorizationCode) -> bool {
    match &row.asked.scope {
        Some(scope) => scope.split_whitespace().any(|one| one == "offline_access"),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_meets_its_challenge_and_no_other() {
        // The example of RFC 7636.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = Challenge::S256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert!(meets(&challenge, verifier));
        assert!(!meets(&challenge, &verifier.replace('d', "e")));
        let short = Challenge::Plain("short".to_owned());
        assert!(!meets(&short, "short"), "43 characters at least");
    }
}

//! Refresh tokens: bound to user and client, good for every resource and every tenant that lets the
//! user and the application in. Each use returns a new one; the old one stays valid.
//! Source: identity reference §9, §13, §18.

use std::time::Duration;

use serde_json::Value;

use super::{Call, Session, for_user, refresh_token};
use crate::base::clock::later;
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::access::{self, Flow};
use crate::sandbox::entra::client::Must;
use crate::sandbox::entra::directory::{sign_in, user};
use crate::sandbox::entra::form::Form;
use crate::sandbox::entra::scope::Grant;
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::store::{App, RefreshToken, SignInState, Signed, Staff, Tx};

/// How long a refresh token lives without being used.
const INACTIVITY: Duration = Duration::from_secs(90 * 86_400);

/// Issues the tokens of a refresh token.
pub(super) fn issue(call: &Call<'_>, tx: &mut Tx<'_>) -> Result<Value, Aadsts> {
    let asked = call.tenant(tx)?;
    call.form.need("client_id")?;
    let wanted = call.wanted(Grant::Refresh)?;
    let (app, proof) = call.client(tx, asked.as_deref(), Must::AsRegistered)?;
    let row = find(tx, call.form, &app)?;
    let user = active(tx, &row)?;
    let tenant = asked.unwrap_or_else(|| user.tenant.clone());
    let session = Session {
        app: &app,
        proof,
        user: &user,
        tenant: &tenant,
        amr: &row.amr,
        wanted: &wanted,
        capable: call.is_capable(None),
        nonce: None,
        signed_in: None,
    };
    let mut answer = for_user(call, tx, &session)?;
    let signed = Signed {
        user: row.user.clone(),
        home: row.tenant.clone(),
        amr: row.amr.clone(),
        tenant: tenant.clone(),
        at: row.used,
    };
    access::admit(tx, &signed, Flow::Usual)?;
    answer["refresh_token"] = rotate(tx, call.form, row).into();
    Ok(answer)
}

/// Finds the refresh token and checks that it may still be used by this client.
fn find(tx: &Tx<'_>, form: &Form, app: &App) -> Result<RefreshToken, Aadsts> {
    let text = match form.get("refresh_token") {
        None => return Err(Aadsts::missing("refresh_token")),
        Some("") => {
            let text = "Invalid request. Request is malformed or invalid.";
            return Err(Aadsts::new(9_002_313, text));
        }
        Some(text) => text,
    };
    let row = tx.entra.refresh_tokens.get(&digest_of(text));
    let row = row
        .filter(|row| row.app == app.id)
        .ok_or_else(|| Aadsts::of(70_000))?;
    if let Some(revoked) = row.revoked {
        let text = format!(
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{revoked}'.",
            row.used
        );
        return Err(Aadsts::new(50_173, text));
    }
    if row.ends.is_some_and(|ends| ends <= tx.now()) {
        return Err(Aadsts::of(700_084));
    }
    if later(row.used, INACTIVITY) <= tx.now() {
        let text = format!(
            "The refresh token has expired due to inactivity. The token was issued on {} and was inactive for 90.00:00:00.",
            row.used
        );
        return Err(Aadsts::new(700_082, text));
    }
    Ok(row.clone())
}

/// Finds the user, who may have been deleted or disabled meanwhile.
fn active(tx: &Tx<'_>, row: &RefreshToken) -> Result<Staff, Aadsts> {
    let user = user(tx, &row.tenant, &row.user).ok_or_else(|| Aadsts::of(50_034))?;
    match sign_in(tx, &user.id).state {
        SignInState::Disabled => Err(Aadsts::of(50_057)),
        SignInState::Active | SignInState::Locked | SignInState::PasswordExpired => Ok(user),
    }
}

/// Issues a new refresh token of the same sign-in; the old one stays valid. A refresh always
/// returns one: the sign-in asked for offline access.
fn rotate(tx: &mut Tx<'_>, form: &Form, row: RefreshToken) -> String {
    let used = tx.now();
    let old = digest_of(form.get("refresh_token").unwrap_or_default());
    if let Some(old) = tx.entra.refresh_tokens.edit(&old) {
        old.used = used;
    }
    refresh_token(tx, RefreshToken { used, ..row })
}

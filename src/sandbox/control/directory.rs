//! Controls of Entra ID: how users sign in, what is revoked, which domains have their record in the
//! DNS, and the credentials of workloads.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, failed};
use crate::sandbox::credentials::CLIENT_CERTIFICATE;
use crate::sandbox::engine::Engine;
use crate::sandbox::entra;
use crate::sandbox::sessions;
use crate::sandbox::store::SignInState;
use crate::sandbox::wire::Incoming;

/// Returns what is told as text, where the control is one of those: `certificate` (PEM, with its
/// key) and `assertion` (the token that a workload finds in its file).
pub(super) fn text(engine: &Engine, incoming: &Incoming) -> Option<Result<String, String>> {
    match (incoming.method.as_str(), incoming.path.as_str()) {
        ("GET", "/sandbox/certificate") => Some(Ok(CLIENT_CERTIFICATE.to_owned())),
        ("GET", "/sandbox/assertion") => {
            let made = engine.change(|tx| entra::assertion(tx, &incoming.origin));
            Some(made.map_err(|error| failed(&error).1))
        }
        _ => None,
    }
}

/// Whose sign-ins are revoked: one user's, or everybody's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoke {
    #[serde(default)]
    user: Option<String>,
    /// Whether access tokens are meant, of which Microsoft Graph and Azure Resource Manager then
    /// want newer ones; refresh tokens stay.
    #[serde(default)]
    sessions: bool,
}

/// Revokes refresh tokens, or the sessions of access tokens.
pub(super) fn revoke(engine: &Engine, revoke: Revoke) -> Result<Value, Refused> {
    let Revoke { user, sessions } = revoke;
    let revoked = engine.change(|tx| match &user {
        None if sessions => Some(sessions::revoke(tx, None)),
        Some(name) if sessions => {
            let user = entra::user_by_name(tx, name)?;
            Some(sessions::revoke(tx, Some(&user.id)))
        }
        None => Some(entra::revoke(tx, None)),
        Some(name) => {
            let user = entra::user_by_name(tx, name)?;
            Some(entra::revoke(tx, Some(&user.id)))
        }
    });
    match revoked.map_err(|error| failed(&error))? {
        Some(count) => Ok(json!({ "revoked": count })),
        None => Err(unknown(&user.unwrap_or_default())),
    }
}

/// A domain whose verification record is put into the DNS, or taken out of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    domain: String,
    /// Whether the record is there from now on; it is, unless told otherwise.
    #[serde(default)]
    published: Option<bool>,
}

/// Puts the verification record of a domain into the DNS, as its owner would.
pub(super) fn publish(engine: &Engine, publish: &Publish) -> Result<Value, Refused> {
    let domain = publish.domain.trim().to_lowercase();
    let published = publish.published.unwrap_or(true);
    if !domain.contains('.') {
        return Err((400, format!("`{domain}` is no domain name.")));
    }
    let changed = engine.change(|tx| {
        if published {
            tx.policy.published.put(&domain, true);
        } else {
            tx.policy.published.remove(&domain);
        }
    });
    changed.map_err(|error| failed(&error))?;
    Ok(json!({ "domain": domain, "published": published }))
}

/// What is to change about a user's sign-in; what is not named stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    user: String,
    #[serde(default)]
    state: Option<SignInState>,
    #[serde(default)]
    mfa: Option<bool>,
    #[serde(default)]
    password: Option<String>,
}

/// Changes how a user signs in. A new password ends the user's sign-ins.
pub(super) fn change(engine: &Engine, change: Change) -> Result<Value, Refused> {
    let name = change.user.clone();
    let changed = engine.change(|tx| {
        let user = entra::user_by_name(tx, &change.user)?;
        if let Some(password) = &change.password {
            entra::set_password(tx, &user.id, password);
        }
        let mut row = entra::sign_in(tx, &user.id);
        row.state = change.state.unwrap_or(row.state);
        row.mfa = change.mfa.unwrap_or(row.mfa);
        tx.entra.sign_ins.put(&user.id, row.clone());
        Some((user, row))
    });
    match changed.map_err(|error| failed(&error))? {
        Some((user, row)) => Ok(shown(&user, &row)),
        None => Err(unknown(&name)),
    }
}

/// Shows how a user signs in (`?user=`).
pub(super) fn user(engine: &Engine, incoming: &Incoming) -> Result<Value, Refused> {
    let mut query = url::form_urlencoded::parse(incoming.query.as_bytes());
    let name = query.find(|(name, _)| name == "user");
    let name = name
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let found = engine.change(|tx| {
        let user = entra::user_by_name(tx, &name)?;
        let row = entra::sign_in(tx, &user.id);
        Some((user, row))
    });
    match found.map_err(|error| failed(&error))? {
        Some((user, row)) => Ok(shown(&user, &row)),
        None => Err(unknown(&name)),
    }
}

fn shown(user: &crate::sandbox::store::Staff, row: &crate::sandbox::store::SignIn) -> Value {
    json!({ "id": user.id, "user": user.upn, "tenant": user.tenant, "state": row.state, "mfa": row.mfa })
}

fn unknown(name: &str) -> Refused {
    let text = format!(
        "There is no user `{name}`: give a user principal name, such as megan@contoso-partner.onmicrosoft.com."
    );
    (404, text)
}

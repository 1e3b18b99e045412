//! Tokens of the signed-in user. The profile's own tenant renews the refresh token at every use: it
//! is taken from the vault, redeemed, and the new one kept, in one turn, so that of two processes
//! none loses what the other got. A customer's tenant never renews it, so that a failure there
//! cannot overwrite it. Source: Microsoft identity platform, "Refresh tokens".

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cache::Issued;
use super::desk::Desk;
use super::entra::Wanted;
use super::flow::{self, Brought, Grant};
use super::remedy;
use super::turn::Turn;
use crate::base::secret::Secret;
use crate::config::{Profile, Role, SecretName};
use crate::error::{Code, Error};
use crate::http::TokenWire;

/// Says a line to whoever runs this.
type Say = Arc<dyn Fn(&str) + Send + Sync>;

/// Renews the refresh token.
pub(crate) struct Renewal {
    turn: Turn,
    say: Say,
    said: AtomicBool,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Renewal").field(&self.turn).finish()
    }
}

impl Renewal {
    /// Takes the turn; says nothing to anyone.
    pub(crate) fn new(turn: Turn) -> Self {
        Self {
            turn,
            say: Arc::new(|_| {}),
            said: AtomicBool::new(false),
        }
    }

    /// Takes whom to tell of what goes wrong beside a run.
    pub(crate) fn tell(&mut self, say: Say) {
        self.say = say;
    }

    /// Returns a token of the own tenant.
    pub(crate) async fn at_home(
        &self,
        desk: &Desk,
        wanted: &Wanted<'_>,
        claims: &str,
        wire: &TokenWire,
    ) -> Result<Issued, Error> {
        let _turn = self.turn.take(&**desk.time.clock(), wire).await?;
        let token = desk.safe.again(SecretName::RefreshToken).await?;
        let token = token.ok_or_else(|| nobody(desk))?;
        let Brought { issued, refresh } =
            flow::sign_in(desk, wanted, Grant::Refresh(&token), claims, wire).await?;
        if let Some(newer) = refresh {
            self.keep(desk, newer).await;
        }
        Ok(issued)
    }

    /// Returns a token of a customer's tenant. A refresh token that another process has renewed
    /// meanwhile is taken from the vault.
    pub(crate) async fn at_customer(
        &self,
        desk: &Desk,
        wanted: &Wanted<'_>,
        claims: &str,
        wire: &TokenWire,
    ) -> Result<Issued, Error> {
        let token = desk.safe.get(SecretName::RefreshToken).await?;
        let token = token.ok_or_else(|| nobody(desk))?;
        let redeem = async |token: &Secret<String>| {
            let grant = Grant::Refresh(token);
            flow::sign_in(desk, wanted, grant, claims, wire).await
        };
        let redeemed = match redeem(&token).await {
            Err(error) if is_stale(&error) => {
                let newer = desk.safe.again(SecretName::RefreshToken).await?;
                match newer.filter(|newer| *newer != token) {
                    Some(newer) => redeem(&newer).await,
                    None => Err(error),
                }
            }
            redeemed => redeemed,
        };
        Ok(redeemed?.issued)
    }

    /// Keeps the newest refresh token. This process has it in any case; that others will not is
    /// said, once.
    async fn keep(&self, desk: &Desk, newer: Secret<String>) {
        let Err(error) = desk.safe.set(SecretName::RefreshToken, newer).await else {
            return;
        };
        if !self.said.swap(true, Ordering::Relaxed) {
            let help = error.parts().help.as_deref();
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            (self.say)(&format!(
                "the renewed refresh token could not be stored: {error}{help}; this run has it, later ones use the one before"
            ));
        }
    }
}

/// Returns whether another refresh token might do better.
fn is_stale(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::AuthExpired | Code::AuthRevoked | Code::AuthRefused
    )
}

/// Returns the error of a profile to which nobody has signed in.
fn nobody(desk: &Desk) -> Error {
    let Profile {
        name, user, role, ..
    } = &desk.profile;
    if user.is_none() || desk.profile.is_of_environment() {
        let message = format!("the profile `{name}` has no refresh token: none was given");
        return Error::new(Code::AuthPrincipalMissing, message)
            .help(remedy::refresh_token_missing(&desk.profile));
    }
    let place = desk.safe.vault().place();
    let whom = match role {
        Role::Automation => ", and this one may not ask anybody",
        Role::Admin | Role::Customer => "",
    };
    Error::new(
        Code::AuthInteraction,
        format!("nobody has signed in to the profile `{name}`: no refresh token is kept in {place}{whom}"),
    )
    .help(remedy::sign_in(&desk.profile))
}

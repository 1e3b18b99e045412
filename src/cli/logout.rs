//! `logout`: the sign-in is revoked as far as the identity service can do that, and forgotten here
//! in any case. What could not be revoked is said.

use std::borrow::Cow;
use std::sync::Arc;

use clap::Args;

use super::console::Console;
use super::login::{account, runtime, settings};
use super::signal::{self, Busy};
use crate::api::model::{Auth, Effect, Idempotency, Verb};
use crate::api::{Principal, ServiceName};
use crate::base::clock::{Clock, RealClock, Work};
use crate::config::{Account, SecretName};
use crate::error::Error;
use crate::http::{Call, Client, StepKey, Tenant, TokenWire};
use crate::identity::{Login as SignIn, Revoked};

/// Signs a user out.
#[derive(Debug, Args)]
#[command(after_help = "\
Microsoft's identity service revokes no single sign-in: all sessions of the user end, in every
application. With --local nothing is revoked.

Examples:
  tenantry logout
  tenantry logout --profile contoso --local
  tenantry logout --all-secrets")]
pub(super) struct Logout {
    /// Only forget the sign-in here, revoke nothing
    #[arg(long)]
    local: bool,
    /// Forget the client secret and the certificate's password, too
    #[arg(long)]
    all_secrets: bool,
}

/// Signs a user out and returns the exit code.
pub(super) fn logout(console: &Console, args: &Logout) -> u8 {
    match signed_out(console, args) {
        Ok(()) => 0,
        Err(error) => console.fail(&error, None),
    }
}

fn signed_out(console: &Console, args: &Logout) -> Result<(), Error> {
    let account = account(console, "sign out of")?;
    let busy = Busy::default();
    signal::watch(console, &busy)?;
    busy.set(true);
    let clock: Arc<dyn Clock> = Arc::new(RealClock::default());
    let _work = Work::begin(&clock);
    let wire = TokenWire::new(&settings(console, &account, &clock));
    let sign_in = SignIn::new(account.clone(), Arc::clone(&clock), wire);
    let runtime = runtime()?;
    let signed_in = account.vault.get(SecretName::RefreshToken)?.is_some();
    if signed_in && !args.local {
        let revoked = match runtime.block_on(sign_in.revoke()) {
            Ok(Revoked::Yes) => Ok("the refresh token is revoked"),
            Ok(Revoked::NotHere) => end_sessions(console, &account, &clock),
            Err(error) => Err(error),
        };
        match revoked {
            Ok(done) => console.say(done),
            Err(error) => console.say(&format!(
                "the sign-in could not be revoked: {error}; a copy of the refresh token stays good until it has not been used for 90 days, or an administrator revokes the user's sessions"
            )),
        }
    }
    let names: &[SecretName] = if args.all_secrets {
        &SecretName::ALL
    } else {
        &[SecretName::RefreshToken]
    };
    let found = runtime.block_on(sign_in.forget(names))?;
    console.say(&forgotten(&found, &account));
    Ok(())
}

fn forgotten(found: &[SecretName], account: &Account) -> String {
    let (name, place) = (&account.profile.name, account.vault.place());
    if found.is_empty() {
        return format!("nothing was kept for the profile `{name}` in {place}");
    }
    let words: Vec<String> = found
        .iter()
        .map(|secret| secret.as_str().replace('_', " "))
        .collect();
    format!("removed from {place}: {}", words.join(", "))
}

/// Ends all sessions of the signed-in user. Source: Microsoft Graph, "user: revokeSignInSessions".
fn end_sessions(
    console: &Console,
    account: &Account,
    clock: &Arc<dyn Clock>,
) -> Result<&'static str, Error> {
    let mut settings = settings(console, account, clock);
    settings.grants = vec![Effect::Write];
    let call = Call {
        service: ServiceName::Graph,
        operation: Cow::Borrowed("logout"),
        verb: Verb::Post,
        target: "/v1.0/me/revokeSignInSessions".to_owned(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Write,
        idempotency: Idempotency::Idempotent,
        auth: Auth::User,
        principal: Some(Principal::User),
        tenant: Tenant::Home,
        about: None,
        absent_is_answer: false,
        step: StepKey("logout".to_owned()),
    };
    Client::new(settings).call(&call)?;
    Ok("all sessions of the user are revoked, in every application")
}

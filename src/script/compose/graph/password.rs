//! A new password for a user: made up or given, never shown.

use std::sync::Arc;

use rhai::Dynamic;

use super::map;
use crate::base::random;
use crate::base::secret::Secret;
use crate::error::{Code, Error};
use crate::script::error::argument;
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::secret::SecretText;

/// `reset_password(tenant, user[, password])`.
pub(super) fn reset(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (tenant, user, password) = (next(), next(), next());
    let password = Dynamic::from(chosen(&password)?);
    let profile = map([
        ("password", password.clone()),
        ("forceChangePasswordNextSignIn", true.into()),
    ]);
    let body = map([("passwordProfile", profile.into())]);
    let args = vec![tenant, user, body.into()];
    by_name(host, "graph", "update_user", args).map(|_| password)
}

/// Returns the password that was given, or a strong one.
fn chosen(given: &Dynamic) -> Result<SecretText, Error> {
    if let Some(secret) = given.read_lock::<SecretText>() {
        return Ok(secret.clone());
    }
    if let Ok(text) = given.as_immutable_string_ref() {
        return Ok(SecretText::new(Secret::new(text.to_string())));
    }
    if !given.is_unit() {
        // What it is instead is not told: it may be the password in another form.
        return Err(argument("a password is a text or a secret"));
    }
    let missing = || Error::new(Code::Internal, "this machine has no secure randomness");
    Ok(SecretText::new(random::password().ok_or_else(missing)?))
}

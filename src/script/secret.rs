//! A secret in a script: it can be passed on and written to a file of its owner, never shown.

use rhai::Engine;

use crate::base::random;
use crate::base::secret::Secret;
use crate::error::{Code, Error};
use crate::script::host::{Answer, answer};

/// What stands wherever a secret would be shown.
pub(super) const MASK: &str = "•••";

/// A text that is never shown.
#[derive(Debug, Clone)]
pub(super) struct SecretText(Secret<String>);

impl SecretText {
    /// Wraps a text.
    pub(super) fn new(text: Secret<String>) -> Self {
        Self(text)
    }

    /// Returns the text itself: for what is sent and for `secret_file` alone.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Registers the type: it prints as a mask, and can be compared; and `new_password`.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<SecretText>("Secret");
    engine.register_fn("to_string", |_: &mut SecretText| MASK);
    engine.register_fn("to_debug", |_: &mut SecretText| MASK);
    engine.register_fn("==", |a: SecretText, b: SecretText| a.0 == b.0);
    engine.register_fn("!=", |a: SecretText, b: SecretText| a.0 != b.0);
    engine.register_fn("new_password", || -> Answer<SecretText> {
        let missing = || Error::new(Code::Internal, "this machine has no secure randomness");
        answer(random::password().map(SecretText).ok_or_else(missing))
    });
}

//! The passphrase of the file that secrets are kept in: from the environment, or else asked for at
//! the terminal, where it is not shown.

use std::io::{self, IsTerminal};
use std::path::Path;

use crate::base::secret::Secret;
use crate::config::Passphrase;
use crate::error::{Code, Error};

const VARIABLE: &str = "TENANTRY_PASSPHRASE";

/// Whoever may be asked for the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The person at the terminal, if there is one.
    Somebody,
    /// No one: the run is unattended.
    Nobody,
}

impl Passphrase for Asked {
    fn passphrase(&self, file: &Path, new: bool) -> Result<Secret<String>, Error> {
        if let Some(given) = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
            return Ok(Secret::new(given));
        }
        let file = file.display();
        if *self == Self::Nobody || !somebody_is_there() {
            let message =
                format!("secrets are kept in {file}, and nobody can be asked for its passphrase");
            return Err(Error::new(Code::AuthSecrets, message)
                .help(format!("set {VARIABLE} to the passphrase")));
        }
        if !new {
            return hidden(&format!("Passphrase of {file}: "));
        }
        let first = hidden(&format!("New passphrase for {file}: "))?;
        let wrong = |why: &str| Error::new(Code::AuthSecrets, why).help("nothing was changed");
        if first.expose().is_empty() {
            return Err(wrong("an empty passphrase keeps nothing"));
        }
        if hidden("The same again: ")? != first {
            return Err(wrong("the two passphrases differ"));
        }
        Ok(first)
    }
}

/// Returns whether a person can be asked something.
pub(super) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a text that is not shown.
pub(super) fn hidden(question: &str) -> Result<Secret<String>, Error> {
    let answer = rpassword::prompt_password(question);
    answer.map(Secret::new).map_err(|error| {
        Error::new(
            Code::AuthSecrets,
            format!("no answer could be read: {error}"),
        )
    })
}

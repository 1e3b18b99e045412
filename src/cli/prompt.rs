//! Asks the person at the terminal.

use std::io::{self, BufRead, Write};

use super::passphrase::somebody_is_there;
use crate::error::{Code, Error};
use crate::report::Screen;
use crate::script::Prompt;

/// Whoever a script may ask.
#[derive(Debug)]
pub(super) enum Asked {
    /// The person at the terminal, if there is one.
    Somebody(Screen),
    /// No one: the profile of that name works unattended.
    Nobody(String),
}

impl Prompt for Asked {
    fn approve(&self, text: &str) -> Result<bool, Error> {
        match self {
            Self::Somebody(screen) if somebody_is_there() => ask(screen, text),
            Self::Somebody(_) => Err(Error::new(
                Code::ScriptFailed,
                format!("nobody can be asked here: {text}"),
            )
            .help("run it in a terminal")),
            Self::Nobody(profile) => Err(Error::new(
                Code::AuthInteraction,
                format!("the profile `{profile}` works unattended, and nobody is asked: {text}"),
            )
            .help(
                "run it with a profile whose role is not `automation` (`tenantry profile list`)",
            )),
        }
    }
}

/// Asks a question of yes or no; anything else than yes is no.
pub(super) fn ask(screen: &Screen, question: &str) -> Result<bool, Error> {
    let answer = screen.suspend(|| {
        let mut out = io::stderr().lock();
        write!(out, "{question} [y/N] ")?;
        out.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        io::Result::Ok(answer)
    });
    let answer = answer.map_err(|error| {
        Error::new(
            Code::ScriptFailed,
            format!("no answer could be read: {error}"),
        )
    })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

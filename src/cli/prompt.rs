//! Asks the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::error::{Code, Error};
use crate::report::Screen;
use crate::script::Prompt;

/// The terminal of this process.
#[derive(Debug)]
pub(super) struct Terminal(pub(super) Screen);

impl Prompt for Terminal {
    fn approve(&self, text: &str) -> Result<bool, Error> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Error::new(
                Code::ScriptFailed,
                format!("nobody can be asked here: {text}"),
            )
            .help("run it in a terminal"));
        }
        let answer = self.0.suspend(|| {
            let mut out = io::stderr().lock();
            write!(out, "{text} [y/N] ")?;
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
}

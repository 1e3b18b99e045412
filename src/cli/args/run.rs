//! The arguments of the commands that run scripts: `run`, `eval`, `repl`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::api::model::Effect;
use crate::base::duration;

/// Flags of the commands that run scripts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub(in crate::cli) struct RunFlags {
    /// Allow effects beyond reading: write, spend, destroy (all are allowed in the sandbox)
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',', value_parser = effect)]
    pub(in crate::cli) allow: Vec<Effect>,
    /// How many items `parallel` works on at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = lanes)]
    pub(in crate::cli) lanes: usize,
    /// End the run after this time, such as 90s, 5m or 2h
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) timeout: Option<Duration>,
}

impl Default for RunFlags {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            lanes: 16,
            timeout: None,
        }
    }
}

/// Runs a runbook.
#[derive(Debug, Args)]
#[command(after_help = "\
The runbook's own parameters stand after its path; `tenantry run SCRIPT --help` shows them.

Examples:
  tenantry run scripts/onboard_customer.rhai --help
  tenantry run scripts/onboard_customer.rhai --company \"Fabrikam\" --seats 5
  tenantry run --output json --allow write,spend scripts/onboard_customer.rhai")]
pub(in crate::cli) struct Run {
    /// The runbook, a .rhai file
    pub(in crate::cli) script: PathBuf,
    /// The runbook's parameters
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "PARAMETERS"
    )]
    pub(in crate::cli) parameters: Vec<String>,
    /// Flags of every run.
    #[command(flatten)]
    pub(in crate::cli) flags: RunFlags,
}

/// Evaluates a text.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry eval 'partner::customers().count()'
  tenantry eval --output ndjson 'for c in partner::customers() { emit(c) }'")]
pub(in crate::cli) struct Eval {
    /// The script's text
    pub(in crate::cli) expression: String,
    /// Flags of every run.
    #[command(flatten)]
    pub(in crate::cli) flags: RunFlags,
}

/// Works interactively.
#[derive(Debug, Args)]
#[command(after_help = "\
Tab completes modules, functions and the properties of records; :help lists the commands.
Lines may also be piped in:
  echo 'partner::customers().count()' | tenantry repl")]
pub(in crate::cli) struct Repl {
    /// Flags of every run.
    #[command(flatten)]
    pub(in crate::cli) flags: RunFlags,
}

pub(in crate::cli) fn effect(word: &str) -> Result<Effect, String> {
    Effect::parse(word).ok_or_else(|| "the effects are read, write, spend and destroy".to_owned())
}

pub(in crate::cli) fn lanes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(lanes @ 1..=256) => Ok(lanes),
        _ => Err("give a number from 1 to 256".to_owned()),
    }
}

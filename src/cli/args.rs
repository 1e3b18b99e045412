//! The command line: every command, flag and example. Its help texts are the reference that users
//! read; what the commands do stands in the files beside this one.

mod api;
mod run;
mod sandbox;

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};

pub(super) use api::{Add, Api};
pub(super) use run::{Eval, Repl, Run, RunFlags, effect, lanes};
pub(super) use sandbox::{LimitProfile, PaceChoice, Sandbox, Serve};

use crate::report::Format;

/// A scriptable automation host for Microsoft Cloud Solution Provider partners.
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, after_help = OVERVIEW, disable_help_subcommand = true)]
pub(super) struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub(super) globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

const OVERVIEW: &str = "\
Without TENANTRY_… variables in the environment, scripts run against an embedded sandbox.

Examples:
  tenantry run scripts/onboard_customer.rhai --company \"Fabrikam\"
  tenantry eval 'partner::customers().count()'
  tenantry repl
  tenantry doc partner::create_customer";

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Globals {
    /// Work as this profile: one of `tenantry profile list`, `environment`, or `sandbox`
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// How results are written to stdout
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(super) output: OutputFormat,
    /// How errors are written to stderr
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(super) error_format: ErrorFormat,
    /// Log every request and answer to stderr; secrets are left out; with =full also the bodies
    #[arg(
        long,
        global = true,
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "headers",
        value_name = "PARTS"
    )]
    pub(super) log_http: Option<LogHttp>,
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more on stderr: every call in one line
    #[arg(long, short, global = true)]
    pub(super) verbose: bool,
    /// Which flags the command line gives; a profile has defaults for the others.
    #[arg(skip)]
    pub(super) given: GivenFlags,
}

/// Flags that a profile has defaults for: whether the command line gives them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GivenFlags {
    /// `--output`.
    pub(super) output: bool,
    /// `--lanes`.
    pub(super) lanes: bool,
}

impl GivenFlags {
    /// Finds out from what clap has read.
    pub(super) fn of(matches: &ArgMatches) -> Self {
        Self {
            output: is_given(matches, "output"),
            lanes: is_given(matches, "lanes"),
        }
    }
}

/// Returns whether a flag stands on the command line, before or after the command's name.
fn is_given(matches: &ArgMatches, flag: &str) -> bool {
    let known = matches.ids().any(|id| id == flag);
    let here = known && matches.value_source(flag) == Some(ValueSource::CommandLine);
    here || matches
        .subcommand()
        .is_some_and(|(_, matches)| is_given(matches, flag))
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum OutputFormat {
    /// Tables and lines for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON value per line, as they come
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

impl OutputFormat {
    /// Returns the word of the flag.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

impl From<OutputFormat> for Format {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Table => Self::Table,
            OutputFormat::Json => Self::Json,
            OutputFormat::Ndjson => Self::Ndjson,
            OutputFormat::Csv => Self::Csv,
        }
    }
}

/// How errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ErrorFormat {
    /// With the line of the script and a caret
    #[default]
    Text,
    /// One JSON object per error
    Json,
}

/// How much of a request is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogHttp {
    /// Request line, status and headers
    Headers,
    /// Bodies too
    Full,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a runbook
    Run(Run),
    /// Evaluate an expression or a few lines of script
    Eval(Eval),
    /// Work interactively
    Repl(Repl),
    /// Check scripts without running them
    Check(Check),
    /// Show what scripts can call: modules, functions, record types
    Doc(Doc),
    /// Explain an error's code
    Explain(Explain),
    /// Sign a user in
    Login(super::login::Login),
    /// Sign a user out
    Logout(super::logout::Logout),
    /// The identities and clouds of the configuration file
    #[command(subcommand)]
    Profile(super::profile::Profile),
    /// Tell who calls are made as: user, application, roles, permissions
    Whoami(super::whoami::Whoami),
    /// Find out why sign-in or access fails, and what mends it
    Doctor(super::doctor::Doctor),
    /// Show the services' operations, and add other APIs
    #[command(subcommand)]
    Api(Api),
    /// The emulator of the services
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Print a shell's completion script
    Completions(Completions),
}

/// Checks scripts.
#[derive(Debug, Args)]
#[command(after_help = "\
All problems are shown at once; the exit code is 3 if there is any.

Examples:
  tenantry check scripts/*.rhai
  tenantry check --error-format json scripts/onboard_customer.rhai")]
pub(super) struct Check {
    /// The scripts
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

/// Shows what scripts can call.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry doc                          # the modules and the host's functions
  tenantry doc partner                  # the functions of a module
  tenantry doc partner::create_customer
  tenantry doc Customer                 # a record type
  tenantry doc parallel")]
pub(super) struct Doc {
    /// A module, a function, a record type or a method
    pub(super) name: Option<String>,
}

/// Explains a code or a family of codes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry explain access.effect
  tenantry explain script     # all codes of a family
  tenantry explain            # all codes")]
pub(super) struct Explain {
    /// The code, as it stands at the end of an error's first line, or its family
    pub(super) code: Option<String>,
}

/// Prints a completion script.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry completions bash > ~/.local/share/bash-completion/completions/tenantry
  tenantry completions powershell >> $PROFILE")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}

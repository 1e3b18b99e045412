//! The command line: every command, flag and example. Its help texts are the reference that users
//! read; what the commands do stands in the files beside this one.

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};

use crate::api::ServiceName;
use crate::api::model::Effect;
use crate::base::duration;
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

/// Flags of the commands that run scripts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub(super) struct RunFlags {
    /// Allow effects beyond reading: write, spend, destroy (all are allowed in the sandbox)
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',', value_parser = effect)]
    pub(super) allow: Vec<Effect>,
    /// How many items `parallel` works on at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = lanes)]
    pub(super) lanes: usize,
    /// End the run after this time, such as 90s, 5m or 2h
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(super) timeout: Option<Duration>,
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
pub(super) struct Run {
    /// The runbook, a .rhai file
    pub(super) script: PathBuf,
    /// The runbook's parameters
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "PARAMETERS"
    )]
    pub(super) parameters: Vec<String>,
    /// Flags of every run.
    #[command(flatten)]
    pub(super) flags: RunFlags,
}

/// Evaluates a text.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry eval 'partner::customers().count()'
  tenantry eval --output ndjson 'for c in partner::customers() { emit(c) }'")]
pub(super) struct Eval {
    /// The script's text
    pub(super) expression: String,
    /// Flags of every run.
    #[command(flatten)]
    pub(super) flags: RunFlags,
}

/// Works interactively.
#[derive(Debug, Args)]
#[command(after_help = "\
Tab completes modules, functions and the properties of records; :help lists the commands.
Lines may also be piped in:
  echo 'partner::customers().count()' | tenantry repl")]
pub(super) struct Repl {
    /// Flags of every run.
    #[command(flatten)]
    pub(super) flags: RunFlags,
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

/// The services' operations, and APIs that are added to them.
#[derive(Debug, Subcommand)]
pub(super) enum Api {
    /// List every operation, with what it does and whether the sandbox serves it
    #[command(after_help = "\
Examples:
  tenantry api list
  tenantry api list partner --output json
  tenantry api list --added")]
    List {
        /// Only the operations of this module
        module: Option<String>,
        /// The APIs that were added, instead of operations: from which file, when, how many functions
        #[arg(long, conflicts_with = "module")]
        added: bool,
    },
    /// Make a module of a document that describes an API, such as those that Microsoft publishes
    Add(Add),
    /// Forget an API that was added
    #[command(after_help = "\
Examples:
  tenantry api remove nat")]
    Remove {
        /// The module
        module: String,
    },
    /// Show what is known of an API that was added
    #[command(after_help = "\
Examples:
  tenantry api show nat
  tenantry doc nat                # its functions")]
    Show {
        /// The module
        module: String,
    },
}

/// Makes a module of a document.
#[derive(Debug, Args)]
#[command(after_help = "\
The document is OpenAPI 2.0 or 3.x, in JSON or YAML. It is read once, with the files to which it
refers; from then on scripts call its operations as they call ours. Host, tokens, pages, long
operations and errors are those of the service named by --on; what the document says about hosts
and security is not used.

A function is named after its operationId: NatGateways_CreateOrUpdate is called as
nat::nat_gateways_create_or_update(…). GET and HEAD read, PUT and PATCH write, DELETE and POST
destroy. An overlay says otherwise, by operationId:

  operations:
    NatGateways_Reset: { effect: write, name: reset_nat, method_of: NatGateway, function_as: reset }

Examples:
  tenantry api add natGateway.json --as nat --on arm --dry-run
  tenantry api add natGateway.json --as nat --on arm --overlay nat.yaml
  tenantry eval 'nat::nat_gateways_list_all(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first())'")]
pub(super) struct Add {
    /// The document
    pub(super) file: PathBuf,
    /// Name of the module
    #[arg(long = "as", value_name = "NAME")]
    pub(super) name: String,
    /// The service whose host, tokens and ways it has
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub(super) on: On,
    /// What the document does not say: effects, names, methods
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Option<PathBuf>,
    /// Take the place of a module of that name
    #[arg(long)]
    pub(super) replace: bool,
    /// Say what would be added, and everything that is wrong, without adding it
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// A service that other APIs can be called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum On {
    /// Azure Resource Manager
    Arm,
    /// Microsoft Graph
    Graph,
    /// Partner Center
    Partner,
    /// Recovery Services
    Recovery,
}

impl From<On> for ServiceName {
    fn from(on: On) -> Self {
        match on {
            On::Arm => Self::Arm,
            On::Graph => Self::Graph,
            On::Partner => Self::Partner,
            On::Recovery => Self::Recovery,
        }
    }
}

/// The emulator of the services.
#[derive(Debug, Subcommand)]
pub(super) enum Sandbox {
    /// Serve the sandbox to other processes until Ctrl-C
    Serve(Serve),
    /// List the routes that the sandbox serves
    Coverage,
}

/// Serves the sandbox.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints one line of JSON with the addresses and credentials, and then serves until Ctrl-C.
Give them to another process in its environment: TENANTRY_TENANT_ID, TENANTRY_CLIENT_ID,
TENANTRY_CLIENT_SECRET, TENANTRY_REFRESH_TOKEN, TENANTRY_ENDPOINT_LOGIN, _PARTNER, _GRAPH,
_ARM, and with --tls TENANTRY_CA_FILE. The certificate is kept in FILE.tls beside the state
file, or else in the user's data folder, where it is found again.

Examples:
  tenantry sandbox serve --port 8080 --tls
  tenantry sandbox serve --state sandbox.state --customers 250")]
pub(super) struct Serve {
    /// Port on the loopback address; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) port: u16,
    /// Serve HTTPS, by a certificate of an authority made for this sandbox
    #[arg(long)]
    pub(super) tls: bool,
    /// Keep the sandbox's state in this file
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// Seed of all ids [default: 1]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Additional customers [default: 0]
    #[arg(long, value_name = "N")]
    pub(super) customers: Option<usize>,
    /// Which limits hold
    #[arg(long, value_enum, default_value_t, value_name = "PROFILE")]
    pub(super) limits: LimitProfile,
    /// How long the services take for what they do later
    #[arg(long, value_enum, default_value_t, value_name = "PACE")]
    pub(super) pace: PaceChoice,
}

/// Which limits the sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum LimitProfile {
    /// Those of the integration sandbox of 2015: 25 customers, 25 subscriptions, 25 seats
    Guide2015,
    /// Those of today's integration sandbox
    #[default]
    Current,
}

/// How fast the served sandbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum PaceChoice {
    /// No delay is longer than a second
    #[default]
    Fast,
    /// As long as the real services take
    Real,
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

pub(super) fn effect(word: &str) -> Result<Effect, String> {
    Effect::parse(word).ok_or_else(|| "the effects are read, write, spend and destroy".to_owned())
}

pub(super) fn lanes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(lanes @ 1..=256) => Ok(lanes),
        _ => Err("give a number from 1 to 256".to_owned()),
    }
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

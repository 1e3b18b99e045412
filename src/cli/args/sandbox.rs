//! The arguments of `sandbox`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The emulator of the services.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Sandbox {
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
pub(in crate::cli) struct Serve {
    /// Port on the loopback address; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) port: u16,
    /// Serve HTTPS, by a certificate of an authority made for this sandbox
    #[arg(long)]
    pub(in crate::cli) tls: bool,
    /// Keep the sandbox's state in this file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) state: Option<PathBuf>,
    /// Seed of all ids [default: 1]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) seed: Option<u64>,
    /// Additional customers [default: 0]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) customers: Option<usize>,
    /// Which limits hold
    #[arg(long, value_enum, default_value_t, value_name = "PROFILE")]
    pub(in crate::cli) limits: LimitProfile,
    /// How long the services take for what they do later
    #[arg(long, value_enum, default_value_t, value_name = "PACE")]
    pub(in crate::cli) pace: PaceChoice,
}

/// Which limits the sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum LimitProfile {
    /// Those of the integration sandbox of 2015: 25 customers, 25 subscriptions, 25 seats
    Guide2015,
    /// Those of today's integration sandbox
    #[default]
    Current,
}

/// How fast the served sandbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum PaceChoice {
    /// No delay is longer than a second
    #[default]
    Fast,
    /// As long as the real services take
    Real,
}

//! `completions SHELL`: the script that makes a shell complete our commands and flags.

use clap::CommandFactory;

use super::args::{Cli, Completions};
use super::console::Console;

/// Prints the completion script.
pub(super) fn completions(console: &Console, args: &Completions) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tenantry", &mut script);
    console.print(&String::from_utf8_lossy(&script))
}

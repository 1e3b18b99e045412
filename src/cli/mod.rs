//! The command line: one file per command, and the wiring of traits to implementations. It decides
//! how the process ends; what the commands do is the business of the layers beneath.

mod added;
mod api;
mod args;
mod check;
mod choice;
mod completions;
mod console;
mod doc;
mod doctor;
mod eval;
mod explain;
mod host;
mod login;
mod logout;
mod offline;
mod passphrase;
mod profile;
mod prompt;
mod repl;
mod run;
mod sandbox;
mod script_file;
mod signal;
mod split;
mod whoami;

use std::ffi::OsString;
use std::process;
use std::thread;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use crate::error::{Code, Error};
use args::{Cli, Command, ErrorFormat, GivenFlags};
use console::Console;

/// Scripts may nest deeply, and debug builds need more of the stack for it.
const STACK: usize = 16 * 1024 * 1024;

/// Runs the command that this process was started with and returns its exit code.
pub fn main() -> u8 {
    let args: Vec<OsString> = std::env::args_os().collect();
    match parse(&args) {
        Ok(cli) => on_own_thread(cli),
        Err(error) => refuse(&error, &args),
    }
}

/// Reads the command line. The flags of a run may stand among the runbook's parameters.
fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let mut definition = Cli::command();
    definition.build();
    let Some(split) = split::split(args, &definition) else {
        return read(definition, args);
    };
    let mut cli = read(definition, &split.ours)?;
    if let Command::Run(run) = &mut cli.command {
        run.parameters = split.parameters;
    }
    Ok(cli)
}

fn read(definition: clap::Command, args: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = definition.try_get_matches_from(args)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.globals.given = GivenFlags::of(&matches);
    Ok(cli)
}

/// Shows what clap has to say: help and version are no errors.
fn refuse(error: &clap::Error, args: &[OsString]) -> u8 {
    let help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if !help && wants_json(args) {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        let error = Error::new(Code::UsageArgument, message);
        return Console::bare(ErrorFormat::Json).fail(&error, None);
    }
    // A terminal that is gone cannot be told anything.
    let _ = error.print();
    if help { 0 } else { Code::UsageArgument.exit() }
}

fn wants_json(args: &[OsString]) -> bool {
    let flag = "--error-format";
    args.iter().any(|arg| arg == "--error-format=json")
        || args
            .windows(2)
            .any(|pair| pair[0] == flag && pair[1] == "json")
}

/// Runs a command on a thread with a large stack. The process ends from there: nothing is torn
/// down that the system tears down faster.
fn on_own_thread(cli: Cli) -> u8 {
    let worker = thread::Builder::new()
        .name("script".to_owned())
        .stack_size(STACK)
        .spawn(move || process::exit(command(cli).into()));
    match worker.map(thread::JoinHandle::join) {
        // Its panic has been shown already.
        Ok(_) => Code::Internal.exit(),
        Err(error) => {
            let error = Error::new(
                Code::Internal,
                format!("no thread could be started: {error}"),
            );
            Console::bare(ErrorFormat::Text).fail(&error, None)
        }
    }
}

fn command(cli: Cli) -> u8 {
    let console = Console::new(&cli.globals);
    match cli.command {
        Command::Run(run) => run::run(&console, run),
        Command::Eval(eval) => eval::eval(&console, eval),
        Command::Repl(repl) => repl::repl(&console, repl),
        Command::Check(check) => check::check(&console, &check),
        Command::Doc(doc) => doc::doc(&console, &doc),
        Command::Explain(explain) => explain::explain(&console, &explain),
        Command::Login(args) => login::login(&console, &args),
        Command::Logout(args) => logout::logout(&console, &args),
        Command::Profile(args) => profile::profile(&console, args),
        Command::Whoami(args) => whoami::whoami(&console, &args),
        Command::Doctor(args) => doctor::doctor(&console, &args),
        Command::Api(api) => api::api(&console, &api),
        Command::Sandbox(sandbox) => sandbox::sandbox(&console, sandbox),
        Command::Completions(completions) => completions::completions(&console, &completions),
    }
}

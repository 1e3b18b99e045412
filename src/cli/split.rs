//! Tells the flags of a run from the runbook's own parameters. Both stand after the script's path
//! (`run onboard.rhai --seats 5 --output json`); no parameter may have the name of a flag.

use std::ffi::{OsStr, OsString};

use clap::{ArgAction, Command};

/// A command line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The flags of the program and of the run, and the script: for clap.
    pub(super) ours: Vec<OsString>,
    /// Everything else that stands after the script: for the runbook.
    pub(super) parameters: Vec<String>,
}

/// Takes a command line apart, or returns `None` when it runs no script. `definition` must be built.
pub(super) fn split(args: &[OsString], definition: &Command) -> Option<Split> {
    let run = definition.find_subcommand("run")?;
    let command = skip_flags(args, 1, definition)?;
    if args[command] != "run" {
        return None;
    }
    let script = skip_flags(args, command + 1, run)?;
    let mut ours = args[..script].to_vec();
    let mut parameters = Vec::new();
    let mut rest = args[script + 1..].iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            parameters.extend(rest.by_ref().map(|arg| text(arg)));
        } else if let Some(takes_value) = flag(arg, run).filter(|_| !asks_for_help(arg)) {
            ours.push(arg.clone());
            if takes_value {
                ours.extend(rest.next().cloned());
            }
        } else {
            parameters.push(text(arg));
        }
    }
    ours.push(args[script].clone());
    Some(Split { ours, parameters })
}

/// Returns where the first argument that is neither a flag nor a flag's value stands.
fn skip_flags(args: &[OsString], from: usize, command: &Command) -> Option<usize> {
    let mut at = from;
    while let Some(arg) = args.get(at) {
        match flag(arg, command) {
            Some(true) => at += 2,
            Some(false) => at += 1,
            None if text(arg).starts_with('-') => return None, // clap says what is wrong with it
            None => return Some(at),
        }
    }
    None
}

/// Returns whether an argument is a flag of the command, and whether the next one is its value.
fn flag(arg: &OsStr, command: &Command) -> Option<bool> {
    let text = text(arg);
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text.as_str(), None),
    };
    let found = command.get_arguments().find(|arg| {
        let short = arg.get_short().map(|short| format!("-{short}"));
        let long = arg.get_long().map(|long| format!("--{long}"));
        short.as_deref() == Some(name) || long.as_deref() == Some(name)
    })?;
    let takes = match found.get_action() {
        ArgAction::Set | ArgAction::Append => !found.is_require_equals_set(),
        _ => false,
    };
    Some(takes && value.is_none())
}

/// Returns whether an argument asks for help; after a script it asks for the runbook's.
pub(super) fn asks_for_help(arg: impl AsRef<OsStr>) -> bool {
    let arg = arg.as_ref();
    arg == "--help" || arg == "-h"
}

fn text(arg: &OsStr) -> String {
    arg.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::args::Cli;
    use super::*;

    #[track_caller]
    fn check(args: &[&str], expected: Option<(&[&str], &[&str])>) {
        let mut definition = Cli::command();
        definition.build();
        let os = |args: &[&str]| args.iter().map(OsString::from).collect::<Vec<_>>();
        let expected = expected.map(|(ours, parameters)| Split {
            ours: os(ours),
            parameters: parameters.iter().map(ToString::to_string).collect(),
        });
        assert_eq!(split(&os(args), &definition), expected);
    }

    #[test]
    fn flags_are_told_from_parameters() {
        let after = |tail: &[&str], flags: &[&str], parameters: &[&str]| {
            let args = [&["t", "run", "a.rhai"], tail].concat();
            let ours = [&["t", "run"], flags, &["a.rhai"]].concat();
            check(&args, Some((&ours, parameters)));
        };
        after(&[], &[], &[]);
        after(&["--seats", "5"], &[], &["--seats", "5"]);
        after(
            &["--seats", "5", "--output", "json", "--dry"],
            &["--output", "json"],
            &["--seats", "5", "--dry"],
        );
        let mixed = ["--output=csv", "--log-http", "--log-http=full", "-v"];
        after(&mixed, &mixed, &[]);
        after(
            &["--allow", "write,spend"],
            &["--allow", "write,spend"],
            &[],
        );
        after(&["--help"], &[], &["--help"]);
        after(&["--", "--output", "x"], &[], &["--output", "x"]);
    }

    #[test]
    fn only_a_run_is_taken_apart() {
        check(&["t"], None);
        check(&["t", "eval", "1", "--output", "json"], None);
        check(&["t", "run", "--help"], None);
        check(&["t", "run", "--wrong", "a.rhai"], None);
        check(
            &[
                "t", "--output", "json", "run", "-q", "--lanes", "3", "a.rhai", "--x",
            ],
            Some((
                &[
                    "t", "--output", "json", "run", "-q", "--lanes", "3", "a.rhai",
                ],
                &["--x"],
            )),
        );
    }
}

//! The session's own commands: lines that begin with a colon.

use std::fmt::Write;

use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Lists the commands.
    Help,
    /// Shows a page of the manual, or its overview.
    Doc(Option<String>),
    /// Says what is known of an expression's value without evaluating it.
    Type(String),
    /// Shows the requests of the last entry, or switches showing them always.
    Http(Http),
    /// Ends the session.
    Quit,
}

/// What `:http` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Http {
    /// Shows the requests of the last entry.
    Last,
    /// Shows requests as they are made, from now on.
    On,
    /// No longer shows them.
    Off,
}

/// Name, what it takes, what it does.
pub(super) const NAMES: [(&str, &str, &str); 5] = [
    ("help", "", "this list"),
    (
        "doc",
        "[NAME]",
        "what scripts can call: a module, a function, a record type",
    ),
    (
        "type",
        "EXPRESSION",
        "what kind of value it is; nothing is called",
    ),
    (
        "http",
        "[on|off]",
        "the requests and answers of the last entry; on shows them as they come",
    ),
    ("quit", "", "leave, as Ctrl-D does"),
];

/// Returns the command that a line is, or `None` when it is script.
pub(super) fn parse(line: &str) -> Option<Result<Command, Error>> {
    let line = line.trim();
    let rest = line
        .strip_prefix(':')
        .filter(|rest| !rest.starts_with(':'))?;
    let (name, argument) = match rest.split_once(char::is_whitespace) {
        Some((name, argument)) => (name, argument.trim()),
        None => (rest, ""),
    };
    Some(match (name, argument) {
        ("help" | "h" | "?", _) => Ok(Command::Help),
        ("doc" | "d", "") => Ok(Command::Doc(None)),
        ("doc" | "d", name) => Ok(Command::Doc(Some(name.to_owned()))),
        ("type" | "t", "") => Err(wrong("`:type` needs an expression", ":type _")),
        ("type" | "t", expression) => Ok(Command::Type(expression.to_owned())),
        ("http", "") => Ok(Command::Http(Http::Last)),
        ("http", "on") => Ok(Command::Http(Http::On)),
        ("http", "off") => Ok(Command::Http(Http::Off)),
        ("http", _) => Err(wrong("`:http` takes `on`, `off` or nothing", ":http on")),
        ("quit" | "q" | "exit", _) => Ok(Command::Quit),
        (name, _) => Err(unknown(name)),
    })
}

/// Returns the text of `:help`.
pub(super) fn help() -> String {
    let mut text = String::new();
    for (name, takes, does) in NAMES {
        let call = format!(":{name} {takes}");
        let _ = writeln!(text, "  {call:18}{does}");
    }
    text.push_str(
        "\n  Tab completes; `_` is the last value; Ctrl-C stops a running call or clears the line.\n",
    );
    text
}

fn unknown(name: &str) -> Error {
    let meant = did_you_mean(name, NAMES.iter().map(|(name, ..)| *name));
    let example = meant.map_or(":help".to_owned(), |meant| format!(":{meant}"));
    wrong(&format!("there is no command `:{name}`"), &example)
}

fn wrong(message: &str, example: &str) -> Error {
    Error::new(Code::UsageArgument, message).help(format!("type `{example}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_begin_with_one_colon() {
        let check = |line: &str, expected: Option<Option<Command>>| {
            assert_eq!(parse(line).map(Result::ok), expected, "{line}");
        };
        check("1 + 1", None);
        check(" :help", Some(Some(Command::Help)));
        check(":q", Some(Some(Command::Quit)));
        check(":doc", Some(Some(Command::Doc(None))));
        check(
            ":doc  a::b ",
            Some(Some(Command::Doc(Some("a::b".to_owned())))),
        );
        check(":type", Some(None));
        check(":http off", Some(Some(Command::Http(Http::Off))));
        check(":http of", Some(None));
        check(":hlep", Some(None));
        let error = parse(":hlep").expect("a command").expect_err("unknown");
        assert_eq!(error.parts().help.as_deref(), Some("type `:help`"));
    }
}

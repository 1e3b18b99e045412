//! `eval TEXT`: a few lines of script from the command line.

use super::args::Eval;
use super::check;
use super::console::Console;
use super::host::{Host, Wish};
use crate::error::{Code, Error};
use crate::script::Source;

/// Evaluates a text and returns the exit code.
pub(super) fn eval(console: &Console, args: Eval) -> u8 {
    if args.expression.trim().is_empty() {
        let error = Error::new(Code::UsageArgument, "there is nothing to evaluate");
        return console.fail(
            &error.help("tenantry eval 'partner::customers().count()'"),
            None,
        );
    }
    let source = Source::new("<eval>", args.expression);
    let found = check::findings(console, &source);
    if found.exit != 0 {
        return found.exit;
    }
    let wish = Wish {
        services: found.services,
        files: std::env::current_dir().into_iter().collect(),
        ..Wish::default()
    };
    match Host::open(console, &args.flags, wish, || console.output()) {
        Ok(host) => {
            let exit = host.run(console, &source);
            // The process ends faster than an engine is torn down.
            std::mem::forget(host);
            exit
        }
        Err(error) => console.fail(&error, Some(&source)),
    }
}

//! `run SCRIPT [PARAMETERS]`: check, read the parameters, run.

use super::args::Run;
use super::check::{self, Found};
use super::console::Console;
use super::host::{Host, Wish};
use super::script_file;
use super::split::asks_for_help;
use crate::error::Error;
use crate::runbook::{header_of, help, params};

/// Runs a runbook and returns the exit code.
pub(super) fn run(console: &Console, args: Run) -> u8 {
    let source = match script_file::read(&args.script) {
        Ok(source) => source,
        Err(error) => return console.fail(&error, None),
    };
    if args.parameters.iter().any(asks_for_help) {
        return match header_of(&source) {
            Ok(header) => console.print(&help::text(&header, &source.name)),
            Err(error) => console.fail(&error, Some(&source)),
        };
    }
    let found = check::findings(console, &source);
    if found.exit != 0 {
        return found.exit;
    }
    let host = wish(found, &args.parameters)
        .and_then(|wish| Host::open(console, &args.flags, wish, || console.output()));
    match host {
        Ok(host) => {
            let exit = host.run(console, &source);
            // The process ends faster than an engine is torn down.
            std::mem::forget(host);
            exit
        }
        Err(error) => console.fail(&error, Some(&source)),
    }
}

fn wish(found: Found, arguments: &[String]) -> Result<Wish, Error> {
    let header = &found.header;
    let given = params::read(&header.params, arguments, &|name| std::env::var(name).ok())?;
    Ok(Wish {
        params: params::values(&header.params, &given),
        files: params::files(&given),
        bound: header.bound(),
        services: found.services,
        log: None,
    })
}

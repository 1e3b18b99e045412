//! `sandbox serve` and `sandbox coverage`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use directories::ProjectDirs;
use serde_json::json;

use super::args::{LimitProfile, PaceChoice, Sandbox, Serve};
use super::console::Console;
use crate::base::clock::RealClock;
use crate::error::{Code, Error};
use crate::sandbox::{self, Begun, Limits, Options, Pace};

/// Runs a command of `sandbox`.
pub(super) fn sandbox(console: &Console, args: Sandbox) -> u8 {
    match args {
        Sandbox::Serve(args) => match serve(console, args) {
            Ok(()) => 0,
            Err(error) => console.fail(&error, None),
        },
        Sandbox::Coverage => coverage(console),
    }
}

/// Serves until Ctrl-C, which is how a server ends well.
fn serve(console: &Console, args: Serve) -> Result<(), Error> {
    let tls = args.tls.then(|| tls_folder(args.state.as_deref()));
    let running = sandbox::start(Options {
        tls: tls.transpose()?,
        seed: args.seed.unwrap_or(1),
        customers: args.customers.unwrap_or(0),
        limits: match args.limits {
            LimitProfile::Guide2015 => Limits::Guide2015,
            LimitProfile::Current => Limits::Current,
        },
        clock: Arc::new(RealClock::default()),
        pace: match args.pace {
            PaceChoice::Fast => Pace::Fast,
            PaceChoice::Real => Pace::Real,
        },
        state: args.state,
        port: args.port,
    })?;
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Error::new(Code::Internal, format!("{what}: {error}"))
    };
    let line = serde_json::to_string(running.credentials())
        .map_err(|error| failed("the credentials cannot be written", &error))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| failed("stdout cannot be written", &error))?;
    drop(out);
    if let Some(note) = held(args.seed, args.customers, running.begun()) {
        console.say(&note);
    }
    console.say("the sandbox is served; press Ctrl-C to stop it");
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .and_then(|runtime| runtime.block_on(tokio::signal::ctrl_c()))
        .map_err(|error| failed("Ctrl-C cannot be watched for", &error))
}

/// Returns the folder that keeps the certificate: beside the state file, so that both go together,
/// or else the user's own, so that an authority has to be trusted but once.
fn tls_folder(state: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(state) = state {
        let mut name = state.as_os_str().to_owned();
        name.push(".tls");
        return Ok(PathBuf::from(name));
    }
    let folders = ProjectDirs::from("", "", "tenantry").ok_or_else(|| {
        let message = "the user has no folder for the certificate of the sandbox";
        Error::new(Code::UsageState, message).help("name a state file with --state FILE")
    })?;
    Ok(folders.data_local_dir().join("sandbox-tls"))
}

/// Returns what to say when the state file was begun otherwise than it is asked for now. The limits
/// are no part of the state: those that are asked for hold.
fn held(seed: Option<u64>, customers: Option<usize>, begun: Begun) -> Option<String> {
    let had = begun.customers.unwrap_or_default();
    let other = seed.is_some_and(|seed| seed != begun.seed)
        || customers.is_some_and(|customers| customers != had);
    other.then(|| {
        format!(
            "the state file was begun with --seed {} --customers {had}: these hold",
            begun.seed
        )
    })
}

/// Lists the routes.
fn coverage(console: &Console) -> u8 {
    let rows: Vec<String> = sandbox::routes()
        .into_iter()
        .map(|route| {
            json!({
                "service": route.service.as_str(),
                "method": route.method,
                "path": route.template,
            })
            .to_string()
        })
        .collect();
    console.finish(|output| output.table(None, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_state_file_was_begun_with_is_said_when_something_else_is_asked_for() {
        let begun = Begun {
            seed: 7,
            customers: Some(3),
        };
        let check = |seed, customers, says: bool| {
            let note = held(seed, customers, begun);
            assert_eq!(note.is_some(), says, "{seed:?} {customers:?}");
            if let Some(note) = note {
                assert!(note.contains("--seed 7 --customers 3"), "{note}");
            }
        };
        check(None, None, false);
        check(Some(7), Some(3), false);
        check(Some(1), None, true);
        check(Some(7), Some(0), true);
    }
}

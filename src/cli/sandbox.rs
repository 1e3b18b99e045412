//! `sandbox serve` and `sandbox coverage`.

use std::io::Write;
use std::sync::Arc;

use serde_json::json;

use super::args::{LimitProfile, PaceChoice, Sandbox, Serve};
use super::console::Console;
use crate::base::clock::RealClock;
use crate::error::{Code, Error};
use crate::sandbox::{self, Limits, Options, Pace};

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
    let running = sandbox::start(Options {
        seed: args.seed,
        customers: args.customers,
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
    console.say("the sandbox is served; press Ctrl-C to stop it");
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .and_then(|runtime| runtime.block_on(tokio::signal::ctrl_c()))
        .map_err(|error| failed("Ctrl-C cannot be watched for", &error))
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

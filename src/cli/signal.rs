//! Ctrl-C and `--timeout`. The first Ctrl-C tells the run to stop; the second ends the process at
//! once. Both are the machine's business, not the clock's.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::console::Console;
use crate::base::cancel::{Cancel, Reason};
use crate::error::{Code, Error};
use crate::report::{Progress, Screen};

/// Whether something runs that Ctrl-C should stop; an interactive session is idle in between.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    busy: AtomicBool,
    interactive: AtomicBool,
}

impl Busy {
    /// Says whether something runs from now on.
    pub(super) fn set(&self, busy: bool) {
        self.0.busy.store(busy, Ordering::Release);
    }

    /// Says that a person is at a prompt while nothing runs: a Ctrl-C that comes too late to stop
    /// an entry must not end the session.
    pub(super) fn interactive(&self) {
        self.0.interactive.store(true, Ordering::Release);
    }

    fn meets(&self) -> Meets {
        match (
            self.0.busy.load(Ordering::Acquire),
            self.0.interactive.load(Ordering::Acquire),
        ) {
            (true, _) => Meets::Run,
            (false, true) => Meets::Prompt,
            (false, false) => Meets::Nothing,
        }
    }
}

/// What a Ctrl-C meets.
enum Meets {
    Run,
    Prompt,
    Nothing,
}

/// Watches for Ctrl-C until the process ends.
pub(super) fn watch(console: &Console, busy: &Busy) -> Result<(), Error> {
    let (cancel, screen, busy) = (console.cancel.clone(), console.screen.clone(), busy.clone());
    let listening = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || runtime.block_on(listen(&cancel, &screen, &busy)))
    };
    listening().map(drop).map_err(|error| {
        Error::new(
            Code::Internal,
            format!("Ctrl-C cannot be watched for: {error}"),
        )
    })
}

async fn listen(cancel: &Cancel, screen: &Screen, busy: &Busy) {
    while tokio::signal::ctrl_c().await.is_ok() {
        match busy.meets() {
            Meets::Prompt => {}
            Meets::Run if cancel.reason() != Some(Reason::Interrupted) => {
                screen.say("stopping; press Ctrl-C again to leave at once");
                cancel.cancel(Reason::Interrupted);
            }
            Meets::Run | Meets::Nothing => process::exit(Code::RunInterrupted.exit().into()),
        }
    }
}

/// Ends the run after `time`, if it has not ended by then.
pub(super) fn limit(time: Option<Duration>, cancel: &Cancel) -> Result<(), Error> {
    let Some(time) = time else {
        return Ok(());
    };
    let cancel = cancel.clone();
    thread::Builder::new()
        .name("timeout".to_owned())
        .spawn(move || {
            thread::sleep(time);
            cancel.cancel(Reason::TimedOut);
        })
        .map(drop)
        .map_err(|error| {
            Error::new(
                Code::Internal,
                format!("no timer could be started: {error}"),
            )
        })
}

//! `repl`: wires an interactive session.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use super::added;
use super::args::Repl;
use super::console::{self, Console};
use super::host::{Host, Wish};
use super::offline;
use super::signal::Busy;
use crate::error::Error;
use crate::http::{Log, LogLevel};
use crate::repl::{self, Entries, Face, Requests, Settings};
use crate::report::Progress;
use crate::script::Source;

/// Runs an interactive session and returns the exit code.
pub(super) fn repl(console: &Console, args: Repl) -> u8 {
    let requests = Arc::new(Requests::default());
    let log = Log {
        level: LogLevel::Full,
        sink: {
            let (requests, screen) = (Arc::clone(&requests), console.screen.clone());
            let always = console.globals.log_http.is_some();
            Arc::new(move |entry: &str| {
                if requests.take(entry) || always {
                    screen.say(entry);
                }
            })
        },
    };
    let output = {
        let console = console.clone();
        Arc::new(Entries::new(move || console.output()))
    };
    // The session lasts as long as the process.
    let services = Vec::leak(added::all(console));
    let wish = Wish {
        services: services.to_vec(),
        files: std::env::current_dir().into_iter().collect(),
        log: Some(log),
        ..Wish::default()
    };
    let host = match Host::open(console, &args.flags, wish, || Arc::clone(&output) as _) {
        Ok(host) => host,
        Err(error) => return console.fail(&error, None),
    };
    let terminal = io::stdin().is_terminal();
    if terminal {
        host.busy.interactive();
        console.say("Tab completes, :help shows the commands, Ctrl-D leaves");
    }
    let settings = Settings {
        manual: offline::manual(services),
        output,
        requests,
        cancel: console.cancel.clone(),
        terminal,
        color: console::style().color,
    };
    let face = ConsoleFace {
        console,
        busy: host.busy.clone(),
    };
    let exit = repl::run(host.session.repl(), settings, &face);
    host.say_time(console);
    // The process ends faster than an engine is torn down.
    std::mem::forget(host);
    exit
}

/// The console as a session sees it.
struct ConsoleFace<'a> {
    console: &'a Console,
    busy: Busy,
}

impl Face for ConsoleFace<'_> {
    fn print(&self, text: &str) {
        self.console.print(text);
    }

    fn note(&self, text: &str) {
        self.console.say(text);
    }

    fn fail(&self, error: &Error, source: Option<&Source>) -> u8 {
        self.console.fail(error, source)
    }

    fn busy(&self, busy: bool) {
        self.busy.set(busy);
    }
}

impl fmt::Debug for ConsoleFace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsoleFace")
    }
}

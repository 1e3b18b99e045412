//! The terminal as every command sees it: results to stdout in the chosen format, notes, progress
//! and errors to stderr.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use clap::ValueEnum;
use serde_json::Value;

use super::args::{ErrorFormat, GivenFlags, Globals, LogHttp, OutputFormat};
use crate::base::cancel::{Cancel, Reason};
use crate::error::{Code, Error};
use crate::report::{self, Format, Output, Progress, Screen, Sink};
use crate::script::diagnostic::{self, Severity, Sources, Style};
use crate::script::{self, Source};

/// The terminal, or whatever stands in its place.
#[derive(Debug, Clone)]
pub(super) struct Console {
    /// The flags of every command.
    pub(super) globals: Globals,
    /// Notes and progress.
    pub(super) screen: Screen,
    /// Ends whatever runs.
    pub(super) cancel: Cancel,
    /// Whether stdout's reader has gone away.
    closed: Arc<AtomicBool>,
    /// How results are written unless the command line says.
    format: Arc<OnceLock<Format>>,
}

impl Console {
    /// Creates the console for these flags.
    pub(super) fn new(globals: &Globals) -> Self {
        Self {
            screen: Screen::stderr(globals.quiet),
            globals: globals.clone(),
            cancel: Cancel::default(),
            closed: Arc::default(),
            format: Arc::default(),
        }
    }

    /// Creates a console for errors found before the flags are known.
    pub(super) fn bare(error_format: ErrorFormat) -> Self {
        Self::new(&Globals {
            profile: None,
            output: OutputFormat::default(),
            error_format,
            log_http: None::<LogHttp>,
            quiet: false,
            verbose: false,
            given: GivenFlags::default(),
        })
    }

    /// Returns the way to stdout. A run whose reader goes away ends as if by Ctrl-C, but quietly.
    pub(super) fn output(&self) -> Arc<dyn Output> {
        let (closed, cancel) = (Arc::clone(&self.closed), self.cancel.clone());
        let sink = Sink::stdout(self.screen.clone()).on_closed(move || {
            closed.store(true, Ordering::Release);
            cancel.cancel(Reason::Interrupted);
        });
        report::open(self.format(), sink, Arc::new(self.screen.clone()))
    }

    /// Says how results are written unless the command line does.
    pub(super) fn prefer(&self, format: Option<&str>) {
        if let Some(format) = format.and_then(|word| OutputFormat::from_str(word, false).ok()) {
            // The first that is said holds: a process works as one profile.
            let _ = self.format.set(format.into());
        }
    }

    fn format(&self) -> Format {
        match self.format.get() {
            Some(format) if !self.globals.given.output => *format,
            _ => self.globals.output.into(),
        }
    }

    /// Writes results that are all there already, and returns the exit code.
    pub(super) fn finish(&self, write: impl FnOnce(&dyn Output) -> io::Result<()>) -> u8 {
        let output = self.output();
        match write(&*output).and_then(|()| output.finish()) {
            Ok(()) => 0,
            Err(error) => self.lost(&error),
        }
    }

    /// Returns whether stdout's reader has gone away, which ends a run without an error.
    pub(super) fn closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Says a line on stderr.
    pub(super) fn say(&self, line: &str) {
        self.screen.say(line);
    }

    /// Shows an error and returns the exit code that it means. `main` is the script it is about.
    pub(super) fn fail(&self, error: &Error, main: Option<&Source>) -> u8 {
        self.show(error, Severity::Error, main, &[])
    }

    /// Shows a finding about a script or one of the modules that it imports, and returns the exit
    /// code that it means as an error. Warnings are notes: with `--quiet` they are not shown.
    pub(super) fn show(
        &self,
        error: &Error,
        severity: Severity,
        main: Option<&Source>,
        modules: &[Source],
    ) -> u8 {
        if severity == Severity::Warning && self.globals.quiet {
            return error.exit();
        }
        let text = match self.globals.error_format {
            ErrorFormat::Json => {
                let mut json = diagnostic::to_json(error);
                json["severity"] = match severity {
                    Severity::Warning => "warning".into(),
                    Severity::Error => "error".into(),
                };
                if let Some(main) = main {
                    name_source(&mut json, &main.name);
                }
                format!("{json}\n")
            }
            ErrorFormat::Text => {
                let mut sources = main.map_or_else(Sources::new, Sources::of);
                for module in modules {
                    sources.add(module.name.clone(), module.text.clone());
                }
                add_sources(error, &mut sources);
                diagnostic::render_as(error, severity, &sources, style())
            }
        };
        self.error_text(&text);
        error.exit()
    }

    /// Writes text to stderr; it is shown with `--quiet`, too.
    pub(super) fn error_text(&self, text: &str) {
        self.screen.suspend(|| {
            // There is nowhere left to say that stderr is gone.
            let _ = io::stderr().lock().write_all(text.as_bytes());
        });
    }

    /// Writes plain text to stdout. A reader that has gone away is no error.
    pub(super) fn print(&self, text: &str) -> u8 {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => self.lost(&error),
            _ => 0,
        }
    }

    /// Reports that stdout cannot be written, and returns the exit code.
    pub(super) fn lost(&self, error: &io::Error) -> u8 {
        let message = format!("stdout cannot be written: {error}");
        self.fail(&Error::new(Code::ScriptFile, message), None)
    }
}

/// Names the main script where an error only says that it is the main one.
fn name_source(json: &mut Value, name: &str) {
    let mut sources: Vec<&mut Value> = Vec::new();
    let Some(object) = json.as_object_mut() else {
        return;
    };
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("at", at) => sources.extend(at.get_mut("source")),
            ("calls", Value::Array(calls)) => {
                sources.extend(calls.iter_mut().filter_map(|at| at.get_mut("source")));
            }
            _ => {}
        }
    }
    for source in sources {
        if source == "" {
            *source = name.into();
        }
    }
    let related = json.get_mut("related").and_then(Value::as_array_mut);
    for related in related.into_iter().flatten() {
        name_source(related, name);
    }
}

/// Returns what stderr can show.
pub(super) fn style() -> Style {
    let terminal = io::stderr().is_terminal();
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    let width = terminal_size::terminal_size_of(io::stderr())
        .map_or(Style::PLAIN.width, |(width, _)| usize::from(width.0));
    Style {
        color: terminal && !dumb && set("NO_COLOR").is_none(),
        width,
        unicode: !dumb,
    }
}

/// Adds the texts of modules that an error points into, by their paths.
fn add_sources(error: &Error, sources: &mut Sources) {
    let parts = error.parts();
    if let Some(at) = &parts.at
        && !at.source.is_empty()
        && !sources.has(&at.source)
        && let Some(text) = script::module_text(&at.source)
    {
        sources.add(at.source.clone(), text);
    }
    for related in &parts.related {
        add_sources(related, sources);
    }
}

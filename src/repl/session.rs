//! The loop: read an entry, obey or evaluate it, show what comes out, go on after an error.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::command::{self, Command, Http};
use super::complete::Place;
use super::entries::Entries;
use super::lines::{Assistant, Lines, Names, Next, Piped, Terminal};
use super::live;
use super::manual::{Manual, Page};
use super::requests::Requests;
use crate::base::cancel::Cancel;
use crate::error::{Code, Error};
use crate::report::Output;
use crate::script::check;
use crate::script::{Repl, Shown, Source};

/// What surrounds a session: where it shows itself.
pub trait Face {
    /// Shows a text among the results.
    fn print(&self, text: &str);

    /// Shows a note that is no result.
    fn note(&self, text: &str);

    /// Shows an error and returns the exit code that it means.
    fn fail(&self, error: &Error, source: Option<&Source>) -> u8;

    /// Says whether an entry is being evaluated, which Ctrl-C should then stop.
    fn busy(&self, busy: bool);
}

/// What a session is made of.
pub struct Settings {
    /// Everything that can be called.
    pub manual: Manual<'static>,
    /// Where results go; the same that the scripts write to.
    pub output: Arc<Entries>,
    /// The log of requests.
    pub requests: Arc<Requests>,
    /// Stops an entry.
    pub cancel: Cancel,
    /// Whether there is a terminal to edit lines on.
    pub terminal: bool,
    /// Whether it shows colours.
    pub color: bool,
}

/// Runs a session to its end. Returns the exit code: on a terminal 0, else that of the first entry
/// that failed.
pub fn run(repl: Repl, settings: Settings, face: &dyn Face) -> u8 {
    let terminal = settings.terminal;
    let mut session = Session {
        names: Rc::default(),
        repl,
        settings,
        face,
        exit: 0,
    };
    match session.lines() {
        Ok(mut lines) => session.all(&mut *lines),
        Err(error) => session.lost(&error),
    }
    // Tearing an engine down takes longer than ending the process.
    let exit = session.exit;
    std::mem::forget(session);
    if terminal { 0 } else { exit }
}

struct Session<'a> {
    repl: Repl,
    settings: Settings,
    face: &'a dyn Face,
    names: Rc<RefCell<Names>>,
    exit: u8,
}

impl Session<'_> {
    fn lines(&self) -> std::io::Result<Box<dyn Lines>> {
        // An engine without our functions parses as well, and is made in no time.
        let engine = check::engine();
        if !self.settings.terminal {
            return Ok(Box::new(Piped::new(engine)));
        }
        let terminal = Terminal::open(Assistant {
            engine,
            manual: self.settings.manual,
            names: Rc::clone(&self.names),
            color: self.settings.color,
        })?;
        Ok(Box::new(terminal))
    }

    fn all(&mut self, lines: &mut dyn Lines) {
        loop {
            match lines.next() {
                Ok(Next::Entry(text)) => {
                    if !self.entry(&text) {
                        return;
                    }
                }
                Ok(Next::Cleared) => {}
                Ok(Next::End) => return,
                Err(error) => return self.lost(&error),
            }
        }
    }

    /// Takes one entry; returns whether the session goes on.
    fn entry(&mut self, text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        match command::parse(text) {
            None => self.evaluate(text),
            Some(Ok(Command::Quit)) => return false,
            Some(Ok(command)) => self.obey(command),
            Some(Err(error)) => self.failed(&error, None),
        }
        true
    }

    fn evaluate(&mut self, text: &str) {
        let source = Source::new("<entry>", text);
        self.settings.requests.begin();
        self.settings.cancel.renew();
        self.face.busy(true);
        let outcome = self.repl.eval(text);
        self.face.busy(false);
        let written = match &outcome {
            Ok(shown) => self.show(shown),
            Err(_) => Ok(()),
        };
        let written = written.and_then(|()| self.settings.output.finish());
        if let Err(error) = outcome {
            self.failed(&error, Some(&source));
        }
        if let Err(error) = written {
            self.lost(&error);
        }
        *self.names.borrow_mut() = live::names(&self.repl, self.settings.manual.services);
    }

    fn show(&self, shown: &Shown) -> std::io::Result<()> {
        let output = &self.settings.output;
        match shown {
            Shown::Nothing => Ok(()),
            Shown::Rows { rows, more } => {
                output.table(None, rows)?;
                if *more {
                    output.finish()?;
                    self.face.note("… and more; `emit(_)` shows all");
                }
                Ok(())
            }
            Shown::Object(json) | Shown::Value(json) => output.result(json),
            Shown::Words(words) => {
                self.face.note(words);
                Ok(())
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Help => self.face.print(&command::help()),
            Command::Doc(name) => {
                let manual = self.settings.manual;
                let pages = match &name {
                    None => Ok(vec![manual.overview()]),
                    Some(name) => manual.find(name),
                };
                match pages {
                    Ok(pages) => {
                        let texts: Vec<String> = pages.iter().map(Page::text).collect();
                        self.face.print(&texts.join("\n"));
                    }
                    Err(error) => self.failed(&error, None),
                }
            }
            Command::Type(expression) => {
                let names = self.names.borrow();
                let place = Place {
                    manual: self.settings.manual,
                    variables: &names.variables,
                    functions: &names.functions,
                };
                self.face.print(&format!("{}\n", place.ends(&expression)));
            }
            Command::Http(Http::Last) => self.face.print(&self.settings.requests.text()),
            Command::Http(Http::On) => self.settings.requests.show_at_once(true),
            Command::Http(Http::Off) => self.settings.requests.show_at_once(false),
            Command::Quit => {}
        }
    }

    fn failed(&mut self, error: &Error, source: Option<&Source>) {
        let exit = self.face.fail(error, source);
        if self.exit == 0 {
            self.exit = exit;
        }
    }

    fn lost(&mut self, error: &std::io::Error) {
        let error = Error::new(
            Code::UsageFile,
            format!("the session cannot go on: {error}"),
        );
        self.failed(&error, None);
    }
}

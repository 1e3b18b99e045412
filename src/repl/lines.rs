//! Where entries come from: an editor on a terminal, plain lines elsewhere.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, BufRead};
use std::path::PathBuf;
use std::rc::Rc;

use rhai::Engine;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::complete::Place;
use super::history;
use super::input::{self, Input};
use super::manual::Manual;
use super::shape::Shape;

/// A longer list of candidates shows names only, in columns.
const SIGNATURES: usize = 16;

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// An entry, of one line or more.
    Entry(String),
    /// The line was cleared by Ctrl-C.
    Cleared,
    /// There is no more.
    End,
}

/// What completion knows of the session's own names; the session renews it after every entry.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Variables, those declared last at the end.
    pub(super) variables: Vec<(String, Shape)>,
    /// Functions and their parameters.
    pub(super) functions: Vec<(String, Vec<String>)>,
}

/// Where entries come from.
pub(super) trait Lines {
    /// Waits for the next entry.
    fn next(&mut self) -> io::Result<Next>;
}

/// Lines of a pipe or file.
pub(super) struct Piped(Engine);

impl Piped {
    pub(super) fn new(engine: Engine) -> Self {
        Self(engine)
    }
}

impl Lines for Piped {
    fn next(&mut self) -> io::Result<Next> {
        let mut text = String::new();
        let mut stdin = io::stdin().lock();
        loop {
            if stdin.read_line(&mut text)? == 0 {
                let end = text.trim().is_empty();
                return Ok(if end { Next::End } else { Next::Entry(text) });
            }
            if input::classify(&self.0, &text) == Input::Complete {
                return Ok(Next::Entry(text));
            }
        }
    }
}

/// An editor on the terminal.
pub(super) struct Terminal {
    editor: Editor<Assistant, FileHistory>,
    file: Option<PathBuf>,
}

impl Terminal {
    /// Opens the editor. A history that cannot be read is an empty one.
    pub(super) fn open(assistant: Assistant) -> io::Result<Self> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .history_ignore_space(true)
            .max_history_size(history::LENGTH)
            .map_err(failed)?
            .bracketed_paste(true)
            .build();
        let mut editor = Editor::with_config(config).map_err(failed)?;
        editor.set_helper(Some(assistant));
        let file = history::file();
        if let Some(file) = &file {
            let _ = editor.load_history(file);
        }
        Ok(Self { editor, file })
    }

    /// Keeps an entry at once, so that it outlives a session that is killed. A history that cannot
    /// be written is no reason to end.
    fn keep(&mut self, entry: &str) {
        if !history::may_keep(entry) {
            return;
        }
        if let (Ok(true), Some(file)) = (self.editor.add_history_entry(entry), &self.file) {
            let _ = self.editor.append_history(file);
        }
    }
}

impl Lines for Terminal {
    fn next(&mut self) -> io::Result<Next> {
        match self.editor.readline("> ") {
            Ok(entry) => {
                self.keep(&entry);
                Ok(Next::Entry(entry))
            }
            Err(ReadlineError::Interrupted) => Ok(Next::Cleared),
            Err(ReadlineError::Eof) => Ok(Next::End),
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// Completes, hints and tells whether an entry is complete.
pub(super) struct Assistant {
    pub(super) engine: Engine,
    pub(super) manual: Manual<'static>,
    pub(super) names: Rc<RefCell<Names>>,
    pub(super) color: bool,
}

impl Assistant {
    fn with<T>(&self, f: impl FnOnce(&Place<'_>) -> T) -> T {
        let names = self.names.borrow();
        f(&Place {
            manual: self.manual,
            variables: &names.variables,
            functions: &names.functions,
        })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = self.with(|place| place.complete(line, cursor));
        let many = candidates.len() > SIGNATURES;
        let pairs = candidates.into_iter().map(|candidate| Pair {
            display: if many {
                candidate.text.clone()
            } else {
                candidate.shown
            },
            replacement: candidate.text,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<String> {
        self.with(|place| place.hint(line, cursor))
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.color {
            Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
        } else {
            Cow::Borrowed(hint)
        }
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match input::classify(&self.engine, context.input()) {
            Input::Complete => ValidationResult::Valid(None),
            Input::More => ValidationResult::Incomplete,
        })
    }
}

impl Helper for Assistant {}

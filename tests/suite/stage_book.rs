//! A runbook of the project, run in a session on the embedded sandbox: in virtual time, and the
//! sandbox stays, so that what the run left behind can be looked at.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use tenantry::base::cancel::{Cancel, Reason};
use tenantry::error::{Code, Error};
use tenantry::report::{Output, Progress, Task};
use tenantry::runbook::{header_of, params};
use tenantry::script::{Prompt, Session, Source};

use crate::bad_input::snapshot;
use crate::program::{Program, file};
use crate::stage::{Ears, Stage};

/// What a run has come to.
#[derive(Debug)]
pub(crate) struct Played {
    /// The last value, or how it failed.
    pub(crate) ended: Result<Option<String>, Error>,
    /// Tables by title; one without a title has none.
    tables: Vec<(String, Vec<Value>)>,
    /// What it said meanwhile.
    pub(crate) said: String,
}

impl Played {
    /// Asserts that it ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        if let Err(error) = &self.ended {
            panic!("{error:#?}\n{}", self.said);
        }
        self
    }

    /// Asserts that it failed, and with which code.
    #[track_caller]
    pub(crate) fn refused(self, code: Code) -> Self {
        match &self.ended {
            Err(error) => assert_eq!(error.code(), code, "{error:#?}"),
            Ok(value) => panic!("{value:?}\n{}", self.said),
        }
        self
    }

    /// Returns the rows of a table by its title.
    #[track_caller]
    pub(crate) fn rows(&self, title: &str) -> &[Value] {
        let found = self.tables.iter().find(|(name, _)| name == title);
        match found {
            Some((_, rows)) => rows,
            None => panic!("no table {title:?} in {:#?}\n{}", self.tables, self.said),
        }
    }
}

/// Returns properties of rows, as one text each.
pub(crate) fn texts(rows: &[Value], properties: &[&str]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| {
        let texts: Vec<String> = properties.iter().map(|name| text(&row[*name])).collect();
        texts.join(" ")
    };
    rows.iter().map(row).collect()
}

/// Compares what `--help` says of runbooks with what is kept of it.
pub(crate) fn say_what_they_take(names: &[&str]) {
    let program = Program::new();
    for name in names {
        let script = file(&format!("scripts/{name}.rhai"));
        let help = program.run(&["run", &script, "--help"]).exit(0);
        snapshot(&format!("{name}_help"), &help, &program);
    }
}

/// How questions are answered.
#[derive(Debug)]
struct Answer(bool);

impl Prompt for Answer {
    fn approve(&self, _text: &str) -> Result<bool, Error> {
        Ok(self.0)
    }
}

/// Presses Ctrl-C when certain words are said, or shown of what is waited for.
#[derive(Debug, Clone)]
struct Interrupts {
    ears: Arc<Ears>,
    words: String,
    cancel: Cancel,
}

impl Interrupts {
    fn hear(&self, said: &str) {
        if said.contains(&self.words) && self.cancel.reason().is_none() {
            self.cancel.cancel(Reason::Interrupted);
        }
    }
}

impl Progress for Interrupts {
    fn say(&self, line: &str) {
        self.ears.say(line);
        self.hear(line);
    }
    fn start(&self, label: &str) -> Box<dyn Task> {
        self.hear(label);
        Box::new(self.clone())
    }
}

impl Task for Interrupts {
    fn set(&self, _done: u64, _of: Option<u64>) {}
    fn note(&self, words: &str) {
        self.hear(words);
    }
}

/// Keeps tables by title.
#[derive(Debug, Default)]
struct Tables(Mutex<Vec<(String, Vec<Value>)>>);

impl Tables {
    fn put(&self, title: &str, rows: &[String]) {
        let rows = rows.iter().map(|row| json(row)).collect();
        let mut all = self.0.lock().expect("no panic");
        all.push((title.to_owned(), rows));
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl Output for Tables {
    fn emit(&self, text: &str) -> io::Result<()> {
        let mut all = self.0.lock().expect("no panic");
        match all.iter_mut().find(|(title, _)| title == "items") {
            Some((_, rows)) => rows.push(json(text)),
            None => all.push(("items".to_owned(), vec![json(text)])),
        }
        Ok(())
    }
    fn table(&self, title: Option<&str>, rows: &[String]) -> io::Result<()> {
        self.put(title.unwrap_or_default(), rows);
        Ok(())
    }
    fn result(&self, _json: &str) -> io::Result<()> {
        Ok(())
    }
    fn finish(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage {
    /// Runs `scripts/NAME.rhai` with parameters as on the command line; questions are answered yes.
    pub(crate) fn book(&self, name: &str, args: &[&str]) -> Played {
        self.book_asking(name, args, true)
    }

    /// Runs it, and answers its questions so.
    pub(crate) fn book_asking(&self, name: &str, args: &[&str], yes: bool) -> Played {
        self.book_heard_by(name, args, yes, |ears| ears as Arc<dyn Progress>)
    }

    /// Runs it, with Ctrl-C as soon as it says something with these words, or while it waits.
    pub(crate) fn book_interrupted(&self, name: &str, args: &[&str], words: &str) -> Played {
        let cancel = self.settings().cancel;
        let played = self.book_heard_by(name, args, true, |ears| {
            Arc::new(Interrupts {
                ears,
                words: words.to_owned(),
                cancel: cancel.clone(),
            })
        });
        cancel.renew();
        played
    }

    fn book_heard_by(
        &self,
        name: &str,
        args: &[&str],
        yes: bool,
        hears: impl FnOnce(Arc<Ears>) -> Arc<dyn Progress>,
    ) -> Played {
        let path = PathBuf::from(file(&format!("scripts/{name}.rhai")));
        let source = source(&path);
        let header = header_of(&source).expect("a header");
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let given = params::read(&header.params, &args, &|_| None).expect("parameters");
        let (ears, tables) = (Arc::new(Ears::default()), Arc::new(Tables::default()));
        let mut settings = self.settings();
        settings.output = Arc::clone(&tables) as Arc<dyn Output>;
        settings.progress = hears(Arc::clone(&ears));
        settings.prompt = Arc::new(Answer(yes));
        settings.params = params::values(&header.params, &given);
        settings.files.extend(params::files(&given));
        let ended = Session::new(settings).run(&source);
        let tables = std::mem::take(&mut *tables.0.lock().expect("no panic"));
        Played {
            ended,
            tables,
            said: ears.heard(),
        }
    }
}

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).expect("a runbook");
    Source::new(path.display().to_string(), text)
}

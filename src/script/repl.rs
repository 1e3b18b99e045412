//! A session fed line by line. Variables, functions, constants and imports stay; an error leaves
//! what was there before it.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, Scope};

use super::error::raise_at;
use super::host::Host;
use super::json::{self, Purpose};
use super::outcome::Outcomes;
use super::pager::List;
use super::record::{Record, Shape};
use super::session::{compile, last_place, on_thread};
use super::texts::Names;
use super::{defer, engine, params, rewrite, underscore};
use crate::base::clock::Work;
use crate::error::Error;
use crate::run::lane;

/// How many items of a list are shown.
const SHOWN: usize = 50;

/// The variable that keeps the value of the last entry.
const LAST: &str = "last";

/// What an entry gave, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// `()`.
    Nothing,
    /// Rows of a table, as JSON objects; `more` if a list goes on.
    Rows {
        /// JSON texts.
        rows: Vec<String>,
        /// Whether the list goes on.
        more: bool,
    },
    /// One record or map, as JSON text.
    Object(String),
    /// Any other value, as JSON text.
    Value(String),
    /// A value without JSON form, in words.
    Words(String),
}

/// What is known of a variable, for completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// A record of that service and schema.
    Record {
        /// Name of the service.
        service: &'static str,
        /// Name of the record type.
        schema: &'static str,
    },
    /// A map with these keys.
    Map(Vec<String>),
    /// A lazy list, and what its items are.
    List(Option<Box<Known>>),
    /// An array, and what its first item is.
    Array(Option<Box<Known>>),
    /// A value of another kind, by its name.
    Other(&'static str),
}

impl Known {
    fn of(value: &Dynamic) -> Self {
        if let Some(record) = value.read_lock::<Record>() {
            if record.shape() == Shape::Any {
                return Self::Map(record.names());
            }
            let service = record.service().name;
            let schema = record.kind();
            return Self::Record { service, schema };
        }
        if let Some(list) = value.read_lock::<List>() {
            let item = list.record();
            let item = item.map(|(service, schema)| Self::Record { service, schema });
            return Self::List(item.map(Box::new));
        }
        if let Ok(items) = value.as_array_ref() {
            return Self::Array(items.first().map(|item| Box::new(Self::of(item))));
        }
        if let Ok(map) = value.as_map_ref() {
            return Self::Map(map.keys().map(ToString::to_string).collect());
        }
        Self::Other(match value {
            value if value.is_string() => "text",
            value if value.is_int() || value.is_decimal() => "number",
            value if value.is::<Outcomes>() => "outcomes",
            value => super::error::kind_of(value),
        })
    }
}

/// A session fed line by line.
#[derive(Debug)]
pub struct Repl {
    host: Arc<Host>,
    engine: Engine,
    scope: Scope<'static>,
    library: AST,
    /// Import statements so far: they do not survive an entry, so they stand before the next.
    imports: String,
}

impl Repl {
    pub(super) fn new(host: &Arc<Host>) -> Self {
        let mut engine = engine::create(host, "", params::Header::default(), &Names::any());
        underscore::register(&mut engine, LAST);
        Self {
            host: Arc::clone(host),
            engine,
            scope: params::scope(),
            library: AST::empty(),
            imports: String::new(),
        }
    }

    /// Evaluates an entry. Its value is kept as `last`, which reads as `_`, too.
    pub fn eval(&mut self, text: &str) -> Result<Shown, Error> {
        let shown = on_thread(|| self.entry(text))??;
        if let Some(overlooked) = self.host.overlooked() {
            self.host.say(&format!("warning: {overlooked}"));
        }
        Ok(shown)
    }

    /// Returns the names of the variables, without those of the host.
    pub fn variables(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .scope
            .iter_raw()
            .map(|(name, _, _)| name.to_owned())
            .filter(|name| name != params::PARAMS && name != params::RUNBOOK)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the functions defined so far: name and parameters.
    pub fn functions(&self) -> Vec<(String, Vec<String>)> {
        let functions = self.library.iter_functions();
        functions
            .filter(|function| !function.name.starts_with("anon$"))
            .map(|function| {
                let params = function.params.iter().map(ToString::to_string);
                (function.name.to_string(), params.collect())
            })
            .collect()
    }

    /// Returns what is known of the value at a dotted path (`customer.companyProfile`), without
    /// calling anything.
    pub fn known(&self, path: &str) -> Option<Known> {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let value = self.scope.get(name)?.clone().flatten();
        let value = if rest.is_empty() {
            value
        } else {
            super::effects::at_path(&value, rest)?
        };
        Some(Known::of(&value))
    }

    fn entry(&mut self, text: &str) -> Result<Shown, Error> {
        let before = self.imports.chars().count();
        self.evaluate(text).map_err(|mut error| {
            if let Some(at) = &mut error.parts_mut().at
                && at.source.is_empty()
                && at.line == 1
            {
                at.column = at.column.saturating_sub(before);
            }
            error
        })
    }

    fn evaluate(&mut self, text: &str) -> Result<Shown, Error> {
        let _work = Work::begin(self.host.clock());
        // Imports go on the same line, so that the entry's own lines keep their numbers.
        let whole = format!("{}{text}", self.imports);
        self.host.sources.insert("", &whole);
        let ast = compile(&self.engine, &self.host, &self.scope, &whole)?;
        let merged = self.library.merge(&ast);
        let (engine, host, scope) = (&self.engine, &self.host, &mut self.scope);
        let value = lane::within("repl".to_owned(), || {
            defer::scope(engine, host, || {
                let value: Dynamic = engine.eval_ast_with_scope(scope, &merged)?;
                let shown = shown(&value).map_err(|error| raise_at(error, last_place(&merged)))?;
                Ok((value, shown))
            })
        });
        let (value, shown) = value.map_err(|error| rewrite::error(&self.host, error))?;
        self.library = merged;
        self.library.clear_statements();
        self.remember_imports(text);
        if !value.is_unit() {
            self.scope.set_value(LAST, value);
        }
        Ok(shown)
    }

    fn remember_imports(&mut self, text: &str) {
        for statement in text.split(';') {
            let statement = statement.trim();
            if statement.starts_with("import ")
                && !statement.contains('\n')
                && !self.imports.contains(statement)
            {
                self.imports.push_str(statement);
                self.imports.push_str("; ");
            }
        }
    }
}

fn shown(value: &Dynamic) -> Result<Shown, Error> {
    if value.is_unit() {
        return Ok(Shown::Nothing);
    }
    if let Some(list) = value.read_lock::<List>() {
        let mut items = list.read();
        let first: Vec<Dynamic> = items.by_ref().take(SHOWN).collect::<Result<_, _>>()?;
        let rows = rows(&first)?;
        let more = items.next().transpose()?.is_some();
        return Ok(Shown::Rows { rows, more });
    }
    if let Some(outcomes) = value.read_lock::<Outcomes>() {
        let rows = rows(&outcomes.rows())?;
        return Ok(Shown::Rows { rows, more: false });
    }
    if let Ok(items) = value.as_array_ref()
        && !items.is_empty()
        && items
            .iter()
            .all(|item| item.is_map() || item.is::<Record>())
    {
        let rows = rows(&items)?;
        return Ok(Shown::Rows { rows, more: false });
    }
    match json::text(value, Purpose::Show) {
        Ok(text) if value.is_map() || value.is::<Record>() => Ok(Shown::Object(text)),
        Ok(text) => Ok(Shown::Value(text)),
        Err(_) if value.is_fnptr() => Ok(Shown::Words("a function".to_owned())),
        Err(_) => Ok(Shown::Words(super::error::describe(value))),
    }
}

fn rows(items: &[Dynamic]) -> Result<Vec<String>, Error> {
    items
        .iter()
        .map(|item| json::text(item, Purpose::Show))
        .collect()
}

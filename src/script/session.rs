//! A session: runs scripts on a thread with a deep stack, ends what they deferred, and gives the last
//! value as JSON text or an error with its place.

use std::sync::Arc;
use std::thread;

use rhai::{AST, Dynamic, Engine, Position, Scope};

use super::error::raise_at;
use super::host::{Answer, Host};
use super::json::{self, Purpose};
use super::pager::List;
use super::repl::Repl;
use super::texts::Names;
use super::{Settings, Source, defer, engine, interface, params, properties, rewrite};
use crate::base::clock::Work;
use crate::error::{Code, Error};
use crate::run::lane;
use crate::script::check::known::Known;

/// Stack of a script's thread: scripts recurse on it, and frames are large without optimisation.
const STACK: usize = if cfg!(debug_assertions) { 16 } else { 8 } * 1024 * 1024;

/// Runs scripts against the services of its settings.
#[derive(Debug)]
pub struct Session {
    host: Arc<Host>,
}

impl Session {
    /// Creates a session.
    pub fn new(settings: Settings) -> Self {
        Self {
            host: Host::new(settings),
        }
    }

    /// Runs a script and returns the JSON text of its last value, `None` for `()`. A last value
    /// that is a list is emitted instead.
    pub fn run(&self, source: &Source) -> Result<Option<String>, Error> {
        on_thread(|| run(&self.host, source))?
    }

    /// Returns a session that is fed line by line and keeps variables, functions and imports.
    pub fn repl(&self) -> Repl {
        Repl::new(&self.host)
    }

    /// Returns everything callable besides the services' operations, for the checker, help and
    /// completion.
    pub fn interface(&self) -> Known {
        interface::known(&self.host.settings.services)
    }

    /// Returns the sources read so far, imported modules included, by their names; the main script
    /// has the empty name.
    pub fn sources(&self) -> Vec<(String, String)> {
        self.host.sources.all()
    }
}

/// Runs `f` on a thread with a deep stack.
pub(super) fn on_thread<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, Error> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("script".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, f);
        let failed = |what: String| Error::new(Code::Internal, what);
        let thread =
            thread.map_err(|error| failed(format!("no thread for the script: {error}")))?;
        thread
            .join()
            .map_err(|_| failed("the script host panicked".to_owned()))
    })
}

fn run(host: &Arc<Host>, source: &Source) -> Result<Option<String>, Error> {
    let _work = Work::begin(host.clock());
    host.sources.insert("", &source.text);
    let header = params::Header::default();
    let mut engine = engine::create(host, &source.name, Arc::clone(&header), &Names::of(source));
    let ast = compile(&engine, host, &params::scope(), &source.text)?;
    if let Some(value) = declared(&ast) {
        header.get_or_init(|| value);
    }
    properties::register(&mut engine, &source.text);
    let mut scope = Scope::new();
    let value = lane::within("main".to_owned(), || {
        defer::scope(&engine, host, || evaluate(&engine, host, &mut scope, &ast))
    });
    let value = value.map_err(|error| rewrite::error(host, error))?;
    let value = value.filter(|text| text != "null");
    drop(scope);
    let Some(overlooked) = host.overlooked() else {
        return Ok(value);
    };
    // What the script came to is a result all the same.
    if let Some(text) = value {
        host.settings.output.result(&text).map_err(lost)?;
    }
    Err(overlooked)
}

fn lost(error: std::io::Error) -> Error {
    Error::new(
        Code::ScriptFile,
        format!("results cannot be written: {error}"),
    )
}

/// Evaluates and converts the value while the script's lane is still open: a list is read here.
fn evaluate(engine: &Engine, host: &Host, scope: &mut Scope, ast: &AST) -> Answer<Option<String>> {
    let value: Dynamic = engine.eval_ast_with_scope(scope, ast)?;
    last_value(host, &value).map_err(|error| raise_at(error, last_place(ast)))
}

/// Returns where the last value comes from: a list fails only when it is read, after the script.
pub(super) fn last_place(ast: &AST) -> Position {
    let last = ast.statements().last();
    last.map_or(Position::NONE, rhai::Stmt::position)
}

/// Returns the text of a last value; a list is emitted item by item.
fn last_value(host: &Host, value: &Dynamic) -> Result<Option<String>, Error> {
    if value.is_unit() || value.is_fnptr() {
        return Ok(None);
    }
    if let Some(list) = value.read_lock::<List>() {
        let output = &host.settings.output;
        list.texts(|text| output.emit(text).map_err(lost))?;
        return Ok(None);
    }
    json::text(value, Purpose::Show).map(Some)
}

/// Compiles a text; the error has its place.
pub(super) fn compile(
    engine: &Engine,
    host: &Host,
    scope: &Scope,
    text: &str,
) -> Result<AST, Error> {
    let ast = engine.compile_with_scope(scope, text).map_err(|error| {
        let place = host.sources.at("", error.position());
        let error = rewrite::syntax(error.err_type());
        match place {
            Some(at) => error.at(at),
            None => error,
        }
    })?;
    host.readers.learn(&ast);
    Ok(ast)
}

/// Returns the value of a script's `const RUNBOOK`, which is known without running it.
fn declared(ast: &AST) -> Option<Dynamic> {
    let mut constants = ast.iter_literal_variables(true, false);
    constants
        .find(|(name, _, _)| *name == params::RUNBOOK)
        .map(|(_, _, value)| value)
}

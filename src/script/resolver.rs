//! Imported modules, each read and evaluated once. A module that imports itself, however long the
//! way, is an error that names the way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{
    Engine, EvalAltResult, GlobalRuntimeState, Module, ModuleResolver, Position, Scope, Shared,
};

use super::error::raise_at;
use super::host::{Answer, Host};
use super::modules::Modules;
use super::params;
use crate::base::fiber;
use crate::error::{Code, Error};

/// Finds modules and keeps them.
#[derive(Debug)]
pub(super) struct Resolver {
    host: Arc<Host>,
    modules: Modules,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ready: HashMap<String, Shared<Module>>,
}

/// What a fiber is reading: a chain of imports.
#[derive(Default)]
struct Chain(Vec<String>);

impl Resolver {
    /// Creates a resolver; `main` is the script's path as it was given.
    pub(super) fn new(host: &Arc<Host>, main: &str) -> Self {
        Self {
            host: Arc::clone(host),
            modules: Modules::beside(main),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the module if it is known; else notes that it is read here.
    fn known(&self, name: &str, at: Position) -> Answer<Option<Shared<Module>>> {
        if let Some(module) = self.state().ready.get(name) {
            return Ok(Some(Shared::clone(module)));
        }
        fiber::local(|Chain(chain)| {
            if chain.iter().any(|one| one == name) {
                let way = [chain.join(" → ").as_str(), name].join(" → ");
                let error = Error::new(
                    Code::ScriptImport,
                    format!("a module imports itself: {way}"),
                );
                return Err(raise_at(error, at));
            }
            chain.push(name.to_owned());
            Ok(None)
        })
    }

    fn load(
        &self,
        engine: &Engine,
        importer: &str,
        path: &str,
        at: Position,
    ) -> Answer<Shared<Module>> {
        let source = self
            .modules
            .find(importer, path)
            .map_err(|error| raise_at(error, at))?;
        self.host.sources.insert(&source.name, &source.text);
        let in_module = |error: Box<EvalAltResult>| {
            Box::new(EvalAltResult::ErrorInModule(source.name.clone(), error, at))
        };
        let mut ast = engine
            .compile_with_scope(&params::scope(), &source.text)
            .map_err(|error| in_module(error.into()))?;
        ast.set_source(&source.name);
        self.host.readers.learn(&ast);
        let module = Module::eval_ast_as_new(Scope::new(), &ast, engine).map_err(in_module)?;
        Ok(module.into())
    }
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        importer: Option<&str>,
        path: &str,
        at: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let importer = importer.unwrap_or_default();
        let name = self.modules.name(importer, path);
        if let Some(module) = self.known(&name, at)? {
            return Ok(module);
        }
        let module = self.load(engine, importer, path, at);
        fiber::local(|Chain(chain)| chain.pop());
        let module = module?;
        self.state().ready.insert(name, Shared::clone(&module));
        Ok(module)
    }

    fn resolve_raw(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        _scope: &mut Scope,
        path: &str,
        at: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let importer = global.source().map(str::to_owned);
        self.resolve(engine, importer.as_deref(), path, at)
    }
}

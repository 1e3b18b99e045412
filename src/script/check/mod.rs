//! The static checker: everything about a script that can be known to be wrong without running it,
//! all at once and with its place. It infers types from the services' descriptions and the table of
//! host functions; where it does not know a type it says nothing. It knows nothing of headers and
//! parameters' values: `runbook` adds those.

mod access;
mod body;
mod call;
mod capture;
mod chain;
mod checker;
mod expression;
mod finding;
mod host;
mod ids;
mod imports;
pub mod known;
mod method;
mod natives;
mod operation;
mod place;
mod root;
mod scope;
mod select;
mod statement;
mod syntax;
mod types;
mod unit;
mod world;

use std::rc::Rc;

use rhai::AST;

use crate::api::ServiceName;
use crate::api::model::{Effect, Service};
use crate::script::Source;
use crate::script::diagnostic::Sources;

use checker::Checker;
use known::{Known, Type};
use types::{Keys, Rest, Ty};
use unit::Unit;
use world::World;

pub use finding::Finding;
pub use imports::{Imports, NoImports};
pub use place::Places;
pub use syntax::{engine, parse};

/// What a script is checked against.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The services it can call.
    pub services: &'a [&'static Service],
    /// Everything else it can call.
    pub known: &'a Known,
    /// Finds what it imports.
    pub imports: &'a dyn Imports,
    /// The runbook's parameters; `None` if it declares none, and any may be read.
    pub params: Option<&'a [(String, Type)]>,
    /// The effects that its header lists; `None` sets no bound.
    pub effects: Option<&'a [(ServiceName, Effect)]>,
    /// Variables that exist before it runs (in the REPL).
    pub names: &'a [String],
}

/// What a check gives.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found, in the order of places.
    pub findings: Vec<Finding>,
    /// The imported sources, for diagnostics.
    pub modules: Vec<Source>,
}

impl Checked {
    /// Returns all texts that the findings may quote.
    pub fn sources(&self, main: &Source) -> Sources {
        let mut sources = Sources::of(main);
        for module in &self.modules {
            sources.add(&module.name, &module.text);
        }
        sources
    }
}

/// Checks a script.
pub fn check(source: &Source, input: Input) -> Checked {
    match parse(&engine(), source, true) {
        Ok(ast) => check_ast(source, &ast, input),
        Err(finding) => Checked {
            findings: vec![finding],
            modules: Vec::new(),
        },
    }
}

/// Checks a script that was compiled by [`parse`], or by another engine without optimisation.
pub fn check_ast(source: &Source, ast: &AST, input: Input) -> Checked {
    let world = World::new(input.services, input.known);
    let constants = constants(&input);
    let mut checker = Checker::new(world, input.imports, engine(), constants);
    checker.bound = input.effects;
    let unit = Unit::new(Rc::new(source.clone()), true, ast);
    let main = checker.load(unit, &mut Vec::new());
    checker.run(main, input.names);
    let modules = checker.units.iter().filter(|unit| !unit.main);
    let mut modules: Vec<Source> = modules.map(|unit| (*unit.source).clone()).collect();
    modules.append(&mut checker.broken);
    Checked {
        findings: Finding::in_order(checker.findings),
        modules,
    }
}

/// Returns the names that are visible everywhere, with their types.
fn constants(input: &Input) -> Vec<(String, Ty)> {
    let mut constants: Vec<(String, Ty)> = Vec::new();
    if let Some(params) = input.params {
        let keys = params.iter().map(|(name, ty)| (name.clone(), plain(*ty)));
        constants.push(("params".to_owned(), Keys::of(keys.collect(), Rest::Refused)));
    }
    for (name, ty) in &input.known.constants {
        constants.push((name.clone(), plain(*ty)));
    }
    for name in ["params", "RUNBOOK"] {
        constants.push((name.to_owned(), Ty::Unknown));
    }
    constants
}

/// Returns the type of a constant.
fn plain(ty: Type) -> Ty {
    match ty {
        Type::Bool => Ty::Bool,
        Type::Int => Ty::Int,
        Type::Number => Ty::Number,
        Type::Text => Ty::Text,
        Type::Date => Ty::Date,
        Type::Host(name) => Ty::Host(name),
        Type::Array => Ty::list(Ty::Unknown),
        Type::ArrayOf(item) => Ty::list(plain(*item)),
        _ => Ty::Unknown,
    }
}

#[cfg(test)]
mod tests;

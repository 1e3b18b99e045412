//! The checker's state, and how it goes through a script: the main body first, then every function
//! with the types it was called with, then what was never called.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use rhai::{Engine, Position};

use super::Finding;
use super::capture;
use super::imports::Imports;
use super::scope::Scope;
use super::select::Asked;
use super::types::{Func, Ty};
use super::unit::{Function, Unit};
use super::world::World;
use crate::api::ServiceName;
use crate::api::model::Effect;
use crate::error::{At, Code};
use crate::script::Source;
use crate::script::diagnostic::Severity;

/// How deep calls are followed.
const DEPTH: usize = 16;

/// How many statements are gone through before calls are no longer followed.
const STEPS: usize = 50_000;

/// Goes through one script and all it imports.
pub(super) struct Checker<'a> {
    pub(super) world: World<'a>,
    pub(super) imports: &'a dyn Imports,
    pub(super) engine: Engine,
    pub(super) units: Vec<Rc<Unit>>,
    /// Imported sources that could not be read as scripts.
    pub(super) broken: Vec<Source>,
    /// The types of `params` and other names that are visible everywhere.
    pub(super) constants: Vec<(String, Ty)>,
    pub(super) findings: Vec<Finding>,
    /// What calls ask for, each once.
    pub(super) asked: Vec<Asked>,
    /// The effects that the header lists; `None` sets no bound.
    pub(super) bound: Option<&'a [(ServiceName, Effect)]>,
    /// Whether the script itself leads to what is being gone through.
    pub(super) reached: bool,
    /// The source that is being gone through.
    pub(super) unit: usize,
    /// The function that is being gone through.
    function: Option<String>,
    pub(super) scope: Scope,
    /// What `return` gave so far, in the function that is being gone through.
    pub(super) returned: Option<Ty>,
    /// What calls return, by source, function and types of the arguments.
    results: HashMap<(usize, String, Vec<Ty>), Ty>,
    called: HashSet<(usize, String, usize)>,
    depth: usize,
    /// How many statements were gone through.
    pub(super) steps: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        world: World<'a>,
        imports: &'a dyn Imports,
        engine: Engine,
        constants: Vec<(String, Ty)>,
    ) -> Self {
        Self {
            world,
            imports,
            engine,
            units: Vec::new(),
            broken: Vec::new(),
            constants,
            findings: Vec::new(),
            asked: Vec::new(),
            bound: None,
            reached: true,
            unit: 0,
            function: None,
            scope: Scope::default(),
            returned: None,
            results: HashMap::new(),
            called: HashSet::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// Goes through all sources, the main script first. `names` are visible in it from before.
    pub(super) fn run(&mut self, main: usize, names: &[String]) {
        let modules = (0..self.units.len()).filter(|unit| *unit != main);
        for unit in std::iter::once(main).chain(modules) {
            self.unit = unit;
            self.scope = Scope::default();
            if unit == main {
                for name in names {
                    self.scope.declare(name, Ty::Unknown);
                }
            }
            let statements = Rc::clone(&self.units[unit]);
            let mut result = Ty::Unit;
            for stmt in &statements.body {
                result = self.statement(stmt);
            }
            if let (true, Some(last)) = (unit == main, statements.body.last()) {
                self.shows(&result, last.position());
            }
        }
        self.reached = false;
        for unit in std::iter::once(main).chain((0..self.units.len()).filter(|unit| *unit != main))
        {
            self.uncalled(unit);
        }
    }

    /// Reports a result that is never shown: what made it would be done, and the secret lost.
    fn shows(&mut self, result: &Ty, at: Position) {
        if matches!(result, Ty::Host("Secret")) {
            let message =
                "the result of the script is a secret, which is never shown and would be lost";
            let help = "write it with `secret_file(path, value)`";
            self.wrong(Code::CheckArgument, at, message, help);
        }
    }

    /// Goes through the functions that were never called, knowing nothing of their arguments.
    fn uncalled(&mut self, unit: usize) {
        let source = Rc::clone(&self.units[unit]);
        let mut functions: Vec<&Rc<Function>> = source.functions.values().flatten().collect();
        functions.sort_by_key(|function| (function.name.as_str(), function.params.len()));
        for function in functions {
            let key = (unit, function.name.clone(), function.params.len());
            if !function.name.starts_with("anon$") && !self.called.contains(&key) {
                self.invoke(unit, function, Vec::new());
            }
        }
    }

    /// Goes through a function with arguments of these types; missing ones are unknown.
    pub(super) fn invoke(
        &mut self,
        unit: usize,
        function: &Rc<Function>,
        mut types: Vec<Ty>,
    ) -> Ty {
        types.resize(function.params.len(), Ty::Unknown);
        let key = (unit, function.name.clone(), types);
        if let Some(result) = self.results.get(&key) {
            return result.clone();
        }
        if self.depth >= DEPTH || self.steps > STEPS {
            return Ty::Unknown;
        }
        // A function that calls itself with the same types returns something unknown meanwhile.
        self.results.insert(key.clone(), Ty::Unknown);
        self.called
            .insert((unit, function.name.clone(), function.params.len()));
        let mut scope = Scope::default();
        for (name, ty) in function.params.iter().zip(&key.2) {
            scope.declare(name, ty.clone());
        }
        let anonymous = function.name.starts_with("anon$");
        let inside = if anonymous {
            self.function.clone()
        } else {
            Some(function.name.clone())
        };
        let outer = (
            std::mem::replace(&mut self.unit, unit),
            std::mem::replace(&mut self.function, inside),
            std::mem::replace(&mut self.scope, scope),
            self.returned.take(),
        );
        self.depth += 1;
        let mut result = Ty::Unit;
        for stmt in &function.body {
            result = self.statement(stmt);
        }
        self.depth -= 1;
        if let Some(returned) = self.returned.take() {
            result = result.join(returned);
        }
        (self.unit, self.function, self.scope, self.returned) = outer;
        self.results.insert(key, result.clone());
        result
    }

    /// Goes through a closure or function pointer with arguments of these types.
    pub(super) fn invoke_value(&mut self, func: &Func, given: &[Ty]) -> Ty {
        let unit = Rc::clone(&self.units[func.unit]);
        let anonymous = func.name.starts_with("anon$");
        let count = func.captured.len() + given.len();
        let found = unit.function(&func.name, count).or_else(|| {
            let all = unit.functions.get(&func.name)?;
            all.iter()
                .filter(|function| function.params.len() <= count)
                .max_by_key(|function| function.params.len())
        });
        let Some(function) = found.filter(|function| anonymous || function.params.len() <= count)
        else {
            return Ty::Unknown;
        };
        let mut types = func.captured.clone();
        types.extend_from_slice(given);
        self.invoke(func.unit, function, types)
    }

    /// Returns the closure that an expression is, as a type.
    pub(super) fn closure_type(&mut self, closure: &capture::Closure) -> Func {
        let captured = closure
            .captured
            .iter()
            .map(|variable| self.expression(variable))
            .collect();
        let unit = Rc::clone(&self.units[self.unit]);
        for (name, _) in capture::changed_captures(&unit, closure) {
            self.scope.give_up(&name);
        }
        Func::new(self.unit, &closure.name, captured)
    }

    /// Returns whether names may exist that cannot be seen in the text.
    pub(super) fn is_open(&self) -> bool {
        self.units[self.unit].is_open(self.function.as_deref())
    }

    /// Returns whether a function, rather than the script itself, is being gone through.
    pub(super) fn in_function(&self) -> bool {
        self.function.is_some()
    }

    pub(super) fn token(&self, at: Position) -> At {
        self.units[self.unit].token(at)
    }

    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports something that certainly fails.
    pub(super) fn wrong(
        &mut self,
        code: Code,
        at: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let finding = Finding::error(code, message, self.token(at));
        let help = help.into();
        self.report(if help.is_empty() {
            finding
        } else {
            finding.help(help)
        });
    }

    /// Reports a name that is probably misspelt: an error if it is very near to a known one, since
    /// services may know names that their documents do not list.
    pub(super) fn doubtful(
        &mut self,
        code: Code,
        at: Position,
        message: String,
        name: &str,
        known: &[&str],
    ) {
        let near = nearest(name, known);
        let sure = near.is_some_and(|near| strsim::damerau_levenshtein(name, near) <= 2);
        let mut finding = Finding::error(code, message, self.token(at)).suggest(near);
        if !sure {
            finding.severity = Severity::Warning;
        }
        self.report(finding);
    }
}

/// Returns the name that was probably meant.
pub(super) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    crate::base::text::did_you_mean(name, known.iter().copied())
}

/// Returns the help for a misspelt name: what was meant, or what there is if that is not much.
pub(super) fn hint(name: &str, known: &[&str]) -> String {
    let mut known = known.to_vec();
    known.sort_unstable();
    known.dedup();
    match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() || known.len() > 16 => String::new(),
        None if known.len() == 1 => format!("there is only `{}`", known[0]),
        None => format!("there are {}", known.join(", ")),
    }
}

//! Going through calls: which function or method is meant, and whether it takes these arguments.

use std::rc::Rc;

use rhai::{Expr, FnCallExpr, Position};

use super::Finding;
use super::capture;
use super::checker::{Checker, hint, nearest};
use super::natives::is_word;
use super::types::Ty;
use super::unit::{Function, Target, Unit};
use super::world::{Arity, arity};
use crate::error::Code;
use crate::script::poller::no_begin;

impl Checker<'_> {
    /// Goes through a function call.
    pub(super) fn call(&mut self, call: &FnCallExpr, at: Position) -> Ty {
        if call.op_token.is_some() {
            return self.operator(call);
        }
        if !call.namespace.path.is_empty() {
            return self.qualified(call, at);
        }
        match call.name.as_str() {
            "Fn" => return self.pointer(call),
            "call" => return self.call_value(&call.args),
            "type_of" | "kind" => {
                let ty = self.plain(call, at);
                if let Some(name) = call.args.first().and_then(capture::variable) {
                    self.scope.loosen(name);
                }
                return ty;
            }
            _ => {}
        }
        let ty = self.plain(call, at);
        if call.capture_parent_scope || call.name == "eval" {
            self.scope.loosen_all();
        }
        ty
    }

    /// Goes through `f.call(…)` or `call(f, …)`.
    fn call_value(&mut self, args: &[Expr]) -> Ty {
        let mut types: Vec<Ty> = args.iter().map(|arg| self.expression(arg)).collect();
        match types.first().cloned() {
            Some(Ty::Func(func)) => self.invoke_value(&func, &types.split_off(1)),
            _ => Ty::Unknown,
        }
    }

    /// Goes through a call without a module.
    fn plain(&mut self, call: &FnCallExpr, at: Position) -> Ty {
        let (name, count) = (call.name.as_str(), call.args.len());
        let unit = Rc::clone(&self.units[self.unit]);
        if let Some(function) = unit.function(name, count) {
            let types = self.arguments(&call.args, &[]);
            return self.invoke(self.unit, function, types);
        }
        let candidates: Vec<_> = self.world.functions(None, name).collect();
        if let Some(host) = candidates
            .iter()
            .find(|host| arity(host.params).holds(count))
        {
            return self.host_call(name, None, host.params, host.returns, &call.args, at);
        }
        if let Some((receiver, rest)) = call.args.split_first() {
            // Every method can be called like a function.
            if self
                .world
                .added_method(name)
                .iter()
                .any(|arity| arity.holds(rest.len()))
            {
                let ty = self.expression(receiver);
                return self.method(ty, name, rest, at);
            }
        }
        let native = self.world.native(name).to_vec();
        if native.contains(&count) || is_word(name, count) {
            return self.untyped(&call.args);
        }
        self.untyped(&call.args);
        let mut arities: Vec<Arity> = candidates.iter().map(|host| arity(host.params)).collect();
        arities.extend(native.into_iter().map(Arity::exactly));
        let own = unit.functions.get(name).into_iter().flatten();
        arities.extend(own.map(|function| Arity::exactly(function.params.len())));
        if arities.is_empty() {
            self.unknown_function(&unit, name, at);
        } else {
            self.wrong_arity(name, &arities, count, at, "");
        }
        Ty::Unknown
    }

    fn unknown_function(&mut self, unit: &Unit, name: &str, at: Position) {
        if self.scope.get(name).is_some() {
            self.wrong(
                Code::CheckName,
                at,
                format!("`{name}` is a variable; a function in a variable is called with `.call`"),
                format!("write `{name}.call(…)`"),
            );
            return;
        }
        let help = self.function_hint(unit, name);
        self.wrong(
            Code::CheckName,
            at,
            format!("there is no function `{name}`"),
            help,
        );
    }

    /// Returns the help for a function that does not exist: where it exists, or what was meant.
    fn function_hint(&self, unit: &Unit, name: &str) -> String {
        let host = &self.world.known.functions;
        let mut services = self.world.services.iter();
        let service = services.find(|service| service.operation(name).is_some());
        let in_host = || host.iter().find(|host| host.name == name)?.module;
        if let Some(module) = service.map(|service| service.name).or_else(in_host) {
            return format!("there is `{module}::{name}`");
        }
        let own = unit.functions.keys().map(String::as_str);
        let global = host.iter().filter(|host| host.module.is_none());
        let known: Vec<&str> = own
            .filter(|name| !name.starts_with("anon$"))
            .chain(global.map(|host| host.name))
            .collect();
        let near = nearest(name, &known).or_else(|| {
            let native: Vec<&str> = self.world.native_names().collect();
            nearest(name, &native)
        });
        near.map_or_else(String::new, |near| format!("did you mean `{near}`?"))
    }

    /// Reports a wrong number of arguments.
    pub(super) fn wrong_arity(
        &mut self,
        name: &str,
        arities: &[Arity],
        count: usize,
        at: Position,
        usage: &str,
    ) {
        let words: Vec<String> = Arity::together(arities)
            .into_iter()
            .map(Arity::words)
            .collect();
        let message = format!("`{name}` takes {}, not {count}", words.join(" or "));
        let help = if usage.is_empty() {
            String::new()
        } else {
            format!("use {usage}")
        };
        self.wrong(Code::CheckArgument, at, message, help);
    }

    /// Goes through `module::function(…)`.
    fn qualified(&mut self, call: &FnCallExpr, at: Position) -> Ty {
        let path: Vec<&str> = call
            .namespace
            .path
            .iter()
            .map(|part| part.name.as_str())
            .collect();
        let module = path.join("::");
        let unit = Rc::clone(&self.units[self.unit]);
        match (unit.imports.get(path[0]), path.len()) {
            (Some(Target::Unit(target)), 1) => return self.imported(*target, &module, call, at),
            (Some(_), _) => return self.untyped(&call.args),
            _ if path == ["global"] => return self.untyped(&call.args),
            _ => {}
        }
        let (name, count) = (call.name.as_str(), call.args.len());
        let candidates: Vec<_> = self.world.functions(Some(&module), name).collect();
        if let Some(host) = candidates
            .iter()
            .find(|host| arity(host.params).holds(count))
        {
            self.all_permitted(&module, name, host.effects, at);
            return self.host_call(
                &format!("{module}::{name}"),
                None,
                host.params,
                host.returns,
                &call.args,
                at,
            );
        }
        if let Some(service) = self.world.service(&module)
            && let Some(operation) = self.world.services[service].operation(name)
        {
            return self.operation(service, operation, None, &call.args, at);
        }
        if let Some(service) = self.world.service(&module)
            && let Some(operation) = self.world.services[service].begun(name)
        {
            let given = self.operation(service, operation, None, &call.args, at);
            return Ty::Poller(given.shallow().into());
        }
        self.untyped(&call.args);
        if !candidates.is_empty() {
            let arities: Vec<Arity> = candidates.iter().map(|host| arity(host.params)).collect();
            self.wrong_arity(&format!("{module}::{name}"), &arities, count, at, "");
        } else if self.known_module(&module, call.namespace.position()) {
            self.unknown_member(&module, name, at);
        }
        Ty::Unknown
    }

    /// Reports a module that does not exist.
    pub(super) fn known_module(&mut self, module: &str, at: Position) -> bool {
        let unit = &self.units[self.unit];
        if self.world.is_module(module) || unit.imports.contains_key(module) {
            return true;
        }
        let known: Vec<&str> = self
            .world
            .modules()
            .chain(unit.imports.keys().map(String::as_str))
            .collect();
        let help = match nearest(module, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "import it first, `import \"…\" as {module};`, or, if it is an API, add it: \
                 `tenantry api add FILE --as {module} --on arm`"
            ),
        };
        self.wrong(
            Code::CheckName,
            at,
            format!("there is no module `{module}`"),
            help,
        );
        false
    }

    fn unknown_member(&mut self, module: &str, name: &str, at: Position) {
        let host = self
            .world
            .known
            .functions
            .iter()
            .filter(|host| host.module == Some(module))
            .map(|host| host.name);
        let mut known: Vec<&str> = host.collect();
        if let Some(service) = self.world.service(module) {
            known.extend(
                self.world.services[service]
                    .operations
                    .iter()
                    .map(|operation| operation.name),
            );
        }
        let service = self.world.service(module);
        let begin = service.and_then(|at| no_begin(self.world.services[at], name));
        let near = nearest(name, &known);
        let elsewhere = self
            .world
            .services
            .iter()
            .find(|service| service.operation(name).or(service.begun(name)).is_some());
        let help = match (near, elsewhere) {
            _ if begin.is_some() => begin.unwrap_or_default(),
            (_, Some(service)) => format!("there is `{}::{name}`", service.name),
            (Some(near), None) => format!("did you mean `{module}::{near}`?"),
            (None, None) => format!("`tenantry doc {module}` lists what there is"),
        };
        self.wrong(
            Code::CheckName,
            at,
            format!("there is no function `{name}` in `{module}`"),
            help,
        );
    }

    /// Goes through a call of an imported module's function.
    fn imported(&mut self, target: usize, alias: &str, call: &FnCallExpr, at: Position) -> Ty {
        let unit = Rc::clone(&self.units[target]);
        let types = self.arguments(&call.args, &[]);
        let (name, count) = (call.name.as_str(), call.args.len());
        let public = |function: &&Rc<Function>| !function.private;
        if let Some(function) = unit.function(name, count).filter(public) {
            let ty = self.invoke(target, function, types);
            if matches!(ty, Ty::Func(_)) {
                let message = "a closure cannot leave the module that makes it";
                let finding = Finding::warning(Code::CheckCapture, message, self.token(at));
                self.report(
                    finding.help(
                        "give the module a closure to call instead, or make the closure here",
                    ),
                );
                return Ty::Unknown;
            }
            return ty;
        }
        let all = unit.functions.get(name).into_iter().flatten();
        let arities: Vec<Arity> = all
            .filter(public)
            .map(|function| Arity::exactly(function.params.len()))
            .collect();
        if !arities.is_empty() {
            self.wrong_arity(&format!("{alias}::{name}"), &arities, count, at, "");
            return Ty::Unknown;
        }
        let private = unit.functions.contains_key(name);
        let functions = unit.functions.values().flatten().filter(public);
        let known: Vec<&str> = functions
            .map(|function| function.name.as_str())
            .filter(|name| !name.starts_with("anon$"))
            .collect();
        if !private && unit.constants.contains(name) {
            return Ty::Unknown;
        }
        let message = if private {
            format!("`{name}` is private to `{alias}`")
        } else {
            format!("there is no function `{name}` in `{alias}`")
        };
        let help = hint(name, &known);
        self.wrong(Code::CheckName, at, message, help);
        Ty::Unknown
    }
}

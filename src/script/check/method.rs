//! Going through method calls: the methods of a record's service, of the host, of Rhai, of the script.

use std::rc::Rc;

use rhai::{Expr, Position};

use super::checker::{Checker, hint};
use super::natives::is_word;
use super::statement::article;
use super::types::{Shape, Ty};
use super::world::{Arity, arity};
use crate::error::Code;

/// Functions that every value has as methods.
const OF_ALL: [&str; 6] = [
    "to_string",
    "to_debug",
    "type_of",
    "is_shared",
    "print",
    "debug",
];

impl Checker<'_> {
    /// Goes through a method call.
    pub(super) fn method(&mut self, ty: Ty, name: &str, args: &[Expr], at: Position) -> Ty {
        let count = args.len();
        if let (Ty::Func(func), "call") = (&ty, name) {
            let types = self.arguments(args, &[]);
            return self.invoke_value(func, &types);
        }
        if let Ty::Rec(shape) = &ty
            && let Some(operation) = self.world.operation_method(*shape, name)
        {
            return self.operation(shape.service, operation, Some(name), args, at);
        }
        if let Ty::Rec(shape) = &ty
            && let Some(operation) = self.world.begun_method(*shape, name)
        {
            let given = self.operation(shape.service, operation, Some(name), args, at);
            return Ty::Poller(given.shallow().into());
        }
        if let Some(receiver) = ty.receiver() {
            let found = self
                .world
                .methods(receiver, name)
                .find(|method| !method.property && arity(method.params).holds(count));
            if let Some(method) = found.copied() {
                return self.host_call(name, Some(&ty), method.params, method.returns, args, at);
            }
        }
        let unit = Rc::clone(&self.units[self.unit]);
        if let Some(function) = unit.function(name, count) {
            let types = self.arguments(args, &[]);
            return self.invoke(self.unit, function, types);
        }
        if let Ty::Map(keys) = &ty
            && let Some(value) = keys.get(name).cloned()
        {
            let types = self.arguments(args, &[]);
            return match value {
                Ty::Func(func) => self.invoke_value(&func, &types),
                _ => Ty::Unknown,
            };
        }
        let host = self
            .world
            .functions(None, name)
            .find(|host| arity(host.params).holds(count + 1));
        if let Some(host) = host {
            return self.host_call(name, Some(&ty), &host.params[1..], host.returns, args, at);
        }
        self.untyped(args);
        if !self.has_method(&ty, name, count) {
            self.unknown_method(&ty, name, count, at);
        }
        Ty::Unknown
    }

    /// Returns whether a method exists that is known by name and number of arguments only.
    fn has_method(&self, ty: &Ty, name: &str, count: usize) -> bool {
        let unit = &self.units[self.unit];
        match ty {
            Ty::Rec(_)
            | Ty::Dict(_)
            | Ty::Pager(_)
            | Ty::Outcomes(_)
            | Ty::Outcome(_)
            | Ty::Date
            | Ty::Poller(_)
            | Ty::Host(_) => OF_ALL.contains(&name),
            Ty::Unknown | Ty::Unit | Ty::Func(_) => {
                is_word(name, count + 1)
                    || unit.keys.contains(name)
                    || self.is_open()
                    || self
                        .world
                        .any_method(name)
                        .iter()
                        .any(|arity| arity.holds(count))
            }
            Ty::Map(_) if unit.keys.contains(name) => true,
            _ => self.world.native(name).contains(&(count + 1)),
        }
    }

    fn unknown_method(&mut self, ty: &Ty, name: &str, count: usize, at: Position) {
        let mut arities: Vec<Arity> = Vec::new();
        let what = article(&ty.words(self.world.services));
        let known: Vec<&str> = match (ty, ty.receiver()) {
            (Ty::Unknown | Ty::Unit | Ty::Func(_), _) | (_, None) => {
                arities = self.world.any_method(name);
                self.world.all_method_names().collect()
            }
            (_, Some(receiver)) => {
                let methods = self
                    .world
                    .methods(receiver, name)
                    .filter(|method| !method.property);
                arities.extend(methods.map(|method| arity(method.params)));
                let exact = matches!(
                    ty,
                    Ty::Rec(_)
                        | Ty::Pager(_)
                        | Ty::Outcomes(_)
                        | Ty::Outcome(_)
                        | Ty::Date
                        | Ty::Poller(_)
                        | Ty::Host(_)
                );
                if !exact {
                    let native = self.world.native(name).iter();
                    arities.extend(
                        native
                            .filter_map(|all| all.checked_sub(1))
                            .map(Arity::exactly),
                    );
                }
                let own = self.world.method_names(receiver);
                match ty {
                    Ty::Rec(shape) => own
                        .chain(self.world.operation_methods(*shape).map(|(name, _)| name))
                        .collect(),
                    _ if exact => own.collect(),
                    _ => own.chain(self.world.native_names()).collect(),
                }
            }
        };
        if !arities.is_empty() {
            self.wrong_arity(name, &arities, count, at, "");
            return;
        }
        if let Ty::Rec(shape) = ty
            && self.field_exists(*shape, name)
        {
            self.wrong(
                Code::CheckName,
                at,
                format!(
                    "`{name}` is a property of {}",
                    ty.words(self.world.services)
                ),
                format!("write `.{name}` without parentheses"),
            );
            return;
        }
        let owner = self.owner(name).filter(|_| matches!(ty, Ty::Rec(_)));
        let help = match owner {
            Some(owner) => format!("it is a method of {owner}"),
            None => hint(name, &known),
        };
        let message = match ty {
            Ty::Unknown | Ty::Unit | Ty::Func(_) => format!("nothing has a method `{name}`"),
            _ => format!("{what} has no method `{name}`"),
        };
        self.wrong(Code::CheckName, at, message, help);
    }

    fn field_exists(&self, shape: Shape, name: &str) -> bool {
        self.world.services[shape.service].schemas[usize::from(shape.index)]
            .field(name)
            .is_some()
    }

    /// Returns the record that has a method of that name.
    fn owner(&self, name: &str) -> Option<&'static str> {
        self.world.services.iter().find_map(|service| {
            let mut methods = service
                .operations
                .iter()
                .filter_map(|operation| operation.method_of);
            let (schema, _) = methods.find(|(_, method)| *method == name)?;
            Some(service.schemas[usize::from(schema)].name)
        })
    }
}

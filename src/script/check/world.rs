//! Everything callable, looked up by name: service operations, host functions and methods, and
//! Rhai's own functions.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use super::known::{HostFunction, HostMethod, Known, Receiver};
use super::natives;
use super::types::Shape;
use crate::api::ids;
use crate::api::model::{Operation, Service};

/// Keys that the last map of every operation may have.
pub(super) const COMMON_OPTIONS: [&str; 1] = ["principal"];

/// How many arguments something takes, receiver not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arity {
    pub(super) min: usize,
    pub(super) max: usize,
}

impl Arity {
    pub(super) fn exactly(count: usize) -> Self {
        Self {
            min: count,
            max: count,
        }
    }

    pub(super) fn holds(self, count: usize) -> bool {
        (self.min..=self.max).contains(&count)
    }

    /// Returns what several take, each number once, in order.
    pub(super) fn together(arities: &[Self]) -> Vec<Self> {
        let mut sorted = arities.to_vec();
        sorted.sort_by_key(|arity| (arity.min, arity.max));
        let mut together: Vec<Self> = Vec::new();
        for arity in sorted {
            match together.last_mut() {
                Some(last) if arity.min <= last.max + 1 => last.max = last.max.max(arity.max),
                _ => together.push(arity),
            }
        }
        together
    }

    /// Returns the words for a message: `1 argument`, `1 to 3 arguments`.
    pub(super) fn words(self) -> String {
        match (self.min, self.max) {
            (0, 0) => "no arguments".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (min, max) if min == max => format!("{min} arguments"),
            (min, max) if min + 1 == max => format!("{min} or {max} arguments"),
            (min, max) => format!("{min} to {max} arguments"),
        }
    }
}

/// Everything callable.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) services: &'a [&'static Service],
    pub(super) known: &'a Known,
    /// Rhai's functions: how many arguments they take, the receiver counted.
    native: HashMap<&'a str, Vec<usize>>,
    /// All methods of all types, except Rhai's own.
    methods: OnceCell<HashMap<Cow<'static, str>, Vec<Arity>>>,
}

impl<'a> World<'a> {
    pub(super) fn new(services: &'a [&'static Service], known: &'a Known) -> Self {
        let mut native: HashMap<&str, Vec<usize>> = HashMap::new();
        for (name, arity) in &known.native {
            native.entry(name).or_default().push(*arity);
        }
        Self {
            services,
            known,
            native,
            methods: OnceCell::new(),
        }
    }

    /// Returns what the methods take that services and host add, by name. Most checks need none.
    fn added(&self) -> &HashMap<Cow<'static, str>, Vec<Arity>> {
        self.methods.get_or_init(|| {
            let mut methods: HashMap<Cow<'static, str>, Vec<Arity>> = HashMap::new();
            for service in self.services {
                for operation in service.operations.iter() {
                    let Some((_, name)) = operation.method_of else {
                        continue;
                    };
                    let arity = Self::operation_arity(service, operation, true);
                    methods.entry(name.into()).or_default().push(arity);
                    if operation.is_long() {
                        let name = format!("{}{name}", Operation::BEGIN);
                        methods.entry(name.into()).or_default().push(arity);
                    }
                }
            }
            for method in &self.known.methods {
                let all = methods.entry(method.name.into()).or_default();
                all.push(arity(method.params));
            }
            methods
        })
    }

    /// Returns the position of the service of that module name.
    pub(super) fn service(&self, name: &str) -> Option<usize> {
        self.services
            .iter()
            .position(|service| service.name == name)
    }

    /// Returns whether scripts can call functions through that name without importing it.
    pub(super) fn is_module(&self, name: &str) -> bool {
        !name.is_empty()
            && (self.service(name).is_some() || self.host_modules().any(|module| module == name))
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.services
            .iter()
            .map(|service| service.name)
            .chain(self.host_modules())
    }

    fn host_modules(&self) -> impl Iterator<Item = &str> {
        self.known
            .functions
            .iter()
            .filter_map(|function| function.module)
    }

    /// Returns the host functions of that name; several have different numbers of arguments.
    pub(super) fn functions<'s>(
        &'s self,
        module: Option<&'s str>,
        name: &'s str,
    ) -> impl Iterator<Item = &'a HostFunction> + 's {
        self.known
            .functions
            .iter()
            .filter(move |function| function.name == name && function.module == module)
    }

    /// Returns the host methods of that name, and what is known of Rhai's own.
    pub(super) fn methods<'s>(
        &'s self,
        of: Receiver,
        name: &'s str,
    ) -> impl Iterator<Item = &'s HostMethod> + 's {
        // Lists that come in one answer may be arrays or lazy.
        let also = (of == Receiver::Array).then_some(Receiver::Pager);
        let all = self.known.methods.iter().chain(natives::METHODS);
        all.filter(move |method| {
            method.name == name && (method.of == of || Some(method.of) == also)
        })
    }

    /// Returns the names of the methods of a type.
    pub(super) fn method_names(&self, of: Receiver) -> impl Iterator<Item = &str> {
        let all = self.known.methods.iter().chain(natives::METHODS);
        all.filter(move |method| method.of == of)
            .map(|method| method.name)
    }

    /// Returns the operation that is a method of a record.
    pub(super) fn operation_method(&self, shape: Shape, name: &str) -> Option<&'static Operation> {
        self.operation_methods(shape)
            .find(|(method, _)| *method == name)
            .map(|(_, operation)| operation)
    }

    /// Returns the operation that a method `begin_…` of a record begins.
    pub(super) fn begun_method(&self, shape: Shape, name: &str) -> Option<&'static Operation> {
        let operation = self.operation_method(shape, name.strip_prefix(Operation::BEGIN)?)?;
        operation.is_long().then_some(operation)
    }

    pub(super) fn operation_methods(
        &self,
        shape: Shape,
    ) -> impl Iterator<Item = (&'static str, &'static Operation)> {
        let service: &'static Service = self.services[shape.service];
        service.operations.iter().filter_map(move |operation| {
            let (of, name) = operation.method_of?;
            (of == shape.index).then_some((name, operation))
        })
    }

    /// Returns how many arguments an operation takes: the last, a map of options, is always
    /// possible. A method takes its path from the record.
    pub(super) fn operation_arity(service: &Service, operation: &Operation, method: bool) -> Arity {
        let [least, most] = ids::positional(service, operation, method);
        let body = operation.body.as_ref();
        Arity {
            min: least + usize::from(body.is_some_and(|body| body.required)),
            max: most + usize::from(body.is_some()) + 1,
        }
    }

    /// Returns how many arguments Rhai's functions of that name take, the receiver counted.
    pub(super) fn native(&self, name: &str) -> &[usize] {
        self.native.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn native_names(&self) -> impl Iterator<Item = &str> {
        let plain =
            |name: &&str| name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains('$');
        self.native.keys().copied().filter(plain)
    }

    /// Returns what the methods of that name take that services and host add.
    pub(super) fn added_method(&self, name: &str) -> &[Arity] {
        self.added().get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns what all methods of that name take, whatever they are methods of.
    pub(super) fn any_method(&self, name: &str) -> Vec<Arity> {
        let mut arities = self.added_method(name).to_vec();
        let receiver = |count: &usize| count.checked_sub(1).map(Arity::exactly);
        arities.extend(self.native(name).iter().filter_map(receiver));
        arities.extend(
            natives::METHODS
                .iter()
                .filter(|method| method.name == name)
                .map(|method| arity(method.params)),
        );
        arities.extend(self.functions(None, name).filter_map(|function| {
            let Arity { min, max } = arity(function.params);
            Some(Arity {
                min: min.saturating_sub(1),
                max: max.checked_sub(1)?,
            })
        }));
        arities
    }

    pub(super) fn all_method_names(&self) -> impl Iterator<Item = &str> {
        let own = self.added().keys().map(AsRef::as_ref);
        own.chain(self.native_names())
    }
}

/// Returns how many arguments a list of parameters takes.
pub(super) fn arity(params: &[super::known::HostParam]) -> Arity {
    Arity {
        min: params.iter().filter(|param| !param.optional).count(),
        max: params.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_arguments_are_told_once() {
        let check = |ranges: &[(usize, usize)], expected: &str| {
            let arities: Vec<Arity> = ranges
                .iter()
                .map(|&(min, max)| Arity { min, max })
                .collect();
            let together = Arity::together(&arities).into_iter().map(Arity::words);
            assert_eq!(together.collect::<Vec<_>>().join(" or "), expected);
        };
        check(&[(1, 2), (1, 1), (2, 2)], "1 or 2 arguments");
        check(&[(3, 3), (0, 0)], "no arguments or 3 arguments");
        check(&[(1, 1)], "1 argument");
        check(&[(0, 1), (2, 4)], "0 to 4 arguments");
    }
}

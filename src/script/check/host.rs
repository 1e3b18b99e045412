//! Going through the arguments of host functions, following items into closures and their results
//! out of them.

use rhai::{Expr, Position};

use super::capture;
use super::checker::Checker;
use super::known::{HostParam, Type};
use super::statement::article;
use super::types::{Keys, Rest, Ty};
use crate::error::Code;

impl Checker<'_> {
    /// Goes through arguments of which nothing is expected; closures are given these types.
    pub(super) fn arguments(&mut self, args: &[Expr], given: &[Ty]) -> Vec<Ty> {
        args.iter()
            .map(|arg| match capture::closure(arg) {
                Some(closure) if !given.is_empty() => {
                    let func = self.closure_type(&closure);
                    self.invoke_value(&func, given);
                    Ty::Func(func.into())
                }
                _ => self.expression(arg),
            })
            .collect()
    }

    /// Goes through a call of a host function or method and returns what it gives.
    pub(super) fn host_call(
        &mut self,
        name: &str,
        receiver: Option<&Ty>,
        params: &[HostParam],
        returns: Type,
        args: &[Expr],
        at: Position,
    ) -> Ty {
        let mut subject = receiver.cloned();
        let mut result = None;
        for (param, arg) in params.iter().zip(args) {
            let ty = match param.ty {
                Type::Function(given) => {
                    let (ty, returned) =
                        self.function_argument(param, arg, given, subject.as_ref());
                    result = result.or(returned);
                    ty
                }
                Type::Keys(keys) => self.keys_argument(name, keys, arg),
                // A key may be a name or a function of the item (`sort_by`).
                Type::Any if capture::closure(arg).is_some() => {
                    let given = &[Type::Item];
                    self.function_argument(param, arg, given, subject.as_ref())
                        .0
                }
                _ => {
                    let ty = self.expression(arg);
                    self.fits(name, param, &ty, arg);
                    ty
                }
            };
            subject.get_or_insert(ty);
        }
        if name == "parallel" {
            self.parallel(args, result.as_ref(), at);
        }
        returned_type(returns, &subject.unwrap_or(Ty::Unknown), result)
    }

    fn function_argument(
        &mut self,
        param: &HostParam,
        arg: &Expr,
        given: &'static [Type],
        subject: Option<&Ty>,
    ) -> (Ty, Option<Ty>) {
        let subject = subject.cloned().unwrap_or(Ty::Unknown);
        let types: Vec<Ty> = given
            .iter()
            .map(|ty| returned_type(*ty, &subject, None))
            .collect();
        let ty = match capture::closure(arg) {
            Some(closure) => Ty::Func(self.closure_type(&closure).into()),
            None => self.expression(arg),
        };
        match &ty {
            Ty::Func(func) => {
                // What it does not declare, it does not get.
                let unit = std::rc::Rc::clone(&self.units[func.unit]);
                let declared = unit
                    .functions
                    .get(&func.name)
                    .into_iter()
                    .flatten()
                    .map(|function| function.params.len())
                    .max();
                let room = declared.map_or(types.len(), |params| {
                    params.saturating_sub(func.captured.len())
                });
                let types = &types[..types.len().min(room)];
                let returned = self.invoke_value(func, types);
                (ty, Some(returned))
            }
            Ty::Unknown => (ty, None),
            other => {
                let message = format!(
                    "`{}` must be a function, not {}",
                    param.name,
                    article(&other.words(self.world.services))
                );
                self.wrong(
                    Code::CheckArgument,
                    arg.start_position(),
                    message,
                    "write a closure: `|it| …`",
                );
                (ty, None)
            }
        }
    }

    fn keys_argument(&mut self, name: &str, keys: &'static [HostParam], arg: &Expr) -> Ty {
        let Expr::Map(map, _) = arg else {
            let ty = self.expression(arg);
            if !matches!(
                ty,
                Ty::Map(_) | Ty::Unknown | Ty::Unit | Ty::Rec(_) | Ty::Dict(_)
            ) {
                let message = format!(
                    "`{name}` takes a map here, not {}",
                    article(&ty.words(self.world.services))
                );
                self.wrong(Code::CheckArgument, arg.start_position(), message, "");
            }
            return ty;
        };
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        for (key, value) in &map.0 {
            let Some(param) = keys.iter().find(|param| param.name == key.name.as_str()) else {
                self.expression(value);
                let help = super::checker::hint(&key.name, &known);
                self.wrong(
                    Code::CheckKey,
                    key.pos,
                    format!("`{name}` has no option `{}`", key.name),
                    help,
                );
                continue;
            };
            match param.ty {
                Type::Function(given) => {
                    self.function_argument(param, value, given, None);
                }
                Type::Keys(keys) => {
                    self.keys_argument(name, keys, value);
                }
                _ => {
                    let ty = self.expression(value);
                    self.fits(name, param, &ty, value);
                }
            }
        }
        for param in keys.iter().filter(|param| !param.optional) {
            if !map.0.iter().any(|(key, _)| key.name == param.name) {
                self.wrong(
                    Code::CheckKey,
                    arg.start_position(),
                    format!("`{name}` needs the key `{}`", param.name),
                    "",
                );
            }
        }
        Ty::Unknown
    }

    /// Reports an argument that certainly is of another type.
    fn fits(&mut self, name: &str, param: &HostParam, ty: &Ty, arg: &Expr) {
        let fits = match (param.ty, ty) {
            (_, Ty::Unknown | Ty::Unit) | (Type::Any, _) => true,
            (Type::Bool, ty) => *ty == Ty::Bool,
            (Type::Int, ty) => matches!(ty, Ty::Int | Ty::Number),
            (Type::Number, ty) => matches!(ty, Ty::Int | Ty::Number),
            (Type::Text, ty) => matches!(ty, Ty::Text | Ty::Enum(_) | Ty::Host(_) | Ty::Poller(_)),
            (Type::Date | Type::DateLike, ty) => matches!(ty, Ty::Date | Ty::Text | Ty::Enum(_)),
            (Type::Record, ty) => matches!(ty, Ty::Rec(_) | Ty::Dict(_)),
            (Type::Map, ty) => matches!(ty, Ty::Map(_) | Ty::Rec(_) | Ty::Dict(_)),
            (Type::Array | Type::ArrayOf(_), ty) => matches!(ty, Ty::List(_)),
            (Type::Pager, ty) => matches!(ty, Ty::Pager(_) | Ty::List(_)),
            (Type::Items, ty) => matches!(ty, Ty::List(_) | Ty::Pager(_) | Ty::Outcomes(_)),
            (Type::Host(name), Ty::Host(other)) => name == *other,
            _ => true,
        };
        if !fits {
            let message = format!(
                "`{}` of `{name}` must be {}, not {}",
                param.name,
                words(param.ty),
                article(&ty.words(self.world.services))
            );
            self.wrong(Code::CheckArgument, arg.start_position(), message, "");
        }
    }

    /// Checks what is particular to `parallel`: items work on copies of what they captured, and a
    /// lazy list cannot leave.
    fn parallel(&mut self, args: &[Expr], result: Option<&Ty>, at: Position) {
        let unit = std::rc::Rc::clone(&self.units[self.unit]);
        for closure in args.iter().filter_map(capture::closure) {
            for (name, place) in capture::changed_captures(&unit, &closure) {
                let message = format!(
                    "`{name}` is a copy in every item of `parallel`; changing it has no effect outside"
                );
                self.wrong(Code::CheckCapture, place, message, "return the value from the closure, and put the results together afterwards: `parallel(…).values()`");
            }
        }
        if matches!(result, Some(Ty::Pager(_))) {
            let finding = super::Finding::warning(
                Code::CheckArgument,
                "a list that is read page by page cannot leave `parallel`",
                self.token(at),
            );
            self.report(finding.help("end it inside the closure, with `.to_array()` or `.map(…)`"));
        }
    }
}

/// Returns the type that a table entry speaks of, given the value it is called on.
pub(super) fn returned_type(returns: Type, subject: &Ty, result: Option<Ty>) -> Ty {
    let result = || result.clone().unwrap_or(Ty::Unknown);
    match returns {
        Type::Unit => Ty::Unit,
        Type::Bool => Ty::Bool,
        Type::Int => Ty::Int,
        Type::Number => Ty::Number,
        Type::Text => Ty::Text,
        Type::Date => Ty::Date,
        Type::Host("Poller") if matches!(subject, Ty::Poller(_)) => subject.clone(),
        Type::Host(name) => Ty::Host(name),
        Type::Awaited => match subject {
            Ty::Poller(result) => (**result).clone(),
            _ => Ty::Unknown,
        },
        Type::Array => Ty::list(Ty::Unknown),
        Type::ArrayOf(item) => Ty::list(returned_type(*item, subject, None)),
        Type::Pager => Ty::Pager(Ty::Unknown.into()),
        Type::Outcomes => Ty::Outcomes(match subject.item() {
            Ty::Poller(result) => result,
            _ => Ty::Unknown.into(),
        }),
        Type::Receiver => subject.clone(),
        Type::Item => match subject {
            Ty::Outcome(result) => (**result).clone(),
            _ => subject.item(),
        },
        Type::ItemArray => match subject {
            Ty::Outcomes(result) => Ty::list((**result).clone()),
            _ => Ty::list(subject.item()),
        },
        Type::Result => result(),
        Type::ResultArray => Ty::list(result()),
        Type::ResultOutcomes => Ty::Outcomes(result().shallow().into()),
        Type::Flattened => Ty::list(subject.item().item()),
        Type::Map => Keys::of(Vec::new(), Rest::Open),
        Type::Keys(keys) => {
            let key = |key: &HostParam| (key.name.to_owned(), returned_type(key.ty, subject, None));
            Keys::of(keys.iter().map(key).collect(), Rest::Absent)
        }
        Type::Any | Type::DateLike | Type::Record | Type::Items | Type::Function(_) => Ty::Unknown,
    }
}

fn words(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "true or false",
        Type::Int => "a whole number",
        Type::Number => "a number",
        Type::Text => "a text",
        Type::Date | Type::DateLike => "a date",
        Type::Record => "a record",
        Type::Map => "a map",
        Type::Array | Type::ArrayOf(_) => "an array",
        Type::Pager => "an array or a list",
        Type::Items => "an array, a list or a range",
        Type::Host(name) => name,
        _ => "something else",
    }
}

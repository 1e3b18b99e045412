//! Going through dot chains: properties, indexes and methods, from the value that a chain begins
//! with. Chains are nested to the right: `a.b[0].c` is `a . (b [ (0 . c) ])`.

use rhai::{ASTFlags, Expr, Position};

use super::Finding;
use super::capture;
use super::checker::{Checker, hint};
use super::statement::article;
use super::types::{Rest, Shape, Ty};
use crate::error::Code;

/// How the last link of a chain is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Written,
}

impl Checker<'_> {
    /// Goes through a chain that is read.
    pub(super) fn chain(&mut self, chain: &Expr) -> Ty {
        self.links(chain, Use::Read)
    }

    /// Goes through a chain that is assigned to.
    pub(super) fn write_chain(&mut self, chain: &Expr) {
        self.links(chain, Use::Written);
    }

    fn links(&mut self, chain: &Expr, last: Use) -> Ty {
        let (mut both, mut flags, mut index) = match chain {
            Expr::Dot(both, flags, _) => (both, flags, false),
            Expr::Index(both, flags, _) => (both, flags, true),
            other => return self.expression(other),
        };
        if capture::variable(&both.lhs).is_some() {
            self.captured_root(chain);
        }
        let mut ty = self.expression(&both.lhs);
        loop {
            let (link, next) = match &both.rhs {
                Expr::Dot(next, more, _) if !flags.intersects(ASTFlags::BREAK) => {
                    (&next.lhs, Some((next, more, false)))
                }
                Expr::Index(next, more, _) if !flags.intersects(ASTFlags::BREAK) => {
                    (&next.lhs, Some((next, more, true)))
                }
                link => (link, None),
            };
            let purpose = if next.is_none() { last } else { Use::Read };
            ty = if index {
                self.index(&ty, link)
            } else {
                self.link(ty, link, purpose)
            };
            match next {
                Some((next, more, is_index)) => (both, flags, index) = (next, more, is_index),
                None => return ty,
            }
        }
    }

    fn link(&mut self, ty: Ty, link: &Expr, purpose: Use) -> Ty {
        match link {
            Expr::Property(property, at) => {
                if purpose == Use::Written {
                    self.written(&ty, &property.2, *at);
                    return Ty::Unknown;
                }
                self.property(&ty, &property.2, *at)
            }
            Expr::MethodCall(call, at) => self.method(ty, &call.name, &call.args, *at),
            other => {
                self.expression(other);
                Ty::Unknown
            }
        }
    }

    fn written(&mut self, ty: &Ty, name: &str, at: Position) {
        let Ty::Rec(shape) = ty else {
            return;
        };
        let help = match self.world.operation_method(*shape, "update") {
            Some(_) => format!("use `.update(#{{ {name}: … }})`, which returns the new record"),
            None => "make a map of it with `.to_map()`, or call the operation that changes it"
                .to_owned(),
        };
        self.wrong(Code::CheckProperty, at, "records do not change", help);
    }

    fn index(&mut self, ty: &Ty, link: &Expr) -> Ty {
        if let Expr::StringConstant(name, _) = link {
            return match ty {
                Ty::Rec(shape) => self.field(*shape, name).unwrap_or(Ty::Unknown),
                Ty::Map(keys) => keys.get(name).cloned().unwrap_or(Ty::Unknown),
                Ty::Dict(value) => (**value).clone(),
                _ => Ty::Unknown,
            };
        }
        let by = self.expression(link);
        match (ty, by) {
            (Ty::List(_) | Ty::Outcomes(_), Ty::Int) => ty.item(),
            (Ty::Dict(value), _) => (**value).clone(),
            (Ty::Pager(_), _) => {
                let message = "a list that is read page by page has no index";
                self.wrong(
                    Code::CheckProperty,
                    link.start_position(),
                    message,
                    "use `.first()` or `.take(n)`, or `.to_array()` before it",
                );
                Ty::Unknown
            }
            _ => Ty::Unknown,
        }
    }

    /// Returns the type of a declared property.
    fn field(&self, shape: Shape, name: &str) -> Option<Ty> {
        let service = self.world.services[shape.service];
        let field = service.schemas[usize::from(shape.index)].field(name)?;
        Some(Ty::of(self.world.services, shape.service, field.ty))
    }

    fn property(&mut self, ty: &Ty, name: &str, at: Position) -> Ty {
        if let Ty::Rec(shape) = ty
            && let Some(field) = self.field(*shape, name)
        {
            self.not_asked(*shape, name, at);
            return field;
        }
        if let Some(known) = self.host_property(ty, name) {
            return known;
        }
        match ty {
            Ty::Unknown | Ty::Unit | Ty::Func(_) | Ty::Int | Ty::Number | Ty::Bool => Ty::Unknown,
            Ty::Dict(value) => (**value).clone(),
            Ty::Map(_) => self.key(ty, name, at),
            Ty::Rec(shape) => {
                self.unknown_property(*shape, name, at);
                Ty::Unknown
            }
            _ => {
                self.no_property(ty, name, at);
                Ty::Unknown
            }
        }
    }

    /// Returns the type of a property that the host or Rhai gives to values of a type.
    fn host_property(&self, ty: &Ty, name: &str) -> Option<Ty> {
        let receiver = ty.receiver()?;
        let method = self
            .world
            .methods(receiver, name)
            .find(|method| method.property);
        if let Some(method) = method {
            return Some(match (ty, name) {
                (Ty::Outcome(result), "value") => (**result).clone(),
                _ => super::host::returned_type(method.returns, ty, None),
            });
        }
        let native = super::natives::is_property(receiver, name);
        native.then_some(Ty::Unknown)
    }

    fn key(&mut self, ty: &Ty, name: &str, at: Position) -> Ty {
        let Ty::Map(keys) = ty else {
            return Ty::Unknown;
        };
        if let Some(known) = keys.get(name) {
            return known.clone();
        }
        let known: Vec<&str> = keys.entries.iter().map(|(key, _)| key.as_str()).collect();
        match keys.rest {
            Rest::Open => {}
            Rest::Refused => {
                let help = match hint(name, &known) {
                    none if none.is_empty() => "declare it in the header's `params`".to_owned(),
                    help => help,
                };
                self.wrong(
                    Code::CheckProperty,
                    at,
                    format!("the runbook has no parameter `{name}`"),
                    help,
                );
            }
            Rest::Absent => {
                // Asking for a key that may be absent is common; only a near miss is worth a word.
                if super::checker::nearest(name, &known)
                    .is_some_and(|near| strsim::damerau_levenshtein(near, name) <= 2)
                {
                    let finding = Finding::warning(
                        Code::CheckKey,
                        format!("this map has no key `{name}`"),
                        self.token(at),
                    );
                    let finding = finding.suggest(super::checker::nearest(name, &known));
                    self.report(finding);
                }
            }
        }
        Ty::Unknown
    }

    fn unknown_property(&mut self, shape: Shape, name: &str, at: Position) {
        let schema = &self.world.services[shape.service].schemas[usize::from(shape.index)];
        let what = schema.name;
        if self.world.operation_method(shape, name).is_some() {
            self.wrong(
                Code::CheckProperty,
                at,
                format!("`{name}` is a method of {what}"),
                format!("call it: `.{name}(…)`"),
            );
            return;
        }
        if schema.open {
            return;
        }
        let known: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        let message = format!("`{name}` is not a property of {what}");
        self.doubtful(Code::CheckProperty, at, message, name, &known);
    }

    fn no_property(&mut self, ty: &Ty, name: &str, at: Position) {
        let what = article(&ty.words(self.world.services));
        let message = format!("{what} has no property `{name}`");
        let is_method = ty
            .receiver()
            .is_some_and(|of| self.world.methods(of, name).next().is_some());
        let help = match ty {
            _ if is_method => format!("call it: `.{name}(…)`"),
            Ty::Pager(item) | Ty::List(item) if matches!(**item, Ty::Rec(_)) => {
                format!(
                    "it holds {} records: use `for`, `.map(|it| it.{name})` or `.first().{name}`",
                    item.words(self.world.services)
                )
            }
            _ => String::new(),
        };
        self.wrong(Code::CheckProperty, at, message, help);
    }

    /// Goes through the arguments of a call that nobody has told the types of.
    pub(super) fn untyped(&mut self, args: &[Expr]) -> Ty {
        for arg in args {
            self.expression(arg);
        }
        Ty::Unknown
    }
}

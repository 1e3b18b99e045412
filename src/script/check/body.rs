//! Literal bodies and options against their description: every key and every value, at the place
//! where it stands.

use rhai::{Expr, Position};

use super::checker::{Checker, hint};
use super::statement::article;
use super::types::Ty;
use crate::api::model::{self, Kind, Param, Schema};
use crate::error::Code;

/// Whether a body makes a new object, so that it must be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Required fields must be there; those that the service sets must not.
    Creates,
    /// Any part will do.
    Changes,
}

impl Checker<'_> {
    /// Goes through the body of a call.
    pub(super) fn body(
        &mut self,
        service: usize,
        call: &str,
        ty: model::Ty,
        value: &Expr,
        mode: Body,
    ) {
        let path = Path {
            call,
            path: String::new(),
        };
        self.sent(service, ty, value, mode, &path);
    }

    /// Goes through a parameter or an option of a call.
    pub(super) fn option(&mut self, service: usize, call: &str, param: &Param, value: &Expr) {
        let path = Path {
            call,
            path: param.name.to_owned(),
        };
        self.sent(service, param.ty, value, Body::Changes, &path);
    }

    fn sent(&mut self, service: usize, ty: model::Ty, value: &Expr, mode: Body, path: &Path) {
        let kind = self.world.services[service].kind(ty);
        let at = value.start_position();
        match (kind, value) {
            (Kind::Rec(index), Expr::Map(..)) => self.record(service, index, value, mode, path),
            (Kind::Dict(item), Expr::Map(map, _)) => {
                for (key, value) in &map.0 {
                    self.sent(
                        service,
                        model::Ty(item),
                        value,
                        mode,
                        &path.inner(&key.name),
                    );
                }
            }
            (Kind::Array(item), Expr::Array(items, _)) => {
                for (number, value) in items.iter().enumerate() {
                    self.sent(
                        service,
                        model::Ty(item),
                        value,
                        mode,
                        &path.inner(&number.to_string()),
                    );
                }
            }
            (Kind::Enum(index), Expr::StringConstant(text, _)) => {
                self.choice(service, index, text, at, path);
            }
            (Kind::Any, _) => {
                self.expression(value);
            }
            (_, Expr::Unit(_)) => {
                self.wrong(
                    Code::CheckKey,
                    at,
                    format!("{path} must not be `()`"),
                    "leave it out instead",
                );
            }
            _ => {
                let found = self.expression(value);
                self.suits(service, ty, &found, &path.to_string(), at);
            }
        }
    }

    fn record(&mut self, service: usize, index: u16, value: &Expr, mode: Body, path: &Path) {
        let Expr::Map(map, at) = value else {
            return;
        };
        let schema: &'static Schema = &self.world.services[service].schemas[usize::from(index)];
        for (key, value) in &map.0 {
            let inner = path.inner(&key.name);
            match schema.field(&key.name) {
                None if schema.open => {
                    self.expression(value);
                }
                None => {
                    self.expression(value);
                    let known: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
                    let help = hint(&key.name, &known);
                    self.wrong(
                        Code::CheckKey,
                        key.pos,
                        format!("`{}` is not a field of {}", key.name, schema.name),
                        help,
                    );
                }
                Some(field) if field.read_only() && mode == Body::Creates => {
                    self.expression(value);
                    self.wrong(
                        Code::CheckKey,
                        key.pos,
                        format!("{inner} is set by the service"),
                        "leave it out",
                    );
                }
                Some(field) if field.nullable() && matches!(value, Expr::Unit(_)) => {}
                Some(field) => self.sent(service, field.ty, value, mode, &inner),
            }
        }
        if mode == Body::Creates {
            let given = |name: &str| map.0.iter().any(|(key, _)| key.name == name);
            let missing = schema
                .fields
                .iter()
                .filter(|field| field.required() && !field.read_only() && !given(field.name));
            for field in missing {
                let inner = path.inner(field.name);
                self.wrong(
                    Code::CheckKey,
                    *at,
                    format!("{inner} is required"),
                    self.example(service, field),
                );
            }
        }
    }

    fn example(&self, service: usize, field: &model::Field) -> String {
        let value = match self.world.services[service].kind(field.ty) {
            Kind::Rec(_) | Kind::Dict(_) => "#{ … }",
            Kind::Array(_) => "[…]",
            Kind::Bool => "true",
            Kind::Int | Kind::Num => "1",
            _ => "\"…\"",
        };
        format!("add `{}: {value}`", field.name)
    }

    fn choice(&mut self, service: usize, index: u16, text: &str, at: Position, path: &Path) {
        let choices = self.world.services[service].enums[usize::from(index)];
        if choices.contains(&text) {
            return;
        }
        if self.world.services[service].is_open(index) {
            self.unheard_of(text, &choices, at);
            return;
        }
        let same = choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(text))
            .copied();
        let help = match same.or_else(|| super::checker::nearest(text, &choices)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("it is one of {}", choices.join(", ")),
        };
        self.wrong(
            Code::CheckArgument,
            at,
            format!("{path} cannot be \"{text}\""),
            help,
        );
    }

    /// Reports a value that certainly is of another type than the one that is sent.
    pub(super) fn suits(
        &mut self,
        service: usize,
        ty: model::Ty,
        found: &Ty,
        what: &str,
        at: Position,
    ) {
        let kind = self.world.services[service].kind(ty);
        let (suits, expected) = match kind {
            Kind::Any => (true, ""),
            Kind::Bool => (*found == Ty::Bool, "true or false"),
            Kind::Int => (matches!(found, Ty::Int | Ty::Number), "a whole number"),
            Kind::Num => (matches!(found, Ty::Int | Ty::Number), "a number"),
            Kind::Text | Kind::Guid | Kind::Secret => (
                matches!(found, Ty::Text | Ty::Enum(_) | Ty::Host(_)),
                "a text",
            ),
            Kind::Enum(_) => (matches!(found, Ty::Text | Ty::Enum(_)), "a text"),
            Kind::Date | Kind::Day => {
                (matches!(found, Ty::Date | Ty::Text | Ty::Enum(_)), "a date")
            }
            Kind::Array(_) => (matches!(found, Ty::List(_) | Ty::Pager(_)), "an array"),
            Kind::Dict(_) | Kind::Rec(_) => (
                matches!(found, Ty::Map(_) | Ty::Rec(_) | Ty::Dict(_)),
                "a map",
            ),
            Kind::Filter => (matches!(found, Ty::Host(_)), "a filter, `where(…)`"),
        };
        if !suits && !matches!(found, Ty::Unknown | Ty::Unit) {
            let message = format!(
                "{what} must be {expected}, not {}",
                article(&found.words(self.world.services))
            );
            let help = match (kind, found) {
                (Kind::Array(_), Ty::Map(_) | Ty::Rec(_) | Ty::Dict(_)) => {
                    "put it in brackets: `[#{ … }]`"
                }
                (Kind::Dict(_) | Kind::Rec(_), Ty::List(_)) => {
                    "give one map, without brackets: `#{ … }`"
                }
                _ => "",
            };
            self.wrong(Code::CheckArgument, at, message, help);
        }
    }
}

/// Where in a body a value stands.
struct Path<'a> {
    call: &'a str,
    path: String,
}

impl Path<'_> {
    fn inner(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            call: self.call,
            path,
        }
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            write!(f, "the body of `{}`", self.call)
        } else {
            write!(f, "`{}`", self.path)
        }
    }
}

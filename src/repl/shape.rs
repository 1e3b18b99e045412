//! What is known of a value without evaluating anything: from the descriptions and from the values
//! that the session's variables hold. Completion and `:type` stand on it.

use std::fmt;

use super::manual::words;
use crate::api::model::{Kind, Operation, Output, Service, Ty};
use crate::script::check::known::{HostParam, Known, Receiver, Type};

/// What is known of a value.
#[derive(Clone)]
pub(super) enum Shape {
    /// Nothing.
    Unknown,
    /// A record of that service and schema.
    Record(&'static Service, u16),
    /// A lazy list.
    Pager(Box<Shape>),
    /// An array.
    Array(Box<Shape>),
    /// What `parallel` returned.
    Outcomes,
    /// One item of that.
    Outcome,
    /// A map with these keys.
    Map(Vec<(String, Shape)>),
    /// Text.
    Text,
    /// A number, whole or decimal.
    Number,
    /// A point in time.
    Date,
    /// A value of a named host type.
    Host(&'static str),
    /// A value without anything to complete: `true`, `()`, a function.
    Plain(&'static str),
}

impl Shape {
    /// Returns the shape of a value of a service's type.
    pub(super) fn of_ty(service: &'static Service, ty: Ty) -> Self {
        match service.kind(ty) {
            Kind::Any | Kind::Dict(_) | Kind::Filter => Self::Unknown,
            Kind::Bool => Self::Plain("bool"),
            Kind::Int | Kind::Num => Self::Number,
            Kind::Text | Kind::Guid | Kind::Enum(_) => Self::Text,
            Kind::Date | Kind::Day => Self::Date,
            Kind::Secret => Self::Plain("secret"),
            Kind::Array(item) => Self::Array(Box::new(Self::of_ty(service, Ty(item)))),
            Kind::Rec(schema) => Self::Record(service, schema),
        }
    }

    /// Returns the shape of what an operation gives.
    pub(super) fn of_operation(service: &'static Service, operation: &Operation) -> Self {
        match service.answering(operation).output {
            Output::Nothing => Self::Plain("()"),
            Output::One(ty) => Self::of_ty(service, ty),
            Output::Many(ty) => Self::Pager(Box::new(Self::of_ty(service, ty))),
            Output::Bytes => Self::Plain("blob"),
            Output::Exists | Output::Absent => Self::Plain("bool"),
        }
    }

    /// Returns the shape of what a host function or method gives, called on (or with) `first`.
    pub(super) fn of_host(ty: Type, first: &Self) -> Self {
        match ty {
            Type::Any | Type::Result | Type::Awaited | Type::Record | Type::Map => Self::Unknown,
            Type::Keys(keys) => {
                let key = |key: &HostParam| (key.name.to_owned(), Self::of_host(key.ty, first));
                Self::Map(keys.iter().map(key).collect())
            }
            Type::Items | Type::Pager => Self::Pager(Box::new(first.item())),
            Type::Unit => Self::Plain("()"),
            Type::Bool => Self::Plain("bool"),
            Type::Int | Type::Number => Self::Number,
            Type::Text => Self::Text,
            Type::Date | Type::DateLike => Self::Date,
            Type::Host(name) => Self::Host(name),
            Type::Array | Type::ResultArray => Self::Array(Box::new(Self::Unknown)),
            Type::ArrayOf(item) => Self::Array(Box::new(Self::of_host(*item, first))),
            Type::Outcomes | Type::ResultOutcomes => Self::Outcomes,
            Type::Function(_) => Self::Plain("function"),
            Type::Receiver => first.clone(),
            Type::Item => first.item(),
            Type::ItemArray => Self::Array(Box::new(first.item())),
            Type::Flattened => Self::Array(Box::new(first.item().item())),
        }
    }

    /// Returns the shape of one item of a list.
    pub(super) fn item(&self) -> Self {
        match self {
            Self::Pager(item) | Self::Array(item) => (**item).clone(),
            Self::Outcomes => Self::Outcome,
            _ => Self::Unknown,
        }
    }

    /// Returns the shape of a property, or of what a method gives.
    pub(super) fn member(&self, name: &str, called: bool, known: &Known) -> Self {
        match self {
            Self::Record(service, schema) if !called => {
                let schema = &service.schemas[usize::from(*schema)];
                if let Some(field) = schema.field(name) {
                    return Self::of_ty(service, field.ty);
                }
            }
            Self::Record(service, schema) => {
                let found = service
                    .operations
                    .iter()
                    .find(|operation| operation.method_of.is_some_and(|of| of == (*schema, name)));
                if let Some(operation) = found {
                    return Self::of_operation(service, operation);
                }
                if name.starts_with(Operation::BEGIN) {
                    return Self::Host("Poller");
                }
            }
            Self::Map(keys) if !called => {
                if let Some((_, shape)) = keys.iter().find(|(key, _)| key == name) {
                    return shape.clone();
                }
            }
            _ => {}
        }
        let host = known.methods.iter().find(|method| {
            method.name == name && method.property != called && self.receives(method.of)
        });
        host.map_or(Self::Unknown, |method| Self::of_host(method.returns, self))
    }

    /// Returns whether a host method of that receiver can be called on it.
    pub(super) fn receives(&self, of: Receiver) -> bool {
        match (self, of) {
            (Self::Record(..), Receiver::Record)
            | (Self::Pager(_), Receiver::Pager)
            | (Self::Array(_), Receiver::Array)
            | (Self::Outcomes, Receiver::Outcomes)
            | (Self::Outcome, Receiver::Outcome)
            | (Self::Map(_), Receiver::Map)
            | (Self::Text, Receiver::Text)
            | (Self::Number, Receiver::Number)
            | (Self::Date, Receiver::Date) => true,
            (Self::Host(name), Receiver::Host(of)) => *name == of,
            _ => false,
        }
    }
}

/// The words of `:type`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("any"),
            Self::Record(service, schema) => f.write_str(&words::kind(service, Kind::Rec(*schema))),
            Self::Pager(item) => write!(f, "list of {item}"),
            Self::Array(item) => write!(f, "array of {item}"),
            Self::Outcomes => f.write_str("outcomes"),
            Self::Outcome => f.write_str("outcome"),
            Self::Map(keys) => {
                let keys: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
                write!(f, "map with the keys {}", keys.join(", "))
            }
            Self::Text => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Date => f.write_str("date"),
            Self::Host(name) | Self::Plain(name) => f.write_str(name),
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

//! What the checker infers about a value. `Unknown` is always a safe answer: nothing is ever
//! reported about a value of unknown type.

use std::rc::Rc;

use super::known::Receiver;
use crate::api::model::{self, Kind, Service};

/// An inferred type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Ty {
    /// Anything.
    Unknown,
    /// `()`.
    Unit,
    Bool,
    Int,
    /// A decimal or float, or an int.
    Number,
    Text,
    /// A text out of a set of a service.
    Enum(Shape),
    Date,
    /// A record with a schema.
    Rec(Shape),
    /// A record that maps names to values.
    Dict(Rc<Ty>),
    /// An array.
    List(Rc<Ty>),
    /// A lazy list.
    Pager(Rc<Ty>),
    /// What `parallel` returns, and one item of it.
    Outcomes(Rc<Ty>),
    Outcome(Rc<Ty>),
    /// What `begin_…` returns, and what its operation gives in the end.
    Poller(Rc<Ty>),
    /// A map.
    Map(Rc<Keys>),
    /// A closure or function pointer.
    Func(Rc<Func>),
    /// A value of a host type.
    Host(&'static str),
}

/// A schema or a set of texts: which service (index), and which of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) service: usize,
    pub(super) index: u16,
    /// What was asked for (index of what the checker keeps), where records are not whole.
    pub(super) asked: Option<u16>,
}

/// How deep types are followed. Scripts can nest values without end; types must not, since they are
/// compared and hashed.
const DEEPEST: usize = 6;

/// The keys of a map, as far as they are known.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Keys {
    depth: usize,
    pub(super) entries: Vec<(String, Ty)>,
    pub(super) rest: Rest,
}

/// What is known about the keys that are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rest {
    /// There may be others.
    Open,
    /// There are none; reading one gives `()`.
    Absent,
    /// There are none, and asking for one is a mistake.
    Refused,
}

/// A closure or function pointer.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Func {
    /// In which source it is defined.
    pub(super) unit: usize,
    pub(super) name: String,
    /// The types of what it captured.
    pub(super) captured: Vec<Ty>,
    depth: usize,
}

impl Func {
    pub(super) fn new(unit: usize, name: &str, captured: Vec<Ty>) -> Self {
        let captured: Vec<Ty> = captured.into_iter().map(Ty::shallow).collect();
        Self {
            unit,
            name: name.to_owned(),
            depth: 1 + deepest(&captured),
            captured,
        }
    }
}

fn deepest<'t>(types: impl IntoIterator<Item = &'t Ty>) -> usize {
    types.into_iter().map(Ty::depth).max().unwrap_or_default()
}

impl Shape {
    fn new(service: usize, index: u16) -> Self {
        Self {
            service,
            index,
            asked: None,
        }
    }

    /// Returns the same shape with all properties.
    fn whole(self) -> Self {
        Self {
            asked: None,
            ..self
        }
    }
}

impl Ty {
    pub(super) fn list(item: Self) -> Self {
        Self::List(Rc::new(item.shallow()))
    }

    /// Returns how deep the type is nested.
    fn depth(&self) -> usize {
        match self {
            Self::Dict(inner)
            | Self::List(inner)
            | Self::Pager(inner)
            | Self::Outcomes(inner)
            | Self::Outcome(inner)
            | Self::Poller(inner) => 1 + inner.depth(),
            Self::Map(keys) => keys.depth,
            Self::Func(func) => func.depth,
            _ => 0,
        }
    }

    /// Returns the type, or an unknown one if another level would be too deep.
    pub(super) fn shallow(self) -> Self {
        if self.depth() < DEEPEST {
            self
        } else {
            Self::Unknown
        }
    }

    /// Returns the type of a described value.
    pub(super) fn of(services: &[&'static Service], service: usize, ty: model::Ty) -> Self {
        let inner = |index: u16| Rc::new(Self::of(services, service, model::Ty(index)));
        match services[service].kind(ty) {
            Kind::Any => Self::Unknown,
            Kind::Bool => Self::Bool,
            Kind::Int => Self::Int,
            Kind::Num => Self::Number,
            Kind::Text | Kind::Guid => Self::Text,
            Kind::Date | Kind::Day => Self::Date,
            Kind::Secret => Self::Host("Secret"),
            Kind::Filter => Self::Host("Filter"),
            Kind::Enum(index) => Self::Enum(Shape::new(service, index)),
            Kind::Array(index) => Self::List(inner(index)),
            Kind::Dict(index) => Self::Dict(inner(index)),
            Kind::Rec(index) => Self::Rec(Shape::new(service, index)),
        }
    }

    /// Returns the type of what is either of two.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Rec(a), Self::Rec(b)) if a.whole() == b.whole() => Self::Rec(a.whole()),
            (Self::Enum(_), Self::Text | Self::Enum(_)) | (Self::Text, Self::Enum(_)) => Self::Text,
            (Self::Int, Self::Number) | (Self::Number, Self::Int) => Self::Number,
            (Self::List(a), Self::List(b)) => Self::list((*a).clone().join((*b).clone())),
            (Self::Poller(a), Self::Poller(b)) => {
                Self::Poller((*a).clone().join((*b).clone()).shallow().into())
            }
            (Self::Map(a), Self::Map(b)) => Keys::join(&a, &b),
            _ => Self::Unknown,
        }
    }

    /// Returns the type of one item of a list.
    pub(super) fn item(&self) -> Self {
        match self {
            Self::List(item) | Self::Pager(item) => (**item).clone(),
            Self::Outcomes(result) => Self::Outcome(Rc::clone(result)),
            _ => Self::Unknown,
        }
    }

    /// Returns the type after a change whose extent is not known.
    pub(super) fn loosened(&self) -> Self {
        match self {
            Self::List(_) => Self::list(Self::Unknown),
            Self::Map(keys) => {
                let names = keys.entries.iter().map(|(name, _)| name.clone());
                Keys::of(
                    names.map(|name| (name, Self::Unknown)).collect(),
                    Rest::Open,
                )
            }
            _ => Self::Unknown,
        }
    }

    /// Returns which host methods it has.
    pub(super) fn receiver(&self) -> Option<Receiver> {
        Some(match self {
            Self::Rec(_) | Self::Dict(_) => Receiver::Record,
            Self::Pager(_) => Receiver::Pager,
            Self::List(_) => Receiver::Array,
            Self::Outcomes(_) => Receiver::Outcomes,
            Self::Outcome(_) => Receiver::Outcome,
            Self::Text | Self::Enum(_) => Receiver::Text,
            Self::Int | Self::Number => Receiver::Number,
            Self::Date => Receiver::Date,
            Self::Map(_) => Receiver::Map,
            Self::Poller(_) => Receiver::Host("Poller"),
            Self::Host(name) => Receiver::Host(name),
            Self::Unknown | Self::Unit | Self::Bool | Self::Func(_) => return None,
        })
    }

    /// Returns how messages call it: with an article, or the name of a record.
    pub(super) fn words(&self, services: &[&'static Service]) -> String {
        match self {
            Self::Rec(shape) => services[shape.service].schemas[usize::from(shape.index)]
                .name
                .to_owned(),
            Self::Host(name) => (*name).to_owned(),
            other => match other {
                Self::Unit => "`()`",
                Self::Bool => "a bool",
                Self::Int | Self::Number => "a number",
                Self::Text | Self::Enum(_) => "a text",
                Self::Date => "a date",
                Self::Dict(_) => "a record",
                Self::List(_) => "an array",
                Self::Pager(_) => "a list that is read page by page",
                Self::Outcomes(_) => "the outcomes of `parallel`",
                Self::Outcome(_) => "an outcome",
                Self::Poller(_) => "Poller",
                Self::Map(_) => "a map",
                Self::Func(_) => "a function",
                Self::Unknown | Self::Rec(_) | Self::Host(_) => "a value",
            }
            .to_owned(),
        }
    }
}

impl Keys {
    pub(super) fn of(entries: Vec<(String, Ty)>, rest: Rest) -> Ty {
        let entries: Vec<(String, Ty)> = entries
            .into_iter()
            .map(|(name, ty)| (name, ty.shallow()))
            .collect();
        let depth = 1 + deepest(entries.iter().map(|(_, ty)| ty));
        Ty::Map(Rc::new(Self {
            depth,
            entries,
            rest,
        }))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Ty> {
        self.entries
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, ty)| ty)
    }

    fn join(a: &Self, b: &Self) -> Ty {
        let mut keys: Vec<(String, Ty)> = Vec::new();
        for (name, ty) in &a.entries {
            let other = b.get(name).cloned().unwrap_or(Ty::Unknown);
            keys.push((name.clone(), ty.clone().join(other)));
        }
        for (name, _) in &b.entries {
            if a.get(name).is_none() {
                keys.push((name.clone(), Ty::Unknown));
            }
        }
        let rest = if a.rest == b.rest { a.rest } else { Rest::Open };
        Self::of(keys, rest)
    }
}

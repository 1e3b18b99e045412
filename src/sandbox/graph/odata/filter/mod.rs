//! `$filter`: read, held against what the kind takes, and decided for one object. Source: graph
//! reference §2, §4.

mod compare;
mod parse;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::kind::{Kind, Takes};
use super::unsupported;
use crate::sandbox::reply::Refusal;

pub(super) use compare::{at, order};

/// A condition on an object.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    /// A property against one value, or one of several (`in`).
    Compare(Path, Operator, Vec<Literal>),
    /// Any (or all) items of a collection; the inner paths begin at the item.
    Items(Path, Quantity, Box<Node>),
}

/// The segments of a path: `customer`, `tenantId`.
type Path = Vec<String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Any,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Ge,
    Le,
    Gt,
    Lt,
    In,
    StartsWith,
    EndsWith,
    Contains,
}

impl Operator {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Eq, "eq"),
        (Self::Ne, "ne"),
        (Self::Ge, "ge"),
        (Self::Le, "le"),
        (Self::Gt, "gt"),
        (Self::Lt, "lt"),
        (Self::In, "in"),
        (Self::StartsWith, "startsWith"),
        (Self::EndsWith, "endsWith"),
        (Self::Contains, "contains"),
    ];

    fn word(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(one, _)| *one == self)
            .map_or("", |(_, word)| word)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, word)| word.eq_ignore_ascii_case(text))
            .map(|(one, _)| *one)
    }
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Null,
    Flag(bool),
    Number(f64),
    /// A text in quotes, or a bare GUID.
    Text(String),
    /// A bare date or time.
    Time(crate::base::clock::Timestamp),
}

/// A filter that the kind takes.
#[derive(Debug)]
pub(in super::super) struct Filter {
    node: Node,
    /// The property for which an advanced query is needed, if one is.
    advanced: Option<String>,
}

/// Refuses what is no filter.
fn invalid() -> Refusal {
    Refusal::new(400, "BadRequest", "Invalid filter clause")
}

/// Refuses what cannot be filtered by.
fn refuse(kind: &Kind, property: &str) -> Refusal {
    unsupported(format!(
        "Unsupported or invalid query filter clause specified for property '{property}' of resource '{}'.",
        kind.name
    ))
}

impl Filter {
    /// Reads a filter on objects of a kind.
    pub(in super::super) fn read(text: &str, kind: &Kind) -> Result<Self, Refusal> {
        let node = parse::parse(text)?;
        let mut advanced = None;
        check(&node, kind, "", false, &mut advanced)?;
        Ok(Self { node, advanced })
    }

    /// Refuses a filter that needs an advanced query where the query is none.
    pub(super) fn gate(&self, kind: &Kind, is_advanced: bool) -> Result<(), Refusal> {
        match &self.advanced {
            Some(property) if !is_advanced => Err(refuse(kind, property)),
            _ => Ok(()),
        }
    }

    /// Tells whether an object is asked for.
    pub(in super::super) fn holds(&self, row: &Value) -> Result<bool, Refusal> {
        self.node.holds(row)
    }
}

/// Holds a condition against what the kind takes; notes what needs an advanced query.
fn check(
    node: &Node,
    kind: &Kind,
    within: &str,
    negated: bool,
    advanced: &mut Option<String>,
) -> Result<(), Refusal> {
    match node {
        Node::And(left, right) | Node::Or(left, right) => {
            check(left, kind, within, negated, advanced)?;
            check(right, kind, within, negated, advanced)
        }
        Node::Not(inner) => check(inner, kind, within, true, advanced),
        Node::Items(path, _, inner) => {
            check(inner, kind, &property(within, path), negated, advanced)
        }
        Node::Compare(path, operator, _) => {
            let property = property(within, path);
            let word = match operator {
                Operator::In => "eq",
                other => other.word(),
            };
            let needed = [Some(word), negated.then_some("not")];
            for operator in needed.into_iter().flatten() {
                match kind.takes(&property, operator) {
                    Takes::Never => return Err(refuse(kind, &property)),
                    Takes::Advanced => *advanced = Some(property.clone()),
                    Takes::Plainly => {}
                }
            }
            Ok(())
        }
    }
}

fn property(within: &str, path: &[String]) -> String {
    let parts = std::iter::once(within).chain(path.iter().map(String::as_str));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

impl Node {
    fn holds(&self, row: &Value) -> Result<bool, Refusal> {
        match self {
            Self::And(left, right) => Ok(left.holds(row)? && right.holds(row)?),
            Self::Or(left, right) => Ok(left.holds(row)? || right.holds(row)?),
            Self::Not(inner) => Ok(!inner.holds(row)?),
            Self::Compare(path, operator, literals) => {
                compare::holds(&at(row, path), *operator, literals)
            }
            Self::Items(path, quantity, inner) => {
                let value = at(row, path);
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let wanted = *quantity == Quantity::Any;
                for item in items {
                    if inner.holds(item)? == wanted {
                        return Ok(wanted);
                    }
                }
                Ok(!wanted)
            }
        }
    }
}

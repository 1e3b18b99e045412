//! A value given to a script from outside: a runbook's parameter.

use rust_decimal::Decimal;

use crate::base::clock::Timestamp;
use crate::base::secret::Secret;

/// A value given to a script from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: an optional parameter that was not given.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact number.
    Decimal(Decimal),
    /// A text; also the path of a file.
    Text(String),
    /// A date.
    Date(Timestamp),
    /// A text that is never shown.
    Secret(Secret<String>),
    /// A list.
    List(Vec<Value>),
}

//! What `where(…)` builds: a condition over the items of a list. Each service's dialect renders it,
//! or says what the service cannot do.

use std::fmt;

use jiff::Timestamp;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// A field compared with a value.
    Compare {
        /// Name of the field, dotted where it is nested.
        field: String,
        /// How they are compared.
        op: FilterOp,
        /// What it is compared with.
        value: FilterValue,
    },
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// At least one holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
}

impl Filter {
    /// Returns whether the condition, or any condition in it, is such.
    pub fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::Compare { .. } => false,
                Self::And(a, b) | Self::Or(a, b) => a.any(is) || b.any(is),
                Self::Not(inner) => inner.any(is),
            }
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less, or earlier.
    Lt,
    /// Less or equal.
    Le,
    /// Greater, or later.
    Gt,
    /// Greater or equal.
    Ge,
    /// The text begins so.
    StartsWith,
    /// The text ends so.
    EndsWith,
    /// The text holds this.
    Contains,
    /// Equal to one of a list.
    OneOf,
    /// Some item of a collection is equal, or has a property that is.
    Any,
}

impl FilterOp {
    /// Returns the name of the method that scripts call.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Contains => "contains",
            Self::OneOf => "one_of",
            Self::Any => "any",
        }
    }
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A decimal number, in digits.
    Decimal(String),
    /// `true` or `false`.
    Bool(bool),
    /// A point in time.
    Date(Timestamp),
    /// Several values, for `one_of`.
    List(Vec<FilterValue>),
}

impl fmt::Display for FilterValue {
    /// Writes the plain value: text without quotes, dates as ISO 8601, lists joined by commas.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Decimal(text) => f.write_str(text),
            Self::Int(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if index > 0 { "," } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

//! What the checker has to know of the script language besides the services' descriptions: the
//! shape of the table of host functions and methods. It holds types only; the table itself is
//! `script::interface`, and everything in it is constant data.

use crate::api::model::Effect;

/// Everything callable in scripts besides service operations.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Host functions, global and in host modules (`log::info`).
    pub functions: Vec<HostFunction>,
    /// Methods that the host adds to a type.
    pub methods: Vec<HostMethod>,
    /// Rhai's own functions (packages): name and number of arguments, the receiver counted.
    pub native: Vec<(String, usize)>,
    /// Names that are visible everywhere, functions included (`params`, `RUNBOOK`).
    pub constants: Vec<(String, Type)>,
}

/// A function of the host.
#[derive(Debug, Clone, Copy)]
pub struct HostFunction {
    /// The module it is called through; `None` for a global function.
    pub module: Option<&'static str>,
    /// Its name.
    pub name: &'static str,
    /// Its parameters; those that may be left out stand last.
    pub params: &'static [HostParam],
    /// What it returns.
    pub returns: Type,
    /// What it certainly does to the service of its module, as far as that is known beforehand.
    pub effects: &'static [Effect],
    /// One sentence.
    pub doc: &'static str,
    /// A script that holds in a fresh sandbox; empty where the sentence says it all.
    pub example: &'static str,
}

impl HostFunction {
    /// Returns it with an example.
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }
}

/// A method that the host adds to a type. Without parameters and with `property` set, it is read
/// without parentheses (`outcome.ok`).
#[derive(Debug, Clone, Copy)]
pub struct HostMethod {
    /// The type it is called on.
    pub of: Receiver,
    /// Its name.
    pub name: &'static str,
    /// Whether it is read as a property.
    pub property: bool,
    /// Its parameters, without the receiver; those that may be left out stand last.
    pub params: &'static [HostParam],
    /// What it returns.
    pub returns: Type,
    /// One sentence.
    pub doc: &'static str,
}

/// A parameter of a host function or method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostParam {
    /// Its name, as help shows it.
    pub name: &'static str,
    /// What it takes.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
}

/// What a host method is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// Any record.
    Record,
    /// A lazy list.
    Pager,
    /// An array.
    Array,
    /// What `parallel` returns.
    Outcomes,
    /// One item of it.
    Outcome,
    /// Text.
    Text,
    /// A number, whole or decimal.
    Number,
    /// A point in time.
    Date,
    /// A map.
    Map,
    /// A value of a named host type (`Filter`, `Field`).
    Host(&'static str),
}

/// What a host function takes or returns. The last group speaks of the call itself: it lets one
/// line of the table say what `filter` or `map` do to the types of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Anything.
    Any,
    /// `()`.
    Unit,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A whole number or a decimal.
    Number,
    /// Text.
    Text,
    /// A point in time.
    Date,
    /// A point in time, or text that names one.
    DateLike,
    /// Any record.
    Record,
    /// A value of a named host type (`Filter`).
    Host(&'static str),
    /// A map with any keys.
    Map,
    /// A map with exactly these keys, all of which may be left out unless not `optional`.
    Keys(&'static [HostParam]),
    /// An array of anything.
    Array,
    /// An array of that.
    ArrayOf(&'static Type),
    /// A lazy list of anything.
    Pager,
    /// An array or a lazy list.
    Items,
    /// What `parallel` returns.
    Outcomes,
    /// A function or closure that is given these.
    Function(&'static [Type]),
    /// The type of the receiver (of a method) or of the first argument (of a function).
    Receiver,
    /// The type of one item of the receiver or of the first argument.
    Item,
    /// An array of such items.
    ItemArray,
    /// What the function among the arguments returns.
    Result,
    /// An array of that.
    ResultArray,
    /// Outcomes of that.
    ResultOutcomes,
    /// What the operation of the receiver gives in the end.
    Awaited,
    /// The items of the items: what `flatten` returns.
    Flattened,
}

impl HostParam {
    /// A parameter that must be given.
    pub const fn required(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            optional: false,
        }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            optional: true,
        }
    }
}

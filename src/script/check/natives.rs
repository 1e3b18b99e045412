//! What is known about the types of Rhai's own methods: enough to follow items through `map` and
//! `filter`. All other functions of Rhai are known by name and number of arguments only.

use super::known::{HostMethod, HostParam, Receiver, Type};

const fn array(name: &'static str, params: &'static [HostParam], returns: Type) -> HostMethod {
    HostMethod {
        of: Receiver::Array,
        name,
        property: false,
        params,
        returns,
        doc: "",
    }
}

/// A closure over one item, and its index where it asks for that.
const EACH: &[HostParam] = &[HostParam::required(
    "f",
    Type::Function(&[Type::Item, Type::Int]),
)];
const NOTHING: &[HostParam] = &[];
const FROM: &[HostParam] = &[
    HostParam::required("value", Type::Any),
    HostParam::optional("start", Type::Any),
];

/// Methods of arrays that come with Rhai.
pub(super) const METHODS: &[HostMethod] = &[
    array("map", EACH, Type::ResultArray),
    array("filter", EACH, Type::ItemArray),
    array("find", EACH, Type::Item),
    array("some", EACH, Type::Bool),
    array("all", EACH, Type::Bool),
    array("for_each", EACH, Type::Unit),
    array(
        "sort",
        &[HostParam::optional(
            "f",
            Type::Function(&[Type::Item, Type::Item]),
        )],
        Type::Any,
    ),
    array("len", NOTHING, Type::Int),
    array("is_empty", NOTHING, Type::Bool),
    array("pop", NOTHING, Type::Item),
    array("shift", NOTHING, Type::Item),
    array("index_of", FROM, Type::Int),
    array(
        "contains",
        &[HostParam::required("value", Type::Any)],
        Type::Bool,
    ),
];

/// Properties that Rhai gives to its own types.
const PROPERTIES: &[(Receiver, &[&str])] = &[
    (Receiver::Array, &["len", "is_empty"]),
    (Receiver::Text, &["len", "is_empty", "bytes", "chars"]),
    (
        Receiver::Number,
        &[
            "is_odd", "is_even", "is_zero", "floor", "ceiling", "round", "int", "fraction", "bits",
        ],
    ),
];

/// Returns whether Rhai gives a property of that name to a type.
pub(super) fn is_property(of: Receiver, name: &str) -> bool {
    let mut all = PROPERTIES.iter();
    all.any(|(receiver, names)| *receiver == of && names.contains(&name))
}

/// Functions that are words of the language, with the numbers of arguments they take.
const WORDS: &[(&str, &[usize])] = &[
    ("debug", &[0, 1]),
    ("eval", &[1]),
    ("is_def_fn", &[2, 3]),
    ("is_def_var", &[1]),
    ("is_shared", &[1]),
    ("print", &[0, 1]),
    ("type_of", &[1]),
];

/// Returns whether a word of the language takes so many arguments, a receiver counted.
pub(super) fn is_word(name: &str, count: usize) -> bool {
    // What these two take depends on the function that they are given.
    matches!(name, "call" | "curry")
        || WORDS
            .iter()
            .any(|(word, counts)| *word == name && counts.contains(&count))
}

//! A small table of host functions, like the real one.

use rhai::Engine;

use super::super::known::{HostFunction, HostMethod, HostParam, Known, Receiver, Type};

const fn required(name: &'static str, ty: Type) -> HostParam {
    HostParam::required(name, ty)
}

const fn function(name: &'static str, params: &'static [HostParam], returns: Type) -> HostFunction {
    HostFunction {
        module: None,
        name,
        params,
        returns,
        effects: &[],
        doc: "",
        example: "",
    }
}

const fn method(
    of: Receiver,
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
) -> HostMethod {
    HostMethod {
        of,
        name,
        property: false,
        params,
        returns,
        doc: "",
    }
}

const fn property(of: Receiver, name: &'static str, returns: Type) -> HostMethod {
    HostMethod {
        of,
        name,
        property: true,
        params: &[],
        returns,
        doc: "",
    }
}

const EACH: &[HostParam] = &[required("f", Type::Function(&[Type::Item]))];
const VALUE: &[HostParam] = &[required("value", Type::Any)];
const PARALLEL: &[HostParam] = &[
    HostParam::optional("lanes", Type::Int),
    HostParam::optional("key", Type::Any),
];

const FUNCTIONS: &[HostFunction] = &[
    function("emit", VALUE, Type::Unit),
    function(
        "table",
        &[
            required("rows", Type::Any),
            HostParam::optional("title", Type::Any),
        ],
        Type::Unit,
    ),
    function(
        "parallel",
        &[
            required("items", Type::Items),
            required("f", Type::Function(&[Type::Item])),
            HostParam::optional("options", Type::Keys(PARALLEL)),
        ],
        Type::ResultOutcomes,
    ),
    function("fail", VALUE, Type::Unit),
    function("kind", VALUE, Type::Text),
    function(
        "step",
        &[
            required("name", Type::Text),
            required("f", Type::Function(&[])),
        ],
        Type::Result,
    ),
    function("now", &[], Type::Date),
    function("days_from_now", &[required("days", Type::Int)], Type::Date),
    function(
        "where",
        &[required("field", Type::Text)],
        Type::Host("Field"),
    ),
    function("read_csv", &[required("path", Type::Text)], Type::Array),
    function(
        "secret_file",
        &[required("path", Type::Text), required("secret", Type::Any)],
        Type::Unit,
    ),
    HostFunction {
        module: Some("log"),
        ..function("info", VALUE, Type::Unit)
    },
    HostFunction {
        module: Some("partner"),
        ..function("get", &[required("path", Type::Text)], Type::Any)
    },
];

const METHODS: &[HostMethod] = &[
    method(Receiver::Pager, "to_array", &[], Type::ItemArray),
    method(Receiver::Pager, "count", &[], Type::Int),
    method(Receiver::Pager, "first", &[], Type::Item),
    method(
        Receiver::Pager,
        "take",
        &[required("count", Type::Int)],
        Type::ItemArray,
    ),
    method(Receiver::Pager, "map", EACH, Type::ResultArray),
    method(Receiver::Pager, "filter", EACH, Type::ItemArray),
    method(Receiver::Pager, "find", EACH, Type::Item),
    method(Receiver::Pager, "each", EACH, Type::Unit),
    method(
        Receiver::Pager,
        "sort_by",
        &[required("key", Type::Any)],
        Type::ItemArray,
    ),
    method(Receiver::Array, "flatten", &[], Type::Flattened),
    method(Receiver::Array, "first", &[], Type::Item),
    method(Receiver::Array, "each", EACH, Type::Unit),
    method(Receiver::Array, "count", &[], Type::Int),
    method(
        Receiver::Array,
        "sort_by",
        &[required("key", Type::Any)],
        Type::ItemArray,
    ),
    method(
        Receiver::Array,
        "join",
        &[required("between", Type::Text)],
        Type::Text,
    ),
    method(Receiver::Record, "to_map", &[], Type::Map),
    method(Receiver::Outcomes, "len", &[], Type::Int),
    method(Receiver::Outcomes, "values", &[], Type::ItemArray),
    method(Receiver::Outcomes, "failures", &[], Type::Array),
    property(Receiver::Outcome, "ok", Type::Bool),
    property(Receiver::Outcome, "value", Type::Any),
    property(Receiver::Date, "year", Type::Int),
    method(
        Receiver::Date,
        "add_days",
        &[required("days", Type::Int)],
        Type::Date,
    ),
    method(Receiver::Host("Field"), "eq", VALUE, Type::Host("Filter")),
    method(
        Receiver::Host("Field"),
        "starts_with",
        VALUE,
        Type::Host("Filter"),
    ),
    method(Receiver::Host("Filter"), "and", VALUE, Type::Host("Filter")),
];

/// Returns the table, with Rhai's own functions.
pub(super) fn known() -> Known {
    let native = Engine::new().collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.to_string();
            let word = name.starts_with(char::is_alphabetic) && !name.contains('$');
            word.then_some((name, info.metadata.num_params))
        },
        true,
    );
    let keywords = [
        "print",
        "debug",
        "type_of",
        "Fn",
        "call",
        "curry",
        "eval",
        "is_shared",
    ];
    Known {
        functions: FUNCTIONS.to_vec(),
        methods: METHODS.to_vec(),
        native: native
            .into_iter()
            .chain(keywords.map(|name| (name.to_owned(), 1)))
            .collect(),
        constants: vec![("params".to_owned(), Type::Map)],
    }
}

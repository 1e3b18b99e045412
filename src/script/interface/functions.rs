//! The functions of the host.

use crate::script::check::known::{HostFunction, HostParam, Type};

const fn required(name: &'static str, ty: Type) -> HostParam {
    HostParam::required(name, ty)
}

const fn optional(name: &'static str, ty: Type) -> HostParam {
    HostParam::optional(name, ty)
}

const fn function(
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    doc: &'static str,
) -> HostFunction {
    HostFunction {
        module: None,
        name,
        params,
        returns,
        effects: &[],
        doc,
        example: "",
    }
}

const fn note(name: &'static str, doc: &'static str) -> HostFunction {
    HostFunction {
        module: Some("log"),
        name,
        params: NOTE,
        returns: Type::Unit,
        effects: &[],
        doc,
        example: "",
    }
}

const NOTE: &[HostParam] = &[required("text", Type::Any)];
const NOTHING: Type = Type::Function(&[]);
const PATH: HostParam = required("path", Type::Text);
const PARALLEL: &[HostParam] = &[
    optional("lanes", Type::Int),
    optional("key", Type::Function(ITEM)),
];

const WAIT: &[HostParam] = &[optional("timeout", Type::Any)];

const ITEM: &[Type] = &[Type::Item];

/// All functions, by what they are for.
pub(super) const ALL: &[HostFunction] = &[
    // Results.
    function(
        "emit",
        &[required("value", Type::Any)],
        Type::Unit,
        "Writes a result to stdout; of an array or list every item.",
    ),
    function(
        "table",
        &[required("rows", Type::Any), optional("options", Type::Any)],
        Type::Unit,
        "Writes rows (records or maps, in an array or list) as a table; options are a title, or a map of `title` and `columns`.",
    ),
    // Control.
    function(
        "parallel",
        &[
            required("items", Type::Items),
            required("f", Type::Function(ITEM)),
            optional("options", Type::Keys(PARALLEL)),
        ],
        Type::ResultOutcomes,
        "Calls a function for many items at once; the outcomes come as data, in the order of the items.",
    ),
    function(
        "wait_all",
        &[
            required("pollers", Type::Array),
            optional("options", Type::Keys(WAIT)),
        ],
        Type::Outcomes,
        "Waits for all pollers at once (what `begin_…` returns); the outcomes come as data, in their order.",
    ),
    function(
        "fail",
        &[required("error", Type::Any)],
        Type::Unit,
        "Ends the script with an error: a text, or a map of `message`, `help` and `code`.",
    ),
    function(
        "retry",
        &[required("times", Type::Int), required("f", NOTHING)],
        Type::Result,
        "Calls a function until it succeeds, at most so many times, with growing pauses; what may have taken effect is not repeated.",
    ),
    function(
        "step",
        &[required("name", Type::Text), required("f", NOTHING)],
        Type::Result,
        "Calls a function as a named step of the run.",
    ),
    function(
        "defer",
        &[required("f", NOTHING)],
        Type::Unit,
        "Calls a function at the end of the script or of the item, newest first, also after errors.",
    ),
    function(
        "approve",
        &[required("text", Type::Text)],
        Type::Unit,
        "Asks whether to go on; a refusal is an error.",
    ),
    function(
        "sleep",
        &[required("seconds", Type::Number)],
        Type::Unit,
        "Waits; in the sandbox this takes no real time.",
    ),
    function(
        "progress",
        &[required("text", Type::Any)],
        Type::Unit,
        "Says on stderr how far the run is.",
    ),
    function(
        "error_of",
        &[required("caught", Type::Any)],
        Type::Host("Error"),
        "Turns whatever `catch (e)` caught into an error with code and message.",
    ),
    note("info", "Says a line on stderr."),
    note("warn", "Says a warning on stderr."),
    note("debug", "Says a line for developers on stderr."),
    // Time.
    function(
        "now",
        &[],
        Type::Date,
        "The present time of the run: the sandbox's own clock, or the machine's.",
    ),
    function(
        "today",
        &[],
        Type::Date,
        "The beginning of the present day (UTC).",
    ),
    function(
        "days_from_now",
        &[required("days", Type::Int)],
        Type::Date,
        "The time so many days from now; negative = ago.",
    ),
    function(
        "date",
        &[required("text", Type::DateLike)],
        Type::Date,
        "Reads a date such as \"2026-01-31\".",
    ),
    // Values.
    function(
        "decimal",
        &[required("value", Type::Any)],
        Type::Number,
        "Turns a number or its text into an exact decimal.",
    ),
    function("uuid", &[], Type::Text, "A fresh GUID."),
    function(
        "new_password",
        &[],
        Type::Host("Secret"),
        "A fresh password of 16 characters, as a secret.",
    ),
    function(
        "same_id",
        &[required("a", Type::Any), required("b", Type::Any)],
        Type::Bool,
        "Tells whether two ids (or the records' ids) are the same, without regard to case.",
    ),
    function(
        "kind",
        &[required("value", Type::Any)],
        Type::Text,
        "The kind of a value; of a record its type, such as \"Customer\".",
    ),
    function(
        "to_plain",
        &[required("value", Type::Any)],
        Type::Any,
        "Turns records inside a value into maps.",
    ),
    function(
        "where",
        &[required("field", Type::Text)],
        Type::Host("Field"),
        "Begins a condition that the service applies: where(\"field\").eq(value).",
    ),
    // Files.
    function(
        "read_text",
        &[PATH],
        Type::Text,
        "Reads a text file in a granted folder.",
    ),
    function(
        "read_json",
        &[PATH],
        Type::Any,
        "Reads a JSON file into maps and arrays.",
    ),
    function(
        "read_csv",
        &[PATH],
        Type::Array,
        "Reads a CSV file with a header into maps of texts; `line` is the row's line.",
    ),
    function(
        "write_text",
        &[PATH, required("text", Type::Text)],
        Type::Unit,
        "Writes a text file, whole.",
    ),
    function(
        "write_json",
        &[PATH, required("value", Type::Any)],
        Type::Unit,
        "Writes a value as JSON, whole.",
    ),
    function(
        "write_csv",
        &[PATH, required("rows", Type::Array)],
        Type::Unit,
        "Writes records or maps as CSV with a header, whole.",
    ),
    function(
        "write_bytes",
        &[PATH, required("bytes", Type::Any)],
        Type::Unit,
        "Writes bytes, such as an invoice's document.",
    ),
    function(
        "secret_file",
        &[PATH, required("secret", Type::Any)],
        Type::Unit,
        "Writes a secret to a file that only its owner can read.",
    ),
];

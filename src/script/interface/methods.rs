//! The methods that the host adds to types.

use crate::script::check::known::{HostMethod, HostParam, Receiver, Type};

const fn method(
    of: Receiver,
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    doc: &'static str,
) -> HostMethod {
    HostMethod {
        of,
        name,
        property: false,
        params,
        returns,
        doc,
    }
}

const fn property(
    of: Receiver,
    name: &'static str,
    returns: Type,
    doc: &'static str,
) -> HostMethod {
    HostMethod {
        of,
        name,
        property: true,
        params: &[],
        returns,
        doc,
    }
}

const FIELD: Receiver = Receiver::Host("Field");
const FILTER: Receiver = Receiver::Host("Filter");
const ERROR: Receiver = Receiver::Host("Error");
const POLLER: Receiver = Receiver::Host("Poller");
const IS_FILTER: Type = Type::Host("Filter");

const TEST: &[HostParam] = &[HostParam::required("f", Type::Function(&[Type::Item]))];
const KEY: &[HostParam] = &[HostParam::required("key", Type::Any)];
const COUNT: &[HostParam] = &[HostParam::required("count", Type::Int)];
const VALUE: &[HostParam] = &[HostParam::required("value", Type::Any)];
const BETWEEN: &[HostParam] = &[HostParam::required("between", Type::Text)];
const NAME: &[HostParam] = &[HostParam::required("name", Type::Text)];
const DAYS: &[HostParam] = &[HostParam::required("days", Type::Int)];
const HOURS: &[HostParam] = &[HostParam::required("hours", Type::Int)];
const OTHER: &[HostParam] = &[HostParam::required("date", Type::DateLike)];
const PATTERN: &[HostParam] = &[HostParam::required("pattern", Type::Text)];
const WAIT: &[HostParam] = &[HostParam::optional(
    "options",
    Type::Keys(&[HostParam::optional("timeout", Type::Any)]),
)];
const CONDITION: &[HostParam] = &[HostParam::required("condition", IS_FILTER)];

const FIRST: &str = "The first item, or `()`.";
const TAKE: &str = "The first items, as an array.";
const SUM: &str = "The sum of a number per item: a function, or the name of a property.";
const GROUP: &str =
    "A map from key to the array of items with that key: a function, or the name of a property.";
const SORT: &str = "The items in the order of a key: a function, or the name of a property.";
const JOIN: &str = "The items as one text, with a text between them.";
const EACH: &str = "Calls a function for every item.";

/// All methods, by what they are called on.
pub(super) const ALL: &[HostMethod] = &[
    // Lists.
    method(
        Receiver::Pager,
        "to_array",
        &[],
        Type::ItemArray,
        "All items, as an array.",
    ),
    method(
        Receiver::Pager,
        "count",
        &[],
        Type::Int,
        "How many items there are; reads all pages.",
    ),
    method(Receiver::Pager, "first", &[], Type::Item, FIRST),
    method(Receiver::Pager, "take", COUNT, Type::ItemArray, TAKE),
    method(
        Receiver::Pager,
        "map",
        TEST,
        Type::ResultArray,
        "What a function returns for every item.",
    ),
    method(
        Receiver::Pager,
        "filter",
        TEST,
        Type::ItemArray,
        "The items for which a function returns `true`.",
    ),
    method(
        Receiver::Pager,
        "find",
        TEST,
        Type::Item,
        "The first item for which a function returns `true`, or `()`.",
    ),
    method(
        Receiver::Pager,
        "some",
        TEST,
        Type::Bool,
        "Whether a function returns `true` for at least one item.",
    ),
    method(
        Receiver::Pager,
        "all",
        TEST,
        Type::Bool,
        "Whether a function returns `true` for every item.",
    ),
    method(Receiver::Pager, "each", TEST, Type::Unit, EACH),
    method(Receiver::Pager, "sum_by", KEY, Type::Number, SUM),
    method(Receiver::Pager, "group_by", KEY, Type::Map, GROUP),
    method(Receiver::Pager, "sort_by", KEY, Type::ItemArray, SORT),
    method(Receiver::Pager, "join", BETWEEN, Type::Text, JOIN),
    // Arrays.
    method(
        Receiver::Array,
        "flatten",
        &[],
        Type::Flattened,
        "The items of the items, as one array.",
    ),
    method(
        Receiver::Array,
        "count",
        &[],
        Type::Int,
        "How many items there are.",
    ),
    method(Receiver::Array, "first", &[], Type::Item, FIRST),
    method(Receiver::Array, "take", COUNT, Type::ItemArray, TAKE),
    method(Receiver::Array, "each", TEST, Type::Unit, EACH),
    method(Receiver::Array, "sum_by", KEY, Type::Number, SUM),
    method(Receiver::Array, "group_by", KEY, Type::Map, GROUP),
    method(Receiver::Array, "sort_by", KEY, Type::ItemArray, SORT),
    method(Receiver::Array, "join", BETWEEN, Type::Text, JOIN),
    // Records.
    method(
        Receiver::Record,
        "to_map",
        &[],
        Type::Map,
        "All properties as a map, nested ones too.",
    ),
    method(
        Receiver::Record,
        "to_json",
        &[],
        Type::Text,
        "The JSON text, as the service sent it.",
    ),
    method(
        Receiver::Record,
        "keys",
        &[],
        Type::ArrayOf(&Type::Text),
        "The names of the properties that are present.",
    ),
    method(
        Receiver::Record,
        "contains",
        NAME,
        Type::Bool,
        "Whether a property is present.",
    ),
    method(Receiver::Map, "to_json", &[], Type::Text, "The JSON text."),
    // Outcomes.
    method(
        Receiver::Outcomes,
        "len",
        &[],
        Type::Int,
        "How many items there were.",
    ),
    method(
        Receiver::Outcomes,
        "values",
        &[],
        Type::ItemArray,
        "What the function returned, for the items that went well.",
    ),
    method(
        Receiver::Outcomes,
        "failures",
        &[],
        Type::Array,
        "The outcomes that failed.",
    ),
    method(
        Receiver::Outcomes,
        "table",
        &[],
        Type::Unit,
        "Writes a table of all outcomes.",
    ),
    method(
        Receiver::Outcomes,
        "check",
        &[],
        Type::Unit,
        "Ends the script with `items.failed` (exit code 7) if any item failed.",
    ),
    method(
        Receiver::Outcomes,
        "to_array",
        &[],
        Type::Array,
        "The outcomes as an array.",
    ),
    property(
        Receiver::Outcome,
        "key",
        Type::Text,
        "The item's name: its id, or what the `key` option gives.",
    ),
    property(Receiver::Outcome, "item", Type::Any, "The item."),
    property(Receiver::Outcome, "ok", Type::Bool, "Whether it went well."),
    property(
        Receiver::Outcome,
        "value",
        Type::Any,
        "What the function returned.",
    ),
    property(
        Receiver::Outcome,
        "error",
        Type::Host("Error"),
        "Why it failed, or `()`.",
    ),
    method(
        Receiver::Outcome,
        "to_map",
        &[],
        Type::Map,
        "The outcome as a map.",
    ),
    // Errors.
    property(
        ERROR,
        "code",
        Type::Text,
        "The stable code, such as \"partner.not_found\".",
    ),
    property(ERROR, "message", Type::Text, "What failed."),
    property(ERROR, "help", Type::Any, "What to do about it, or `()`."),
    property(ERROR, "status", Type::Any, "The HTTP status, or `()`."),
    property(
        ERROR,
        "operation",
        Type::Any,
        "The operation that was called, or `()`.",
    ),
    property(
        ERROR,
        "tenant",
        Type::Any,
        "The tenant it was for, or `()`.",
    ),
    property(
        ERROR,
        "request_id",
        Type::Any,
        "The service's id of the request, or `()`.",
    ),
    property(
        ERROR,
        "possible_causes",
        Type::Any,
        "What the service takes for the cause, or `()`.",
    ),
    property(
        ERROR,
        "recommended_action",
        Type::Any,
        "What the service recommends, or `()`.",
    ),
    property(
        ERROR,
        "activity_id",
        Type::Any,
        "Azure's id of the activity, which its support asks for, or `()`.",
    ),
    property(
        ERROR,
        "client_request_id",
        Type::Any,
        "The id that the call was sent with, as the service knows it, or `()`.",
    ),
    property(
        ERROR,
        "sent",
        Type::Text,
        "Whether the request may have arrived: no, yes, unknown.",
    ),
    property(
        ERROR,
        "service",
        Type::Any,
        "The service's own words: name, code, message, target, body …",
    ),
    property(
        ERROR,
        "handle",
        Type::Any,
        "The text by which `arm::resume` or `recovery::resume` goes on waiting for a long operation, or `()`.",
    ),
    method(ERROR, "to_map", &[], Type::Map, "All of it as a map."),
    // Long operations.
    method(
        POLLER,
        "wait",
        WAIT,
        Type::Awaited,
        "Waits for the end and returns what the operation gives; its failure is an error.",
    ),
    property(
        POLLER,
        "status",
        Type::Text,
        "The state when it was last looked at, in the service's own words.",
    ),
    property(
        POLLER,
        "done",
        Type::Bool,
        "Whether the operation had ended, well or badly, when it was last looked at.",
    ),
    property(
        POLLER,
        "percent",
        Type::Any,
        "How much was done, in percent, or `()` where the service does not say.",
    ),
    property(
        POLLER,
        "operation",
        Type::Text,
        "The operation that was begun.",
    ),
    method(
        POLLER,
        "refresh",
        &[],
        Type::Host("Poller"),
        "Looks once, not earlier than the service allows.",
    ),
    method(
        POLLER,
        "cancel",
        &[],
        Type::Unit,
        "Asks the service to cancel the operation, or the job that is waited for, where it can.",
    ),
    method(
        POLLER,
        "handle",
        &[],
        Type::Text,
        "The text by which another process goes on waiting: `arm::resume(handle)`, `recovery::resume(handle)`; it holds no secrets.",
    ),
    // Dates.
    property(Receiver::Date, "year", Type::Int, "The year (UTC)."),
    property(Receiver::Date, "month", Type::Int, "The month, from 1."),
    property(
        Receiver::Date,
        "day",
        Type::Int,
        "The day of the month, from 1.",
    ),
    method(
        Receiver::Date,
        "add_days",
        DAYS,
        Type::Date,
        "The date so many days later.",
    ),
    method(
        Receiver::Date,
        "add_hours",
        HOURS,
        Type::Date,
        "The date so many hours later.",
    ),
    method(
        Receiver::Date,
        "days_until",
        OTHER,
        Type::Int,
        "Whole days until another date.",
    ),
    method(
        Receiver::Date,
        "format",
        PATTERN,
        Type::Text,
        "The date in a pattern such as \"%d.%m.%Y\".",
    ),
    // Conditions.
    method(FIELD, "eq", VALUE, IS_FILTER, "Equal."),
    method(FIELD, "ne", VALUE, IS_FILTER, "Not equal."),
    method(FIELD, "lt", VALUE, IS_FILTER, "Less, or earlier."),
    method(FIELD, "le", VALUE, IS_FILTER, "Less or equal."),
    method(FIELD, "gt", VALUE, IS_FILTER, "Greater, or later."),
    method(FIELD, "ge", VALUE, IS_FILTER, "Greater or equal."),
    method(
        FIELD,
        "starts_with",
        VALUE,
        IS_FILTER,
        "The text begins so.",
    ),
    method(FIELD, "ends_with", VALUE, IS_FILTER, "The text ends so."),
    method(FIELD, "contains", VALUE, IS_FILTER, "The text holds this."),
    method(
        FIELD,
        "one_of",
        VALUE,
        IS_FILTER,
        "Equal to one of an array.",
    ),
    method(
        FIELD,
        "any",
        VALUE,
        IS_FILTER,
        "Some item of the collection is equal, or has a property that is: where(\"list.property\").any(value).",
    ),
    method(FILTER, "and", CONDITION, IS_FILTER, "Both hold."),
    method(FILTER, "or", CONDITION, IS_FILTER, "At least one holds."),
    method(
        FILTER,
        "not",
        &[],
        IS_FILTER,
        "The condition does not hold.",
    ),
];

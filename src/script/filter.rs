//! `where(field).eq(value)` and its like: conditions that the service applies, built from script
//! values and rendered by the service's dialect.

use rhai::{Dynamic, Engine, ImmutableString};

use super::date;
use super::error::{argument, describe, raise};
use super::host::Answer;
use crate::api::filter::{Filter, FilterOp, FilterValue};

/// A field to be compared.
#[derive(Debug, Clone)]
pub(super) struct Field(ImmutableString);

/// A condition.
#[derive(Debug, Clone)]
pub(super) struct Condition(pub(super) Filter);

const OPERATORS: [FilterOp; 11] = [
    FilterOp::Eq,
    FilterOp::Ne,
    FilterOp::Lt,
    FilterOp::Le,
    FilterOp::Gt,
    FilterOp::Ge,
    FilterOp::StartsWith,
    FilterOp::EndsWith,
    FilterOp::Contains,
    FilterOp::OneOf,
    FilterOp::Any,
];

/// Registers `where` and the methods of fields and conditions.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Field>("Field");
    engine.register_type_with_name::<Condition>("Filter");
    engine.register_fn("where", |field: ImmutableString| Field(field));
    for op in OPERATORS {
        engine.register_fn(op.as_str(), move |field: &mut Field, value: Dynamic| {
            compare(field, op, &value)
        });
    }
    engine.register_fn("and", |a: &mut Condition, b: Condition| {
        Condition(Filter::And(Box::new(a.0.clone()), Box::new(b.0)))
    });
    engine.register_fn("or", |a: &mut Condition, b: Condition| {
        Condition(Filter::Or(Box::new(a.0.clone()), Box::new(b.0)))
    });
    engine.register_fn("not", |condition: &mut Condition| {
        Condition(Filter::Not(Box::new(condition.0.clone())))
    });
    let words = |condition: &mut Condition| written(&condition.0);
    engine.register_fn("to_string", words);
    engine.register_fn("to_debug", words);
}

fn compare(field: &Field, op: FilterOp, value: &Dynamic) -> Answer<Condition> {
    let value = read(value)?;
    let list = matches!(value, FilterValue::List(_));
    if list != (op == FilterOp::OneOf) {
        let message = format!("`one_of` takes an array, and `{}` one value", op.as_str());
        let message = if op == FilterOp::OneOf {
            "`one_of` takes an array of values".to_owned()
        } else {
            message
        };
        return Err(raise(argument(message)));
    }
    Ok(Condition(Filter::Compare {
        field: field.0.to_string(),
        op,
        value,
    }))
}

fn read(value: &Dynamic) -> Answer<FilterValue> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(FilterValue::Text(text.to_string()));
    }
    if let Ok(whole) = value.as_int() {
        return Ok(FilterValue::Int(whole));
    }
    if let Ok(truth) = value.as_bool() {
        return Ok(FilterValue::Bool(truth));
    }
    if let Some(date) = date::of(value) {
        return Ok(FilterValue::Date(date.at()));
    }
    if let Ok(items) = value.as_array_ref() {
        return items
            .iter()
            .map(read)
            .collect::<Answer<_>>()
            .map(FilterValue::List);
    }
    if value.is_decimal() || value.is_float() {
        return Ok(FilterValue::Decimal(value.to_string()));
    }
    let what = describe(value);
    Err(raise(argument(format!(
        "a field cannot be compared with {what}"
    ))))
}

fn written(filter: &Filter) -> String {
    match filter {
        Filter::Compare { field, op, value } => {
            format!("where({field:?}).{}({value})", op.as_str())
        }
        Filter::And(a, b) => format!("{}.and({})", written(a), written(b)),
        Filter::Or(a, b) => format!("{}.or({})", written(a), written(b)),
        Filter::Not(inner) => format!("{}.not()", written(inner)),
    }
}

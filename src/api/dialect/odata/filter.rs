//! Filters as `OData` writes them. What a list is not said to compare is refused, so that no clause
//! is lost on the way and none is silently ignored.

use crate::api::dialect::fields::{one, unknown};
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::api::model::FilterField;

/// How a service writes one comparison, of a field by its own name.
pub(in crate::api::dialect) type Compare =
    fn(&str, FilterOp, &FilterValue) -> Result<String, String>;

/// Renders an `OData` filter for a list that can compare `fields`; none named: any.
pub(in crate::api::dialect) fn render(
    filter: &Filter,
    fields: &[FilterField],
) -> Result<String, String> {
    render_with(compare, filter, fields)
}

/// Renders the same for a service that writes comparisons in its own way.
pub(in crate::api::dialect) fn render_with(
    compare: Compare,
    filter: &Filter,
    fields: &[FilterField],
) -> Result<String, String> {
    let part = |inner| part(compare, inner, fields);
    Ok(match filter {
        Filter::And(a, b) => format!("{} and {}", part(a)?, part(b)?),
        Filter::Or(a, b) => format!("{} or {}", part(a)?, part(b)?),
        Filter::Not(inner) => {
            negatable(inner, fields)?;
            format!("not ({})", render_with(compare, inner, fields)?)
        }
        Filter::Compare { field, op, value } => {
            compare(&known(field, op.as_str(), fields)?, *op, value)?
        }
    })
}

/// Renders a part of a joined filter, in parentheses where it is joined itself.
fn part(compare: Compare, inner: &Filter, fields: &[FilterField]) -> Result<String, String> {
    let text = render_with(compare, inner, fields)?;
    Ok(match inner {
        Filter::Compare { .. } | Filter::Not(_) => text,
        Filter::And(..) | Filter::Or(..) => format!("({text})"),
    })
}

/// Returns the service's name of a field, if the list can compare it so.
fn known(name: &str, op: &str, fields: &[FilterField]) -> Result<String, String> {
    let dotted = name.replace('/', ".");
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    if dotted.is_empty() || !dotted.chars().all(plain) {
        return Err(format!("`{name}` is no name of a property"));
    }
    if fields.is_empty() {
        return Ok(dotted.replace('.', "/"));
    }
    let field = fields
        .iter()
        .find(|field| field.name.replace('/', ".").eq_ignore_ascii_case(&dotted))
        .ok_or_else(|| unknown(&dotted, fields))?;
    if !field.ops.contains(&op) {
        return Err(format!(
            "this list cannot compare `{name}` with `{op}`; it can compare {}",
            one(field)
        ));
    }
    Ok(field.name.replace('.', "/"))
}

/// Fails if the list cannot negate one of the comparisons of a condition.
fn negatable(filter: &Filter, fields: &[FilterField]) -> Result<(), String> {
    match filter {
        Filter::Compare { field, .. } => known(field, "not", fields).map(drop),
        Filter::And(a, b) | Filter::Or(a, b) => {
            negatable(a, fields)?;
            negatable(b, fields)
        }
        Filter::Not(inner) => negatable(inner, fields),
    }
}

/// Writes a comparison as `OData` has it.
pub(in crate::api::dialect) fn compare(
    field: &str,
    op: FilterOp,
    value: &FilterValue,
) -> Result<String, String> {
    let literal = literal(value);
    Ok(match (op, value) {
        (FilterOp::OneOf, FilterValue::List(values)) if !values.is_empty() => {
            format!("{field} in ({literal})")
        }
        (FilterOp::OneOf, _) => return Err("`one_of` needs a list that is not empty".to_owned()),
        (_, FilterValue::List(_)) => {
            return Err(format!("`{}` takes one value, not a list", op.as_str()));
        }
        (FilterOp::StartsWith, _) => format!("startswith({field},{literal})"),
        (FilterOp::EndsWith, _) => format!("endswith({field},{literal})"),
        (FilterOp::Contains, _) => format!("contains({field},{literal})"),
        (FilterOp::Any, _) => match field.split_once('/') {
            Some((list, inner)) => format!("{list}/any(x:x/{inner} eq {literal})"),
            None => format!("{field}/any(x:x eq {literal})"),
        },
        _ => format!("{field} {} {literal}", op.as_str()),
    })
}

/// Returns a value as `OData` writes it: text in quotes, quotes in it doubled.
pub(in crate::api::dialect) fn literal(value: &FilterValue) -> String {
    match value {
        FilterValue::Text(text) => format!("'{}'", text.replace('\'', "''")),
        FilterValue::List(values) => values.iter().map(literal).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;

//! Filters as Partner Center takes them: JSON with `Field`, `Value` and `Operator`. Each list
//! compares only a few fields in a few ways; the description names them.

use serde_json::{Value, json};

use crate::api::dialect::fields::can;
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::api::model::FilterField;

/// Renders a filter as the text of the query parameter `filter`.
pub(super) fn render(filter: &Filter, fields: &[FilterField]) -> Result<String, String> {
    value(filter, fields).map(|value| value.to_string())
}

fn value(filter: &Filter, fields: &[FilterField]) -> Result<Value, String> {
    match filter {
        Filter::Compare { field, op, value } => compare(field, *op, value, fields),
        Filter::And(a, b) => join("and", a, b, fields),
        Filter::Or(a, b) => join("or", a, b, fields),
        Filter::Not(_) => Err("Partner Center has no `not`".to_owned()),
    }
}

fn join(word: &str, a: &Filter, b: &Filter, fields: &[FilterField]) -> Result<Value, String> {
    let joins = |field: &FilterField| field.ops.contains(&word);
    if !fields.is_empty() && !fields.iter().any(joins) {
        return Err(format!(
            "this list cannot join conditions with `{word}`; {}",
            can(fields)
        ));
    }
    let (left, right) = (value(a, fields)?, value(b, fields)?);
    Ok(json!({ "LeftFilter": left, "RightFilter": right, "Operator": word }))
}

fn compare(
    name: &str,
    op: FilterOp,
    with: &FilterValue,
    fields: &[FilterField],
) -> Result<Value, String> {
    // Scripts may write the property's path (`companyProfile.companyName`) for the field.
    let last = name.rsplit('.').next().unwrap_or(name);
    let known = fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(last));
    if known.is_none() && !fields.is_empty() {
        return Err(format!(
            "this list cannot be filtered by `{name}`; {}",
            can(fields)
        ));
    }
    if known.is_some_and(|field| !field.ops.contains(&op.as_str())) {
        return Err(format!(
            "this list cannot compare `{name}` with `{}`; {}",
            op.as_str(),
            can(fields)
        ));
    }
    let Some(operator) = operator(op) else {
        return Err(format!("Partner Center has no `{}`", op.as_str()));
    };
    if matches!(with, FilterValue::List(_)) {
        return Err(format!("`{}` takes one value, not a list", op.as_str()));
    }
    let field = known.map_or(last, |field| field.name);
    Ok(json!({ "Field": field, "Value": with.to_string(), "Operator": operator }))
}

fn operator(op: FilterOp) -> Option<&'static str> {
    Some(match op {
        FilterOp::Eq => "equals",
        FilterOp::Ne => "not_equals",
        FilterOp::Lt => "less_than",
        FilterOp::Le => "less_than_or_equals",
        FilterOp::Gt => "greater_than",
        FilterOp::Ge => "greater_than_or_equals",
        FilterOp::StartsWith => "starts_with",
        FilterOp::Contains => "substring",
        FilterOp::EndsWith | FilterOp::OneOf | FilterOp::Any => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::List;

    const CUSTOMERS: &[FilterField] = &[
        FilterField {
            name: "CompanyName",
            ops: List(&["starts_with"]),
        },
        FilterField {
            name: "Domain",
            ops: List(&["starts_with"]),
        },
    ];
    const INVOICES: &[FilterField] = &[FilterField {
        name: "InvoiceDate",
        ops: List(&["ge", "lt", "and"]),
    }];

    fn is(field: &str, op: FilterOp, value: FilterValue) -> Filter {
        Filter::Compare {
            field: field.to_owned(),
            op,
            value,
        }
    }

    fn date(text: &str) -> FilterValue {
        FilterValue::Date(text.parse().expect("a date"))
    }

    #[test]
    fn conditions_become_json() {
        let con = FilterValue::Text("con".to_owned());
        for name in ["CompanyName", "companyname", "companyProfile.companyName"] {
            let text = render(&is(name, FilterOp::StartsWith, con.clone()), CUSTOMERS);
            let expected = r#"{"Field":"CompanyName","Value":"con","Operator":"starts_with"}"#;
            assert_eq!(text.as_deref(), Ok(expected));
        }
        let from = is("InvoiceDate", FilterOp::Ge, date("2026-01-01T00:00:00Z"));
        let to = is("InvoiceDate", FilterOp::Lt, date("2026-02-01T00:00:00Z"));
        let text = render(&Filter::And(Box::new(from), Box::new(to)), INVOICES);
        assert_eq!(
            text.as_deref(),
            Ok(concat!(
                r#"{"LeftFilter":{"Field":"InvoiceDate","Value":"2026-01-01T00:00:00Z","Operator":"greater_than_or_equals"},"#,
                r#""RightFilter":{"Field":"InvoiceDate","Value":"2026-02-01T00:00:00Z","Operator":"less_than"},"Operator":"and"}"#
            ))
        );
    }

    #[test]
    fn what_a_list_cannot_do_is_refused_with_what_it_can() {
        let text = || FilterValue::Text("x".to_owned());
        let check = |filter: &Filter, expected: &str| {
            assert_eq!(render(filter, CUSTOMERS), Err(expected.to_owned()));
        };
        let domain = is("Domain", FilterOp::StartsWith, text());
        check(
            &is("Country", FilterOp::Eq, text()),
            "this list cannot be filtered by `Country`; it can compare CompanyName (starts_with), Domain (starts_with)",
        );
        check(
            &is("Domain", FilterOp::Eq, text()),
            "this list cannot compare `Domain` with `eq`; it can compare CompanyName (starts_with), Domain (starts_with)",
        );
        check(
            &Filter::Or(Box::new(domain.clone()), Box::new(domain)),
            "this list cannot join conditions with `or`; it can compare CompanyName (starts_with), Domain (starts_with)",
        );
        let any = is("Status", FilterOp::OneOf, FilterValue::List(vec![text()]));
        assert_eq!(
            render(&any, &[]),
            Err("Partner Center has no `one_of`".to_owned())
        );
        let list = is("Status", FilterOp::Eq, FilterValue::List(vec![text()]));
        assert_eq!(
            render(&list, &[]),
            Err("`eq` takes one value, not a list".to_owned())
        );
    }
}

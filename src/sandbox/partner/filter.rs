//! The `filter` of a query (reference §3, §19.18): JSON of a field, an operator and a value, or of
//! two filters. What is not JSON, a field or an operator that the list does not know is refused.

use serde_json::Value;

use super::body::{Body, one_of};
use super::codes::BAD_FILTER;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// A field is compared with a value.
    Simple {
        /// The field, in the casing of the list's own names.
        field: &'static str,
        /// One of the operators, in snake case.
        operator: &'static str,
        /// The value, as text.
        value: String,
    },
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
}

const OPERATORS: &[&str] = &[
    "equals",
    "not_equals",
    "greater_than",
    "greater_than_or_equals",
    "less_than",
    "less_than_or_equals",
    "substring",
    "and",
    "or",
    "starts_with",
    "not_starts_with",
];

/// Reads the filter of a request; `known` are the list's fields, each with its operators.
pub(crate) fn read(
    request: &Request,
    known: &[(&'static str, &[&'static str])],
) -> Result<Option<Filter>, Refusal> {
    let Some(text) = request.query("filter").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let value: Value =
        serde_json::from_str(text).map_err(|_| BAD_FILTER.about(&[&"it is not JSON"]))?;
    parse(&value, known).map(Some)
}

fn parse(value: &Value, known: &[(&'static str, &[&'static str])]) -> Result<Filter, Refusal> {
    let wrong = |reason: String| BAD_FILTER.about(&[&reason]);
    let body = Body::of(value).map_err(|_| wrong("it is not an object".to_owned()))?;
    let member = |name: &str| match body.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => Ok(value.to_string()),
        _ => Err(wrong(format!("'{name}' is missing"))),
    };
    let operator = member("Operator")?;
    let operator = one_of(&operator, OPERATORS)
        .ok_or_else(|| wrong(format!("'{operator}' is not an operator")))?;
    if operator == "and" {
        let side = |name: &str| {
            let side = body
                .get(name)
                .ok_or_else(|| wrong(format!("'{name}' is missing")))?;
            parse(side, known).map(Box::new)
        };
        return Ok(Filter::And(side("LeftFilter")?, side("RightFilter")?));
    }
    let field = member("Field")?;
    let (field, operators) = known
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&field))
        .ok_or_else(|| wrong(format!("'{field}' is not a field of this list")))?;
    if !operators.contains(&operator) {
        return Err(wrong(format!("'{operator}' does not go with '{field}'")));
    }
    Ok(Filter::Simple {
        field,
        operator,
        value: member("Value")?,
    })
}

impl Filter {
    /// Tells whether the filter holds, given each field's text.
    pub(crate) fn holds<'a>(&self, text_of: &impl Fn(&str) -> Option<&'a str>) -> bool {
        match self {
            Self::And(left, right) => left.holds(text_of) && right.holds(text_of),
            Self::Simple {
                field,
                operator,
                value,
            } => text_of(field).is_some_and(|text| {
                let (text, value) = (text.to_lowercase(), value.to_lowercase());
                match *operator {
                    "equals" => text == value,
                    "not_equals" => text != value,
                    "greater_than" => text > value,
                    "greater_than_or_equals" => text >= value,
                    "less_than" => text < value,
                    "less_than_or_equals" => text <= value,
                    "substring" => text.contains(&value),
                    "starts_with" => text.starts_with(&value),
                    "not_starts_with" => !text.starts_with(&value),
                    _ => false,
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KNOWN: &[(&str, &[&str])] = &[("CompanyName", &["starts_with"])];

    fn check(filter: Value, expected: Result<bool, &str>) {
        let seen = parse(&filter, KNOWN)
            .map(|filter| filter.holds(&|_| Some("Contoso")))
            .map_err(|refusal| (refusal.status, refusal.code, refusal.text));
        let expected = expected.map_err(|reason| {
            (
                400,
                json!(2000),
                format!("The filter is not valid: {reason}."),
            )
        });
        assert_eq!(seen, expected, "{filter}");
    }

    #[test]
    fn filters_hold_or_are_refused() {
        let simple = |field: &str, operator: &str, value: &str| json!({"Field": field, "Operator": operator, "Value": value});
        check(simple("companyName", "starts_with", "con"), Ok(true));
        check(simple("CompanyName", "StartsWith", "fab"), Ok(false));
        check(
            simple("Name", "starts_with", "c"),
            Err("'Name' is not a field of this list"),
        );
        check(
            simple("CompanyName", "equals", "c"),
            Err("'equals' does not go with 'CompanyName'"),
        );
        check(
            simple("CompanyName", "like", "c"),
            Err("'like' is not an operator"),
        );
        check(json!([1]), Err("it is not an object"));
        let both = json!({
            "LeftFilter": simple("CompanyName", "starts_with", "c"),
            "RightFilter": simple("CompanyName", "starts_with", "x"),
            "Operator": "and",
        });
        check(both, Ok(false));
    }
}

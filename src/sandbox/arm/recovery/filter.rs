//! Filters of lists: `Name eq 'value'`, joined by `and`. Source: recovery reference §5.5.

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// A name with what it is to be equal to.
pub(super) type Term = (&'static str, String);

/// Reads `$filter`, whose names are compared without casing.
pub(super) fn terms(request: &Request, known: &[&'static str]) -> Result<Vec<Term>, Refusal> {
    let text = request.query("$filter").unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    parse(text, known).ok_or_else(|| {
        let diagnosis = Diagnosis::new(
            "150004",
            format!("The filter '{text}' is not supported."),
            format!(
                "A filter is a list of terms NAME eq 'VALUE' joined by 'and'. The names: {}.",
                known.join(", ")
            ),
            "Correct the filter and send the request again.",
        );
        diagnosis.refuse(request, 400)
    })
}

fn parse(text: &str, known: &[&'static str]) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut rest = text.trim();
    loop {
        let (name, after) = word(rest)?;
        let name = known
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name))?;
        let (operator, after) = word(after)?;
        if !operator.eq_ignore_ascii_case("eq") {
            return None;
        }
        let (value, after) = quoted(after)?;
        terms.push((*name, value));
        if after.is_empty() {
            return Some(terms);
        }
        let (joint, after) = word(after)?;
        if !joint.eq_ignore_ascii_case("and") {
            return None;
        }
        rest = after;
    }
}

fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    Some((word, rest.trim_start()))
}

/// Reads a text in quotes, of which a doubled one stands for itself.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after.trim_start())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_joined_by_and() {
        let check = |text: &str, expected: Option<&[(&str, &str)]>| {
            let seen = parse(text, &["State", "Name"]);
            let seen = seen.map(|terms| {
                let terms = terms.into_iter();
                terms
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Vec<_>>()
            });
            let expected = expected.map(|terms| {
                let terms = terms.iter();
                terms
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect()
            });
            assert_eq!(seen, expected, "{text}");
        };
        check("state eq 'A'", Some(&[("State", "A")]));
        check(
            "State eq 'A,B'  AND name EQ 'it''s and so'",
            Some(&[("State", "A,B"), ("Name", "it's and so")]),
        );
        for wrong in [
            "State eq A",
            "State ne 'A'",
            "State eq 'A' or Name eq 'B'",
            "Other eq 'A'",
            "State eq 'A' and",
            "State eq 'A",
            "(State eq 'A')",
        ] {
            check(wrong, None);
        }
    }
}

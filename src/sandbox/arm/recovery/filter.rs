//! Filters of the lists of Site Recovery: `Name eq 'value'`, joined by `and`. Source: recovery reference
//! §5.5; the code of a refusal is not confirmed.

use crate::base::clock::Timestamp;
use crate::sandbox::partner::dates;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// What a filter asks for: names, as the list knows them, with their values.
pub(super) type Conditions = Vec<(&'static str, String)>;

/// Returns what the filter of a request asks for; nothing without one.
pub(super) fn of(request: &Request, known: &[&'static str]) -> Result<Conditions, Refusal> {
    let Some(text) = request.query("$filter") else {
        return Ok(Vec::new());
    };
    read(text, known).map_err(|why| refuse(request, text, &why, known))
}

/// Refuses a filter, and says what is wrong with it.
pub(super) fn refuse(request: &Request, text: &str, why: &str, known: &[&str]) -> Refusal {
    let diagnosis = Diagnosis::new(
        "InvalidFilterInQueryString",
        format!("The filter \"{text}\" is not valid: {why}."),
        "Conditions are written `Name eq 'value'` and joined by `and`.",
        format!("Filter by {}.", known.join(", ")),
    );
    diagnosis.refuse(request, 400)
}

/// Returns a time that a condition names.
pub(super) fn time(name: &str, value: &str) -> Result<Timestamp, String> {
    dates::parse(value).ok_or_else(|| format!("the value '{value}' of {name} is no time"))
}

/// Reads a filter; every name at most once.
fn read(text: &str, known: &[&'static str]) -> Result<Conditions, String> {
    let mut found: Conditions = Vec::new();
    let mut rest = text.trim();
    loop {
        let (word, after) = word(rest);
        let name = known.iter().find(|name| name.eq_ignore_ascii_case(word));
        let name = match (word, name) {
            ("", _) if rest.is_empty() => return Err("a name is missing at its end".to_owned()),
            ("", _) => return Err(format!("a name is expected at `{rest}`")),
            (_, None) => return Err(format!("there is no `{word}`")),
            (_, Some(name)) => *name,
        };
        if found.iter().any(|(other, _)| *other == name) {
            return Err(format!("`{name}` stands there twice"));
        }
        let (operator, after) = self::word(after.trim_start());
        if !operator.eq_ignore_ascii_case("eq") {
            return Err(format!("the operator `{operator}` is not `eq`"));
        }
        let (value, after) = quoted(after.trim_start())?;
        found.push((name, value));
        rest = after.trim_start();
        if rest.is_empty() {
            return Ok(found);
        }
        let (joint, after) = self::word(rest);
        if !joint.eq_ignore_ascii_case("and") {
            return Err(format!("`and` is expected at `{rest}`"));
        }
        rest = after.trim_start();
    }
}

/// Splits the word off that a text begins with.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    text.split_at(end.unwrap_or(text.len()))
}

/// Splits the quoted value off that a text begins with; a doubled quote is one of the value.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let Some(inner) = text.strip_prefix('\'') else {
        return Err(format!("a value in single quotes is expected at `{text}`"));
    };
    let mut value = String::new();
    let mut rest = inner;
    loop {
        let Some((before, after)) = rest.split_once('\'') else {
            return Err(format!("the quote of `{text}` is not closed"));
        };
        value.push_str(before);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Ok((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 2] = ["JobName", "JobStatus"];

    #[test]
    fn a_filter_is_read_or_told_what_is_wrong() {
        let check = |text: &str, expected: Result<&[(&'static str, &str)], &str>| {
            let seen = read(text, &KNOWN);
            let expected = expected.map_err(str::to_owned).map(|all| {
                let all = all.iter().map(|(name, value)| (*name, (*value).to_owned()));
                all.collect::<Conditions>()
            });
            assert_eq!(seen, expected, "{text}");
        };
        check("JobName eq 'a'", Ok(&[("JobName", "a")]));
        check(
            " jobstatus EQ 'Failed,Succeeded'  AND JobName eq'it''s'",
            Ok(&[("JobStatus", "Failed,Succeeded"), ("JobName", "it's")]),
        );
        check("JobName eq ''", Ok(&[("JobName", "")]));
        check("", Err("a name is missing at its end"));
        check("JobName eq 'a' and ", Err("a name is missing at its end"));
        check(
            "'a' eq JobName",
            Err("a name is expected at `'a' eq JobName`"),
        );
        check("Name eq 'a'", Err("there is no `Name`"));
        check("JobName ne 'a'", Err("the operator `ne` is not `eq`"));
        check("JobName", Err("the operator `` is not `eq`"));
        check(
            "JobName eq a",
            Err("a value in single quotes is expected at `a`"),
        );
        check(
            "JobName eq \"a\"",
            Err("a value in single quotes is expected at `\"a\"`"),
        );
        check("JobName eq 'a", Err("the quote of `'a` is not closed"));
        check("JobName eq 'a''", Err("the quote of `'a''` is not closed"));
        check(
            "JobName eq 'a' or JobStatus eq 'b'",
            Err("`and` is expected at `or JobStatus eq 'b'`"),
        );
        check(
            "JobName eq 'a' and JobName eq 'b'",
            Err("`JobName` stands there twice"),
        );
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back_and_nothing_else_panics(value in ".*", noise in ".*") {
            let text = format!("JobName eq '{}'", value.replace('\'', "''"));
            prop_assert_eq!(read(&text, &KNOWN), Ok(vec![("JobName", value)]));
            let _ = read(&noise, &KNOWN);
        }
    }
}

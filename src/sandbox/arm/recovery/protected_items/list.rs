//! The protected items of a whole vault, with a filter. The reference names `$filter` without saying
//! what can be filtered: here it is these fields, by `eq` joined by `and`.

use serde_json::{Map, Value};

use super::super::{calls, object};
use crate::sandbox::arm::{body, page};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

/// What a filter may name, and where it stands in `properties`.
const FIELDS: [(&str, &str); 9] = [
    ("friendlyName", "friendlyName"),
    ("protectionState", "protectionState"),
    ("replicationHealth", "replicationHealth"),
    ("activeLocation", "activeLocation"),
    ("testFailoverState", "testFailoverState"),
    ("policyFriendlyName", "policyFriendlyName"),
    ("primaryFabricFriendlyName", "primaryFabricFriendlyName"),
    ("recoveryFabricFriendlyName", "recoveryFabricFriendlyName"),
    ("instanceType", "providerSpecificDetails.instanceType"),
];

/// Lists the items of a vault.
pub(super) fn all(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let rows = calls::rows(request, tx)?;
    let Some(filter) = request.query("$filter") else {
        return page::of(request, rows, |one| object::shown(tx, &one, Some(request)));
    };
    let terms = read(filter)?;
    let shown = rows.iter().map(|one| object::shown(tx, one, Some(request)));
    let fits = |one: &Value| {
        let properties = one["properties"].as_object();
        properties.is_some_and(|properties| terms.iter().all(|term| holds(properties, term)))
    };
    page::list(request, shown.filter(fits).collect())
}

fn holds(properties: &Map<String, Value>, (path, value): &(&str, String)) -> bool {
    let has = body::at(properties, path).and_then(Value::as_str);
    has.is_some_and(|has| has.eq_ignore_ascii_case(value))
}

/// Reads `field eq 'value' and …`.
fn read(filter: &str) -> Result<Vec<(&'static str, String)>, Refusal> {
    let bad = || {
        let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        let text = format!(
            "The filter '{filter}' is not supported: {} can be compared by eq, joined by and.",
            names.join(", ")
        );
        Refusal::new(400, "InvalidFilterInQueryString", text)
    };
    let mut terms = Vec::new();
    let mut rest = filter.trim();
    loop {
        let (name, after) = rest.split_once(' ').ok_or_else(bad)?;
        let field = FIELDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, path) = field.ok_or_else(bad)?;
        let after = after.trim_start().strip_prefix("eq ").ok_or_else(bad)?;
        let after = after.trim_start().strip_prefix('\'').ok_or_else(bad)?;
        let (value, after) = quoted(after).ok_or_else(bad)?;
        terms.push((*path, value));
        if after.trim().is_empty() {
            return Ok(terms);
        }
        rest = after
            .trim_start()
            .strip_prefix("and ")
            .ok_or_else(bad)?
            .trim_start();
    }
}

/// Returns a text up to its closing quote, in which a doubled one is one, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_made_of_equalities() {
        let read = |filter| read(filter).map_err(|refusal| refusal.status);
        let name = ("friendlyName", "o'neil".to_owned());
        assert_eq!(read("friendlyName eq 'o''neil'"), Ok(vec![name.clone()]));
        let kind = ("providerSpecificDetails.instanceType", "A2A".to_owned());
        let both = "FriendlyName eq 'o''neil' and instanceType eq 'A2A'";
        assert_eq!(read(both), Ok(vec![name, kind]));
        for wrong in [
            "",
            "friendlyName",
            "friendlyName ne 'x'",
            "size eq 'x'",
            "friendlyName eq 'x",
            "friendlyName eq 'x' or instanceType eq 'A2A'",
        ] {
            assert_eq!(read(wrong), Err(400), "{wrong}");
        }
    }
}

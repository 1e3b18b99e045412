//! `$search`: clauses in double quotes, joined by `AND` and `OR`. Each names a property and words
//! that its value must hold, or the text that it begins with. Source: graph reference §2; how a value
//! is cut into words is this sandbox's choice.

use serde_json::Value;

use super::filter;
use super::kind::Kind;
use super::unsupported;
use crate::sandbox::reply::Refusal;

/// Clauses any group of which must hold; within a group all.
#[derive(Debug)]
pub(super) struct Search {
    groups: Vec<Vec<Clause>>,
}

#[derive(Debug)]
struct Clause {
    path: Vec<String>,
    text: String,
}

impl Search {
    /// Reads what is searched among objects of a kind.
    pub(super) fn read(text: &str, kind: &Kind) -> Result<Self, Refusal> {
        let mut groups = vec![Vec::new()];
        let mut rest = text.trim();
        loop {
            let (clause, tail) = quoted(rest).ok_or_else(|| syntax(text))?;
            let (property, wanted) = clause.split_once(':').ok_or_else(|| syntax(text))?;
            if !kind.search.contains(&property.trim()) {
                return Err(unsupported(format!(
                    "Unsupported property '{}' in $search of resource '{}'.",
                    property.trim(),
                    kind.name
                )));
            }
            let clause = Clause {
                path: property.trim().split('/').map(str::to_owned).collect(),
                text: wanted.trim().to_lowercase(),
            };
            groups.last_mut().ok_or_else(|| syntax(text))?.push(clause);
            rest = tail.trim_start();
            if rest.is_empty() {
                return Ok(Self { groups });
            }
            if let Some(tail) = rest.strip_prefix("OR ") {
                groups.push(Vec::new());
                rest = tail.trim_start();
            } else if let Some(tail) = rest.strip_prefix("AND ") {
                rest = tail.trim_start();
            } else {
                return Err(syntax(text));
            }
        }
    }

    /// Tells whether an object is found.
    pub(super) fn holds(&self, row: &Value) -> bool {
        let mut groups = self.groups.iter();
        groups.any(|group| group.iter().all(|clause| clause.holds(row)))
    }
}

/// Splits off what stands in double quotes; `\"` stands for a quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })?;
    Some((inner[..end].replace("\\\"", "\""), &inner[end + 1..]))
}

fn syntax(text: &str) -> Refusal {
    let text = format!("Syntax error: the $search clause '{text}' is not valid.");
    Refusal::new(400, "Request_BadRequest", text)
}

impl Clause {
    fn holds(&self, row: &Value) -> bool {
        let value = filter::at(row, &self.path);
        match value.as_ref() {
            Value::String(value) => self.finds(&value.to_lowercase()),
            Value::Array(values) => values
                .iter()
                .filter_map(Value::as_str)
                .any(|value| self.finds(&value.to_lowercase())),
            _ => false,
        }
    }

    fn finds(&self, value: &str) -> bool {
        let has = |word: &str| words(value).any(|part| part.starts_with(word));
        let mut wanted = words(&self.text).peekable();
        value.starts_with(&self.text) || (wanted.peek().is_some() && wanted.all(has))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KIND: Kind = Kind {
        name: "User",
        search: &["displayName", "mail"],
        ..Kind::PLAIN
    };

    #[test]
    fn words_of_a_property_are_found() {
        let row = json!({ "displayName": "Toy Makers (East)", "mail": null });
        let check = |text: &str, expected: Option<bool>| {
            let seen = Search::read(text, &KIND).map(|search| search.holds(&row));
            assert_eq!(seen.ok(), expected, "{text}");
        };
        check("\"displayName:make\"", Some(true));
        check("\"displayName:east toy\"", Some(true));
        check("\"displayName:akers\"", Some(false));
        check("\"mail:toy\" OR \"displayName:toy\"", Some(true));
        check("\"mail:toy\" AND \"displayName:toy\"", Some(false));
        check("displayName:toy", None);
        check("\"toy\"", None);
        check("\"jobTitle:toy\"", None);
        check("\"displayName:toy\" \"mail:x\"", None);
        check("\"displayName:toy", None);
    }
}

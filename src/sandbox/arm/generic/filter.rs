//! `$filter` of the lists of resources: conditions joined by `and`. Source: arm reference §5.
//!
//! Which ones go together: those on location, type, name and group with each other (Azure's own
//! command line joins them so; the reference names `substringof` with the type), those on a plan,
//! those on an identity, those on tags.

use serde_json::Value;

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{body, locations};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Resource;

/// Conditions that all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter(Vec<Condition>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `name eq 'x'`; for `ne` the flag is false.
    Equals(&'static str, String, bool),
    /// `substringof('x', name)`.
    Contains(&'static str, String),
    Tag(String),
    TagValue(String),
    /// `startswith(tagName, 'x')`.
    TagStarts(String),
}

/// The fields, each with the set of those that go together.
const FIELDS: [(&str, u8); 13] = [
    ("location", PLAIN),
    ("resourceType", PLAIN),
    ("name", PLAIN),
    ("resourceGroup", PLAIN),
    ("identity", IDENTITY),
    ("identity/principalId", IDENTITY),
    ("plan", PLAN),
    ("plan/publisher", PLAN),
    ("plan/product", PLAN),
    ("plan/name", PLAN),
    ("plan/version", PLAN),
    ("plan/promotionCode", PLAN),
    ("tagName", TAGS),
];

const PLAIN: u8 = 0;
const IDENTITY: u8 = 1;
const PLAN: u8 = 2;
const TAGS: u8 = 3;

impl Filter {
    /// Reads a filter, or refuses it.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let bad = || {
            let text = format!("The filter '{text}' is not supported.");
            Refusal::new(400, "InvalidFilterInQueryString", text)
        };
        let tokens = tokens(text).ok_or_else(bad)?;
        let mut left = tokens.as_slice();
        let mut all = Vec::new();
        loop {
            let (condition, rest) = condition(left).ok_or_else(bad)?;
            all.push(condition);
            match rest {
                [] => break,
                [Token::Word(word), rest @ ..] if word.eq_ignore_ascii_case("and") => left = rest,
                _ => return Err(bad()),
            }
        }
        let set = all[0].set();
        let fits = all.iter().all(|one| one.set() == set);
        // A value without its name says nothing.
        let valued = all.iter().any(|one| matches!(one, Condition::TagValue(_)));
        let named = all.iter().any(|one| matches!(one, Condition::Tag(_)));
        if !fits || (valued && !named) {
            return Err(bad());
        }
        Ok(Self(all))
    }

    /// Tells whether a resource is meant.
    pub(super) fn fits(&self, resource: &Resource) -> bool {
        let tag = self.0.iter().find_map(|one| match one {
            Condition::Tag(name) => Some(name.as_str()),
            _ => None,
        });
        self.0.iter().all(|one| one.fits(resource, tag))
    }

    /// Tells whether items leave their tags out: they do when tags are asked for by name.
    pub(super) fn hides_tags(&self) -> bool {
        self.0.iter().any(|one| one.set() == TAGS)
    }
}

impl Condition {
    fn set(&self) -> u8 {
        match self {
            Self::Equals(field, ..) | Self::Contains(field, _) => {
                let known = FIELDS.iter().find(|(known, _)| known == field);
                known.map_or(PLAIN, |(_, set)| *set)
            }
            Self::Tag(_) | Self::TagValue(_) | Self::TagStarts(_) => TAGS,
        }
    }

    fn fits(&self, resource: &Resource, tag: Option<&str>) -> bool {
        let mut tags = resource.tags.iter();
        match self {
            Self::Equals(field, value, equal) => {
                let has = field_of(resource, field);
                let same = has.is_some_and(|has| {
                    let value = match *field {
                        "location" => locations::normal(value),
                        _ => value.to_lowercase(),
                    };
                    has.to_lowercase() == value
                });
                same == *equal
            }
            Self::Contains(field, part) => field_of(resource, field)
                .is_some_and(|has| has.to_lowercase().contains(&part.to_lowercase())),
            Self::Tag(name) => tags.any(|(known, _)| known.eq_ignore_ascii_case(name)),
            Self::TagValue(value) => tags.any(|(known, has)| {
                has == value && tag.is_some_and(|tag| known.eq_ignore_ascii_case(tag))
            }),
            Self::TagStarts(start) => tags.any(|(known, _)| {
                let (known, start) = (known.to_lowercase(), start.to_lowercase());
                known.starts_with(&start)
            }),
        }
    }
}

fn field_of(resource: &Resource, field: &str) -> Option<String> {
    let member = |path: &str| {
        let found = body::at(&resource.members, path).and_then(Value::as_str);
        found.map(str::to_owned)
    };
    match field {
        "location" => resource.location.clone(),
        "resourceType" => Some(resource.kind.clone()),
        "name" => Some(resource.name.clone()),
        "resourceGroup" => Id::parse(&resource.id)?.group,
        "identity" => member("identity.type"),
        "plan" => member("plan.name"),
        path => member(&path.replace('/', ".")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    /// `(`, `)`, `,`.
    Mark(char),
}

/// Splits a filter; `''` inside of a text is a quote.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter.is_whitespace() => {}
            '(' | ')' | ',' => tokens.push(Token::Mark(letter)),
            '\'' => {
                let mut inner = String::new();
                loop {
                    match letters.next()? {
                        '\'' if letters.peek() == Some(&'\'') => {
                            letters.next();
                            inner.push('\'');
                        }
                        '\'' => break,
                        other => inner.push(other),
                    }
                }
                tokens.push(Token::Text(inner));
            }
            first => {
                let mut word = String::from(first);
                let is_part = |next: &char| next.is_alphanumeric() || *next == '/';
                while let Some(next) = letters.next_if(is_part) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// Reads one condition, and returns what stands behind it.
fn condition(tokens: &[Token]) -> Option<(Condition, &[Token])> {
    use Token::{Mark, Text, Word};
    let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
    match tokens {
        [
            Word(f),
            Mark('('),
            Text(part),
            Mark(','),
            Word(field),
            Mark(')'),
            rest @ ..,
        ] if is(f, "substringof") => {
            let fields = ["name", "resourceGroup"];
            let field = fields.into_iter().find(|known| is(field, known))?;
            Some((Condition::Contains(field, part.clone()), rest))
        }
        [
            Word(f),
            Mark('('),
            Word(field),
            Mark(','),
            Text(start),
            Mark(')'),
            rest @ ..,
        ] if is(f, "startswith") && is(field, "tagName") => {
            Some((Condition::TagStarts(start.clone()), rest))
        }
        [Word(field), Word(how), Text(value), rest @ ..] => {
            let equal = match how.to_lowercase().as_str() {
                "eq" => true,
                "ne" => false,
                _ => return None,
            };
            let value = value.clone();
            if is(field, "tagName") {
                return equal.then_some((Condition::Tag(value), rest));
            }
            if is(field, "tagValue") {
                return equal.then_some((Condition::TagValue(value), rest));
            }
            let (field, _) = FIELDS.iter().find(|(known, _)| is(field, known))?;
            Some((Condition::Equals(field, value, equal), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_reference_names_is_read_and_the_rest_refused() {
        for right in [
            "location eq 'westeurope'",
            "resourceType ne 'Microsoft.Compute/virtualMachines'",
            "name eq 'it''s'",
            "substringof('a', name)",
            "substringof('a',resourceGroup) and resourceType eq 'Microsoft.Sql/servers'",
            "resourceGroup eq 'g' and resourceType eq 't' and name eq 'n'",
            "plan eq 'p' and plan/publisher eq 'q' and plan/name eq 'r'",
            "identity eq 'SystemAssigned' and identity/principalId eq 'x'",
            "tagName eq 'a' and tagValue eq 'b'",
            "tagName eq 'a'",
            "startswith(tagName,'dep')",
        ] {
            assert!(Filter::parse(right).is_ok(), "{right}");
        }
        for wrong in [
            "location",
            "location eq westeurope",
            "location gt 'a'",
            "kind eq 'a'",
            "name eq 'a",
            "name eq 'a' or name eq 'b'",
            "name eq 'a' and",
            "substringof('a', location)",
            "startswith(name,'a')",
            "tagValue eq 'b'",
            "tagName ne 'a'",
            "tagName eq 'a' and location eq 'b'",
            "plan/name eq 'a' and identity eq 'b'",
            "contains(name,'a')",
        ] {
            assert_eq!(
                Filter::parse(wrong).map_err(|refusal| refusal.code),
                Err("InvalidFilterInQueryString".into()),
                "{wrong}"
            );
        }
    }
}

//! Reads the outermost level of JSON text without parsing what lies beneath, so that numbers and
//! texts stay exactly as they were sent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::base::text::shorten;

/// Characters of a nested value that a cell shows.
const NESTED: usize = 40;

/// A member of an object: its name, and its value's JSON text.
pub(super) type Member<'a> = (Cow<'a, str>, &'a str);

/// The outermost level of a JSON value.
#[derive(Debug)]
pub(super) enum Shape<'a> {
    /// `null`
    Null,
    /// Anything without parts, as text.
    Plain(Cow<'a, str>),
    /// A number, as sent.
    Number(&'a str),
    /// An object's members, in order.
    Object(Vec<Member<'a>>),
    /// An array's items.
    Array(Vec<&'a str>),
}

/// Returns the outermost level of `json`. Text that is no JSON value is shown as it stands.
pub(super) fn shape(json: &str) -> Shape<'_> {
    let json = json.trim();
    let parsed = match json.as_bytes().first() {
        Some(b'{') => members(json).map(Shape::Object),
        Some(b'[') => items(json).map(Shape::Array),
        Some(b'"') => string(json).map(Shape::Plain),
        Some(b'n') => Some(Shape::Null),
        Some(b'-' | b'0'..=b'9') => Some(Shape::Number(json)),
        _ => None,
    };
    parsed.unwrap_or(Shape::Plain(Cow::Borrowed(json)))
}

/// Returns the text of a JSON string; one without escapes is not copied.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"');
    match inner.filter(|inner| memchr::memchr2(b'"', b'\\', inner.as_bytes()).is_none()) {
        Some(plain) => Some(Cow::Borrowed(plain)),
        None => serde_json::from_str(json).ok().map(Cow::Owned),
    }
}

/// Returns an object's members in order, or `None` when `json` is no object.
pub(super) fn members(json: &str) -> Option<Vec<Member<'_>>> {
    serde_json::from_str::<Members>(json)
        .ok()
        .map(|members| members.0)
}

fn items(json: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

struct Members<'a>(Vec<Member<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<Member<'de>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some((Name(name), value)) = map.next_entry::<Name, &'de RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Reader).map(Members)
    }
}

/// A member's name; one without escapes is not copied.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(name))
            }
            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(name.to_owned()))
            }
        }
        deserializer.deserialize_str(Reader).map(Name)
    }
}

/// Returns what a person sees of a value on one line: texts without quotes, nested values short.
pub(super) fn cell(json: &str) -> String {
    match shape(json) {
        Shape::Null => String::new(),
        Shape::Plain(text) => printable(&text),
        Shape::Number(number) => number.to_owned(),
        Shape::Object(_) | Shape::Array(_) => shorten(&nested(json, 0), NESTED),
    }
}

/// Returns a nested value in few words; deep parts are only hinted at, so the work stays small.
fn nested(json: &str, depth: usize) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match shape(json) {
        Shape::Null => "null".to_owned(),
        Shape::Plain(text) => printable(&text),
        Shape::Number(number) => number.to_owned(),
        Shape::Object(members) if members.is_empty() => "{}".to_owned(),
        Shape::Array(items) if items.is_empty() => "[]".to_owned(),
        Shape::Object(_) | Shape::Array(_) if depth > 2 => "…".to_owned(),
        Shape::Object(members) => {
            let part = |(key, value): &Member<'_>| {
                format!("{}: {}", printable(key), nested(value, depth + 1))
            };
            format!(
                "{{{}}}",
                joined(members.iter().take(NESTED / 4).map(part).collect())
            )
        }
        Shape::Array(items) => {
            let part = |item: &&str| nested(item, depth + 1);
            format!(
                "[{}]",
                joined(items.iter().take(NESTED / 2).map(part).collect())
            )
        }
    }
}

/// Makes a service's text safe for one line of a terminal: line ends and tabs become spaces, other
/// control characters (escape sequences among them) a replacement character.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_show_values_on_one_line() {
        let check = |json: &str, expected: &str| assert_eq!(cell(json), expected, "{json}");
        check("null", "");
        check("true", "true");
        check("1.10", "1.10");
        check("12345678901234567890.5", "12345678901234567890.5");
        check(r#""a\nb\u001b[31mc""#, "a b\u{fffd}[31mc");
        check(
            r#"{"name":"Fabrikam","n":[1,null]}"#,
            "{name: Fabrikam, n: [1, null]}",
        );
        check("[]", "[]");
        check(
            r#"["aaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbb"]"#,
            "[aaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbb…",
        );
    }
}

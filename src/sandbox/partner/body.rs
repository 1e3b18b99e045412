//! Reads request bodies as the service does (§19.6): member names in any casing, unknown members
//! ignored, a wrong type, a missing member and an unknown word each refused in their own way.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::codes::{INVALID_INPUT, INVALID_PROPERTY, MISSING, UNKNOWN_WORD};
use super::dates;
use crate::sandbox::reply::Refusal;

/// An object of the body, with the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Body<'a> {
    path: String,
    members: &'a Map<String, Value>,
}

impl<'a> Body<'a> {
    /// Reads the outermost object.
    pub(crate) fn of(value: &'a Value) -> Result<Self, Refusal> {
        Self::at(String::new(), value)
    }

    fn at(path: String, value: &'a Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(members) => Ok(Self { path, members }),
            _ => Err(wrong_type(&path, "an object")),
        }
    }

    /// Returns the path of a member, as refusals name it.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Returns a member; `null` counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        let exact = self.members.get(name);
        let found = exact.or_else(|| {
            let mut members = self.members.iter();
            members
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        });
        found.filter(|value| !value.is_null())
    }

    fn missing(&self, name: &str) -> Refusal {
        MISSING.about(&[&self.path(name)])
    }

    /// Returns a text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(&self.path(name), "a text")),
        }
    }

    /// Returns a text as it will be kept; absent stays absent.
    pub(crate) fn owned(&self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// Returns a text that must be there and not be empty.
    pub(crate) fn need_text(&self, name: &str) -> Result<&'a str, Refusal> {
        match self.text(name)?.map(str::trim) {
            None | Some("") => Err(self.missing(name)),
            Some(text) => Ok(text),
        }
    }

    /// Returns a text that must be there, with at most `longest` characters.
    pub(crate) fn need_short(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let text = self.need_text(name)?;
        if text.chars().count() > longest {
            let reason = format!("it is longer than {longest} characters");
            return Err(INVALID_PROPERTY.about(&[&self.path(name), &reason]));
        }
        Ok(text.to_owned())
    }

    /// Returns a whole number.
    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(wrong_type(&self.path(name), "a whole number")),
            },
        }
    }

    /// Returns a whole number that must be there.
    pub(crate) fn need_int(&self, name: &str) -> Result<i64, Refusal> {
        self.int(name)?.ok_or_else(|| self.missing(name))
    }

    /// Returns a truth value.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong_type(&self.path(name), "true or false")),
        }
    }

    /// Returns a moment that must be there.
    pub(crate) fn need_date(&self, name: &str) -> Result<Timestamp, Refusal> {
        let text = self.need_text(name)?;
        dates::parse(text).ok_or_else(|| wrong_type(&self.path(name), "a date"))
    }

    /// Returns an object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Body<'a>>, Refusal> {
        self.get(name)
            .map(|value| Self::at(self.path(name), value))
            .transpose()
    }

    /// Returns an object that must be there.
    pub(crate) fn need_object(&self, name: &str) -> Result<Body<'a>, Refusal> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    /// Returns the objects of an array; absent is empty.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Body<'a>>, Refusal> {
        self.elements(name)?
            .iter()
            .enumerate()
            .map(|(index, value)| Self::at(format!("{}[{index}]", self.path(name)), value))
            .collect()
    }

    /// Returns the objects of an array that must have at least one.
    pub(crate) fn need_objects(&self, name: &str) -> Result<Vec<Body<'a>>, Refusal> {
        let objects = self.objects(name)?;
        if objects.is_empty() {
            return Err(self.missing(name));
        }
        Ok(objects)
    }

    /// Returns the texts of an array; absent is empty.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&'a str>, Refusal> {
        self.elements(name)?
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| wrong_type(&self.path(name), "a list of texts"))
            })
            .collect()
    }

    fn elements(&self, name: &str) -> Result<&'a [Value], Refusal> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(elements)) => Ok(elements),
            Some(_) => Err(wrong_type(&self.path(name), "a list")),
        }
    }

    /// Returns one of the words, in the casing of `words`; casing and underscores do not matter.
    pub(crate) fn word(
        &self,
        name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, Refusal> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) => match one_of(text, words) {
                Some(word) => Ok(Some(word)),
                None => Err(UNKNOWN_WORD.about(&[&text, &self.path(name)])),
            },
        }
    }

    /// Returns one of the words, which must be there.
    pub(crate) fn need_word(
        &self,
        name: &str,
        words: &[&'static str],
    ) -> Result<&'static str, Refusal> {
        self.word(name, words)?.ok_or_else(|| self.missing(name))
    }
}

/// Finds a word, whatever its casing and underscores (`OneTime` is `one_time`).
pub(crate) fn one_of(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let bare = |word: &str| word.replace('_', "").to_lowercase();
    words.iter().copied().find(|word| bare(word) == bare(text))
}

fn wrong_type(path: &str, expected: &str) -> Refusal {
    let place = if path.is_empty() { "the body" } else { path };
    INVALID_INPUT.about(&[&format!("{place} must be {expected}")])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(refusal: Refusal) -> (u16, Value, String) {
        (refusal.status, refusal.code, refusal.text)
    }

    #[test]
    fn names_are_read_in_any_casing_and_null_is_absent() {
        let value = json!({"CompanyName": "A", "email": null});
        let body = Body::of(&value).expect("an object");
        assert_eq!(body.text("companyName").expect("a text"), Some("A"));
        assert_eq!(body.text("email").expect("absent"), None);
    }

    #[test]
    fn refusals_name_the_member() {
        let value = json!({"a": {"b": 1}, "lines": [{"quantity": "x"}], "cycle": "weekly"});
        let body = Body::of(&value).expect("an object");
        let inner = body.need_object("a").expect("an object");
        assert_eq!(
            code(inner.text("b").expect_err("a number")),
            (
                400,
                json!(800_002),
                "Invalid request input: a.b must be a text.".into()
            )
        );
        assert_eq!(
            code(inner.need_text("c").expect_err("missing")),
            (400, json!(3000), "The property 'a.c' is required.".into())
        );
        let lines = body.objects("lines").expect("objects");
        assert_eq!(
            code(lines[0].int("quantity").expect_err("a text")),
            (
                400,
                json!(800_002),
                "Invalid request input: lines[0].quantity must be a whole number.".into()
            )
        );
        assert_eq!(
            code(body.word("cycle", &["monthly"]).expect_err("no such word")),
            (
                400,
                json!(900_126),
                "The value 'weekly' is not a valid cycle.".into()
            )
        );
    }

    #[test]
    fn words_come_in_any_casing() {
        assert_eq!(
            one_of("OneTime", &["monthly", "one_time"]),
            Some("one_time")
        );
    }
}

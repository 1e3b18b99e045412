//! Reads the body of a request: a JSON object whose members are known and of the right kind.
//! Source: graph reference §4. Texts are this sandbox's where none was seen.

use serde_json::{Map, Value};

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Refuses what the directory cannot take.
pub(crate) fn bad(text: impl Into<String>) -> Refusal {
    Refusal::new(400, "Request_BadRequest", text)
}

/// Returns the body of a request, which must be a JSON object.
pub(crate) fn read(request: &Request) -> Result<Map<String, Value>, Refusal> {
    let bytes = request.body.strip_prefix(b"\xEF\xBB\xBF");
    if let Ok(Value::Object(members)) = serde_json::from_slice(bytes.unwrap_or(&request.body)) {
        return Ok(members);
    }
    let text = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
    Err(Refusal::new(400, "BadRequest", text))
}

/// A JSON object that is being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a> {
    members: &'a Map<String, Value>,
    /// Where it stands in the whole body: `passwordProfile.`, or empty.
    at: &'a str,
}

impl<'a> Body<'a> {
    /// Reads an object; unknown members are refused.
    pub(crate) fn of(members: &'a Map<String, Value>, known: &[&str]) -> Result<Self, Refusal> {
        Self::within(members, "", known)
    }

    fn within(
        members: &'a Map<String, Value>,
        at: &'a str,
        known: &[&str],
    ) -> Result<Self, Refusal> {
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self { members, at }),
            Some(name) => Err(bad(format!("Invalid property '{at}{name}'."))),
        }
    }

    /// Tells whether a member is present, `null` too.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Returns a member as it is; absent and `null` are `None`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Returns a text; absent and `null` are `None`.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let read = |value: &'a Value| value.as_str().ok_or_else(|| self.kind(name, "Edm.String"));
        self.get(name).map(read).transpose()
    }

    /// Returns a text that must be there and not be empty.
    pub(crate) fn need_text(&self, name: &str) -> Result<&'a str, Refusal> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| self.required(name))
    }

    /// Returns true or false; absent and `null` are `None`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let read = |value: &Value| {
            value
                .as_bool()
                .ok_or_else(|| self.kind(name, "Edm.Boolean"))
        };
        self.get(name).map(read).transpose()
    }

    /// Returns true or false, which must be there.
    pub(crate) fn need_flag(&self, name: &str) -> Result<bool, Refusal> {
        self.flag(name)?.ok_or_else(|| self.required(name))
    }

    /// Returns an array; absent and `null` are `None`.
    pub(crate) fn array(&self, name: &str) -> Result<Option<&'a Vec<Value>>, Refusal> {
        let read = |value: &'a Value| {
            value
                .as_array()
                .ok_or_else(|| self.kind(name, "Collection"))
        };
        self.get(name).map(read).transpose()
    }

    /// Returns an array of texts; absent and `null` are `None`.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
        let Some(values) = self.array(name)? else {
            return Ok(None);
        };
        let texts = values.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
        texts
            .map(Some)
            .ok_or_else(|| self.kind(name, "Collection(Edm.String)"))
    }

    /// Returns an object with these members; absent and `null` are `None`. `at` is its place with a
    /// final dot: `passwordProfile.`.
    pub(crate) fn object(
        &self,
        name: &str,
        at: &'a str,
        known: &[&str],
    ) -> Result<Option<Body<'a>>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let members = value
            .as_object()
            .ok_or_else(|| self.kind(name, "complex type"))?;
        Self::within(members, at, known).map(Some)
    }

    /// Refuses because a member is missing.
    pub(crate) fn required(&self, name: &str) -> Refusal {
        bad(format!(
            "A value is required for property '{}{name}' of resource.",
            self.at
        ))
    }

    fn kind(&self, name: &str, expected: &str) -> Refusal {
        bad(format!(
            "Invalid value specified for property '{}{name}': {expected} was expected.",
            self.at
        ))
    }
}

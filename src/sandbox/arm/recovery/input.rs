//! What a body of Site Recovery has to say: a field that is missing or wrong is refused with a
//! diagnosis. Source: recovery reference §3, §9.7, §9.10; the codes are this sandbox's.

use serde_json::{Map, Value};

use crate::sandbox::arm::body;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// What of a request is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) request: &'a Request,
    pub(super) members: &'a Map<String, Value>,
    /// Where the members stand in the body: `properties.providerSpecificDetails`.
    pub(super) path: &'a str,
}

impl<'a> Input<'a> {
    /// Reads `providerSpecificDetails` of it.
    pub(super) fn within<'b>(self, members: &'b Map<String, Value>) -> Input<'b>
    where
        'a: 'b,
    {
        Input {
            request: self.request,
            members,
            path: "properties.providerSpecificDetails",
        }
    }

    /// Returns a text; anything but a text is refused, a number, too.
    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match body::at(self.members, name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "It is not a string.")),
        }
    }

    /// Returns a text that must be there.
    pub(super) fn need(self, name: &str) -> Result<&'a str, Refusal> {
        let found = self.text(name)?.filter(|text| !text.trim().is_empty());
        found.ok_or_else(|| self.missing(name))
    }

    /// Returns a text that is one of a closed set; casing does not count, and the set's is kept.
    pub(super) fn one_of(
        self,
        name: &str,
        known: &[&'static str],
    ) -> Result<Option<&'static str>, Refusal> {
        let Some(given) = self.text(name)? else {
            return Ok(None);
        };
        let found = known.iter().find(|known| known.eq_ignore_ascii_case(given));
        let why = || format!("'{given}' is none of {}.", known.join(", "));
        found
            .map(|found| Some(*found))
            .ok_or_else(|| self.wrong(name, why()))
    }

    /// Returns the objects of a list that must be there and not be empty.
    pub(super) fn objects(self, name: &str) -> Result<Vec<&'a Map<String, Value>>, Refusal> {
        let listed = match body::at(self.members, name) {
            None | Some(Value::Null) => return Err(self.missing(name)),
            Some(Value::Array(listed)) => listed.iter().map(Value::as_object).collect(),
            Some(_) => None,
        };
        let listed: Option<Vec<_>> = listed;
        match listed {
            Some(listed) if listed.is_empty() => Err(self.missing(name)),
            Some(listed) => Ok(listed),
            None => Err(self.wrong(name, "It is not a list of objects.")),
        }
    }

    /// Refuses because a field is missing.
    pub(super) fn missing(self, name: &str) -> Refusal {
        self.refused(
            "150001",
            format!("The required field '{}' is missing.", self.at(name)),
            "The request does not say it.",
        )
    }

    /// Refuses what a field says.
    pub(super) fn wrong(self, name: &str, why: impl Into<String>) -> Refusal {
        let text = format!("The value of the field '{}' is not valid.", self.at(name));
        self.refused("150002", text, why)
    }

    /// Refuses because what a field names is not there.
    pub(super) fn absent(self, name: &str, what: &str, given: &str) -> Refusal {
        self.refused(
            "150003",
            format!(
                "The {what} '{given}' of the field '{}' does not exist.",
                self.at(name)
            ),
            format!("There is no such {what}, it is being deleted, or it belongs elsewhere."),
        )
    }

    fn refused(self, code: &str, text: String, why: impl Into<String>) -> Refusal {
        let action = "Correct the request and send it again.";
        Diagnosis::new(code, text, why, action).refuse(self.request, 400)
    }

    fn at(self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}

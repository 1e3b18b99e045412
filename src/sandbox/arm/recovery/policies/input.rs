//! What is sent for a policy, checked, and turned into what is read. Source: recovery reference §5.2,
//! §3 (retention).

use serde_json::{Map, Value};

use super::kinds::{self, Holds};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::recovery::refusal::detailed;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// Why an input is not taken.
#[derive(Debug)]
pub(super) enum Wrong {
    Body(Refusal),
    /// Recovery points would be kept too long.
    Retention(i64),
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::Body(refusal)
    }
}

impl Wrong {
    /// Refuses the request. Source of the retention's words: recovery reference §3.
    pub(super) fn refuse(self, request: &Request) -> Refusal {
        match self {
            Self::Body(refusal) => detailed(request, refusal),
            Self::Retention(most) => {
                let unit = if most == 24 { "hours" } else { "minutes" };
                let diagnosis = Diagnosis::new(
                    "150261",
                    "Replication policy creation failed.",
                    "The recovery point retention exceeds the allowed maximum.",
                    format!("Choose a value between 0 and {most} {unit} and retry."),
                );
                diagnosis.refuse(request, 400)
            }
        }
    }
}

/// An input that makes a policy.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) instance: &'static str,
    /// What was sent, without what nobody knows.
    pub(super) input: Map<String, Value>,
    details: Map<String, Value>,
}

/// Returns the input that stands under a member; under the other one it is refused.
pub(super) fn member(
    properties: &Map<String, Value>,
    name: &str,
    other: &str,
) -> Result<Map<String, Value>, Wrong> {
    let input = body::member(properties, name)?;
    if input.is_empty() {
        let hint = if properties.contains_key(other) {
            format!(" '{other}' is not for this operation.")
        } else {
            String::new()
        };
        let text = format!("Required parameter '{name}' is missing (null).{hint}");
        return Err(parameter(name, text).into());
    }
    Ok(input)
}

impl Accepted {
    /// Reads an input.
    pub(super) fn of(input: Map<String, Value>) -> Result<Self, Wrong> {
        let given = body::need(&input, "instanceType")?;
        let Some(kind) = kinds::named(given) else {
            let text = format!(
                "'{given}' is no instanceType of a policy; there are {}.",
                kinds::names().join(", ")
            );
            return Err(parameter("instanceType", text).into());
        };
        for name in kind.needs {
            body::need(&input, name)?;
        }
        let mut kept = Map::from_iter([("instanceType".to_owned(), kind.name.into())]);
        let mut details = kept.clone();
        for field in kind.fields() {
            let Some(value) = input.get(field.name).filter(|value| !value.is_null()) else {
                continue;
            };
            let shown = read(field.holds, field.name, value)?;
            kept.insert(field.name.to_owned(), value.clone());
            details.insert(field.read.to_owned(), shown);
        }
        Ok(Self {
            instance: kind.name,
            input: kept,
            details,
        })
    }

    /// Returns what is kept of the policy of a name.
    pub(super) fn properties(&self, name: &str) -> Map<String, Value> {
        Map::from_iter([
            ("friendlyName".to_owned(), name.into()),
            (
                "providerSpecificDetails".to_owned(),
                self.details.clone().into(),
            ),
        ])
    }
}

/// Returns what is read of a value.
fn read(holds: Holds, name: &str, value: &Value) -> Result<Value, Wrong> {
    match holds {
        Holds::Text => match value {
            Value::String(_) => Ok(value.clone()),
            _ => Err(body::invalid(format!("'{name}' is not a string")).into()),
        },
        Holds::Choice(known) => {
            let given = value.as_str();
            let given = given.ok_or_else(|| body::invalid(format!("'{name}' is not a string")))?;
            Ok(body::one_of(name, given, known)?.into())
        }
        Holds::Ids => first(name, value),
        Holds::Whole => match number(name, value)? {
            0.. => Ok(value.clone()),
            less => Err(parameter(name, format!("{less} is less than 0.")).into()),
        },
        Holds::Retention(most) => match number(name, value)? {
            wanted if (0..=most).contains(&wanted) => Ok(value.clone()),
            _ => Err(Wrong::Retention(most)),
        },
        Holds::Seconds(known) => match number(name, value)? {
            wanted if known.contains(&wanted) => Ok(value.clone()),
            wanted => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                let text = format!(
                    "The value {wanted} of '{name}' is not allowed. Allowed values are {}.",
                    known.join(", ")
                );
                Err(parameter(name, text).into())
            }
        },
    }
}

fn number(name: &str, value: &Value) -> Result<i64, Refusal> {
    value
        .as_i64()
        .ok_or_else(|| body::invalid(format!("'{name}' is not an integer")))
}

fn first(name: &str, value: &Value) -> Result<Value, Wrong> {
    let items = value.as_array();
    let items = items.ok_or_else(|| body::invalid(format!("'{name}' is not a list")))?;
    if items.iter().any(|item| !item.is_string()) {
        return Err(body::invalid(format!("'{name}' is not a list of strings")).into());
    }
    Ok(items.first().cloned().unwrap_or_default())
}

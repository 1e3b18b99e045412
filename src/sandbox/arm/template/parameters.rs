//! Parameters of a template: what is declared, what is given, what follows from a default, and what
//! of it is told again afterwards.

use serde_json::{Map, Value, json};

use super::fault::{
    Fault, bad_declaration, key_vault, kind, no_object, not_declared, not_supplied, wrong_value,
};
use super::scope::{Scope, Stage, member};

/// A type of parameters and outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    SecureText,
    Integer,
    Flag,
    Object,
    SecureObject,
    Array,
}

impl Type {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Text, "String"),
        (Self::SecureText, "SecureString"),
        (Self::Integer, "Int"),
        (Self::Flag, "Bool"),
        (Self::Object, "Object"),
        (Self::SecureObject, "SecureObject"),
        (Self::Array, "Array"),
    ];

    /// Reads the type of a declaration.
    pub(super) fn of(what: &str, name: &str, declared: &Value) -> Result<Self, Fault> {
        let Value::Object(object) = declared else {
            return Err(bad_declaration(what, name, "it must be an object"));
        };
        let text = member(object, "type").and_then(|(_, value)| value.as_str());
        let Some(text) = text else {
            return Err(bad_declaration(what, name, "it has no 'type'"));
        };
        let found = Self::ALL
            .into_iter()
            .find(|(_, word)| word.eq_ignore_ascii_case(text));
        match found {
            Some((found, _)) => Ok(found),
            None => Err(bad_declaration(
                what,
                name,
                &format!("the type '{text}' is not known"),
            )),
        }
    }

    /// Returns the word in which the type is told.
    pub(super) fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == self)
            .map_or("", |(_, word)| word)
    }

    /// Tells whether the value must not be told again.
    pub(super) fn is_secure(self) -> bool {
        matches!(self, Self::SecureText | Self::SecureObject)
    }

    /// Tells whether a value is of this type.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text | Self::SecureText => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Flag => value.is_boolean(),
            Self::Object | Self::SecureObject => value.is_object(),
            Self::Array => value.is_array(),
        }
    }
}

/// Reads what a request gives: `{"name": {"value": …}}` becomes `{"name": …}`.
pub(crate) fn given(
    parameters: &Value,
    declared: &Map<String, Value>,
) -> Result<Map<String, Value>, Fault> {
    let parameters = match parameters {
        Value::Null => return Ok(Map::new()),
        Value::Object(parameters) => parameters,
        other => return Err(no_object("parameters", other)),
    };
    let unknown: Vec<&str> = parameters
        .keys()
        .map(String::as_str)
        .filter(|name| member(declared, name).is_none())
        .collect();
    if !unknown.is_empty() {
        let known: Vec<&str> = declared.keys().map(String::as_str).collect();
        return Err(not_declared(&unknown, &known));
    }
    let mut plain = Map::new();
    for (name, entry) in parameters {
        let Value::Object(entry) = entry else {
            let detail = format!(
                "Expected an object with 'value', but found a value of type '{}'",
                kind(entry)
            );
            return Err(wrong_value(name, &detail));
        };
        if entry.contains_key("reference") {
            return Err(key_vault(name));
        }
        let Some(value) = entry.get("value") else {
            return Err(wrong_value(name, "It has no 'value'"));
        };
        let known = member(declared, name).map_or(name, |(known, _)| known);
        plain.insert(known.clone(), value.clone());
    }
    Ok(plain)
}

/// Returns the values of all parameters: those given, and what follows from the defaults.
pub(crate) fn bind(scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
    let declared = scope.template.parameters.keys();
    declared
        .map(|name| Ok((name.clone(), scope.parameter(name)?)))
        .collect()
}

/// Returns what a deployment tells of its parameters: secure ones without their values.
pub(crate) fn told(scope: &Scope<'_>) -> Result<Map<String, Value>, Fault> {
    let mut told = Map::new();
    for (name, declared) in &scope.template.parameters {
        let kind = Type::of("parameter", name, declared)?;
        let entry = if kind.is_secure() {
            json!({ "type": kind.word() })
        } else {
            json!({ "type": kind.word(), "value": scope.parameter(name)? })
        };
        told.insert(name.clone(), entry);
    }
    Ok(told)
}

/// Returns the value of one parameter, once it has passed what is declared of it.
pub(super) fn value(scope: &Scope<'_>, name: &str, declared: &Value) -> Result<Value, Fault> {
    let kind_of = Type::of("parameter", name, declared)?;
    let given = scope.supplied.get(name).filter(|value| !value.is_null());
    let value = if let Some(value) = given {
        value.clone()
    } else {
        let default = declared.get("defaultValue");
        let default = default.ok_or_else(|| not_supplied(name))?;
        let frame = scope.frame(Stage::Default);
        let made = frame.value(default);
        made.map_err(|fault| fault.within("parameter", name))?
    };
    if !kind_of.fits(&value) {
        let detail = format!(
            "Expected a value of type '{}', but received a value of type '{}'",
            kind_of.word(),
            kind(&value)
        );
        return Err(wrong_value(name, &detail));
    }
    allowed(name, declared, kind_of, &value)?;
    bounds(name, declared, &value)?;
    Ok(value)
}

fn allowed(name: &str, declared: &Value, kind: Type, value: &Value) -> Result<(), Fault> {
    let Some(Value::Array(allowed)) = declared.get("allowedValues") else {
        return Ok(());
    };
    // Of an array, every item must be allowed.
    let every = kind == Type::Array
        && value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| allowed.contains(item)));
    if every || allowed.contains(value) {
        return Ok(());
    }
    let words: Vec<String> = allowed.iter().map(plain).collect();
    let shown = if kind.is_secure() {
        "The value".to_owned()
    } else {
        format!("The value '{}'", plain(value))
    };
    let detail = format!(
        "{shown} is not part of the allowed value(s): '{}'",
        words.join(",")
    );
    Err(wrong_value(name, &detail))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn bounds(name: &str, declared: &Value, value: &Value) -> Result<(), Fault> {
    let (measure, what, least, most) = match value {
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(i64::MAX);
            (number, "The value", "minValue", "maxValue")
        }
        Value::String(text) => {
            let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            (length, "Length of the value", "minLength", "maxLength")
        }
        Value::Array(items) => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            (length, "Length of the value", "minLength", "maxLength")
        }
        _ => return Ok(()),
    };
    let limit = |name: &str| declared.get(name).and_then(Value::as_i64);
    if let Some(limit) = limit(least).filter(|limit| measure < *limit) {
        let detail = format!("{what} should be greater than or equal to '{limit}'");
        return Err(wrong_value(name, &detail));
    }
    if let Some(limit) = limit(most).filter(|limit| measure > *limit) {
        let detail = format!("{what} should be less than or equal to '{limit}'");
        return Err(wrong_value(name, &detail));
    }
    Ok(())
}

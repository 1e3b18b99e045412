//! What can be wrong with a template, in Azure Resource Manager's words. The reference gives the
//! codes and the frames ("Deployment template validation failed: '…'"); it does not give the text
//! within the frame. Those texts are chosen here, all of them, after the service's manner.

use serde_json::Value;

/// Why a template or an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The template is not even one: `InvalidTemplate`, "parse failed".
    Unread(String),
    /// The template or its parameters break a rule: `InvalidTemplate`, "validation failed".
    Invalid(String),
    /// The request has what this scope does not take, under a code of its own.
    Refused {
        /// The service's code.
        code: String,
        /// The service's text.
        text: String,
    },
    /// The expression waits for something that is made during the deployment. It never leaves the
    /// template language.
    Deferred,
}

impl Fault {
    /// Returns the service's code.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Unread(_) | Self::Invalid(_) | Self::Deferred => "InvalidTemplate",
            Self::Refused { code, .. } => code,
        }
    }

    /// Returns the service's text, with its frame.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Unread(inner) => format!("Deployment template parse failed: '{inner}'."),
            Self::Invalid(inner) => format!("Deployment template validation failed: '{inner}'."),
            Self::Refused { text, .. } => text.clone(),
            Self::Deferred => {
                let inner = "The template function 'reference' is not expected at this location.";
                format!("Deployment template validation failed: '{inner}'.")
            }
        }
    }

    /// Says where in the template it is: `The template variable 'x'`, `The template resource 'y'`.
    pub(super) fn within(self, what: &str, name: &str) -> Self {
        match self {
            Self::Invalid(inner) if !inner.starts_with("The template ") => Self::Invalid(format!(
                "The template {what} '{name}' is not valid: {inner}"
            )),
            other => other,
        }
    }
}

fn invalid(text: String) -> Fault {
    Fault::Invalid(text)
}

/// Returns the service's word for the type of a value.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Float",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
    }
}

pub(super) fn no_object(what: &str, value: &Value) -> Fault {
    Fault::Unread(format!(
        "Expected an object for the {what}, but found a value of type '{}'",
        kind(value)
    ))
}

pub(super) fn missing_section(name: &str) -> Fault {
    Fault::Unread(format!("Required property '{name}' not found in JSON"))
}

pub(super) fn wrong_section(name: &str, expected: &str, value: &Value) -> Fault {
    Fault::Unread(format!(
        "The property '{name}' must be of type '{expected}', but is of type '{}'",
        kind(value)
    ))
}

pub(super) fn wrong_schema(schema: &str, expected: &str) -> Fault {
    invalid(format!(
        "The template schema '{schema}' is not supported at this scope. Expected a schema that ends in '{expected}'. Please see https://aka.ms/arm-template for usage details."
    ))
}

pub(super) fn unsupported_section(name: &str) -> Fault {
    invalid(format!(
        "The template section '{name}' is not supported by this sandbox"
    ))
}

pub(super) fn too_many(what: &str, limit: usize, count: usize) -> Fault {
    invalid(format!(
        "The number of template {what} limit exceeded. Limit: {limit} and actual: {count}. Please see https://aka.ms/arm-limits for usage details."
    ))
}

pub(super) fn unparsed(expression: &str, detail: &str) -> Fault {
    invalid(format!(
        "Unable to parse language expression '{expression}': {detail}."
    ))
}

pub(super) fn unknown_function(name: &str) -> Fault {
    invalid(format!(
        "The template function '{name}' is not valid. Please see https://aka.ms/arm-functions for usage details."
    ))
}

pub(super) fn misplaced_function(name: &str) -> Fault {
    invalid(format!(
        "The template function '{name}' is not expected at this location. Please see https://aka.ms/arm-functions for usage details."
    ))
}

pub(super) fn bad_call(name: &str, detail: &str) -> Fault {
    invalid(format!(
        "Unable to evaluate template language function '{name}': {detail}. Please see https://aka.ms/arm-functions for usage details."
    ))
}

pub(super) fn unknown_name(what: &str, name: &str) -> Fault {
    invalid(format!(
        "The template {what} '{name}' is not found. Please see https://aka.ms/arm-syntax-{what}s for usage details."
    ))
}

pub(super) fn circular_name(what: &str, name: &str) -> Fault {
    invalid(format!(
        "The template {what} '{name}' is not valid: circular reference detected. Please see https://aka.ms/arm-syntax-{what}s for usage details."
    ))
}

pub(super) fn no_member(name: &str, available: &[&str]) -> Fault {
    invalid(format!(
        "The language expression property '{name}' doesn't exist, available properties are '{}'",
        available.join(", ")
    ))
}

pub(super) fn no_members(name: &str, value: &Value) -> Fault {
    invalid(format!(
        "The language expression property '{name}' can't be evaluated: the value is of type '{}'",
        kind(value)
    ))
}

pub(super) fn out_of_bounds(index: i64, length: usize) -> Fault {
    invalid(format!(
        "The language expression property array index '{index}' is out of bounds: the array has {length} elements"
    ))
}

pub(super) fn not_supplied(name: &str) -> Fault {
    invalid(format!(
        "The value for the template parameter '{name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details."
    ))
}

pub(super) fn not_declared(names: &[&str], declared: &[&str]) -> Fault {
    invalid(format!(
        "The template parameters '{}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '{}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.",
        names.join(", "),
        declared.join(", ")
    ))
}

pub(super) fn wrong_value(name: &str, detail: &str) -> Fault {
    invalid(format!(
        "The provided value for the template parameter '{name}' is not valid. {detail}. Please see https://aka.ms/arm-create-parameter-file for usage details."
    ))
}

pub(super) fn key_vault(name: &str) -> Fault {
    Fault::Refused {
        code: "KeyVaultParameterReferenceNotFound".to_owned(),
        text: format!(
            "The value of the template parameter '{name}' is a reference to a key vault. This sandbox holds no key vaults: give the value itself."
        ),
    }
}

pub(super) fn bad_declaration(what: &str, name: &str, detail: &str) -> Fault {
    invalid(format!(
        "The template {what} '{name}' is not valid: {detail}. Please see https://aka.ms/arm-syntax-{what}s for usage details."
    ))
}

pub(super) fn bad_copy(name: &str, detail: &str) -> Fault {
    invalid(format!(
        "The template copy '{name}' is not valid: {detail}. Please see https://aka.ms/arm-copy for usage details."
    ))
}

pub(super) fn bad_segments(name: &str, kind: &str) -> Fault {
    invalid(format!(
        "The template resource '{name}' for type '{kind}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details."
    ))
}

pub(super) fn defined_twice(id: &str) -> Fault {
    invalid(format!(
        "The resource '{id}' is defined multiple times in a template. Please see https://aka.ms/arm-syntax-resources for usage details."
    ))
}

pub(super) fn undefined(name: &str) -> Fault {
    invalid(format!(
        "The resource '{name}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details."
    ))
}

pub(super) fn version_needed(id: &str) -> Fault {
    invalid(format!(
        "The resource '{id}' is not defined in the template, so the function that refers to it needs an api-version. Please see https://aka.ms/arm-syntax for usage details."
    ))
}

pub(super) fn circular_resources(ids: &[&str]) -> Fault {
    invalid(format!(
        "Circular dependency detected on resources: '{}'. Please see https://aka.ms/arm-syntax-resources for usage details.",
        ids.join("', '")
    ))
}

pub(super) fn wrong_output(name: &str, expected: &str, value: &Value) -> Fault {
    invalid(format!(
        "The template output '{name}' is not valid: expected a value of type '{expected}', but received a value of type '{}'",
        kind(value)
    ))
}

//! The arguments of a call, taken as what a function expects them to be.

use serde_json::{Map, Value};

use crate::sandbox::arm::template::fault::{Fault, bad_call, kind};

/// The evaluated arguments of one call.
pub(in crate::sandbox::arm::template) struct Args<'a> {
    /// The function, as it was called.
    pub(in crate::sandbox::arm::template) name: &'a str,
    /// The arguments.
    pub(in crate::sandbox::arm::template) values: &'a [Value],
}

impl<'a> Args<'a> {
    /// Returns an argument; `null` where there is none.
    pub(super) fn value(&self, at: usize) -> &'a Value {
        self.values.get(at).unwrap_or(&Value::Null)
    }

    /// Tells whether an argument is given.
    pub(super) fn has(&self, at: usize) -> bool {
        self.values.len() > at
    }

    /// Returns an argument that is a string.
    pub(super) fn text(&self, at: usize) -> Result<&'a str, Fault> {
        self.value(at)
            .as_str()
            .ok_or_else(|| self.wrong(at, "String"))
    }

    /// Returns an argument that is a string, or a default.
    pub(super) fn text_or(&self, at: usize, default: &'a str) -> Result<&'a str, Fault> {
        if self.has(at) {
            self.text(at)
        } else {
            Ok(default)
        }
    }

    /// Returns an argument that is an integer.
    pub(super) fn integer(&self, at: usize) -> Result<i64, Fault> {
        self.value(at)
            .as_i64()
            .ok_or_else(|| self.wrong(at, "Integer"))
    }

    /// Returns an argument that is a boolean.
    pub(super) fn flag(&self, at: usize) -> Result<bool, Fault> {
        self.value(at)
            .as_bool()
            .ok_or_else(|| self.wrong(at, "Boolean"))
    }

    /// Returns an argument that is an array.
    pub(super) fn list(&self, at: usize) -> Result<&'a [Value], Fault> {
        match self.value(at) {
            Value::Array(items) => Ok(items),
            _ => Err(self.wrong(at, "Array")),
        }
    }

    /// Returns an argument that is an object.
    pub(super) fn object(&self, at: usize) -> Result<&'a Map<String, Value>, Fault> {
        match self.value(at) {
            Value::Object(object) => Ok(object),
            _ => Err(self.wrong(at, "Object")),
        }
    }

    /// Returns a fault of an argument's type.
    pub(super) fn wrong(&self, at: usize, expected: &str) -> Fault {
        let found = kind(self.value(at));
        self.fault(&format!(
            "argument {} must be of type '{expected}', but is of type '{found}'",
            at + 1
        ))
    }

    /// Returns a fault of the call.
    pub(super) fn fault(&self, detail: &str) -> Fault {
        bad_call(self.name, detail)
    }
}

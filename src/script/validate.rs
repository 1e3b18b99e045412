//! Bodies are checked against their description before anything is sent: all faults at once, each
//! with its path and, where a name is misspelt, a suggestion.

use rhai::{Dynamic, Map};
use uuid::Uuid;

use super::date::{self, Date};
use super::error::{a_record, describe};
use super::record::{Record, Shape, kind_of};
use super::secret::SecretText;
use crate::api::model::{Kind, Service, Ty};
use crate::base::text::did_you_mean;

/// Whether the body makes a new object, so that it must be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Required fields must be there; those that the service sets must not.
    Creates,
    /// The body replaces an object, perhaps by what was read of it: required fields must be there,
    /// those that the service sets may be.
    Replaces,
    /// Any part will do.
    Changes,
}

/// Returns the faults of a body; none = it can be sent. Dates are put into the form of their field.
pub(super) fn faults(
    service: &'static Service,
    ty: Ty,
    body: &mut Dynamic,
    mode: Body,
) -> Vec<String> {
    let mut walk = Walk {
        service,
        mode,
        path: Vec::new(),
        faults: Vec::new(),
    };
    walk.value(body, ty);
    walk.faults
}

/// Returns the faults of one value that is no body: a parameter's or an option's.
pub(super) fn fault(service: &'static Service, ty: Ty, value: &mut Dynamic) -> Option<String> {
    let faults = faults(service, ty, value, Body::Changes);
    faults.into_iter().next()
}

struct Walk {
    service: &'static Service,
    mode: Body,
    path: Vec<String>,
    faults: Vec<String>,
}

impl Walk {
    fn value(&mut self, value: &mut Dynamic, ty: Ty) {
        match kind_of(self.service, ty) {
            Kind::Any => {}
            Kind::Rec(index) => self.record(value, index),
            Kind::Array(item) => self.array(value, Ty(item)),
            Kind::Dict(item) => self.dictionary(value, Ty(item)),
            Kind::Enum(index) => self.one_of(value, index),
            Kind::Day => {
                if let Some(date) = date::of(value) {
                    *value = date.text().chars().take(10).collect::<String>().into();
                } else {
                    self.expected("a date", value);
                }
            }
            kind => {
                if let Some(expected) = wrong(kind, value) {
                    self.expected(expected, value);
                }
            }
        }
    }

    fn record(&mut self, value: &mut Dynamic, index: u16) {
        let Some(schema) = self.service.schemas.get(usize::from(index)) else {
            return;
        };
        if let Some(record) = value.read_lock::<Record>() {
            let same = std::ptr::eq(record.service(), self.service)
                && matches!(record.shape(), Shape::Rec(shape) if shape == index);
            if !same && record.shape() != Shape::Any {
                let what = format!(
                    "expected {} or a map, got {}",
                    a_record(schema.name),
                    a_record(record.kind())
                );
                drop(record);
                self.fault(&what);
            }
            return;
        }
        if !value.is_map() {
            self.expected("a map", value);
            return;
        }
        let Ok(mut map) = value.as_map_mut() else {
            return;
        };
        self.required(&map, index);
        for (name, value) in map.iter_mut() {
            self.path.push(name.to_string());
            match schema.field(name) {
                None if schema.open => {}
                None => self.unknown(name, index),
                Some(field) if field.read_only() && self.mode == Body::Creates => {
                    self.fault("is set by the service; leave it out");
                }
                Some(field) if field.read_only() && self.mode == Body::Replaces => {}
                Some(field) if value.is_unit() => {
                    if !field.nullable() {
                        self.fault("must not be `()`; leave it out instead");
                    }
                }
                Some(field) => self.value(value, field.ty),
            }
            self.path.pop();
        }
    }

    fn required(&mut self, map: &Map, index: u16) {
        if self.mode == Body::Changes {
            return;
        }
        let schema = &self.service.schemas[usize::from(index)];
        let fields = schema
            .fields
            .iter()
            .filter(|field| field.required() && !field.read_only());
        for field in fields.filter(|field| !map.contains_key(field.name)) {
            self.path.push(field.name.to_owned());
            self.fault("is required");
            self.path.pop();
        }
    }

    fn unknown(&mut self, name: &str, index: u16) {
        let schema = &self.service.schemas[usize::from(index)];
        let near = did_you_mean(name, schema.fields.iter().map(|field| field.name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        self.fault(&format!("is not a field of {}{hint}", schema.name));
    }

    fn array(&mut self, value: &mut Dynamic, item: Ty) {
        if !value.is_array() {
            self.expected("an array", value);
            return;
        }
        let Ok(mut items) = value.as_array_mut() else {
            return;
        };
        for (number, value) in items.iter_mut().enumerate() {
            self.path.push(number.to_string());
            self.value(value, item);
            self.path.pop();
        }
    }

    fn dictionary(&mut self, value: &mut Dynamic, item: Ty) {
        if value.is::<Record>() {
            return;
        }
        if !value.is_map() {
            self.expected("a map", value);
            return;
        }
        let Ok(mut map) = value.as_map_mut() else {
            return;
        };
        for (name, value) in map.iter_mut() {
            self.path.push(name.to_string());
            self.value(value, item);
            self.path.pop();
        }
    }

    fn one_of(&mut self, value: &Dynamic, index: u16) {
        let Some(choices) = self.service.enums.get(usize::from(index)) else {
            return;
        };
        let Ok(text) = value.as_immutable_string_ref() else {
            self.expected("a text", value);
            return;
        };
        if choices.contains(&text.as_str()) || self.service.is_open(index) {
            return;
        }
        let near = did_you_mean(&text, choices.iter().copied());
        let near = near.or_else(|| {
            choices
                .iter()
                .copied()
                .find(|one| one.eq_ignore_ascii_case(&text))
        });
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let what = format!(
            "{:?} is not one of {}{hint}",
            text.as_str(),
            choices.join(", ")
        );
        drop(text);
        self.fault(&what);
    }

    fn expected(&mut self, what: &str, value: &Dynamic) {
        let got = describe(value);
        self.fault(&format!("expected {what}, got {got}"));
    }

    fn fault(&mut self, what: &str) {
        let fault = if self.path.is_empty() {
            what.to_owned()
        } else {
            format!("`{}` {what}", self.path.join("."))
        };
        self.faults.push(fault);
    }
}

/// Returns what a plain value should have been, if it is something else.
fn wrong(kind: Kind, value: &Dynamic) -> Option<&'static str> {
    let text = || value.as_immutable_string_ref().ok();
    let (right, expected) = match kind {
        Kind::Bool => (value.is_bool(), "`true` or `false`"),
        Kind::Int => (value.is_int(), "a whole number"),
        Kind::Num => (
            value.is_int() || value.is_decimal() || value.is_float(),
            "a number",
        ),
        Kind::Date => (
            value.is::<Date>() || text().is_some_and(|text| Date::parse(&text).is_some()),
            "a date",
        ),
        Kind::Guid => (
            text().is_some_and(|text| Uuid::parse_str(&text).is_ok()),
            "a GUID",
        ),
        Kind::Secret => (value.is::<SecretText>() || value.is_string(), "a text"),
        Kind::Text => (value.is_string() || value.is_char(), "a text"),
        _ => (true, ""),
    };
    (!right).then_some(expected)
}

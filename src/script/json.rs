//! Script values as JSON text and back, without loss: records are written as they came, decimals
//! with their digits. What has no JSON form is refused with its path, and secrets are never shown.

use bytes::Bytes;
use rhai::Dynamic;

use super::date::Date;
use super::error::{Thrown, argument, describe};
use super::outcome::Outcomes;
use super::record::{Record, kind_of};
use super::secret::{MASK, SecretText};
use super::{number, scan};
use crate::api::model::{Kind, Service, Ty};
use crate::error::Error;

const DEPTH: usize = 128;

/// What the text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A request's body: secrets travel.
    Wire,
    /// Results and files: secrets are refused, those inside records masked.
    Show,
}

/// Returns a value's JSON text.
pub(super) fn text(value: &Dynamic, purpose: Purpose) -> Result<String, Error> {
    let mut out = String::with_capacity(128);
    write(value, purpose, &mut out)?;
    Ok(out)
}

/// Writes a value's JSON text.
pub(super) fn write(value: &Dynamic, purpose: Purpose, out: &mut String) -> Result<(), Error> {
    Writer {
        purpose,
        out,
        path: Vec::new(),
    }
    .value(value)
}

/// Calls `use_text` with a record's text as it may be shown.
pub(super) fn shown<T>(record: &Record, use_text: impl FnOnce(&str) -> T) -> T {
    let text = record.text();
    if !record.origin().may_hold_secret(text) {
        return use_text(text);
    }
    let mut out = String::new();
    masked(record, &mut out);
    use_text(&out)
}

struct Writer<'a> {
    purpose: Purpose,
    out: &'a mut String,
    path: Vec<Step>,
}

/// A step from a value into one of its parts.
enum Step {
    Name(rhai::Identifier),
    Number(usize),
}

impl Writer<'_> {
    fn value(&mut self, value: &Dynamic) -> Result<(), Error> {
        if self.path.len() > DEPTH {
            return Err(argument("the value is nested too deeply"));
        }
        if let Ok(text) = value.as_immutable_string_ref() {
            string(&text, self.out);
        } else if let Ok(whole) = value.as_int() {
            self.out.push_str(&whole.to_string());
        } else if let Ok(truth) = value.as_bool() {
            self.out.push_str(if truth { "true" } else { "false" });
        } else if value.is_unit() {
            self.out.push_str("null");
        } else if let Some(record) = value.read_lock::<Record>() {
            self.record(&record);
        } else if let Ok(map) = value.as_map_ref() {
            self.map(&map)?;
        } else if let Ok(items) = value.as_array_ref() {
            self.array(&items)?;
        } else if let Ok(exact) = value.as_decimal() {
            self.out.push_str(&exact.to_string());
        } else if let Ok(float) = value.as_float() {
            self.float(float)?;
        } else {
            self.other(value)?;
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) {
        match self.purpose {
            Purpose::Wire => self.out.push_str(record.text()),
            Purpose::Show => shown(record, |text| self.out.push_str(text)),
        }
    }

    fn map(&mut self, map: &rhai::Map) -> Result<(), Error> {
        self.out.push('{');
        for (number, (name, value)) in map.iter().enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            string(name, self.out);
            self.out.push(':');
            self.path.push(Step::Name(name.clone()));
            self.value(value)?;
            self.path.pop();
        }
        self.out.push('}');
        Ok(())
    }

    fn array(&mut self, items: &[Dynamic]) -> Result<(), Error> {
        self.out.push('[');
        for (number, value) in items.iter().enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            self.path.push(Step::Number(number));
            self.value(value)?;
            self.path.pop();
        }
        self.out.push(']');
        Ok(())
    }

    fn float(&mut self, float: f64) -> Result<(), Error> {
        let number = serde_json::Number::from_f64(float)
            .ok_or_else(|| self.refused("has no JSON form: it is not a finite number"))?;
        self.out.push_str(&number.to_string());
        Ok(())
    }

    fn other(&mut self, value: &Dynamic) -> Result<(), Error> {
        if let Some(date) = value.read_lock::<Date>() {
            string(date.text(), self.out);
        } else if let Some(secret) = value.read_lock::<SecretText>() {
            if self.purpose == Purpose::Show {
                return Err(self
                    .refused("is a secret, which is never shown")
                    .help("write it with `secret_file(path, value)`"));
            }
            string(secret.expose(), self.out);
        } else if let Some(thrown) = value.read_lock::<Thrown>() {
            let map = thrown.to_map();
            self.map(&map)?;
        } else if let Some(outcomes) = value.read_lock::<Outcomes>() {
            let rows = outcomes.to_array();
            self.array(&rows)?;
        } else if let Ok(letter) = value.as_char() {
            string(&letter.to_string(), self.out);
        } else if value.is::<super::pager::List>() {
            return Err(self
                .refused("is a list that is still to be read")
                .help("call `.to_array()` on it"));
        } else {
            return Err(self.refused(&format!("has no JSON form: it is {}", describe(value))));
        }
        Ok(())
    }

    fn refused(&self, why: &str) -> Error {
        if self.path.is_empty() {
            return argument(format!("the value {why}"));
        }
        let words = self.path.iter().map(|step| match step {
            Step::Name(name) => name.to_string(),
            Step::Number(number) => number.to_string(),
        });
        let path: Vec<String> = words.collect();
        argument(format!("`{}` {why}", path.join(".")))
    }
}

/// Writes a text with quotes and escapes.
pub(super) fn string(text: &str, out: &mut String) {
    // Without an early end the compiler looks at many bytes at a time.
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    if !text.bytes().fold(false, |any, byte| any | special(byte)) {
        out.push('"');
        out.push_str(text);
        out.push('"');
        return;
    }
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// Writes a record with its secrets masked.
fn masked(record: &Record, out: &mut String) {
    out.push('{');
    for (number, (name, text, ty)) in record.members().into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        string(&name, out);
        out.push(':');
        mask(record, text, kind_of(record.service(), ty), out);
    }
    out.push('}');
}

fn mask(owner: &Record, text: &str, kind: Kind, out: &mut String) {
    let service: &'static Service = owner.service();
    match (kind, text.as_bytes().first()) {
        (Kind::Secret, Some(first)) if *first != b'n' => string(MASK, out),
        (Kind::Rec(_) | Kind::Dict(_), Some(b'{')) => {
            let page = Bytes::copy_from_slice(text.as_bytes());
            let at = scan::whole(&page);
            let shape = super::decode::shape(kind);
            let origin = std::sync::Arc::clone(owner.origin());
            masked(&Record::new(page, at, shape, origin), out);
        }
        (Kind::Array(ty), Some(b'[')) => {
            out.push('[');
            let at = scan::whole(text.as_bytes());
            for (number, item) in scan::elements(text.as_bytes(), &at).iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                let item = text.get(item.start as usize..item.end as usize);
                mask(owner, item.unwrap_or("null"), kind_of(service, Ty(ty)), out);
            }
            out.push(']');
        }
        _ => out.push_str(text),
    }
}

/// Reads JSON text into plain maps, arrays and values; `None` if it is no JSON, or too deep.
pub(super) fn plain(bytes: &[u8]) -> Option<Dynamic> {
    let raw: &serde_json::value::RawValue = serde_json::from_slice(bytes).ok()?;
    tree(raw.get().as_bytes(), 0)
}

/// Builds the tree of a text that is known to be valid; `None` if it is deeper than values may be.
fn tree(text: &[u8], depth: usize) -> Option<Dynamic> {
    if depth > DEPTH {
        return None;
    }
    let inner = |at: &std::ops::Range<u32>| &text[at.start as usize..at.end as usize];
    Some(match text.first() {
        Some(b'{') => scan::members(text, &scan::whole(text))
            .iter()
            .map(|member| {
                let name = scan::named(inner(&member.name));
                Some((name.into(), tree(inner(&member.value), depth + 1)?))
            })
            .collect::<Option<rhai::Map>>()?
            .into(),
        Some(b'[') => scan::elements(text, &scan::whole(text))
            .iter()
            .map(|at| tree(inner(at), depth + 1))
            .collect::<Option<rhai::Array>>()?
            .into(),
        Some(b'"') => scan::string(text).into(),
        Some(b't') => true.into(),
        Some(b'f') => false.into(),
        Some(b'n') | None => Dynamic::UNIT,
        Some(_) => number::read(std::str::from_utf8(text).unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_come_and_go_without_loss() {
        let source =
            r#"{"a":12.3400,"b":[1,true,null,"x\n\"y\""],"c":{},"d":123456789012345678901234567}"#;
        let value = plain(source.as_bytes()).expect("valid");
        assert_eq!(text(&value, Purpose::Show).expect("has a form"), source);
        assert!(plain(b"{\"a\":1} x").is_none());
        let deep = |depth| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(plain(&deep(100)).is_some());
        assert!(plain(&deep(1000)).is_none());
        assert!(plain(&deep(200_000)).is_none());
    }

    #[test]
    fn what_has_no_form_is_refused_with_its_path() {
        let mut map = rhai::Map::new();
        map.insert("a".into(), vec![Dynamic::from(f64::NAN)].into());
        let error = text(&map.into(), Purpose::Show).expect_err("not a number");
        assert_eq!(
            error.to_string(),
            "`a.0` has no JSON form: it is not a finite number"
        );
    }

    #[test]
    fn secrets_travel_but_are_not_shown() {
        let secret = crate::base::secret::Secret::new("pw".to_owned());
        let value = Dynamic::from(SecretText::new(secret));
        assert_eq!(text(&value, Purpose::Wire).expect("travels"), "\"pw\"");
        assert!(text(&value, Purpose::Show).is_err());
    }
}

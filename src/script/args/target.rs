//! The path and query of a call, from its parameters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Parts;
use crate::api::document::snake_case;
use crate::api::model::Operation;

/// What stands as it is in a path segment or a query value.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b',')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');

/// The same in the paths of Azure, where names of Recovery Services have parts between `;`.
const OF_AZURE: &AsciiSet = &PLAIN.remove(b';');

impl Parts {
    /// Returns the path and query beneath the service's root.
    pub(in crate::script) fn target(&self, operation: &Operation) -> String {
        let path = operation.path;
        let plain = if operation.is_of_azure() {
            OF_AZURE
        } else {
            PLAIN
        };
        let mut target = String::with_capacity(path.len() + 40);
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            target.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let param = operation.in_path().find(|param| param.wire == name);
            let name = param.map_or_else(|| snake_case(name), |param| param.name.to_owned());
            let known = self.keys.iter().find(|(key, _)| *key == name);
            match known {
                // A key in quotes: its own are doubled.
                Some((_, value)) if before.ends_with('\'') => {
                    let value = value.replace('\'', "''");
                    target.extend(utf8_percent_encode(&value, plain));
                }
                Some((_, value)) if param.is_some_and(|param| param.whole) => {
                    let parts = value.split('/').filter(|part| !part.is_empty());
                    let parts = parts.map(|part| utf8_percent_encode(part, plain).to_string());
                    target.push_str(&parts.collect::<Vec<_>>().join("/"));
                }
                Some((_, value)) => target.extend(utf8_percent_encode(value, plain)),
                None => {}
            }
            rest = after;
        }
        target.push_str(rest);
        for (name, value) in &self.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(name);
            target.push('=');
            target.extend(utf8_percent_encode(value, PLAIN));
        }
        target
    }
}

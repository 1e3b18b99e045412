//! Getters for the properties that a script names. The engine would find every property through the
//! records' indexer, but only after it has written an error about a missing getter: a third of the
//! cost of each access.

use std::collections::HashSet;

use rhai::Engine;

use super::error::raise;
use super::record::Record;

/// Registers getters for all properties that stand behind a dot in the text.
pub(super) fn register(engine: &mut Engine, text: &str) {
    let named: HashSet<&str> = behind_dots(text).collect();
    for name in named {
        let property = name.to_owned();
        engine.register_get(name, move |record: &mut Record| {
            record.get(&property).map_err(raise)
        });
    }
}

/// Returns the words that follow a dot and are no calls.
fn behind_dots(text: &str) -> impl Iterator<Item = &str> {
    text.split('.').skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let is_name = word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
        (is_name && !rest.trim_start().starts_with('(')).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_behind_dots_are_found() {
        let found: Vec<_> = behind_dots("a.b?.c_d\n  .e(1.5).f .g ()").collect();
        assert_eq!(found, ["b", "c_d", "f"]);
    }
}

//! The texts of the scripts that a session has read, so that errors can point into them.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use rhai::Position;

use super::rewrite;
use crate::error::At;

/// The texts of the scripts that a session has read. The main script has the empty name.
#[derive(Debug, Default)]
pub(super) struct Sources(RwLock<HashMap<String, String>>);

impl Sources {
    /// Remembers a text.
    pub(super) fn insert(&self, name: &str, text: &str) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        texts.insert(name.to_owned(), text.to_owned());
    }

    /// Returns a position as a place.
    pub(super) fn at(&self, source: &str, position: Position) -> Option<At> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rewrite::at(source, texts.get(source).map(String::as_str), position)
    }

    /// Returns the expression in front of `.name` at a position, as far as it is names and dots.
    pub(super) fn owner(&self, source: &str, position: Position, name: &str) -> Option<String> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let line = texts.get(source)?.lines().nth(position.line()? - 1)?;
        let column = position.position()?;
        let skipped = line.char_indices().nth(column.saturating_sub(1))?.0;
        let at = skipped + line.get(skipped..)?.find(name)?;
        let before = line.get(..at)?.trim_end_matches('.');
        let start = before
            .rfind(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.')))
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
        let owner = before.get(start..)?;
        (!owner.is_empty() && at > start + owner.len()).then(|| format!("`{owner}`"))
    }

    /// Returns all texts by their names.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        texts
            .iter()
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect()
    }
}

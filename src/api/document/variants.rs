//! Types that are told apart by a word of theirs (`discriminator`): a record of the common type has
//! the properties of all of them, since a document says the common type where any of them may stand.

use std::collections::{HashMap, HashSet};

use super::node::{Node, Source};

/// The types that extend others, by the place of what they extend.
#[derive(Debug, Default)]
pub(super) struct Variants<'a>(HashMap<String, Vec<(Node<'a>, &'a str)>>);

impl<'a> Variants<'a> {
    /// Finds those of documents of others; ours do without.
    pub(super) fn of(source: &Source<'a>) -> Self {
        let mut all = Self::default();
        if source.foreign.is_none() {
            return all;
        }
        for document in source.documents {
            let root = Node::root(document);
            let schemas = root.get("components").and_then(|it| it.get("schemas"));
            let described = root.get("definitions").into_iter().chain(schemas);
            for (name, shape) in described.flat_map(|shapes| shapes.members()) {
                let bases = shape.get("allOf").map(|all| all.elements());
                for base in bases.unwrap_or_default() {
                    if let Some(base) = source.quietly(&base) {
                        let extended = all.0.entry(base.place()).or_default();
                        extended.push((shape.clone(), name));
                    }
                }
            }
        }
        all
    }

    /// Returns everything that extends a type which tells its variants apart, however far.
    pub(super) fn of_base(&self, base: &Node<'a>) -> Vec<(Node<'a>, &'a str)> {
        let mut found = Vec::new();
        if self.0.is_empty() || base.get("discriminator").is_none() {
            return found;
        }
        let mut seen = HashSet::from([base.place()]);
        let mut left = vec![base.place()];
        while let Some(place) = left.pop() {
            for (variant, name) in self.0.get(&place).into_iter().flatten() {
                if seen.insert(variant.place()) {
                    left.push(variant.place());
                    found.push((variant.clone(), *name));
                }
            }
        }
        found
    }
}

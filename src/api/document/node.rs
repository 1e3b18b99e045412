//! A value in a document together with its place, and references between values. It knows JSON
//! and `$ref`, not what the values mean.

use serde_json::Value;

use super::problem::Problems;

/// One document of a service, parsed.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// File name, by which other documents refer to it and problems name it.
    pub name: &'a str,
    /// What it holds.
    pub value: &'a Value,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    value: &'a Value,
    document: &'a str,
    path: String,
}

impl<'a> Node<'a> {
    /// Returns the root of a document.
    pub(super) fn root(document: &Document<'a>) -> Self {
        Self {
            value: document.value,
            document: document.name,
            path: "$".to_owned(),
        }
    }

    /// Returns the value itself.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Returns the name of the document.
    pub(super) fn document(&self) -> &'a str {
        self.document
    }

    /// Returns the place as a JSON path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the member of that name.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        Some(self.member(key, self.value.get(key)?))
    }

    /// Returns the text of the member of that name, if it is text.
    pub(super) fn text_of(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Returns all members; none for a value that is no object.
    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let Some(map) = self.value.as_object() else {
            return Vec::new();
        };
        map.iter()
            .map(|(key, value)| (key.as_str(), self.member(key, value)))
            .collect()
    }

    /// Returns all elements; none for a value that is no array.
    pub(super) fn elements(&self) -> Vec<Self> {
        let elements = self.value.as_array().map_or(&[][..], Vec::as_slice);
        let at = |(index, value)| Self {
            value,
            document: self.document,
            path: format!("{}[{index}]", self.path),
        };
        elements.iter().enumerate().map(at).collect()
    }

    fn member(&self, key: &str, value: &'a Value) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
        let path = if key.chars().all(plain) {
            format!("{}.{key}", self.path)
        } else {
            format!("{}['{key}']", self.path)
        };
        Self {
            value,
            document: self.document,
            path,
        }
    }
}

/// All documents of a service, and what is wrong with them.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) documents: &'a [Document<'a>],
    pub(super) problems: Problems,
}

impl<'a> Source<'a> {
    /// Follows `$ref` from a node to what it means. Returns the target and, if a reference was
    /// followed, the last part of its pointer: the target's name.
    pub(super) fn follow(&self, node: &Node<'a>) -> (Node<'a>, Option<&'a str>) {
        let mut at = node.clone();
        let mut name = None;
        for _ in 0..16 {
            let Some(link) = at.text_of("$ref") else {
                return (at, name);
            };
            let Some(target) = self.target(&at, link) else {
                self.problems.add(&at, format!("`{link}` leads to nothing"));
                return (at, name);
            };
            name = link.rsplit('/').next();
            at = target;
        }
        self.problems.add(&at, "`$ref` leads in a circle");
        (at, name)
    }

    fn target(&self, from: &Node<'a>, link: &str) -> Option<Node<'a>> {
        let (file, pointer) = link.split_once('#')?;
        let name = if file.is_empty() { from.document } else { file };
        let document = self.documents.iter().find(|known| known.name == name)?;
        pointer
            .split('/')
            .skip(1)
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .try_fold(Node::root(document), |node, part| node.get(&part))
    }
}

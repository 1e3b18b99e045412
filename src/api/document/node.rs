//! A value in a document together with its place, and references between values. It knows JSON
//! and `$ref`, not what the values mean.

use serde_json::Value;

use super::foreign::Foreign;
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

    /// Returns document and place, as one text.
    pub(super) fn place(&self) -> String {
        format!("{}{}", self.document, self.path)
    }

    /// Returns whether the member of that name says `true`.
    pub(super) fn says(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
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

    /// Returns the member of that name, or the element of that number.
    fn step(&self, part: &str) -> Option<Self> {
        if !self.value.is_array() {
            return self.get(part);
        }
        let number: usize = part.parse().ok()?;
        self.elements().into_iter().nth(number)
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
    /// Whether the service is one of Azure, in whose paths objects of Azure Resource Manager stand.
    pub(super) azure: bool,
    /// What is particular to documents that this project did not write.
    pub(super) foreign: Option<Foreign<'a>>,
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
            let target = match self.target(&at, link) {
                Ok(target) => target,
                Err(why) => {
                    self.problems.add(&at, why);
                    return (at, name);
                }
            };
            name = link.rsplit('/').next();
            at = target;
        }
        self.problems.add(&at, "`$ref` leads in a circle");
        (at, name)
    }

    /// Returns where a reference leads, without a word about one that leads nowhere.
    pub(super) fn quietly(&self, node: &Node<'a>) -> Option<Node<'a>> {
        self.target(node, node.text_of("$ref")?).ok()
    }

    fn target(&self, from: &Node<'a>, link: &str) -> Result<Node<'a>, String> {
        let (file, pointer) = link.split_once('#').unwrap_or((link, ""));
        let name = match (file, &self.foreign) {
            ("", _) => from.document.to_owned(),
            (file, None) => file.to_owned(),
            (file, Some(_)) => beside(from.document, file),
        };
        let Some(document) = self.documents.iter().find(|known| known.name == name) else {
            let why = self.foreign.as_ref().and_then(|foreign| foreign.why(&name));
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            return Err(format!("`{link}` leads to nothing{why}"));
        };
        let found = pointer
            .split('/')
            .skip(1)
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .try_fold(Node::root(document), |node, part| node.step(&part));
        found.ok_or_else(|| format!("`{link}` leads to nothing"))
    }
}

/// Returns the name of a file to which a document refers, from where that document lies. Both are
/// paths whose parts are joined by `/`.
pub fn beside(document: &str, link: &str) -> String {
    let link = link.replace('\\', "/");
    let folder = document.rsplit_once('/').map(|(folder, _)| folder);
    let whole = match folder {
        Some(folder) if !link.starts_with('/') => format!("{folder}/{link}"),
        _ => link,
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match (part, parts.last()) {
            (".", _) => {}
            ("..", Some(last)) if !matches!(*last, ".." | "") => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_reference_starts_where_its_document_lies() {
        let check = |document: &str, link: &str, expected: &str| {
            assert_eq!(beside(document, link), expected, "{document} {link}");
        };
        check("nat.json", "./common.json", "common.json");
        check("a/b/nat.json", "../types.json", "a/types.json");
        check("../nat.json", "../../types.json", "../../../types.json");
        check("/specs/nat.json", "v5/types.json", "/specs/v5/types.json");
        check("/specs/nat.json", "/types.json", "/types.json");
    }
}

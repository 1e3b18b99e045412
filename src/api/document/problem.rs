//! What is wrong with a document, and where. Problems are collected, so that one run shows all.

use std::cell::RefCell;
use std::fmt;

use super::node::Node;

/// Something wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the document.
    pub document: String,
    /// Where in it, as a JSON path: `$.paths['/v1/customers'].get.x-tenantry.effect`.
    pub path: String,
    /// What is wrong: a fragment without a final period.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.document, self.path, self.text)
    }
}

/// Collects problems while reading goes on.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Notes a problem at a node; the same one is noted once, however often its node is read.
    pub(super) fn add(&self, node: &Node<'_>, text: impl Into<String>) {
        let problem = Problem {
            document: node.document().to_owned(),
            path: node.path().to_owned(),
            text: text.into(),
        };
        let mut all = self.0.borrow_mut();
        if !all.contains(&problem) {
            all.push(problem);
        }
    }

    /// Returns how many problems were found so far.
    pub(super) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// Returns all problems in the order they were found.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

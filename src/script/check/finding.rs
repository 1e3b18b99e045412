//! One thing that a check found, and how findings become the one error of a run.

use crate::error::{At, Code, Error};
use crate::script::diagnostic::Severity;

/// One thing that a check found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Whether the script can still run.
    pub severity: Severity,
    /// What was found, where, and what to do.
    pub error: Error,
}

impl Finding {
    /// Creates a finding that stops the script.
    pub fn error(code: Code, message: impl Into<String>, at: At) -> Self {
        Self {
            severity: Severity::Error,
            error: Error::new(code, message).at(at),
        }
    }

    /// Creates a finding that does not.
    pub fn warning(code: Code, message: impl Into<String>, at: At) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message, at)
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.error = self.error.help(help);
        self
    }

    /// Adds a suggestion, if there is one.
    #[must_use]
    pub fn suggest(self, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Adds a few words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.error = self.error.label(label);
        self
    }

    /// Returns the errors among the findings as one: the first, with the others related to it.
    pub fn errors(findings: impl IntoIterator<Item = Self>) -> Option<Error> {
        let mut errors = findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.error);
        let first = errors.next()?;
        Some(first.related(errors))
    }

    /// Sorts findings by place, the main script first, and drops what was found twice.
    pub fn in_order(mut findings: Vec<Self>) -> Vec<Self> {
        let place = |finding: &Self| {
            let at = finding.error.parts().at.as_ref();
            at.map(|at| (at.source.clone(), at.line, at.column))
        };
        findings.sort_by_key(place);
        findings.dedup_by(|a, b| {
            place(a) == place(b) && a.error.parts().message == b.error.parts().message
        });
        findings
    }
}

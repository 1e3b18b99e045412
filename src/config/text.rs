//! The text of the configuration file, and the problems that are found in it, each with its line. A
//! line that may hold a secret is named and never quoted.

use std::cell::RefCell;
use std::ops::Range;

use crate::error::{At, Code, Error};

/// The text of a file, and what is wrong with it so far.
#[derive(Debug)]
pub(super) struct Text {
    name: String,
    content: String,
    problems: RefCell<Vec<Error>>,
}

impl Text {
    /// Takes the text of the file of that name.
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            content: text.into(),
            problems: RefCell::default(),
        }
    }

    /// Returns the whole text.
    pub(super) fn as_str(&self) -> &str {
        &self.content
    }

    /// Notes a problem of the bytes `span`.
    pub(super) fn problem(&self, span: Option<Range<usize>>, message: &str, parts: Parts<'_>) {
        let error = self.error(span, message, parts);
        self.problems.borrow_mut().push(error);
    }

    /// Returns the error of a problem of the bytes `span`.
    pub(super) fn error(
        &self,
        span: Option<Range<usize>>,
        message: &str,
        parts: Parts<'_>,
    ) -> Error {
        let mut error =
            match self.place(span) {
                Place::Shown(at) => Error::new(Code::UsageConfig, message).at(at),
                Place::Hidden(line) => {
                    let message = format!("{message} (line {line} of {})", self.name);
                    return Error::new(Code::UsageConfig, message).help(parts.help.unwrap_or(
                        "look at that line; it is not shown because it may hold a secret",
                    ));
                }
                Place::Nowhere => {
                    Error::new(Code::UsageConfig, format!("{message} (in {})", self.name))
                }
            };
        if let Some(label) = parts.label {
            error = error.label(label);
        }
        match parts.help {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// Fails if there were problems: as the first of them, with the others beside it.
    pub(super) fn sound(&self) -> Result<(), Error> {
        let mut problems = self.problems.take().into_iter();
        match problems.next() {
            Some(first) => Err(first.related(problems)),
            None => Ok(()),
        }
    }

    fn place(&self, span: Option<Range<usize>>) -> Place {
        let Some(span) = span.filter(|span| span.start <= self.content.len()) else {
            return Place::Nowhere;
        };
        let before = self.content.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = &self.content[begin..];
        let whole = rest.lines().next().unwrap_or_default();
        if may_hold_secret(whole) {
            return Place::Hidden(line);
        }
        let end = span.end.clamp(before.len(), begin + whole.len());
        let meant = self.content.get(before.len()..end).unwrap_or_default();
        Place::Shown(At {
            source: self.name.clone(),
            line,
            column: before[begin..].chars().count() + 1,
            length: meant.chars().count().max(1),
        })
    }
}

/// What an error says beside its message.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts<'a> {
    /// Beside the caret.
    pub(super) label: Option<&'a str>,
    /// What to do.
    pub(super) help: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Says only what to do.
    pub(super) fn help(help: &'a str) -> Self {
        Self {
            help: Some(help),
            label: None,
        }
    }

    /// Says a few words beside the caret.
    pub(super) fn label(label: &'a str) -> Self {
        Self {
            label: Some(label),
            help: None,
        }
    }
}

enum Place {
    Shown(At),
    Hidden(usize),
    Nowhere,
}

/// Returns whether a key is of the kind under which secrets are kept.
pub(super) fn names_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    key != "secrets"
        && [
            "secret",
            "password",
            "passphrase",
            "token",
            "private",
            "pwd",
        ]
        .iter()
        .any(|word| key.contains(word))
}

/// Returns whether a line gives a value to such a key.
fn may_hold_secret(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(key, _)| names_secret(key.trim().trim_matches(['"', '\''])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_its_line_and_column() {
        let text = Text::new("config.toml", "# é\ncurrent = \"ü\" # x\n");
        let start = text.as_str().find("\"ü").expect("there");
        let error = text.error(Some(start..start + 4), "wrong", Parts::default());
        let at = error.parts().at.as_ref().expect("a place");
        assert_eq!((at.line, at.column, at.length), (2, 11, 3));
        let past = text.error(Some(900..901), "wrong", Parts::default());
        assert!(past.parts().at.is_none());
        let end = text.as_str().len();
        let last = text.error(Some(end..end), "wrong", Parts::default());
        assert_eq!(last.parts().at.as_ref().map(|at| at.line), Some(3));
    }

    #[test]
    fn a_line_with_a_secret_is_named_and_not_quoted() {
        for line in [
            "client_secret = x~y",
            "\"Password\" = 'a'",
            "refresh-token=1",
        ] {
            let text = Text::new("config.toml", line);
            let error = text.error(Some(0..3), "wrong", Parts::default());
            assert!(error.parts().at.is_none(), "{line}");
            assert!(error.to_string().contains("line 1 of config.toml"));
        }
        let text = Text::new("config.toml", "secrets = 1");
        let error = text.error(Some(0..3), "wrong", Parts::default());
        assert!(error.parts().at.is_some());
    }
}

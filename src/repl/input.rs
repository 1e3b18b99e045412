//! Whether an entry is complete, or more lines are to come. It asks Rhai's parser, which knows best.

use rhai::{Engine, LexError, ParseErrorType};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// It can be evaluated, or is wrong in a way that more text does not mend.
    Complete,
    /// More lines are to come.
    More,
}

/// Classifies an entry. Whether names exist does not matter here.
pub(super) fn classify(engine: &Engine, text: &str) -> Input {
    if text.trim_start().starts_with(':') {
        return Input::Complete;
    }
    if open_comment(text) {
        return Input::More;
    }
    let Err(error) = engine.compile(text) else {
        return Input::Complete;
    };
    let at = error.position();
    let last = text.lines().count().max(1);
    let past_end = match (at.line(), at.position()) {
        (Some(line), Some(column)) => {
            let width = text
                .lines()
                .nth(line - 1)
                .map_or(0, |line| line.chars().count());
            line > last || (line == last && column > width)
        }
        (Some(line), None) => line >= last,
        (None, _) => true,
    };
    let more = match error.err_type() {
        ParseErrorType::UnexpectedEOF => true,
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            text.matches('`').count() % 2 == 1
        }
        ParseErrorType::MissingToken(..)
        | ParseErrorType::PropertyExpected
        | ParseErrorType::VariableExpected
        | ParseErrorType::ExprExpected(_) => past_end,
        _ => false,
    };
    if more { Input::More } else { Input::Complete }
}

/// Rhai takes a comment that is never closed for a comment up to the end.
fn open_comment(text: &str) -> bool {
    let mut depth = 0usize;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (quote, c, next) {
            (Some('"'), '\\', _) => {
                chars.next();
            }
            (Some(open), c, _) if open == c => quote = None,
            (None, '/', Some('*')) => {
                chars.next();
                depth += 1;
            }
            (None, '*', Some('/')) if depth > 0 => {
                chars.next();
                depth -= 1;
            }
            (None, '/', Some('/')) if depth == 0 => {
                chars.by_ref().find(|c| *c == '\n');
            }
            (None, '"' | '`', _) if depth == 0 => quote = Some(c),
            _ => {}
        }
    }
    depth > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_entries_are_told_from_wrong_ones() {
        let engine = Engine::new();
        let check = |text: &str, expected: Input| {
            assert_eq!(classify(&engine, text), expected, "{text}");
        };
        let more = [
            "let x = #{",
            "fn f() {",
            "foo(1,",
            "foo(",
            "1 +",
            "x.",
            "partner::",
            "`open",
            "if x {",
            "for c in partner::customers() {\n  emit(c)",
            "[1, 2",
            "let x =",
            "/* a comment",
            "let x = #{ a: 1,\n",
        ];
        for text in more {
            check(text, Input::More);
        }
        let complete = [
            "",
            "1 + 1",
            "}",
            "foo(])",
            "let a = 1 1",
            "foo(1 2)",
            "let a = 1\nlet b = 2",
            "\"open",
            ":doc partner",
            "fn f() { 1 }",
            "/* a */ 1",
            "\"/*\"",
            "1 // (",
        ];
        for text in complete {
            check(text, Input::Complete);
        }
    }
}

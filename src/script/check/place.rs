//! From the parser's positions to places in a script: how long the word, text or number is that
//! begins there.

use rhai::Position;

use crate::error::At;
use crate::script::Source;

/// The lines of a source, to measure what stands at a position.
#[derive(Debug)]
pub struct Places<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Places<'a> {
    /// Prepares a source. Places of the main script have no name.
    pub fn new(source: &'a Source, main: bool) -> Self {
        Self {
            name: if main { "" } else { &source.name },
            lines: source.text.lines().collect(),
        }
    }

    /// Returns the place of the token that begins at a position.
    pub fn token(&self, at: Position) -> At {
        let rest = self.rest(at).unwrap_or_default();
        self.sized(at, token_length(rest))
    }

    /// Returns the place of so many characters from a position.
    pub fn sized(&self, at: Position, length: usize) -> At {
        At {
            source: self.name.to_owned(),
            line: at.line().unwrap_or(1),
            column: at.position().unwrap_or(0),
            length: length.max(1),
        }
    }

    /// Returns the text from a position to the end of its line.
    pub fn rest(&self, at: Position) -> Option<&'a str> {
        let line = self.lines.get(at.line()?.checked_sub(1)?)?;
        let (offset, _) = line.char_indices().nth(at.position()?.checked_sub(1)?)?;
        Some(&line[offset..])
    }

    /// Returns the whole line of a position.
    pub fn line(&self, at: Position) -> Option<&'a str> {
        self.lines.get(at.line()?.checked_sub(1)?).copied()
    }
}

/// Returns how many characters the word, number or text has that a line begins with.
fn token_length(rest: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    match rest.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => {
            let mut escaped = false;
            let closing = rest.chars().skip(1).position(|c| {
                let closes = c == quote && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            closing.map_or(1, |inner| inner + 2)
        }
        Some(first) if word(first) => rest
            .chars()
            .take_while(|c| word(*c) || (first.is_ascii_digit() && *c == '.'))
            .count(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_measured() {
        let check = |text: &str, expected| assert_eq!(token_length(text), expected, "{text}");
        check("customers()", 9);
        check(r#""a\"b" + c"#, 6);
        check("12.5)", 4);
        check("c.id", 1);
        check("#{", 1);
        check("`open", 1);
        check("", 1);
    }
}

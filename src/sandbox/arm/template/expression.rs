//! Expressions of the template language: `[concat(parameters('name'), '-x').member[0]]`. A string
//! that begins with `[` and ends with `]` is one; `[[` at its beginning stands for a plain `[`.

use std::borrow::Cow;

use super::fault::{Fault, unparsed};

/// How deep calls may be nested. The service has a limit as well; the reference does not name it.
const DEEPEST: usize = 64;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// `'text'`.
    Text(String),
    /// `-1`.
    Integer(i64),
    /// `name(…)`.
    Call {
        /// The function, as written.
        name: String,
        /// Its arguments.
        args: Vec<Expression>,
    },
    /// `….name`.
    Member {
        /// Whose.
        of: Box<Expression>,
        /// The member.
        name: String,
    },
    /// `…[…]`.
    Index {
        /// Of what.
        of: Box<Expression>,
        /// The index or the name of a member.
        at: Box<Expression>,
    },
}

/// What a string of a template is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// Text as it stands.
    Literal(Cow<'a, str>),
    /// An expression.
    Expression(Expression),
}

/// Tells whether a string is an expression.
pub(super) fn is_expression(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.starts_with("[[")
}

/// Reads a string of a template.
pub(super) fn read(text: &str) -> Result<Form<'_>, Fault> {
    if text.starts_with("[[") && text.ends_with(']') {
        return Ok(Form::Literal(Cow::Borrowed(&text[1..])));
    }
    if !is_expression(text) {
        return Ok(Form::Literal(Cow::Borrowed(text)));
    }
    let inner = &text[1..text.len() - 1];
    let mut parser = Parser {
        text: inner,
        at: 0,
        depth: 0,
    };
    let expression = parser.expression()?;
    parser.space();
    match parser.peek() {
        None => Ok(Form::Expression(expression)),
        Some(found) => Err(parser.fault(&format!("'{found}' is not expected"))),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.take();
        }
    }

    fn fault(&self, detail: &str) -> Fault {
        unparsed(self.text, &format!("{detail} at position {}", self.at))
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        self.space();
        match self.peek() {
            Some(found) if found == wanted => {
                self.take();
                Ok(())
            }
            Some(found) => Err(self.fault(&format!("expected '{wanted}', but found '{found}'"))),
            None => Err(self.fault(&format!("expected '{wanted}', but the expression ends"))),
        }
    }

    fn expression(&mut self) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault("the expression is nested too deeply"));
        }
        let mut found = self.primary()?;
        loop {
            self.space();
            match self.peek() {
                Some('.') => {
                    self.take();
                    self.space();
                    found = Expression::Member {
                        of: Box::new(found),
                        name: self.name()?,
                    };
                }
                Some('[') => {
                    self.take();
                    let at = Box::new(self.expression()?);
                    self.expect(']')?;
                    found = Expression::Index {
                        of: Box::new(found),
                        at,
                    };
                }
                _ => break,
            }
        }
        self.depth -= 1;
        Ok(found)
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        self.space();
        match self.peek() {
            None => Err(self.fault("an expression is expected, but nothing is there")),
            Some('\'') => self.quoted(),
            Some(first) if first == '-' || first.is_ascii_digit() => self.integer(),
            Some(_) => {
                let name = self.name()?;
                self.expect('(')?;
                let args = self.arguments()?;
                Ok(Expression::Call { name, args })
            }
        }
    }

    fn name(&mut self) -> Result<String, Fault> {
        let begin = self.at;
        while self
            .peek()
            .is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '$' | '-'))
        {
            self.take();
        }
        let name = &self.text[begin..self.at];
        if name.is_empty() {
            return Err(self.fault("a name is expected"));
        }
        Ok(name.to_owned())
    }

    fn quoted(&mut self) -> Result<Expression, Fault> {
        self.take();
        let mut text = String::new();
        loop {
            match self.take() {
                Some('\'') if self.peek() == Some('\'') => {
                    self.take();
                    text.push('\'');
                }
                Some('\'') => return Ok(Expression::Text(text)),
                Some(other) => text.push(other),
                None => return Err(self.fault("a string is not closed")),
            }
        }
    }

    fn integer(&mut self) -> Result<Expression, Fault> {
        let begin = self.at;
        self.take();
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.take();
        }
        let number = &self.text[begin..self.at];
        match number.parse() {
            Ok(number) => Ok(Expression::Integer(number)),
            Err(_) => Err(self.fault(&format!("'{number}' is not an integer"))),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, Fault> {
        let mut args = Vec::new();
        self.space();
        if self.peek() == Some(')') {
            self.take();
            return Ok(args);
        }
        loop {
            args.push(self.expression()?);
            self.space();
            match self.take() {
                Some(',') => {}
                Some(')') => return Ok(args),
                Some(found) => {
                    return Err(self.fault(&format!("expected ',' or ')', but found '{found}'")));
                }
                None => return Err(self.fault("expected ',' or ')', but the expression ends")),
            }
        }
    }
}

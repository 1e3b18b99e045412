//! The grammar of `$filter`: comparisons, functions, `in`, lambdas, joined by `and`, `or`, `not` and
//! parentheses. Pure.

use super::{Literal, Node, Operator, Path, Quantity, invalid};
use crate::base::clock::Timestamp;
use crate::sandbox::reply::Refusal;

/// How deep conditions may be nested.
const DEEPEST: usize = 40;

/// Reads a whole filter.
pub(super) fn parse(text: &str) -> Result<Node, Refusal> {
    let mut reader = Reader {
        rest: text,
        depth: 0,
        variables: Vec::new(),
    };
    let node = reader.either()?;
    reader.space();
    if reader.rest.is_empty() {
        Ok(node)
    } else {
        Err(invalid())
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
    /// Variables of the lambdas around, innermost last.
    variables: Vec<String>,
}

impl<'t> Reader<'t> {
    fn either(&mut self) -> Result<Node, Refusal> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(invalid());
        }
        let mut node = self.both()?;
        while self.keyword("or") {
            node = Node::Or(Box::new(node), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(node)
    }

    fn both(&mut self) -> Result<Node, Refusal> {
        let mut node = self.one()?;
        while self.keyword("and") {
            node = Node::And(Box::new(node), Box::new(self.one()?));
        }
        Ok(node)
    }

    fn one(&mut self) -> Result<Node, Refusal> {
        if self.keyword("not") {
            // Not recursive: a chain of `not` is as long as somebody likes.
            let mut odd = true;
            while self.keyword("not") {
                odd = !odd;
            }
            let node = self.plain()?;
            let node = if odd { node } else { Node::Not(Box::new(node)) };
            return Ok(Node::Not(Box::new(node)));
        }
        self.plain()
    }

    fn plain(&mut self) -> Result<Node, Refusal> {
        if self.eat('(') {
            let node = self.either()?;
            return self.need(')').map(|()| node);
        }
        let word = self.word(|c| c.is_ascii_alphanumeric() || "_$./".contains(c));
        if self.eat('(') {
            return match word.rsplit_once('/') {
                Some((path, quantity)) => self.lambda(path, quantity),
                None => self.function(word),
            };
        }
        let path = self.path(word)?;
        let operator = self.word(|c| c.is_ascii_alphabetic());
        match Operator::parse(operator) {
            Some(Operator::In) => {
                self.need('(')?;
                let literals = self.literals()?;
                Ok(Node::Compare(path, Operator::In, literals))
            }
            Some(Operator::StartsWith | Operator::EndsWith | Operator::Contains) | None => {
                Err(invalid())
            }
            Some(operator) => Ok(Node::Compare(path, operator, vec![self.literal()?])),
        }
    }

    /// Reads what comes after `startsWith(`; the result may be compared with true or false.
    fn function(&mut self, name: &str) -> Result<Node, Refusal> {
        let Some(operator @ (Operator::StartsWith | Operator::EndsWith | Operator::Contains)) =
            Operator::parse(name)
        else {
            return Err(invalid());
        };
        let word = self.word(|c| c.is_ascii_alphanumeric() || "_$./".contains(c));
        let path = self.path(word)?;
        self.need(',')?;
        let literal = self.literal()?;
        self.need(')')?;
        let node = Node::Compare(path, operator, vec![literal]);
        if !self.keyword("eq") {
            return Ok(node);
        }
        match self.literal()? {
            Literal::Flag(true) => Ok(node),
            Literal::Flag(false) => Ok(Node::Not(Box::new(node))),
            _ => Err(invalid()),
        }
    }

    /// Reads what comes after `assignedLicenses/any(`.
    fn lambda(&mut self, path: &str, quantity: &str) -> Result<Node, Refusal> {
        let quantity = match quantity.to_ascii_lowercase().as_str() {
            "any" => Quantity::Any,
            "all" => Quantity::All,
            _ => return Err(invalid()),
        };
        let path = self.path(path)?;
        let variable = self.word(|c| c.is_ascii_alphanumeric() || c == '_');
        self.need(':')?;
        self.variables.push(variable.to_owned());
        let inner = self.either()?;
        self.variables.pop();
        self.need(')')?;
        Ok(Node::Items(path, quantity, Box::new(inner)))
    }

    /// Splits a path; in a lambda it begins with the variable, which is left out.
    fn path(&self, word: &str) -> Result<Path, Refusal> {
        let mut parts: Path = word.split('/').map(str::to_owned).collect();
        if parts.iter().any(String::is_empty) {
            return Err(invalid());
        }
        if let Some(variable) = self.variables.last()
            && parts.remove(0) != *variable
        {
            return Err(invalid());
        }
        Ok(parts)
    }

    fn literals(&mut self) -> Result<Vec<Literal>, Refusal> {
        let mut literals = vec![self.literal()?];
        while self.eat(',') {
            literals.push(self.literal()?);
        }
        self.need(')').map(|()| literals)
    }

    fn literal(&mut self) -> Result<Literal, Refusal> {
        self.space();
        if let Some(rest) = self.rest.strip_prefix('\'') {
            return self.quoted(rest);
        }
        let word = self.word(|c| c.is_ascii_alphanumeric() || "-:.+".contains(c));
        match word {
            "null" => return Ok(Literal::Null),
            "true" => return Ok(Literal::Flag(true)),
            "false" => return Ok(Literal::Flag(false)),
            _ => {}
        }
        let day = || format!("{word}T00:00:00Z").parse::<Timestamp>().ok();
        let time = word.parse::<Timestamp>().ok().or_else(day);
        if word.contains('-')
            && let Some(time) = time
        {
            return Ok(Literal::Time(time));
        }
        if uuid::Uuid::try_parse(word).is_ok() {
            return Ok(Literal::Text(word.to_owned()));
        }
        let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Literal::Number).ok_or_else(invalid)
    }

    /// Reads a text up to its closing quote; a doubled one stands for itself.
    fn quoted(&mut self, rest: &'t str) -> Result<Literal, Refusal> {
        let mut text = String::new();
        let mut rest = rest;
        loop {
            let (head, tail) = rest.split_once('\'').ok_or_else(invalid)?;
            text.push_str(head);
            let Some(more) = tail.strip_prefix('\'') else {
                self.rest = tail;
                return Ok(Literal::Text(text));
            };
            text.push('\'');
            rest = more;
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn need(&mut self, wanted: char) -> Result<(), Refusal> {
        if self.eat(wanted) {
            Ok(())
        } else {
            Err(invalid())
        }
    }

    /// Takes the longest word of such characters; it may be empty.
    fn word(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        self.space();
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Takes a keyword, if the next word is one.
    fn keyword(&mut self, wanted: &str) -> bool {
        let before = self.rest;
        let word = self.word(|c| c.is_ascii_alphanumeric() || "_$./".contains(c));
        let is_it = word.eq_ignore_ascii_case(wanted);
        if !is_it {
            self.rest = before;
        }
        is_it
    }
}

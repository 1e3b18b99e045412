//! The rules of dynamic groups: comparisons of a user's texts and flags, with `-and`, `-or`, `-not`
//! and parentheses. What else rules may say is refused when the rule is written. Source: graph
//! reference §9; the operators and properties are those of the reference's tools (unconfirmed).

use serde_json::Value;

use crate::sandbox::graph::people::TEXTS;

/// Properties that rules may name, besides [`TEXTS`].
const NAMED: [&str; 10] = [
    "accountEnabled",
    "displayName",
    "givenName",
    "mail",
    "mailNickname",
    "objectId",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// A rule that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    Compare {
        property: String,
        operator: Operator,
        value: Value,
    },
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

/// How a property is compared. The opposites are read as the negation of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    StartsWith,
    Contains,
    In,
}

impl Rule {
    /// Reads a rule, or says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut words = Words { rest: text };
        let rule = words.alternatives()?;
        match words.rest.trim() {
            "" => Ok(rule),
            rest => Err(format!("unexpected '{rest}'")),
        }
    }

    /// Tells whether a user, as it is shown, fits.
    pub(super) fn fits(&self, user: &Value) -> bool {
        match self {
            Self::Not(rule) => !rule.fits(user),
            Self::And(left, right) => left.fits(user) && right.fits(user),
            Self::Or(left, right) => left.fits(user) || right.fits(user),
            Self::Compare {
                property,
                operator,
                value,
            } => compare(&user[property], *operator, value),
        }
    }
}

fn compare(held: &Value, operator: Operator, value: &Value) -> bool {
    let lower = |value: &Value| value.as_str().map(str::to_lowercase);
    match (operator, lower(held), lower(value)) {
        (Operator::In, ..) => {
            let mut values = value.as_array().into_iter().flatten();
            values.any(|one| compare(held, Operator::Eq, one))
        }
        (Operator::Eq, Some(held), Some(value)) => held == value,
        (Operator::Eq, ..) => held == value,
        (Operator::StartsWith, Some(held), Some(value)) => held.starts_with(&value),
        (Operator::Contains, Some(held), Some(value)) => held.contains(&value),
        _ => false,
    }
}

/// A rule that is being read.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    fn alternatives(&mut self) -> Result<Rule, String> {
        let mut rule = self.terms()?;
        while self.takes("-or") || self.takes("or") {
            rule = Rule::Or(Box::new(rule), Box::new(self.terms()?));
        }
        Ok(rule)
    }

    fn terms(&mut self) -> Result<Rule, String> {
        let mut rule = self.term()?;
        while self.takes("-and") || self.takes("and") {
            rule = Rule::And(Box::new(rule), Box::new(self.term()?));
        }
        Ok(rule)
    }

    fn term(&mut self) -> Result<Rule, String> {
        if self.takes("-not") || self.takes("not") {
            return Ok(Rule::Not(Box::new(self.term()?)));
        }
        if self.takes("(") {
            let rule = self.alternatives()?;
            return if self.takes(")") {
                Ok(rule)
            } else {
                Err("a parenthesis is not closed".to_owned())
            };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Rule, String> {
        let word = self.word();
        let name = word.strip_prefix("user.").unwrap_or_default();
        let mut known = NAMED.iter().chain(TEXTS);
        let known = known.find(|known| known.eq_ignore_ascii_case(name));
        let property = known.ok_or_else(|| format!("unknown property '{word}'"))?;
        let word = self.word();
        let (operator, negated) = match word.to_lowercase().trim_start_matches('-') {
            "eq" => (Operator::Eq, false),
            "ne" => (Operator::Eq, true),
            "startswith" => (Operator::StartsWith, false),
            "notstartswith" => (Operator::StartsWith, true),
            "contains" => (Operator::Contains, false),
            "notcontains" => (Operator::Contains, true),
            "in" => (Operator::In, false),
            "notin" => (Operator::In, true),
            _ => return Err(format!("unsupported operator '{word}'")),
        };
        let value = match operator {
            Operator::In => self.list()?,
            _ => self.value()?,
        };
        let property = match *property {
            "objectId" => "id",
            other => other,
        };
        let rule = Rule::Compare {
            property: property.to_owned(),
            operator,
            value,
        };
        Ok(if negated {
            Rule::Not(Box::new(rule))
        } else {
            rule
        })
    }

    fn list(&mut self) -> Result<Value, String> {
        if !self.takes("[") {
            return Err("a list in brackets was expected".to_owned());
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            if self.takes("]") {
                return Ok(Value::Array(values));
            }
            if !self.takes(",") {
                return Err("a list is not closed".to_owned());
            }
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        self.rest = self.rest.trim_start();
        for quote in ['"', '\''] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (text, rest) = rest.split_once(quote).ok_or("a text is not closed")?;
                self.rest = rest;
                return Ok(text.into());
            }
        }
        let word = self.word();
        match word.to_lowercase().as_str() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            "null" | "$null" => Ok(Value::Null),
            _ => Err(format!("unexpected value '{word}'")),
        }
    }

    /// Takes the next word: up to a space or a bracket.
    fn word(&mut self) -> &'t str {
        self.rest = self.rest.trim_start();
        let is_end = |letter: char| letter.is_whitespace() || "()[],\"'".contains(letter);
        let (word, rest) = self
            .rest
            .split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Takes a bracket or a word, if it comes next.
    fn takes(&mut self, expected: &str) -> bool {
        let before = self.rest;
        let rest = before.trim_start();
        if let Some(rest) = rest.strip_prefix(expected)
            && !expected.starts_with(|letter: char| letter.is_alphabetic() || letter == '-')
        {
            self.rest = rest;
            return true;
        }
        if self.word().eq_ignore_ascii_case(expected) {
            return true;
        }
        self.rest = before;
        false
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_says_whom_it_fits() {
        let user = json!({
            "id": "1", "accountEnabled": true, "department": "Sales", "jobTitle": null,
            "country": "US",
        });
        let check = |text: &str, expected: bool| {
            let rule = Rule::read(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!(rule.fits(&user), expected, "{text}");
        };
        check("user.department -eq \"sales\"", true);
        check("user.department -ne 'Sales'", false);
        check("(user.department -startsWith \"Sal\")", true);
        check(
            "user.department -contains \"ale\" -and user.country -eq \"CA\"",
            false,
        );
        check(
            "user.country -eq \"CA\" or user.accountEnabled -eq true",
            true,
        );
        check("not (user.jobTitle -eq null)", false);
        check("user.country -in [\"CA\", \"US\"]", true);
        check("user.jobTitle -notStartsWith \"A\"", true);
        // `and` binds more tightly than `or`.
        let text =
            "user.country -eq \"US\" -or user.country -eq \"CA\" -and user.objectId -eq \"2\"";
        check(text, true);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Rule::read(text), Err(expected.to_owned()), "{text}");
        };
        check("", "unknown property ''");
        check(
            "device.displayName -eq \"x\"",
            "unknown property 'device.displayName'",
        );
        check(
            "user.memberOf -eq \"x\"",
            "unknown property 'user.memberOf'",
        );
        check("user.city -match \"x\"", "unsupported operator '-match'");
        check("user.city -eq x", "unexpected value 'x'");
        check("user.city -eq \"x", "a text is not closed");
        check("(user.city -eq \"x\"", "a parenthesis is not closed");
        check("user.city -eq \"x\" \"y\"", "unexpected '\"y\"'");
        check("user.city -in \"x\"", "a list in brackets was expected");
        check("user.city -in [\"x\" \"y\"]", "a list is not closed");
    }
}

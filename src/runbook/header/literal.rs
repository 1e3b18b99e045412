//! Reading literals out of a script's syntax tree, noting what is not as it should be.

use rhai::{Expr, Position};

use crate::base::text::did_you_mean;
use crate::error::Code;
use crate::script::check::{Finding, Places};

/// Reads literals and keeps what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) places: &'a Places<'a>,
    pub(super) findings: Vec<Finding>,
}

impl Reader<'_> {
    pub(super) fn wrong(&mut self, at: Position, message: impl Into<String>) -> &mut Self {
        let at = self.places.token(at);
        self.findings
            .push(Finding::error(Code::CheckHeader, message, at));
        self
    }

    pub(super) fn help_last(&mut self, help: impl Into<String>) {
        if let Some(last) = self.findings.pop() {
            self.findings.push(last.help(help));
        }
    }

    pub(super) fn unknown(&mut self, what: &str, name: &str, at: Position, known: &[&str]) {
        let meant = did_you_mean(name, known.iter().copied());
        self.wrong(at, format!("`{name}` is not {what}"))
            .help_last(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are {}", known.join(", ")),
            });
    }

    pub(super) fn map<'e>(
        &mut self,
        value: &'e Expr,
        what: &str,
    ) -> Vec<(&'e str, Position, &'e Expr)> {
        let Expr::Map(map, _) = value else {
            self.wrong(
                value.start_position(),
                format!("{what} must be a map literal, `#{{ … }}`"),
            );
            return Vec::new();
        };
        let entries = map.0.iter();
        entries
            .map(|(key, value)| (key.name.as_str(), key.pos, value))
            .collect()
    }

    pub(super) fn text(&mut self, value: &Expr, what: &str) -> Option<String> {
        let Expr::StringConstant(text, _) = value else {
            self.wrong(value.start_position(), format!("{what} must be a text"));
            return None;
        };
        Some(text.to_string())
    }

    pub(super) fn truth(&mut self, value: &Expr, what: &str) -> Option<bool> {
        let Expr::BoolConstant(truth, _) = value else {
            self.wrong(
                value.start_position(),
                format!("{what} must be true or false"),
            );
            return None;
        };
        Some(*truth)
    }

    pub(super) fn texts(&mut self, value: &Expr, what: &str) -> Vec<(String, Position)> {
        let Expr::Array(items, _) = value else {
            self.wrong(
                value.start_position(),
                format!("{what} must be a list of texts"),
            );
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            if let Some(text) = self.text(item, &format!("an item of {what}")) {
                texts.push((text, item.start_position()));
            }
        }
        texts
    }
}

/// Returns the digits of a literal number, with its sign.
pub(super) fn number_text(value: &Expr) -> Option<String> {
    match value {
        Expr::IntegerConstant(number, _) => Some(number.to_string()),
        Expr::FloatConstant(number, _) => Some(number.to_string()),
        Expr::FnCall(call, _) if call.name == "-" && call.args.len() == 1 => {
            number_text(&call.args[0]).map(|digits| format!("-{digits}"))
        }
        _ => None,
    }
}

//! What a call asks for: literal `select` and `expand` options, and what its records therefore lack.
//! Reading that would raise `record.not_asked`; where an option is no literal, nothing is known and
//! nothing is reported.

use rhai::{Expr, Position};

use super::Finding;
use super::checker::{Checker, hint};
use super::types::{Shape, Ty};
use crate::api::model::{Operation, Param};
use crate::error::Code;
use crate::script::options::{first, properties};

/// What comes of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The operation, as scripts write it.
    call: String,
    /// The properties that come.
    names: Vec<String>,
    source: Of,
    /// Whether the operation has the option `select`.
    selects: bool,
}

/// Who decided what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The call, by its `select`.
    Call,
    /// The service, which sends some properties only when they are asked for.
    Default,
    /// The service: items of its lists are not whole.
    List,
}

impl Checker<'_> {
    /// Returns the type of a record that a call gives, which may lack what was not asked for.
    pub(super) fn asked(
        &mut self,
        record: Ty,
        operation: &Operation,
        options: Option<&Expr>,
    ) -> Ty {
        let Ty::Rec(shape) = record else {
            return record;
        };
        let service = self.world.services[shape.service];
        let call = format!("{}::{}", service.name, operation.name);
        let Some(asked) = asked(call, operation, options) else {
            return record;
        };
        let known = self.asked.iter().position(|known| *known == asked);
        let at = known.unwrap_or_else(|| {
            self.asked.push(asked);
            self.asked.len() - 1
        });
        let asked = u16::try_from(at).ok();
        Ty::Rec(Shape { asked, ..shape })
    }

    /// Reports a property that a record does not have because nobody asked for it.
    pub(super) fn not_asked(&mut self, shape: Shape, name: &str, at: Position) {
        let Some(asked) = shape.asked.map(|at| self.asked[usize::from(at)].clone()) else {
            return;
        };
        if name == "id" || name.contains('@') || asked.names.iter().any(|known| known == name) {
            return;
        }
        let Asked { call, names, .. } = &asked;
        let token = self.token(at);
        let finding = match asked.source {
            Of::List => {
                let message = format!("`{call}` leaves `{name}` out");
                Finding::warning(Code::CheckProperty, message, token)
            }
            Of::Call | Of::Default => {
                let message = format!("`{name}` was not asked for: `{call}` leaves it out");
                Finding::error(Code::CheckProperty, message, token)
            }
        };
        let all = match asked.source {
            Of::Call => names.iter().map(String::as_str).chain([name]).collect(),
            Of::Default | Of::List => vec![name],
        };
        let finding = match self.world.operation_method(shape, "refresh") {
            _ if asked.selects => finding.help(format!("ask for it: `#{{ select: {all:?} }}`")),
            Some(_) => finding.help(format!("read the whole record first: `.refresh().{name}`")),
            None => finding,
        };
        self.report(finding);
    }

    /// Checks the names of properties in a literal option.
    pub(super) fn option_names(
        &mut self,
        service: usize,
        call: &str,
        operation: &Operation,
        param: &Param,
        value: &Expr,
    ) {
        let service = self.world.services[service];
        let Some(known) = properties(service, operation) else {
            return;
        };
        let literals = match value {
            Expr::Array(items, _) => &items[..],
            other => std::slice::from_ref(other),
        };
        for literal in literals {
            let Expr::StringConstant(text, at) = literal else {
                continue;
            };
            let names = text.split(',').map(str::trim);
            let names = names.filter_map(|name| name.split_whitespace().next());
            for name in names.map(first).filter(|name| !known.contains(name)) {
                let message = format!(
                    "`{}` of `{call}` names `{name}`, which is no property of what it lists",
                    param.name
                );
                self.wrong(Code::CheckKey, *at, message, hint(name, &known));
            }
        }
    }
}

/// Returns what a call asks for; `None` if all comes or it cannot be told.
fn asked(call: String, operation: &Operation, options: Option<&Expr>) -> Option<Asked> {
    let entries = match options {
        None => &[][..],
        Some(Expr::Map(map, _)) => &map.0[..],
        Some(_) => return None,
    };
    let option = |wanted: &str| {
        let mut all = entries.iter();
        all.find(|(key, _)| key.name == wanted)
            .map(|(_, value)| value)
    };
    let (mut names, source) = if let Some(value) = option("select") {
        (literals(value)?, Of::Call)
    } else {
        let (fields, source) = match (operation.list_fields.0, operation.default_select.0) {
            ([], []) => return None,
            ([], fields) => (fields, Of::Default),
            (fields, _) => (fields, Of::List),
        };
        let fields = fields.iter().map(|name| (*name).to_owned());
        (fields.collect(), source)
    };
    if let Some(value) = option("expand") {
        names.extend(literals(value)?);
    }
    Some(Asked {
        call,
        names,
        source,
        selects: operation.optional().any(|param| param.name == "select"),
    })
}

/// Returns the properties that a literal names, if all of it is literal.
fn literals(value: &Expr) -> Option<Vec<String>> {
    let text = |expr: &Expr| match expr {
        Expr::StringConstant(text, _) => Some(text.to_string()),
        _ => None,
    };
    let texts: Vec<String> = match value {
        Expr::Array(items, _) => items.iter().map(text).collect::<Option<_>>()?,
        other => vec![text(other)?],
    };
    let names = texts.iter().flat_map(|text| text.split(','));
    Some(names.map(|name| first(name.trim()).to_owned()).collect())
}

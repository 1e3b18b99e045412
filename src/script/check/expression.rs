//! Going through expressions: literals, variables, operators and comparisons.

use rhai::{Expr, FnCallExpr, FnPtr, Position};

use super::Finding;
use super::capture;
use super::checker::{Checker, hint};
use super::types::{Func, Keys, Rest, Ty};
use super::unit::Target;
use crate::error::Code;

impl Checker<'_> {
    /// Goes through an expression and returns what is known of its value.
    pub(super) fn expression(&mut self, expr: &Expr) -> Ty {
        if let Some(closure) = capture::closure(expr) {
            let func = self.closure_type(&closure);
            self.invoke_value(&func, &[]);
            return Ty::Func(func.into());
        }
        match expr {
            Expr::BoolConstant(..) => Ty::Bool,
            Expr::IntegerConstant(..) => Ty::Int,
            Expr::FloatConstant(..) => Ty::Number,
            Expr::StringConstant(..) => Ty::Text,
            Expr::Unit(_) => Ty::Unit,
            Expr::InterpolatedString(parts, _) => {
                for part in parts {
                    self.expression(part);
                }
                Ty::Text
            }
            Expr::Array(items, _) => {
                let types: Vec<Ty> = items.iter().map(|item| self.expression(item)).collect();
                Ty::list(types.into_iter().reduce(Ty::join).unwrap_or(Ty::Unknown))
            }
            Expr::Map(map, _) => {
                let mut keys = Vec::new();
                for (key, value) in &map.0 {
                    keys.push((key.name.to_string(), self.expression(value)));
                }
                Keys::of(keys, Rest::Absent)
            }
            Expr::Variable(variable, _, at) if variable.2.is_empty() => {
                self.variable(&variable.1, *at)
            }
            Expr::Variable(variable, ..) => {
                let path: Vec<&str> = variable
                    .2
                    .path
                    .iter()
                    .map(|part| part.name.as_str())
                    .collect();
                self.module_constant(&path, &variable.1, expr.position(), variable.2.position());
                Ty::Unknown
            }
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::FnCall(call, at) => self.call(call, *at),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                for part in parts.iter() {
                    self.expression(part);
                }
                Ty::Bool
            }
            Expr::Coalesce(parts, _) => {
                let types: Vec<Ty> = parts.iter().map(|part| self.expression(part)).collect();
                let some = types.into_iter().filter(|ty| *ty != Ty::Unit);
                some.reduce(Ty::join).unwrap_or(Ty::Unknown)
            }
            Expr::Custom(custom, _) => {
                for input in &custom.inputs {
                    self.expression(input);
                }
                Ty::Unknown
            }
            _ => Ty::Unknown,
        }
    }

    fn variable(&mut self, name: &str, at: Position) -> Ty {
        if let Some(ty) = self.scope.get(name) {
            return ty.clone();
        }
        if let Some((_, ty)) = self.constants.iter().find(|(known, _)| known == name) {
            return ty.clone();
        }
        let unit = &self.units[self.unit];
        if unit.functions.contains_key(name) || self.is_open() {
            return Ty::Unknown;
        }
        let outside = unit.constants.contains(name) || unit.variables.contains(name);
        if outside && self.in_function() {
            let (message, help) = if unit.constants.contains(name) {
                (
                    format!("a function does not see the constant `{name}` by its name alone"),
                    format!("write `global::{name}`"),
                )
            } else {
                (
                    format!("a function does not see the script's variable `{name}`"),
                    format!(
                        "give it to the function as an argument, or make the function a closure: `let f = |…| … {name} …;`"
                    ),
                )
            };
            self.wrong(Code::CheckName, at, message, help);
            return Ty::Unknown;
        }
        let names: Vec<&str> = self
            .scope
            .names()
            .chain(self.constants.iter().map(|(name, _)| name.as_str()))
            .collect();
        let finding = Finding::error(
            Code::CheckName,
            format!("`{name}` is not defined"),
            self.token(at),
        );
        let near = super::checker::nearest(name, &names).map(str::to_owned);
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.world.is_module(name) => {
                format!("`{name}` is a module; call a function of it, `{name}::…`")
            }
            None => format!("define it first: `let {name} = …;`"),
        };
        self.report(finding.help(help));
        Ty::Unknown
    }

    /// Checks `module::NAME`.
    fn module_constant(&mut self, path: &[&str], name: &str, at: Position, module_at: Position) {
        match path {
            ["global"] => {
                let unit = &self.units[self.unit];
                if !unit.constants.contains(name) && !self.is_open() {
                    let known: Vec<&str> = unit.constants.iter().map(String::as_str).collect();
                    let help = hint(name, &known);
                    let message = format!("there is no constant `{name}` in this script");
                    self.wrong(Code::CheckName, at, message, help);
                }
            }
            [alias] => match self.units[self.unit].imports.get(*alias) {
                Some(Target::Unit(target)) => {
                    let target = &self.units[*target];
                    let exists = target.constants.contains(name) || target.variables.contains(name);
                    if !exists {
                        let known: Vec<&str> =
                            target.constants.iter().map(String::as_str).collect();
                        let help = hint(name, &known);
                        let message = format!("there is no `{name}` in `{alias}`");
                        self.wrong(Code::CheckName, at, message, help);
                    }
                }
                Some(Target::Unknown) => {}
                None => {
                    self.known_module(alias, module_at);
                }
            },
            _ => {}
        }
    }

    /// Goes through an operator.
    pub(super) fn operator(&mut self, call: &FnCallExpr) -> Ty {
        let types: Vec<Ty> = call.args.iter().map(|arg| self.expression(arg)).collect();
        match (call.name.as_str(), &call.args[..], &types[..]) {
            ("==" | "!=", [left, right], [a, b]) => {
                self.compared(a, right);
                self.compared(b, left);
                Ty::Bool
            }
            // `x in list` is `contains(list, x)`.
            ("contains", [list, item], [_, value]) => {
                if let Expr::Array(items, _) = list {
                    for literal in items {
                        self.compared(value, literal);
                    }
                }
                if let (Some(name), Expr::StringConstant(..)) = (capture::variable(list), item) {
                    self.scope.loosen(name);
                }
                Ty::Bool
            }
            ("<" | "<=" | ">" | ">=" | "!", ..) => Ty::Bool,
            ("+", _, [Ty::Text, _] | [_, Ty::Text]) => Ty::Text,
            ("+" | "-" | "*" | "/" | "%" | "**", _, [Ty::Int, Ty::Int] | [Ty::Int]) => Ty::Int,
            ("+" | "-" | "*" | "/", _, [Ty::Int | Ty::Number, Ty::Int | Ty::Number]) => Ty::Number,
            _ => Ty::Unknown,
        }
    }

    /// Checks a literal that is compared with a value out of a set.
    fn compared(&mut self, ty: &Ty, with: &Expr) {
        let (Ty::Enum(shape), Expr::StringConstant(text, at)) = (ty, with) else {
            return;
        };
        let choices = self.world.services[shape.service].enums[usize::from(shape.index)];
        if choices.contains(&text.as_str()) {
            return;
        }
        if self.world.services[shape.service].is_open(shape.index) {
            self.unheard_of(text, &choices, *at);
            return;
        }
        let same = choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(text));
        let message = format!("it is never \"{text}\"");
        if let Some(same) = same {
            self.wrong(
                Code::CheckArgument,
                *at,
                message,
                format!("did you mean \"{same}\"? Case matters here"),
            );
            return;
        }
        let near = super::checker::nearest(text, &choices);
        if near.is_none() {
            let finding = Finding::warning(Code::CheckArgument, message, self.token(*at));
            let finding = finding.help(format!("it is one of {}", choices.join(", ")));
            self.report(finding);
            return;
        }
        self.doubtful(Code::CheckArgument, *at, message, text, &choices);
    }

    /// Warns of a text that is nearly one of those that a service is known to use; it may use others.
    pub(super) fn unheard_of(&mut self, text: &str, choices: &[&str], at: Position) {
        let same = choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(text))
            .copied();
        if let Some(near) = same.or_else(|| super::checker::nearest(text, choices)) {
            let message = format!("\"{text}\" is no value that is known");
            let finding = Finding::warning(Code::CheckArgument, message, self.token(at));
            self.report(finding.help(format!("did you mean \"{near}\"?")));
        }
    }

    /// Returns the function that `Fn("name")` points at.
    pub(super) fn pointer(&mut self, call: &FnCallExpr) -> Ty {
        let [Expr::StringConstant(name, at)] = &call.args[..] else {
            return self
                .arguments(&call.args, &[])
                .pop()
                .map_or(Ty::Unknown, |_| Ty::Unknown);
        };
        let unit = &self.units[self.unit];
        let known = unit.functions.contains_key(name.as_str())
            || !self.world.native(name).is_empty()
            || self.world.functions(None, name).next().is_some();
        if !known && FnPtr::new(name.as_str()).is_ok() && !self.is_open() {
            let names: Vec<String> = unit
                .functions
                .keys()
                .filter(|name| !name.starts_with("anon$"))
                .cloned()
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let help = hint(name, &names);
            self.wrong(
                Code::CheckName,
                *at,
                format!("there is no function `{name}`"),
                help,
            );
            return Ty::Unknown;
        }
        Ty::Func(Func::new(self.unit, name, Vec::new()).into())
    }
}

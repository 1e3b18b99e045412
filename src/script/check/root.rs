//! Chains that begin with a variable that one of their closures captures. The engine locks the
//! variable while the chain runs, so that the closure fails; the help is the line that works.

use std::rc::Rc;

use rhai::{Expr, Position};

use super::capture;
use super::checker::Checker;
use super::types::Ty;
use crate::api::ids;
use crate::api::model::{Param, Place};
use crate::error::Code;

impl Checker<'_> {
    /// Reports a chain that begins with a variable that one of its closures captures: the engine
    /// locks the variable while the chain runs.
    pub(super) fn captured_root(&mut self, chain: &Expr) {
        let (Expr::Dot(both, ..) | Expr::Index(both, ..)) = chain else {
            return;
        };
        let Some(name) = capture::variable(&both.lhs) else {
            return;
        };
        if !captures(&both.rhs, name) {
            return;
        }
        let root = both.lhs.start_position();
        let message =
            format!("this chain begins with `{name}`, and a closure inside it uses `{name}` too");
        let help = self.rewritten(name, both.lhs.start_position(), &both.rhs);
        let finding = super::Finding::error(Code::CheckCapture, message, self.token(root))
            .label("locked while the chain runs")
            .help(help);
        self.report(finding);
    }

    /// Returns the line in a form that works.
    fn rewritten(&self, name: &str, root: Position, rest: &Expr) -> String {
        let unit = Rc::clone(&self.units[self.unit]);
        let places = super::place::Places::new(&unit.source, unit.main);
        let (Some(line), Some(column)) = (places.line(root), root.position()) else {
            return format!("begin the chain with a copy: `let it = {name};`");
        };
        let before: String = line.chars().take(column - 1).collect();
        let after: String = line
            .chars()
            .skip(column - 1 + name.chars().count())
            .collect();
        if let Some(call) = self.function_form(name, rest, &after) {
            return format!("write `{}{call}`", before.trim_start());
        }
        if before.contains(['{', '|']) {
            return format!(
                "begin the chain with a copy: `let it = {name};`, then `it{}`",
                first_link(&after)
            );
        }
        let copy = if name == "it" { "copy" } else { "it" };
        format!(
            "write `let {copy} = {name};` and `{}{copy}{after}`",
            before.trim_start()
        )
    }

    /// Returns the chain with its first method as a function of its module, where that says the
    /// same: `customer.users().…` becomes `partner::users(customer).…`.
    fn function_form(&self, name: &str, rest: &Expr, after: &str) -> Option<String> {
        let first = match rest {
            Expr::Dot(both, ..) | Expr::Index(both, ..) => &both.lhs,
            other => other,
        };
        let Expr::MethodCall(call, _) = first else {
            return None;
        };
        let Some(Ty::Rec(shape)) = self.scope.get(name) else {
            return None;
        };
        let operation = self.world.operation_method(*shape, &call.name)?;
        let taken = operation
            .positional()
            .filter(|param| operation.of_record(param));
        // An id of Azure stands for all that the record does.
        let in_path = |param: &&Param| param.place == Place::Path;
        let apart = if ids::are_paths(self.world.services[shape.service]) {
            taken.filter(|param| !in_path(param)).count() + 1
        } else {
            taken.count()
        };
        if apart != 1 {
            return None;
        }
        let after = after.strip_prefix(&format!(".{}(", call.name))?;
        let comma = if after.starts_with(')') { "" } else { ", " };
        let module = self.world.services[shape.service].name;
        Some(format!("{module}::{}({name}{comma}{after}", operation.name))
    }
}

/// Returns whether a closure among the arguments of a chain's methods captures a variable.
fn captures(rest: &Expr, name: &str) -> bool {
    match rest {
        Expr::Dot(both, ..) | Expr::Index(both, ..) => {
            captures(&both.lhs, name) || captures(&both.rhs, name)
        }
        Expr::MethodCall(call, _) => call
            .args
            .iter()
            .filter_map(capture::closure)
            .any(|closure| {
                let captured = closure.captured.iter().filter_map(capture::variable);
                captured.into_iter().any(|captured| captured == name)
            }),
        _ => false,
    }
}

/// Returns a chain's first link, shortened: `.map(…)`.
fn first_link(after: &str) -> String {
    match after.split_once('(') {
        Some((link, _)) => format!("{link}(…)"),
        None => after.to_owned(),
    }
}

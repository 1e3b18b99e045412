//! Going through statements: what they declare, assign and give.

use std::rc::Rc;

use rhai::{ASTFlags, BinaryExpr, Expr, FlowControl, OpAssignment, Stmt};

use super::capture::{Change, changed, changed_in, root, variable};
use super::checker::Checker;
use super::types::{Keys, Rest, Ty};
use crate::error::Code;

impl Checker<'_> {
    /// Goes through the statements of a block and returns what it gives.
    pub(super) fn block<'s>(&mut self, statements: impl IntoIterator<Item = &'s Stmt>) -> Ty {
        let mark = self.scope.enter();
        let mut value = Ty::Unit;
        for stmt in statements {
            value = self.statement(stmt);
        }
        self.scope.leave(mark);
        value
    }

    /// Goes through one statement and returns what it gives.
    pub(super) fn statement(&mut self, stmt: &Stmt) -> Ty {
        self.steps += 1;
        match stmt {
            Stmt::Expr(expr) => return self.expression(expr),
            Stmt::FnCall(call, at) => return self.call(call, *at),
            Stmt::Block(block) => return self.block(block.statements()),
            Stmt::If(flow, _) => return self.branches(flow),
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0);
                for case in &switch.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                    let unit = Rc::clone(&self.units[self.unit]);
                    self.forget(&changed_in(&unit, &case.rhs));
                }
                return Ty::Unknown;
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.loosen(flow.body.statements());
                self.expression(&flow.expr);
                self.block(flow.body.statements());
            }
            Stmt::For(parts, _) => self.for_loop(
                &parts.0.name,
                parts.1.as_ref().map(|counter| counter.name.as_str()),
                &parts.2,
            ),
            Stmt::TryCatch(flow, _) => self.try_catch(flow),
            Stmt::Var(parts, ..) => {
                let ty = self.expression(&parts.1);
                self.scope.declare(&parts.0.name, ty);
            }
            Stmt::Assignment(assignment) => self.assignment(&assignment.0, &assignment.1),
            Stmt::Return(value, flags, _) => {
                let ty = value
                    .as_ref()
                    .map_or(Ty::Unit, |value| self.expression(value));
                if !flags.intersects(ASTFlags::BREAK) {
                    let before = self.returned.take();
                    self.returned =
                        Some(before.map_or(ty.clone(), |before| before.join(ty.clone())));
                    return ty;
                }
                return Ty::Unknown;
            }
            Stmt::BreakLoop(Some(value), ..) => {
                self.expression(value);
            }
            Stmt::Import(import, _) => {
                self.expression(&import.0);
            }
            _ => {}
        }
        Ty::Unit
    }

    /// Forgets what statements may change that are run an unknown number of times.
    fn loosen(&mut self, statements: &[Stmt]) {
        let unit = Rc::clone(&self.units[self.unit]);
        self.forget(&changed(&unit, statements));
    }

    fn forget(&mut self, changes: &[Change]) {
        for (name, _) in changes {
            self.scope.loosen(name);
        }
    }

    fn branches(&mut self, flow: &FlowControl) -> Ty {
        self.expression(&flow.expr);
        let first = self.block(flow.body.statements());
        self.loosen(flow.body.statements());
        let second = self.block(flow.branch.statements());
        self.loosen(flow.branch.statements());
        first.join(second)
    }

    fn for_loop(&mut self, name: &str, counter: Option<&str>, flow: &FlowControl) {
        let items = self.expression(&flow.expr);
        if let Ty::Rec(_) | Ty::Bool | Ty::Date = items {
            let what = items.words(self.world.services);
            let message = format!("`for` goes through lists; this is {}", article(&what));
            self.wrong(Code::CheckArgument, flow.expr.start_position(), message, "");
        }
        let item = if is_range(&flow.expr) {
            Ty::Int
        } else {
            items.item()
        };
        self.loosen(flow.body.statements());
        let mark = self.scope.enter();
        self.scope.declare(name, item);
        if let Some(counter) = counter {
            self.scope.declare(counter, Ty::Int);
        }
        self.block(flow.body.statements());
        self.scope.leave(mark);
    }

    fn try_catch(&mut self, flow: &FlowControl) {
        self.block(flow.body.statements());
        self.loosen(flow.body.statements());
        let mark = self.scope.enter();
        if let Some(name) = variable(&flow.expr) {
            self.scope.declare(name, Ty::Unknown);
        }
        self.block(flow.branch.statements());
        self.scope.leave(mark);
        self.loosen(flow.branch.statements());
    }

    fn assignment(&mut self, op: &OpAssignment, both: &BinaryExpr) {
        let value = self.expression(&both.rhs);
        if let Some(name) = variable(&both.lhs) {
            let before = self.expression(&both.lhs);
            let after = match (op.is_op_assignment(), before) {
                (false, _) => value,
                (true, Ty::Int) if value == Ty::Int => Ty::Int,
                (true, Ty::Text) => Ty::Text,
                (true, before) => before.loosened(),
            };
            self.scope.assign(name, after);
            return;
        }
        self.write_chain(&both.lhs);
        let Some(name) = root(&both.lhs) else {
            return;
        };
        let known = self.scope.get(name).cloned();
        let (Expr::Dot(link, ..) | Expr::Index(link, ..)) = &both.lhs else {
            return;
        };
        let after = match (known, key_of(&link.rhs)) {
            (Some(Ty::Map(keys)), Some(key)) => with_key(&keys, key, value),
            // Records do not change.
            (Some(Ty::Rec(_)) | None, _) => return,
            (Some(before), _) => before.loosened(),
        };
        self.scope.assign(name, after);
    }
}

/// Returns the key that a last link names.
fn key_of(link: &Expr) -> Option<&str> {
    match link {
        Expr::Property(property, _) => Some(&property.2),
        Expr::StringConstant(key, _) => Some(key),
        _ => None,
    }
}

fn with_key(before: &Keys, key: &str, value: Ty) -> Ty {
    let mut keys: Vec<(String, Ty)> = before
        .entries
        .iter()
        .filter(|(name, _)| name != key)
        .cloned()
        .collect();
    keys.push((key.to_owned(), value));
    let rest = match before.rest {
        Rest::Refused => Rest::Absent,
        rest => rest,
    };
    Keys::of(keys, rest)
}

fn is_range(expr: &Expr) -> bool {
    matches!(expr, Expr::FnCall(call, _) if matches!(call.name.as_str(), ".." | "..=" | "range"))
}

/// Returns a phrase with an article, where it has none yet.
pub(super) fn article(words: &str) -> String {
    if words.starts_with(|first: char| first.is_ascii_uppercase()) {
        let an = words.starts_with(['A', 'E', 'I', 'O']);
        format!("{} {words}", if an { "an" } else { "a" })
    } else {
        words.to_owned()
    }
}

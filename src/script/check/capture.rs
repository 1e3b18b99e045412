//! Which variables pieces of a script change, and which closures capture.

use rhai::{ASTNode, Expr, FnPtr, Position, Stmt};

use super::unit::Unit;

/// Methods that change what they are called on.
pub(super) const CHANGING: [&str; 20] = [
    "append",
    "chop",
    "clear",
    "dedup",
    "drain",
    "extract",
    "fill_with",
    "insert",
    "mixin",
    "pad",
    "pop",
    "push",
    "remove",
    "replace",
    "retain",
    "reverse",
    "set",
    "shift",
    "splice",
    "truncate",
];

/// A closure as it stands in a script.
#[derive(Debug)]
pub(super) struct Closure<'e> {
    /// Name of its function.
    pub(super) name: String,
    /// The variables that it captures.
    pub(super) captured: &'e [Expr],
}

/// Returns the closure that an expression is.
pub(super) fn closure(expr: &Expr) -> Option<Closure<'_>> {
    match expr {
        Expr::DynamicConstant(value, _) => {
            let name = value.read_lock::<FnPtr>()?.fn_name().to_owned();
            Some(Closure {
                name,
                captured: &[],
            })
        }
        Expr::Stmt(block) => {
            let [Stmt::Share(_), Stmt::Expr(inner)] = block.statements() else {
                return None;
            };
            let Expr::FnCall(curry, _) = &**inner else {
                return None;
            };
            let (first, captured) = curry.args.split_first()?;
            let name = closure(first)?.name;
            Some(Closure { name, captured })
        }
        _ => None,
    }
}

/// Returns the name of a plain variable.
pub(super) fn variable(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Variable(variable, ..) if variable.2.is_empty() => Some(&variable.1),
        _ => None,
    }
}

/// Returns the variable that a chain begins with.
pub(super) fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Dot(both, ..) | Expr::Index(both, ..) => root(&both.lhs),
        other => variable(other),
    }
}

/// A variable that is changed, and where.
pub(super) type Change = (String, Position);

/// Returns the variables that statements assign to or change in place, also inside closures.
pub(super) fn changed(unit: &Unit, statements: &[Stmt]) -> Vec<Change> {
    let mut changes = Vec::new();
    for stmt in statements {
        stmt.walk(&mut Vec::new(), &mut |path| note(unit, path, &mut changes));
    }
    changes
}

/// Does the same for an expression.
pub(super) fn changed_in(unit: &Unit, expr: &Expr) -> Vec<Change> {
    let mut changes = Vec::new();
    expr.walk(&mut Vec::new(), &mut |path| note(unit, path, &mut changes));
    changes
}

fn note(unit: &Unit, path: &[ASTNode], changes: &mut Vec<Change>) -> bool {
    match path.last() {
        Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
            let lhs = &assignment.1.lhs;
            changes.extend(root(lhs).map(|name| (name.to_owned(), lhs.start_position())));
        }
        Some(ASTNode::Expr(expr)) => changed_by(unit, expr, changes),
        _ => {}
    }
    true
}

fn changed_by(unit: &Unit, expr: &Expr, changes: &mut Vec<Change>) {
    match expr {
        Expr::Dot(both, ..) | Expr::Index(both, ..) => {
            if let Some(name) = variable(&both.lhs).filter(|_| ends_changing(&both.rhs)) {
                changes.push((name.to_owned(), both.lhs.start_position()));
            }
        }
        Expr::DynamicConstant(..) | Expr::Stmt(_) => {
            if let Some(closure) = closure(expr) {
                changes.extend(changed_captures(unit, &closure));
            }
        }
        _ => {}
    }
}

/// Returns whether the rest of a chain holds a method that changes its receiver.
fn ends_changing(rest: &Expr) -> bool {
    match rest {
        Expr::Dot(both, ..) | Expr::Index(both, ..) => {
            ends_changing(&both.lhs) || ends_changing(&both.rhs)
        }
        Expr::MethodCall(call, _) => CHANGING.contains(&call.name.as_str()),
        _ => false,
    }
}

/// Returns which of its captured variables a closure changes, and where.
pub(super) fn changed_captures(unit: &Unit, closure: &Closure) -> Vec<Change> {
    let captured: Vec<&str> = closure.captured.iter().filter_map(variable).collect();
    let function = unit.function(&closure.name, usize::MAX);
    let Some(function) = function.filter(|_| !captured.is_empty()) else {
        return Vec::new();
    };
    let mut changes = changed(unit, &function.body);
    changes.retain(|(name, _)| captured.contains(&name.as_str()));
    changes
}

//! The variables that are visible at one point of a script, with their inferred types.

use super::types::Ty;

/// The variables of one function, closure or script.
#[derive(Debug, Default)]
pub(super) struct Scope {
    variables: Vec<Variable>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    ty: Ty,
    /// Something that runs at unknown times assigns to it.
    restless: bool,
}

impl Scope {
    /// Returns how many variables there are, to end a block with [`Scope::leave`].
    pub(super) fn enter(&self) -> usize {
        self.variables.len()
    }

    /// Forgets the variables that were declared since.
    pub(super) fn leave(&mut self, mark: usize) {
        self.variables.truncate(mark);
    }

    pub(super) fn declare(&mut self, name: &str, ty: Ty) {
        self.variables.push(Variable {
            name: name.to_owned(),
            ty,
            restless: false,
        });
    }

    pub(super) fn get(&self, name: &str) -> Option<&Ty> {
        self.find(name).map(|at| &self.variables[at].ty)
    }

    pub(super) fn assign(&mut self, name: &str, ty: Ty) {
        if let Some(at) = self.find(name) {
            let variable = &mut self.variables[at];
            variable.ty = if variable.restless { Ty::Unknown } else { ty };
        }
    }

    /// Notes that a variable may have changed.
    pub(super) fn loosen(&mut self, name: &str) {
        if let Some(at) = self.find(name) {
            self.variables[at].ty = Ty::Unknown;
        }
    }

    /// Notes that a variable may change at any time from now on.
    pub(super) fn give_up(&mut self, name: &str) {
        if let Some(at) = self.find(name) {
            self.variables[at].ty = Ty::Unknown;
            self.variables[at].restless = true;
        }
    }

    /// Notes that anything may have changed.
    pub(super) fn loosen_all(&mut self) {
        for variable in &mut self.variables {
            variable.ty = Ty::Unknown;
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.variables
            .iter()
            .rposition(|variable| variable.name == name)
    }
}

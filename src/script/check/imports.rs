//! Reading the sources that a script imports, and what is wrong with the imports themselves.

use std::rc::Rc;

use super::Finding;
use super::checker::Checker;
use super::syntax;
use super::unit::{Import, Target, Unit};
use crate::error::Code;
use crate::script::Source;

/// Finds the sources that scripts import.
pub trait Imports {
    /// Returns the source of a path as it stands in the source named `from`. The name must be the
    /// same however the source is reached.
    ///
    /// # Errors
    /// Why there is no such source: a fragment for a message.
    fn source(&self, path: &str, from: &str) -> Result<Source, String>;
}

/// Finds nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoImports;

impl Imports for NoImports {
    fn source(&self, _: &str, _: &str) -> Result<Source, String> {
        Err("modules cannot be imported here".to_owned())
    }
}

impl Checker<'_> {
    /// Reads what a source imports, and what that imports, before anything is checked.
    pub(super) fn load(&mut self, mut unit: Unit, chain: &mut Vec<String>) -> usize {
        chain.push(unit.source.name.clone());
        for import in unit.import_list.clone() {
            self.shadowing(&unit, &import);
            if let Some(target) = self.target(&unit, &import, chain) {
                unit.imports.insert(import.alias, Target::Unit(target));
            }
        }
        chain.pop();
        self.units.push(Rc::new(unit));
        self.units.len() - 1
    }

    fn shadowing(&mut self, unit: &Unit, import: &Import) {
        if self.world.is_module(&import.alias) {
            let message = format!(
                "`{}` hides the module of that name in this script",
                import.alias
            );
            let at = unit.token(import.alias_at);
            let finding = Finding::warning(Code::CheckImport, message, at);
            self.findings
                .push(finding.help("take another name after `as`"));
        }
    }

    fn target(&mut self, unit: &Unit, import: &Import, chain: &mut Vec<String>) -> Option<usize> {
        let path = import.path.as_deref()?;
        let wrong = |message: String| {
            Finding::error(Code::CheckImport, message, unit.token(import.path_at))
        };
        let source = match self.imports.source(path, &unit.source.name) {
            Ok(source) => Rc::new(source),
            Err(reason) => {
                self.findings.push(wrong(reason));
                return None;
            }
        };
        if let Some(first) = chain.iter().position(|name| *name == source.name) {
            let circle = chain[first..].join(" → ");
            let finding = wrong(format!(
                "the import leads in a circle: {circle} → {}",
                source.name
            ));
            self.findings
                .push(finding.help("move what both need into a third module"));
            return None;
        }
        let known = |unit: &Rc<Unit>| unit.source.name == source.name;
        if let Some(loaded) = self.units.iter().position(known) {
            return Some(loaded);
        }
        match syntax::parse(&self.engine, &source, false) {
            Ok(ast) => {
                let unit = Unit::new(source, false, &ast);
                Some(self.load(unit, chain))
            }
            Err(finding) => {
                self.broken.push((*source).clone());
                self.findings.push(finding);
                None
            }
        }
    }
}

//! Where modules come from: `std/…` is built in, everything else is a file beside the script that
//! imports it. Running and checking find the same.

use std::path::{Component, Path, PathBuf};

use super::Source;
use super::check::Imports;
use crate::base::file::read_text;
use crate::error::{Code, Error};

/// Modules that are part of the program, by name without `std/`.
const BUILT_IN: &[(&str, &str)] = &[
    ("azure", include_str!("../../stdlib/azure.rhai")),
    ("backup", include_str!("../../stdlib/backup.rhai")),
    ("licensing", include_str!("../../stdlib/licensing.rhai")),
    ("mfa", include_str!("../../stdlib/mfa.rhai")),
    ("offboarding", include_str!("../../stdlib/offboarding.rhai")),
    ("onboarding", include_str!("../../stdlib/onboarding.rhai")),
    ("recovery", include_str!("../../stdlib/recovery.rhai")),
    ("summary", include_str!("../../stdlib/summary.rhai")),
];
const STD: &str = "std/";

/// Finds the modules of a script.
#[derive(Debug, Clone)]
pub struct Modules {
    folder: PathBuf,
}

impl Modules {
    /// Creates a finder; `main` is the script's path as it was given.
    pub fn beside(main: &str) -> Self {
        let folder = Path::new(main).parent().map(Path::to_path_buf);
        Self {
            folder: folder.unwrap_or_default(),
        }
    }

    /// Returns the module of a path as it stands in the script of the name `importer` (empty: the
    /// main script). Its name is the same whoever imports it.
    pub(super) fn find(&self, importer: &str, path: &str) -> Result<Source, Error> {
        let name = self.name(importer, path);
        let text = text(&name, path)?;
        Ok(Source::new(name, text))
    }

    /// Returns the name under which a module is known.
    pub(super) fn name(&self, importer: &str, path: &str) -> String {
        if path.starts_with(STD) {
            return path.to_owned();
        }
        let folder = match Path::new(importer).parent() {
            Some(folder) if !importer.starts_with(STD) => folder,
            _ => &self.folder,
        };
        let mut place = PathBuf::new();
        for part in folder.join(path).components() {
            match part {
                Component::ParentDir if place.file_name().is_some() => {
                    place.pop();
                }
                Component::CurDir => {}
                part => place.push(part),
            }
        }
        if place.extension().is_none() {
            place.set_extension("rhai");
        }
        place.display().to_string()
    }
}

/// Returns the text of a module by the name under which it is known, for diagnostics.
pub fn module_text(name: &str) -> Option<String> {
    text(name, name).ok()
}

fn text(name: &str, path: &str) -> Result<String, Error> {
    if let Some(own) = name.strip_prefix(STD) {
        let found = BUILT_IN.iter().find(|(name, _)| *name == own);
        return found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| {
            let known: Vec<String> = BUILT_IN
                .iter()
                .map(|(name, _)| format!("{STD}{name}"))
                .collect();
            Error::new(Code::ScriptImport, format!("there is no module `{path}`"))
                .help(format!("there is: {}", known.join(", ")))
        });
    }
    read_text(Path::new(name)).map_err(|error| {
        Error::new(
            Code::ScriptImport,
            format!("`{path}` cannot be imported: {error}"),
        )
    })
}

impl Imports for Modules {
    fn source(&self, path: &str, from: &str) -> Result<Source, String> {
        self.find(from, path).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_has_one_name_whoever_imports_it() {
        let modules = Modules::beside("runbooks/main.rhai");
        let check = |importer: &str, path: &str, expected: &str| {
            assert_eq!(
                modules.name(importer, path),
                Path::new(expected).display().to_string()
            );
        };
        check("", "lib/a", "runbooks/lib/a.rhai");
        check("runbooks/lib/b.rhai", "a", "runbooks/lib/a.rhai");
        check(
            "runbooks/lib/b.rhai",
            "../lib/./a.rhai",
            "runbooks/lib/a.rhai",
        );
        check("", "std/summary", "std/summary");
        assert!(modules.find("", "std/nothing").is_err());
    }
}

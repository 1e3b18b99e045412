//! The texts of a run: its script and all that it imports, and the words in them. Only functions that
//! a text names need to be known to the engine: there are a thousand, and a script calls ten.

use std::collections::HashSet;

use super::check::Imports;
use super::{Modules, Source};

/// The texts of a run.
#[derive(Debug, Default)]
pub struct Texts {
    /// The script's, and those of what it imports.
    pub all: Vec<String>,
    /// Whether more may be named than can be seen: by a path or a text that is known only later.
    pub more: bool,
}

impl Texts {
    /// Returns the texts of a script. What cannot be imported is for the check to say.
    pub fn of(source: &Source) -> Self {
        let modules = Modules::beside(&source.name);
        let (mut found, mut seen) = (Self::default(), HashSet::new());
        let mut left = found.add(source.text.clone(), "");
        while let Some((path, from)) = left.pop() {
            if let Ok(module) = modules.source(&path, &from)
                && seen.insert(module.name.clone())
            {
                left.extend(found.add(module.text, &module.name));
            }
        }
        found
    }

    /// Keeps a text; returns the paths that it imports, with its name.
    fn add(&mut self, text: String, name: &str) -> Vec<(String, String)> {
        self.more |= ["eval(", "eval (", "Fn(", "Fn ("]
            .iter()
            .any(|call| text.contains(call));
        let mut paths = Vec::new();
        for (at, word) in text.match_indices("import") {
            let rest = text[at + word.len()..].trim_start();
            let path = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            match path {
                Some((path, _)) => paths.push((path.to_owned(), name.to_owned())),
                None => self.more = true,
            }
        }
        self.all.push(text);
        paths
    }
}

/// The words that a run may call something by.
#[derive(Debug, Clone)]
pub(super) struct Names(Option<HashSet<String>>);

impl Names {
    /// Any word at all: nobody knows what will be typed.
    pub(super) fn any() -> Self {
        Self(None)
    }

    /// Returns the words of a script and of what it imports.
    pub(super) fn of(source: &Source) -> Self {
        let texts = Texts::of(source);
        if texts.more {
            return Self::any();
        }
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = texts
            .all
            .iter()
            .flat_map(|text| text.split(|letter| !is_part(letter)));
        Self(Some(words.map(str::to_owned).collect()))
    }

    /// Tells whether the run may call something of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|words| words.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_calls_what_its_texts_name() {
        let check = |text: &str, name: &str, expected: bool| {
            let names = Names::of(&Source::new("main.rhai", text));
            assert_eq!(names.has(name), expected, "{name} in {text}");
        };
        check("arm::vms(sub)", "vms", true);
        check("arm::vms(sub)", "vm", false);
        check("`${vm.start()}`", "start", true);
        check(r#"import "std/azure" as azure;"#, "subscriptions", true);
        check(r#"import "std/azure" as azure;"#, "no_such_word", false);
        check("import path as other;", "vm", true);
        check(r#"eval("vm")"#, "vm", true);
        check(r#"Fn("st" + "art")"#, "start", true);
    }
}

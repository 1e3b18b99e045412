//! Which added APIs a command needs: a start reads only those that its script names.

use std::collections::HashSet;

use directories::ProjectDirs;

use super::console::Console;
use crate::api;
use crate::api::added::Store;
use crate::api::model::Service;
use crate::base::text::did_you_mean;
use crate::error::Error;
use crate::script::diagnostic::Severity;
use crate::script::{Source, Texts};

/// Returns the store of this user.
pub(super) fn store() -> Store {
    let folders = ProjectDirs::from("", "", "tenantry");
    let folder = folders.map(|folders| {
        let state = folders.state_dir().unwrap_or(folders.data_local_dir());
        state.join("apis")
    });
    // Without a folder of one's own there is nothing, and nothing can be added.
    Store::at(folder.unwrap_or_default())
}

/// Returns our services and every added one; those that cannot be used are noted and left out.
pub(super) fn all(console: &Console) -> Vec<&'static Service> {
    let store = store();
    usable(&store, store.names(), console)
}

/// Returns our services and the added ones that a name of the manual may mean. One that is named must
/// be usable.
pub(super) fn for_name(name: &str, console: &Console) -> Result<Vec<&'static Service>, Error> {
    let module = name.split("::").next().unwrap_or(name);
    if api::service(module).is_some() {
        return Ok(api::services().to_vec());
    }
    let store = store();
    let names = store.names();
    let named = names.iter().filter(|known| *known == module).cloned();
    match named.collect::<Vec<_>>() {
        // A record type, a method, or a slip.
        none if none.is_empty() => Ok(usable(&store, names, console)),
        named => with(&store, named),
    }
}

/// Returns our services and the added ones that a script names, or something that it imports.
pub(super) fn for_script(source: &Source) -> Result<Vec<&'static Service>, Error> {
    let store = store();
    let names = store.names();
    let wanted = if names.is_empty() {
        Vec::new()
    } else {
        Mentions::of(source).of_these(names)
    };
    with(&store, wanted)
}

fn with(store: &Store, names: Vec<String>) -> Result<Vec<&'static Service>, Error> {
    let mut services = api::services().to_vec();
    for name in names {
        services.push(store.load(&name)?);
    }
    Ok(services)
}

fn usable(store: &Store, names: Vec<String>, console: &Console) -> Vec<&'static Service> {
    let mut services = api::services().to_vec();
    for name in names {
        match store.load(&name) {
            Ok(service) => services.push(service),
            Err(error) => note(&error, console),
        }
    }
    services
}

/// Says on stderr why an added API is left out.
pub(super) fn note(error: &Error, console: &Console) {
    console.show(error, Severity::Warning, None, &[]);
}

/// The modules that a script and its imports name.
#[derive(Debug, Default)]
struct Mentions {
    names: HashSet<String>,
    /// Whether more may be named than can be seen: by a path or a text that is known only later.
    more: bool,
}

impl Mentions {
    fn of(source: &Source) -> Self {
        let texts = Texts::of(source);
        let mut found = Self::default();
        for text in &texts.all {
            found.read(text);
        }
        found.more = texts.more;
        found
    }

    /// Notes the names before `::`; one too many does no harm.
    fn read(&mut self, text: &str) {
        for (at, _) in text.match_indices("::") {
            let before = text[..at].trim_end();
            let begins = before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let name = &before[begins.map_or(0, |at| at + next(before, at))..];
            self.names.insert(name.to_owned());
        }
    }

    /// Returns which of the added ones are meant, also those that were nearly named: a slip gets its
    /// suggestion from what there is.
    fn of_these(&self, added: Vec<String>) -> Vec<String> {
        if self.more {
            return added;
        }
        let is_known =
            |name: &str| api::service(name).is_some() || added.iter().any(|it| it == name);
        let unknown = self.names.iter().filter(|name| !is_known(name));
        let near: HashSet<&str> = unknown
            .filter_map(|name| did_you_mean(name, added.iter().map(String::as_str)))
            .collect();
        let wanted = |name: &&String| self.names.contains(*name) || near.contains(name.as_str());
        added.iter().filter(wanted).cloned().collect()
    }
}

/// Returns how many bytes the character at a place has.
fn next(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_the_apis_that_it_names() {
        let check = |text: &str, expected: &[&str]| {
            let mentions = Mentions::of(&Source::new("main.rhai", text));
            let added = ["compute", "nat"].map(str::to_owned).to_vec();
            assert_eq!(mentions.of_these(added), expected, "{text}");
        };
        check("partner::customers()", &[]);
        check("let x = nat :: gateways(1);", &["nat"]);
        check("`${nat::gateways(1)}`", &["nat"]);
        check("network::gateways(1)", &[]);
        check("nats::gateways(1)", &["nat"]);
        check("gateways(1).nat", &[]);
        check("eval(text)", &["compute", "nat"]);
        check("import path as p;", &["compute", "nat"]);
        check("import \"std/summary\" as s; compute::vms()", &["compute"]);
    }

    #[test]
    fn what_a_script_imports_is_looked_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("a.rhai"), "import \"b\" as b;").expect("written");
        std::fs::write(path("b.rhai"), "import \"a\" as a; fn f() { nat::x() }").expect("written");
        let mentions = Mentions::of(&Source::new(path("main.rhai"), "import \"a\" as a;"));
        assert_eq!(mentions.of_these(vec!["nat".to_owned()]), ["nat"]);
    }
}

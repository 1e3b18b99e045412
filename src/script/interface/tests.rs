use std::collections::BTreeSet;

use super::*;
use crate::api::model::Operation;
use crate::script::testing;

/// The names of operations as methods.
fn of_operations() -> BTreeSet<String> {
    crate::api::services()
        .iter()
        .flat_map(|service| service.operations.iter())
        .filter_map(|operation| Some(operation.method_of?.1.to_owned()))
        .flat_map(|name| [format!("{}{name}", Operation::BEGIN), name])
        .collect()
}

/// What the engine adds to Rhai's own functions, by name.
fn added() -> BTreeSet<String> {
    let ours = testing::engine(&testing::session(&[]));
    let bare = native();
    let plain: BTreeSet<String> = bare.into_iter().map(|(name, _)| name).collect();
    let names = ours.collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.as_str();
            let name = name.strip_prefix("get$").unwrap_or(name);
            let service =
                ["partner", "graph", "arm", "recovery"].contains(&info.namespace.as_str());
            (!service).then(|| name.to_owned())
        },
        false,
    );
    let words = |name: &String| {
        name.starts_with(|first: char| first.is_alphabetic())
            && !name.contains('$')
            && !plain.contains(name)
    };
    names.into_iter().filter(words).collect()
}

#[test]
fn the_table_says_what_the_engine_has() {
    let known = known(crate::api::services());
    let mut told: BTreeSet<String> = known
        .methods
        .iter()
        .map(|one| one.name.to_owned())
        .collect();
    told.extend(known.functions.iter().map(|one| one.name.to_owned()));
    let methods = of_operations();
    let silent: Vec<_> = added()
        .into_iter()
        .filter(|name| !told.contains(name) && !methods.contains(name))
        .collect();
    assert!(
        silent.is_empty(),
        "registered but not in the table: {silent:?}"
    );
    let known_native: BTreeSet<String> =
        known.native.iter().map(|(name, _)| name.clone()).collect();
    let mut ours = added();
    ours.extend(of_operations()); // some are methods of the host's types as well
    let only_told: Vec<_> = known
        .functions
        .iter()
        .filter(|one| one.module.is_none())
        .map(|one| one.name)
        .chain(known.methods.iter().map(|one| one.name))
        .filter(|name| !ours.contains(*name) && !known_native.contains(*name))
        .collect();
    assert!(
        only_told.is_empty(),
        "in the table but not registered: {only_told:?}"
    );
}

#[test]
fn every_entry_has_a_sentence() {
    let known = known(crate::api::services());
    for doc in known
        .functions
        .iter()
        .map(|one| one.doc)
        .chain(known.methods.iter().map(|one| one.doc))
    {
        assert!(doc.ends_with('.') || doc.ends_with('…'), "{doc}");
    }
}

//! Which namespaces there are, with their types: those of the served types, those of Azure Resource
//! Manager itself, and a few beside. Source: arm reference §9, §10.4.

use std::collections::BTreeSet;

use crate::sandbox::arm::{consumption, features, group, kind, locks, roles};

/// A namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox::arm) struct Namespace {
    pub(in crate::sandbox::arm) name: &'static str,
    /// Whether every subscription has it registered, always.
    pub(super) is_free: bool,
}

/// A type of a namespace.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) name: String,
    /// The oldest first.
    pub(super) versions: &'static [&'static str],
    /// Whether it is in a region.
    pub(super) is_regional: bool,
    /// Whether it has tags and can be moved.
    pub(super) is_tracked: bool,
}

/// Names of types, with their versions.
type Listed = &'static [(&'static str, &'static [&'static str])];

/// Namespaces that are always registered, with types that are no resources of a group. The reference
/// names the first three.
const FREE: [(&str, Listed); 5] = [
    (
        "Microsoft.Authorization",
        &[
            ("locks", locks::VERSIONS),
            ("roleAssignments", roles::VERSIONS),
            ("roleDefinitions", roles::VERSIONS),
        ],
    ),
    (
        "Microsoft.Features",
        &[
            ("features", features::VERSIONS),
            ("providers", features::VERSIONS),
        ],
    ),
    (
        "Microsoft.Resources",
        &[
            ("deployments", group::VERSIONS),
            ("providers", group::VERSIONS),
            ("resourceGroups", group::VERSIONS),
            ("resources", group::VERSIONS),
            ("subscriptions", group::VERSIONS),
            ("tags", group::VERSIONS),
        ],
    ),
    (
        "Microsoft.Consumption",
        &[
            ("budgets", consumption::VERSIONS),
            ("usageDetails", consumption::VERSIONS),
        ],
    ),
    ("Microsoft.Subscription", &[]),
];

/// Namespaces that there are without types that this sandbox serves.
const BESIDE: [&str; 3] = ["Microsoft.Insights", "Microsoft.KeyVault", "Microsoft.Web"];

/// Returns all namespaces by name.
pub(super) fn all() -> impl Iterator<Item = Namespace> {
    let served = kind::all().map(|kind| namespace(kind.name()));
    let free = FREE.iter().map(|(name, _)| *name);
    let names: BTreeSet<&'static str> = served.chain(free).chain(BESIDE).collect();
    names.into_iter().map(|name| Namespace {
        name,
        is_free: FREE.iter().any(|(free, _)| *free == name),
    })
}

/// Finds a namespace; casing does not count.
pub(in crate::sandbox::arm) fn find(name: &str) -> Option<Namespace> {
    all().find(|known| known.name.eq_ignore_ascii_case(name))
}

fn namespace(kind: &'static str) -> &'static str {
    kind.split('/').next().unwrap_or_default()
}

/// Returns the types of a namespace.
pub(super) fn types(of: &Namespace) -> impl Iterator<Item = Type> + use<> {
    let of = *of;
    let own = FREE.iter().filter(move |(name, _)| *name == of.name);
    let own = own
        .flat_map(|(_, types)| *types)
        .map(|(name, versions)| Type {
            name: (*name).to_owned(),
            versions,
            is_regional: false,
            is_tracked: false,
        });
    let served = kind::all().filter(move |kind| namespace(kind.name()) == of.name);
    let served = served.map(|kind| Type {
        name: kind.name()[namespace(kind.name()).len()..]
            .trim_start_matches('/')
            .to_owned(),
        versions: kind.versions(),
        is_regional: kind.in_group(),
        is_tracked: kind.tracked(),
    });
    own.chain(served)
}

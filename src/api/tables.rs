//! The tables of the built-in services, as the build emitted them.

// Emitted text names the variants of the model's enums without their enum. Clippy does not look at
// glob imports in test builds.
#[cfg_attr(
    not(test),
    expect(
        clippy::enum_glob_use,
        clippy::wildcard_imports,
        reason = "emitted text uses whatever it needs"
    )
)]
use super::model::{
    Auth::*, Effect::*, Kind::*, Output::*, Paging::*, Place::*, Test::*, Until::*, Verb::*, *,
};

static PARTNER: Service = include!(concat!(env!("OUT_DIR"), "/partner.rs"));
static GRAPH: Service = include!(concat!(env!("OUT_DIR"), "/graph.rs"));
static ARM: Service = include!(concat!(env!("OUT_DIR"), "/arm.rs"));
static RECOVERY: Service = include!(concat!(env!("OUT_DIR"), "/recovery.rs"));

/// Returns the built-in services, also those that have no described operations yet.
pub fn services() -> &'static [&'static Service] {
    static ALL: [&Service; 4] = [&PARTNER, &GRAPH, &ARM, &RECOVERY];
    &ALL
}

/// Returns the built-in service of that name.
pub fn service(name: &str) -> Option<&'static Service> {
    services()
        .iter()
        .copied()
        .find(|service| service.name == name)
}

#[cfg(test)]
mod tests;

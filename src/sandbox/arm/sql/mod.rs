//! Microsoft.Sql: servers whose names are the whole world's, their databases and firewall rules.
//! Source: arm reference §10.11.

mod databases;
mod firewall;
mod names;
mod refusal;
mod seed;
mod servers;
mod service;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(super) use seed::fill;

use super::kind::{Kind, Links, Long};
use crate::sandbox::route::Route;

/// The types.
pub(super) const KINDS: &[&dyn Kind] =
    &[&servers::Servers, &databases::Databases, &firewall::Rules];

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[
    names::ROUTES,
    servers::ROUTES,
    databases::ROUTES,
    databases::ACTIONS,
    firewall::ROUTES,
];

const VERSIONS: &[&str] = &[
    "2014-04-01",
    "2015-05-01-preview",
    "2019-06-01-preview",
    "2021-11-01",
    "2023-08-01",
    "2025-01-01",
];

/// Work of a server or database; the reference names no times.
const fn long(seconds: u64) -> Long {
    Long {
        accepted: true,
        links: Links::Location,
        time: Duration::from_secs(seconds),
        retry_after: 15,
    }
}

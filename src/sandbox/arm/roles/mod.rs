//! Roles of Azure: which there are, and who has which. Source: arm reference §10.7.

mod assignments;
mod definitions;
mod filter;
mod wish;

#[cfg(test)]
mod tests;

pub(super) use assignments::{begin, give};
pub(super) use definitions::find as definition;

use crate::sandbox::route::Route;

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[assignments::ROUTES, definitions::ROUTES];

/// Api-versions of assignments and definitions.
pub(super) const VERSIONS: &[&str] = &[
    "2015-07-01",
    "2018-01-01-preview",
    "2018-09-01-preview",
    "2020-04-01-preview",
    "2022-04-01",
];

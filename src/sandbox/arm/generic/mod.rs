//! What Azure Resource Manager does with resources of any type: lists with filters, calls of whatever
//! an id names. Source: arm reference §5, §8, §10.3.

mod filter;
mod list;
mod one;
#[cfg(test)]
mod tests;

use crate::sandbox::route::Route;

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[list::ROUTES, one::ROUTES];

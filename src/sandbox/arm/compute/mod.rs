//! Microsoft.Compute. Source: arm reference §10.8.

mod availability_sets;

use super::kind::Kind;
use crate::sandbox::route::Route;

/// The types.
pub(super) const KINDS: &[&dyn Kind] = &[&availability_sets::AvailabilitySets];

/// The routes.
pub(super) const ROUTES: &[&[Route]] = &[availability_sets::ROUTES];

/// Api-versions of machines, sizes and availability sets.
const VERSIONS: &[&str] = &[
    "2015-05-01-preview",
    "2015-06-15",
    "2019-07-01",
    "2021-11-01",
    "2023-09-01",
    "2024-07-01",
    "2025-04-01",
];

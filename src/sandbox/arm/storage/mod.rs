//! Microsoft.Storage: accounts, their names and keys. What is in them is no matter of Azure Resource
//! Manager. Source: arm reference §7.3, §10.9, §11.

mod accounts;
mod endpoints;
mod keys;
mod names;
mod sas;
mod seed;
mod settings;
#[cfg(test)]
mod tests;

pub(super) use seed::fill;

use super::kind::Kind;
use crate::sandbox::route::Route;

/// The types.
pub(super) const KINDS: &[&dyn Kind] = &[&accounts::StorageAccounts];

/// The routes.
pub(super) const ROUTES: &[&[Route]] =
    &[accounts::ROUTES, names::ROUTES, keys::ROUTES, sas::ROUTES];

/// Api-versions of accounts.
const VERSIONS: &[&str] = &[
    "2015-05-01-preview",
    "2015-06-15",
    "2016-01-01",
    "2017-10-01",
    "2018-07-01",
    "2019-06-01",
    "2021-09-01",
    "2022-09-01",
    "2023-01-01",
    "2023-05-01",
    "2024-01-01",
    "2025-06-01",
    "2025-08-01",
    "2026-09-01",
];

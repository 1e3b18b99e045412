//! Entra ID: who is who, and the tokens that say so.

mod aadsts;
mod claims;
mod form;
pub(crate) mod gdap;
pub(crate) mod groups;
mod jwt;
mod metadata;
mod reach;
mod roles;
mod scope;
pub(crate) mod seed;
pub(crate) mod tenants;
#[cfg(test)]
mod tests;
mod token;
mod verify;

pub(crate) use tenants::{add_tenant, consent, keep, remove_tenant};
pub(crate) use verify::{Fault, verify};

use super::route::Route;

/// Returns every route of Entra ID.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![metadata::ROUTES, token::ROUTES]
}

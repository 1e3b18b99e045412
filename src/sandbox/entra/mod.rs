//! Entra ID: who is who, and the tokens that say so.

mod aadsts;
mod claims;
mod form;
mod jwt;
mod metadata;
mod reach;
mod scope;
pub(crate) mod seed;
mod tenants;
#[cfg(test)]
mod tests;
mod token;
mod verify;

pub(crate) use tenants::{add_tenant, consent, remove_tenant};
pub(crate) use verify::{Fault, verify};

use super::route::Route;

/// Returns every route of Entra ID.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![metadata::ROUTES, token::ROUTES]
}

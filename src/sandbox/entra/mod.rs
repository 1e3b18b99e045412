//! Entra ID: who is who, and the tokens that say so.

mod aadsts;
mod access;
mod admin_consent;
mod approval;
mod authorize;
mod claims;
pub(super) mod client;
mod consent;
mod device;
mod directory;
pub(crate) mod domains;
mod form;
pub(crate) mod gdap;
mod grant;
pub(crate) mod groups;
mod jwt;
mod metadata;
mod page;
mod reach;
pub(crate) mod roles;
mod scope;
pub(crate) mod seed;
mod session;
mod sign_in;
pub(crate) mod tenants;
#[cfg(test)]
mod tests;
mod token;
mod verify;
mod workload;

pub(crate) use aadsts::{Aadsts, Trace};
#[cfg(test)]
pub(crate) use claims::object_in;
pub(crate) use directory::{revoke, set_enabled, set_password, sign_in, user_by_name};
pub(crate) use scope::{ARM, GRAPH, PARTNER, services};
pub(crate) use tenants::{add_tenant, consent, keep, remove_tenant};
pub(crate) use verify::{Fault, verify};
pub(crate) use workload::assertion;

use super::route::Route;

/// Returns every route of Entra ID.
pub(crate) fn routes() -> Vec<&'static [Route]> {
    vec![
        metadata::ROUTES,
        authorize::ROUTES,
        token::ROUTES,
        device::ROUTES,
        admin_consent::ROUTES,
        approval::ROUTES,
        session::ROUTES,
        workload::ROUTES,
    ]
}

//! Tokens: who signs in, how, and which token a call gets. A token is for exactly one (tenant,
//! resource, principal) of one profile and never serves another.

mod cache;
mod consent;
mod entra;
mod flow;
mod principal;
mod source;
mod tenants;
#[cfg(test)]
mod tests;

pub use source::Identity;

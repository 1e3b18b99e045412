//! Tokens: who signs in, how, and which token a call gets. A token is for exactly one (tenant,
//! resource, principal) of one profile and never serves another.

mod authority;
mod cache;
mod claims;
mod consent;
mod desk;
mod entra;
mod flow;
mod id_token;
mod login;
mod loopback;
mod page;
mod principal;
mod proof;
mod remedy;
mod renewal;
mod resource;
mod role;
mod safe;
mod source;
mod surroundings;
mod tenants;
#[cfg(test)]
mod tests;
mod time;
mod turn;

pub use login::{Guide, Login, Revoked, SignedIn, Way};
pub(crate) use remedy::login_command;
pub use source::Identity;

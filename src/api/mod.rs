//! What the services offer, as data: the descriptions that the build turns into static tables, those
//! that a user adds, and how each service pages, filters and reports errors.

pub mod added;
pub mod dialect;
pub mod document;
pub mod filter;
pub mod ids;
mod lookup;
mod names;
mod roles;
mod tables;
#[cfg(test)]
pub(crate) mod testing;

pub use document::model;
pub use lookup::{matching, suggestion};
pub use names::{Principal, ServiceName};
pub use roles::{GLOBAL_ADMINISTRATOR, PLAIN_MEMBER, directory_role, is_directory_role};
pub use tables::{service, services};

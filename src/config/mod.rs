//! Who signs in, where the services are, and where secrets come from.

mod environment;
mod profile;

pub use environment::{check_names, from_environment};
pub use profile::{Endpoints, Profile};

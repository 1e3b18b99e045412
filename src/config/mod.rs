//! Who signs in, where the services are, and where secrets come from.

mod cloud;
mod environment;
mod file;
mod profile;
mod read;
mod section;
#[cfg(test)]
mod tests;
mod text;
mod vault;

pub use cloud::Cloud;
pub use environment::{check_names, describes_profile, from_environment, secrets};
pub use file::{Config, Keep, path, profile_name};
pub use profile::{AppCredential, Assertion, Defaults, Endpoints, Profile, Role, UserFlow};
pub use vault::{Given, SecretName, Vault};

use std::sync::Arc;

/// A profile with the vault that its secrets are in.
#[derive(Debug, Clone)]
pub struct Account {
    /// The profile.
    pub profile: Profile,
    /// Its secrets.
    pub vault: Arc<dyn Vault>,
}

//! Who signs in, where the services are, and where secrets come from.

mod environment;
mod profile;
mod vault;

pub use environment::{check_names, from_environment};
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

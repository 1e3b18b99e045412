//! Who signs in, where the services are, and where secrets come from.

mod cloud;
mod edit;
mod environment;
mod file;
mod profile;
mod read;
mod section;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod vault;

pub use cloud::Cloud;
pub use edit::{Edit, to_toml};
pub use environment::{check_names, describes_profile, from_environment, secrets, variable_of};
pub use file::{Config, Keep, path, profile_name};
pub use profile::{AppCredential, Assertion, Defaults, Endpoints, Profile, Role, UserFlow};
pub use read::{client_id_of, tenant_id};
pub use settings::of as settings;
pub use vault::{Given, Kept, Passphrase, SecretName, Vault};

use std::sync::Arc;

/// A profile with the vault that its secrets are in.
#[derive(Debug, Clone)]
pub struct Account {
    /// The profile.
    pub profile: Profile,
    /// Its secrets.
    pub vault: Arc<dyn Vault>,
}

//! Secrets that nobody has to keep: the environment gave them, or the embedded sandbox.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{SecretName, Vault};
use crate::base::secret::Secret;
use crate::error::Error;

/// Secrets that were given to this process and are kept in its memory alone.
#[derive(Debug, Default)]
pub struct Given(Mutex<HashMap<SecretName, Secret<String>>>);

impl Given {
    /// Keeps the secrets that were given.
    pub fn new(secrets: impl IntoIterator<Item = (SecretName, Secret<String>)>) -> Self {
        Self(Mutex::new(secrets.into_iter().collect()))
    }

    /// Returns whether there is such a secret.
    pub(super) fn has(&self, name: SecretName) -> bool {
        self.secrets().contains_key(&name)
    }

    fn secrets(&self) -> MutexGuard<'_, HashMap<SecretName, Secret<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for Given {
    fn get(&self, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        Ok(self.secrets().get(&name).cloned())
    }

    fn set(&self, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        self.secrets().insert(name, value.clone());
        Ok(())
    }

    fn remove(&self, name: SecretName) -> Result<bool, Error> {
        Ok(self.secrets().remove(&name).is_some())
    }

    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn lasts(&self) -> bool {
        false
    }
}

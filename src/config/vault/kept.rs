//! The secrets of one profile of the configuration file: what the environment gives comes first, the
//! rest is kept in the keyring or in an encrypted file. Neither is touched before a secret is needed.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::keyring::{self, Keyring};
use super::sealed::Sealed;
use super::{Given, Passphrase, SecretName, Store, Vault};
use crate::base::secret::Secret;
use crate::config::Keep;
use crate::error::Error;

/// The secrets of one profile.
#[derive(Debug)]
pub struct Kept {
    profile: String,
    given: Given,
    keep: Option<Keep>,
    file: PathBuf,
    passphrase: Arc<dyn Passphrase>,
    store: OnceLock<Box<dyn Store>>,
}

impl Kept {
    /// Creates the vault of a profile. `keep` says where secrets are, unless that is open; `file` is
    /// the encrypted file. What the environment gives is in `given`.
    pub fn new(
        profile: impl Into<String>,
        keep: Option<Keep>,
        file: PathBuf,
        given: Given,
        passphrase: Arc<dyn Passphrase>,
    ) -> Self {
        Self {
            profile: profile.into(),
            given,
            keep,
            file,
            passphrase,
            store: OnceLock::new(),
        }
    }

    /// Returns whether the environment gives this secret.
    pub fn is_given(&self, name: SecretName) -> bool {
        self.given.has(name)
    }

    fn store(&self) -> &dyn Store {
        let store = self.store.get_or_init(|| match self.keep() {
            Keep::Keyring => Box::new(Keyring::of_the_machine()),
            Keep::File => Box::new(Sealed::new(self.file.clone(), Arc::clone(&self.passphrase))),
        });
        &**store
    }

    /// Where it is open, secrets stay in the file once there is one; otherwise they are in the
    /// keyring, and in the file where there is no keyring.
    fn keep(&self) -> Keep {
        self.keep.unwrap_or_else(|| {
            if !self.file.exists() && keyring::answers() {
                Keep::Keyring
            } else {
                Keep::File
            }
        })
    }
}

impl Vault for Kept {
    fn get(&self, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        match self.given.get(name)? {
            Some(value) => Ok(Some(value)),
            None => self.store().get(&self.profile, name),
        }
    }

    /// What takes the place of a given secret is kept in memory: the environment gives the old one
    /// again next time.
    fn set(&self, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        if self.given.has(name) {
            return self.given.set(name, value);
        }
        self.store().set(&self.profile, name, value)
    }

    fn remove(&self, name: SecretName) -> Result<bool, Error> {
        if self.given.has(name) {
            return self.given.remove(name);
        }
        self.store().remove(&self.profile, name)
    }

    fn place(&self) -> String {
        self.store().place()
    }

    fn lock_file(&self) -> Option<PathBuf> {
        Some(self.file.with_file_name(format!("{}.lock", self.profile)))
    }

    fn lasts(&self) -> bool {
        !self.given.has(SecretName::RefreshToken)
    }
}

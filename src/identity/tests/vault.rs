//! A vault that several processes would see, for tests.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::secret::Secret;
use crate::config::{SecretName, Vault};
use crate::error::{Code, Error};

/// Secrets that last, and can be locked up.
#[derive(Debug, Default)]
pub(super) struct Shared {
    secrets: Mutex<HashMap<SecretName, String>>,
    locked: AtomicBool,
    lock_file: Option<PathBuf>,
}

impl Shared {
    /// Creates one whose processes take turns by this file.
    pub(super) fn with_lock_file(path: PathBuf) -> Self {
        Self {
            lock_file: Some(path),
            ..Self::default()
        }
    }

    /// Keeps a secret.
    pub(super) fn put(&self, name: SecretName, value: &str) {
        self.secrets
            .lock()
            .expect("no panic")
            .insert(name, value.to_owned());
    }

    /// Returns a secret.
    pub(super) fn kept(&self, name: SecretName) -> Option<String> {
        self.secrets.lock().expect("no panic").get(&name).cloned()
    }

    /// Takes nothing from now on.
    pub(super) fn lock_up(&self) {
        self.locked.store(true, Ordering::Relaxed);
    }
}

impl Vault for Shared {
    fn get(&self, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        Ok(self.kept(name).map(Secret::new))
    }

    fn set(&self, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        if self.locked.load(Ordering::Relaxed) {
            return Err(Error::new(Code::AuthSecrets, "the keyring is locked"));
        }
        self.put(name, value.expose());
        Ok(())
    }

    fn remove(&self, name: SecretName) -> Result<bool, Error> {
        Ok(self
            .secrets
            .lock()
            .expect("no panic")
            .remove(&name)
            .is_some())
    }

    fn place(&self) -> String {
        "a test".to_owned()
    }

    fn lock_file(&self) -> Option<PathBuf> {
        self.lock_file.clone()
    }
}

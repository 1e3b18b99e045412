//! Where a profile's secrets are kept. Reading and writing may block (a keyring asks its service,
//! an encrypted file derives its key), so it never happens on the network thread.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::secret::Secret;
use crate::error::Error;

/// Which of a profile's secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The application's secret.
    ClientSecret,
    /// The password of the application's certificate file.
    CertificatePassword,
    /// The signed-in user's refresh token.
    RefreshToken,
}

impl SecretName {
    /// Every name.
    pub const ALL: [Self; 3] = [
        Self::ClientSecret,
        Self::CertificatePassword,
        Self::RefreshToken,
    ];

    /// Returns the word it is kept under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::CertificatePassword => "certificate_password",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// The secrets of one profile.
pub trait Vault: Send + Sync + fmt::Debug {
    /// Returns a secret, if it is kept. Fails with `auth.secrets` when nobody can say.
    fn get(&self, name: SecretName) -> Result<Option<Secret<String>>, Error>;

    /// Keeps a secret in place of the one before. When it fails, the one before is still there.
    fn set(&self, name: SecretName, value: &Secret<String>) -> Result<(), Error>;

    /// Forgets a secret; tells whether there was one.
    fn remove(&self, name: SecretName) -> Result<bool, Error>;

    /// Returns where the secrets are, for people: `the keyring`, or a path.
    fn place(&self) -> String;

    /// Returns whether what is set outlives this process.
    fn lasts(&self) -> bool {
        true
    }
}

/// Secrets that were given to this process and are kept in its memory alone.
#[derive(Debug, Default)]
pub struct Given(Mutex<HashMap<SecretName, Secret<String>>>);

impl Given {
    /// Keeps the secrets that were given.
    pub fn new(secrets: impl IntoIterator<Item = (SecretName, Secret<String>)>) -> Self {
        Self(Mutex::new(secrets.into_iter().collect()))
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

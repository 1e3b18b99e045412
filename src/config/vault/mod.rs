//! Where a profile's secrets are kept. Reading and writing may block (a keyring asks its service,
//! an encrypted file derives its key), so it never happens on the network thread.

mod given;
mod kept;
mod keyring;
mod sealed;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::base::secret::Secret;
use crate::error::{Code, Error};

pub use given::Given;
pub use kept::Kept;

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

    /// Returns the file that a process locks while it takes a secret, has it renewed, and keeps the
    /// new one. `None` where no other process sees what is set.
    fn lock_file(&self) -> Option<PathBuf> {
        None
    }

    /// Returns whether what is set outlives this process.
    fn lasts(&self) -> bool {
        true
    }
}

/// Asks for the passphrase of the file that secrets are kept in.
pub trait Passphrase: Send + Sync + fmt::Debug {
    /// Returns the passphrase. For a file that is about to be made it is a new one. Fails with
    /// `auth.secrets` when nobody can be asked.
    fn passphrase(&self, file: &Path, new: bool) -> Result<Secret<String>, Error>;
}

/// A place where the secrets of all profiles are kept.
trait Store: Send + Sync + fmt::Debug {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<Secret<String>>, Error>;

    fn set(&self, profile: &str, name: SecretName, value: &Secret<String>) -> Result<(), Error>;

    fn remove(&self, profile: &str, name: SecretName) -> Result<bool, Error>;

    fn place(&self) -> String;
}

fn refused(message: impl Into<String>, help: &str) -> Error {
    Error::new(Code::AuthSecrets, message).help(help)
}

//! A profile's secrets as the sources of tokens use them: read once from the vault, off the network
//! thread, since a keyring or an encrypted file takes its time; kept in memory afterwards. Whoever
//! waits here holds time still: it is the machine that works.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::secret::Secret;
use crate::config::{SecretName, Vault};
use crate::error::{Code, Error};

type Kept = Option<Secret<String>>;

/// The secrets of one profile.
#[derive(Debug)]
pub(crate) struct Safe {
    vault: Arc<dyn Vault>,
    kept: Mutex<HashMap<SecretName, Kept>>,
    /// What is kept in memory only, since the vault refused it.
    unsaved: Mutex<HashSet<SecretName>>,
    /// Held by the one who reads the vault.
    reading: tokio::sync::Mutex<()>,
}

impl Safe {
    /// Takes the vault; reads nothing yet.
    pub(crate) fn new(vault: Arc<dyn Vault>) -> Self {
        Self {
            vault,
            kept: Mutex::default(),
            unsaved: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// Returns the vault.
    pub(crate) fn vault(&self) -> &Arc<dyn Vault> {
        &self.vault
    }

    /// Returns a secret, if there is one; the vault is asked the first time.
    pub(crate) async fn get(&self, name: SecretName) -> Result<Kept, Error> {
        if let Some(kept) = self.lock().get(&name) {
            return Ok(kept.clone());
        }
        let _reading = self.reading.lock().await;
        if let Some(kept) = self.lock().get(&name) {
            return Ok(kept.clone());
        }
        self.read(name).await
    }

    /// Returns a secret as the vault has it now: another process may have changed it. One that the
    /// vault refused is newer than what it has.
    pub(crate) async fn again(&self, name: SecretName) -> Result<Kept, Error> {
        let _reading = self.reading.lock().await;
        if self.unsaved().contains(&name) {
            return Ok(self.lock().get(&name).cloned().flatten());
        }
        self.read(name).await
    }

    async fn read(&self, name: SecretName) -> Result<Kept, Error> {
        let found = self.with_vault(move |vault| vault.get(name)).await?;
        self.lock().insert(name, found.clone());
        Ok(found)
    }

    /// Keeps a secret: in memory in any case, and in the vault, which may fail.
    pub(crate) async fn set(&self, name: SecretName, value: Secret<String>) -> Result<(), Error> {
        self.lock().insert(name, Some(value.clone()));
        let saved = self.with_vault(move |vault| vault.set(name, &value)).await;
        match &saved {
            Ok(()) => self.unsaved().remove(&name),
            Err(_) => self.unsaved().insert(name),
        };
        saved
    }

    /// Does something with the vault; on a thread of its own if it takes longer than memory does.
    async fn with_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Vault) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if self.vault.lock_file().is_none() && !self.vault.lasts() {
            return work(&*self.vault);
        }
        let vault = Arc::clone(&self.vault);
        off_thread(move || work(&*vault)).await
    }

    fn unsaved(&self) -> MutexGuard<'_, HashSet<SecretName>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SecretName, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does blocking work without holding up the network thread.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|reason| {
        let message = format!("the work of another thread was lost: {reason}");
        Err(Error::new(Code::Internal, message))
    })
}

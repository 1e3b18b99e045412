//! Whose turn it is to renew the stored refresh token: in this process one at a time, and among
//! processes whoever holds the lock file. So no process writes an older token over a newer one.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

use super::cache::take_off;
use crate::base::clock::{self, Clock};
use crate::error::Error;
use crate::http::TokenWire;

/// How often the lock file is looked at while another process holds it.
const LOOK: Duration = Duration::from_millis(20);
/// So long is waited for another process. It may hang; the identity service takes the older token,
/// too, so going on is better than standing still.
const LOOKS: u32 = 1500;

/// The right to renew.
#[derive(Debug)]
pub(crate) struct Turn {
    file: Option<PathBuf>,
    flight: tokio::sync::Mutex<()>,
}

/// Held while a token is renewed.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    /// Unlocked when it is closed: before the next one of this process has its turn, who would
    /// take it for another's.
    _file: Option<File>,
    _flight: tokio::sync::MutexGuard<'a, ()>,
}

impl Turn {
    /// Takes the lock file, if other processes may change the token too.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self {
            file,
            flight: tokio::sync::Mutex::default(),
        }
    }

    /// Waits for the turn.
    pub(crate) async fn take(
        &self,
        clock: &dyn Clock,
        wire: &TokenWire,
    ) -> Result<Held<'_>, Error> {
        let flight = take_off(&self.flight, clock, wire).await?;
        let file = match self.open() {
            Some(file) => tokio::select! {
                biased;
                file = lock(file, clock) => file,
                error = wire.stopped() => return Err(error),
            },
            None => None,
        };
        Ok(Held {
            _file: file,
            _flight: flight,
        })
    }

    /// Opens the lock file. Where it cannot be made, the token cannot be stored either, which says
    /// so itself.
    fn open(&self) -> Option<File> {
        let path = self.file.as_ref()?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        options.open(path).ok()
    }
}

async fn lock(file: File, clock: &dyn Clock) -> Option<File> {
    if let Ok(()) = file.try_lock() {
        return Some(file);
    }
    clock::idle(clock, async {
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
                Err(TryLockError::Error(_)) => return None,
            }
        }
        None
    })
    .await
}

//! Randomness and ids: from the machine, or from a seed for the sandbox and tests.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// Returns a fresh GUID from the machine's randomness, for request and correlation ids.
pub fn guid() -> Uuid {
    Uuid::new_v4()
}

/// A generator; with a seed it always gives the same sequence.
#[derive(Debug)]
pub struct Random(Mutex<fastrand::Rng>);

impl Random {
    /// Creates a generator whose sequence depends on `seed` alone.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// Creates a generator from the machine's randomness.
    pub fn from_machine() -> Self {
        Self(Mutex::new(fastrand::Rng::new()))
    }

    /// Returns the next GUID of the sequence, shaped as version 4.
    pub fn guid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.with(|rng| rng.u128(..)).to_be_bytes()).into_uuid()
    }

    /// Returns a number below `end`; `end` must not be 0.
    pub fn below(&self, end: u64) -> u64 {
        self.with(|rng| rng.u64(..end))
    }

    /// Returns a text of `length` characters out of `alphabet` (ASCII).
    pub fn text(&self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        self.with(|rng| {
            (0..length)
                .map(|_| char::from(letters[rng.usize(..letters.len())]))
                .collect()
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

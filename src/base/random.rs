//! Randomness and ids: from the machine, or from a seed for the sandbox and tests.

use std::sync::{Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use super::secret::Secret;

/// Returns a fresh GUID from the machine's randomness, for request and correlation ids.
pub fn guid() -> Uuid {
    Uuid::new_v4()
}

/// Returns a password of 16 characters with every class of them, from the machine's secure
/// randomness; `None` where the machine has none. Letters and digits that look alike are left out.
pub fn password() -> Option<Secret<String>> {
    const CLASSES: [&[u8]; 4] = [
        b"ABCDEFGHJKLMNPQRSTUVWXYZ",
        b"abcdefghijkmnpqrstuvwxyz",
        b"23456789",
        b"!#%+-*?=",
    ];
    let all = CLASSES.concat();
    loop {
        let mut letters = String::new();
        for _ in 0..16 {
            letters.push(char::from(secure_choice(&all)?));
        }
        if CLASSES
            .iter()
            .all(|class| letters.bytes().any(|letter| class.contains(&letter)))
        {
            return Some(Secret::new(letters));
        }
    }
}

/// Returns one of at most 256 letters, each as likely as the others.
fn secure_choice(letters: &[u8]) -> Option<u8> {
    let machine = SystemRandom::new();
    let fair = 256 - 256 % letters.len();
    loop {
        let mut byte = [0];
        machine.fill(&mut byte).ok()?;
        if usize::from(byte[0]) < fair {
            return letters.get(usize::from(byte[0]) % letters.len()).copied();
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_every_class_and_differ() {
        let one = password().expect("a password");
        assert_eq!(one.expose().len(), 16);
        let has = |test: fn(&char) -> bool| one.expose().chars().any(|c| test(&c));
        assert!(has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase));
        assert!(has(char::is_ascii_digit) && has(char::is_ascii_punctuation));
        assert_ne!(one, password().expect("a password"));
    }

    #[test]
    fn a_seed_gives_the_same_sequence() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        assert_eq!([a.guid(), a.guid()], [b.guid(), b.guid()]);
    }
}

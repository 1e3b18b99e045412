//! Randomness and ids: from the machine, or from a seed for the sandbox and tests.

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use super::secret::Secret;

/// Bytes of a GUID.
const GUID: usize = 16;

/// Randomness for GUIDs that is fetched at once: each question to the machine is a system call.
#[derive(Debug)]
struct Stock {
    bytes: [u8; 64 * GUID],
    left: usize,
}

thread_local! {
    static STOCK: RefCell<Stock> = const {
        RefCell::new(Stock { bytes: [0; 64 * GUID], left: 0 })
    };
}

/// Returns a fresh GUID from the machine's randomness, for request and correlation ids.
pub fn guid() -> Uuid {
    STOCK.with_borrow_mut(|stock| match stock.take() {
        Some(bytes) => uuid::Builder::from_random_bytes(bytes).into_uuid(),
        None => Uuid::new_v4(),
    })
}

impl Stock {
    /// Returns bytes that were never returned before; `None` where the machine has no randomness.
    fn take(&mut self) -> Option<[u8; GUID]> {
        if self.left == 0 {
            SystemRandom::new().fill(&mut self.bytes).ok()?;
            self.left = self.bytes.len();
        }
        self.left -= GUID;
        self.bytes[self.left..].first_chunk().copied()
    }
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
    fn no_guid_comes_twice() {
        let some: std::collections::HashSet<Uuid> = (0..1000).map(|_| guid()).collect();
        assert_eq!(some.len(), 1000);
        assert!(some.iter().all(|guid| guid.get_version_num() == 4));
    }

    #[test]
    fn a_seed_gives_the_same_sequence() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        assert_eq!([a.guid(), a.guid()], [b.guid(), b.guid()]);
    }
}

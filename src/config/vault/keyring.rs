//! Secrets in the machine's keyring: the Keychain, the Credential Manager, or the Secret Service.
//! Windows keeps at most 2,560 bytes in one entry and refresh tokens are longer, so a long secret is
//! kept in pieces. The entry that names the pieces is written last: until then the secret before
//! holds.

use std::fmt;

use ::keyring::{Entry, Error as Refusal};

use super::{SecretName, Store, refused};
use crate::base::random;
use crate::base::secret::Secret;
use crate::error::Error;

const SERVICE: &str = "tenantry";
/// Bytes of one entry.
const LIMIT: usize = if cfg!(windows) { 2400 } else { 64 * 1024 };
/// What an entry begins with that names pieces; no secret does.
const PIECES: &str = "\u{1}pieces ";

/// Returns whether this machine has a keyring that answers.
pub(super) fn answers() -> bool {
    Entry::store_status().is_ok()
}

/// Named entries of bytes.
trait Entries: Send + Sync + fmt::Debug {
    fn get(&self, user: &str) -> Result<Option<String>, Refusal>;
    fn set(&self, user: &str, value: &str) -> Result<(), Refusal>;
    fn delete(&self, user: &str) -> Result<bool, Refusal>;
}

/// A keyring.
#[derive(Debug)]
pub(super) struct Keyring {
    entries: Box<dyn Entries>,
    limit: usize,
}

impl Keyring {
    /// Returns this machine's keyring; it is not asked yet.
    pub(super) fn of_the_machine() -> Self {
        Self {
            entries: Box::new(Machine),
            limit: LIMIT,
        }
    }

    fn read(&self, user: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.entries.get(user)? else {
            return Ok(None);
        };
        let Some(pieces) = Pieces::of(user, &value) else {
            return Ok(Some(value));
        };
        let mut whole = String::new();
        for name in pieces.names() {
            match self.entries.get(&name)? {
                Some(piece) => whole.push_str(&piece),
                None => return Err(Refusal::BadStoreFormat("a piece is missing".to_owned())),
            }
        }
        Ok(Some(whole))
    }

    fn write(&self, user: &str, value: &str) -> Result<(), Refusal> {
        let before = self.entries.get(user)?;
        if value.len() <= self.limit && !value.starts_with(PIECES) {
            self.entries.set(user, value)?;
        } else {
            let parts = cut(value, self.limit);
            let pieces = Pieces {
                user,
                generation: random::guid().to_string(),
                count: parts.len(),
            };
            for (name, part) in pieces.names().zip(parts) {
                self.entries.set(&name, part)?;
            }
            self.entries.set(user, &pieces.line())?;
        }
        self.forget_pieces(user, before)
    }

    fn forget_pieces(&self, user: &str, value: Option<String>) -> Result<(), Refusal> {
        let value = value.unwrap_or_default();
        let pieces = Pieces::of(user, &value);
        for name in pieces.iter().flat_map(Pieces::names) {
            self.entries.delete(&name)?;
        }
        Ok(())
    }
}

/// The entries that hold the pieces of a secret. Each writing has names of its own.
struct Pieces<'a> {
    user: &'a str,
    generation: String,
    count: usize,
}

impl<'a> Pieces<'a> {
    fn of(user: &'a str, value: &str) -> Option<Self> {
        let (generation, count) = value.strip_prefix(PIECES)?.split_once(' ')?;
        Some(Self {
            user,
            generation: generation.to_owned(),
            count: count.parse().ok()?,
        })
    }

    fn line(&self) -> String {
        format!("{PIECES}{} {}", self.generation, self.count)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.count).map(|n| format!("{}/{}/{n}", self.user, self.generation))
    }
}

/// Cuts a text into parts of at most `limit` bytes.
fn cut(text: &str, limit: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > limit {
        let mut end = limit;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, more) = rest.split_at(end);
        parts.push(part);
        rest = more;
    }
    parts.push(rest);
    parts
}

fn user(profile: &str, name: SecretName) -> String {
    format!("{profile}/{}", name.as_str())
}

impl Store for Keyring {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        let user = user(profile, name);
        // Another process may replace a secret between its entry and its pieces.
        let read = self.read(&user).or_else(|_| self.read(&user));
        Ok(read.map_err(|error| told(&error))?.map(Secret::new))
    }

    fn set(&self, profile: &str, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        let written = self.write(&user(profile, name), value.expose());
        written.map_err(|error| told(&error))
    }

    fn remove(&self, profile: &str, name: SecretName) -> Result<bool, Error> {
        let user = user(profile, name);
        let removed = self.entries.get(&user).and_then(|value| {
            let there = self.entries.delete(&user)?;
            self.forget_pieces(&user, value)?;
            Ok(there)
        });
        removed.map_err(|error| told(&error))
    }

    fn place(&self) -> String {
        "the keyring".to_owned()
    }
}

/// Returns the error of a keyring that refuses. Its own words never hold a secret.
fn told(error: &Refusal) -> Error {
    let file = "set `secrets = \"file\"` in the configuration file to keep secrets in an \
                encrypted file, or give them in the environment";
    match error {
        Refusal::NoDefaultStore => refused("this machine has no keyring that answers", file),
        Refusal::NoStorageAccess(why) => refused(
            format!("the keyring is locked or cannot be reached: {why}"),
            "unlock the keyring, or set `secrets = \"file\"` in the configuration file",
        ),
        error => refused(format!("the keyring cannot be used: {error}"), file),
    }
}

/// The keyring of this machine.
#[derive(Debug)]
struct Machine;

impl Entries for Machine {
    fn get(&self, user: &str) -> Result<Option<String>, Refusal> {
        match Entry::new(SERVICE, user)?.get_secret() {
            Ok(bytes) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|error| Refusal::BadEncoding(error.into_bytes())),
            Err(Refusal::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn set(&self, user: &str, value: &str) -> Result<(), Refusal> {
        Entry::new(SERVICE, user)?.set_secret(value.as_bytes())
    }

    fn delete(&self, user: &str) -> Result<bool, Refusal> {
        match Entry::new(SERVICE, user)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Refusal::NoEntry) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::error::Code;

    /// Entries in memory; after as many writes as are left they fail.
    #[derive(Debug, Clone, Default)]
    struct Memory(
        Arc<Mutex<BTreeMap<String, String>>>,
        Arc<Mutex<Option<usize>>>,
    );

    impl Entries for Memory {
        fn get(&self, user: &str) -> Result<Option<String>, Refusal> {
            Ok(self.0.lock().expect("a lock").get(user).cloned())
        }

        fn set(&self, user: &str, value: &str) -> Result<(), Refusal> {
            if let Some(left) = self.1.lock().expect("a lock").as_mut() {
                *left = left
                    .checked_sub(1)
                    .ok_or_else(|| Refusal::NoStorageAccess("locked".into()))?;
            }
            let mut all = self.0.lock().expect("a lock");
            all.insert(user.to_owned(), value.to_owned());
            Ok(())
        }

        fn delete(&self, user: &str) -> Result<bool, Refusal> {
            Ok(self.0.lock().expect("a lock").remove(user).is_some())
        }
    }

    fn keyring(memory: &Memory) -> Keyring {
        Keyring {
            entries: Box::new(memory.clone()),
            limit: 10,
        }
    }

    const NAME: SecretName = SecretName::RefreshToken;

    #[test]
    fn a_long_secret_is_kept_in_pieces_and_leaves_none_behind() {
        let memory = Memory::default();
        let keyring = keyring(&memory);
        let entries = || memory.0.lock().expect("a lock").len();
        for (value, kept) in [
            ("short", 1),
            (&*"long".repeat(10), 5),
            (&*"ü".repeat(9), 3),
            ("\u{1}pieces x 3", 3),
            ("", 1),
        ] {
            let secret = Secret::new(value.to_owned());
            keyring.set("contoso", NAME, &secret).expect("kept");
            assert_eq!(keyring.get("contoso", NAME).expect("read"), Some(secret));
            assert_eq!(entries(), kept, "{value}");
        }
        keyring
            .set("contoso", NAME, &Secret::new("x".repeat(40)))
            .expect("kept");
        assert!(keyring.remove("contoso", NAME).expect("removed"));
        assert!(!keyring.remove("contoso", NAME).expect("absent"));
        assert_eq!(entries(), 0);
    }

    #[test]
    fn until_the_new_secret_is_whole_the_one_before_holds() {
        let memory = Memory::default();
        let keyring = keyring(&memory);
        let before = Secret::new("before ".repeat(5));
        keyring.set("contoso", NAME, &before).expect("kept");
        for left in 0..5 {
            *memory.1.lock().expect("a lock") = Some(left);
            let error = keyring
                .set("contoso", NAME, &Secret::new("after ".repeat(7)))
                .expect_err("locked");
            assert_eq!(error.code(), Code::AuthSecrets);
            let read = keyring.get("contoso", NAME).expect("read");
            assert_eq!(read.as_ref(), Some(&before));
        }
    }
}

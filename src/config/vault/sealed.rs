//! Secrets in one file that a passphrase opens (age, scrypt). All profiles share it. It is read and
//! decrypted once per process, and again only when another process has changed it; a change takes a
//! lock, so that nobody's secret is lost. What cannot be opened is never overwritten.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use age::{DecryptError, decrypt, encrypt};

use super::{Passphrase, SecretName, Store, refused};
use crate::base::file::{Readers, private_folder, write_whole};
use crate::base::secret::Secret;
use crate::error::Error;

/// 2^16 rounds: 64 MiB and about a fifth of a second each time the file is opened or written.
const WORK: u8 = 16;
/// The most that a file may ask for: 1 GiB.
const MOST_WORK: u8 = 20;

/// Secrets by profile and name.
type Secrets = BTreeMap<String, BTreeMap<String, Secret<String>>>;
/// The same as it stands in the file.
type Written = BTreeMap<String, BTreeMap<String, String>>;

/// The encrypted file.
pub(super) struct Sealed {
    path: PathBuf,
    passphrase: Arc<dyn Passphrase>,
    work: u8,
    opened: Mutex<Opened>,
}

/// What is known of the file.
#[derive(Default)]
struct Opened {
    passphrase: Option<SecretString>,
    /// The file as it was when it was opened; empty when it was not there.
    bytes: Vec<u8>,
    secrets: Secrets,
}

impl Sealed {
    /// Returns the file at `path`; it need not be there, and is not read yet.
    pub(super) fn new(path: PathBuf, passphrase: Arc<dyn Passphrase>) -> Self {
        Self {
            path,
            passphrase,
            work: WORK,
            opened: Mutex::default(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Opened) -> Result<T, Error>) -> Result<T, Error> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut opened)
    }

    /// Reads the file unless it is known already.
    fn read(&self, opened: &mut Opened) -> Result<(), Error> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) if bytes.is_empty() => return Err(self.damaged("it is empty")),
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(self.unreachable("read", &error)),
        };
        if bytes == opened.bytes {
            return Ok(());
        }
        let secrets = if bytes.is_empty() {
            Secrets::new()
        } else {
            let passphrase = self.asked(opened, false)?;
            let secrets = self.unseal(&bytes, passphrase.clone())?;
            opened.passphrase = Some(passphrase);
            secrets
        };
        opened.bytes = bytes;
        opened.secrets = secrets;
        Ok(())
    }

    /// Changes the secrets of a profile, and returns what the change returns. Nothing is written
    /// when it returns `None`.
    fn change(
        &self,
        profile: &str,
        change: impl FnOnce(&mut BTreeMap<String, Secret<String>>) -> Option<()>,
    ) -> Result<bool, Error> {
        self.with(|opened| {
            // Whoever has to be asked is asked before others are made to wait.
            self.read(opened)?;
            let new = opened.bytes.is_empty();
            let passphrase = self.asked(opened, new)?;
            let folder = self.path.parent().unwrap_or(Path::new("."));
            private_folder(folder).map_err(|error| self.unreachable("written", &error))?;
            let _lock = self.lock()?;
            opened.passphrase = Some(passphrase.clone());
            self.read(opened)?;
            let mut secrets = opened.secrets.clone();
            let own = secrets.entry(profile.to_owned()).or_default();
            if change(own).is_none() {
                return Ok(false);
            }
            secrets.retain(|_, own| !own.is_empty());
            let bytes = self.seal(&secrets, passphrase)?;
            write_whole(&self.path, &bytes, Readers::Owner)
                .map_err(|error| self.unreachable("written", &error))?;
            opened.bytes = bytes;
            opened.secrets = secrets;
            Ok(true)
        })
    }

    fn asked(&self, opened: &Opened, new: bool) -> Result<SecretString, Error> {
        if let Some(known) = &opened.passphrase {
            return Ok(known.clone());
        }
        let passphrase = self.passphrase.passphrase(&self.path, new)?;
        Ok(SecretString::from(passphrase.expose().clone()))
    }

    /// Waits until no other process changes the file.
    fn lock(&self) -> Result<File, Error> {
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let locked = options.open(path).and_then(|file| {
            file.lock()?;
            Ok(file)
        });
        locked.map_err(|error| self.unreachable("locked", &error))
    }

    fn unseal(&self, bytes: &[u8], passphrase: SecretString) -> Result<Secrets, Error> {
        let mut identity = Identity::new(passphrase);
        identity.set_max_work_factor(MOST_WORK);
        let text = decrypt(&identity, bytes).map_err(|error| match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => refused(
                format!("the passphrase does not open {}", self.place()),
                "give the passphrase that it was made with (TENANTRY_PASSPHRASE, or at the prompt)",
            ),
            error => self.damaged(&error.to_string()),
        })?;
        let written: Written = serde_json::from_slice(&text)
            .map_err(|_| self.damaged("what it holds are no secrets"))?;
        let own = |own: BTreeMap<String, String>| {
            let own = own.into_iter();
            own.map(|(name, value)| (name, Secret::new(value)))
                .collect()
        };
        let all = written.into_iter();
        Ok(all
            .map(|(profile, secrets)| (profile, own(secrets)))
            .collect())
    }

    fn seal(&self, secrets: &Secrets, passphrase: SecretString) -> Result<Vec<u8>, Error> {
        let mut written = Written::new();
        for (profile, own) in secrets {
            let own = own.iter();
            let own = own.map(|(name, value)| (name.clone(), value.expose().clone()));
            written.insert(profile.clone(), own.collect());
        }
        let mut recipient = Recipient::new(passphrase);
        recipient.set_work_factor(self.work);
        let failed = |error: &dyn fmt::Display| {
            refused(
                format!("the secrets cannot be encrypted: {error}"),
                "nothing was changed; please report it",
            )
        };
        let text = serde_json::to_vec(&written).map_err(|error| failed(&error))?;
        encrypt(&recipient, &text).map_err(|error| failed(&error))
    }

    fn damaged(&self, why: &str) -> Error {
        refused(
            format!("{} is damaged: {why}", self.place()),
            "nothing was changed: restore the file, or move it away and give the secrets anew",
        )
    }

    fn unreachable(&self, done: &str, error: &io::Error) -> Error {
        refused(
            format!("{} cannot be {done}: {error}", self.place()),
            "look who may read and write the file and its folder",
        )
    }
}

impl Store for Sealed {
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        self.with(|opened| {
            self.read(opened)?;
            let own = opened.secrets.get(profile);
            Ok(own.and_then(|own| own.get(name.as_str())).cloned())
        })
    }

    fn set(&self, profile: &str, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        self.change(profile, |own| {
            own.insert(name.as_str().to_owned(), value.clone());
            Some(())
        })
        .map(|_| ())
    }

    fn remove(&self, profile: &str, name: SecretName) -> Result<bool, Error> {
        if !self.path.exists() {
            return Ok(false);
        }
        self.change(profile, |own| own.remove(name.as_str()).map(|_| ()))
    }

    fn place(&self) -> String {
        format!("the file {}", self.path.display())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[derive(Debug)]
    struct Known(&'static str);

    impl Passphrase for Known {
        fn passphrase(&self, _: &Path, _: bool) -> Result<Secret<String>, Error> {
            Ok(Secret::new(self.0.to_owned()))
        }
    }

    fn sealed(path: &Path, passphrase: &'static str) -> Sealed {
        Sealed {
            work: 2,
            ..Sealed::new(path.to_path_buf(), Arc::new(Known(passphrase)))
        }
    }

    const TOKEN: SecretName = SecretName::RefreshToken;
    const SECRET: SecretName = SecretName::ClientSecret;

    fn text(value: &str) -> Secret<String> {
        Secret::new(value.to_owned())
    }

    #[test]
    fn secrets_come_back_and_stand_nowhere_in_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new").join("secrets.age");
        let file = sealed(&path, "open");
        assert_eq!(file.get("a", TOKEN).expect("nothing yet"), None);
        assert!(!file.remove("a", TOKEN).expect("nothing yet"));
        assert!(!path.exists(), "nothing was made");
        file.set("a", TOKEN, &text("Marker~1")).expect("kept");
        file.set("a", SECRET, &text("Marker~2")).expect("kept");
        file.set("b", TOKEN, &text("Marker~3")).expect("kept");
        let other = sealed(&path, "open");
        assert_eq!(other.get("a", TOKEN).expect("read"), Some(text("Marker~1")));
        assert!(other.remove("a", SECRET).expect("removed"));
        assert!(!other.remove("a", SECRET).expect("absent"));
        assert_eq!(file.get("a", SECRET).expect("read anew"), None);
        assert_eq!(file.get("b", TOKEN).expect("read"), Some(text("Marker~3")));
        let bytes = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        assert!(!bytes.contains("Marker") && !format!("{file:?}").contains("Marker"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn what_cannot_be_opened_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secrets.age");
        sealed(&path, "open")
            .set("a", TOKEN, &text("x"))
            .expect("kept");
        let whole = fs::read(&path).expect("a file");
        let refuses = |passphrase, bytes: &[u8], says: &str| {
            fs::write(&path, bytes).expect("written");
            let file = sealed(&path, passphrase);
            for error in [
                file.get("a", TOKEN).expect_err("refused"),
                file.set("a", TOKEN, &text("y")).expect_err("refused"),
                file.remove("a", TOKEN).expect_err("refused"),
            ] {
                assert_eq!(error.code(), Code::AuthSecrets);
                assert!(error.to_string().contains(says), "{error}");
                assert!(error.parts().help.is_some());
            }
            assert_eq!(fs::read(&path).expect("a file"), bytes);
        };
        refuses("wrong", &whole, "does not open");
        refuses("open", &[], "it is empty");
        refuses("open", b"not an age file at all", "is damaged");
        refuses("open", &whole[..whole.len() - 1], "is damaged");
        let mut bent = whole.clone();
        *bent.last_mut().expect("bytes") ^= 1;
        refuses("open", &bent, "is damaged");
    }

    #[test]
    fn nobody_loses_a_secret_when_several_write_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secrets.age");
        let names: Vec<String> = (0..8).map(|n| format!("profile{n}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                // Each has a view of its own, as another process would.
                let path = &path;
                scope.spawn(move || {
                    let file = sealed(path, "open");
                    file.set(name, TOKEN, &text(name)).expect("kept");
                    file.set(name, SECRET, &text("s")).expect("kept");
                });
            }
        });
        let file = sealed(&path, "open");
        for name in &names {
            assert_eq!(file.get(name, TOKEN).expect("read"), Some(text(name)));
            assert_eq!(file.get(name, SECRET).expect("read"), Some(text("s")));
        }
    }
}

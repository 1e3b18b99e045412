//! The configuration file: where it is, what stands in it. It is read whole, and whatever is wrong
//! with it is told at once. It never keeps a secret.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use directories::BaseDirs;
use toml_edit::Document;

use super::Profile;
use super::read;
use super::section::Section;
use super::text::{Parts, Text};
use crate::base::file::{TextError, read_text};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

/// Names that mean something else than a profile of the file.
pub(super) const RESERVED: [&str; 2] = ["sandbox", "environment"];

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// In the machine's keyring.
    Keyring,
    /// In a file that a passphrase opens.
    File,
}

impl Keep {
    /// The words of the configuration file.
    pub const WORDS: [(&'static str, Self); 2] = [("keyring", Self::Keyring), ("file", Self::File)];
}

/// What the configuration file says.
#[derive(Debug, Default)]
pub struct Config {
    /// The profile that is taken when none is named.
    pub current: Option<String>,
    /// Where secrets are kept, if that is settled.
    pub secrets: Option<Keep>,
    /// Every profile, by name.
    pub profiles: BTreeMap<String, Profile>,
}

/// Returns where the configuration file is, whether or not it is there: `TENANTRY_CONFIG`, or
/// `tenantry/config.toml` in the platform's folder for configuration.
pub fn path(get: impl Fn(&str) -> Option<String>) -> Result<PathBuf, Error> {
    match get("TENANTRY_CONFIG").filter(|path| !path.is_empty()) {
        Some(path) => Ok(PathBuf::from(path)),
        None => match BaseDirs::new() {
            Some(dirs) => Ok(dirs.config_dir().join("tenantry").join("config.toml")),
            None => Err(Error::new(
                Code::UsageConfig,
                "this user has no folder for configuration",
            )
            .help("set TENANTRY_CONFIG to the path of a configuration file")),
        },
    }
}

/// Reads the text of a configuration file; one that is not there is empty.
pub(super) fn text_of(path: &Path) -> Result<Text, Error> {
    match read_text(path) {
        Ok(text) => Ok(Text::new(path.display().to_string(), text)),
        Err(TextError::Missing(name)) => Ok(Text::new(name, "")),
        Err(error) => Err(Error::new(
            Code::UsageConfig,
            format!("the configuration file cannot be read: {error}"),
        )
        .help("mend the file, or set TENANTRY_CONFIG to the path of another")),
    }
}

/// Returns the error of a text that is no TOML.
pub(super) fn no_toml(text: &Text, error: &toml_edit::TomlError) -> Error {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let message = format!("the configuration file is not valid TOML: {message}");
    text.error(error.span(), &message, Parts::default())
}

impl Config {
    /// Reads a configuration file. One that is not there has no profiles.
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::of(&text_of(path)?, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads a configuration that lies in that folder.
    pub(super) fn of(text: &Text, folder: &Path) -> Result<Self, Error> {
        let document = Document::parse(text.as_str()).map_err(|error| no_toml(text, &error))?;
        let top = Section::top(text, document.as_table());
        top.only(&["current", "secrets", "profile"]);
        let mut config = Self {
            secrets: top.word("secrets", &Keep::WORDS),
            ..Self::default()
        };
        let profiles = top.section("profile");
        let names: Vec<&str> = profiles.iter().flat_map(Section::keys).collect();
        for &name in &names {
            let Some(section) = profiles.as_ref().and_then(|all| all.section(name)) else {
                continue;
            };
            if let Err(should) = profile_name(name) {
                let message = format!("a profile cannot be named `{name}`");
                section.wrong_whole(&message, &should);
            }
            if let Some(profile) = read::profile(name, &section, folder) {
                config.profiles.insert(name.to_owned(), profile);
            }
        }
        config.current = top.read("current", |name| known(name, &names));
        text.sound()?;
        Ok(config)
    }

    /// Returns a profile of the file.
    pub fn profile(&self, name: &str, path: &Path) -> Result<&Profile, Error> {
        self.profiles.get(name).ok_or_else(|| {
            let message = format!("there is no profile `{name}` in {}", path.display());
            let meant = did_you_mean(name, self.profiles.keys().map(String::as_str));
            Error::new(Code::UsageConfig, message).help(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`tenantry profile list` shows them, `tenantry profile add` makes one"
                    .to_owned(),
            })
        })
    }
}

/// The current profile has to be there.
fn known(name: &str, names: &[&str]) -> Result<String, String> {
    if name == RESERVED[0] || names.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(match (did_you_mean(name, names.iter().copied()), names) {
        (Some(meant), _) => format!("did you mean \"{meant}\"?"),
        (None, []) => "there are no profiles; remove the line".to_owned(),
        (None, names) => format!("the profiles are {}", names.join(", ")),
    })
}

/// Checks the name of a profile: it stands in commands and in the keyring.
pub fn profile_name(name: &str) -> Result<(), String> {
    if RESERVED.contains(&name) {
        return Err("that name means something else; give another".to_owned());
    }
    let mut letters = name.chars();
    let first = letters.next().is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = letters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if first && rest && name.len() <= 64 {
        return Ok(());
    }
    Err(
        "a name begins with a letter or digit, goes on with letters, digits, `-` and `_`, \
         and has at most 64 characters"
            .to_owned(),
    )
}

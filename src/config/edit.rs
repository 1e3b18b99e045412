//! Changes of the configuration file. Comments and the order of what stands there are kept; what
//! comes out is checked before it takes the place of the file, whole.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, Value};

use super::file::{no_toml, text_of};
use super::text::Text;
use super::{Config, Profile};
use crate::base::file::{Readers, private_folder, write_whole};
use crate::error::{Code, Error};

/// A configuration file that is being changed.
#[derive(Debug)]
pub struct Edit {
    name: String,
    /// The file as it was opened.
    before: String,
    document: DocumentMut,
}

/// One key of a profile: the keys that lead to it, and its value.
pub(super) type Setting = (&'static [&'static str], Value);

impl Edit {
    /// Opens the file at `path`; one that is not there begins empty.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let text = text_of(path)?;
        let document = text
            .as_str()
            .parse()
            .map_err(|error| no_toml(&text, &error))?;
        Ok(Self {
            name: path.display().to_string(),
            before: text.as_str().to_owned(),
            document,
        })
    }

    /// Returns whether there is such a profile, sound or not.
    pub fn has(&self, profile: &str) -> bool {
        let profiles = self.document.get("profile").and_then(Item::as_table_like);
        profiles.is_some_and(|profiles| profiles.contains_key(profile))
    }

    /// Returns the current profile, if one is named.
    pub fn current(&self) -> Option<&str> {
        self.document.get("current").and_then(Item::as_str)
    }

    /// Adds a profile, or puts it in the place of the one of that name.
    pub fn put(&mut self, profile: &str, settings: Vec<Setting>) -> Result<(), Error> {
        let mut table = Table::new();
        for (keys, value) in settings {
            let [parents @ .., key] = keys else { continue };
            let mut place = &mut table;
            for parent in parents {
                let item = place
                    .entry(parent)
                    .or_insert_with(|| Item::Table(Table::new()));
                let Some(inner) = item.as_table_mut() else {
                    return Err(self.odd());
                };
                place = inner;
            }
            place.insert(key, Item::Value(value));
        }
        let mut all = Table::new();
        all.set_implicit(true);
        let profiles = self.document.entry("profile").or_insert(Item::Table(all));
        match profiles.as_table_mut() {
            Some(profiles) => {
                if let Some(Item::Table(before)) = profiles.get(profile) {
                    // What stands above the header belongs to it.
                    *table.decor_mut() = before.decor().clone();
                    table.set_position(before.position());
                }
                profiles.insert(profile, Item::Table(table));
                Ok(())
            }
            None => Err(self.odd()),
        }
    }

    /// Takes a profile out; if it was the current one, there is none any more.
    pub fn remove(&mut self, profile: &str) {
        let profiles = self.document.get_mut("profile");
        if let Some(profiles) = profiles.and_then(Item::as_table_like_mut) {
            profiles.remove(profile);
        }
        if self.current() == Some(profile) {
            self.document.remove("current");
        }
    }

    /// Makes a profile the current one.
    pub fn choose(&mut self, profile: &str) {
        match self
            .document
            .get_mut("current")
            .and_then(Item::as_value_mut)
        {
            Some(current) => {
                let decor = current.decor().clone();
                *current = Value::from(profile);
                *current.decor_mut() = decor;
            }
            None => {
                self.document.insert("current", profile.into());
            }
        }
    }

    /// Returns the configuration as it would be.
    pub fn check(&self, path: &Path) -> Result<Config, Error> {
        let text = Text::new(self.name.clone(), self.document.to_string());
        Config::of(&text, path.parent().unwrap_or(Path::new("")))
    }

    /// Writes the file whole, readable by its owner alone. Fails if it was changed since it was
    /// opened: somebody may have been asked for a secret meanwhile, which takes its time.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        if text_of(path)?.as_str() != self.before {
            let message = format!("{} was changed by somebody else meanwhile", self.name);
            return Err(Error::new(Code::UsageConfig, message)
                .help("the file stays as it is: give the command again"));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        private_folder(folder)
            .and_then(|()| write_whole(path, self.document.to_string().as_bytes(), Readers::Owner))
            .map_err(|error| {
                let message = format!("{} cannot be written: {error}", self.name);
                Error::new(Code::UsageConfig, message)
                    .help("look who may write the file and its folder; nothing was changed")
            })
    }

    fn odd(&self) -> Error {
        let message = format!("the profiles in {} are not tables of their own", self.name);
        Error::new(Code::UsageConfig, message)
            .help("write each as a table with a header: [profile.NAME]")
    }
}

/// Returns a profile as it would stand in a file of its own.
pub fn to_toml(profile: &Profile) -> Result<String, Error> {
    let mut edit = Edit {
        name: profile.name.clone(),
        before: String::new(),
        document: DocumentMut::new(),
    };
    edit.put(&profile.name, super::settings::of(profile))?;
    Ok(edit.document.to_string())
}

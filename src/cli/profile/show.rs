//! `profile list` and `profile show`: what stands in the file, and which secrets there are. Never
//! what they are.

use serde_json::{Map, Value, json};
use toml_edit::Value as Toml;

use super::super::choice::{self, variable};
use super::super::console::Console;
use super::{File, secret};
use crate::api::Principal;
use crate::config::{self, Cloud, Given, Profile, SecretName, Vault};
use crate::error::Error;

/// Lists the profiles.
pub(super) fn list(console: &Console) -> Result<u8, Error> {
    let file = File::load()?;
    let current = file.config.current.as_deref();
    let rows = file.config.profiles.values().map(|profile| {
        let principals = [Principal::App, Principal::User];
        let principals: Vec<&str> = principals
            .into_iter()
            .filter(|principal| profile.has(*principal))
            .map(Principal::as_str)
            .collect();
        json!({
            "name": profile.name,
            "current": current == Some(profile.name.as_str()),
            "role": profile.role.as_str(),
            "cloud": Cloud::of(&profile.endpoints).as_str(),
            "tenant": profile.tenant,
            "principals": principals.join(", "),
        })
        .to_string()
    });
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() {
        console.say("there are no profiles: `tenantry profile add` makes one");
    }
    Ok(console.finish(|output| output.table(None, &rows)))
}

/// Shows one profile.
pub(super) fn show(console: &Console, name: Option<&str>) -> Result<u8, Error> {
    let file = File::load()?;
    let profile = file.profile(name)?;
    let mut shown = Map::new();
    shown.insert("name".to_owned(), profile.name.as_str().into());
    let current = file.config.current.as_ref() == Some(&profile.name);
    shown.insert("current".to_owned(), current.into());
    shown.insert(
        "cloud".to_owned(),
        Cloud::of(&profile.endpoints).as_str().into(),
    );
    shown.append(&mut settings(profile));
    shown.insert("secrets".to_owned(), kept(console, &file, profile));
    let shown = Value::Object(shown).to_string();
    Ok(console.finish(|output| output.result(&shown)))
}

/// Says of each secret that the profile can use where it is.
fn kept(console: &Console, file: &File, profile: &Profile) -> Value {
    let given = Given::new(config::secrets(variable));
    let vault = choice::vault(&profile.name, profile.role, &file.config, &file.path, given);
    let mut names = secret::wanted(profile);
    if profile.has(Principal::User) && !names.contains(&SecretName::RefreshToken) {
        names.push(SecretName::RefreshToken);
    }
    let mut all = Map::new();
    for name in names {
        let place = if vault.is_given(name) {
            "the environment".to_owned()
        } else {
            match vault.get(name) {
                Ok(Some(_)) => vault.place(),
                Ok(None) => "absent".to_owned(),
                Err(error) => {
                    console.say(&format!("{error} [{}]", error.code()));
                    "unknown".to_owned()
                }
            }
        };
        all.insert(name.as_str().to_owned(), place.into());
    }
    Value::Object(all)
}

/// Returns the keys of a profile as JSON.
pub(super) fn settings(profile: &Profile) -> Map<String, Value> {
    let mut object = Map::new();
    for (keys, value) in config::settings(profile) {
        let value = json_of(&value);
        match keys {
            [parent, key] => {
                let inner = object.entry(*parent).or_insert_with(|| json!({}));
                inner[*key] = value;
            }
            [key, ..] => {
                object.insert((*key).to_owned(), value);
            }
            [] => {}
        }
    }
    object
}

fn json_of(value: &Toml) -> Value {
    match value {
        Toml::String(text) => text.value().as_str().into(),
        Toml::Integer(number) => (*number.value()).into(),
        Toml::Array(items) => items.iter().map(json_of).collect(),
        other => other.to_string().trim().into(),
    }
}

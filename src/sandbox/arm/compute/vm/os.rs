//! The profile of the operating system: names, password, keys. Source: arm reference §10.8.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::super::refusal::{absent, needless, unchangeable};
use super::{objects, password};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::arm::resource::merged;
use crate::sandbox::reply::Refusal;

/// What is written and never shown.
const SECRET: [&str; 2] = ["adminPassword", "customData"];

/// Refuses a name that a machine cannot have.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if fits(name, 64) {
        return Ok(());
    }
    let text = format!(
        "The name '{name}' of a virtual machine has at most 64 letters, digits, '-', '_' and '.', begins with a letter or digit and does not end with '-' or '.'."
    );
    Err(Refusal::new(400, "InvalidResourceName", text).target("name"))
}

fn fits(name: &str, most: usize) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    (1..=most).contains(&name.len())
        && name.chars().all(allowed)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !name.ends_with(['-', '.'])
}

/// Checks and completes the profile of a machine; `fresh` tells whether its disk is made from an
/// image and so needs one.
pub(super) fn check(draft: &mut Draft<'_>, windows: bool, fresh: bool) -> Result<(), Refusal> {
    if let Some(before) = draft.before {
        return unchanged(draft, &before.properties.clone());
    }
    let given = body::member(&draft.resource.properties, "osProfile")?;
    if !fresh {
        return if given.is_empty() {
            Ok(())
        } else {
            Err(needless("osProfile"))
        };
    }
    if given.is_empty() {
        return Err(absent("osProfile"));
    }
    let mut profile = given;
    computer_name(&mut profile, draft.id.name(), windows)?;
    password::check_name(body::need(&profile, "adminUsername")?, windows)?;
    let given = body::text(&profile, "adminPassword")?;
    if windows {
        of_windows(&profile, given)?;
    } else {
        of_linux(&mut profile)?;
    }
    custom_data(&profile)?;
    if profile
        .get("allowExtensionOperations")
        .is_none_or(Value::is_null)
    {
        profile.insert("allowExtensionOperations".to_owned(), true.into());
    }
    profile.entry("secrets").or_insert_with(|| json!([]));
    for name in SECRET {
        if let Some(secret) = profile.remove(name) {
            draft.resource.hidden.insert(name.to_owned(), secret);
        }
    }
    let properties = &mut draft.resource.properties;
    properties.insert("osProfile".to_owned(), profile.into());
    Ok(())
}

/// The profile cannot be changed; a password that is sent again must be the present one.
fn unchanged(draft: &mut Draft<'_>, before: &Map<String, Value>) -> Result<(), Refusal> {
    let mut given = body::member(&draft.resource.properties, "osProfile")?;
    for name in SECRET {
        if let Some(secret) = given.remove(name).filter(|secret| !secret.is_null())
            && draft.resource.hidden.get(name) != Some(&secret)
        {
            return Err(unchangeable(&format!("osProfile.{name}")));
        }
    }
    let known = body::member(before, "osProfile")?;
    for name in ["computerName", "adminUsername"] {
        if let Some(value) = given.get(name).filter(|value| !value.is_null())
            && known.get(name) != Some(value)
        {
            return Err(unchangeable(&format!("osProfile.{name}")));
        }
    }
    let profile = merged(&known, given);
    if !profile.is_empty() {
        let properties = &mut draft.resource.properties;
        properties.insert("osProfile".to_owned(), profile.into());
    }
    Ok(())
}

/// The computer's name; without one it is the machine's, which the reference does not say.
fn computer_name(
    profile: &mut Map<String, Value>,
    machine: &str,
    windows: bool,
) -> Result<(), Refusal> {
    let name = body::text(profile, "computerName")?.unwrap_or(machine);
    let most = if windows { 15 } else { 64 };
    let numeric = name.bytes().all(|byte| byte.is_ascii_digit());
    if !fits(name, most) || (windows && (numeric || name.contains(['_', '.']))) {
        let system = if windows { "Windows" } else { "Linux" };
        let text = format!(
            "{system} computer name cannot be more than {most} characters long, be entirely numeric, or contain special characters: '{name}'."
        );
        return Err(parameter("computerName", text));
    }
    let name = name.to_owned();
    profile.insert("computerName".to_owned(), name.into());
    Ok(())
}

fn of_windows(profile: &Map<String, Value>, given: Option<&str>) -> Result<(), Refusal> {
    if profile.contains_key("linuxConfiguration") {
        return Err(needless("linuxConfiguration"));
    }
    let given = given.ok_or_else(|| absent("adminPassword"))?;
    password::check(given, true)
}

fn of_linux(profile: &mut Map<String, Value>) -> Result<(), Refusal> {
    if profile.contains_key("windowsConfiguration") {
        return Err(needless("windowsConfiguration"));
    }
    let user = body::need(profile, "adminUsername")?.to_owned();
    let mut linux = body::member(profile, "linuxConfiguration")?;
    let keys = objects(&linux, "ssh.publicKeys")?;
    for key in &keys {
        check_key(key, &user)?;
    }
    let alone = match linux.get("disablePasswordAuthentication") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(alone)) => *alone,
        Some(_) => {
            let text = "'disablePasswordAuthentication' is not a boolean";
            return Err(body::invalid(text));
        }
    };
    match body::text(profile, "adminPassword")? {
        Some(_) if alone => {
            let text = "Parameter 'adminPassword' is not allowed when 'disablePasswordAuthentication' is true.";
            return Err(parameter("adminPassword", text));
        }
        Some(given) => password::check(given, false)?,
        None if !alone => return Err(absent("adminPassword")),
        None if keys.is_empty() => {
            let text = "Authentication using either SSH or by user name and password must be enabled in Linux profile.";
            return Err(parameter("linuxConfiguration", text));
        }
        None => {}
    }
    linux.insert("disablePasswordAuthentication".to_owned(), alone.into());
    linux
        .entry("provisionVMAgent")
        .or_insert_with(|| true.into());
    profile.insert("linuxConfiguration".to_owned(), linux.into());
    Ok(())
}

fn check_key(key: &Map<String, Value>, user: &str) -> Result<(), Refusal> {
    let path = format!("/home/{user}/.ssh/authorized_keys");
    if body::text(key, "path")?.is_some_and(|given| given != path) {
        let text = format!(
            "Destination path for SSH public keys is currently limited to its default value {path} due to a known issue in Linux provisioning agent."
        );
        return Err(parameter("linuxConfiguration.ssh.publicKeys.path", text));
    }
    let data = body::need(key, "keyData")?;
    let mut words = data.split_whitespace();
    let algorithms = ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"];
    let known = words.next().is_some_and(|word| algorithms.contains(&word));
    if known && words.next().is_some() {
        return Ok(());
    }
    let text = format!(
        "The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid: it begins with one of {} and goes on with the key.",
        algorithms.join(", ")
    );
    Err(parameter("linuxConfiguration.ssh.publicKeys.keyData", text))
}

fn custom_data(profile: &Map<String, Value>) -> Result<(), Refusal> {
    match body::text(profile, "customData")? {
        Some(data) if BASE64_STANDARD.decode(data).is_err() => {
            let text = "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.";
            Err(parameter("customData", text))
        }
        _ => Ok(()),
    }
}

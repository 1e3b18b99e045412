//! The keys of a profile as they are written: the way back from a [`Profile`] to the file.

use std::path::Path;

use toml_edit::{Array, Value};

use super::cloud::Cloud;
use super::edit::Setting;
use super::read::USERS;
use super::{AppCredential, Assertion, Profile};
use crate::base::duration;

/// Returns every key that says something beyond its default.
pub fn of(profile: &Profile) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let cloud = Cloud::of(&profile.endpoints);
    if cloud != Cloud::default() {
        settings.push((&["cloud"], cloud.as_str().into()));
    }
    settings.push((&["tenant"], profile.tenant.as_str().into()));
    if !profile.client_id.is_empty() {
        settings.push((&["client_id"], profile.client_id.as_str().into()));
    }
    settings.push((&["role"], profile.role.as_str().into()));
    settings.extend(profile.app.iter().flat_map(app));
    if let Some((word, _)) = USERS.iter().find(|(_, user)| Some(*user) == profile.user) {
        settings.push((&["user"], (*word).into()));
    }
    if let Some(prefers) = profile.prefers {
        settings.push((&["prefers"], prefers.as_str().into()));
    }
    if !profile.grants.is_empty() {
        let words = profile.grants.iter().map(|effect| effect.as_str());
        settings.push((&["allow"], Value::Array(words.collect::<Array>())));
    }
    if let Some(file) = &profile.ca_file {
        settings.push((&["ca_file"], path(file)));
    }
    if cloud == Cloud::Custom {
        let urls = &profile.endpoints;
        settings.push((&["endpoints", "login"], urls.login.as_str().into()));
        settings.push((&["endpoints", "partner"], urls.partner.as_str().into()));
        settings.push((&["endpoints", "graph"], urls.graph.as_str().into()));
        settings.push((&["endpoints", "arm"], urls.arm.as_str().into()));
    }
    let defaults = &profile.defaults;
    if let Some(output) = &defaults.output {
        settings.push((&["defaults", "output"], output.as_str().into()));
    }
    if let Some(lanes) = defaults.lanes.and_then(|lanes| i64::try_from(lanes).ok()) {
        settings.push((&["defaults", "lanes"], lanes.into()));
    }
    if let Some(timeout) = defaults.timeout {
        settings.push((&["defaults", "timeout"], duration::write(timeout).into()));
    }
    settings
}

fn app(credential: &AppCredential) -> Vec<Setting> {
    let kind = |word: &str| -> Setting { (&["app"], word.into()) };
    match credential {
        AppCredential::Secret => vec![kind("secret")],
        AppCredential::Certificate(file) => {
            vec![kind("certificate"), (&["certificate"], path(file))]
        }
        AppCredential::Federated(Assertion::GitHub) => {
            vec![kind("federated"), (&["assertion"], "github".into())]
        }
        AppCredential::Federated(Assertion::File(file)) => {
            vec![kind("federated"), (&["assertion"], path(file))]
        }
        AppCredential::ManagedIdentity(None) => vec![kind("managed_identity")],
        AppCredential::ManagedIdentity(Some(id)) => vec![
            kind("managed_identity"),
            (&["managed_identity"], id.as_str().into()),
        ],
    }
}

fn path(path: &Path) -> Value {
    path.display().to_string().into()
}

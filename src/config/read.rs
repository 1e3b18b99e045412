//! A profile of the configuration file: which keys it may have, what their values are, and which
//! belong together.

use std::path::{Path, PathBuf};

use url::Url;

use super::cloud::{Cloud, encrypted_address};
use super::section::{Found, Section};
use super::{AppCredential, Assertion, Defaults, Endpoints, Profile, Role, UserFlow};
use crate::api::Principal;
use crate::api::model::Effect;
use crate::base::duration;
use crate::base::text::is_guid;

/// Keys of a profile.
const KEYS: [&str; 14] = [
    "cloud",
    "tenant",
    "client_id",
    "role",
    "app",
    "certificate",
    "assertion",
    "managed_identity",
    "user",
    "prefers",
    "allow",
    "ca_file",
    "endpoints",
    "defaults",
];
const ENDPOINTS: [&str; 4] = ["login", "partner", "graph", "arm"];
const DEFAULTS: [&str; 3] = ["output", "lanes", "timeout"];

/// Words of `role`.
pub(super) const ROLES: [(&str, Role); 3] = [
    ("admin", Role::Admin),
    ("customer", Role::Customer),
    ("automation", Role::Automation),
];
/// Words of `user`.
pub(super) const USERS: [(&str, UserFlow); 3] = [
    ("browser", UserFlow::Browser),
    ("device", UserFlow::Device),
    ("given", UserFlow::Given),
];
/// Words of `app`.
pub(super) const APPS: [(&str, AppKind); 4] = [
    ("secret", AppKind::Secret),
    ("certificate", AppKind::Certificate),
    ("federated", AppKind::Federated),
    ("managed_identity", AppKind::ManagedIdentity),
];
/// Words of `prefers`.
pub(super) const PRINCIPALS: [(&str, Principal); 2] =
    [("app", Principal::App), ("user", Principal::User)];
/// Words of `allow`.
pub(super) const EFFECTS: [(&str, Effect); 3] = [
    ("write", Effect::Write),
    ("spend", Effect::Spend),
    ("destroy", Effect::Destroy),
];
/// Words of `output`.
const OUTPUTS: [(&str, &str); 4] = [
    ("table", "table"),
    ("json", "json"),
    ("ndjson", "ndjson"),
    ("csv", "csv"),
];

/// Which kind of credential an application has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AppKind {
    /// A client secret.
    Secret,
    /// A certificate.
    Certificate,
    /// Another issuer's token.
    Federated,
    /// The machine's managed identity.
    ManagedIdentity,
}

/// Reads a profile. `folder` is where relative paths begin: the configuration file's folder. What is
/// wrong has been noted in the section's text when there is none.
pub(super) fn profile(name: &str, section: &Section<'_>, folder: &Path) -> Option<Profile> {
    section.only(&KEYS);
    let tenant = tenant(section);
    let client_id = client_id(section);
    let endpoints = endpoints(section);
    let role = if section.has("role") {
        section.word("role", &ROLES)
    } else {
        Some(Role::default())
    };
    let app = app(section, folder);
    let user = section.word("user", &USERS);
    together(section, role, app.is_some() || section.has("app"));
    let prefers = prefers(section);
    let grants = section.words("allow", &EFFECTS).unwrap_or_default();
    let ca_file = section.string("ca_file");
    Some(Profile {
        name: name.to_owned(),
        endpoints: endpoints?,
        tenant: tenant?,
        client_id: client_id?,
        role: role?,
        app,
        user,
        prefers,
        ca_file: ca_file.map(|found| folder.join(found.value)),
        grants,
        defaults: defaults(section),
    })
}

fn tenant(section: &Section<'_>) -> Option<String> {
    if !section.has("tenant") {
        section.missing(
            "tenant",
            "add the tenant's id or its domain: tenant = \"…\"",
        );
        return None;
    }
    section.read("tenant", |text| tenant_id(text).map(str::to_owned))
}

/// Reads a tenant's id or domain.
pub fn tenant_id(text: &str) -> Result<&str, String> {
    if ["common", "organizations", "consumers"].contains(&text) {
        return Err("give one tenant: its id (a GUID) or its domain".to_owned());
    }
    let labels: Vec<&str> = text.split('.').collect();
    let is_label = |label: &&str| {
        let ends = label.starts_with('-') || label.ends_with('-');
        let mut letters = label.chars();
        !label.is_empty() && !ends && letters.all(|c| c.is_alphanumeric() || c == '-')
    };
    if is_guid(text) || (labels.len() > 1 && labels.iter().all(is_label)) {
        return Ok(text);
    }
    Err("give the tenant's id (a GUID) or its domain, such as contoso.onmicrosoft.com".to_owned())
}

/// Reads an application's id.
pub fn client_id_of(text: &str) -> Result<&str, String> {
    if is_guid(text) {
        return Ok(text);
    }
    Err("give the application's (client) id, a GUID".to_owned())
}

/// A managed identity knows its own id.
fn client_id(section: &Section<'_>) -> Option<String> {
    if section.has("client_id") {
        return section.read("client_id", |text| client_id_of(text).map(str::to_owned));
    }
    let kind = section.string("app");
    if kind.is_some_and(|kind| kind.value == "managed_identity") && !section.has("user") {
        let id = section.string("managed_identity");
        return Some(id.map_or_else(String::new, |id| id.value.to_owned()));
    }
    let help = "add the application's (client) id: client_id = \"…\"";
    section.missing("client_id", help);
    None
}

fn endpoints(section: &Section<'_>) -> Option<Endpoints> {
    let cloud = if section.has("cloud") {
        section.word("cloud", &Cloud::WORDS)?
    } else {
        Cloud::default()
    };
    if let Some(known) = cloud.endpoints() {
        if section.has("endpoints") {
            let message = format!("the cloud `{}` has addresses of its own", cloud.as_str());
            section.wrong(
                "endpoints",
                &message,
                "set cloud = \"custom\" to give others",
            );
            return None;
        }
        return Some(known);
    }
    if !section.has("endpoints") {
        let help = "the cloud `custom` needs a table with login, partner, graph and arm";
        section.missing("endpoints", help);
        return None;
    }
    let own = section.section("endpoints")?;
    own.only(&ENDPOINTS);
    let urls = ENDPOINTS.map(|key| endpoint(&own, key));
    let [Some(login), Some(partner), Some(graph), Some(arm)] = urls else {
        return None;
    };
    Some(Endpoints {
        login,
        partner,
        graph,
        arm,
    })
}

fn endpoint(section: &Section<'_>, key: &str) -> Option<Url> {
    if !section.has(key) {
        section.missing(key, "add its address, such as https://host/path");
        return None;
    }
    section.read(key, encrypted_address)
}

fn app(section: &Section<'_>, folder: &Path) -> Option<AppCredential> {
    let kind = if section.has("app") {
        Some(section.word("app", &APPS)?)
    } else {
        None
    };
    let details = [
        ("certificate", AppKind::Certificate),
        ("assertion", AppKind::Federated),
        ("managed_identity", AppKind::ManagedIdentity),
    ];
    for (key, of) in details {
        if section.has(key) && kind != Some(of) {
            let message = format!("`{key}` does not belong to this profile");
            let help = format!("set app = \"{}\", or remove the line", word_of(of));
            section.wrong(key, &message, &help);
        }
    }
    Some(match kind? {
        AppKind::Secret => AppCredential::Secret,
        AppKind::Certificate => {
            let help = "add the file with the certificate and its private key (PEM or PFX)";
            AppCredential::Certificate(path(section, "certificate", folder, help)?)
        }
        AppKind::Federated => {
            let help = "add \"github\", or the file with the token";
            let file = path(section, "assertion", folder, help)?;
            let given = section.string("assertion").map(|found| found.value);
            AppCredential::Federated(match given {
                Some("github") => Assertion::GitHub,
                _ => Assertion::File(file),
            })
        }
        AppKind::ManagedIdentity => {
            let id = section.has("managed_identity").then(|| {
                section.read("managed_identity", |text| {
                    client_id_of(text).map(str::to_owned)
                })
            });
            AppCredential::ManagedIdentity(id.flatten())
        }
    })
}

/// Returns the word of a kind of credential.
fn word_of(kind: AppKind) -> &'static str {
    let found = APPS.iter().find(|(_, other)| *other == kind);
    found.map_or("", |(word, _)| *word)
}

fn path(section: &Section<'_>, key: &str, folder: &Path, help: &str) -> Option<PathBuf> {
    if !section.has(key) {
        section.missing(key, help);
        return None;
    }
    section.string(key).map(|found| folder.join(found.value))
}

/// Somebody has to sign in, and a customer signs in as a user.
fn together(section: &Section<'_>, role: Option<Role>, has_app: bool) {
    let has_user = section.has("user");
    if !has_app && !has_user {
        let help = "add app = \"secret\" (or certificate, federated, managed_identity), \
                    user = \"browser\" (or device), or both";
        section.missing("app` and no `user", help);
    } else if role == Some(Role::Customer) && !has_user {
        let help = "a customer is signed in as a user: add user = \"browser\" (or device)";
        section.missing("user", help);
    }
}

/// What is preferred has to be there.
fn prefers(section: &Section<'_>) -> Option<Principal> {
    let chosen = section.word("prefers", &PRINCIPALS)?;
    if !section.has(chosen.as_str()) {
        let found = Found {
            value: chosen.as_str(),
            span: section.string("prefers").and_then(|found| found.span),
        };
        let help = format!("the profile has no `{}`", chosen.as_str());
        section.wrong_value("prefers", &found, &help);
    }
    Some(chosen)
}

fn defaults(section: &Section<'_>) -> Defaults {
    let Some(defaults) = section.section("defaults") else {
        return Defaults::default();
    };
    defaults.only(&DEFAULTS);
    let lanes = defaults.number("lanes", 1..=256);
    Defaults {
        output: defaults.word("output", &OUTPUTS).map(str::to_owned),
        lanes: lanes.and_then(|lanes| usize::try_from(lanes).ok()),
        timeout: defaults.read("timeout", duration::parse),
    }
}

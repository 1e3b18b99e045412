//! Which identity and cloud a run uses: a named profile, that of the environment, the current one of
//! the configuration file, or else the embedded sandbox. The choice is said in one line.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::passphrase::Asked;
use crate::api::Principal;
use crate::base::secret::Secret;
use crate::config::{
    self, Account, AppCredential, Cloud, Config, Defaults, Endpoints, Given, Kept, Profile, Role,
    SecretName, UserFlow,
};
use crate::error::{Code, Error};
use crate::sandbox::Credentials;

/// The name of the embedded sandbox.
pub(super) const SANDBOX: &str = "sandbox";
/// The name of the profile that the environment describes.
const ENVIRONMENT: &str = "environment";
const PROFILE: &str = "TENANTRY_PROFILE";

/// Returns the account that a command works with; none means the embedded sandbox. A profile that is
/// named (`--profile`, then `TENANTRY_PROFILE`) comes first, then the one that the environment
/// describes, then the current one of the configuration file.
pub(super) fn choose(name: Option<&str>) -> Result<Option<Account>, Error> {
    let names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    config::check_names(names.iter().map(String::as_str))?;
    match named(name) {
        Some(By::Flag(name)) if name == SANDBOX => Ok(None),
        Some(by) if by.name() == ENVIRONMENT => match config::from_environment(variable)? {
            Some(account) => Ok(Some(account)),
            None => Err(nothing_described()),
        },
        Some(by) => {
            alone(&by)?;
            match by.name() {
                SANDBOX => Ok(None),
                name => configured(name).map(Some),
            }
        }
        None => match config::from_environment(variable)? {
            Some(account) => Ok(Some(account)),
            None => current(),
        },
    }
}

/// How a profile is named.
#[derive(Debug)]
enum By {
    Flag(String),
    Variable(String),
}

impl By {
    fn name(&self) -> &str {
        match self {
            Self::Flag(name) | Self::Variable(name) => name,
        }
    }
}

fn named(flag: Option<&str>) -> Option<By> {
    let flag = flag.map(|name| By::Flag(name.to_owned()));
    flag.or_else(|| {
        let name = variable(PROFILE).filter(|name| !name.is_empty());
        name.map(By::Variable)
    })
}

/// Returns a variable of the environment.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Fails if the environment describes a profile beside the one that is named: the two would mix.
fn alone(by: &By) -> Result<(), Error> {
    let described = config::describes_profile(variable);
    if described.is_empty() {
        return Ok(());
    }
    let (name, how) = match by {
        By::Flag(name) => (name, "--profile"),
        By::Variable(name) => (name, PROFILE),
    };
    let described = described.join(", ");
    let message =
        format!("{how} names the profile `{name}`, and the environment describes another");
    Err(Error::new(Code::UsageEnvironment, message)
        .help(format!("unset {described}, or leave out {how}")))
}

fn nothing_described() -> Error {
    let message = "the profile `environment` is named, and the environment describes none";
    Error::new(Code::UsageEnvironment, message).help(
        "set TENANTRY_TENANT_ID, TENANTRY_CLIENT_ID and TENANTRY_CLIENT_SECRET or \
         TENANTRY_REFRESH_TOKEN",
    )
}

/// Returns the account of a profile that is named; the environment may give its secrets.
fn configured(name: &str) -> Result<Account, Error> {
    let path = config::path(variable)?;
    let config = Config::load(&path)?;
    let mut profile = config.profile(name, &path)?.clone();
    if profile.ca_file.is_none() {
        // Whom to trust is a matter of the machine, such as one behind a proxy.
        let file = variable("TENANTRY_CA_FILE").filter(|file| !file.is_empty());
        profile.ca_file = file.map(Into::into);
    }
    let given = Given::new(config::secrets(variable));
    let vault = vault(name, profile.role, &config, &path, given);
    Ok(Account {
        profile,
        vault: Arc::new(vault),
    })
}

/// Returns the account of the configuration file's current profile, if it has one.
fn current() -> Result<Option<Account>, Error> {
    let Ok(path) = config::path(variable) else {
        return Ok(None); // no folder for configuration, so no file
    };
    let config = Config::load(&path)?;
    let Some(name) = config.current.as_deref().filter(|name| *name != SANDBOX) else {
        return Ok(None);
    };
    let profile = config.profile(name, &path)?.clone();
    let vault = vault(name, profile.role, &config, &path, Given::default());
    Ok(Some(Account {
        profile,
        vault: Arc::new(vault),
    }))
}

/// Returns the vault of a profile of the file. Nobody is asked anything on behalf of automation.
pub(super) fn vault(profile: &str, role: Role, config: &Config, path: &Path, given: Given) -> Kept {
    let asked = match role {
        Role::Automation => Asked::Nobody,
        Role::Admin | Role::Customer => Asked::Somebody,
    };
    let file = path.with_file_name("secrets.age");
    Kept::new(profile, config.secrets, file, given, Arc::new(asked))
}

/// Returns the profile that reaches a sandbox.
pub(super) fn of_sandbox(credentials: &Credentials) -> Result<Account, Error> {
    let url = |text: &str| {
        text.parse().map_err(|error| {
            Error::new(
                Code::Internal,
                format!("the sandbox's address `{text}` is no URL: {error}"),
            )
        })
    };
    let profile = Profile {
        name: "sandbox".to_owned(),
        endpoints: Endpoints {
            login: url(&credentials.login_url)?,
            partner: url(&credentials.partner_url)?,
            graph: url(&credentials.graph_url)?,
            arm: url(&credentials.arm_url)?,
        },
        tenant: credentials.tenant_id.clone(),
        client_id: credentials.client_id.clone(),
        role: Role::Admin,
        app: Some(AppCredential::Secret),
        user: Some(UserFlow::Given),
        prefers: None,
        ca_file: None,
        grants: Vec::new(),
        defaults: Defaults::default(),
    };
    let given = [
        (SecretName::ClientSecret, &credentials.client_secret),
        (SecretName::RefreshToken, &credentials.refresh_token),
    ];
    let given = given.map(|(name, value)| (name, Secret::new(value.clone())));
    Ok(Account {
        profile,
        vault: Arc::new(Given::new(given)),
    })
}

/// Returns the line that says which identity and cloud a run uses.
pub(super) fn line(profile: &Profile) -> String {
    if profile.name == "sandbox" {
        return "using the embedded sandbox".to_owned();
    }
    let Profile { tenant, name, .. } = profile;
    let cloud = match Cloud::of(&profile.endpoints) {
        Cloud::Custom => place(&profile.endpoints.partner),
        cloud => format!("the cloud `{}`", cloud.as_str()),
    };
    let principals: Vec<&str> = [Principal::App, Principal::User]
        .into_iter()
        .filter(|principal| profile.has(*principal))
        .map(Principal::as_str)
        .collect();
    let (role, principals) = (profile.role.as_str(), principals.join(" and "));
    format!("using tenant {tenant} at {cloud} (profile {name}: {role}, as {principals})")
}

fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

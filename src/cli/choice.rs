//! Which identity and cloud a run uses: the profile of the environment, or else the embedded
//! sandbox. The choice is said in one line.

use std::sync::Arc;

use crate::api::Principal;
use crate::base::secret::Secret;
use crate::config::{
    self, Account, AppCredential, Defaults, Endpoints, Given, Profile, Role, SecretName, UserFlow,
};
use crate::error::{Code, Error};
use crate::sandbox::Credentials;

/// Returns the profile that the environment describes, if it does.
pub(super) fn from_environment() -> Result<Option<Account>, Error> {
    let names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    config::check_names(names.iter().map(String::as_str))?;
    config::from_environment(|name| std::env::var(name).ok())
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
        prefers: Principal::App,
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
    let (tenant, name) = (&profile.tenant, &profile.name);
    let host = profile.endpoints.partner.host_str().unwrap_or_default();
    let place = match profile.endpoints.partner.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    format!("using tenant {tenant} at {place} ({name})")
}
